// qcc-eval: how good a compiled network is on real data, beside the float one.
#include "compiler/Allocate/AllocateFlags.h"
#include "compiler/Allocate/Forms.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Progress.h"
#include "compiler/Driver/QuantizeFlags.h"
#include "compiler/Evaluate/Calibrate.h"
#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Evaluate/LayerNoise.h"
#include "compiler/Import/Flags.h"
#include "compiler/tools/qcc-eval/Debug.h"
#include "compiler/tools/qcc-eval/IntegerCodec.h"
#include "compiler/tools/qcc-eval/Metrics.h"
#include "compiler/tools/qcc-eval/Runners.h"
#include "dialects/QGraph/QGraph.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"

#include <chrono>

using namespace qcc;
using namespace qcc::eval;
namespace cl = llvm::cl;

static cl::OptionCategory category("qcc-eval options");
static ImportFlags importFlags(category);
static cl::opt<std::string> model(cl::Positional, cl::desc("<model>"),
                                  cl::Required, cl::cat(category));
static cl::list<std::string>
    samples("samples",
            cl::desc("data to evaluate on: .npy, .npz or IDX; of several "
                     "inputs: one file for each, or a .npz with the arrays "
                     "input0, input1, ..."),
            cl::value_desc("file"), cl::OneOrMore, cl::cat(category));
static cl::opt<std::string> labels("labels",
                                   cl::desc("class labels, if not in samples"),
                                   cl::value_desc("file"), cl::cat(category));
static cl::opt<int64_t> count("count",
                              cl::desc("use the first samples only (0: all)"),
                              cl::init(0), cl::cat(category));
static cl::list<std::string> ways(
    "run", cl::CommaSeparated,
    cl::desc("float, simulated (quantized types in float), host (the "
             "object file), reference (slow, exact), or the name of an "
             "emulator; default: float,simulated and, where it runs, host"),
    cl::value_desc("ways"), cl::cat(category));
static cl::opt<std::string> target("target", cl::desc("what to compile for"),
                                   cl::init("native"), cl::cat(category));
static cl::opt<std::string> calibration("calibration",
                                        cl::desc("data to calibrate with"),
                                        cl::value_desc("file"),
                                        cl::cat(category));
static cl::opt<int64_t> calibrationSamples("calibration-samples",
                                           cl::desc("samples of one draw "
                                                    "(default: 256, or all "
                                                    "if there are fewer)"),
                                           cl::init(256), cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("seed of the first draw"),
                              cl::init(0), cl::cat(category));
static cl::opt<int> draws("draws", cl::desc("calibrate so many times"),
                          cl::init(1), cl::cat(category));
static driver::QuantizeFlags quantizeFlags(category);
static allocate::AllocateFlags allocateFlags(category);
static cl::opt<std::string> inputType("input-type", cl::desc("real, u8 or s8"),
                                      cl::init("real"), cl::cat(category));
static cl::opt<double>
    inputMean("input-mean", cl::desc("integer data stand for (x - mean) / std"),
              cl::init(0), cl::cat(category));
static cl::opt<double> inputStd("input-std", cl::init(1), cl::cat(category));
static cl::opt<int64_t>
    layers("layers",
           cl::desc("print the SQNR of every layer on so many "
                    "samples"),
           cl::init(0), cl::cat(category));
static cl::opt<bool> debugFlow(
    "debug",
    cl::desc("find out which layer loses accuracy: float forms compared, "
             "weights only, activations only, one layer at a time"),
    cl::cat(category));
static cl::opt<std::string>
    rankBy("rank-by", cl::desc("what --debug ranks by: sqnr, kl or accuracy"),
           cl::init("sqnr"), cl::cat(category));
static cl::opt<std::string> jsonPath("json", cl::desc("write JSON there"),
                                     cl::value_desc("file"), cl::cat(category));

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// All that stays the same over the draws.
struct Session {
  std::vector<data::Dataset> datasets; ///< one for each input
  /// In whole runs of the network.
  int64_t samples = 0;
  std::vector<int64_t> labels;
  InputFormat format;
  std::vector<float> floatOutputs;
  /// Of the first integer way of the present draw.
  std::vector<float> integerOutputs;
  driver::Progress progress;
  Evaluation evaluation;

  std::optional<int64_t> weightBytes; ///< of the present draw's network

  void add(std::string way, std::string ranges, llvm::ArrayRef<float> outputs,
           double seconds) {
    Result result;
    result.way = std::move(way);
    result.calibration = std::move(ranges);
    result.samples = samples;
    result.seconds = seconds;
    if (!labels.empty())
      result.top1 = top1(outputs, labels);
    if (result.way != "float")
      result.weightBytes = weightBytes;
    if (result.way != "float" && floatOutputs.size() == outputs.size()) {
      result.agreement = top1(outputs, argmaxRows(floatOutputs, samples));
      evaluate::NoiseSum noise;
      noise.add(floatOutputs, outputs);
      result.sqnr = noise.decibels();
    }
    evaluation.results.push_back(std::move(result));
  }

  /// Completes the last result, that of an integer way with `outputs`.
  void compareIntegers(std::vector<float> outputs) {
    if (integerOutputs.empty()) {
      integerOutputs = std::move(outputs);
      return;
    }
    int64_t differing = 0;
    for (auto [a, b] : llvm::zip(integerOutputs, outputs))
      differing += a != b;
    evaluation.results.back().differing = differing;
  }
};

llvm::Expected<InputFormat> readFormat() {
  InputFormat format;
  format.mean = inputMean;
  format.std = inputStd;
  if (inputType == "u8")
    format.kind = InputFormat::U8;
  else if (inputType == "s8")
    format.kind = InputFormat::S8;
  else if (inputType != "real")
    return llvm::createStringError("-input-type: found '" + inputType +
                                   "', expected real, u8 or s8");
  if (!(inputStd > 0))
    return llvm::createStringError(llvm::formatv(
        "-input-std: found {0}, expected a positive number", double(inputStd)));
  return format;
}

llvm::Error loadData(Session &session) {
  auto format = readFormat();
  if (!format)
    return format.takeError();
  session.format = *format;
  data::DatasetOptions options;
  options.labelsFile = labels;
  if (count > 0)
    options.end = count;
  auto datasets = data::loadDatasets(samples, options);
  if (!datasets)
    return datasets.takeError();
  session.datasets = std::move(*datasets);
  if (const auto &given = session.datasets.front().labels) {
    auto integers = data::toIntegers(*given, "labels");
    if (!integers)
      return integers.takeError();
    session.labels = std::move(*integers);
  }
  for (const data::Dataset &dataset : session.datasets)
    session.evaluation.dataset +=
        (session.evaluation.dataset.empty() ? "" : ", ") + dataset.describe();
  return llvm::Error::success();
}

/// Checks that the data fit the network, and leaves out samples that fill no
/// run of it.
llvm::Error checkData(Session &session, mlir::func::FuncOp function) {
  auto group = evaluate::samplesOfRun(function, session.datasets);
  if (!group)
    return group.takeError();
  session.samples = session.datasets.front().size();
  session.samples -= session.samples % *group;
  if (!session.labels.empty())
    session.labels.resize(session.samples);
  return llvm::Error::success();
}

/// What the codes of at most 8 bits of a quantized network's constants take.
int64_t weightBytesOf(mlir::func::FuncOp quantized) {
  int64_t bytes = 0;
  quantized.walk([&](qgraph::ConstantOp constant) {
    auto type = constant.getOutput().getType();
    auto codes =
        llvm::dyn_cast<mlir::quant::QuantizedType>(type.getElementType());
    unsigned bits = codes ? codes.getStorageTypeIntegralWidth() : 32;
    if (bits <= 8)
      bytes += (type.getNumElements() * bits + 7) / 8;
  });
  return bytes;
}

/// Samples that one run of the network takes.
int64_t groupOf(mlir::func::FuncOp function) {
  auto shape =
      llvm::cast<mlir::RankedTensorType>(function.getArgumentTypes()[0])
          .getShape();
  return shape.empty() ? 1 : shape.front();
}

/// Samples [begin, end) as bytes, run by run, all inputs of a run together.
llvm::Expected<std::vector<uint8_t>>
encodeRuns(const Session &session, const emit::Interface &interface,
           int64_t begin, int64_t end) {
  std::vector<std::vector<uint8_t>> inputs;
  for (auto [dataset, port] : llvm::zip(session.datasets, interface.inputs)) {
    auto bytes = encodeSamples(dataset, begin, end, session.format, port);
    if (!bytes)
      return bytes.takeError();
    inputs.push_back(std::move(*bytes));
  }
  if (inputs.size() == 1)
    return std::move(inputs.front());
  std::vector<uint8_t> all;
  int64_t runs = inputs.front().size() / interface.inputs.front().bytes;
  for (int64_t run = 0; run < runs; ++run)
    for (auto [bytes, port] : llvm::zip(inputs, interface.inputs))
      all.insert(all.end(), bytes.begin() + run * port.bytes,
                 bytes.begin() + (run + 1) * port.bytes);
  return all;
}

/// The first output for all samples, in batches that bound the memory.
llvm::Expected<std::vector<float>>
runFloat(Session &session, mlir::func::FuncOp function, llvm::StringRef what) {
  auto evaluator = evaluate::FloatEvaluator::create(function);
  if (!evaluator)
    return evaluator.takeError();
  std::vector<float> outputs;
  int64_t group = groupOf(function), step = 256 * group;
  for (int64_t first = 0; first < session.samples; first += step) {
    int64_t end = std::min(first + step, session.samples);
    std::vector<std::vector<float>> values = evaluate::samplesOf(
        function, session.datasets, session.format, first, end);
    std::vector<llvm::ArrayRef<float>> inputs(values.begin(), values.end());
    auto results = (*evaluator)->run((end - first) / group, inputs);
    if (!results)
      return results.takeError();
    outputs.insert(outputs.end(), (*results)[0].begin(), (*results)[0].end());
    session.progress.show(what, end, session.samples);
  }
  return outputs;
}

/// SQNR of every layer, quantized types simulated, on the first samples; one
/// that a clamp is fused into has none of its own.
llvm::Error measureLayers(Session &session,
                          const driver::Compilation &compilation) {
  auto noise = evaluate::layerNoise(compilation.legalizedFunction(),
                                    compilation.quantizedFunction(),
                                    session.datasets, session.format, layers);
  if (!noise)
    return noise.takeError();
  for (evaluate::LayerNoise &row : *noise)
    if (row.clamp.empty())
      session.evaluation.layers.push_back(std::move(row));
  return llvm::Error::success();
}

llvm::Error runIntegers(Session &session, llvm::StringRef way,
                        driver::Compilation &compilation,
                        llvm::StringRef object, llvm::StringRef ranges) {
  emit::Interface interface =
      emit::readInterface(compilation.function(), compilation.target(),
                          compilation.options().prefix);
  auto runner = [&]() -> llvm::Expected<std::unique_ptr<Runner>> {
    if (way == "host")
      return makeHostRunner(interface, object);
    if (way == "reference")
      return makeReferenceRunner(compilation);
    return makeEmulatorRunner(way, interface, object,
                              emit::makeHeader(interface, compilation.target(),
                                               compilation.options().input));
  }();
  if (!runner)
    return runner.takeError();
  std::vector<float> outputs;
  double seconds = 0;
  int64_t total = session.samples, group = groupOf(compilation.function());
  int64_t step = way == "reference" ? group : 256 * group;
  int64_t first = interface.outputs[0].bytes, all = 0;
  for (const emit::Port &port : interface.outputs)
    all += port.bytes;
  for (int64_t begin = 0; begin < total; begin += step) {
    int64_t end = std::min(begin + step, total);
    auto bytes = encodeRuns(session, interface, begin, end);
    if (!bytes)
      return bytes.takeError();
    Clock::time_point start = Clock::now();
    auto result = (*runner)->run(*bytes, (end - begin) / group);
    seconds += secondsSince(start);
    if (!result)
      return result.takeError();
    for (int64_t i = 0; i < (end - begin) / group; ++i) {
      std::vector<float> values = decodeValues(
          llvm::ArrayRef(*result).slice(i * all, first), interface.outputs[0]);
      outputs.insert(outputs.end(), values.begin(), values.end());
    }
    session.progress.show(way, end, total);
  }
  session.add(way.str(), ranges.str(), outputs, seconds);
  session.compareIntegers(std::move(outputs));
  return llvm::Error::success();
}

llvm::Expected<driver::CompileOptions> compileOptions(Session &session,
                                                      int draw) {
  driver::CompileOptions options;
  options.input = model;
  if (!calibration.empty() && quantizeFlags.distilled() > 0)
    return llvm::createStringError(
        "-calibration and -distill exclude each other");
  auto importOptions = importFlags.parse();
  if (!importOptions)
    return importOptions.takeError();
  options.importOptions = std::move(*importOptions);
  options.target = target;
  options.inputFormat = session.format;
  if (llvm::Error error = quantizeFlags.apply(options))
    return error;
  options.calibration = calibration;
  options.calibrationData.count = calibrationSamples;
  options.calibrationData.countIsLimit =
      calibrationSamples.getNumOccurrences() == 0;
  options.calibrationData.seed = seed + draw;
  options.progress = [&session](Phase phase, llvm::StringRef what, int64_t done,
                                int64_t total) {
    session.progress.show((phaseName(phase) + " " + what).str(), done, total);
  };
  return options;
}

llvm::Error evaluateDraw(Session &session, int draw) {
  auto options = compileOptions(session, draw);
  if (!options)
    return options.takeError();
  if (llvm::Error error = allocateFlags.choose(*options))
    return error;
  if (llvm::Error error = allocate::chooseForms(*options))
    return error;
  driver::Compilation compilation(std::move(*options));
  std::string ranges =
      quantizeFlags.distilled() > 0
          ? llvm::formatv("distilled {0}", seed + draw).str()
      : calibration.empty()
          ? "estimated"
          : llvm::formatv("{0} seed {1}", quantizeFlags.ranges(), seed + draw)
                .str();
  auto isFloatWay = [](llvm::StringRef way) {
    return way == "float" || way == "simulated";
  };
  bool integers = !llvm::all_of(ways, isFloatWay);
  bool quantizes = layers > 0 || llvm::is_contained(ways, "simulated");
  // In float alone even networks run that cannot be quantized.
  Phase last = integers    ? Phase::LowerToLLVM
               : quantizes ? Phase::Quantize
                           : Phase::Legalize;
  if (llvm::Error error = compilation.runTo(Phase::Legalize))
    return error;
  if (llvm::Error error = checkData(session, compilation.function()))
    return error;
  if (llvm::Error error = compilation.runTo(last))
    return error;
  if (last != Phase::Legalize)
    session.weightBytes = weightBytesOf(compilation.quantizedFunction());
  std::string object;
  if (integers) {
    auto bytes = compilation.emitObject();
    if (!bytes)
      return bytes.takeError();
    object = std::move(*bytes);
  }
  session.evaluation.target = compilation.target().name.str();
  session.integerOutputs.clear();
  for (const std::string &way : ways) {
    if (!isFloatWay(way)) {
      if (llvm::Error error =
              runIntegers(session, way, compilation, object, ranges))
        return error;
      continue;
    }
    bool isFloat = way == "float";
    if (isFloat && draw > 0)
      continue;
    Clock::time_point start = Clock::now();
    auto outputs = runFloat(session,
                            isFloat ? compilation.legalizedFunction()
                                    : compilation.quantizedFunction(),
                            way);
    if (!outputs)
      return outputs.takeError();
    if (isFloat)
      session.floatOutputs = *outputs;
    session.add(way, isFloat ? "-" : ranges, *outputs, secondsSince(start));
  }
  if (layers > 0 && draw == 0)
    return measureLayers(session, compilation);
  return llvm::Error::success();
}

llvm::Error writeJson(const std::string &text) {
  if (jsonPath.empty())
    return llvm::Error::success();
  std::error_code failed;
  llvm::raw_fd_ostream file(jsonPath, failed);
  if (failed)
    return llvm::createFileError(jsonPath, failed);
  file << text;
  return llvm::Error::success();
}

llvm::Error debug(Session &session) {
  auto order = evaluate::parseBlameOrder(rankBy);
  if (!order)
    return order.takeError();
  auto options = compileOptions(session, 0);
  if (!options)
    return options.takeError();
  if (llvm::Error error = allocate::chooseForms(*options))
    return error;
  auto debugging =
      debugNetwork(*options, session.datasets, session.datasets.front().size(),
                   session.labels, *order);
  if (!debugging)
    return debugging.takeError();
  session.progress.clear();
  printText(*debugging, llvm::outs());
  return writeJson(toJson(*debugging));
}

/// The default ways, of which the object file is none where it does not run.
llvm::Error chooseWays() {
  auto row = targets::findTarget(target);
  if (!row)
    return row.takeError();
  if (ways.empty()) {
    for (const char *way : {"float", "simulated"})
      ways.push_back(way);
    if (targets::runsOnHost(**row))
      ways.push_back("host");
  }
  for (const std::string &way : ways)
    if (llvm::Error error = checkWay(way, **row))
      return error;
  return llvm::Error::success();
}

llvm::Error run() {
  if (llvm::Error error = allocateFlags.refuseFiles())
    return error;
  if (llvm::Error error = chooseWays())
    return error;
  Session session;
  session.evaluation.model = model;
  if (llvm::Error error = loadData(session))
    return error;
  if (debugFlow)
    return debug(session);
  if (rankBy.getNumOccurrences())
    return llvm::createStringError("-rank-by needs -debug");
  int total = calibration.empty() && quantizeFlags.distilled() == 0
                  ? 1
                  : std::max<int>(draws, 1);
  for (int draw = 0; draw < total; ++draw)
    if (llvm::Error error = evaluateDraw(session, draw))
      return error;
  session.progress.clear();
  printText(session.evaluation, llvm::outs());
  if (llvm::Error error = writeJson(toJson(session.evaluation)))
    return error;
  for (const Result &result : session.evaluation.results)
    if (result.differing.value_or(0) > 0)
      return llvm::createStringError(
          "the integers of '" + result.way +
          "' are not those of the first integer way");
  return llvm::Error::success();
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "accuracy and noise of a network compiled by qcc\n");
  llvm::Error error = run();
  if (!error)
    return 0;
  if (!driver::isReported(error))
    llvm::errs() << "qcc-eval: error: " << llvm::toString(std::move(error))
                 << "\n";
  return 1;
}
