// Turns the operators of a TensorFlow Lite network into qgraph ops.
#ifndef QCC_COMPILER_IMPORT_TFLITE_IMPORTER_H
#define QCC_COMPILER_IMPORT_TFLITE_IMPORTER_H

#include "compiler/Import/Import.h"
#include "compiler/Import/Support.h"
#include "compiler/Import/Tflite/Reader.h"
#include "dialects/QGraph/Build.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/DenseMap.h"

#include <map>

namespace qcc::import::tflite {

namespace build = qgraph::build;

/// What one operator needs while it is imported. Functions that return a Value
/// return null after `fail` has recorded why.
class Importer {
public:
  /// What `run` can read, in the order of the names.
  static std::vector<OperatorSupport> support();

  Importer(const Network &network, mlir::MLIRContext &context,
           const ImportOptions &options, llvm::StringRef file);

  /// Every unsupported operator is named in one error; any other error names
  /// the first operator that has it.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> run();

private:
  using Value = mlir::Value;
  using Handler = Value (Importer::*)();
  struct Entry {
    Builtin code;
    Handler handler;
    /// What has an integer kernel that is reproduced: 8 bits, or 16 too.
    enum Integers { None, Bytes, Words } integers;
    Form floats = Form::All;
  };
  static llvm::ArrayRef<Entry> entries();
  static const Entry *find(Builtin code);

  // Importer.cpp
  llvm::Error checkSupport() const;
  llvm::Error makeFunction();
  llvm::Error importOp(const OpInfo &info);
  llvm::Error finishFunction();
  /// Sets the first error of this op; returns null.
  Value fail(const llvm::Twine &message);

  // Values.cpp: tensors of the file as types, values and constants
  const TensorInfo *input(size_t index) const;
  const TensorInfo &output(size_t index = 0) const;
  bool hasInput(size_t index) const { return input(index) != nullptr; }
  bool isQuantizedOp() const { return output().isQuantized(); }
  mlir::Type elementType(const TensorInfo &tensor);
  mlir::RankedTensorType typeOf(const TensorInfo &tensor);
  /// Operand number `index` as an activation: computed, or a constant.
  Value operand(size_t index);
  /// A constant operand's elements as real numbers (f32, f16, integers and
  /// codes of a quantized type).
  std::optional<std::vector<float>> reals(size_t index);
  std::optional<std::vector<float>> reals(const TensorInfo &tensor);
  /// A constant operand's stored integers.
  std::optional<std::vector<int64_t>> integers(size_t index);
  Value constantOf(const TensorInfo &tensor);
  /// The same for integers in memory.
  Value codes(mlir::Type element, llvm::ArrayRef<int64_t> shape,
              llvm::ArrayRef<int64_t> values);
  bool isConstant(size_t index) const;
  /// Gives what computes `value` the element type of the op's output (or
  /// `element`), and the rounding of its kernel.
  Value typed(Value value);
  Value typed(Value value, mlir::Type element);
  /// `value` in the output's type and with the fused activation.
  Value activate(Value value, Activation activation);
  Value clampCodes(Value value, float low, float high);
  /// True when the op's first operand and output have one quantized type.
  bool keepsType(size_t index = 0);
  /// One f32 number for all elements.
  Value scalar(float value, int64_t rank);
  /// The op's result is a constant of the file's type and shape.
  Value fold(llvm::ArrayRef<float> reals);
  Value fold(llvm::ArrayRef<int64_t> integers);
  Value foldBytes(std::vector<uint8_t> bytes);
  /// How often operators and the network's results read a tensor.
  int64_t readers(int32_t number) const;
  bool isResult(int32_t number) const;

  // Contractions.cpp
  Value conv2d();
  Value depthwiseConv2d();
  Value fullyConnected();
  Value transposeConv2d();
  Value batchMatMul();
  Value averagePool2d();
  Value maxPool2d();
  struct Parameters {
    Value filter, bias;
  };
  /// The constant filter, permuted from the file's axes to [OC,KH,KW,I], and
  /// the bias or zeros.
  std::optional<Parameters> parameters(size_t filter, size_t bias,
                                       llvm::ArrayRef<int64_t> shape,
                                       llvm::ArrayRef<int64_t> order,
                                       bool singleScale, size_t image = 0);
  mlir::Type perChannel(bool isSigned, unsigned width,
                        llvm::ArrayRef<double> scales,
                        llvm::ArrayRef<int64_t> zeroPoints);
  std::optional<std::vector<int64_t>> integerBias(size_t bias, int64_t channels,
                                                  bool mayBeLong);
  /// Sums in the output's type; 16-bit codes are summed up in 64 bits but with
  /// a bias of INT32, or one left out that would be (`absentType`).
  Value typedSums(Value sums, size_t bias, int8_t absentType = 0);
  template <typename Options>
  Value convolution(const Options &o, llvm::ArrayRef<int64_t> order);
  std::optional<Parameters>
  quantizedParameters(const TensorInfo &image, const TensorInfo &filter,
                      size_t bias, llvm::ArrayRef<int64_t> shape,
                      llvm::ArrayRef<int64_t> order, bool singleScale);
  std::optional<llvm::SmallVector<int64_t, 4>>
  windowPads(int8_t padding, llvm::ArrayRef<int64_t> image,
             llvm::ArrayRef<int64_t> window, llvm::ArrayRef<int64_t> strides,
             llvm::ArrayRef<int64_t> dilations);

  // Elementwise.cpp
  Value add();
  Value sub();
  Value mul();
  Value div();
  Value pow();
  Value maximum();
  Value minimum();
  Value squaredDifference();
  Value integerSquaredDifference();
  Value addN();
  Value relu();
  Value unary();
  Value leakyRelu();
  Value prelu();
  Value integerPrelu(Value in, Value slope);
  Value square();
  Value softmax();
  Value logSoftmax();
  Value l2Normalization();
  Value integerL2Normalization(Value in);
  Value quantize();
  Value dequantize();
  Value convert();
  template <typename Op> Value binary(Activation activation);
  Activation fused(uint8_t type);
  /// ADD and SUB: whether it is the general kernel.
  bool isGeneralSum(uint8_t type);

  // Tables.cpp: 8-bit functions as the integer kernels compute them
  bool mapsBytes();
  bool roundsOnce() const;
  Value codeTable(llvm::function_ref<int64_t(int64_t)> function);
  Value table(qgraph::UnaryKind kind);
  Value functionTable(qgraph::UnaryKind kind);
  Value rescaledTable(llvm::function_ref<int64_t(int64_t)> function,
                      double ratio);
  Value leakyReluTable(float alpha);
  Value hardSwishTable();
  Value absTable();
  Value sqrtTable();
  Value rsqrtTable();
  /// Codes of operand `index`, which is `value`, in the output's scale.
  Value rescaleTable(size_t index, Value value);

  // Movement.cpp
  Value reshape();
  Value transpose();
  Value pad();
  Value mirrorPad();
  Value slice();
  Value stridedSlice();
  Value gather();
  Value gatherAtRunTime(int64_t axis, int64_t batchDims);
  Value embeddingLookup();
  Value lookup(size_t table, size_t indices, llvm::ArrayRef<int64_t> tableShape,
               llvm::ArrayRef<int64_t> listShape);
  Value foldJoined();
  Value concatenation();
  Value split();
  Value pack();
  Value unpack();
  Value tile();
  Value broadcastTo();
  Value spaceToDepth();
  Value depthToSpace();
  Value reverse();
  Value reduce();
  Value argMax();
  Value shape();
  std::optional<int64_t> axisOf(int64_t axis, int64_t rank);
  /// Whether a list of indices of `size` elements may be made.
  bool mayIndex(int64_t size);
  /// The indices that STRIDED_SLICE takes of each axis.
  std::optional<llvm::SmallVector<llvm::SmallVector<int64_t>>>
  slicedIndices(llvm::ArrayRef<int64_t> shape);
  /// `in` at these indices.
  Value take(Value in, llvm::ArrayRef<llvm::SmallVector<int64_t>> indices);

  // Resize.cpp
  Value resizeBilinear();
  Value integerBilinear(Value in, bool alignCorners, bool halfPixel);
  Value resizeNearest();

  const Network &network;
  ImportOptions options;
  std::string file;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::OpBuilder builder;
  llvm::DenseMap<int32_t, Value> values;
  /// Constants that ops compute from constants.
  std::map<int32_t, TensorInfo> folded;
  std::vector<std::vector<uint8_t>> foldedBytes;

  // Of the op at hand.
  const OpInfo *op = nullptr;
  size_t opNumber = 0;
  std::string problem;
  mlir::Location loc;
  /// Further results; the first is what the handler returns.
  llvm::SmallVector<Value> furtherResults;
  /// The result keeps its integers where the file has a float tensor.
  bool isEdge = false;
};

} // namespace qcc::import::tflite

#endif // QCC_COMPILER_IMPORT_TFLITE_IMPORTER_H
