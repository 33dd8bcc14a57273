// A tensor inside a kernel, as a function from coordinates to an expression.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_VALUE_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_VALUE_H

#include <Halide.h>

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"

#include <functional>
#include <vector>

namespace qcc::kernels {

using Halide::Expr;

/// Where an element of a tensor is asked for.
struct Point {
  std::vector<Expr> at; ///< row-major: the innermost axis comes last
  /// Inside a convolution's stage: channel in the tile, tile, group.
  Expr lane, tile, group;
  /// Of a concatenation, the operand in which the point is known to lie.
  int segment = -1;

  /// The same place in a tensor of other coordinates.
  Point moved(std::vector<Expr> coordinates) const {
    Point p;
    p.at = std::move(coordinates);
    return p;
  }
};

struct Value {
  llvm::SmallVector<int64_t, 4> shape;
  Halide::Type type;
  std::function<Expr(const Point &)> at;
};

/// A positive 32-bit number with its highest bit moved to bit 31, and how far
/// it moved.
struct Normalized {
  Expr bits, headroom;
};
Normalized normalized(const Expr &positive);

/// The element type of a tensor; i4 and i2 are stored in bytes.
Halide::Type elementType(mlir::Type type);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_VALUE_H
