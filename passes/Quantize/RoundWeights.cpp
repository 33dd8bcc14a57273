//===- RoundWeights.cpp - Weights of few bits, chosen with data -----------===//

#include "passes/Quantize/RoundWeights.h"

#include "passes/Quantize/BlockedDescent.h"
#include "passes/Quantize/RoundingMath.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace qcc::quantize {

using llvm::ArrayRef;

static constexpr llvm::StringLiteral kindNames[] = {
    "nearest", "comq", "gptq", "gptqv2", "qep", "adaquant"};

llvm::StringRef roundingName(RoundingKind kind) {
  return kindNames[static_cast<size_t>(kind)];
}

llvm::Expected<RoundingOptions> parseRounding(llvm::StringRef text) {
  auto [name, strength] = text.split('=');
  const auto *found = llvm::find(kindNames, name);
  if (found == std::end(kindNames))
    return llvm::createStringError(
        "unknown rounding '" + text +
        "', expected nearest, comq, gptq, gptqv2, qep "
        "or adaquant");
  RoundingOptions options;
  options.kind = static_cast<RoundingKind>(found - std::begin(kindNames));
  if (!text.contains('='))
    return options;
  double value = 0;
  if (options.kind == RoundingKind::Nearest ||
      options.kind == RoundingKind::AdaQuant || strength.getAsDouble(value) ||
      !(value >= 0 && value <= 1))
    return llvm::createStringError("rounding '" + text +
                                   "' has no strength in [0, 1]");
  options.strength = value;
  return options;
}

double RoundingOptions::effectiveStrength() const {
  if (strength)
    return *strength;
  switch (kind) {
  case RoundingKind::Comq:
  case RoundingKind::GptqV2:
  case RoundingKind::AdaQuant:
    return 1;
  case RoundingKind::Qep:
    return 0.5;
  case RoundingKind::Nearest:
  case RoundingKind::Gptq:
    return 0;
  }
  return 0;
}

RoundingOptions RoundingOptions::onSums() const {
  RoundingOptions result = *this;
  if (kind == RoundingKind::AdaQuant)
    result.kind = RoundingKind::Comq;
  return result;
}

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

double bestScale(ArrayRef<double> weights, ArrayRef<double> importance,
                 WeightCodes codes) {
  double cover = coveringScale(weights, codes);
  if (!(cover > 0))
    return 0;
  // Beyond these the error only grows: nearly all codes are saturated or 0.
  const double most = 1.5 * cover;
  const double least = (codes.max >= 64 ? 0.5 : 0.1) * cover;
  struct Change {
    double scale;
    uint32_t weight;
  };
  std::vector<Change> changes;
  std::vector<double> now(weights.size());
  // Sums of importance times w * q and q * q.
  double products = 0, squares = 0;
  auto weightOf = [&](size_t i) {
    return importance.empty() ? 1.0 : importance[i];
  };
  for (size_t i = 0; i < weights.size(); ++i) {
    double magnitude = std::fabs(weights[i]);
    double limit = weights[i] < 0 ? -codes.min : codes.max;
    now[i] = std::min(std::round(magnitude / most), limit);
    products += weightOf(i) * magnitude * now[i];
    squares += weightOf(i) * now[i] * now[i];
    if (!(weightOf(i) > 0))
      continue;
    for (double code = now[i]; code < limit; ++code) {
      double scale = magnitude / (code + 0.5);
      if (scale <= least)
        break;
      changes.push_back({scale, static_cast<uint32_t>(i)});
    }
  }
  llvm::sort(changes, [](const Change &a, const Change &b) {
    return std::tie(b.scale, a.weight) < std::tie(a.scale, b.weight);
  });
  double best = cover, bestError = 0;
  bool isFirst = true;
  auto consider = [&](double high, double low) {
    if (!(squares > 0))
      return;
    double scale = std::clamp(products / squares, low, high);
    double error = scale * (scale * squares - 2 * products);
    if (isFirst || error < bestError)
      best = scale, bestError = error, isFirst = false;
  };
  double high = most;
  for (const Change &change : changes) {
    consider(high, change.scale);
    double importanceHere = weightOf(change.weight);
    double &code = now[change.weight];
    products += importanceHere * std::fabs(weights[change.weight]);
    squares += importanceHere * (2 * code + 1);
    code += 1;
    high = change.scale;
  }
  consider(high, least);
  return isFirst ? 0 : best;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

namespace {

/// From so many inputs on, the Gram matrix is too large for one channel after
/// the other to read it, and descents from few scales must do.
constexpr int64_t kManyInputs = 768;
/// Channels that read it together.
constexpr int64_t kPanel = 128;
/// The part of the best scale for rounding to nearest that a second descent of
/// two bits starts from.
constexpr double kSecondStart = 0.85;

/// What all channels of a group share.
class GroupRounder {
public:
  GroupRounder(const RoundingProblem &problem, const RoundingOptions &options)
      : problem(problem), options(options), size(problem.size) {
    prepareGram();
    RoundingKind kind = options.kind;
    if (kind == RoundingKind::Gptq || kind == RoundingKind::GptqV2 ||
        kind == RoundingKind::Qep)
      prepareInverse();
  }

  RoundedWeights run() {
    if (options.kind == RoundingKind::Comq && !gram.empty() &&
        size >= kManyInputs)
      return runBlocked();
    RoundedWeights result;
    for (int64_t o = 0; o < problem.channels; ++o) {
      ChannelRounding channel =
          roundChannel(problem.weights.slice(o * size, size));
      result.codes.insert(result.codes.end(), channel.codes.begin(),
                          channel.codes.end());
      result.scales.push_back(channel.scale);
    }
    return result;
  }

private:
  void prepareGram() {
    gram.assign(problem.gram.begin(), problem.gram.end());
    diagonal.assign(size, 1);
    if (gram.empty())
      return;
    double mean = 0;
    for (int64_t i = 0; i < size; ++i)
      mean += gram[i * size + i];
    mean /= static_cast<double>(size);
    // Without any data that moves all inputs are alike.
    double added = mean > 0 ? options.damping * mean : 1;
    for (int64_t i = 0; i < size; ++i) {
      gram[i * size + i] += added;
      diagonal[i] = gram[i * size + i];
    }
    order.resize(size);
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](int64_t a, int64_t b) {
      return std::tie(diagonal[b], a) < std::tie(diagonal[a], b);
    });
  }

  /// For GPTQ: the inputs that count most first.
  void prepareInverse() {
    if (gram.empty())
      return;
    std::vector<double> permuted(gram.size());
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j)
        permuted[i * size + j] = gram[order[i] * size + order[j]];
    inverse = inverseFactor(std::move(permuted), size);
  }

  /// COMQ for a large matrix.
  RoundedWeights runBlocked() {
    ChunkedMatrix matrix(size, size);
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j)
        matrix.at(i, j) = gram[i * size + j];
    BlockedDescent descent(matrix, problem.codes, options.sweeps);
    RoundedWeights result;
    for (int64_t first = 0; first < problem.channels; first += kPanel) {
      int64_t count = std::min(kPanel, problem.channels - first);
      for (ChannelRounding &channel : roundPanel(descent, first, count)) {
        llvm::append_range(result.codes, channel.codes);
        result.scales.push_back(channel.scale);
      }
    }
    return result;
  }

  /// The best of descents from some scales, for `count` channels.
  std::vector<ChannelRounding> roundPanel(const BlockedDescent &descent,
                                          int64_t first, int64_t count) const {
    ChunkedMatrix targets = targetsOf(first, count);
    std::vector<ChannelRounding> starts, best;
    for (int64_t c = 0; c < count; ++c)
      starts.push_back(roundToNearest(weightsOf(first + c)));
    best = starts;
    std::vector<double> losses = descent.run(best, targets);
    if (problem.codes.max > 1)
      return best;
    std::vector<ChannelRounding> tried;
    for (int64_t c = 0; c < count; ++c) {
      double scale = kSecondStart * starts[c].scale;
      tried.push_back(
          {nearestCodes(weightsOf(first + c), scale, problem.codes), scale});
    }
    std::vector<double> others = descent.run(tried, targets);
    for (int64_t c = 0; c < count; ++c)
      if (others[c] < losses[c])
        best[c] = std::move(tried[c]);
    return best;
  }

  /// targetOf() of some channels.
  ChunkedMatrix targetsOf(int64_t firstChannel, int64_t count) const {
    ChunkedMatrix targets(count, size);
    double strength = problem.drift.empty() ? 0 : options.effectiveStrength();
    constexpr int64_t rows = 64;
    for (int64_t first = 0; first < size; first += rows) {
      int64_t width = std::min(rows, size - first);
      // Columns of X'T, which is not symmetric.
      ChunkedMatrix slab(width, size);
      for (int64_t k = 0; k < width; ++k)
        for (int64_t i = 0; i < size; ++i)
          slab.at(k, i) = gram[(first + k) * size + i];
      for (int64_t i = 0; strength > 0 && i < size; ++i)
        for (int64_t k = 0; k < width; ++k)
          slab.at(k, i) += strength * problem.drift[i * size + first + k];
      std::vector<double> factors;
      for (int64_t c = 0; c < count; ++c)
        llvm::append_range(factors,
                           weightsOf(firstChannel + c).slice(first, width));
      addProducts(slab, 0, width, factors, targets);
    }
    return targets;
  }

  ArrayRef<double> weightsOf(int64_t channel) const {
    return problem.weights.slice(channel * size, size);
  }

  /// X'T w, with as much of the float network as asked for.
  std::vector<double> targetOf(ArrayRef<double> weights) const {
    std::vector<double> target = multiply(gram, weights);
    double strength = options.effectiveStrength();
    if (problem.drift.empty() || strength == 0)
      return target;
    std::vector<double> drift = multiply(problem.drift, weights);
    for (int64_t i = 0; i < size; ++i)
      target[i] += strength * drift[i];
    return target;
  }

  ChannelRounding roundChannel(ArrayRef<double> weights) const {
    ChannelRounding nearest = roundToNearest(weights);
    if (options.kind == RoundingKind::Nearest || gram.empty() ||
        nearest.scale == 0)
      return nearest;
    std::vector<double> target = targetOf(weights);
    if (options.kind == RoundingKind::Comq)
      return roundByComq(weights, target, nearest.scale);
    return roundByGptq(weights, target);
  }

  ChannelRounding roundToNearest(ArrayRef<double> weights) const {
    ChannelRounding result;
    // The covering scale of 8 bits is as good as the best, and exact at both
    // ends.
    result.scale = problem.codes.max >= 64
                       ? coveringScale(weights, problem.codes)
                       : bestScale(weights, diagonal, problem.codes);
    if (result.scale == 0)
      result.scale = coveringScale(weights, problem.codes);
    result.codes = nearestCodes(weights, result.scale, problem.codes);
    return result;
  }

  /// The best of descents from several scales.
  ChannelRounding roundByComq(ArrayRef<double> weights, ArrayRef<double> target,
                              double nearest) const {
    CoordinateDescent descent(gram, target, diagonal, problem.codes,
                              options.sweeps);
    double cover = coveringScale(weights, problem.codes);
    std::vector<double> starts = {nearest};
    if (problem.codes.max < 64)
      starts.insert(starts.end(), {cover, 0.9 * cover, 0.8 * cover, 0.7 * cover,
                                   0.6 * cover, 0.5 * cover, 0.4 * cover});
    ChannelRounding best;
    double bestLoss = 0;
    for (double start : starts) {
      ChannelRounding tried{nearestCodes(weights, start, problem.codes), start};
      double loss = descent.run(tried);
      if (best.codes.empty() || loss < bestLoss)
        best = std::move(tried), bestLoss = loss;
    }
    return best;
  }

  ChannelRounding roundByGptq(ArrayRef<double> weights,
                              ArrayRef<double> target) const {
    if (inverse.empty())
      return roundToNearest(weights);
    // The weights that would give the target without rounding.
    std::vector<double> wanted(size), rhs(size);
    for (int64_t i = 0; i < size; ++i)
      rhs[i] = target[order[i]];
    wanted = solve(inverse, rhs);
    std::vector<double> importance(size);
    for (int64_t i = 0; i < size; ++i)
      importance[i] = diagonal[order[i]];
    ChannelRounding result;
    result.scale = problem.codes.max >= 64
                       ? coveringScale(wanted, problem.codes)
                       : bestScale(wanted, importance, problem.codes);
    if (!(result.scale > 0))
      return roundToNearest(weights);
    std::vector<int8_t> codes =
        propagateErrors(wanted, inverse, result.scale, problem.codes);
    result.codes.resize(size);
    for (int64_t i = 0; i < size; ++i)
      result.codes[order[i]] = codes[i];
    result.scale = refitScale(gram, target, result.codes, result.scale);
    return result;
  }

  const RoundingProblem &problem;
  const RoundingOptions &options;
  int64_t size;
  std::vector<double> gram, diagonal;
  std::vector<int64_t> order;
  /// Of the matrix in that order.
  std::vector<double> inverse;
};

/// G or X'T of a group, around the means if asked for.
std::vector<double> around(std::vector<double> products, ArrayRef<double> left,
                           ArrayRef<double> right, int64_t rows) {
  size_t size = left.size();
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j)
      products[i * size + j] -= left[i] * right[j] * static_cast<double>(rows);
  return products;
}

} // namespace

RoundedWeights roundGroup(const RoundingProblem &problem,
                          const RoundingOptions &options) {
  return GroupRounder(problem, options).run();
}

RoundedWeights roundLayer(ArrayRef<float> weights, int64_t channels,
                          WeightCodes codes, const Gram *gram,
                          const RoundingOptions &options) {
  RoundedWeights result;
  int64_t groups = gram ? gram->groups : 1;
  int64_t perGroup = channels / groups;
  int64_t size = channels ? static_cast<int64_t>(weights.size()) / channels : 0;
  std::vector<double> reals(weights.begin(), weights.end());
  for (int64_t g = 0; g < groups; ++g) {
    RoundingProblem problem;
    problem.channels = perGroup;
    problem.size = size;
    problem.codes = codes;
    problem.weights =
        ArrayRef(reals).slice(g * perGroup * size, perGroup * size);
    std::vector<double> products, drift;
    if (gram) {
      std::vector<double> means = gram->means(g);
      products = gram->realProducts(g);
      if (options.needsTargets() && !gram->cross.empty()) {
        drift = gram->realCross(g);
        if (options.centred)
          drift =
              around(std::move(drift), means, gram->targetMeans(g), gram->rows);
      }
      if (options.centred)
        products = around(std::move(products), means, means, gram->rows);
      for (size_t i = 0; i < drift.size(); ++i)
        drift[i] -= products[i];
    }
    problem.gram = products;
    problem.drift = drift;
    RoundedWeights part = roundGroup(problem, options);
    llvm::append_range(result.codes, part.codes);
    llvm::append_range(result.scales, part.scales);
  }
  return result;
}

std::vector<double> biasCorrections(ArrayRef<float> weights,
                                    const RoundedWeights &rounded,
                                    const Gram &gram) {
  std::vector<double> corrections;
  int64_t channels = static_cast<int64_t>(rounded.scales.size());
  int64_t perGroup = channels / gram.groups, size = gram.size;
  for (int64_t o = 0; o < channels; ++o) {
    std::vector<double> means = gram.means(o / perGroup), targets = means;
    if (!gram.targetSums.empty())
      targets = gram.targetMeans(o / perGroup);
    double sum = 0;
    for (int64_t i = 0; i < size; ++i)
      sum += targets[i] * weights[o * size + i] -
             means[i] * rounded.scales[o] * rounded.codes[o * size + i];
    corrections.push_back(sum);
  }
  return corrections;
}

} // namespace qcc::quantize
