//===- Hessian.cpp - The Hessian of the loss, by its products -------------===//

#include "compiler/Evaluate/Hessian.h"

#include "compiler/Data/Random.h"

#include <algorithm>
#include <cmath>

namespace qcc::evaluate {

Hessian::Hessian(FloatEvaluator &evaluator, int64_t samples,
                 llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
                 LossFunction loss)
    : evaluator(evaluator), samples(samples),
      inputs(inputs.begin(), inputs.end()), loss(std::move(loss)) {
  for (auto [k, parameter] : llvm::enumerate(evaluator.parameters()))
    if (parameter.isWeight) {
      all.push_back({parameter.layer, k, numElements(parameter.shape)});
      weights.push_back(evaluator.parameter(k).vec());
    }
}

template <typename Values> static double norm(const Values &values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return std::sqrt(sum);
}

/// The factor of `direction` that moves the weights by the relative step.
double Hessian::stepOf(size_t k, llvm::ArrayRef<float> direction) const {
  double length = norm(direction), size = norm(weights[k]);
  if (length == 0)
    return 0;
  // Weights that are all zero have no scale of their own.
  return relativeStep * (size > 0 ? size : std::sqrt(all[k].elements)) / length;
}

/// The mean gradient with the weights moved by sign * step * direction.
llvm::Expected<std::vector<std::vector<float>>>
Hessian::gradientAt(llvm::ArrayRef<std::vector<float>> directions,
                    llvm::ArrayRef<double> steps, double sign) {
  for (size_t k = 0; k < all.size(); ++k) {
    std::vector<float> moved = weights[k];
    for (size_t i = 0; i < directions[k].size(); ++i)
      moved[i] += static_cast<float>(sign * steps[k] * directions[k][i]);
    if (!directions[k].empty() || sign == 0)
      if (llvm::Error error = evaluator.setParameter(all[k].parameter, moved))
        return std::move(error);
  }
  if (sign == 0)
    return std::vector<std::vector<float>>();
  auto result = evaluator.gradients(samples, inputs, loss);
  if (!result)
    return result.takeError();
  std::vector<std::vector<float>> gradients;
  for (const Layer &layer : all)
    gradients.push_back(std::move(result->parameters[layer.parameter]));
  return gradients;
}

/// Half the difference of the gradients on both sides, per sample.
llvm::Expected<std::vector<std::vector<double>>>
Hessian::difference(llvm::ArrayRef<std::vector<float>> directions,
                    llvm::ArrayRef<double> steps) {
  auto above = gradientAt(directions, steps, 1);
  if (!above)
    return above.takeError();
  auto below = gradientAt(directions, steps, -1);
  if (!below)
    return below.takeError();
  if (auto back = gradientAt(directions, steps, 0); !back)
    return back.takeError();
  std::vector<std::vector<double>> result;
  for (size_t k = 0; k < all.size(); ++k) {
    std::vector<double> half((*above)[k].begin(), (*above)[k].end());
    for (size_t i = 0; i < half.size(); ++i)
      half[i] = (half[i] - (*below)[k][i]) / (2.0 * samples);
    result.push_back(std::move(half));
  }
  return result;
}

llvm::Expected<std::vector<double>>
Hessian::blockProduct(size_t k, llvm::ArrayRef<float> direction) {
  std::vector<std::vector<float>> directions(all.size());
  std::vector<double> steps(all.size(), 0.0);
  directions[k] = direction.vec();
  steps[k] = stepOf(k, direction);
  if (steps[k] == 0)
    return std::vector<double>(all[k].elements, 0.0);
  auto result = difference(directions, steps);
  if (!result)
    return result.takeError();
  for (double &value : (*result)[k])
    value /= steps[k];
  return std::move((*result)[k]);
}

llvm::Expected<std::vector<double>>
Hessian::quadraticForms(llvm::ArrayRef<std::vector<float>> directions) {
  std::vector<double> steps;
  for (size_t k = 0; k < all.size(); ++k)
    steps.push_back(stepOf(k, directions[k]));
  auto products = difference(directions, steps);
  if (!products)
    return products.takeError();
  std::vector<double> forms(all.size(), 0.0);
  for (size_t k = 0; k < all.size(); ++k)
    for (size_t i = 0; steps[k] > 0 && i < directions[k].size(); ++i)
      forms[k] += directions[k][i] * (*products)[k][i] / steps[k];
  return forms;
}

namespace {

/// Random signs for the weights of all layers. Probe t is a row of a Hadamard
/// matrix (the parity of t & column) with its columns shuffled and given
/// random signs: each probe alone is as random as can be, and those of a whole
/// matrix together are orthogonal, so that few weights have an exact trace
/// after as many probes.
class Probes {
public:
  Probes(llvm::ArrayRef<Hessian::Layer> layers, uint64_t seed)
      : layers(layers), random(seed) {
    uint64_t total = 0;
    for (const Hessian::Layer &layer : layers)
      total += layer.elements;
    while (size < total)
      size *= 2;
    columnStep = random.next() | 1;
    rowStep = random.next() | 1;
    rowStart = random.next();
    for (uint64_t i = 0; i < total; ++i)
      flips.push_back(random.next() >> 63);
  }

  std::vector<std::vector<float>> draw(int64_t probe) const {
    uint64_t row = (rowStart + rowStep * static_cast<uint64_t>(probe)) % size;
    std::vector<std::vector<float>> signs;
    uint64_t i = 0;
    for (const Hessian::Layer &layer : layers) {
      std::vector<float> own;
      for (int64_t k = 0; k < layer.elements; ++k, ++i) {
        uint64_t column = i * columnStep % size;
        bool isOdd = __builtin_popcountll(row & column) & 1;
        own.push_back(isOdd != flips[i] ? -1.0f : 1.0f);
      }
      signs.push_back(std::move(own));
    }
    return signs;
  }

private:
  llvm::ArrayRef<Hessian::Layer> layers;
  data::SplitMix64 random;
  uint64_t size = 1, columnStep, rowStep, rowStart;
  std::vector<bool> flips;
};

} // namespace

/// v^T H v of every layer's block; separately only of those still wanted.
static llvm::Expected<std::vector<double>>
quadraticForms(Hessian &hessian, llvm::ArrayRef<std::vector<float>> signs,
               bool separately, const std::vector<bool> &wanted) {
  if (!separately)
    return hessian.quadraticForms(signs);
  std::vector<double> forms(signs.size(), 0.0);
  for (size_t k = 0; k < signs.size(); ++k) {
    if (!wanted[k])
      continue;
    auto product = hessian.blockProduct(k, signs[k]);
    if (!product)
      return product.takeError();
    for (size_t i = 0; i < signs[k].size(); ++i)
      forms[k] += signs[k][i] * (*product)[i];
  }
  return forms;
}

llvm::Expected<std::vector<TraceEstimate>>
estimateTraces(Hessian &hessian, const TraceOptions &options) {
  Probes probes(hessian.layers(), options.seed);
  size_t count = hessian.layers().size();
  std::vector<double> sums(count, 0.0), squares(count, 0.0);
  std::vector<bool> wanted(count, true);
  std::vector<TraceEstimate> estimates(count);
  for (int64_t done = 1; done <= options.maxProbes; ++done) {
    auto forms = quadraticForms(hessian, probes.draw(done - 1),
                                options.separately, wanted);
    if (!forms)
      return forms.takeError();
    for (size_t k = 0; k < count; ++k) {
      if (!wanted[k])
        continue;
      sums[k] += (*forms)[k];
      squares[k] += (*forms)[k] * (*forms)[k];
      double mean = sums[k] / done;
      double variance = std::max(squares[k] / done - mean * mean, 0.0);
      estimates[k].trace = mean;
      estimates[k].error =
          done > 1 ? std::sqrt(variance / (done - 1)) : std::fabs(mean);
      estimates[k].probes = done;
      wanted[k] = done < options.minProbes ||
                  estimates[k].error > options.tolerance * std::fabs(mean);
    }
    if (llvm::none_of(wanted, [](bool more) { return more; }))
      break;
  }
  return estimates;
}

/// Power iteration from a random start; the Rayleigh quotient converges twice
/// as fast as the vector.
static llvm::Expected<double> topEigenvalue(Hessian &hessian, size_t k,
                                            const EigenvalueOptions &options,
                                            data::SplitMix64 &random) {
  std::vector<float> direction;
  for (int64_t i = 0; i < hessian.layers()[k].elements; ++i)
    direction.push_back(static_cast<float>(random.uniform() - 0.5));
  double eigenvalue = 0;
  for (int64_t i = 0; i < options.maxIterations; ++i) {
    double length = norm(direction);
    for (float &value : direction)
      value = static_cast<float>(value / length);
    auto product = hessian.blockProduct(k, direction);
    if (!product)
      return product.takeError();
    double before = eigenvalue;
    eigenvalue = 0;
    for (size_t j = 0; j < direction.size(); ++j)
      eigenvalue += direction[j] * (*product)[j];
    if (norm(*product) == 0)
      return 0;
    if (i > 0 && std::fabs(eigenvalue - before) <=
                     options.tolerance * std::fabs(eigenvalue))
      break;
    direction.assign(product->begin(), product->end());
  }
  return eigenvalue;
}

llvm::Expected<std::vector<double>>
topEigenvalues(Hessian &hessian, const EigenvalueOptions &options) {
  data::SplitMix64 random(options.seed);
  std::vector<double> result;
  for (size_t k = 0; k < hessian.layers().size(); ++k) {
    auto eigenvalue = topEigenvalue(hessian, k, options, random);
    if (!eigenvalue)
      return eigenvalue.takeError();
    result.push_back(*eigenvalue);
  }
  return result;
}

} // namespace qcc::evaluate
