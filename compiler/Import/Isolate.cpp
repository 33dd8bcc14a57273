#include "compiler/Import/Isolate.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qcc::import {
namespace {

[[noreturn]] void runChild(llvm::function_ref<void()> run, unsigned seconds) {
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
  run();
  _exit(0);
}

} // namespace

bool survives(llvm::function_ref<void()> run, unsigned seconds) {
  pid_t child = fork();
  if (child < 0)
    return true;
  if (child == 0)
    runChild(run, seconds);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return true;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace qcc::import
