#include "passes/Quantize/DataFree.h"

#include "dialects/QGraph/Unary.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

using namespace mlir;

namespace qcc::quantize {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What is assumed of the elements of one channel.
struct Channel {
  double mean = 0, variance = 0;
  /// The range that the channel's elements hardly leave.
  double lo = 0, hi = 0;

  double up() const { return hi - mean; }
  double down() const { return mean - lo; }
};

/// A value's channels, one per index of its last axis or one for all, and the
/// interval that contains every element.
struct Summary {
  SmallVector<Channel> channels{Channel()};
  double least = -infinity, most = infinity;

  const Channel &channel(size_t i) const {
    return channels[channels.size() == 1 ? 0 : i];
  }
  void clip() {
    for (Channel &c : channels) {
      c.mean = std::clamp(c.mean, least, most);
      c.lo = std::clamp(c.lo, least, most);
      c.hi = std::clamp(c.hi, least, most);
    }
  }
};

/// One channel with the mixture of all.
Summary collapse(const Summary &in) {
  Channel all{0, 0, infinity, -infinity};
  for (const Channel &c : in.channels) {
    all.mean += c.mean / in.channels.size();
    all.lo = std::min(all.lo, c.lo);
    all.hi = std::max(all.hi, c.hi);
  }
  for (const Channel &c : in.channels)
    all.variance += (c.variance + (c.mean - all.mean) * (c.mean - all.mean)) /
                    in.channels.size();
  return {{all}, in.least, in.most};
}

/// A normal distribution cut into equal steps, as points and weights.
ArrayRef<std::pair<double, double>> normalPoints() {
  static const auto points = [] {
    std::vector<std::pair<double, double>> result;
    double sum = 0;
    for (int i = -16; i <= 16; ++i) {
      double z = i * 0.25, weight = std::exp(-z * z / 2);
      result.push_back({z, weight});
      sum += weight;
    }
    for (auto &[z, weight] : result)
      weight /= sum;
    return result;
  }();
  return points;
}

/// The summary of `function` applied to every element. Points where it is not
/// finite are left out.
Summary mapSummary(const Summary &in,
                   const std::function<double(double)> &function) {
  Summary out;
  out.channels.clear();
  out.least = infinity, out.most = -infinity;
  auto sample = [&](double lo, double hi, double &least, double &most) {
    for (int i = 0; i <= 64; ++i) {
      double y = function(lo + (hi - lo) * i / 64);
      if (std::isfinite(y))
        least = std::min(least, y), most = std::max(most, y);
    }
  };
  for (const Channel &c : in.channels) {
    Channel mapped{0, 0, infinity, -infinity};
    double square = 0, total = 0, deviation = std::sqrt(c.variance);
    for (auto [z, weight] : normalPoints()) {
      double x = std::clamp(c.mean + z * deviation, in.least, in.most);
      double y = function(x);
      if (!std::isfinite(y))
        continue;
      mapped.mean += weight * y, square += weight * y * y, total += weight;
    }
    if (total > 0)
      mapped.mean /= total, square /= total;
    mapped.variance = std::max(0.0, square - mapped.mean * mapped.mean);
    sample(c.lo, c.hi, mapped.lo, mapped.hi);
    if (mapped.lo > mapped.hi)
      mapped.lo = mapped.hi = mapped.mean;
    if (!std::isfinite(in.least) || !std::isfinite(in.most))
      sample(c.lo, c.hi, out.least, out.most);
    out.channels.push_back(mapped);
  }
  if (std::isfinite(in.least) && std::isfinite(in.most))
    sample(in.least, in.most, out.least, out.most);
  if (out.least > out.most)
    out.least = -infinity, out.most = infinity;
  return out;
}

/// The mean of several channels' deviations, as those of independent values.
double together(double a, double b) { return std::sqrt(a * a + b * b); }

Summary combine(const Summary &a, const Summary &b,
                function_ref<Channel(const Channel &, const Channel &)> join) {
  Summary out;
  out.channels.clear();
  for (size_t i = 0; i < std::max(a.channels.size(), b.channels.size()); ++i)
    out.channels.push_back(join(a.channel(i), b.channel(i)));
  return out;
}

Summary addSummaries(const Summary &a, const Summary &b) {
  Summary out = combine(a, b, [](const Channel &x, const Channel &y) {
    double mean = x.mean + y.mean;
    return Channel{mean, x.variance + y.variance,
                   mean - together(x.down(), y.down()),
                   mean + together(x.up(), y.up())};
  });
  out.least = a.least + b.least, out.most = a.most + b.most;
  return out;
}

Summary negate(const Summary &in) {
  Summary out = in;
  for (Channel &c : out.channels)
    c = {-c.mean, c.variance, -c.hi, -c.lo};
  out.least = -in.most, out.most = -in.least;
  return out;
}

/// Smallest and largest product of two intervals; 0 times infinity is 0.
Range productRange(double aLo, double aHi, double bLo, double bHi) {
  auto product = [](double x, double y) {
    return x == 0 || y == 0 ? 0 : x * y;
  };
  double corners[] = {product(aLo, bLo), product(aLo, bHi), product(aHi, bLo),
                      product(aHi, bHi)};
  return {*std::min_element(corners, corners + 4),
          *std::max_element(corners, corners + 4)};
}

Summary multiplySummaries(const Summary &a, const Summary &b) {
  Summary out = combine(a, b, [](const Channel &x, const Channel &y) {
    Range ends = productRange(x.lo, x.hi, y.lo, y.hi);
    return Channel{x.mean * y.mean,
                   x.variance * y.variance + x.variance * y.mean * y.mean +
                       y.variance * x.mean * x.mean,
                   ends.lo, ends.hi};
  });
  Range ends = productRange(a.least, a.most, b.least, b.most);
  out.least = ends.lo, out.most = ends.hi;
  return out;
}

/// Maximum; the minimum is that of the negated values, negated.
Summary maximumSummaries(const Summary &a, const Summary &b) {
  Summary out = combine(a, b, [](const Channel &x, const Channel &y) {
    return Channel{std::max(x.mean, y.mean), std::max(x.variance, y.variance),
                   std::max(x.lo, y.lo), std::max(x.hi, y.hi)};
  });
  out.least = std::max(a.least, b.least), out.most = std::max(a.most, b.most);
  return out;
}

/// Elements of either.
Summary uniteSummaries(const Summary &a, const Summary &b) {
  Summary out = combine(a, b, [](const Channel &x, const Channel &y) {
    double mean = (x.mean + y.mean) / 2, apart = (x.mean - y.mean) / 2;
    return Channel{mean, (x.variance + y.variance) / 2 + apart * apart,
                   std::min(x.lo, y.lo), std::max(x.hi, y.hi)};
  });
  out.least = std::min(a.least, b.least), out.most = std::max(a.most, b.most);
  return out;
}

/// `count` elements of one channel summed as if they were independent.
Summary sumOf(const Summary &in, double count) {
  Summary out = in;
  for (Channel &c : out.channels) {
    double mean = c.mean * count, grown = std::sqrt(count);
    c = {mean, c.variance * count, mean - c.down() * grown,
         mean + c.up() * grown};
  }
  out.least *= count, out.most *= count;
  return out;
}

class Estimator {
public:
  Estimator(const llvm::DenseMap<Value, Range> &known,
            const DataFreeOptions &options)
      : known(known), options(options) {}

  Summary summarize(Value value) {
    Summary result = isa<BlockArgument>(value)
                         ? argument()
                         : operation(value.getDefiningOp());
    auto found = known.find(value);
    if (found != known.end()) {
      Range range = found->second;
      if (isa<BlockArgument>(value)) {
        double middle = (range.lo + range.hi) / 2, width = range.hi - range.lo;
        result.channels = {{middle, width * width / 12, range.lo, range.hi}};
      }
      result.least = std::max(result.least, range.lo);
      result.most = std::min(result.most, range.hi);
      if (result.least > result.most)
        result.least = range.lo, result.most = range.hi;
    }
    result.clip();
    return summaries[value] = result;
  }

  /// The range of all channels, which includes zero.
  static Range rangeOf(const Summary &summary) {
    Range range;
    for (const Channel &c : summary.channels) {
      range.lo = std::min(range.lo, c.lo);
      range.hi = std::max(range.hi, c.hi);
    }
    return range;
  }

private:
  Summary argument() const { return {}; }

  const Summary &get(Value value) {
    auto found = summaries.find(value);
    if (found != summaries.end())
      return found->second;
    return summaries[value] = constant(value);
  }

  /// Mean and spread of every channel of a constant.
  Summary constant(Value value) {
    auto op = value.getDefiningOp<qgraph::ConstantOp>();
    auto dense = op ? dyn_cast<DenseFPElementsAttr>(op.getValue())
                    : DenseFPElementsAttr();
    if (!dense || dense.getNumElements() == 0)
      return {};
    size_t channels = shapeOf(value).empty() ? 1 : shapeOf(value).back();
    Summary out;
    out.channels.assign(channels, Channel{0, 0, infinity, -infinity});
    out.least = infinity, out.most = -infinity;
    double count = static_cast<double>(dense.getNumElements()) / channels;
    for (auto [i, x] : llvm::enumerate(dense.getValues<float>())) {
      Channel &c = out.channels[i % channels];
      c.mean += x / count, c.variance += double(x) * x / count;
      c.lo = std::min<double>(c.lo, x), c.hi = std::max<double>(c.hi, x);
      out.least = std::min<double>(out.least, x);
      out.most = std::max<double>(out.most, x);
    }
    for (Channel &c : out.channels)
      c.variance = std::max(0.0, c.variance - c.mean * c.mean);
    return out;
  }

  Summary operation(Operation *op) {
    Summary out = propagate(op);
    auto mean = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
    auto std = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_std");
    if (!mean || !std || mean.size() != std.size() || mean.empty())
      return out;
    out.channels.clear();
    for (auto [m, s] : llvm::zip(mean.asArrayRef(), std.asArrayRef())) {
      double reach = options.spread * std::fabs(s);
      out.channels.push_back({m, double(s) * s, m - reach, m + reach});
    }
    return out;
  }

  Summary propagate(Operation *op) {
    auto in = [&](unsigned i) -> const Summary & {
      return get(op->getOperand(i));
    };
    return llvm::TypeSwitch<Operation *, Summary>(op)
        .Case([&](qgraph::Conv2DOp conv) {
          return convolution(conv.getInput(), conv.getFilter(), conv.getBias(),
                             conv.getGroups());
        })
        .Case([&](qgraph::TransposeConv2DOp conv) {
          return convolution(conv.getInput(), conv.getFilter(), conv.getBias(),
                             1);
        })
        .Case([&](qgraph::MatMulOp product) {
          return sumOf(multiplySummaries(collapse(in(0)), collapse(in(1))),
                       shapeOf(product.getLhs()).back());
        })
        .Case([&](qgraph::AddOp) { return addSummaries(in(0), in(1)); })
        .Case([&](qgraph::SubOp) { return addSummaries(in(0), negate(in(1))); })
        .Case([&](qgraph::MulOp) { return multiplySummaries(in(0), in(1)); })
        .Case([&](qgraph::MaximumOp) { return maximumSummaries(in(0), in(1)); })
        .Case([&](qgraph::MinimumOp) {
          return negate(maximumSummaries(negate(in(0)), negate(in(1))));
        })
        .Case([&](qgraph::SelectOp) { return uniteSummaries(in(0), in(1)); })
        .Case([&](qgraph::UnaryOp unary) {
          qgraph::UnaryKind kind = unary.getKind();
          double alpha = unary.getAlpha().convertToDouble();
          return mapSummary(in(0), [=](double x) {
            return qgraph::evaluateUnary(kind, alpha, x);
          });
        })
        .Case([&](qgraph::ClampOp clamp) { return clamped(clamp, in(0)); })
        .Case([&](qgraph::SoftmaxOp softmax) { return probabilities(softmax); })
        .Case([&](qgraph::TableOp table) { return entries(table); })
        .Case([&](qgraph::ReduceOp reduce) { return reduction(reduce, in(0)); })
        .Case([&](qgraph::ConcatOp concat) { return concatenation(concat); })
        .Case([&](qgraph::PadOp pad) { return padded(pad, in(0)); })
        .Default([&](Operation *other) {
          return other->getNumOperands() == 0 ? Summary() : moved(other, in(0));
        });
  }

  /// Numbers from 0 to 1 whose sum is 1. The logarithm is never quantized.
  Summary probabilities(qgraph::SoftmaxOp op) {
    double mean = 1.0 / shapeOf(op.getOutput())[op.getAxis()];
    Summary out;
    out.channels = {{mean, mean * (1 - mean), 0, 1}};
    out.least = 0, out.most = 1;
    return out;
  }

  /// As if every entry were read equally often.
  Summary entries(qgraph::TableOp op) {
    auto type = cast<quant::UniformQuantizedType>(*op.getOutputType());
    double sum = 0, squares = 0;
    Summary out;
    out.least = std::numeric_limits<double>::infinity(), out.most = -out.least;
    for (int8_t entry : op.getTable()) {
      double value = (entry - type.getZeroPoint()) * type.getScale();
      sum += value, squares += value * value;
      out.least = std::min(out.least, value);
      out.most = std::max(out.most, value);
    }
    double mean = sum / 256;
    out.channels = {{mean, squares / 256 - mean * mean, out.least, out.most}};
    return out;
  }

  Summary clamped(qgraph::ClampOp op, const Summary &in) {
    double lo = op.getMin().convertToDouble();
    double hi = op.getMax().convertToDouble();
    Summary out =
        mapSummary(in, [=](double x) { return std::min(std::max(x, lo), hi); });
    out.least = std::clamp(in.least, lo, hi);
    out.most = std::clamp(in.most, lo, hi);
    return out;
  }

  /// Each tap adds w * x: means add, deviations add as independent ones.
  Summary convolution(Value input, Value filter, Value bias, int64_t groups) {
    auto weights = constantValues(filter), offsets = constantValues(bias);
    if (weights.empty() || offsets.empty())
      return {};
    const Summary &in = get(input);
    ArrayRef<int64_t> shape = shapeOf(filter);
    int64_t outs = shape[0], ins = shape[3], taps = shape[1] * shape[2];
    Summary out;
    out.channels.assign(outs, Channel());
    out.least = infinity, out.most = -infinity;
    for (int64_t o = 0; o < outs; ++o) {
      double mean = offsets[o], variance = 0, down = 0, up = 0;
      double least = offsets[o], most = offsets[o];
      for (int64_t t = 0; t < taps * ins; ++t) {
        double w = weights[o * taps * ins + t];
        if (w == 0)
          continue;
        const Channel &c = in.channel(o / (outs / groups) * ins + t % ins);
        mean += w * c.mean, variance += w * w * c.variance;
        double low = w > 0 ? c.down() : c.up(),
               high = w > 0 ? c.up() : c.down();
        down += w * w * low * low, up += w * w * high * high;
        least += w * (w > 0 ? in.least : in.most);
        most += w * (w > 0 ? in.most : in.least);
      }
      out.channels[o] = {mean, variance, mean - std::sqrt(down),
                         mean + std::sqrt(up)};
      // Taps on padding add nothing.
      out.least = std::min({out.least, least, double(offsets[o])});
      out.most = std::max({out.most, most, double(offsets[o])});
    }
    return out;
  }

  static std::vector<float> constantValues(Value value) {
    auto op = value.getDefiningOp<qgraph::ConstantOp>();
    auto dense = op ? dyn_cast<DenseFPElementsAttr>(op.getValue())
                    : DenseFPElementsAttr();
    if (!dense)
      return {};
    auto values = dense.getValues<float>();
    return {values.begin(), values.end()};
  }

  Summary reduction(qgraph::ReduceOp op, const Summary &in) {
    size_t lastAxis = shapeOf(op.getInput()).size() - 1;
    Summary out =
        llvm::is_contained(op.getAxes(), int64_t(lastAxis)) ? collapse(in) : in;
    if (op.getKind() != qgraph::ReduceKind::Sum)
      return out;
    double count =
        static_cast<double>(op.getInput().getType().getNumElements()) /
        op.getOutput().getType().getNumElements();
    // Neighbours are alike, so that a sum deviates as much as its elements do.
    for (Channel &c : out.channels)
      c = {c.mean * count, c.variance * count * count, c.lo * count,
           c.hi * count};
    out.least *= count, out.most *= count;
    return out;
  }

  Summary concatenation(qgraph::ConcatOp op) {
    Summary out;
    out.channels.clear();
    out.least = infinity, out.most = -infinity;
    bool lastAxis = op.getAxis() + 1 == shapeOf(op.getOutput()).size();
    for (Value input : op.getInputs()) {
      const Summary &in = get(input);
      out.least = std::min(out.least, in.least);
      out.most = std::max(out.most, in.most);
      for (int64_t i = 0, e = lastAxis ? shapeOf(input).back() : 1; i < e; ++i)
        out.channels.push_back(lastAxis ? in.channel(i)
                                        : collapse(in).channels[0]);
    }
    return lastAxis ? out : collapse(out);
  }

  Summary padded(qgraph::PadOp op, const Summary &in) {
    Summary out = moved(op, in);
    double value = op.getValue().convertToDouble();
    for (Channel &c : out.channels)
      c.lo = std::min(c.lo, value), c.hi = std::max(c.hi, value);
    out.least = std::min(out.least, value);
    out.most = std::max(out.most, value);
    return out;
  }

  /// Ops that leave values as they are (or average them, which cannot widen
  /// their range): channels survive if the last axis does.
  Summary moved(Operation *op, const Summary &in) {
    ArrayRef<int64_t> from = shapeOf(op->getOperand(0));
    ArrayRef<int64_t> to = shapeOf(op->getResult(0));
    bool same = !from.empty() && !to.empty() && from.back() == to.back();
    if (auto transpose = dyn_cast<qgraph::TransposeOp>(op))
      same = transpose.getPermutation().back() ==
             static_cast<int64_t>(from.size()) - 1;
    if (auto gather = dyn_cast<qgraph::GatherOp>(op))
      same &= gather.getAxis() + 1 < from.size();
    return same ? in : collapse(in);
  }

  const llvm::DenseMap<Value, Range> &known;
  const DataFreeOptions &options;
  llvm::DenseMap<Value, Summary> summaries;
};

} // namespace

llvm::DenseMap<Value, Range>
estimateRanges(func::FuncOp function, const llvm::DenseMap<Value, Range> &known,
               const DataFreeOptions &options) {
  Estimator estimator(known, options);
  llvm::DenseMap<Value, Range> ranges;
  for (Value value : activations(function))
    ranges[value] = Estimator::rangeOf(estimator.summarize(value));
  return ranges;
}

llvm::DenseMap<Value, std::vector<double>>
estimateMeans(func::FuncOp function, const llvm::DenseMap<Value, Range> &known,
              const DataFreeOptions &options) {
  Estimator estimator(known, options);
  llvm::DenseMap<Value, std::vector<double>> means;
  for (Value value : activations(function))
    for (const Channel &channel : estimator.summarize(value).channels)
      means[value].push_back(channel.mean);
  return means;
}

} // namespace qcc::quantize
