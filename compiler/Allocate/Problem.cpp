#include "compiler/Allocate/Problem.h"

#include "dialects/QGraph/QGraph.h"
#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Values.h"

#include <cmath>

using namespace mlir;
using qcc::quantize::AllocationChoice;
using qcc::quantize::AllocationLayer;
using qcc::quantize::AllocationProblem;

namespace qcc::allocate {
namespace {

int64_t elementsOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

/// Multiply-adds of a convolution, padding counted.
double macsOf(Operation &op) {
  Value input = op.getOperand(0), filter = op.getOperand(1);
  double taps = static_cast<double>(elementsOf(filter));
  if (isa<qgraph::TransposeConv2DOp>(op))
    return taps * elementsOf(input) / quantize::shapeOf(input).back();
  return taps * elementsOf(op.getResult(0)) / quantize::shapeOf(filter).front();
}

double bytesPerCode(unsigned bits) { return bits > 8 ? 2 : 1; }

/// Adds budgets one at a time, with a cost for every choice of every variable
/// and one for what does not change.
class ProblemBuilder {
public:
  explicit ProblemBuilder(const Network &network) : network(network) {
    for (const Variable &variable : network.variables) {
      AllocationLayer layer;
      layer.name = variable.names.front();
      layer.elements = std::max(1.0, variable.elements);
      for (const Choice &choice : variable.choices) {
        AllocationChoice &added = layer.choices.emplace_back();
        added.name =
            (variable.isFilter ? "w" : "a") + std::to_string(choice.bits);
        added.bits = choice.bits;
        added.loss = choice.loss;
      }
      problem.layers.push_back(std::move(layer));
    }
    AllocationLayer rest;
    rest.name = "everything else";
    rest.choices.emplace_back().name = "as it is";
    problem.layers.push_back(std::move(rest));
  }

  using Cost = llvm::function_ref<double(const Variable &, const Choice &)>;

  void add(const char *name, const char *unit, double limit, double fixed,
           Cost cost) {
    problem.budgets.push_back({name, unit, limit});
    for (auto [variable, layer] :
         llvm::zip(network.variables, problem.layers)) {
      std::vector<double> costs;
      for (const Choice &choice : variable.choices)
        costs.push_back(cost(variable, choice));
      // Costs beyond those of 8 bits may be savings; solvers want none.
      double least = std::min(0.0, *llvm::min_element(costs));
      fixed += least;
      for (auto [choice, value] : llvm::zip(layer.choices, costs))
        choice.costs.push_back(value - least);
    }
    problem.layers.back().choices.front().costs.push_back(std::max(0.0, fixed));
  }

  AllocationProblem take() { return std::move(problem); }

private:
  const Network &network;
  AllocationProblem problem;
};

void addCode(ProblemBuilder &builder, const Network &network, const char *name,
             const char *unit, double limit, double Costs::*resource) {
  builder.add(name, unit, limit, network.rest.*resource,
              [&](const Variable &, const Choice &choice) {
                return choice.costs.*resource;
              });
}

/// The arena holds what is live while a kernel runs; where values have no
/// choice it is known whole.
void addRam(ProblemBuilder &builder, const Network &network, double limit) {
  bool isFixed = llvm::none_of(network.variables, [](const Variable &v) {
    return !v.isFilter &&
           llvm::any_of(v.choices, [](const Choice &c) { return c.bits != 8; });
  });
  if (isFixed)
    return builder.add("RAM", "bytes", limit, network.code.total.ram,
                       [](const Variable &, const Choice &) { return 0; });
  for (const Moment &moment : network.code.moments) {
    std::map<std::string, double> rest = moment.live;
    auto liveBytes = [&](const Variable &variable) {
      double bytes = 0;
      for (const std::string &name : variable.names)
        if (auto found = moment.live.find(name); found != moment.live.end())
          bytes += found->second;
      return bytes;
    };
    double fixed = moment.scratch;
    for (const auto &[layer, bytes] : moment.live)
      fixed += bytes;
    for (const Variable &variable : network.variables)
      if (!variable.isFilter)
        fixed -= liveBytes(variable);
    builder.add("RAM", "bytes", limit, fixed,
                [&](const Variable &variable, const Choice &choice) {
                  return variable.isFilter
                             ? 0
                             : liveBytes(variable) * bytesPerCode(choice.bits);
                });
  }
}

} // namespace

double Network::weights() const {
  double sum = 0;
  for (const Variable &variable : variables)
    sum += variable.elements;
  return sum;
}

std::vector<Variable> variablesOf(func::FuncOp legalized) {
  std::vector<Variable> variables;
  std::map<std::string, double> read;
  for (Operation &op : legalized.front()) {
    if (!isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op))
      continue;
    // Integers of the model's own stay as they are.
    if (!quantize::elementTypeOf(op.getOperand(1)).isF32())
      continue;
    Variable variable;
    variable.isFilter = true;
    variable.names = {quantize::layerOf(op.getResult(0))};
    variable.elements = static_cast<double>(elementsOf(op.getOperand(1)));
    variable.macs = macsOf(op);
    read[quantize::layerOf(op.getOperand(0))] += variable.macs;
    variables.push_back(std::move(variable));
  }
  for (std::vector<std::string> &names :
       quantize::activationGroups(legalized)) {
    Variable variable;
    for (const std::string &name : names)
      if (auto found = read.find(name); found != read.end())
        variable.macs += found->second;
    variable.names = std::move(names);
    variables.push_back(std::move(variable));
  }
  return variables;
}

AllocationProblem makeProblem(const Network &network, const Budgets &budgets,
                              const Costs &reserve) {
  ProblemBuilder builder(network);
  if (budgets.flash)
    addCode(builder, network, "flash", "bytes", *budgets.flash - reserve.flash,
            &Costs::flash);
  if (budgets.cycles)
    addCode(builder, network, "time", "instructions",
            *budgets.cycles - reserve.cycles, &Costs::cycles);
  if (budgets.time)
    addCode(builder, network, "an inference", "microseconds",
            *budgets.time - reserve.time, &Costs::time);
  if (budgets.ram)
    addRam(builder, network, *budgets.ram - reserve.ram);
  if (budgets.averageBits)
    builder.add("the mean weight", "bits", *budgets.averageBits, 0,
                [&](const Variable &variable, const Choice &choice) {
                  return variable.elements * choice.bits / network.weights();
                });
  if (budgets.bops)
    builder.add("the network", "bit operations", *budgets.bops, 0,
                [](const Variable &variable, const Choice &choice) {
                  double eight = variable.macs * 8 * choice.bits;
                  return variable.isFilter ? eight : eight - variable.macs * 64;
                });
  return builder.take();
}

PlanOutcome makePlan(const Network &network, llvm::ArrayRef<size_t> choices) {
  PlanOutcome outcome;
  outcome.plan.network = network.id;
  outcome.plan.source = "allocated plan";
  outcome.expected = network.rest;
  for (auto [variable, index] : llvm::zip(network.variables, choices)) {
    const Choice &choice = variable.choices[index];
    outcome.loss += choice.loss;
    outcome.expected += choice.costs;
    if (variable.isFilter) {
      quantize::LayerPlan &layer = outcome.plan.layers[variable.names.front()];
      layer.weights = choice.bits;
      layer.score = choice.loss;
      outcome.weightBytes += std::ceil(variable.elements * choice.bits / 8);
    } else if (choice.bits != 8) {
      for (const std::string &name : variable.names)
        outcome.plan.layers[name].activations = choice.bits;
    }
  }
  return outcome;
}

} // namespace qcc::allocate
