//===- AllocateInteger.cpp - Allocation by an integer program -------------===//

#include "passes/Quantize/AllocateGroups.h"
#include "passes/Quantize/IntegerProgram.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

namespace qcc::quantize {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One binary variable per choice of a group, group by group; then, if budgets
/// may be exceeded, one variable per budget: by how much of its scale.
class Formulation {
public:
  Formulation(const AllocationProblem &problem)
      : problem(problem), groups(groupTiedLayers(problem)) {
    for (const LayerGroup &group : groups) {
      IntegerProgram::Row one{{}, 1, 1};
      for (const GroupChoice &choice : group.choices) {
        one.terms.push_back({static_cast<int>(program.objective.size()), 1});
        program.objective.push_back(choice.loss);
        program.isBinary.push_back(true);
      }
      program.rows.push_back(std::move(one));
    }
  }

  IntegerProgram program;

  /// Relative to which a budget's costs are near 1.
  double scaleOf(size_t budget) const {
    double scale = std::fabs(problem.budgets[budget].limit);
    if (scale > 0)
      return scale;
    for (const LayerGroup &group : groups)
      for (const GroupChoice &choice : group.choices)
        scale = std::max(scale, choice.costs[budget]);
    return scale > 0 ? scale : 1;
  }

  std::vector<std::pair<int, double>> termsOf(size_t budget) const {
    std::vector<std::pair<int, double>> terms;
    int variable = 0;
    for (const LayerGroup &group : groups)
      for (const GroupChoice &choice : group.choices)
        terms.push_back({variable++, choice.costs[budget] / scaleOf(budget)});
    return terms;
  }

  /// `slack` keeps limits a little lower, where the solver is not exact.
  void addLimits(double slack) {
    for (size_t k = 0; k < problem.budgets.size(); ++k)
      program.rows.push_back({termsOf(k), -infinity,
                              problem.budgets[k].limit / scaleOf(k) - slack});
  }

  /// The objective becomes the excess alone.
  void addElasticLimits() {
    std::fill(program.objective.begin(), program.objective.end(), 0.0);
    for (size_t k = 0; k < problem.budgets.size(); ++k) {
      auto terms = termsOf(k);
      terms.push_back({static_cast<int>(program.objective.size()), -1});
      program.objective.push_back(1);
      program.isBinary.push_back(false);
      program.rows.push_back(
          {std::move(terms), -infinity, problem.budgets[k].limit / scaleOf(k)});
    }
  }

  Allocation planOf(const std::vector<double> &values) const {
    std::vector<size_t> choices;
    size_t variable = 0;
    for (const LayerGroup &group : groups) {
      size_t best = 0;
      for (size_t i = 0; i < group.choices.size(); ++i)
        if (values[variable + i] > values[variable + best])
          best = i;
      choices.push_back(best);
      variable += group.choices.size();
    }
    return expand(problem, groups, choices);
  }

private:
  const AllocationProblem &problem;
  std::vector<LayerGroup> groups;
};

/// The optimum within `problem`'s limits, or none.
llvm::Expected<std::optional<Allocation>>
optimum(const AllocationProblem &problem) {
  for (double slack : {0.0, 1e-7, 1e-6, 1e-5}) {
    Formulation formulation(problem);
    formulation.addLimits(slack);
    auto values = solve(formulation.program);
    if (!values)
      return values.takeError();
    if (!*values)
      return std::optional<Allocation>();
    Allocation plan = formulation.planOf(**values);
    if (isFeasible(problem, plan))
      return plan;
  }
  return std::optional<Allocation>();
}

} // namespace

llvm::Expected<Allocation>
allocateByIntegerProgram(const AllocationProblem &problem) {
  if (llvm::Error error = checkProblem(problem))
    return std::move(error);
  auto plan = optimum(problem);
  if (!plan)
    return plan.takeError();
  if (!*plan)
    return infeasible(problem);
  return **plan;
}

llvm::Expected<Allocation> nearestAllocation(const AllocationProblem &problem) {
  if (llvm::Error error = checkProblem(problem))
    return std::move(error);
  Formulation formulation(problem);
  formulation.addElasticLimits();
  auto values = solve(formulation.program);
  if (!values)
    return values.takeError();
  if (!*values)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "no plan was found");
  Allocation nearest = formulation.planOf(**values);
  // The best plan within the limits that this one needs.
  AllocationProblem relaxed = problem;
  for (auto [cost, budget] : llvm::zip(nearest.costs, relaxed.budgets))
    budget.limit = std::max(budget.limit, cost);
  auto plan = optimum(relaxed);
  if (!plan)
    return plan.takeError();
  return *plan ? **plan : nearest;
}

} // namespace qcc::quantize
