// Functions and sums of 16-bit activations.
#include "dialects/QGraph/Unary.h"
#include "dialects/QInt/Dyadic.h"
#include "passes/LowerToInt/Lowering.h"

#include <cmath>

using namespace mlir;

namespace qcc {
namespace {

constexpr int32_t least16 = -32768, most16 = 32767;

/// The 513 points of rule `table-t3`, in numbers of type `Real`: the function
/// at multiples of 128 codes, less half of what a line through two of them is
/// above it half way.
template <typename Real>
llvm::SmallVector<int32_t> pointsOf(llvm::function_ref<Real(Real)> function,
                                    Real inScale, int32_t inZero, Real outScale,
                                    int32_t outZero) {
  const Real first = inScale * static_cast<Real>(least16 - inZero);
  const Real last = inScale * static_cast<Real>(most16 - inZero);
  const Real low = outScale * static_cast<Real>(least16 - outZero);
  const Real high = outScale * static_cast<Real>(most16 - outZero);
  const Real step = (last - first) / 512, half = step / 2;
  const Real inverse = static_cast<Real>(65536) / (high - low);
  auto code = [](Real value) {
    if (std::isnan(value))
      return 0;
    return static_cast<int32_t>(
        std::min(std::max(value, static_cast<Real>(least16)),
                 static_cast<Real>(most16)));
  };
  llvm::SmallVector<int32_t> points;
  for (int i = 0; i < 512; ++i) {
    Real at = function(first + static_cast<Real>(i) * step);
    Real between = function(first + static_cast<Real>(i) * step + half);
    Real next = function(first + static_cast<Real>(i + 1) * step);
    Real sample = std::round(at * inverse);
    Real line = std::round((next * inverse + sample) / 2);
    Real error = line - std::round(between * inverse);
    points.push_back(code(sample - std::round(error / 2)));
  }
  points.push_back(code(std::round(function(last) * inverse)));
  return points;
}

/// 16-bit codes that cover what `bytes` cover, with 256 times as many steps.
ActivationType wordsOf(const ActivationType &bytes, IntegerType storage) {
  ActivationType words;
  words.scale = bytes.scale / 256;
  words.storage = storage;
  words.min = least16;
  words.max = most16;
  bool isUnsigned = bytes.storage.isUnsigned();
  words.zeroPoint = (bytes.zeroPoint - (isUnsigned ? 128 : 0)) * 256;
  return words;
}

} // namespace

/// With a 64-bit bias TensorFlow Lite's kernels have a multiplier of 15 bits,
/// however small the sums (rule `dyadic-n4`); with one of 32 bits, or none to
/// sum up, the usual one.
Value Lowering::requantizeWords(Operation *op, Value sums,
                                llvm::ArrayRef<double> reals,
                                const ActivationType &to) {
  auto type = cast<RankedTensorType>(sums.getType());
  bool is64 = type.getElementTypeBitWidth() == 64;
  Location loc = op->getLoc();
  MLIRContext *context = op->getContext();
  if (llvm::all_equal(reals))
    reals = reals.take_front();
  if (!op->hasAttr("qgraph.wide_sum")) {
    // The kernel's sums have 32 bits: it counts on them to be enough.
    if (is64) {
      ActivationType narrow;
      narrow.min = std::numeric_limits<int32_t>::min();
      narrow.max = std::numeric_limits<int32_t>::max();
      auto same = qint::RescaleAttr::get(
          context, DenseI32ArrayAttr::get(context, {1 << 14}),
          DenseI32ArrayAttr::get(context, {14}), qint::Rounding::Single, 0,
          narrow.min, narrow.max);
      sums = qint::RequantizeOp::create(
          builder, loc, type.clone(builder.getI32Type()), sums, 0, same);
    }
    qint::RescaleAttr attr = rescale(op, reals, to, /*wide=*/false);
    if (!attr)
      return {};
    return qint::RequantizeOp::create(builder, loc, type.clone(to.storage),
                                      sums, 0, attr);
  }
  llvm::SmallVector<int32_t> multipliers, shifts;
  for (double real : reals) {
    auto dyadic = qint::reducedDyadicFromReal(real);
    if (!dyadic) {
      op->emitOpError("layer '")
          << layerName(op) << "': " << llvm::toString(dyadic.takeError());
      return {};
    }
    // In 32 bits: 2^16 times both.
    bool moved = !is64 && dyadic->multiplier != 0;
    multipliers.push_back(dyadic->multiplier << (moved ? 16 : 0));
    shifts.push_back(dyadic->shift + (moved ? 16 : 0));
  }
  auto attr = qint::RescaleAttr::get(
      context, DenseI32ArrayAttr::get(context, multipliers),
      DenseI32ArrayAttr::get(context, shifts), qint::Rounding::Single,
      to.zeroPoint, to.min, to.max);
  return qint::RequantizeOp::create(builder, loc, type.clone(to.storage), sums,
                                    0, attr);
}

/// Rule `softmax-x4`.
Value Lowering::lowerWordSoftmax(qgraph::SoftmaxOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto type = cast<RankedTensorType>(op.getType());
  int64_t axis = type.getRank() - 1;
  auto beta = op->getAttrOfType<FloatAttr>("qgraph.beta");
  float product = static_cast<float>(in->scale) *
                  static_cast<float>(beta ? beta.getValueAsDouble() : 1.0);
  ActivationType exponent;
  exponent.storage = in->storage;
  exponent.zeroPoint = most16;
  exponent.min = least16;
  exponent.max = most16;
  // Bytes are rounded from words.
  bool isByte = out->storage.getWidth() == 8;
  bool fits = static_cast<int64_t>(op.getAxis()) == axis &&
              (isByte || (out->scale == 0x1p-15 && out->zeroPoint == 0)) &&
              type.getDimSize(axis) < 65536;
  if (!fits) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' has no integer form; supported is a softmax of less than 65536 "
           "16-bit codes over the last axis to scale 2^-15";
    return {};
  }
  qint::RescaleAttr scale =
      rescale(op, {static_cast<double>(product) / (10.0 / 65535.0)}, exponent,
              /*wide=*/false);
  if (!scale)
    return {};
  MLIRContext *context = op.getContext();
  // The difference of doubled codes halved: nothing is rounded.
  auto half = qint::RescaleAttr::get(
      context, DenseI32ArrayAttr::get(context, {1 << 30}),
      DenseI32ArrayAttr::get(context, {31}), qint::Rounding::Single, 0,
      std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
  llvm::SmallVector<int64_t> row(type.getShape());
  row.back() = 1;
  Location loc = op.getLoc();
  Value input = get(op.getInput());
  Value largest = qint::ReduceOp::create(
      builder, loc, RankedTensorType::get(row, in->storage), input,
      qint::ReduceKind::Max, llvm::ArrayRef<int64_t>{axis}, in->zeroPoint);
  auto codes = type.clone(in->storage);
  Value difference = qint::RescaledAddOp::create(
      builder, loc, codes, input, largest, 0, 0, /*left_shift=*/1, half, half,
      scale, /*subtract=*/true);
  constexpr double range = 65535.0;
  Value terms = qint::InterpolateOp::create(
      builder, loc, codes, difference,
      constant(op,
               pointsOf<double>([](double x) { return std::exp(x); },
                                10.0 / range, most16, 2.0 / range, 0),
               16));
  Value sum = qint::ReduceOp::create(
      builder, loc, RankedTensorType::get(row, builder.getI32Type()), terms,
      qint::ReduceKind::Sum, llvm::ArrayRef<int64_t>{axis}, 0);
  ActivationType words;
  words.scale = 0x1p-15;
  words.storage = in->storage;
  words.min = least16;
  words.max = most16;
  Value shares = qint::ShareOp::create(
      builder, loc, codes, terms, sum,
      constant(op,
               pointsOf<double>([](double x) { return 1.0 / (1.0 + x); },
                                1.0 / range, least16, 2.0 / range, 0),
               16));
  return rescaleCodes(op, shares, words, *out);
}

/// Rule `sigmoid-k1`: the input in steps of 1 / (3 * 2^12), then a table.
Value Lowering::lowerWordSigmoid(qgraph::UnaryOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  bool tanh = op.getKind() == qgraph::UnaryKind::Tanh;
  if (in->storage.getWidth() != 16 || in->storage != out->storage ||
      in->zeroPoint != 0 || out->zeroPoint != 0 || out->scale != 0x1p-15) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' must make 16-bit codes of scale 2^-15 from 16-bit codes, both "
           "with zero point 0";
    return {};
  }
  // Powers of two near 2^-12 are taken as they are.
  auto scale = static_cast<float>(in->scale);
  float log2 = std::log(scale) * (1.0f / std::log(2.0f));
  int left = 12 + static_cast<int>(std::round(log2));
  bool power = std::abs(log2 - std::round(log2)) < 1e-3f && left >= 0 &&
               left <= (tanh ? 1 : 0);
  int64_t multiplier = int64_t(3) << std::max(left, 0);
  int shift = 0;
  if (!power) {
    double real = static_cast<double>(scale) * 4096.0 * 3.0;
    for (; real <= 32767.0 / 2.0 && shift <= 30; ++shift)
      real *= 2;
    if (!(real < 32768)) {
      op.emitOpError("layer '")
          << layerName(op) << "' has an input of a scale that is too large";
      return {};
    }
    multiplier = static_cast<int64_t>(real);
  }
  for (; multiplier != 0 && multiplier < int64_t(1) << 30; ++shift)
    multiplier *= 2;
  constexpr int32_t far = 1 << 20;
  auto attr = qint::RescaleAttr::get(
      op.getContext(),
      DenseI32ArrayAttr::get(op.getContext(),
                             {static_cast<int32_t>(multiplier)}),
      DenseI32ArrayAttr::get(op.getContext(), {shift}), qint::Rounding::Single,
      0, -far, far);
  auto type = cast<RankedTensorType>(op.getType());
  Value steps = qint::RequantizeOp::create(builder, op.getLoc(),
                                           type.clone(builder.getI32Type()),
                                           get(op.getInput()), 0, attr);
  llvm::SmallVector<int32_t> table;
  auto share = [](double steps) { return 65536 / (1 + std::exp(-steps / 24)); };
  for (int i = 0; i < 255; ++i) {
    double line = (share(i) + share(i + 1)) / 2;
    table.push_back(static_cast<int32_t>(
        std::round(share(i) + (share(i + 0.5) - line) / 2)));
  }
  table.push_back(65535);
  return qint::SigmoidOp::create(builder, op.getLoc(), type.clone(out->storage),
                                 steps, constant(op, table, 32), tanh);
}

/// Rule `table-t3`; TensorFlow Lite's tables are made in f32.
Value Lowering::lowerWordFunction(qgraph::UnaryOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  // Bytes are rounded from words of the same range.
  ActivationType bytes = *out;
  if (bytes.storage.getWidth() != 16)
    *out = wordsOf(bytes, in->storage);
  double alpha = op.getAlpha().convertToDouble();
  qgraph::UnaryKind kind = op.getKind();
  llvm::SmallVector<int32_t> points;
  if (!isForeignKernel(op)) {
    points = pointsOf<double>(
        [&](double x) { return qgraph::evaluateUnary(kind, alpha, x); },
        in->scale, in->zeroPoint, out->scale, out->zeroPoint);
    // The zero point is no part of the function's value.
    for (int32_t &point : points)
      point = std::clamp(point + out->zeroPoint, least16, most16);
  } else {
    auto outScale = static_cast<float>(out->scale);
    points = pointsOf<float>(
        [&](float x) {
          return qgraph::kernelFunction(kind, x, least16 * outScale,
                                        most16 * outScale);
        },
        static_cast<float>(in->scale), 0, outScale, 0);
  }
  Value words = qint::InterpolateOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getInput()), constant(op, points, 16));
  return rescaleCodes(op, words, *out, bytes);
}

} // namespace qcc
