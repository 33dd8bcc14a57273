//===- Rounding.cpp - Rounding to quantized types in float ----------------===//

#include "compiler/Evaluate/Rounding.h"

#include "compiler/Evaluate/Strided.h"
#include "passes/Quantize/VectorClones.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

double stepOfCodes(Operation *op) {
  auto bits = op->getAttrOfType<IntegerAttr>("qgraph.share_bits");
  return bits ? std::ldexp(1.0, -static_cast<int>(bits.getInt())) : 0;
}

Rounding roundingOfResult(Operation *op) {
  Rounding rounding;
  rounding.step = stepOfCodes(op);
  rounding.type =
      cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  if (isa<quant::QuantizeCastOp>(op))
    rounding.ties = Ties::Even;
  auto name = op->getAttrOfType<StringAttr>("qgraph.rounding");
  StringRef given = name ? name.getValue() : "";
  if (given == "even")
    rounding.ties = Ties::Even;
  else if (given == "away")
    rounding.ties = Ties::Away;
  else if (given == "single")
    rounding.ties = Ties::Up;
  return rounding;
}

namespace {

/// One scale's worth of a type.
struct Grid {
  double step, low, high; // low and high as code minus zero point
  double scale;           // what a code stands for, mostly the step
};

/// The nearest whole number of a `code` in [low, high]. All three work without
/// branches and library calls, so that loops over them become vector code.
template <Ties ties, typename Int>
[[gnu::always_inline]] inline double nearest(double code, double low) {
  if constexpr (ties == Ties::Even) {
    // Adding 1.5 * 2^52 leaves no room for a fraction.
    constexpr double magic = 6755399441055744.0;
    return (code + magic) - magic;
  } else if constexpr (ties == Ties::Up) {
    return static_cast<double>(static_cast<Int>(code - low + 0.5)) + low;
  } else {
    return static_cast<double>(
        static_cast<Int>(code + (code < 0 ? -0.5 : 0.5)));
  }
}

template <Ties ties, typename Int>
[[gnu::always_inline]] inline void roundAll(float *values, int64_t count,
                                            Grid grid) {
  for (int64_t i = 0; i < count; ++i) {
    double code =
        std::min(std::max(values[i] / grid.step, grid.low), grid.high);
    values[i] =
        static_cast<float>(nearest<ties, Int>(code, grid.low) * grid.scale);
  }
}

/// Conversion to 32 bits is a vector instruction on every processor, but too
/// short for wide types.
QCC_VECTOR_CLONES void roundNarrow(float *values, int64_t count, Grid grid,
                                   Ties ties) {
  if (ties == Ties::Away)
    roundAll<Ties::Away, int32_t>(values, count, grid);
  else if (ties == Ties::Even)
    roundAll<Ties::Even, int32_t>(values, count, grid);
  else
    roundAll<Ties::Up, int32_t>(values, count, grid);
}

void roundWide(float *values, int64_t count, Grid grid, Ties ties) {
  if (ties == Ties::Away)
    roundAll<Ties::Away, int64_t>(values, count, grid);
  else if (ties == Ties::Even)
    roundAll<Ties::Even, int64_t>(values, count, grid);
  else
    roundAll<Ties::Up, int64_t>(values, count, grid);
}

void roundRow(float *values, int64_t count, Grid grid, Ties ties,
              uint8_t *inside) {
  for (int64_t i = 0; inside && i < count; ++i) {
    double code = values[i] / grid.step;
    inside[i] = code > grid.low - 0.5 && code < grid.high + 0.5;
  }
  bool isNarrow = std::max(-grid.low, grid.high) < (1 << 24);
  (isNarrow ? roundNarrow : roundWide)(values, count, grid, ties);
}

Grid gridOf(quant::QuantizedType type, double scale, int64_t zeroPoint) {
  return {scale, static_cast<double>(type.getStorageTypeMin() - zeroPoint),
          static_cast<double>(type.getStorageTypeMax() - zeroPoint), scale};
}

} // namespace

void roundValues(MutableArrayRef<float> values, ArrayRef<int64_t> shape,
                 const Rounding &rounding, uint8_t *inside) {
  if (auto type =
          dyn_cast_or_null<quant::UniformQuantizedType>(rounding.type)) {
    Grid grid = gridOf(type, type.getScale(), type.getZeroPoint());
    if (rounding.step > 0)
      grid.step = rounding.step;
    return roundRow(values.data(), values.size(), grid, rounding.ties, inside);
  }
  auto type =
      dyn_cast_or_null<quant::UniformQuantizedPerAxisType>(rounding.type);
  if (!type)
    return;
  int64_t inner =
      numElements(shape.drop_front(type.getQuantizedDimension() + 1));
  int64_t channels = type.getScales().size();
  for (int64_t at = 0, row = 0, end = values.size(); at < end;
       at += inner, ++row) {
    int64_t channel = row % channels;
    roundRow(
        values.data() + at, inner,
        gridOf(type, type.getScales()[channel], type.getZeroPoints()[channel]),
        rounding.ties, inside ? inside + at : nullptr);
  }
}

llvm::Error checkRounding(Type type, ArrayRef<int64_t> shape) {
  auto perAxis = dyn_cast_or_null<quant::UniformQuantizedPerAxisType>(type);
  if (!perAxis)
    return llvm::Error::success();
  int64_t axis = perAxis.getQuantizedDimension();
  int64_t scales = perAxis.getScales().size();
  if (axis < static_cast<int64_t>(shape.size()) && shape[axis] % scales == 0)
    return llvm::Error::success();
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      llvm::formatv("a type with {0} scales along axis {1} does not fit a "
                    "tensor of shape [{2:$[, ]}]",
                    scales, axis, llvm::make_range(shape.begin(), shape.end()))
          .str()
          .c_str());
}

} // namespace qcc::evaluate
