//===- LearnRounding.cpp - Weights of few bits, by gradient ---------------===//

#include "passes/Quantize/LearnRounding.h"

#include "passes/Quantize/RowProducts.h"

#include <algorithm>
#include <cmath>

namespace qcc::quantize {

using llvm::ArrayRef;

/// Steps of codes that a parameter first moves by; the last one by a tenth.
static constexpr double kRate = 0.02;
/// The part of all steps in which codes are free, and how strongly they are
/// drawn to whole numbers at the end.
static constexpr double kFree = 0.2, kPull = 0.6;
/// How strongly codes are drawn to the weights they stand for: few rows do not
/// let them run away.
static constexpr double kDamping = 0.01;
/// Layers for which the steps asked for would take more multiplications get
/// fewer, but no less than these.
static constexpr int64_t kMostProducts = 100'000'000'000, kFewestSteps = 200;
/// How often gains and biases get their best values.
static constexpr int64_t kRefits = 10;

namespace {

/// Rows of one group, cut into tiles that are learned from in turn.
class Tiles {
public:
  Tiles(const LayerRows &rows, int64_t group, int64_t batch)
      : size(rows.size), rows(rows.rows) {
    auto lanes = [](int64_t count) {
      return (count + kRowLanes - 1) / kRowLanes * kRowLanes;
    };
    width = lanes(std::min(batch, rows.rows));
    count = (rows.rows + width - 1) / width;
    inputs.assign(count * size * width, 0);
    const float *from = rows.codes.data() + group * size * rows.rows;
    double squares = 0;
    for (int64_t k = 0; k < size; ++k)
      for (int64_t r = 0; r < rows.rows; ++r) {
        float code = from[k * rows.rows + r];
        inputs[((r / width) * size + k) * width + r % width] = code;
        squares += static_cast<double>(code) * code;
      }
    meanSquare =
        squares / static_cast<double>(std::max<int64_t>(1, size * rows.rows));
  }

  const float *tile(int64_t index) const {
    return inputs.data() + index * size * width;
  }
  int64_t rowsOf(int64_t index) const {
    return std::min(width, rows - index * width);
  }

  int64_t size, rows;
  /// Rows of a tile, those of the last that are none included.
  int64_t width, count;
  double meanSquare;

private:
  std::vector<float> inputs; ///< [count, size, width]
};

/// One output channel while it is learned: result = gain * (q x) + bias.
struct Channel {
  double gain = 0, bias = 0;
  double error = 0;
};

/// What makes up for means and sizes of gradients (Kingma, Ba: Adam).
struct Moments {
  std::vector<float> first, second;
  double firstPart = 1, secondPart = 1;

  explicit Moments(size_t count) : first(count), second(count) {}

  void advance() { firstPart *= 0.9, secondPart *= 0.999; }
  /// The step for parameter `i` with this gradient, in units of the rate.
  float step(size_t i, float gradient) {
    first[i] += 0.1f * (gradient - first[i]);
    second[i] += 0.001f * (gradient * gradient - second[i]);
    double mean = first[i] / (1 - firstPart);
    double size = std::sqrt(second[i] / (1 - secondPart));
    return static_cast<float>(mean / (size + 1e-8));
  }
};

/// The channels of one group.
class GroupLearner {
public:
  GroupLearner(const LayerRows &rows, int64_t group, WeightCodes codes,
               const LearningOptions &options)
      : layer(rows), codes(codes), options(options),
        tiles(rows, group, options.batch), size(rows.size),
        channels(rows.channels / rows.groups) {
    const float *from = rows.targets.data() + group * channels * rows.rows;
    wanted.reserve(channels * rows.rows);
    for (int64_t i = 0; i < channels * rows.rows; ++i)
      wanted.push_back(static_cast<float>(activate(from[i]).first));
  }

  /// Codes as floats [channels, size], in place; the state of each channel
  /// follows them.
  void learn(ArrayRef<double> ideal, std::vector<float> &q,
             std::vector<Channel> &state) const;

  /// Best gains and biases for `q`, and errors.
  void refit(ArrayRef<float> q, std::vector<Channel> &state) const;

private:
  /// The result that the activation function makes of a sum, and its slope.
  std::pair<double, double> activate(double sum) const {
    double inside = std::clamp(sum, layer.low, layer.high);
    double slope = inside == sum ? 1 : 0;
    if (!layer.activation)
      return {inside, slope};
    auto [value, derivative] = layer.activation(inside);
    return {value, slope * derivative};
  }

  /// The mean squared error of a channel with sums `z` [rows].
  double errorOf(int64_t channel, const float *z, const Channel &state) const {
    double sum = 0;
    const float *target = wanted.data() + channel * layer.rows;
    for (int64_t r = 0; r < layer.rows; ++r) {
      double error = activate(state.gain * z[r] + state.bias).first - target[r];
      sum += error * error;
    }
    return sum / static_cast<double>(layer.rows);
  }

  void refitChannel(int64_t channel, const float *z, Channel &state) const;
  /// A step of Gauss and Newton from `state`; false if there is none.
  bool newtonStep(int64_t channel, const float *z, Channel &state) const;
  /// Derivatives of the loss with respect to the codes, on one tile.
  void gradient(int64_t tile, ArrayRef<float> q, ArrayRef<Channel> state,
                std::vector<float> &result) const;

  const LayerRows &layer;
  WeightCodes codes;
  const LearningOptions &options;
  Tiles tiles;
  int64_t size, channels;
  std::vector<float> wanted; ///< [channels, rows], behind the activation
};

bool GroupLearner::newtonStep(int64_t channel, const float *z,
                              Channel &state) const {
  double zz = 0, z1 = 0, one = 0, ze = 0, e1 = 0;
  const float *target = wanted.data() + channel * layer.rows;
  for (int64_t r = 0; r < layer.rows; ++r) {
    auto [value, slope] = activate(state.gain * z[r] + state.bias);
    double error = (target[r] - value) * slope, square = slope * slope;
    zz += square * z[r] * z[r];
    z1 += square * z[r];
    one += square;
    ze += error * z[r];
    e1 += error;
  }
  double gain = 0, bias = 0;
  double determinant = zz * one - z1 * z1;
  if (options.learnBiases && determinant > 1e-9 * zz * one) {
    gain = (ze * one - e1 * z1) / determinant;
    bias = (zz * e1 - z1 * ze) / determinant;
  } else if (zz > 0) {
    gain = ze / zz;
  } else {
    return false;
  }
  // The loss is no parabola where values saturate.
  for (double part : {1.0, 0.25}) {
    Channel next = state;
    next.gain += part * gain;
    next.bias += part * bias;
    if (!(next.gain > 0) || !std::isfinite(next.gain + next.bias))
      continue;
    next.error = errorOf(channel, z, next);
    if (next.error < state.error) {
      state = next;
      return true;
    }
  }
  return false;
}

void GroupLearner::refitChannel(int64_t channel, const float *z,
                                Channel &state) const {
  state.error = errorOf(channel, z, state);
  for (int round = 0; round < 4 && newtonStep(channel, z, state); ++round)
    ;
}

void GroupLearner::refit(ArrayRef<float> q, std::vector<Channel> &state) const {
  std::vector<float> part(channels * tiles.width), sums(channels * layer.rows);
  for (int64_t t = 0; t < tiles.count; ++t) {
    multiplyRows(tiles.tile(t), q.data(), channels, size, tiles.width,
                 part.data());
    for (int64_t c = 0; c < channels; ++c)
      std::copy_n(part.data() + c * tiles.width, tiles.rowsOf(t),
                  sums.data() + c * layer.rows + t * tiles.width);
  }
  for (int64_t c = 0; c < channels; ++c)
    if (state[c].gain > 0)
      refitChannel(c, sums.data() + c * layer.rows, state[c]);
}

void GroupLearner::gradient(int64_t tile, ArrayRef<float> q,
                            ArrayRef<Channel> state,
                            std::vector<float> &result) const {
  std::vector<float> sums(channels * tiles.width);
  multiplyRows(tiles.tile(tile), q.data(), channels, size, tiles.width,
               sums.data());
  int64_t count = tiles.rowsOf(tile);
  for (int64_t c = 0; c < channels; ++c) {
    float *errors = sums.data() + c * tiles.width;
    const float *target = wanted.data() + c * layer.rows + tile * tiles.width;
    // In units in which one step of one code has an error of about 1.
    double unit = state[c].gain * tiles.meanSquare * static_cast<double>(count);
    for (int64_t r = 0; r < count; ++r) {
      auto [value, slope] = activate(state[c].gain * errors[r] + state[c].bias);
      errors[r] = static_cast<float>(2 * (value - target[r]) * slope / unit);
    }
    std::fill(errors + count, errors + tiles.width, 0.0f);
  }
  multiplyRowsBack(tiles.tile(tile), sums.data(), channels, size, tiles.width,
                   result.data());
}

/// The derivative of 4 f (1 - f), where f is what is above the next smaller
/// whole number: draws towards the nearest one.
float pullToGrid(float value) { return 4 - 8 * (value - std::floor(value)); }

void GroupLearner::learn(ArrayRef<double> ideal, std::vector<float> &q,
                         std::vector<Channel> &state) const {
  Moments moments(q.size());
  std::vector<float> slopes(q.size());
  auto bounded = [&](double code) {
    return static_cast<float>(std::clamp<double>(code, codes.min, codes.max));
  };
  for (size_t i = 0; i < q.size(); ++i)
    q[i] = bounded((q[i] + ideal[i]) / 2);
  int64_t products = layer.channels * size * tiles.width;
  int64_t steps =
      std::min(options.steps, std::max(kFewestSteps, kMostProducts / products));
  int64_t between = std::max<int64_t>(1, steps / kRefits);
  for (int64_t step = 0; step < steps; ++step) {
    if (step % between == 0)
      refit(q, state);
    double done = static_cast<double>(step) / steps;
    auto pull = static_cast<float>(kPull * std::max(0.0, (done - kFree)));
    double rate = kRate * (1 - 0.9 * done);
    gradient(step % tiles.count, q, state, slopes);
    moments.advance();
    for (size_t i = 0; i < q.size(); ++i) {
      float slope = slopes[i] + pull * pullToGrid(q[i]) +
                    static_cast<float>(2 * kDamping * (q[i] - ideal[i]));
      q[i] = bounded(q[i] - rate * moments.step(i, slope));
    }
  }
  for (float &code : q)
    code = bounded(std::round(code));
}

} // namespace

LearnedLayer learnRounding(ArrayRef<float> weights, ArrayRef<float> biases,
                           const RoundedWeights &start, WeightCodes codes,
                           const LayerRows &rows,
                           const LearningOptions &options) {
  LearnedLayer result{start, biases.vec(), {}, {}};
  int64_t perGroup = rows.channels / rows.groups, size = rows.size;
  for (int64_t g = 0; g < rows.groups; ++g) {
    GroupLearner learner(rows, g, codes, options);
    int64_t first = g * perGroup;
    std::vector<float> q;
    std::vector<double> ideal;
    std::vector<Channel> before;
    for (int64_t o = first; o < first + perGroup; ++o) {
      before.push_back({start.scales[o] * rows.scale, biases[o], 0});
      for (int64_t i = o * size; i < (o + 1) * size; ++i) {
        q.push_back(start.codes[i]);
        ideal.push_back(start.scales[o] > 0 ? weights[i] / start.scales[o] : 0);
      }
    }
    learner.refit(q, before);
    std::vector<Channel> after = before;
    learner.learn(ideal, q, after);
    learner.refit(q, after);
    for (int64_t c = 0; c < perGroup; ++c) {
      int64_t o = first + c;
      bool isBetter = before[c].gain > 0 && after[c].error < before[c].error;
      const Channel &best = isBetter ? after[c] : before[c];
      result.before.push_back(before[c].error);
      result.after.push_back(best.error);
      if (!(best.gain > 0))
        continue;
      result.weights.scales[o] = best.gain / rows.scale;
      result.biases[o] = static_cast<float>(best.bias);
      for (int64_t i = 0; isBetter && i < size; ++i)
        result.weights.codes[o * size + i] =
            static_cast<int8_t>(q[c * size + i]);
    }
  }
  return result;
}

} // namespace qcc::quantize
