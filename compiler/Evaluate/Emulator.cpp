//===- Emulator.cpp - Runs compiled models where they belong --------------===//

#include "compiler/Evaluate/Emulator.h"

#include "compiler/Evaluate/EmulatorCount.h"
#include "compiler/Evaluate/EmulatorProcess.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace qcc::evaluate {

ArrayRef<EmulatorRow> getEmulatorRows() {
  static const EmulatorRow rows[] = {
#define QCC_EMULATOR(name, kind, board, program, arguments, flags, ram,        \
                     features)                                                 \
  {name, EmulatorKind::kind, board, program, arguments, flags, ram, features},
#include "runtime/boards/emulators.inc"
  };
  return rows;
}

const EmulatorRow *findEmulator(StringRef name) {
  for (const EmulatorRow &row : getEmulatorRows())
    if (row.name == name)
      return &row;
  return nullptr;
}

char HostLacksFeature::ID = 0;

void HostLacksFeature::log(raw_ostream &os) const {
  os << "emulator '" << row << "' needs a host with " << feature
     << ", which this one lacks";
}

std::error_code HostLacksFeature::convertToErrorCode() const {
  return inconvertibleErrorCode();
}

//===----------------------------------------------------------------------===//
// Files and tools
//===----------------------------------------------------------------------===//

static std::string joinPath(StringRef directory, const Twine &name) {
  SmallString<128> path(directory);
  sys::path::append(path, name);
  return std::string(path);
}

/// `name` in the nearest directory above the running program that has it: the
/// root of a build tree or of an installation.
static Expected<std::string> findAbove(StringRef name) {
  static int anchor;
  std::string program = sys::fs::getMainExecutable(nullptr, &anchor);
  for (StringRef above = sys::path::parent_path(program); !above.empty();
       above = sys::path::parent_path(above)) {
    std::string path = joinPath(above, name);
    if (sys::fs::exists(path))
      return path;
  }
  return createStringError(
      formatv("'{0}' is not found above '{1}'", name, program).str());
}

static std::vector<std::string> splitWords(StringRef text) {
  SmallVector<StringRef> words;
  SplitString(text, words);
  return std::vector<std::string>(words.begin(), words.end());
}

static Error checkHost(const EmulatorRow &row) {
  StringMap<bool> features = sys::getHostCPUFeatures();
  SmallVector<StringRef> needed;
  row.hostFeatures.split(needed, ',', -1, /*KeepEmpty=*/false);
  for (StringRef feature : needed)
    if (!features.lookup(feature))
      return make_error<HostLacksFeature>(row.name.str(), feature.str());
  return Error::success();
}

struct EmulatedModel::TemporaryDirectory {
  std::string path;
  ~TemporaryDirectory() {
    if (!path.empty())
      sys::fs::remove_directories(path);
  }
  std::string operator/(StringRef name) const { return joinPath(path, name); }
};

EmulatedModel::EmulatedModel(const EmulatorRow &row, std::string qemu,
                             std::string pluginPath)
    : row(&row), qemu(std::move(qemu)), pluginPath(std::move(pluginPath)),
      directory(std::make_unique<TemporaryDirectory>()) {}

EmulatedModel::EmulatedModel(EmulatedModel &&) = default;
EmulatedModel::~EmulatedModel() = default;

static Expected<std::vector<uint8_t>> readBytes(const std::string &path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNull=*/false,
                            /*IsVolatile=*/true);
  if (!buffer)
    return createFileError(path, buffer.getError());
  return std::vector<uint8_t>((*buffer)->getBuffer().bytes_begin(),
                              (*buffer)->getBuffer().bytes_end());
}

static Error writeBytes(const std::string &path, ArrayRef<uint8_t> bytes) {
  std::error_code error;
  raw_fd_ostream os(path, error);
  if (error)
    return createFileError(path, error);
  os << toStringRef(bytes);
  os.close();
  if (os.has_error()) {
    error = os.error();
    os.clear_error();
    return createFileError(path, error);
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

/// Compiling the runner or linking takes well under a second.
static constexpr unsigned toolTimeoutSeconds = 120;

Expected<Emulator> Emulator::create(const EmulatorRow &row) {
  Emulator emulator(row);
  if (Error error = checkHost(row))
    return std::move(error);
  Expected<std::string> clang = findTool("clang-22");
  if (!clang)
    return clang.takeError();
  emulator.clang = std::move(*clang);
  if (!row.program.empty()) {
    Expected<std::string> qemu = findTool(row.program);
    if (!qemu)
      return qemu.takeError();
    emulator.qemu = std::move(*qemu);
  }
  Expected<std::string> runtime = findAbove("share/qcc/runtime");
  if (!runtime)
    return runtime.takeError();
  emulator.runtimeDirectory = std::move(*runtime);
  // Only counting needs the plugin, and says so when it is missing.
  Expected<std::string> plugin = findAbove("lib/libqcc_count.so");
  if (plugin)
    emulator.pluginPath = std::move(*plugin);
  else
    consumeError(plugin.takeError());
  return emulator;
}

static std::vector<std::string> getCompileFlags(const EmulatorRow &row) {
  std::vector<std::string> flags = splitWords(row.clangFlags);
  for (const char *flag : {"-std=c99", "-O2", "-ffreestanding",
                           "-ffunction-sections", "-fdata-sections", "-g0"})
    flags.push_back(flag);
  return flags;
}

Error Emulator::compile(StringRef source, StringRef objectPath,
                        ArrayRef<std::string> flags) const {
  EmulatedModel::TemporaryDirectory scratch;
  SmallString<128> path;
  if (std::error_code error = sys::fs::createUniqueDirectory("qcc-cc", path))
    return createFileError("a temporary directory", error);
  scratch.path = std::string(path);
  SmallString<128> from(source), to(objectPath);
  sys::fs::make_absolute(from);
  sys::fs::make_absolute(to);
  std::vector<std::string> arguments = getCompileFlags(*row);
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  for (StringRef argument :
       {StringRef("-c"), StringRef(from), StringRef("-o"), StringRef(to)})
    arguments.push_back(argument.str());
  return runTool(clang, arguments, scratch.path, "clang", toolTimeoutSeconds);
}

/// What goes to clang besides the row's flags: macros, sources, link options.
static std::vector<std::string> getBuildArguments(const EmulatorRow &row,
                                                  StringRef runtime,
                                                  const CompiledModel &model,
                                                  const BuildOptions &options) {
  SmallString<128> header(model.headerPath), object(model.objectPath);
  sys::fs::make_absolute(header);
  sys::fs::make_absolute(object);
  std::vector<std::string> arguments = {
      ("-I" + runtime).str(),
      ("-I" + runtime + "/include").str(),
      formatv("-DQCC_MODEL_HEADER=\"{0}\"", header.str()),
      "-DQCC_MODEL=" + model.name,
      "-DQCC_MODEL_UPPER=" + StringRef(model.name).upper(),
      formatv("-DQCC_IO_ALIGN={0}", options.ioAlign),
      "-nostdlib",
      "-static",
      "-fuse-ld=lld",
      "-Wl,--gc-sections",
      (runtime + "/runner/runner.c").str(),
      (runtime + "/src/memory.c").str(),
      (runtime + "/src/aeabi.c").str()};
  if (row.kind == EmulatorKind::Board) {
    std::string boards = (runtime + "/boards").str();
    arguments.push_back(boards + "/common/start.c");
    arguments.push_back(boards + "/common/semihosting.c");
    arguments.push_back("-Wl,-L" + boards + "/common");
    arguments.push_back("-Wl,-T," + boards + "/" + row.board.str() +
                        "/link.ld");
    if (options.stackBytes)
      arguments.push_back(
          formatv("-Wl,--defsym=__stack_bytes={0}", options.stackBytes));
  } else {
    arguments.push_back((runtime + "/linux/platform.c").str());
  }
  arguments.push_back(std::string(object));
  return arguments;
}

static constexpr StringLiteral programName = "program.elf";

Expected<EmulatedModel> Emulator::build(const CompiledModel &model,
                                        const BuildOptions &options) const {
  EmulatedModel result(*row, qemu, pluginPath);
  SmallString<128> path;
  if (std::error_code error = sys::fs::createUniqueDirectory("qcc-run", path))
    return createFileError("a temporary directory", error);
  result.directory->path = std::string(path);
  std::vector<std::string> arguments = getCompileFlags(*row);
  for (std::string &argument :
       getBuildArguments(*row, runtimeDirectory, model, options))
    arguments.push_back(std::move(argument));
  arguments.push_back("-o");
  arguments.push_back(programName.str());
  if (Error error = runTool(clang, arguments, result.directory->path, "clang",
                            toolTimeoutSeconds))
    return std::move(error);
  return result;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

std::string EmulatedModel::getProgramPath() const {
  return *directory / programName;
}

/// The command line behind the program's name.
static std::vector<std::string> getRunArguments(const EmulatorRow &row,
                                                StringRef plugin) {
  std::vector<std::string> arguments = splitWords(row.arguments);
  if (!plugin.empty()) {
    arguments.push_back("-plugin");
    arguments.push_back(plugin.str());
  }
  if (row.kind == EmulatorKind::Board)
    for (const char *argument :
         {"-display", "none", "-serial", "none", "-monitor", "none",
          "-semihosting-config", "enable=on,target=native", "-kernel"})
      arguments.push_back(argument);
  if (row.kind != EmulatorKind::Host)
    arguments.push_back(programName.str());
  return arguments;
}

Expected<RunResult> EmulatedModel::run(ArrayRef<uint8_t> inputs,
                                       const RunOptions &options) const {
  const TemporaryDirectory &dir = *directory;
  if (Error error = writeBytes(dir / "inputs.bin", inputs))
    return std::move(error);
  for (const char *name : {"outputs.bin", "stack.bin", "counts.txt"})
    sys::fs::remove(dir / name);

  std::string plugin;
  if (options.countInstructions) {
    if (row->kind == EmulatorKind::Host)
      return createStringError(formatv("emulator '{0}' runs on the host, where "
                                       "instructions cannot be counted",
                                       row->name)
                                   .str());
    if (pluginPath.empty())
      return createStringError("'lib/libqcc_count.so' is needed to count "
                               "instructions but not found");
    Expected<std::string> arguments = writeRanges(
        getProgramPath(), dir / "ranges.txt", "ranges.txt", "counts.txt");
    if (!arguments)
      return arguments.takeError();
    plugin = pluginPath + "," + *arguments;
  }

  std::string program =
      row->kind == EmulatorKind::Host ? getProgramPath() : qemu;
  if (Error error = runTool(program, getRunArguments(*row, plugin), dir.path,
                            "run", options.timeoutSeconds))
    return createStringError(
        formatv("emulator '{0}': {1}", row->name, toString(std::move(error)))
            .str());

  RunResult result;
  Expected<std::vector<uint8_t>> outputs = readBytes(dir / "outputs.bin");
  if (!outputs)
    return outputs.takeError();
  result.outputs = std::move(*outputs);
  Expected<std::vector<uint8_t>> stack = readBytes(dir / "stack.bin");
  if (!stack)
    return stack.takeError();
  if (stack->size() == 4)
    result.stackBytes = support::endian::read32le(stack->data());
  if (options.countInstructions) {
    Expected<InstructionCounts> counts = readCounts(dir / "counts.txt");
    if (!counts)
      return counts.takeError();
    result.counts = std::move(*counts);
  }
  return result;
}

} // namespace qcc::evaluate
