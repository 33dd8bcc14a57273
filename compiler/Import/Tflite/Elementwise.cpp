// Arithmetic, activations, softmax and the ops between floats and integers.
#include "compiler/Import/Tflite/Importer.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

constexpr uint8_t softmaxOptions = 9, addOptions = 11, mulOptions = 21,
                  subOptions = 28, divOptions = 29, l2NormOptions = 12,
                  leakyReluOptions = 75, geluOptions = 116;

std::optional<qgraph::UnaryKind> unaryKind(Builtin code, bool approximate) {
  using qgraph::UnaryKind;
  switch (code) {
  case Builtin::Logistic:
    return UnaryKind::Sigmoid;
  case Builtin::Tanh:
    return UnaryKind::Tanh;
  case Builtin::Exp:
    return UnaryKind::Exp;
  case Builtin::Log:
    return UnaryKind::Log;
  case Builtin::Sqrt:
    return UnaryKind::Sqrt;
  case Builtin::Rsqrt:
    return UnaryKind::Rsqrt;
  case Builtin::Abs:
    return UnaryKind::Abs;
  case Builtin::Neg:
    return UnaryKind::Negate;
  case Builtin::Sin:
    return UnaryKind::Sin;
  case Builtin::Cos:
    return UnaryKind::Cos;
  case Builtin::Floor:
    return UnaryKind::Floor;
  case Builtin::Ceil:
    return UnaryKind::Ceil;
  case Builtin::Round:
    return UnaryKind::Round;
  case Builtin::Elu:
    return UnaryKind::Elu;
  case Builtin::HardSwish:
    return UnaryKind::HardSwish;
  case Builtin::Gelu:
    return approximate ? UnaryKind::GeluTanh : UnaryKind::Gelu;
  default:
    return std::nullopt;
  }
}

bool isFloat(Value value) {
  return build::typeOf(value).getElementType().isF32();
}

/// Codes with one scale.
bool isCode(Value value) {
  return isa<quant::UniformQuantizedType>(
      build::typeOf(value).getElementType());
}

double scaleOf(Value value) {
  return cast<quant::UniformQuantizedType>(
             build::typeOf(value).getElementType())
      .getScale();
}

} // namespace

/// The fused activation of an op whose options hold nothing else; none when it
/// has no options.
Activation Importer::fused(uint8_t type) {
  auto *o = network.options<ActivationOptions>(*op, type);
  return o ? static_cast<Activation>(o->fused_activation_function())
           : Activation::None;
}

template <typename Op> Value Importer::binary(Activation activation) {
  Value lhs = operand(0), rhs = operand(1);
  if (!lhs || !rhs)
    return {};
  if (!(isFloat(lhs) && isFloat(rhs)) && !(isCode(lhs) && isCode(rhs)))
    return fail("needs two operands of FLOAT32, or two of 8 bits with a scale");
  return activate(typed(build::binary<Op>(builder, loc, lhs, rhs)), activation);
}

/// INT16 codes whose scales are all powers of two are summed up without
/// multipliers, unless the file says that they are not.
bool Importer::isGeneralSum(uint8_t type) {
  auto *o = network.options<SumOptions>(*op, type);
  auto isPower = [](const TensorInfo *tensor) {
    int exponent;
    return tensor && tensor->isQuantized() &&
           std::frexp(tensor->quantization->scales[0], &exponent) == 0.5f;
  };
  if (output().type != ElementType::Int16 || !isQuantizedOp() ||
      (o && !o->pot_scale_int16()) || !isPower(input(0)) ||
      !isPower(input(1)) || !isPower(&output()))
    return true;
  fail("on INT16 has scales that are powers of two and pot_scale_int16, whose "
       "kernel is not supported");
  return false;
}

Value Importer::add() {
  return isGeneralSum(addOptions) ? binary<qgraph::AddOp>(fused(addOptions))
                                  : Value();
}
Value Importer::sub() {
  return isGeneralSum(subOptions) ? binary<qgraph::SubOp>(fused(subOptions))
                                  : Value();
}
Value Importer::mul() { return binary<qgraph::MulOp>(fused(mulOptions)); }
Value Importer::div() { return binary<qgraph::DivOp>(fused(divOptions)); }
Value Importer::pow() { return binary<qgraph::PowOp>(Activation::None); }

Value Importer::maximum() {
  if (!keepsType(0) || !keepsType(1))
    return {};
  return binary<qgraph::MaximumOp>(Activation::None);
}

Value Importer::minimum() {
  if (!keepsType(0) || !keepsType(1))
    return {};
  return binary<qgraph::MinimumOp>(Activation::None);
}

Value Importer::squaredDifference() {
  if (isQuantizedOp())
    return integerSquaredDifference();
  Value difference = binary<qgraph::SubOp>(Activation::None);
  if (!difference)
    return {};
  return build::binary<qgraph::MulOp>(builder, loc, difference, difference);
}

/// Rule square-k1: the difference in 16 bits, then its square.
Value Importer::integerSquaredDifference() {
  Value lhs = operand(0), rhs = operand(1);
  if (!lhs || !rhs || !isCode(lhs) || !isCode(rhs) || !elementType(output()))
    return fail("needs two operands of 8 bits with a scale");
  double unit = std::max(scaleOf(lhs), scaleOf(rhs)) * 2 / (1 << 7);
  Type wide = quant::UniformQuantizedType::getChecked(
      [&] { return mlir::emitError(loc); }, quant::QuantizationFlags::Signed,
      builder.getI16Type(), builder.getF32Type(), unit, 0, -32768, 32767);
  if (!wide)
    return fail("has scales that are out of range");
  Value difference =
      typed(build::binary<qgraph::SubOp>(builder, loc, lhs, rhs), wide);
  difference.getDefiningOp()->setAttr("qgraph.left_shift",
                                      builder.getI32IntegerAttr(7));
  Value square =
      typed(build::binary<qgraph::MulOp>(builder, loc, difference, difference));
  square.getDefiningOp()->setAttr("qgraph.exact_scale", builder.getUnitAttr());
  return square;
}

Value Importer::addN() {
  Value sum = operand(0);
  for (size_t i = 1; sum && i < op->inputs.size(); ++i) {
    Value next = operand(i);
    sum =
        next ? build::binary<qgraph::AddOp>(builder, loc, sum, next) : Value();
  }
  return sum;
}

Value Importer::relu() {
  constexpr float unbounded = std::numeric_limits<float>::max();
  Value in = operand(0);
  if (!in)
    return {};
  // The kernel rescales, then clamps.
  if (isQuantizedOp() &&
      build::typeOf(in).getElementType() != elementType(output()))
    in = typed(qgraph::RequantizeOp::create(builder, loc, in.getType(), in));
  if (!in)
    return {};
  switch (op->code) {
  case Builtin::Relu6:
    return clampCodes(in, 0, 6);
  case Builtin::ReluN1To1:
    return clampCodes(in, -1, 1);
  case Builtin::Relu0To1:
    return clampCodes(in, 0, 1);
  default:
    return clampCodes(in, 0, unbounded);
  }
}

Value Importer::unary() {
  auto *gelu = network.options<GeluOptions>(*op, geluOptions);
  std::optional<qgraph::UnaryKind> kind =
      unaryKind(op->code, gelu && gelu->approximate());
  Value in = operand(0);
  if (!in || !kind)
    return {};
  if (!isQuantizedOp())
    return build::unary(builder, loc, *kind, in,
                        *kind == qgraph::UnaryKind::Elu ? 1.0f : 0.0f);
  if (output().type != ElementType::Int16)
    return functionTable(*kind);
  if (!input(0)->isQuantized() || input(0)->type != ElementType::Int16)
    return fail("needs an input of its output's type");
  return typed(build::unary(builder, loc, *kind, in));
}

Value Importer::leakyRelu() {
  auto *o = network.options<LeakyReluOptions>(*op, leakyReluOptions);
  Value in = operand(0);
  if (!in || !o)
    return fail("needs options");
  if (isQuantizedOp())
    return leakyReluTable(o->alpha());
  return build::unary(builder, loc, qgraph::UnaryKind::LeakyRelu, in,
                      o->alpha());
}

/// max(x, 0) + slope * min(x, 0).
Value Importer::prelu() {
  Value in = operand(0), slope = operand(1);
  if (!in || !slope)
    return {};
  if (isQuantizedOp())
    return integerPrelu(in, slope);
  Value zero = scalar(0, build::shapeOf(in).size());
  Value above = build::binary<qgraph::MaximumOp>(builder, loc, in, zero);
  Value below = build::binary<qgraph::MinimumOp>(builder, loc, in, zero);
  return build::binary<qgraph::AddOp>(
      builder, loc, above,
      build::binary<qgraph::MulOp>(builder, loc, below, slope));
}

/// Rule prelu-k1. One part of the sum is always the zero point.
Value Importer::integerPrelu(Value in, Value slope) {
  if (!isCode(in) || !isCode(slope) || !mapsBytes())
    return fail("needs an input and slopes of 8 bits with a scale");
  float ratio =
      input(0)->quantization->scales[0] / output().quantization->scales[0];
  if (!(ratio < 1 << 20))
    return fail("has scales that are too far apart");
  Value above =
      rescaledTable([&](int64_t value) { return std::max<int64_t>(value, 0); },
                    static_cast<double>(ratio));
  Value below =
      build::clamp(builder, loc, in, -std::numeric_limits<float>::max(), 0);
  Value product =
      typed(build::binary<qgraph::MulOp>(builder, loc, below, slope));
  if (!above || !product)
    return {};
  Value sum = build::binary<qgraph::AddOp>(builder, loc, above, product);
  sum.setType(above.getType());
  return sum;
}

Value Importer::square() {
  Value in = operand(0);
  return in ? build::binary<qgraph::MulOp>(builder, loc, in, in) : Value();
}

Value Importer::softmax() {
  auto *o = network.options<SoftmaxOptions>(*op, softmaxOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).empty())
    return fail("needs options and at least one axis");
  int64_t rank = build::shapeOf(in).size();
  float beta = o->beta();
  if (!(beta > 0) || !std::isfinite(beta))
    return fail("has a beta that is no positive number");
  if (!isQuantizedOp()) {
    if (beta != 1)
      in = build::binary<qgraph::MulOp>(builder, loc, in, scalar(beta, rank));
    return build::softmax(builder, loc, in, rank - 1);
  }
  const Quantization &q = *output().quantization;
  bool isWord = output().type == ElementType::Int16;
  int64_t start = isWord || output().type == ElementType::UInt8 ? 0 : -128;
  if (!input(0)->isQuantized() || input(0)->type != output().type ||
      q.scales[0] != (isWord ? 0x1p-15f : 1.0f / 256) ||
      q.zeroPoints[0] != start)
    return fail("must make codes of scale 1/256 (of INT16: 1/32768) that start "
                "from 0, of its input's type");
  Value result = typed(build::softmax(builder, loc, in, rank - 1));
  if (result && beta != 1)
    result.getDefiningOp()->setAttr("qgraph.beta",
                                    builder.getF32FloatAttr(beta));
  return result;
}

Value Importer::logSoftmax() {
  Value in = operand(0);
  if (!in || build::shapeOf(in).empty())
    return fail("needs at least one axis");
  if (isQuantizedOp()) {
    const Quantization &q = *output().quantization;
    int64_t most = output().type == ElementType::UInt8 ? 255 : 127;
    if (!mapsBytes() || q.scales[0] != 1.0f / 16 || q.zeroPoints[0] != most)
      return fail("must make codes of scale 1/16 up to 0");
    return typed(
        build::softmax(builder, loc, in, build::shapeOf(in).size() - 1, true));
  }
  return build::softmax(builder, loc, in, build::shapeOf(in).size() - 1, true);
}

/// x / max(sqrt(sum x^2), 1e-6) over the last axis.
Value Importer::l2Normalization() {
  Value in = operand(0);
  if (!in || build::shapeOf(in).empty())
    return fail("needs at least one axis");
  int64_t rank = build::shapeOf(in).size();
  if (isQuantizedOp())
    return integerL2Normalization(in);
  Value squares = build::binary<qgraph::MulOp>(builder, loc, in, in);
  Value sum =
      build::reduce(builder, loc, qgraph::ReduceKind::Sum, squares, {rank - 1});
  Value length = build::binary<qgraph::MaximumOp>(
      builder, loc, build::unary(builder, loc, qgraph::UnaryKind::Sqrt, sum),
      scalar(1e-6f, rank));
  return activate(build::binary<qgraph::DivOp>(builder, loc, in, length),
                  fused(l2NormOptions));
}

/// x / sqrt(sum x^2) is the norm by the root of the mean, less by the root of
/// the number of elements.
Value Importer::integerL2Normalization(Value in) {
  const Quantization &q = *output().quantization;
  if (!mapsBytes() || output().type != ElementType::Int8 ||
      q.scales[0] != 1.0f / 128 || q.zeroPoints[0] != 0 ||
      fused(l2NormOptions) != Activation::None)
    return fail("must make INT8 codes of scale 1/128 and zero point 0, without "
                "an activation");
  int64_t depth = build::shapeOf(in).back();
  Type element = quant::UniformQuantizedType::getChecked(
      [&] { return mlir::emitError(loc); }, quant::QuantizationFlags::Signed,
      builder.getIntegerType(8), builder.getF32Type(),
      1 / std::sqrt(static_cast<double>(depth)), 0, -128, 127);
  Value gamma = codes(element, {depth}, std::vector<int64_t>(depth, 1));
  return typed(build::rmsNorm(builder, loc, in, gamma,
                              build::shapeOf(in).size() - 1, 0.0f));
}

/// Codes into other codes, the float argument whose codes are the network's
/// real input, or float numbers in the middle.
Value Importer::quantize() {
  const TensorInfo *from = input(0);
  if (!from || !isQuantizedOp() || !elementType(output()))
    return fail("makes " + nameOf(output().type) +
                ", expected codes with one scale");
  if (from->isQuantized()) {
    Value in = operand(0);
    if (!in || in.getType() == typeOf(output()))
      return in;
    return typed(qgraph::RequantizeOp::create(builder, loc, in.getType(), in));
  }
  if (from->data) {
    std::optional<std::vector<float>> numbers = reals(*from);
    if (!numbers)
      return {};
    const Quantization &q = *output().quantization;
    auto type = cast<quant::UniformQuantizedType>(elementType(output()));
    std::vector<int64_t> stored;
    for (float number : *numbers) {
      float steps =
          std::clamp(std::round(number / q.scales[0]), -65536.0f, 65536.0f);
      stored.push_back(std::clamp<int64_t>(
          static_cast<int64_t>(steps) + q.zeroPoints[0],
          type.getStorageTypeMin(), type.getStorageTypeMax()));
    }
    return fold(ArrayRef<int64_t>(stored));
  }
  auto argument = dyn_cast_or_null<BlockArgument>(values.lookup(op->inputs[0]));
  if (argument && readers(op->inputs[0]) == 1) {
    argument.setType(typeOf(output()));
    return argument;
  }
  Value in = operand(0);
  if (!in)
    return {};
  return quant::QuantizeCastOp::create(builder, loc, typeOf(output()), in);
}

/// Constants become float; results keep their codes, whose scale the caller
/// is told.
Value Importer::dequantize() {
  const TensorInfo *from = input(0);
  if (!from)
    return fail("lacks its operand");
  if (from->data) {
    std::optional<std::vector<float>> numbers = reals(*from);
    return numbers ? fold(ArrayRef<float>(*numbers)) : Value();
  }
  Value in = operand(0);
  if (!in || !isCode(in))
    return fail("reads '" + from->name + "', which has no scale");
  isEdge = isResult(op->outputs[0]) && readers(op->outputs[0]) == 1;
  if (isEdge)
    return in;
  return quant::DequantizeCastOp::create(builder, loc, typeOf(output()), in);
}

Value Importer::convert() {
  if (isConstant(0)) {
    const TensorInfo &from = *input(0);
    bool toFloat = output().type == ElementType::Float32;
    bool fromFloat =
        from.type == ElementType::Float32 || from.type == ElementType::Float16;
    std::optional<std::vector<float>> numbers = reals(from);
    if (!numbers)
      return {};
    if (toFloat)
      return fold(ArrayRef<float>(*numbers));
    std::vector<int64_t> whole;
    if (!fromFloat) {
      auto stored = integers(0);
      whole = stored ? *stored : whole;
    } else {
      for (float number : *numbers)
        whole.push_back(static_cast<int64_t>(
            std::isfinite(number) ? std::clamp(number, -2e9f, 2e9f) : 0.0f));
    }
    return fold(ArrayRef<int64_t>(whole));
  }
  Value in = operand(0);
  if (in && in.getType() == typeOf(output()))
    return in;
  return fail("from " + nameOf(input(0)->type) + " to " +
              nameOf(output().type) + " is supported of constants only");
}

} // namespace qcc::import::tflite
