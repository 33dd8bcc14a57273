//===- AllocateClosedForm.cpp - Allocation by a formula -------------------===//

#include "passes/Quantize/AllocateGroups.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace qcc::quantize {

namespace {

/// A group of tied layers in the formula's terms.
struct Curve {
  std::vector<double> bits;
  /// Half the binary logarithm of c per weight.
  double level = 0;

  /// The choice nearest to `level + shift`, the smaller of two equally near.
  size_t choiceAt(double shift) const {
    size_t best = 0;
    for (size_t i = 1; i < bits.size(); ++i) {
      double distance = std::fabs(bits[i] - level - shift);
      double other = std::fabs(bits[best] - level - shift);
      if (distance < other || (distance == other && bits[i] < bits[best]))
        best = i;
    }
    return best;
  }
};

/// Losses may be relative to any choice's, so that c is fitted to their
/// differences: loss = constant + c * 4^-bits, by least squares.
double fittedCoefficient(const std::vector<double> &bits,
                         const std::vector<GroupChoice> &choices) {
  double meanX = 0, meanY = 0, xy = 0, xx = 0;
  for (size_t i = 0; i < bits.size(); ++i) {
    meanX += std::exp2(-2 * bits[i]) / bits.size();
    meanY += choices[i].loss / bits.size();
  }
  for (size_t i = 0; i < bits.size(); ++i) {
    double x = std::exp2(-2 * bits[i]) - meanX;
    xy += x * (choices[i].loss - meanY);
    xx += x * x;
  }
  return xx > 0 ? xy / xx : 0;
}

llvm::Expected<std::vector<Curve>>
curvesOf(const AllocationProblem &problem,
         const std::vector<LayerGroup> &groups) {
  std::vector<Curve> curves;
  for (const LayerGroup &group : groups) {
    const AllocationLayer &first = problem.layers[group.layers.front()];
    Curve curve;
    double elements = 0;
    for (size_t layer : group.layers)
      elements += problem.layers[layer].elements;
    std::set<double> seen;
    for (const AllocationChoice &choice : first.choices) {
      curve.bits.push_back(choice.bits);
      if (!seen.insert(choice.bits).second)
        return llvm::createStringError(
            llvm::inconvertibleErrorCode(), "%s",
            llvm::formatv("layer '{0}' has two choices of {1} bits, which the "
                          "closed form cannot tell apart",
                          first.name, shortNumber(choice.bits))
                .str()
                .c_str());
    }
    // A layer that loses nothing gets the fewest bits.
    double c = fittedCoefficient(curve.bits, group.choices);
    curve.level =
        0.5 * std::log2(std::max(c, 1e-300) / std::max(elements, 1.0));
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::vector<size_t> choicesAt(const std::vector<Curve> &curves, double shift) {
  std::vector<size_t> choices;
  for (const Curve &curve : curves)
    choices.push_back(curve.choiceAt(shift));
  return choices;
}

/// Takes, as long as something fits, the better choice that gains most per
/// part of the budgets.
void spendRest(const AllocationProblem &problem,
               const std::vector<LayerGroup> &groups,
               std::vector<size_t> &choices) {
  while (true) {
    double bestGain = 0;
    size_t bestGroup = 0, bestChoice = 0;
    for (size_t g = 0; g < groups.size(); ++g)
      for (size_t i = 0; i < groups[g].choices.size(); ++i) {
        const GroupChoice &now = groups[g].choices[choices[g]];
        const GroupChoice &then = groups[g].choices[i];
        if (then.loss >= now.loss)
          continue;
        std::vector<size_t> changed = choices;
        changed[g] = i;
        if (!isFeasible(problem, expand(problem, groups, changed)))
          continue;
        double cost = 1e-12;
        for (size_t k = 0; k < problem.budgets.size(); ++k)
          cost += std::max(then.costs[k] - now.costs[k], 0.0) /
                  std::max(std::fabs(problem.budgets[k].limit), 1e-12);
        double gain = (now.loss - then.loss) / cost;
        if (gain > bestGain)
          bestGain = gain, bestGroup = g, bestChoice = i;
      }
    if (bestGain <= 0)
      return;
    choices[bestGroup] = bestChoice;
  }
}

} // namespace

llvm::Expected<Allocation>
allocateByClosedForm(const AllocationProblem &problem) {
  if (llvm::Error error = checkProblem(problem))
    return std::move(error);
  std::vector<LayerGroup> groups = groupTiedLayers(problem);
  auto curves = curvesOf(problem, groups);
  if (!curves)
    return curves.takeError();
  // Every group has its fewest bits at the low end, its most at the high end.
  double low = 0, high = 0;
  for (const Curve &curve : *curves) {
    auto [least, most] =
        std::minmax_element(curve.bits.begin(), curve.bits.end());
    low = std::min(low, *least - curve.level - 1);
    high = std::max(high, *most - curve.level + 1);
  }
  auto fits = [&](double shift) {
    return isFeasible(problem,
                      expand(problem, groups, choicesAt(*curves, shift)));
  };
  if (!fits(low))
    return infeasible(problem);
  if (fits(high))
    low = high;
  for (int i = 0; i < 60 && low < high; ++i) {
    double middle = 0.5 * (low + high);
    (fits(middle) ? low : high) = middle;
  }
  std::vector<size_t> choices = choicesAt(*curves, low);
  spendRest(problem, groups, choices);
  return expand(problem, groups, choices);
}

} // namespace qcc::quantize
