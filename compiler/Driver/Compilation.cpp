#include "compiler/Driver/Compilation.h"

#include "compiler/Emit/EmitModule.h"
#include "compiler/Emit/VerifyObject.h"
#include "compiler/Evaluate/Calibrate.h"
#include "compiler/Evaluate/CollectGrams.h"
#include "compiler/Evaluate/CollectRows.h"
#include "compiler/Evaluate/Distill.h"
#include "compiler/Evaluate/LayerNoise.h"
#include "compiler/Import/Import.h"
#include "dialects/QGraph/QGraph.h"
#include "passes/LowerToLLVM/HalideProvider.h"
#include "passes/Quantize/PlanNetwork.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace qcc::driver {
namespace {

/// The error that stands for diagnostics already printed.
class ReportedError : public llvm::ErrorInfo<ReportedError> {
public:
  static char ID;
  void log(llvm::raw_ostream &os) const override { os << "reported above"; }
  std::error_code convertToErrorCode() const override {
    return std::make_error_code(std::errc::invalid_argument);
  }
};
char ReportedError::ID = 0;

/// Calibration samples on which the report measures noise.
constexpr int64_t kReportSamples = 32;

/// What the runtime's memcpy, memmove and memset use at most, in bytes.
constexpr uint64_t kMemoryFunctionStack = 32;

func::FuncOp functionOf(mlir::ModuleOp module) {
  return *module.getOps<func::FuncOp>().begin();
}

llvm::StringRef severityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Remark:
    return "remark";
  case DiagnosticSeverity::Note:
    return "note";
  }
  return "error";
}

/// The file position inside a location, or `fallback`.
std::string positionOf(Location location, llvm::StringRef fallback) {
  std::string text;
  location->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    text = (file.getFilename().getValue() + ":" + llvm::Twine(file.getLine()))
               .str();
    return WalkResult::interrupt();
  });
  return text.empty() ? fallback.str() : text;
}

std::string textOf(Diagnostic &diagnostic, llvm::StringRef input) {
  std::string text = positionOf(diagnostic.getLocation(), input) + ": " +
                     severityName(diagnostic.getSeverity()).str() + ": " +
                     diagnostic.str() + "\n";
  for (Diagnostic &note : diagnostic.getNotes())
    text += textOf(note, input);
  return text;
}

} // namespace

llvm::Error reported() { return llvm::make_error<ReportedError>(); }

bool isReported(llvm::Error &error) {
  if (!error.isA<ReportedError>())
    return false;
  llvm::consumeError(std::move(error));
  return true;
}

Compilation::Compilation(CompileOptions options)
    : opts(std::move(options)), context(MLIRContext::Threading::DISABLED) {
  // The op of a diagnostic may hold all weights.
  context.printOpOnDiagnostic(false);
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    std::string text = textOf(diagnostic, opts.input);
    if (diagnostic.getSeverity() != DiagnosticSeverity::Remark ||
        opts.remarks->insert(text).second)
      llvm::errs() << text;
    return success();
  });
}

Compilation::~Compilation() = default;

void Compilation::tell(Phase phase, llvm::StringRef what, int64_t done,
                       int64_t total) const {
  if (opts.progress)
    opts.progress(phase, what, done, total);
}

func::FuncOp Compilation::function() const {
  return functionOf(mlirModule.get());
}

mlir::ModuleOp Compilation::legalized() const { return floatModule.get(); }
mlir::ModuleOp Compilation::quantized() const { return quantModule.get(); }

func::FuncOp Compilation::legalizedFunction() const {
  return functionOf(floatModule.get());
}

func::FuncOp Compilation::quantizedFunction() const {
  return functionOf(quantModule.get());
}

llvm::Error Compilation::import() {
  auto found = targets::findTarget(opts.target);
  if (!found)
    return found.takeError();
  row = *found;
  tell(Phase::Import, opts.input);
  auto imported = importModel(opts.input, context, opts.importOptions);
  if (!imported)
    return imported.takeError();
  mlirModule = std::move(*imported);
  return llvm::Error::success();
}

llvm::Error Compilation::loadCalibration() {
  unsigned arguments = function().getNumArguments();
  for (unsigned k = 0; k < arguments; ++k) {
    data::DatasetOptions options = opts.calibrationData;
    if (arguments > 1)
      options.inputs = "input" + std::to_string(k);
    auto dataset = data::loadDataset(opts.calibration, options);
    if (!dataset)
      return dataset.takeError();
    calibrationSets.push_back(std::move(*dataset));
  }
  return llvm::Error::success();
}

/// Makes calibration data where there are statistics to make them from; else a
/// remark says that there are none.
llvm::Error Compilation::distillCalibration() {
  if (!evaluate::hasStatistics(function())) {
    emitRemark(function().getLoc())
        << "the network has no statistics of batch normalization to distill "
           "data from";
    return llvm::Error::success();
  }
  for (auto [k, type] : llvm::enumerate(function().getArgumentTypes()))
    if (getElementTypeOrSelf(type).isInteger())
      return llvm::createStringError(
          "-distill: argument " + llvm::Twine(k) +
          " holds indices, which cannot be distilled; expected -calibration");
  evaluate::DistillOptions options;
  options.samples = opts.distill;
  options.seed = opts.calibrationData.seed;
  for (unsigned k = 0; k < function().getNumArguments(); ++k)
    options.ranges.push_back(evaluate::argumentRange(
        function(), k, opts.inputFormat, QuantizeOptions().inputRange));
  options.progress = [&](int64_t done, int64_t total) {
    tell(Phase::Quantize, "distilling", done, total);
  };
  auto data = evaluate::distill(function(), options);
  if (!data)
    return data.takeError();
  emitRemark(function().getLoc())
      << llvm::formatv("distilled {0} samples: {1} layers are {2:F2} of their "
                       "deviations off, noise was {3:F2}",
                       opts.distill, data->layers, data->after, data->before)
             .str();
  calibrationSets = std::move(data->datasets);
  return llvm::Error::success();
}

llvm::Expected<Equalization> parseEqualization(llvm::StringRef text) {
  auto found = llvm::StringSwitch<std::optional<Equalization>>(text)
                   .Case("off", Equalization::Off)
                   .Case("on", Equalization::On)
                   .Case("absorb", Equalization::Absorb)
                   .Case("auto", Equalization::Auto)
                   .Default(std::nullopt);
  if (!found)
    return llvm::createStringError("equalization must be on, off, absorb or "
                                   "auto, found '" +
                                   text + "'");
  return *found;
}

llvm::Error Compilation::equalize() {
  if (!pipelineOptions().quantize.equalize)
    return llvm::Error::success();
  if (llvm::Error error = runPasses(Phase::Quantize, buildPrepare))
    return error;
  // Layers are compared with those of the same ranges.
  floatModule = mlirModule->clone();
  return llvm::Error::success();
}

llvm::Error Compilation::reparameterize() {
  if (opts.reparameterize.kind == Reparameterization::Off)
    return llvm::Error::success();
  if (llvm::Error error = runPasses(Phase::Quantize, buildReparameterize))
    return error;
  floatModule = mlirModule->clone();
  return llvm::Error::success();
}

/// What profiles of equalized networks name as their model: others have other
/// ranges.
static constexpr llvm::StringLiteral kEqualizedModel = "equalized";

llvm::Error Compilation::prepareProfile() {
  if (llvm::Error error = checkRounding())
    return error;
  std::string model =
      pipelineOptions().quantize.equalize ? kEqualizedModel.str() : "";
  if (!opts.profile.empty()) {
    auto read = quantize::Profile::read(opts.profile);
    if (!read)
      return read.takeError();
    if ((read->model == kEqualizedModel) != (model == kEqualizedModel))
      return llvm::createStringError(
          opts.profile + ": the profile was collected " +
          (model.empty() ? "with" : "without") +
          " equalization, expected one of the network as it is quantized");
    statistics = std::move(*read);
  } else if (!opts.calibration.empty() || opts.distill > 0) {
    // Found out before the network runs on all samples.
    if (failed(checkQuantizable(mlirModule.get())))
      return reported();
    if (llvm::Error error =
            opts.distill > 0 ? distillCalibration() : loadCalibration())
      return error;
    if (calibrationSets.empty())
      return llvm::Error::success();
    int64_t total = calibrationSets.front().size();
    auto collected = evaluate::calibrate(
        function(), calibrationSets, opts.inputFormat, [&](int64_t done) {
          tell(Phase::Quantize, "calibrating", done, total);
        });
    if (!collected)
      return collected.takeError();
    statistics = std::move(*collected);
    statistics->model = model;
  }
  return llvm::Error::success();
}

llvm::Error Compilation::checkRounding() const {
  if (opts.granularity == WeightGranularity::Tensor && opts.rounding &&
      opts.rounding->kind != quantize::RoundingKind::Nearest)
    return llvm::createStringError(
        "-rounding=" + quantize::roundingName(opts.rounding->kind) +
        " needs -weight-granularity=channel");
  if (!opts.calibration.empty() || opts.distill > 0)
    return llvm::Error::success();
  if (opts.rounding && opts.rounding->kind != quantize::RoundingKind::Nearest)
    return llvm::createStringError(
        "-rounding=" + quantize::roundingName(opts.rounding->kind) +
        " needs -calibration");
  return llvm::Error::success();
}

void Compilation::chooseRounding(QuantizeOptions &options) const {
  options.biasCorrection = opts.biasCorrection.value_or(false);
  if (calibrationSets.empty())
    return;
  bool isLow = opts.plan && quantize::hasLowBits(*opts.plan) &&
               opts.granularity == WeightGranularity::Channel;
  quantize::RoundingOptions automatic;
  if (isLow)
    automatic.kind = quantize::RoundingKind::Comq;
  options.rounding = opts.rounding.value_or(automatic);
  options.biasCorrection = opts.biasCorrection.value_or(
      options.rounding.kind != quantize::RoundingKind::Nearest);
  options.rounding.centred = options.biasCorrection;
  options.rounding.learning.learnBiases = options.biasCorrection;
  options.rounding.learning.seed = opts.calibrationData.seed;
  options.grams = [this](func::FuncOp rounded, func::FuncOp exact,
                         llvm::ArrayRef<std::string> layers) {
    tell(Phase::Quantize, "rounding " + layers.front());
    return evaluate::collectGrams(rounded, exact, layers, calibrationSets,
                                  opts.inputFormat);
  };
  quantize::LearningOptions learning = options.rounding.learning;
  options.rows = [this, learning](func::FuncOp rounded, func::FuncOp exact,
                                  llvm::ArrayRef<std::string> layers) {
    return evaluate::collectRows(rounded, exact, layers, calibrationSets,
                                 opts.inputFormat, learning);
  };
}

PipelineOptions Compilation::pipelineOptions() const {
  PipelineOptions options;
  options.target = row;
  options.portable = &halideProvider();
  options.quantize.profile = profile();
  options.quantize.plan = opts.plan ? &*opts.plan : nullptr;
  options.quantize.observer = opts.observer;
  options.quantize.inputs = {opts.inputFormat};
  options.quantize.granularity = opts.granularity;
  options.quantize.reparameterize = opts.reparameterize;
  options.quantize.residualBits = opts.residualBits;
  options.quantize.scaleShares = opts.scaleShares;
  options.quantize.functions = opts.functions;
  options.quantize.absorbBiases = opts.equalization == Equalization::Absorb;
  options.quantize.equalize = opts.equalization == Equalization::On ||
                              options.quantize.absorbBiases ||
                              (opts.equalization == Equalization::Auto &&
                               opts.granularity == WeightGranularity::Tensor);
  chooseRounding(options.quantize);
  return options;
}

llvm::Error Compilation::runPasses(Phase phase,
                                   void (*build)(OpPassManager &,
                                                 const PipelineOptions &)) {
  tell(phase, "");
  PassManager passes(&context);
  build(passes, pipelineOptions());
  if (failed(passes.run(*mlirModule)))
    return reported();
  return llvm::Error::success();
}

llvm::Error Compilation::lower() {
  auto made = createTargetMachine(*row);
  if (!made)
    return made.takeError();
  targetMachine = std::move(*made);
  LowerToLLVMOptions options;
  options.prefix = opts.prefix;
  options.optimizeForSize = opts.optimizeForSize;
  options.jobs = opts.jobs;
  options.timestamps = opts.timestamps;
  options.progress = [&](size_t index, size_t total, llvm::StringRef layer) {
    tell(Phase::LowerToLLVM, layer, static_cast<int64_t>(index),
         static_cast<int64_t>(total));
  };
  auto lowered = lowerToLLVM(function(), *row, halideProvider(), *targetMachine,
                             options, llvmContext);
  if (!lowered)
    return lowered.takeError();
  llvm = std::move(*lowered);
  return llvm::Error::success();
}

llvm::Error Compilation::runTo(Phase last) {
  for (int next = reached + 1; next <= static_cast<int>(last); ++next) {
    llvm::Error error = llvm::Error::success();
    switch (static_cast<Phase>(next)) {
    case Phase::Import:
      error = import();
      break;
    case Phase::Legalize:
      error = runPasses(Phase::Legalize, buildLegalize);
      if (!error)
        floatModule = mlirModule->clone();
      break;
    case Phase::Quantize:
      error = equalize();
      if (!error)
        error = prepareProfile();
      if (!error)
        error = reparameterize();
      if (!error)
        error = runPasses(Phase::Quantize, buildQuantize);
      if (!error)
        quantModule = mlirModule->clone();
      break;
    case Phase::LowerToInt:
      error = runPasses(Phase::LowerToInt, buildLowerToInt);
      break;
    case Phase::Schedule:
      error = runPasses(Phase::Schedule, buildSchedule);
      break;
    case Phase::LowerToLLVM:
      error = lower();
      break;
    case Phase::Emit:
      return llvm::createStringError("nothing runs past LowerToLLVM");
    }
    if (error)
      return error;
    reached = next;
  }
  return llvm::Error::success();
}

llvm::Expected<std::string> Compilation::emitObject() {
  tell(Phase::Emit, "object");
  counts.clear();
  auto object = emit::emitModule(*llvm, *targetMachine, emit::CodeKind::Object,
                                 opts.prefix + ".o", &counts);
  if (!object)
    return object.takeError();
  emit::VerifyObjectOptions verify;
  verify.triple = row->triple.str();
  verify.cpu = row->cpu.str();
  verify.features = row->features.str();
  llvm::MemoryBufferRef buffer(*object, opts.prefix + ".o");
  if (llvm::Error error = emit::verifyIntegerOnly(buffer, verify))
    return error;
  auto info = emit::readObjectInfo(buffer);
  if (!info)
    return info.takeError();
  if (llvm::Error error = emit::verifySymbolPrefix(*info, opts.prefix + "_"))
    return error;
  return object;
}

llvm::Expected<evaluate::NetworkInputs>
Compilation::calibrationInputs(int64_t samples) const {
  if (calibrationSets.empty())
    return llvm::createStringError("-calibration: no samples given, which "
                                   "measuring what layers lose needs");
  return evaluate::networkInputs(legalizedFunction(), calibrationSets,
                                 opts.inputFormat, samples);
}

llvm::Expected<std::vector<int64_t>>
Compilation::calibrationLabels(int64_t samples) const {
  if (calibrationSets.empty() || !calibrationSets.front().labels)
    return llvm::createStringError("the calibration samples have no labels");
  auto labels = data::toIntegers(*calibrationSets.front().labels, "labels");
  // A sample may have several rows of results, with a class each.
  if (labels)
    labels->resize(labels->size() / calibrationSets.front().size() * samples);
  return labels;
}

llvm::Expected<std::map<std::string, emit::LayerFacts>>
Compilation::layerFacts() const {
  std::map<std::string, emit::LayerFacts> facts;
  if (!quantModule)
    return facts;
  quantModule.get().walk([&](Operation *op) {
    auto layer = op->getAttrOfType<StringAttr>("qgraph.layer");
    if (!layer || op->getNumResults() != 1)
      return;
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    auto quantized =
        type ? dyn_cast<quant::UniformQuantizedType>(type.getElementType())
             : quant::UniformQuantizedType();
    if (!quantized)
      return;
    emit::LayerFacts &fact = facts[layer.str()];
    fact.scale = quantized.getScale();
    fact.zeroPoint = static_cast<int32_t>(quantized.getZeroPoint());
    fact.bits = quantize::bitsOf(quantized);
    if (auto observer = op->getAttrOfType<StringAttr>("qgraph.observer"))
      fact.observer = observer.str();
    if (auto score = op->getAttrOfType<FloatAttr>("qgraph.range_sqnr"))
      fact.rangeSqnr = score.getValueAsDouble();
  });
  if (calibrationSets.empty())
    return facts;
  auto noise = evaluate::layerNoise(
      functionOf(floatModule.get()), functionOf(quantModule.get()),
      calibrationSets, opts.inputFormat, kReportSamples);
  if (!noise)
    return noise.takeError();
  for (const evaluate::LayerNoise &row : *noise)
    if (auto found = facts.find(row.layer); found != facts.end())
      found->second.sqnr = row.sqnr;
  return facts;
}

llvm::Expected<emit::Report> Compilation::report(llvm::StringRef object) const {
  emit::Report report;
  report.source = opts.input;
  report.target = row->name.str();
  report.interface = emit::readInterface(function(), *row, opts.prefix);
  auto facts = layerFacts();
  if (!facts)
    return facts.takeError();
  report.kernels = emit::describeKernels(function(), *facts);
  quantModule.get().walk([&](Operation *op) {
    auto layer = op->getAttrOfType<StringAttr>("qgraph.layer");
    if (auto text = op->getAttrOfType<StringAttr>("qgraph.equalization"))
      report.equalization.push_back({layer ? layer.str() : "", text.str()});
  });
  if (auto bound =
          function()->getAttrOfType<IntegerAttr>("qint.arena_lower_bound"))
    report.arenaLowerBound = bound.getInt();
  llvm::MemoryBufferRef buffer(object, opts.prefix + ".o");
  if (auto info = emit::readObjectInfo(buffer))
    report.object = *info;
  else
    llvm::consumeError(info.takeError());
  emit::addCosts(report, counts);
  emit::VerifyObjectOptions verify;
  verify.triple = row->triple.str();
  verify.cpu = row->cpu.str();
  verify.features = row->features.str();
  if (auto stack = emit::computeStackBound(buffer, opts.prefix + "_run", verify,
                                           kMemoryFunctionStack))
    report.stackBytes = stack->bytes;
  else
    llvm::consumeError(stack.takeError());
  return report;
}

} // namespace qcc::driver
