#include "passes/Schedule/ArenaPlanner.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>

namespace qcc {
namespace {

bool liveTogether(const Buffer &a, const Buffer &b) {
  return a.first <= b.last && b.first <= a.last;
}

/// Portable pseudo-random numbers (splitmix64).
class Random {
public:
  uint64_t next() {
    uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  size_t below(size_t n) { return next() % n; }

private:
  uint64_t state = 1;
};

class Planner {
public:
  Planner(llvm::ArrayRef<Buffer> given, int64_t alignment)
      : buffers(given.begin(), given.end()) {
    for (Buffer &buffer : buffers)
      buffer.bytes = llvm::alignTo(buffer.bytes, alignment);
  }

  ArenaPlan plan() {
    best.lowerBound = lowerBound();
    best.bytes = INT64_MAX;
    best.offsets.assign(buffers.size(), 0);
    if (buffers.empty()) {
      best.bytes = 0;
      return best;
    }
    for (std::vector<size_t> order : startingOrders())
      if (tryOrder(order))
        return best;
    improve();
    return best;
  }

private:
  int64_t lowerBound() const {
    int64_t most = 0;
    for (const Buffer &at : buffers) {
      int64_t live = 0;
      for (const Buffer &other : buffers)
        if (other.first <= at.first && at.first <= other.last)
          live += other.bytes;
      most = std::max(most, live);
    }
    return most;
  }

  std::vector<std::vector<size_t>> startingOrders() const {
    std::vector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    auto sortedBy = [&](auto key) {
      std::vector<size_t> sorted = order;
      llvm::sort(sorted, [&](size_t a, size_t b) {
        return std::make_pair(-key(buffers[a]), a) <
               std::make_pair(-key(buffers[b]), b);
      });
      return sorted;
    };
    return {sortedBy([](const Buffer &b) { return b.bytes; }),
            sortedBy([](const Buffer &b) {
              return b.bytes * (b.last - b.first + 1);
            }),
            sortedBy([](const Buffer &b) { return b.last - b.first; }),
            sortedBy([](const Buffer &b) { return -b.first; })};
  }

  /// Swaps places in the best order while that helps or changes nothing.
  void improve() {
    Random random;
    std::vector<size_t> current = bestOrder;
    for (int trial = 0; trial < 2000 && buffers.size() > 1; ++trial) {
      std::vector<size_t> candidate = current;
      std::swap(candidate[random.below(candidate.size())],
                candidate[random.below(candidate.size())]);
      int64_t before = best.bytes;
      if (tryOrder(candidate))
        return;
      if (lastBytes <= before)
        current = candidate;
    }
  }

  /// Places in that order; true when the lower bound is reached.
  bool tryOrder(const std::vector<size_t> &order) {
    std::vector<int64_t> offsets(buffers.size(), 0);
    int64_t total = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      offsets[order[i]] = bestFit(
          order[i], llvm::ArrayRef<size_t>(order).take_front(i), offsets);
      total = std::max(total, offsets[order[i]] + buffers[order[i]].bytes);
    }
    lastBytes = total;
    if (total < best.bytes) {
      best.bytes = total;
      best.offsets = offsets;
      bestOrder = order;
    }
    return best.bytes == best.lowerBound;
  }

  /// The smallest gap between placed neighbours in time that holds the buffer.
  int64_t bestFit(size_t which, llvm::ArrayRef<size_t> placed,
                  llvm::ArrayRef<int64_t> offsets) const {
    llvm::SmallVector<std::pair<int64_t, int64_t>, 16> taken;
    for (size_t other : placed)
      if (liveTogether(buffers[which], buffers[other]))
        taken.push_back(
            {offsets[other], offsets[other] + buffers[other].bytes});
    llvm::sort(taken);
    int64_t end = 0, chosen = -1, smallest = INT64_MAX;
    for (auto [from, to] : taken) {
      int64_t gap = from - end;
      if (gap >= buffers[which].bytes && gap < smallest) {
        smallest = gap;
        chosen = end;
      }
      end = std::max(end, to);
    }
    return chosen >= 0 ? chosen : end;
  }

  std::vector<Buffer> buffers;
  ArenaPlan best;
  std::vector<size_t> bestOrder;
  int64_t lastBytes = 0;
};

} // namespace

ArenaPlan planArena(llvm::ArrayRef<Buffer> buffers, int64_t alignment) {
  return Planner(buffers, alignment).plan();
}

} // namespace qcc
