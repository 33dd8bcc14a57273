// One line that says what is happening, on a terminal only.
#ifndef QCC_COMPILER_DRIVER_PROGRESS_H
#define QCC_COMPILER_DRIVER_PROGRESS_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <string>

namespace qcc::driver {

/// Rewrites one line of standard error; silent when that is no terminal.
class Progress {
public:
  Progress();
  ~Progress() { clear(); }

  /// Shows `what`, with a percentage when `total` is positive. At most ten
  /// times a second, except when `what` is new.
  void show(llvm::StringRef what, int64_t done = 0, int64_t total = 0);
  void clear();

private:
  bool active;
  std::string last;
  std::chrono::steady_clock::time_point lastTime;
};

} // namespace qcc::driver

#endif // QCC_COMPILER_DRIVER_PROGRESS_H
