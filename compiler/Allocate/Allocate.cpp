#include "compiler/Allocate/Allocate.h"

#include "compiler/Allocate/CostTable.h"
#include "compiler/Allocate/Losses.h"
#include "compiler/Allocate/Problem.h"
#include "passes/Quantize/PlanNetwork.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"

#include <fmt/format.h>

namespace qcc::allocate {

/// Searches that follow one whose plan took more than its parts promised.
constexpr int kMaxAttempts = 4;

static bool runsHere(llvm::StringRef name) {
  auto target = targets::findTarget(name);
  if (target)
    return targets::runsOnHost(**target);
  llvm::consumeError(target.takeError());
  return false;
}

struct Allocator::State {
  driver::CompileOptions compile;
  AllocateOptions options;
  Network network;
  std::unique_ptr<LossMeter> losses;
  Candidate base; ///< 8 bits everywhere; what `losses` refers to
  /// By layer and bits.
  std::map<std::pair<std::string, unsigned>, std::vector<float>> rounded;

  llvm::Error prepare();
  CandidateOptions wanted() const {
    const Budgets &budgets = options.budgets;
    if (!options.costTable.empty())
      return {budgets.ram.has_value(), false};
    return {options.needCosts || budgets.needCode(),
            budgets.time.has_value() ||
                (options.needCosts && runsHere(compile.target))};
  }

private:
  llvm::Error addFilterChoices(unsigned bits);
  llvm::Error addValueChoices(unsigned bits);
  void tell(llvm::StringRef what) const {
    if (compile.progress)
      compile.progress(Phase::Quantize, what, 0, 0);
  }
};

namespace {

Costs costsOf(const std::map<std::string, Costs> &costs,
              const std::string &name) {
  auto found = costs.find(name);
  return found == costs.end() ? Costs() : found->second;
}

llvm::Expected<quantize::Allocation>
solve(const quantize::AllocationProblem &problem, Solver solver) {
  switch (solver) {
  case Solver::IntegerProgram:
    return quantize::allocateByIntegerProgram(problem);
  case Solver::DynamicProgram:
    return quantize::allocateByDynamicProgram(problem);
  case Solver::ClosedForm:
    return quantize::allocateByClosedForm(problem);
  }
  return llvm::createStringError("unknown solver");
}

/// How far `found` is beyond `limit`.
double excess(std::optional<double> found, std::optional<double> limit) {
  return found && limit ? std::max(0.0, *found - *limit) : 0;
}

} // namespace

llvm::Expected<Score> parseScore(llvm::StringRef text) {
  auto found = llvm::StringSwitch<std::optional<Score>>(text)
                   .Case("divergence", Score::Divergence)
                   .Case("fisher", Score::Fisher)
                   .Case("trace", Score::Trace)
                   .Case("eigenvalue", Score::Eigenvalue)
                   .Case("sqnr", Score::Sqnr)
                   .Default(std::nullopt);
  if (!found)
    return llvm::createStringError("found '" + text +
                                   "', expected divergence, fisher, trace, "
                                   "eigenvalue or sqnr");
  return *found;
}

llvm::Expected<Solver> parseSolver(llvm::StringRef text) {
  auto found = llvm::StringSwitch<std::optional<Solver>>(text)
                   .Case("integer", Solver::IntegerProgram)
                   .Case("dynamic", Solver::DynamicProgram)
                   .Case("closed", Solver::ClosedForm)
                   .Default(std::nullopt);
  if (!found)
    return llvm::createStringError("found '" + text +
                                   "', expected integer, dynamic or closed");
  return *found;
}

llvm::Error Allocator::State::addFilterChoices(unsigned bits) {
  Candidate own;
  if (bits != 8) {
    tell(fmt::format("measuring {}-bit weights", bits));
    auto made = compileCandidate(compile, uniformPlan(bits, 8), wanted());
    if (!made)
      return made.takeError();
    own = std::move(*made);
  }
  const Candidate &candidate = bits == 8 ? base : own;
  auto evaluator = evaluate::FloatEvaluator::create(
      candidate.compilation->quantizedFunction(), 1);
  if (!evaluator)
    return evaluator.takeError();
  for (Variable &variable : network.variables) {
    if (!variable.isFilter)
      continue;
    const std::string &layer = variable.names.front();
    auto loss = losses->ofWeights(layer, **evaluator);
    if (!loss)
      return loss.takeError();
    rounded[{layer, bits}] =
        (*evaluator)->parameter(*(*evaluator)->weightsOf(layer)).vec();
    variable.choices.push_back(
        {bits, *loss, costsOf(candidate.code.kernelOf, layer)});
  }
  return llvm::Error::success();
}

llvm::Error Allocator::State::addValueChoices(unsigned bits) {
  Candidate own;
  if (bits != 8) {
    tell(fmt::format("measuring {}-bit activations", bits));
    auto made = compileCandidate(compile, uniformPlan(8, bits), wanted());
    if (!made)
      return made.takeError();
    own = std::move(*made);
  }
  const Candidate &candidate = bits == 8 ? base : own;
  for (Variable &variable : network.variables) {
    if (variable.isFilter)
      continue;
    auto loss = losses->ofActivations(
        variable.names, candidate.compilation->quantizedFunction());
    if (!loss)
      return loss.takeError();
    Choice choice{bits, *loss, {}};
    for (const std::string &name : variable.names) {
      choice.costs += costsOf(candidate.code.valueOf, name);
      choice.costs -= costsOf(base.code.valueOf, name);
    }
    variable.choices.push_back(choice);
  }
  return llvm::Error::success();
}

llvm::Error Allocator::State::prepare() {
  tell("measuring 8 bits");
  auto made = compileCandidate(compile, uniformPlan(8, 8), wanted());
  if (!made)
    return made.takeError();
  base = std::move(*made);
  mlir::func::FuncOp function = base.compilation->legalizedFunction();
  network.id = quantize::networkId(function);
  network.variables = variablesOf(function);
  network.code = base.code;
  network.rest = base.code.total;
  for (const Variable &variable : network.variables)
    if (variable.isFilter)
      network.rest -= costsOf(base.code.kernelOf, variable.names.front());
  if (llvm::none_of(network.variables,
                    [](const Variable &v) { return v.isFilter; }))
    return llvm::createStringError(
        compile.input + ": has no convolution or fully connected layer whose "
                        "bits could be chosen");
  auto meter = LossMeter::create(*base.compilation, options);
  if (!meter)
    return meter.takeError();
  losses = std::move(*meter);
  for (unsigned bits : options.weightBits)
    if (llvm::Error error = addFilterChoices(bits))
      return error;
  for (unsigned bits : options.activationBits)
    if (llvm::Error error = addValueChoices(bits))
      return error;
  if (options.costTable.empty())
    return llvm::Error::success();
  auto file = llvm::MemoryBuffer::getFile(options.costTable, /*IsText=*/true);
  if (!file)
    return llvm::createStringError(options.costTable + ": " +
                                   file.getError().message());
  return readCostTable(network, (*file)->getBuffer(), options.costTable,
                       options.budgets.time.has_value());
}

Allocator::Allocator(std::unique_ptr<State> state) : state(std::move(state)) {}
Allocator::~Allocator() = default;

llvm::Expected<std::unique_ptr<Allocator>>
Allocator::create(const driver::CompileOptions &compile,
                  const AllocateOptions &options) {
  auto state = std::make_unique<State>();
  state->compile = compile;
  state->options = options;
  state->compile.calibrationData.labelsFile = options.labels;
  if (llvm::Error error = state->prepare())
    return std::move(error);
  return std::unique_ptr<Allocator>(new Allocator(std::move(state)));
}

llvm::Expected<double> Allocator::divergenceOf(const quantize::Plan &plan) {
  std::map<std::string, llvm::ArrayRef<float>> filters;
  for (const auto &[name, weights] : this->filters()) {
    auto found = state->rounded.find({name, plan.weightBits(name)});
    if (found == state->rounded.end())
      return llvm::createStringError(
          fmt::format("layer '{}' was not measured with {} bits", name,
                      plan.weightBits(name)));
    filters[name] = found->second;
  }
  return state->losses->together(filters,
                                 state->base.compilation->quantizedFunction());
}

std::vector<std::pair<std::string, double>> Allocator::filters() const {
  std::vector<std::pair<std::string, double>> result;
  for (const Variable &variable : state->network.variables)
    if (variable.isFilter)
      result.push_back({variable.names.front(), variable.elements});
  return result;
}

std::string Allocator::costTable() const {
  return writeCostTable(state->network);
}

double Allocator::weights() const { return state->network.weights(); }

llvm::Error Allocator::measure(PlanOutcome &outcome) {
  auto compiled =
      compileCandidate(state->compile, outcome.plan,
                       {true, state->options.budgets.time.has_value()});
  if (!compiled)
    return compiled.takeError();
  outcome.flash = compiled->code.total.flash;
  outcome.ram = compiled->code.total.ram;
  outcome.cycles = compiled->code.total.cycles;
  outcome.time = compiled->code.total.time;
  return llvm::Error::success();
}

llvm::Expected<PlanOutcome> Allocator::allocate(const Budgets &budgets) {
  Costs reserve;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto found = solve(makeProblem(state->network, budgets, reserve),
                       state->options.solver);
    if (!found)
      return found.takeError();
    PlanOutcome outcome = makePlan(
        state->network, llvm::ArrayRef(found->choices)
                            .take_front(state->network.variables.size()));
    if (!state->options.costTable.empty() || !budgets.needCode())
      return outcome;
    if (llvm::Error error = measure(outcome))
      return std::move(error);
    Costs more;
    more.flash = excess(outcome.flash, budgets.flash);
    more.cycles = excess(outcome.cycles, budgets.cycles);
    more.ram = excess(outcome.ram, budgets.ram);
    more.time = excess(outcome.time, budgets.time);
    if (more.flash + more.cycles + more.ram + more.time == 0)
      return outcome;
    reserve.flash += more.flash;
    reserve.cycles += more.cycles;
    reserve.ram += more.ram;
    reserve.time += more.time;
  }
  return llvm::createStringError(
      quantize::noPlan(),
      fmt::format("no plan within the budgets after {} searches: the compiled "
                  "network took more than its layers promised",
                  kMaxAttempts));
}

} // namespace qcc::allocate
