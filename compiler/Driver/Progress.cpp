#include "compiler/Driver/Progress.h"

#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>
#include <unistd.h>

namespace qcc::driver {

Progress::Progress() : active(isatty(STDERR_FILENO) != 0) {}

void Progress::show(llvm::StringRef what, int64_t done, int64_t total) {
  if (!active)
    return;
  auto now = std::chrono::steady_clock::now();
  if (what == last && now - lastTime < std::chrono::milliseconds(100))
    return;
  last = what.str();
  lastTime = now;
  std::string share =
      total > 0 ? fmt::format(" {:3}%", 100 * done / total) : std::string();
  llvm::errs() << fmt::format("\r\033[K{}{}", last, share);
  llvm::errs().flush();
}

void Progress::clear() {
  if (!active || last.empty())
    return;
  llvm::errs() << "\r\033[K";
  llvm::errs().flush();
  last.clear();
}

} // namespace qcc::driver
