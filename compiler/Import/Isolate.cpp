#include "compiler/Import/Isolate.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qcc::import {
namespace {

[[noreturn]] void runChild(llvm::function_ref<void(llvm::raw_ostream &)> run,
                           unsigned seconds, int output) {
  // Crashes end the child quietly: no handler of the parent reports them.
  for (int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP})
    std::signal(number, SIG_DFL);
  rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  rlimit time = {seconds, seconds};
  setrlimit(RLIMIT_CPU, &time);
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) {
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
  }
  {
    llvm::raw_fd_ostream stream(output, /*shouldClose=*/true);
    run(stream);
  }
  _exit(0);
}

std::string readAll(int input) {
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    ssize_t count = read(input, buffer, sizeof(buffer));
    if (count > 0)
      text.append(buffer, count);
    else if (count == 0 || errno != EINTR)
      return text;
  }
}

} // namespace

std::optional<std::string>
runIsolated(llvm::function_ref<void(llvm::raw_ostream &)> run,
            unsigned seconds) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return std::nullopt;
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    runChild(run, seconds, ends[1]);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return std::nullopt;
  }
  std::string text = readAll(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return std::nullopt;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return std::nullopt;
  return text;
}

} // namespace qcc::import
