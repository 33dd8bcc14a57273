//===- Allocate.cpp - Which layer gets how many bits ----------------------===//

#include "passes/Quantize/Allocate.h"

#include "passes/Quantize/AllocateGroups.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

namespace qcc::quantize {

template <typename... Ts>
static llvm::Error makeError(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      llvm::formatv(format, std::forward<Ts>(values)...).str().c_str());
}

static llvm::Error checkChoice(const AllocationProblem &problem,
                               const AllocationLayer &layer,
                               const AllocationChoice &choice) {
  if (choice.costs.size() != problem.budgets.size())
    return makeError("layer '{0}', choice '{1}': found {2} costs, expected "
                     "one for each of {3} budgets",
                     layer.name, choice.name, choice.costs.size(),
                     problem.budgets.size());
  for (auto [cost, budget] : llvm::zip(choice.costs, problem.budgets))
    if (!std::isfinite(cost) || cost < 0)
      return makeError("layer '{0}', choice '{1}': found a cost of {2} for "
                       "{3}, expected a number that is not negative",
                       layer.name, choice.name, cost, budget.name);
  if (!std::isfinite(choice.loss))
    return makeError("layer '{0}', choice '{1}': found a loss of {2}, expected "
                     "a finite number",
                     layer.name, choice.name, choice.loss);
  return llvm::Error::success();
}

llvm::Error checkProblem(const AllocationProblem &problem) {
  if (problem.layers.empty())
    return makeError("there is no layer to allocate bits to");
  for (const Budget &budget : problem.budgets)
    if (!std::isfinite(budget.limit))
      return makeError("the limit of {0} is {1}, expected a finite number",
                       budget.name, budget.limit);
  for (const AllocationLayer &layer : problem.layers) {
    if (layer.choices.empty())
      return makeError("layer '{0}' has no choice of types", layer.name);
    for (const AllocationChoice &choice : layer.choices)
      if (llvm::Error error = checkChoice(problem, layer, choice))
        return error;
  }
  for (const std::vector<size_t> &tie : problem.ties)
    for (size_t index : tie) {
      if (index >= problem.layers.size())
        return makeError("a tie names layer {0}, expected less than {1}", index,
                         problem.layers.size());
      const AllocationLayer &first = problem.layers[tie.front()];
      const AllocationLayer &layer = problem.layers[index];
      if (layer.choices.size() != first.choices.size())
        return makeError("layers '{0}' and '{1}' are tied but have {2} and {3} "
                         "choices",
                         first.name, layer.name, first.choices.size(),
                         layer.choices.size());
    }
  return llvm::Error::success();
}

Allocation evaluate(const AllocationProblem &problem,
                    std::vector<size_t> choices) {
  Allocation plan;
  plan.costs.resize(problem.budgets.size(), 0.0);
  for (auto [layer, index] : llvm::zip(problem.layers, choices)) {
    const AllocationChoice &choice = layer.choices[index];
    plan.loss += choice.loss;
    for (size_t k = 0; k < plan.costs.size(); ++k)
      plan.costs[k] += choice.costs[k];
  }
  plan.choices = std::move(choices);
  return plan;
}

bool isFeasible(const AllocationProblem &problem, const Allocation &plan) {
  for (auto [cost, budget] : llvm::zip(plan.costs, problem.budgets))
    // Costs in fractions sum with rounding errors.
    if (cost > budget.limit + 1e-9 * std::fabs(budget.limit))
      return false;
  return true;
}

std::string explainInfeasible(const AllocationProblem &problem,
                              const Allocation &nearest) {
  std::string text = "no plan meets all budgets:";
  const char *separator = " ";
  for (size_t k = 0; k < problem.budgets.size(); ++k) {
    const Budget &budget = problem.budgets[k];
    double cost = nearest.costs[k];
    // Of budgets that are one to the user (a moment each) the worst.
    bool isWorst = true;
    for (size_t other = 0; other < problem.budgets.size(); ++other)
      if (problem.budgets[other].name == budget.name)
        isWorst &= nearest.costs[other] < cost ||
                   (nearest.costs[other] == cost && other >= k);
    if (cost <= budget.limit || !isWorst)
      continue;
    text += llvm::formatv("{0}{1} needs {2} {3}, {4} more than the limit of "
                          "{5}",
                          separator, budget.name, shortNumber(cost),
                          budget.unit, shortNumber(cost - budget.limit),
                          shortNumber(budget.limit));
    separator = ", ";
  }
  text += "; the nearest plan is";
  separator = " ";
  for (auto [layer, choice] : llvm::zip(problem.layers, nearest.choices)) {
    if (layer.choices.size() == 1)
      continue;
    text += separator + layer.name + " " + layer.choices[choice].name;
    separator = ", ";
  }
  return text;
}

std::string shortNumber(double value) {
  if (value == std::floor(value) && std::fabs(value) < 1e15)
    return std::to_string(static_cast<int64_t>(value));
  return llvm::formatv("{0:f3}", value).str();
}

std::vector<LayerGroup> groupTiedLayers(const AllocationProblem &problem) {
  // Every layer's representative: ties may share layers.
  std::vector<size_t> leader(problem.layers.size());
  for (size_t i = 0; i < leader.size(); ++i)
    leader[i] = i;
  auto find = [&](size_t i) {
    while (leader[i] != i)
      i = leader[i];
    return i;
  };
  for (const std::vector<size_t> &tie : problem.ties)
    for (size_t index : tie) {
      size_t a = find(tie.front()), b = find(index);
      leader[std::max(a, b)] = std::min(a, b);
    }
  std::vector<LayerGroup> groups;
  std::vector<size_t> groupOf(leader.size());
  for (size_t i = 0; i < leader.size(); ++i) {
    if (find(i) == i) {
      groupOf[i] = groups.size();
      groups.push_back({});
      groups.back().choices.resize(problem.layers[i].choices.size());
      for (GroupChoice &choice : groups.back().choices)
        choice.costs.resize(problem.budgets.size(), 0.0);
    }
    LayerGroup &group = groups[groupOf[i] = groupOf[find(i)]];
    group.layers.push_back(i);
    for (auto [sum, choice] :
         llvm::zip(group.choices, problem.layers[i].choices)) {
      sum.loss += choice.loss;
      for (size_t k = 0; k < sum.costs.size(); ++k)
        sum.costs[k] += choice.costs[k];
    }
  }
  return groups;
}

Allocation expand(const AllocationProblem &problem,
                  const std::vector<LayerGroup> &groups,
                  const std::vector<size_t> &choices) {
  std::vector<size_t> all(problem.layers.size(), 0);
  for (auto [group, choice] : llvm::zip(groups, choices))
    for (size_t layer : group.layers)
      all[layer] = choice;
  return evaluate(problem, std::move(all));
}

llvm::Error infeasible(const AllocationProblem &problem) {
  llvm::Expected<Allocation> nearest = nearestAllocation(problem);
  if (!nearest)
    return nearest.takeError();
  if (isFeasible(problem, *nearest))
    return llvm::createStringError(
        noPlan(), "this method finds no plan that meets all budgets, though "
                  "there is one");
  return llvm::createStringError(noPlan(),
                                 explainInfeasible(problem, *nearest));
}

} // namespace qcc::quantize
