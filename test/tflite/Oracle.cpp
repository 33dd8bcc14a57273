#include "test/tflite/Oracle.h"
#include "test/tflite/File.h"
#include "test/tflite/Kernels.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace oracle {
namespace {

enum Code {
  kAdd = 0,
  kAveragePool = 1,
  kConcatenation = 2,
  kConv = 3,
  kDepthwise = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kL2Normalization = 11,
  kLogistic = 14,
  kMaxPool = 17,
  kMul = 18,
  kRelu = 19,
  kReluN1To1 = 20,
  kRelu6 = 21,
  kReshape = 22,
  kResizeBilinear = 23,
  kSoftmax = 25,
  kTanh = 28,
  kTransposeConv = 67,
  kPad = 34,
  kMean = 40,
  kSub = 41,
  kDiv = 42,
  kExp = 47,
  kLogSoftmax = 50,
  kPrelu = 54,
  kLog = 73,
  kSum = 74,
  kSqrt = 75,
  kRsqrt = 76,
  kLeakyRelu = 98,
  kSquaredDifference = 99,
  kAbs = 101,
  kElu = 111,
  kQuantize = 114,
  kHardSwish = 117,
  kBatchMatMul = 126,
  kGelu = 150,
  kRelu0To1 = 152,
};

[[noreturn]] void refuse(const std::string &why) {
  throw std::runtime_error(why);
}

} // namespace

int64_t Tensor::size() const {
  int64_t count = 1;
  for (int n : shape)
    count *= n;
  return count;
}

Model::Model(std::string contents) : bytes(std::move(contents)) { read(); }

void Model::read() {
  auto *start = reinterpret_cast<const uint8_t *>(bytes.data());
  const uint8_t *model = follow(start);
  std::vector<const uint8_t *> codes = tables(model, 1);
  const uint8_t *graph = tables(model, 2).at(0);
  std::vector<const uint8_t *> buffers = tables(model, 4);
  for (const uint8_t *from : tables(graph, 0)) {
    Tensor t;
    t.shape = numbers<int32_t>(from, 0);
    t.type = scalar<int8_t>(from, 1);
    if (const uint8_t *q = follow(field(from, 4))) {
      t.scales = numbers<float>(q, 2);
      t.zeroPoints = numbers<int64_t>(q, 3);
      t.zeroPoints.resize(t.scales.size(), 0);
    }
    std::vector<uint8_t> data =
        numbers<uint8_t>(buffers.at(scalar<uint32_t>(from, 2)), 0);
    t.isConstant = !data.empty();
    t.values.resize(t.size());
    for (int64_t i = 0; t.isConstant && i < t.size(); ++i) {
      const uint8_t *p = data.data();
      switch (t.type) {
      case 2:
        t.values[i] = at<int32_t>(p + 4 * i);
        break;
      case 3:
        t.values[i] = p[i];
        break;
      case 4:
        t.values[i] = at<int64_t>(p + 8 * i);
        break;
      case 7:
        t.values[i] = at<int16_t>(p + 2 * i);
        break;
      case 9:
        t.values[i] = static_cast<int8_t>(p[i]);
        break;
      default:
        refuse("constant of type " + std::to_string(t.type));
      }
    }
    tensors.push_back(std::move(t));
  }
  inputs = numbers<int32_t>(graph, 1);
  outputs = numbers<int32_t>(graph, 2);
  for (const uint8_t *from : tables(graph, 3)) {
    Op op;
    const uint8_t *code = codes.at(scalar<uint32_t>(from, 0));
    op.code = std::max<int>(scalar<int8_t>(code, 0), scalar<int32_t>(code, 3));
    op.inputs = numbers<int32_t>(from, 1);
    op.outputs = numbers<int32_t>(from, 2);
    op.options = follow(field(from, 4));
    ops.push_back(std::move(op));
  }
}

size_t Model::inputBytes() const {
  size_t count = 0;
  for (int i : inputs)
    count += tensors[i].size() * (tensors[i].isWord() ? 2 : 1);
  return count;
}

void Model::runOp(const Op &op, Rounding rounding) {
  auto in = [&](size_t i) -> const Tensor & {
    return tensors[op.inputs.at(i)];
  };
  const Tensor *bias = op.inputs.size() > 2 && op.inputs[2] >= 0
                           ? &tensors[op.inputs[2]]
                           : nullptr;
  Tensor &out = tensors[op.outputs.at(0)];
  const uint8_t *o = op.options;
  switch (op.code) {
  case kAdd:
  case kSub:
    return addOrSub(in(0), in(1), out, o, op.code == kSub, rounding);
  case kMul:
    return mul(in(0), in(1), out, o, rounding);
  case kConv:
  case kDepthwise:
    return conv(in(0), in(1), bias, out, o, op.code == kDepthwise, rounding);
  case kTransposeConv:
    return transposeConv(in(2), in(1), op.inputs.size() > 3 ? &in(3) : nullptr,
                         out, o, rounding);
  case kFullyConnected:
    return fullyConnected(in(0), in(1), bias, out, o, rounding);
  case kAveragePool:
  case kMaxPool:
    return pool(in(0), out, o, op.code == kAveragePool);
  case kMean:
  case kSum:
    return reduce(in(0), in(1), out, op.code == kMean, rounding);
  case kSoftmax:
    if (out.isWord())
      return wordSoftmax(in(0), out, o, rounding);
    return softmax(in(0), out, o, rounding);
  case kLogSoftmax:
    return logSoftmax(in(0), out, rounding);
  case kL2Normalization:
    return l2Normalization(in(0), out, rounding);
  case kDiv:
    return divide(in(0), in(1), out, o, rounding);
  case kLogistic:
    if (out.isWord())
      return wordSigmoid(in(0), out, false);
    return table(in(0), out,
                 [](float x) { return 1.0f / (1.0f + std::exp(-x)); });
  case kTanh:
    if (out.isWord())
      return wordSigmoid(in(0), out, true);
    return table(in(0), out, [](float x) { return std::tanh(x); });
  case kExp:
    return table(in(0), out, [](float x) { return std::exp(x); });
  case kElu:
    return table(in(0), out,
                 [](float x) { return x < 0.0f ? std::expm1(x) : x; });
  case kGelu:
    if (scalar<uint8_t>(o, 0))
      return table(in(0), out, [](float x) {
        const auto k = static_cast<float>(M_2_SQRTPI * M_SQRT1_2);
        return 0.5f * x * (1.f + std::tanh(k * (x + 0.044715f * x * x * x)));
      });
    return table(in(0), out, [](float x) {
      return 0.5f * x * std::erfc(x * static_cast<float>(-M_SQRT1_2));
    });
  case kHardSwish:
    return hardSwish(in(0), out);
  case kAbs:
    return absolute(in(0), out, rounding);
  case kSqrt:
    return squareRoot(in(0), out);
  case kRsqrt:
    if (out.isWord()) {
      float most = 32767 * out.scale();
      return table(in(0), out, [most](float x) {
        return x <= 0 ? most : 1.0f / std::sqrt(x);
      });
    }
    return inverseSquareRoot(in(0), out, rounding);
  case kLog:
    return logarithm(in(0), out);
  case kPrelu:
    return prelu(in(0), in(1), out, rounding);
  case kSquaredDifference:
    return squaredDifference(in(0), in(1), out, rounding);
  case kResizeBilinear:
    return resizeBilinear(in(0), out, o, rounding);
  case kRelu0To1:
    return rescale(in(0), out, 5, rounding);
  case kRelu:
    return rescale(in(0), out, 1, rounding);
  case kReluN1To1:
    return rescale(in(0), out, 2, rounding);
  case kRelu6:
    return rescale(in(0), out, 3, rounding);
  case kQuantize:
    if (in(0).type == 0) { // the network's edge
      out.values = in(0).values;
      return;
    }
    return rescale(in(0), out, 0, rounding);
  case kLeakyRelu:
    return leakyRelu(in(0), out, o, rounding);
  case kReshape:
  case kDequantize:
    out.values = in(0).values;
    return;
  case kPad:
    return pad(in(0), in(1), out);
  case kBatchMatMul:
    return batchMatMul(in(0), in(1), out, rounding);
  case kConcatenation: {
    std::vector<const Tensor *> parts;
    for (size_t i = 0; i < op.inputs.size(); ++i)
      parts.push_back(&in(i));
    return concatenate(parts, out, scalar<int32_t>(o, 0), rounding);
  }
  default:
    refuse("operator " + std::to_string(op.code));
  }
}

std::vector<uint8_t> Model::run(const std::vector<uint8_t> &codes,
                                Rounding rounding) {
  size_t next = 0;
  for (int i : inputs)
    for (int64_t &value : tensors[i].values) {
      uint8_t byte = codes.at(next++);
      value = tensors[i].type == 3 ? byte : static_cast<int8_t>(byte);
      if (tensors[i].isWord())
        value = static_cast<int16_t>(byte | codes.at(next++) << 8);
    }
  for (const Op &op : ops)
    runOp(op, rounding);
  std::vector<uint8_t> result;
  for (int i : outputs)
    for (int64_t value : tensors[i].values) {
      result.push_back(static_cast<uint8_t>(value));
      if (tensors[i].isWord())
        result.push_back(static_cast<uint8_t>(value >> 8));
    }
  return result;
}

} // namespace oracle
