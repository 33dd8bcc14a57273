// The state of one conversion and the helpers that its op families share.
#ifndef QCC_PASSES_LOWERTOINT_LOWERING_H
#define QCC_PASSES_LOWERTOINT_LOWERING_H

#include "dialects/QGraph/QGraph.h"
#include "dialects/QInt/QInt.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace qcc {

/// A per-tensor quantized type, taken apart.
struct ActivationType {
  double scale = 1.0;
  int32_t zeroPoint = 0;
  int32_t min = -128; ///< least stored code
  int32_t max = 127;
  mlir::IntegerType storage; ///< i8, ui8 or i16

  /// Largest |code| of any way to hold codes, with room to change it, and
  /// largest |code - zeroPoint|.
  int64_t largestHeld() const;
  int64_t largestOffset() const;
};

/// Converts the ops of one function in order. `lower` functions return the
/// result's new value, or null after they have emitted an error.
class Lowering {
public:
  explicit Lowering(mlir::OpBuilder &builder) : builder(builder) {}

  /// Converts one op; failure means that an error was emitted.
  llvm::LogicalResult lower(mlir::Operation *op);

  mlir::Value get(mlir::Value old) const { return values.lookup(old); }
  void set(mlir::Value old, mlir::Value fresh) { values[old] = fresh; }

  /// `!quant.uniform` per tensor or a plain integer, as stored.
  static mlir::Type storageType(mlir::Type element);
  static mlir::RankedTensorType storageTensor(mlir::Value value);
  /// Emits an error when the element type is not quantized per tensor.
  static std::optional<ActivationType> activation(mlir::Operation *op,
                                                  mlir::Value value);

private:
  // Contractions.cpp
  mlir::Value lowerConv2D(qgraph::Conv2DOp op);
  mlir::Value lowerTransposeConv2D(qgraph::TransposeConv2DOp op);
  mlir::Value lowerMatMul(qgraph::MatMulOp op);
  mlir::Value lowerAvgPool2D(qgraph::AvgPool2DOp op);
  mlir::Value lowerReduce(qgraph::ReduceOp op);
  // Elementwise.cpp
  mlir::Value lowerAdd(mlir::Operation *op, bool subtract);
  mlir::Value lowerMul(qgraph::MulOp op);
  mlir::Value lowerMaximum(mlir::Operation *op, bool largest);
  mlir::Value lowerSelect(qgraph::SelectOp op);
  mlir::Value lowerUnary(qgraph::UnaryOp op);
  mlir::Value lowerTable(qgraph::TableOp op);
  mlir::Value lowerClamp(qgraph::ClampOp op);
  // Kernels.cpp
  /// Nothing when `op` does not ask for a foreign kernel's arithmetic, or that
  /// is no other than ours.
  std::optional<mlir::Value> lowerKernel(mlir::Operation *op);
  mlir::Value lowerRescaledAdd(mlir::Operation *op, bool subtract);
  mlir::Value lowerKernelResize(qgraph::ResizeOp op);
  mlir::Value lowerKernelAvgPool(qgraph::AvgPool2DOp op);
  mlir::Value lowerKernelSum(qgraph::ReduceOp op);
  mlir::Value lowerKernelSoftmax(qgraph::SoftmaxOp op);
  /// What a softmax of bytes is made of: the largest code of each row, the
  /// exponentials' table and their sums.
  struct Exponentials {
    mlir::Value largest, table, sum;
    llvm::SmallVector<int32_t> scaled; ///< what the exponentials are of
  };
  std::optional<Exponentials> sumExponentials(qgraph::SoftmaxOp op,
                                              const ActivationType &in);
  mlir::Value lowerKernelLogSoftmax(qgraph::SoftmaxOp op);
  mlir::Value lowerKernelDiv(qgraph::DivOp op);
  mlir::Value lowerL2Normalization(qgraph::RmsNormOp op);
  // Softmax.cpp
  /// What a softmax is made of: the largest code of each row and the sum of
  /// powers of two below it.
  struct Powers {
    mlir::Value largest, table, sum;
    int32_t multiplier = 0, shift = 0;
    qint::Form form = qint::Form::Polynomial;
    llvm::SmallVector<int64_t> row; ///< shape of `largest` and `sum`
  };
  std::optional<Powers> powersOf(qgraph::SoftmaxOp op);
  mlir::Value lowerSoftmax(qgraph::SoftmaxOp op);
  mlir::Value lowerLogSoftmax(qgraph::SoftmaxOp op);
  std::optional<mlir::Value> lowerGate(qgraph::UnaryOp op,
                                       const ActivationType &in,
                                       const ActivationType &out);
  /// The form that `op` asks for (`qgraph.form`), if any.
  static std::optional<qint::Form> formOf(mlir::Operation *op);
  // Norms.cpp
  mlir::Value lowerLayerNorm(qgraph::LayerNormOp op);
  mlir::Value lowerRmsNorm(qgraph::RmsNormOp op);
  /// A normalization of the first operand; means are taken away where there is
  /// a beta.
  mlir::Value lowerNorm(mlir::Operation *op, double epsilon, mlir::Value gamma,
                        mlir::Value beta);
  mlir::Value inShape(mlir::Operation *op, mlir::Value value,
                      llvm::ArrayRef<int64_t> shape);
  // Words.cpp: 16-bit activations
  mlir::Value lowerWordSoftmax(qgraph::SoftmaxOp op);
  mlir::Value lowerWordSigmoid(qgraph::UnaryOp op);
  mlir::Value lowerWordFunction(qgraph::UnaryOp op);
  /// Requantizes sums of a foreign kernel on 16-bit codes.
  mlir::Value requantizeWords(mlir::Operation *op, mlir::Value sums,
                              llvm::ArrayRef<double> reals,
                              const ActivationType &to);
  mlir::Value constant(mlir::Operation *op, llvm::ArrayRef<int32_t> values,
                       unsigned width);
  // DataMovement.cpp
  mlir::Value lowerConstant(qgraph::ConstantOp op);
  mlir::Value lowerConcat(qgraph::ConcatOp op);
  mlir::Value lowerMaxPool2D(qgraph::MaxPool2DOp op);
  mlir::Value lowerPad(qgraph::PadOp op);
  mlir::Value lowerResize(qgraph::ResizeOp op);
  mlir::Value lowerMovement(mlir::Operation *op);

  /// Codes of `from` in the scale of `to`: `value` itself when they agree.
  mlir::Value rescaleCodes(mlir::Operation *op, mlir::Value value,
                           const ActivationType &from,
                           const ActivationType &to);
  /// `op`'s operand number `index` as codes of `to`.
  mlir::Value operandAs(mlir::Operation *op, unsigned index,
                        const ActivationType &to);
  /// Requantizes an accumulator whose unit is `unit[i]` for channel i (or for
  /// all, when there is one) to `to`.
  mlir::Value requantize(mlir::Operation *op, mlir::Value accumulator,
                         llvm::ArrayRef<double> units,
                         const ActivationType &to);
  /// The dyadic form of `reals`; null after an error on `op`.
  qint::RescaleAttr rescale(mlir::Operation *op, llvm::ArrayRef<double> reals,
                            const ActivationType &to, bool wide);
  /// Accumulator element type for sums of at most `bound` in absolute value;
  /// null after an error on `op`.
  mlir::Type accumulatorFor(mlir::Operation *op, int64_t bound);
  mlir::Value convolve(mlir::Operation *op, mlir::Value input,
                       mlir::Value filter, mlir::Value bias,
                       mlir::DenseElementsAttr filterCodes,
                       mlir::RankedTensorType outputShape,
                       llvm::ArrayRef<int64_t> strides,
                       llvm::ArrayRef<int64_t> pads,
                       llvm::ArrayRef<int64_t> dilations, int64_t groups);

  mlir::OpBuilder &builder;
  llvm::DenseMap<mlir::Value, mlir::Value> values;
};

/// How `op` says that it rounds (`qgraph.rounding`); single when it does not.
qint::Rounding roundingOf(mlir::Operation *op);
/// Whether `op` is to be computed as TensorFlow Lite's kernel does: it says
/// that it rounds "double" or "single".
bool isForeignKernel(mlir::Operation *op);

/// The name that reports and errors give an op: `qgraph.layer` or its mnemonic.
llvm::StringRef layerName(mlir::Operation *op);

} // namespace qcc

#endif // QCC_PASSES_LOWERTOINT_LOWERING_H
