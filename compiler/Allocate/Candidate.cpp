#include "compiler/Allocate/Candidate.h"

#include "compiler/Allocate/HostTimer.h"
#include "passes/Schedule/Layouts.h"

#include <numeric>

using namespace mlir;

namespace qcc::allocate {
namespace {

std::map<std::string, Costs> costsByLayer(const emit::Report &report,
                                          llvm::ArrayRef<double> times) {
  std::map<std::string, int> sharers;
  for (const emit::KernelRow &row : report.kernels)
    ++sharers[row.symbol];
  std::map<std::string, Costs> result;
  for (auto [row, time] : llvm::zip(report.kernels, times)) {
    Costs costs;
    costs.time = time;
    costs.flash = static_cast<double>(row.packedBytes) +
                  static_cast<double>(row.codeBytes) / sharers[row.symbol];
    costs.cycles = row.instructions.value_or(0);
    for (const std::string &layer : row.layers)
      result[layer] = costs;
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
  candidate.code.kernelOf = costsByLayer(*report, times);
  candidate.code.moments = momentsOf(compilation.function());
  return candidate;
}

} // namespace qcc::allocate
