//===- EmulatorProcess.cpp - Child processes of the emulator --------------===//

#include "compiler/Evaluate/EmulatorProcess.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <optional>

using namespace llvm;

namespace qcc::evaluate {

Expected<std::string> findTool(StringRef program) {
  ErrorOr<std::string> path = sys::findProgramByName(program);
  if (!path)
    return createStringError(
        formatv("'{0}' is needed but not found in PATH", program).str());
  return *path;
}

/// The end of what a program printed, without the newline at its end.
static std::string readPrinted(StringRef path) {
  constexpr size_t limit = 4000;
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return "";
  return (*buffer)->getBuffer().rtrim().take_back(limit).str();
}

static std::string describeEnd(int code, StringRef systemMessage,
                               unsigned timeoutSeconds) {
  // The codes of ExecuteAndWait: -1 did not start, -2 died or took too long.
  if (code == -2 && systemMessage.contains("timed out"))
    return formatv("took longer than {0} seconds", timeoutSeconds);
  if (code < 0)
    return formatv("ended abnormally ({0})", systemMessage);
  return formatv("failed with exit code {0}", code);
}

Error runTool(StringRef program, ArrayRef<std::string> arguments,
              StringRef directory, StringRef label, unsigned timeoutSeconds) {
  // ExecuteAndWait cannot change the directory; env can, and it becomes the
  // program, so that a timeout ends the program itself.
  Expected<std::string> env = findTool("env");
  if (!env)
    return env.takeError();
  SmallString<128> out(directory), err(directory);
  sys::path::append(out, label + ".out");
  sys::path::append(err, label + ".err");
  std::vector<StringRef> command = {*env, "-C", directory, program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {StringRef(), out.str(), err.str()};
  std::string message;
  int code = sys::ExecuteAndWait(*env, command, std::nullopt, redirects,
                                 timeoutSeconds, 0, &message);
  if (code == 0)
    return Error::success();
  std::string printed = readPrinted(err) + readPrinted(out);
  return createStringError(formatv("{0} {1}{2}{3}",
                                   sys::path::filename(program),
                                   describeEnd(code, message, timeoutSeconds),
                                   printed.empty() ? "" : ": ", printed)
                               .str());
}

} // namespace qcc::evaluate
