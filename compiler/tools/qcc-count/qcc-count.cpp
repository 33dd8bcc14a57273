//===- qcc-count.cpp - Runs a compiled model and counts instructions ------===//
//
// Builds a program around model.o, runs it on an emulator and prints the
// instructions of each function, exactly, and the stack that was used. Also the
// shortest way to get a compiled model's outputs for given input bytes.
//
//===----------------------------------------------------------------------===//

#include "compiler/Evaluate/Emulator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

#include <random>
#include <tuple>

using namespace llvm;
using namespace qcc::evaluate;

static cl::OptionCategory category("qcc-count options");
static cl::opt<std::string> objectPath(cl::Positional, cl::Required,
                                       cl::desc("<model.o>"),
                                       cl::cat(category));
static cl::opt<std::string>
    emulatorName("emulator", cl::Required, cl::cat(category),
                 cl::desc("row of runtime/boards/emulators.inc"),
                 cl::value_desc("name"));
static cl::opt<std::string>
    headerPath("header", cl::cat(category),
               cl::desc("the model's header (default: <model.o> with .h)"),
               cl::value_desc("file"));
static cl::opt<std::string>
    modelName("name", cl::cat(category),
              cl::desc("prefix of the model's symbols (default: the name of "
                       "<model.o>)"),
              cl::value_desc("name"));
static cl::opt<std::string>
    inputsPath("inputs", cl::cat(category),
               cl::desc("raw samples (default: random bytes)"),
               cl::value_desc("file"));
static cl::opt<std::string> outputsPath("outputs", cl::cat(category),
                                        cl::desc("where raw outputs go"),
                                        cl::value_desc("file"));
static cl::opt<unsigned> numSamples("samples", cl::cat(category), cl::init(1),
                                    cl::desc("number of random samples"));
static cl::opt<unsigned> seed("seed", cl::cat(category), cl::init(1),
                              cl::desc("of the random samples"));
static cl::opt<unsigned> timeoutSeconds("timeout", cl::cat(category),
                                        cl::init(120),
                                        cl::desc("seconds the run may take"));
static cl::opt<bool> noCount("no-count", cl::cat(category),
                             cl::desc("run without counting"));
static cl::opt<bool> printAsJson("json", cl::cat(category),
                                 cl::desc("print JSON instead of text"));

/// Bytes of one sample: the sum of NAME_INPUT<k>_BYTES in the header.
static Expected<uint64_t> readSampleBytes(StringRef path, StringRef name) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createFileError(path, buffer.getError());
  Regex macro("^#define " + name.upper() + "_INPUT[0-9]+_BYTES +([0-9]+)");
  uint64_t total = 0;
  SmallVector<StringRef> lines, groups;
  (*buffer)->getBuffer().split(lines, '\n');
  for (StringRef line : lines) {
    uint64_t bytes;
    if (macro.match(line, &groups) && !groups[1].getAsInteger(10, bytes))
      total += bytes;
  }
  if (total == 0)
    return createStringError(
        formatv("'{0}' does not define {1}_INPUT0_BYTES", path, name.upper())
            .str());
  return total;
}

static Expected<std::vector<uint8_t>> getInputs(const CompiledModel &model) {
  if (!inputsPath.empty()) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
        MemoryBuffer::getFile(inputsPath);
    if (!buffer)
      return createFileError(inputsPath, buffer.getError());
    return std::vector<uint8_t>((*buffer)->getBuffer().bytes_begin(),
                                (*buffer)->getBuffer().bytes_end());
  }
  Expected<uint64_t> bytes = readSampleBytes(model.headerPath, model.name);
  if (!bytes)
    return bytes.takeError();
  std::mt19937 random(seed);
  std::vector<uint8_t> inputs(*bytes * numSamples);
  for (uint8_t &byte : inputs)
    byte = uint8_t(random() >> 11);
  return inputs;
}

static void printText(const EmulatorRow &row, const RunResult &result) {
  outs() << formatv("emulator      {0}\nstack bytes   {1}\n", row.name,
                    result.stackBytes);
  if (!result.counts)
    return;
  const InstructionCounts &counts = *result.counts;
  outs() << formatv("runs          {0}\ninstructions  {1}\n\n", counts.runs,
                    counts.total);
  for (const InstructionCounts::Function &function : counts.functions)
    outs() << formatv("{0,12}  {1,5:f1} %  {2}\n", function.instructions,
                      100.0 * function.instructions / counts.total,
                      function.name);
}

static void printJson(const EmulatorRow &row, const RunResult &result) {
  json::OStream os(outs(), 2);
  os.object([&] {
    os.attribute("emulator", row.name);
    os.attribute("stack_bytes", int64_t(result.stackBytes));
    if (!result.counts)
      return;
    os.attribute("runs", int64_t(result.counts->runs));
    os.attribute("instructions", int64_t(result.counts->total));
    os.attributeArray("functions", [&] {
      for (const InstructionCounts::Function &function :
           result.counts->functions)
        os.object([&] {
          os.attribute("name", function.name);
          os.attribute("instructions", int64_t(function.instructions));
        });
    });
  });
  outs() << "\n";
}

static Error writeOutputs(ArrayRef<uint8_t> bytes) {
  std::error_code error;
  raw_fd_ostream os(outputsPath, error);
  if (error)
    return createFileError(outputsPath, error);
  os << toStringRef(bytes);
  return Error::success();
}

static Error runModel() {
  const EmulatorRow *row = findEmulator(emulatorName);
  if (!row) {
    auto names = map_range(getEmulatorRows(),
                           [](const EmulatorRow &row) { return row.name; });
    return createStringError(formatv("no emulator '{0}', expected one of {1}",
                                     emulatorName, join(names, ", "))
                                 .str());
  }
  SmallString<128> header(objectPath);
  sys::path::replace_extension(header, "h");
  CompiledModel model{objectPath, headerPath, modelName};
  if (model.headerPath.empty())
    model.headerPath = std::string(header);
  if (model.name.empty())
    model.name = sys::path::stem(objectPath).str();

  Expected<std::vector<uint8_t>> inputs = getInputs(model);
  if (!inputs)
    return inputs.takeError();
  Expected<Emulator> emulator = Emulator::create(*row);
  if (!emulator)
    return emulator.takeError();
  Expected<EmulatedModel> program = emulator->build(model);
  if (!program)
    return program.takeError();
  RunOptions options;
  options.timeoutSeconds = timeoutSeconds;
  options.countInstructions = !noCount && row->kind != EmulatorKind::Host;
  Expected<RunResult> result = program->run(*inputs, options);
  if (!result)
    return result.takeError();

  if (result->counts) // the most expensive function first
    llvm::sort(result->counts->functions, [](const auto &a, const auto &b) {
      return std::tie(b.instructions, a.name) <
             std::tie(a.instructions, b.name);
    });
  printAsJson ? printJson(*row, *result) : printText(*row, *result);
  return outputsPath.empty() ? Error::success() : writeOutputs(result->outputs);
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "runs a compiled model and counts its instructions\n");
  Error error = runModel();
  if (!error)
    return 0;
  int code = 1;
  // 77, by custom, says "skipped" to test drivers.
  if (error.isA<HostLacksFeature>()) {
    code = 77;
    errs() << "qcc-count: not run: " << toString(std::move(error)) << "\n";
  } else {
    WithColor::error(errs(), "qcc-count") << toString(std::move(error)) << "\n";
  }
  return code;
}
