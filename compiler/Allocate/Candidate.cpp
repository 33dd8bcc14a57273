#include "compiler/Allocate/Candidate.h"

#include "compiler/Allocate/HostTimer.h"
#include "passes/Schedule/Layouts.h"

#include <numeric>
#include <set>

using namespace mlir;

namespace qcc::allocate {
namespace {

/// What each kernel costs.
std::vector<Costs> costsOfKernels(const emit::Report &report,
                                  llvm::ArrayRef<double> times) {
  std::map<std::string, int> sharers;
  for (const emit::KernelRow &row : report.kernels)
    ++sharers[row.symbol];
  std::vector<Costs> result;
  for (auto [row, time] : llvm::zip(report.kernels, times)) {
    Costs &costs = result.emplace_back();
    costs.time = time;
    costs.flash = static_cast<double>(row.packedBytes) +
                  static_cast<double>(row.codeBytes) / sharers[row.symbol];
    costs.cycles = row.instructions.value_or(0);
    costs.estimate = row.cyclesEstimate.value_or(0);
  }
  return result;
}

/// The layer whose type a kernel's result has.
std::string resultLayer(qint::KernelOp kernel) {
  std::string layer = kernel.getLayer().str();
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (auto name = op.getAttrOfType<StringAttr>("qint.layer"))
      layer = name.str();
  return layer;
}

/// The name of an argument, or the layer that made the value.
std::string nameOf(Value value) {
  Value buffer = storageOf(value);
  if (auto argument = dyn_cast<BlockArgument>(buffer))
    return "input" + std::to_string(argument.getArgNumber());
  auto kernel = buffer.getDefiningOp<qint::KernelOp>();
  return kernel ? resultLayer(kernel) : "";
}

/// The value whose bits matter most to a kernel; see CodeCosts.
std::string decidingValue(qint::KernelOp kernel, const emit::KernelRow &row) {
  if (row.weightBits)
    for (Value input : kernel.getInputs())
      if (std::string name = nameOf(input); !name.empty())
        return name;
  return resultLayer(kernel);
}

void addKernels(CodeCosts &code, func::FuncOp function,
                const emit::Report &report, llvm::ArrayRef<double> times) {
  std::vector<Costs> costs = costsOfKernels(report, times);
  for (auto [kernel, row, own] :
       llvm::zip(function.getOps<qint::KernelOp>(), report.kernels, costs)) {
    for (const std::string &layer :
         std::set<std::string>(row.layers.begin(), row.layers.end()))
      code.kernelOf[layer] += own;
    code.valueOf[decidingValue(kernel, row)] += own;
  }
}

std::vector<Moment> momentsOf(func::FuncOp function) {
  std::vector<Moment> moments;
  llvm::DenseMap<Value, size_t> born;
  auto reads = [&](Value value, size_t now) {
    Value buffer = storageOf(value);
    auto found = born.find(buffer);
    if (found == born.end())
      return;
    auto kernel = buffer.getDefiningOp<qint::KernelOp>();
    double bytes = static_cast<double>(layoutOf(buffer).bytes());
    for (size_t t = found->second; t <= now; ++t)
      moments[t].live[resultLayer(kernel)] = bytes;
  };
  for (qint::KernelOp kernel : function.getOps<qint::KernelOp>()) {
    size_t now = moments.size();
    moments.push_back({kernel.getLayer().str(),
                       static_cast<double>(kernel.getScratch().value_or(0)),
                       {}});
    for (Value input : kernel.getInputs())
      reads(input, now);
    // One that takes an operand's place needs none of its own yet.
    if (kernel.getOffset()) {
      born[kernel.getOutput()] = now + (kernel.getOverwrites() ? 1 : 0);
      reads(kernel.getOutput(), now);
    }
  }
  return moments;
}

} // namespace

Costs &Costs::operator+=(const Costs &other) {
  flash += other.flash;
  cycles += other.cycles;
  ram += other.ram;
  time += other.time;
  estimate += other.estimate;
  return *this;
}

Costs &Costs::operator-=(const Costs &other) {
  flash -= other.flash;
  cycles -= other.cycles;
  ram -= other.ram;
  time -= other.time;
  estimate -= other.estimate;
  return *this;
}

llvm::Expected<evaluate::OutputDistance>
distanceFromFloat(const driver::Compilation &compilation, int64_t samples) {
  auto inputs = compilation.calibrationInputs(samples);
  if (!inputs)
    return inputs.takeError();
  mlir::func::FuncOp function = compilation.legalizedFunction();
  auto meter = evaluate::PerturbationMeter::create(function, inputs->runs,
                                                   inputs->views());
  if (!meter)
    return meter.takeError();
  auto rounded =
      evaluate::FloatEvaluator::create(compilation.quantizedFunction());
  if (!rounded)
    return rounded.takeError();
  auto found = (*rounded)->run(inputs->runs, inputs->views());
  if (!found)
    return found.takeError();
  llvm::ArrayRef<int64_t> shape = (*rounded)->outputShape(0);
  return evaluate::compareResults((*meter)->reference(), found->front(),
                                  shape.empty() ? 1 : shape.back(),
                                  evaluate::outputKind(function));
}

quantize::Plan uniformPlan(unsigned weights, unsigned activations) {
  quantize::Plan plan;
  plan.weights = weights;
  plan.activations = activations;
  plan.source = "uniform plan";
  return plan;
}

llvm::Expected<Candidate> compileCandidate(driver::CompileOptions options,
                                           quantize::Plan plan,
                                           const CandidateOptions &wanted) {
  options.plan = std::move(plan);
  options.timestamps = wanted.time;
  Candidate candidate;
  candidate.compilation =
      std::make_unique<driver::Compilation>(std::move(options));
  driver::Compilation &compilation = *candidate.compilation;
  if (llvm::Error error =
          compilation.runTo(wanted.code ? Phase::LowerToLLVM : Phase::Quantize))
    return std::move(error);
  if (!wanted.code)
    return candidate;
  auto object = compilation.emitObject();
  if (!object)
    return object.takeError();
  auto report = compilation.report(*object);
  if (!report)
    return report.takeError();
  std::vector<double> times(report->kernels.size(), 0.0);
  if (wanted.time) {
    if (!targets::runsOnHost(compilation.target()))
      return llvm::createStringError("-max-time: this machine cannot run "
                                     "code for '" +
                                     compilation.target().name + "'");
    auto measured =
        timeKernels(*object, report->interface, report->kernels.size());
    if (!measured)
      return measured.takeError();
    times = std::move(*measured);
  }
  Costs &total = candidate.code.total;
  total.flash = static_cast<double>(report->object.flashBytes());
  total.cycles = report->instructions.value_or(0);
  total.ram = static_cast<double>(report->interface.arenaBytes);
  total.time = std::accumulate(times.begin(), times.end(), 0.0);
  total.estimate = report->cyclesEstimate.value_or(0);
  addKernels(candidate.code, compilation.function(), *report, times);
  candidate.code.moments = momentsOf(compilation.function());
  return candidate;
}

} // namespace qcc::allocate
