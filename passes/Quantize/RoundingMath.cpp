//===- RoundingMath.cpp - The steps of rounding one channel ---------------===//

#include "passes/Quantize/RoundingMath.h"

#include "passes/Quantize/RoundWeights.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <tuple>

namespace qcc::quantize {

using llvm::ArrayRef;

double coveringScale(ArrayRef<double> weights, WeightCodes codes) {
  double scale = 0;
  for (double weight : weights)
    scale = std::max(scale, weight / (weight < 0 ? codes.min : codes.max));
  return scale;
}

static int8_t codeOf(double ratio, WeightCodes codes) {
  return static_cast<int8_t>(
      std::clamp<double>(std::round(ratio), codes.min, codes.max));
}

std::vector<int8_t> nearestCodes(ArrayRef<double> weights, double scale,
                                 WeightCodes codes) {
  std::vector<int8_t> result(weights.size(), 0);
  for (size_t i = 0; scale > 0 && i < weights.size(); ++i)
    result[i] = codeOf(weights[i] / scale, codes);
  return result;
}

std::vector<double> multiply(ArrayRef<double> matrix, ArrayRef<double> vector) {
  size_t size = vector.size();
  std::vector<double> result(size, 0);
  for (size_t i = 0; i < size; ++i) {
    double sum = 0;
    for (size_t j = 0; j < size; ++j)
      sum += matrix[i * size + j] * vector[j];
    result[i] = sum;
  }
  return result;
}

/// G q of a symmetric G, by its rows.
static std::vector<double> productsOf(ArrayRef<double> gram,
                                      ArrayRef<int8_t> codes) {
  size_t size = codes.size();
  std::vector<double> result(size, 0);
  for (size_t j = 0; j < size; ++j) {
    if (codes[j] == 0)
      continue;
    const double *row = gram.data() + j * size;
    const double code = codes[j];
    for (size_t i = 0; i < size; ++i)
      result[i] += code * row[i];
  }
  return result;
}

static double dot(ArrayRef<int8_t> codes, ArrayRef<double> vector) {
  double sum = 0;
  for (size_t i = 0; i < codes.size(); ++i)
    sum += codes[i] * vector[i];
  return sum;
}

double roundingLoss(ArrayRef<double> gram, ArrayRef<double> target,
                    ArrayRef<int8_t> codes, double scale) {
  double quadratic = dot(codes, productsOf(gram, codes));
  return scale * (scale * quadratic - 2 * dot(codes, target));
}

static double bestFor(ArrayRef<double> products, ArrayRef<double> target,
                      ArrayRef<int8_t> codes, double scale) {
  double quadratic = dot(codes, products), linear = dot(codes, target);
  double best = linear / quadratic;
  return quadratic > 0 && best > 0 && std::isfinite(best) ? best : scale;
}

double refitScale(ArrayRef<double> gram, ArrayRef<double> target,
                  ArrayRef<int8_t> codes, double scale) {
  return bestFor(productsOf(gram, codes), target, codes, scale);
}

//===----------------------------------------------------------------------===//
// GPTQ
//===----------------------------------------------------------------------===//

/// The lower triangular L with LL' = matrix, in place; false if there is none.
static bool factorize(std::vector<double> &matrix, int64_t size) {
  for (int64_t k = 0; k < size; ++k) {
    double *row = matrix.data() + k * size;
    for (int64_t j = 0; j < k; ++j) {
      const double *other = matrix.data() + j * size;
      double sum = row[j];
      for (int64_t i = 0; i < j; ++i)
        sum -= row[i] * other[i];
      row[j] = sum / other[j];
    }
    double rest = row[k];
    for (int64_t i = 0; i < k; ++i)
      rest -= row[i] * row[i];
    if (!(rest > 0) || !std::isfinite(rest))
      return false;
    row[k] = std::sqrt(rest);
  }
  return true;
}

/// L^-1 of a lower triangular L, in place; above the diagonal is left alone.
static void invertLower(std::vector<double> &lower, int64_t size) {
  for (int64_t k = 0; k < size; ++k) {
    double *row = lower.data() + k * size;
    std::vector<double> fresh(k, 0);
    for (int64_t j = 0; j < k; ++j) {
      const double *other = lower.data() + j * size;
      for (int64_t i = 0; i <= j; ++i)
        fresh[i] -= row[j] * other[i];
    }
    double inverse = 1 / row[k];
    for (int64_t i = 0; i < k; ++i)
      row[i] = fresh[i] * inverse;
    row[k] = inverse;
  }
}

std::vector<double> inverseFactor(std::vector<double> matrix, int64_t size) {
  // With matrix = LL' and M = L^-1 the inverse is M'M = KK', and U = K'.
  if (!factorize(matrix, size))
    return {};
  invertLower(matrix, size);
  std::vector<double> inverse(size * size, 0);
  for (int64_t k = 0; k < size; ++k) {
    const double *row = matrix.data() + k * size;
    for (int64_t i = 0; i <= k; ++i)
      for (int64_t j = 0; j <= i; ++j)
        inverse[i * size + j] += row[i] * row[j];
  }
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = 0; j < i; ++j)
      inverse[j * size + i] = inverse[i * size + j];
  if (!factorize(inverse, size))
    return {};
  std::vector<double> upper(size * size, 0);
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = 0; j <= i; ++j)
      upper[j * size + i] = inverse[i * size + j];
  return upper;
}

std::vector<double> solve(ArrayRef<double> factor, ArrayRef<double> vector) {
  size_t size = vector.size();
  std::vector<double> half(size, 0), result(size, 0);
  for (size_t i = 0; i < size; ++i)
    for (size_t j = i; j < size; ++j)
      half[i] += factor[i * size + j] * vector[j];
  for (size_t i = 0; i < size; ++i)
    for (size_t j = i; j < size; ++j)
      result[j] += factor[i * size + j] * half[i];
  return result;
}

std::vector<int8_t> propagateErrors(ArrayRef<double> weights,
                                    ArrayRef<double> factor, double scale,
                                    WeightCodes codes) {
  size_t size = weights.size();
  std::vector<double> rest(weights.begin(), weights.end());
  std::vector<int8_t> result(size, 0);
  for (size_t i = 0; i < size; ++i) {
    const double *row = factor.data() + i * size;
    result[i] = codeOf(rest[i] / scale, codes);
    double error = (rest[i] - scale * result[i]) / row[i];
    for (size_t j = i + 1; j < size; ++j)
      rest[j] -= error * row[j];
  }
  return result;
}

//===----------------------------------------------------------------------===//
// COMQ
//===----------------------------------------------------------------------===//

bool CoordinateDescent::sweep(ChannelRounding &channel, ArrayRef<int64_t> order,
                              std::vector<double> &products) const {
  bool changed = false;
  size_t size = channel.codes.size();
  for (int64_t j : order) {
    int8_t &code = channel.codes[j];
    double unit = channel.scale * diagonal[j];
    int8_t best =
        codeOf(code + (target[j] - channel.scale * products[j]) / unit, codes);
    if (best == code)
      continue;
    const double change = best - code;
    const double *row = gram.data() + j * size;
    for (size_t i = 0; i < size; ++i)
      products[i] += change * row[i];
    code = best;
    changed = true;
  }
  return changed;
}

double CoordinateDescent::run(ChannelRounding &channel) const {
  size_t size = channel.codes.size();
  std::vector<int64_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> energy(size);
  for (size_t i = 0; i < size; ++i)
    energy[i] = diagonal[i] * channel.codes[i] * channel.codes[i];
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::tie(energy[b], a) < std::tie(energy[a], b);
  });
  std::vector<double> products = productsOf(gram, channel.codes);
  auto loss = [&] {
    double quadratic = dot(channel.codes, products);
    return channel.scale *
           (channel.scale * quadratic - 2 * dot(channel.codes, target));
  };
  double now = loss();
  for (int count = 0; count < sweeps; ++count) {
    ChannelRounding before = channel;
    bool changed = sweep(channel, order, products);
    channel.scale = bestFor(products, target, channel.codes, channel.scale);
    double next = loss();
    // Beyond the last bits of the sums there is nothing to gain.
    if (!(next < now)) {
      if (next > now)
        channel = std::move(before);
      break;
    }
    assert(next <= now && "a step of coordinate descent raised the loss");
    now = next;
    if (!changed)
      break;
  }
  return now;
}

} // namespace qcc::quantize
