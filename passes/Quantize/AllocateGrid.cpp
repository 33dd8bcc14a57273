//===- AllocateGrid.cpp - Allocation by a dynamic program -----------------===//

#include "passes/Quantize/AllocateGroups.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace qcc::quantize {

namespace {

/// Cells used of every budget.
using Cells = std::vector<int64_t>;

struct State {
  double loss;
  /// The state before, and the choice that led here; by index into the stages.
  const Cells *before;
  size_t choice;
};

/// Best states by cells used; ordered, so that results are the same always.
using Stage = std::map<Cells, State>;

/// Cells that a cost takes, rounded up; a hair less than a whole number more
/// counts as that number.
int64_t cellsOf(double cost, double limit, int64_t cells) {
  if (cost <= 0)
    return 0;
  if (limit <= 0)
    return cells + 1;
  double exact = cost / limit * static_cast<double>(cells);
  return static_cast<int64_t>(
      std::min(std::ceil(exact - 1e-9), static_cast<double>(cells) + 1));
}

/// With one budget, more cells are worth keeping only for less loss.
void dropDominated(Stage &stage) {
  double best = 0;
  bool isFirst = true;
  for (auto it = stage.begin(); it != stage.end();) {
    if (!isFirst && it->second.loss >= best) {
      it = stage.erase(it);
      continue;
    }
    best = it->second.loss;
    isFirst = false;
    ++it;
  }
}

Stage advance(const Stage &from, const LayerGroup &group,
              const std::vector<Budget> &budgets, int64_t cells) {
  std::vector<Cells> taken;
  for (const GroupChoice &choice : group.choices) {
    taken.push_back({});
    for (auto [cost, budget] : llvm::zip(choice.costs, budgets))
      taken.back().push_back(cellsOf(cost, budget.limit, cells));
  }
  Stage to;
  for (const auto &[used, state] : from)
    for (size_t i = 0; i < group.choices.size(); ++i) {
      Cells sum = used;
      bool fits = true;
      for (size_t k = 0; k < sum.size(); ++k)
        fits &= (sum[k] += taken[i][k]) <= cells;
      if (!fits)
        continue;
      double loss = state.loss + group.choices[i].loss;
      auto [place, isNew] =
          to.try_emplace(std::move(sum), State{loss, &used, i});
      if (!isNew && loss < place->second.loss)
        place->second = {loss, &used, i};
    }
  if (budgets.size() == 1)
    dropDominated(to);
  return to;
}

} // namespace

llvm::Expected<Allocation>
allocateByDynamicProgram(const AllocationProblem &problem, int64_t cells) {
  if (llvm::Error error = checkProblem(problem))
    return std::move(error);
  std::vector<LayerGroup> groups = groupTiedLayers(problem);
  std::vector<Stage> stages(1);
  stages[0][Cells(problem.budgets.size(), 0)] = {0, nullptr, 0};
  for (const LayerGroup &group : groups)
    stages.push_back(advance(stages.back(), group, problem.budgets, cells));
  if (stages.back().empty())
    return infeasible(problem);
  auto best = stages.back().begin();
  for (auto it = best; it != stages.back().end(); ++it)
    if (it->second.loss < best->second.loss)
      best = it;
  std::vector<size_t> choices(groups.size());
  State state = best->second;
  for (size_t g = groups.size(); g-- > 0;) {
    choices[g] = state.choice;
    state = stages[g].find(*state.before)->second;
  }
  return expand(problem, groups, choices);
}

} // namespace qcc::quantize
