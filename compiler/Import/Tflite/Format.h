// The numbers of the TensorFlow Lite format that the importer knows.
#ifndef QCC_COMPILER_IMPORT_TFLITE_FORMAT_H
#define QCC_COMPILER_IMPORT_TFLITE_FORMAT_H

#include <cstdint>
#include <string>

namespace qcc::import::tflite {

enum class ElementType : int8_t {
  Float32 = 0,
  Float16 = 1,
  Int32 = 2,
  UInt8 = 3,
  Int64 = 4,
  String = 5,
  Bool = 6,
  Int16 = 7,
  Int8 = 9,
};

/// Bytes of an element; 0 for types that are not read.
int64_t bytesOf(ElementType type);
/// "FLOAT32", ...; "type 12" for those not listed.
std::string nameOf(ElementType type);

enum class Padding : int8_t { Same = 0, Valid = 1 };
enum class Activation : int8_t {
  None = 0,
  Relu = 1,
  ReluN1To1 = 2,
  Relu6 = 3,
  Tanh = 4
};

/// Builtin operators by their number in the format.
enum class Builtin : int32_t {
  Add = 0,
  AveragePool2D = 1,
  Concatenation = 2,
  Conv2D = 3,
  DepthwiseConv2D = 4,
  DepthToSpace = 5,
  Dequantize = 6,
  EmbeddingLookup = 7,
  Floor = 8,
  FullyConnected = 9,
  L2Normalization = 11,
  Logistic = 14,
  MaxPool2D = 17,
  Mul = 18,
  Relu = 19,
  ReluN1To1 = 20,
  Relu6 = 21,
  Reshape = 22,
  ResizeBilinear = 23,
  Softmax = 25,
  SpaceToDepth = 26,
  Tanh = 28,
  Custom = 32,
  Pad = 34,
  Gather = 36,
  Transpose = 39,
  Mean = 40,
  Sub = 41,
  Div = 42,
  Squeeze = 43,
  StridedSlice = 45,
  Exp = 47,
  Split = 49,
  LogSoftmax = 50,
  Cast = 53,
  Prelu = 54,
  Maximum = 55,
  ArgMax = 56,
  Minimum = 57,
  Neg = 59,
  PadV2 = 60,
  Slice = 65,
  Sin = 66,
  TransposeConv = 67,
  Tile = 69,
  ExpandDims = 70,
  Log = 73,
  Sum = 74,
  Sqrt = 75,
  Rsqrt = 76,
  Shape = 77,
  Pow = 78,
  ReduceMax = 82,
  Pack = 83,
  Unpack = 88,
  ReduceMin = 89,
  Square = 92,
  ResizeNearestNeighbor = 97,
  LeakyRelu = 98,
  SquaredDifference = 99,
  MirrorPad = 100,
  Abs = 101,
  SplitV = 102,
  Ceil = 104,
  ReverseV2 = 105,
  AddN = 106,
  Cos = 108,
  Elu = 111,
  Quantize = 114,
  Round = 116,
  HardSwish = 117,
  BatchMatMul = 126,
  BroadcastTo = 130,
  Gelu = 150,
  Relu0To1 = 152,
};

/// "CONV_2D", ...; "operator 211" for those the importer has no name of.
std::string nameOf(Builtin op);

} // namespace qcc::import::tflite

#endif // QCC_COMPILER_IMPORT_TFLITE_FORMAT_H
