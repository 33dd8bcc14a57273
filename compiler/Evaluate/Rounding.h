//===- Rounding.h - Rounding to quantized types in float --------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_ROUNDING_H
#define QCC_COMPILER_EVALUATE_ROUNDING_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace qcc::evaluate {

/// Where a value in the middle between two codes goes.
enum class Ties { Away, Even, Up };

/// What a value is rounded to while a network runs in float. A type that is
/// not quantized, or null, changes nothing.
struct Rounding {
  mlir::Type type;
  Ties ties = Ties::Away;
  /// What a code counts when it is made, if other than what the type says that
  /// it stands for (`qgraph.share_bits`); 0: the same.
  double step = 0;

  explicit operator bool() const {
    return mlir::isa_and_nonnull<mlir::quant::UniformQuantizedType,
                                 mlir::quant::UniformQuantizedPerAxisType>(
        type);
  }
};

/// The step of the codes that `op` makes by `qgraph.share_bits`, or 0.
double stepOfCodes(mlir::Operation *op);

/// How the result of `op` is rounded: to its element type; ties as
/// `qgraph.rounding` says, to even for quant.qcast as in ONNX, else away; in
/// steps as `qgraph.share_bits` says.
Rounding roundingOfResult(mlir::Operation *op);

/// Rounds every element of a tensor of `shape` to the nearest value that the
/// type can hold: scale * (code - zero point), per tensor or per axis. With a
/// step, the nearest multiple of it gives the code; per tensor only.
/// `inside`, unless null, gets 1 for every element that did not saturate and 0
/// for the others, which is the straight-through gradient of the rounding.
/// The type's axis must be one of `shape`, and its size a multiple of the
/// number of scales (a batch repeats an axis 0).
void roundValues(llvm::MutableArrayRef<float> values,
                 llvm::ArrayRef<int64_t> shape, const Rounding &rounding,
                 uint8_t *inside = nullptr);

/// Whether values of `shape` can be rounded to `type`: an error says why not,
/// for an axis out of range or with another number of scales.
llvm::Error checkRounding(mlir::Type type, llvm::ArrayRef<int64_t> shape);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_ROUNDING_H
