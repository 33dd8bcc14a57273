// Offsets for buffers of known lifetimes in one arena.
#ifndef QCC_PASSES_SCHEDULE_ARENAPLANNER_H
#define QCC_PASSES_SCHEDULE_ARENAPLANNER_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace qcc {

/// A buffer of `bytes` that is live in steps [first, last].
struct Buffer {
  int64_t bytes = 0;
  int64_t first = 0;
  int64_t last = 0;
};

struct ArenaPlan {
  std::vector<int64_t> offsets; ///< one per buffer, multiples of the alignment
  int64_t bytes = 0;            ///< size of the arena
  int64_t lowerBound = 0;       ///< most bytes live in one step, aligned
};

/// Places the buffers: best fit in several orders, then a local search over
/// orders that stops at the lower bound or after a fixed number of trials. The
/// same input gives the same plan everywhere. `alignment` is a power of two;
/// sizes are rounded up to it.
ArenaPlan planArena(llvm::ArrayRef<Buffer> buffers, int64_t alignment);

} // namespace qcc

#endif // QCC_PASSES_SCHEDULE_ARENAPLANNER_H
