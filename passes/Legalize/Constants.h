// Constants of a network, evaluated in double.
#ifndef QCC_PASSES_LEGALIZE_CONSTANTS_H
#define QCC_PASSES_LEGALIZE_CONSTANTS_H

#include "dialects/QGraph/QGraph.h"

#include "mlir/IR/Builders.h"

#include <optional>
#include <vector>

namespace qcc::legalize {

/// A tensor of constants, row-major.
struct ConstantTensor {
  llvm::SmallVector<int64_t> shape;
  std::vector<double> values;
};

/// Larger constants are not evaluated: an expression like tile could ask for
/// any amount of memory.
constexpr int64_t maxConstantElements = int64_t(1) << 26;

/// The number of elements of a static shape; the largest number when there are
/// too many to count.
int64_t elementCount(llvm::ArrayRef<int64_t> shape);

/// The elements of a float attribute, dense or a resource; nothing when it is
/// neither or its bytes do not fit its type.
std::optional<std::vector<double>> readFloats(mlir::ElementsAttr attr);

/// Whether `value` is made of constants alone by ops that evaluateConstant
/// knows.
bool isConstantExpression(mlir::Value value);

/// The value of an expression of constants. Intermediate results stay in
/// double; a constant's own elements are f32. Nothing when `value` is no such
/// expression.
std::optional<ConstantTensor> evaluateConstant(mlir::Value value);

/// The only value of a constant expression whose elements are all equal.
std::optional<double> evaluateSplat(mlir::Value value);

/// One number per index of the last axis, from a constant expression that is
/// broadcast along all other axes; `channels` of them. Nothing when another
/// axis is longer than 1 or the value is not constant.
std::optional<std::vector<double>> evaluatePerChannel(mlir::Value value,
                                                      int64_t channels);

/// An f32 constant, each value rounded to the nearest.
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location loc,
                           llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<double> values);

/// Transposes row-major data: result axis i is axis permutation[i].
std::vector<double> permute(llvm::ArrayRef<double> values,
                            llvm::ArrayRef<int64_t> shape,
                            llvm::ArrayRef<int64_t> permutation);

inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return tensorType(value).getShape();
}

} // namespace qcc::legalize

#endif // QCC_PASSES_LEGALIZE_CONSTANTS_H
