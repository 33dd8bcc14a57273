// Tensors of the reference interpreter.
#ifndef QCC_DIALECTS_QINT_REFERENCE_TENSOR_H
#define QCC_DIALECTS_QINT_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc::qint::reference {

/// Element types of qint. I2 and I4 are stored weights, one per byte here.
enum class ElementKind { I2, I4, I8, U8, I16, I32, I64 };

/// Bytes that one element takes in toBytes and fromBytes.
int64_t elementBytes(ElementKind kind);
int64_t minimumOf(ElementKind kind);
int64_t maximumOf(ElementKind kind);
llvm::StringRef nameOf(ElementKind kind);

/// The kind of an MLIR element type; an error for any that qint lacks.
llvm::Expected<ElementKind> elementKindOf(mlir::Type type);

/// A dense row-major tensor. Every element is held as int64 whatever its kind.
struct Tensor {
  llvm::SmallVector<int64_t, 4> shape;
  ElementKind kind = ElementKind::I8;
  std::vector<int64_t> values;

  Tensor() = default;
  /// Zeros.
  Tensor(llvm::ArrayRef<int64_t> shape, ElementKind kind);

  int64_t elements() const { return static_cast<int64_t>(values.size()); }
  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  /// Position of an index in `values`; the index must be in range.
  int64_t offsetOf(llvm::ArrayRef<int64_t> index) const;
  int64_t at(llvm::ArrayRef<int64_t> index) const {
    return values[offsetOf(index)];
  }
  int64_t &at(llvm::ArrayRef<int64_t> index) { return values[offsetOf(index)]; }
  bool operator==(const Tensor &other) const {
    return shape == other.shape && kind == other.kind && values == other.values;
  }

  /// Little-endian bytes, elementBytes(kind) for each element.
  std::vector<uint8_t> toBytes() const;
  /// The reverse of toBytes; an error when the number of bytes is not right.
  static llvm::Expected<Tensor> fromBytes(llvm::ArrayRef<int64_t> shape,
                                          ElementKind kind,
                                          llvm::ArrayRef<uint8_t> bytes);
  /// A constant (dense or dense_resource) of integers.
  static llvm::Expected<Tensor> fromAttr(mlir::ElementsAttr attr);
  /// Zeros of a ranked static tensor type.
  static llvm::Expected<Tensor> zeros(mlir::Type type);
};

/// Calls `visit(index)` for every index of `shape` in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

} // namespace qcc::qint::reference

#endif // QCC_DIALECTS_QINT_REFERENCE_TENSOR_H
