// qcc: a trained network in, an integer-only object file, a C header and a
// report out.
#include "compiler/Allocate/AllocateFlags.h"
#include "compiler/Allocate/Forms.h"
#include "compiler/Allocate/Pareto.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/ListOps.h"
#include "compiler/Driver/Progress.h"
#include "compiler/Driver/QuantizeFlags.h"
#include "compiler/Emit/EmitModule.h"
#include "compiler/Emit/Outputs.h"
#include "compiler/Import/Flags.h"
#include "passes/Quantize/PlanNetwork.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace qcc;
namespace cl = llvm::cl;

static cl::OptionCategory makeOptions("Compiling");
static cl::OptionCategory quantizeOptions("Quantizing");
static cl::OptionCategory phaseOptions("Watching phases");

static cl::opt<std::string> input(cl::Positional, cl::desc("<model>"),
                                  cl::cat(makeOptions));
static cl::opt<std::string>
    target("target", cl::desc("what to compile for; see --list-targets"),
           cl::value_desc("name"), cl::init("native"), cl::cat(makeOptions));
static cl::opt<std::string> output(
    "o",
    cl::desc("output file; the header goes beside it (default: <model>.o)"),
    cl::value_desc("file"), cl::cat(makeOptions));
static cl::opt<std::string>
    emitKind("emit", cl::desc("obj (default), asm, llvm or archive"),
             cl::value_desc("form"), cl::init("obj"), cl::cat(makeOptions));
static cl::opt<std::string> compileTo(
    "compile-to",
    cl::desc("stop after a phase and print what it leaves: Import, Legalize, "
             "Quantize, LowerToInt, Schedule, LowerToLLVM"),
    cl::value_desc("phase"), cl::cat(phaseOptions));
static cl::opt<bool>
    saveTemps("save-temps",
              cl::desc("also write what every phase leaves, beside the output"),
              cl::cat(phaseOptions));
static cl::opt<std::string> prefix(
    "prefix",
    cl::desc("C identifier before every symbol (default: model's file name)"),
    cl::value_desc("name"), cl::cat(makeOptions));
static cl::opt<std::string>
    calibration("calibration",
                cl::desc("samples to calibrate with: .npy, .npz or IDX"),
                cl::value_desc("file"), cl::cat(quantizeOptions));
static cl::opt<int64_t> calibrationSamples(
    "calibration-samples", cl::desc("draw that many of them (default: all)"),
    cl::value_desc("n"), cl::init(0), cl::cat(quantizeOptions));
static cl::opt<uint64_t> calibrationSeed("calibration-seed",
                                         cl::desc("seed of the draw"),
                                         cl::value_desc("n"), cl::init(0),
                                         cl::cat(quantizeOptions));
static cl::opt<std::string>
    profile("profile", cl::desc("calibration statistics to use (.qprof)"),
            cl::value_desc("file"), cl::cat(quantizeOptions));
static cl::opt<std::string>
    writeProfile("write-profile",
                 cl::desc("write the calibration statistics (.qprof)"),
                 cl::value_desc("file"), cl::cat(quantizeOptions));
static driver::QuantizeFlags quantizeFlags(quantizeOptions);
static cl::opt<std::string>
    writePlan("write-plan", cl::desc("write the bits of every layer (.qplan)"),
              cl::value_desc("file"), cl::cat(quantizeOptions));
static cl::OptionCategory budgetOptions("Budgets");
static allocate::AllocateFlags allocateFlags(budgetOptions);
static cl::opt<std::string> inputType(
    "input-type",
    cl::desc("what the network is fed: real (default: codes in its own scale), "
             "u8 or s8 bytes b that stand for (b - mean) / std"),
    cl::value_desc("type"), cl::init("real"), cl::cat(quantizeOptions));
static cl::opt<double> inputMean("input-mean",
                                 cl::desc("the byte that stands for 0"),
                                 cl::init(0), cl::cat(quantizeOptions));
static cl::opt<double> inputStd("input-std", cl::desc("bytes per 1.0"),
                                cl::init(1), cl::cat(quantizeOptions));
static ImportFlags importFlags(makeOptions);
static cl::opt<unsigned>
    jobs("j",
         cl::desc("kernels that are made at a time (default: one per core)"),
         cl::value_desc("n"), cl::init(0), cl::cat(makeOptions));
static cl::opt<bool> optimizeSize("Os", cl::desc("prefer small code"),
                                  cl::cat(makeOptions));
static cl::opt<std::string>
    reportPath("report", cl::desc("write the report: .json, else text"),
               cl::value_desc("file"), cl::cat(makeOptions));
static cl::opt<bool> quiet("quiet", cl::desc("print no summary"),
                           cl::cat(makeOptions));
static cl::opt<bool>
    listOps("list-ops",
            cl::desc("print all operators, their types and targets"),
            cl::cat(makeOptions));
static cl::opt<bool> listTargets("list-targets", cl::desc("print all targets"),
                                 cl::cat(makeOptions));

namespace {

llvm::Error invalid(llvm::StringRef option, llvm::StringRef found,
                    llvm::StringRef expected) {
  return llvm::createStringError("-" + option + ": found '" + found +
                                 "', expected " + expected);
}

bool isIdentifier(llvm::StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

/// The model's file name as a C identifier.
std::string prefixOf(llvm::StringRef path) {
  std::string name = llvm::sys::path::stem(path).str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name = "model_" + name;
  return name;
}

bool isGiven(const cl::Option &option) {
  return option.getNumOccurrences() > 0;
}

/// Options that need or exclude one another.
llvm::Error checkCombinations() {
  struct Pair {
    const cl::Option &option, &other;
  };
  for (const auto &[option, needed] :
       {Pair{calibrationSamples, calibration}, Pair{inputMean, inputType},
        Pair{inputStd, inputType}})
    if (isGiven(option) && !isGiven(needed))
      return llvm::createStringError("-" + option.ArgStr + " needs -" +
                                     needed.ArgStr);
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&writeProfile),
        static_cast<const cl::Option *>(&calibrationSeed)})
    if (isGiven(*option) && !isGiven(calibration) &&
        !isGiven(quantizeFlags.distilled()))
      return llvm::createStringError("-" + option->ArgStr +
                                     " needs -calibration or -distill");
  for (const auto &[option, other] :
       {Pair{calibration, profile},
        Pair{quantizeFlags.distilled(), calibration},
        Pair{quantizeFlags.distilled(), profile}, Pair{compileTo, emitKind},
        Pair{compileTo, reportPath}, Pair{compileTo, saveTemps}})
    if (isGiven(option) && isGiven(other))
      return llvm::createStringError("-" + option.ArgStr + " and -" +
                                     other.ArgStr + " exclude each other");
  for (const cl::Option *option : std::initializer_list<const cl::Option *>{
           &output, &emitKind, &reportPath, &writePlan, &writeProfile,
           &compileTo, &saveTemps})
    if (allocateFlags.wantPareto() && isGiven(*option))
      return llvm::createStringError("-pareto and -" + option->ArgStr +
                                     " exclude each other");
  if (llvm::Error error = allocateFlags.checkSweep())
    return error;
  for (const cl::opt<std::string> *option :
       {&output, &prefix, &calibration, &profile, &writeProfile, &writePlan,
        &reportPath, &compileTo})
    if (isGiven(*option) && option->empty())
      return invalid(option->ArgStr, "", "a name");
  return llvm::Error::success();
}

llvm::Expected<driver::CompileOptions> readOptions() {
  driver::CompileOptions options;
  if (input.empty())
    return llvm::createStringError("no model given; see qcc --help");
  options.input = input;
  options.target = target;
  options.prefix = prefix.empty() ? prefixOf(input) : prefix;
  if (!isIdentifier(options.prefix))
    return invalid("prefix", prefix, "a C identifier");
  if (inputType == "u8")
    options.inputFormat.kind = InputFormat::U8;
  else if (inputType == "s8")
    options.inputFormat.kind = InputFormat::S8;
  else if (inputType != "real")
    return invalid("input-type", inputType, "real, u8 or s8");
  if (!(inputStd > 0) || !(inputStd < 1e6))
    return invalid("input-std", std::to_string(inputStd),
                   "a number between 0 and 1000000");
  if (!(inputMean > -1e6 && inputMean < 1e6))
    return invalid("input-mean", std::to_string(inputMean),
                   "a number between -1000000 and 1000000");
  options.inputFormat.mean = inputMean;
  options.inputFormat.std = inputStd;
  auto importOptions = importFlags.parse();
  if (!importOptions)
    return importOptions.takeError();
  options.importOptions = std::move(*importOptions);
  if (llvm::Error error = quantizeFlags.apply(options))
    return error;
  if (calibrationSamples.getNumOccurrences() && calibrationSamples <= 0)
    return invalid("calibration-samples", std::to_string(calibrationSamples),
                   "a positive number");
  if (llvm::Error error = checkCombinations())
    return error;
  options.calibration = calibration;
  if (calibrationSamples > 0)
    options.calibrationData.count = calibrationSamples;
  options.calibrationData.seed = calibrationSeed;
  options.profile = profile;
  options.optimizeForSize = optimizeSize;
  options.jobs = jobs;
  return options;
}

llvm::Expected<emit::CodeKind> readEmitKind() {
  if (emitKind == "obj")
    return emit::CodeKind::Object;
  if (emitKind == "asm")
    return emit::CodeKind::Assembly;
  if (emitKind == "llvm")
    return emit::CodeKind::LLVMIR;
  if (emitKind == "archive")
    return emit::CodeKind::Archive;
  return invalid("emit", emitKind, "obj, asm, llvm or archive");
}

llvm::StringRef extensionOf(emit::CodeKind kind) {
  switch (kind) {
  case emit::CodeKind::Object:
    return ".o";
  case emit::CodeKind::Assembly:
    return ".s";
  case emit::CodeKind::LLVMIR:
    return ".ll";
  case emit::CodeKind::Archive:
    return ".a";
  }
  return ".o";
}

std::string printed(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text + "\n";
}

std::string withExtension(llvm::StringRef path, llvm::StringRef extension) {
  llvm::SmallString<128> result(path);
  llvm::sys::path::replace_extension(result, extension);
  return result.str().str();
}

/// What a phase left: MLIR, or LLVM IR after LowerToLLVM.
llvm::Expected<std::string> phaseText(driver::Compilation &compilation,
                                      Phase phase) {
  if (phase != Phase::LowerToLLVM)
    return printed(compilation.module());
  return emit::emitModule(compilation.llvmModule(), compilation.machine(),
                          emit::CodeKind::LLVMIR, "");
}

/// Writes the outputs, the profile among them.
llvm::Error commit(emit::Outputs &outputs,
                   const driver::Compilation &compilation) {
  for (const std::string &path : {input.getValue(), calibration.getValue(),
                                  profile.getValue(), quantizeFlags.planPath()})
    if (!path.empty())
      outputs.protect(path);
  if (!writeProfile.empty() && !compilation.profile())
    return llvm::createStringError("-write-profile: there are no statistics "
                                   "to write");
  if (!writeProfile.empty())
    outputs.add(writeProfile, compilation.profile()->serialize());
  if (!writePlan.empty() && compilation.quantized())
    outputs.add(writePlan, quantize::planOf(compilation.legalizedFunction(),
                                            compilation.quantizedFunction(),
                                            compilation.options().plan
                                                ? &*compilation.options().plan
                                                : nullptr)
                               .serialize());
  return outputs.commit();
}

llvm::Error stopAfter(driver::Compilation &compilation,
                      emit::Outputs &outputs) {
  std::optional<Phase> phase = findPhase(compileTo);
  if (!phase || *phase == Phase::Emit)
    return invalid("compile-to", compileTo,
                   "Import, Legalize, Quantize, LowerToInt, Schedule or "
                   "LowerToLLVM");
  if (llvm::Error error = compilation.runTo(*phase))
    return error;
  auto text = phaseText(compilation, *phase);
  if (!text)
    return text.takeError();
  outputs.add(output.empty() ? "-" : output.getValue(), std::move(*text));
  return commit(outputs, compilation);
}

llvm::Error saveAll(driver::Compilation &compilation, llvm::StringRef path,
                    emit::Outputs &outputs) {
  for (Phase phase : {Phase::Import, Phase::Legalize, Phase::Quantize,
                      Phase::LowerToInt, Phase::Schedule, Phase::LowerToLLVM}) {
    if (llvm::Error error = compilation.runTo(phase))
      return error;
    auto text = phaseText(compilation, phase);
    if (!text)
      return text.takeError();
    std::string extension = "." + phaseName(phase).str() +
                            (phase == Phase::LowerToLLVM ? ".ll" : ".mlir");
    outputs.add(withExtension(path, extension), std::move(*text));
  }
  return llvm::Error::success();
}

/// What the user wants of a verified object.
llvm::Expected<std::string> codeAs(emit::CodeKind kind,
                                   const std::string &object,
                                   driver::Compilation &compilation) {
  if (kind == emit::CodeKind::Object)
    return object;
  if (kind == emit::CodeKind::Archive)
    return emit::makeArchive(object, compilation.options().prefix + ".o");
  return emit::emitModule(compilation.llvmModule(), compilation.machine(), kind,
                          "");
}

llvm::Error compile(driver::Compilation &compilation,
                    driver::Progress &progress, emit::Outputs &outputs) {
  auto kind = readEmitKind();
  if (!kind)
    return kind.takeError();
  if (!compileTo.empty())
    return stopAfter(compilation, outputs);
  std::string path =
      output.empty()
          ? withExtension(llvm::sys::path::filename(input), extensionOf(*kind))
          : output.getValue();
  if (saveTemps)
    if (llvm::Error error = saveAll(compilation, path, outputs))
      return error;
  if (llvm::Error error = compilation.runTo(Phase::LowerToLLVM))
    return error;
  // The object is made and verified whatever form leaves.
  auto object = compilation.emitObject();
  if (!object)
    return object.takeError();
  auto report = compilation.report(*object);
  if (!report)
    return report.takeError();
  if (llvm::Error error = allocateFlags.check(*report))
    return error;
  auto code = codeAs(*kind, *object, compilation);
  if (!code)
    return code.takeError();
  outputs.add(path, std::move(*code));
  if (path != "-" && !emit::isSpecialFile(path))
    outputs.add(withExtension(path, ".h"),
                emit::makeHeader(report->interface, compilation.target(),
                                 llvm::sys::path::filename(input)));
  if (!reportPath.empty())
    outputs.add(reportPath, llvm::StringRef(reportPath).ends_with(".json")
                                ? emit::reportJson(*report)
                                : emit::reportText(*report));
  if (!quiet && path != "-" && reportPath != "-")
    outputs.add("-", emit::reportText(*report));
  progress.clear();
  return commit(outputs, compilation);
}

/// Chooses bits within the budgets, if there are any and no plan is given, and
/// forms of functions, if that is asked for.
llvm::Error choosePlan(driver::CompileOptions &options,
                       emit::Outputs &outputs) {
  std::string costs;
  if (llvm::Error error = allocateFlags.choose(options, &costs))
    return error;
  if (!costs.empty() && !allocateFlags.costsPath().empty())
    outputs.add(allocateFlags.costsPath(), std::move(costs));
  return allocate::chooseForms(options);
}

llvm::Error writePareto(const driver::CompileOptions &options,
                        driver::Progress &progress) {
  auto wanted = allocateFlags.read();
  if (!wanted)
    return wanted.takeError();
  if (options.plan)
    return llvm::createStringError("-pareto chooses all bits, found a plan");
  if (options.searchForms)
    return llvm::createStringError(
        "-pareto and -functions=search exclude each other");
  auto points = allocate::sweep(options, *wanted);
  if (!points)
    return points.takeError();
  llvm::StringRef path = allocateFlags.paretoPath();
  emit::Outputs outputs;
  outputs.protect(input);
  outputs.add(path.str(), path.ends_with(".json")
                              ? allocate::paretoJson(*points)
                              : allocate::paretoPicture(
                                    *points, (llvm::sys::path::filename(input) +
                                              " for " + options.target)
                                                 .str()));
  if (!quiet && path != "-")
    outputs.add("-", allocate::paretoTable(*points));
  progress.clear();
  return outputs.commit();
}

std::string targetNames() {
  std::string text;
  for (const targets::Target &row : targets::allTargets())
    text += (row.name + "\n").str();
  return text;
}

llvm::Error print(std::string text) {
  emit::Outputs outputs;
  outputs.add("-", std::move(text));
  return outputs.commit();
}

/// LLVM reports what it could not parse in one or two lines of its own style.
llvm::Error usageError(llvm::StringRef text) {
  llvm::StringRef line = text.split('\n').first;
  line = line.substr(line.find(": ") + 2).split(".  Try:").first;
  std::string message = line.rtrim("!. ").str();
  message[0] = llvm::toLower(message[0]);
  return llvm::createStringError(message + "; see qcc --help");
}

/// The help text shows the options of qcc, grouped, and none of LLVM.
void prepareHelp() {
  cl::HideUnrelatedOptions(
      {&makeOptions, &quantizeOptions, &budgetOptions, &phaseOptions});
  auto &known = cl::getRegisteredOptions();
  known.lookup("help")->setDescription("print this text");
  known.lookup("help-list")->setDescription("print it without groups");
  known.lookup("version")->setDescription("print the version");
}

int fail(llvm::Error error) {
  if (driver::isReported(error))
    return 1;
  llvm::errs() << "qcc: error: " << llvm::toString(std::move(error)) << "\n";
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  prepareHelp();
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "qcc " QCC_VERSION "\n"; });
  std::string problems;
  llvm::raw_string_ostream problemStream(problems);
  bool parsed = cl::ParseCommandLineOptions(
      argc, argv,
      "compiles a trained network to integer-only code\n\n"
      "  qcc model.mlir -target=cortex-m4 -calibration=images.npz -o "
      "model.o\n\n"
      "writes model.o and model.h.\n",
      &problemStream);
  // A value that an option cannot hold has been reported already.
  if (!parsed)
    return problems.empty() ? 1 : fail(usageError(problems));
  if (listTargets || listOps) {
    llvm::Error error = print(listOps ? driver::listOps() : targetNames());
    return error ? fail(std::move(error)) : 0;
  }
  auto options = readOptions();
  if (!options)
    return fail(options.takeError());
  driver::Progress progress;
  options->progress = [&](Phase phase, llvm::StringRef what, int64_t done,
                          int64_t total) {
    progress.show((phaseName(phase) + " " + what).str(), done, total);
  };
  emit::Outputs outputs;
  llvm::Error error = llvm::Error::success();
  if (allocateFlags.wantPareto()) {
    error = writePareto(*options, progress);
  } else if (!(error = choosePlan(*options, outputs))) {
    driver::Compilation compilation(std::move(*options));
    error = compile(compilation, progress, outputs);
  }
  progress.clear();
  return error ? fail(std::move(error)) : 0;
}
