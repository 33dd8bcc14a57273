#include "compiler/Allocate/HostTimer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/MemoryBuffer.h"

#include <chrono>
#include <limits>
#include <thread>

namespace qcc::allocate {
namespace {

/// Memory for one network: buffers of all ports, the arena and the time stamps
/// behind it, with room after each, as kernels may read a little past the end.
class Buffers {
public:
  Buffers(const emit::Interface &interface, size_t kernels) {
    constexpr size_t room = 256;
    for (const emit::Port &port : interface.inputs)
      inputs.push_back(allocate(port.bytes + room));
    for (const emit::Port &port : interface.outputs)
      outputs.push_back(allocate(port.bytes + room));
    size_t stampsAt = llvm::alignTo(interface.arenaBytes, 8);
    arena = allocate(stampsAt + 8 * (kernels + 1) + room);
    stamps = reinterpret_cast<const uint64_t *>(
        static_cast<const char *>(arena) + stampsAt);
  }

  std::vector<void *> inputs, outputs;
  void *arena;
  const uint64_t *stamps;

private:
  void *allocate(size_t bytes) {
    void *memory = allocator.Allocate(bytes, 64);
    std::memset(memory, 0, bytes);
    return memory;
  }
  llvm::BumpPtrAllocator allocator;
};

/// A tenth of the runs are faster: what else the machine does shows in few.
double undisturbed(std::vector<double> values) {
  auto place = values.begin() + static_cast<ptrdiff_t>(values.size() / 10);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

using Clock = std::chrono::steady_clock;

/// Other programs may slow the machine down by half for many milliseconds, so
/// that runs come in groups with pauses between, and the fastest group counts.
constexpr int kGroups = 25, kRunsOfGroup = 20;
constexpr std::chrono::milliseconds kPause(4), kGroupTime(4), kAllTime(2000);

/// Calls `run` in groups and `endGroup` after each.
void runInGroups(llvm::function_ref<void()> run,
                 llvm::function_ref<void()> endGroup) {
  run(); // fills the caches
  Clock::time_point start = Clock::now();
  for (int group = 0; group < kGroups; ++group) {
    if (group > 2 && Clock::now() - start > kAllTime)
      return;
    if (group > 0)
      std::this_thread::sleep_for(kPause);
    Clock::time_point begin = Clock::now();
    for (int i = 0; i < kRunsOfGroup && Clock::now() - begin < kGroupTime; ++i)
      run();
    endGroup();
  }
}

/// A compiled network in this process.
class Loaded {
public:
  static llvm::Expected<std::unique_ptr<Loaded>>
  load(const std::string &object, const emit::Interface &interface,
       size_t stamps) {
    auto result = std::make_unique<Loaded>(interface, stamps);
    auto jit = llvm::orc::LLJITBuilder().create();
    if (!jit)
      return jit.takeError();
    result->jit = std::move(*jit);
    if (llvm::Error error =
            result->jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(
                object, interface.prefix + ".o")))
      return std::move(error);
    auto symbol = result->jit->lookup(interface.prefix + "_run");
    if (!symbol)
      return symbol.takeError();
    result->function = symbol->toPtr<Function>();
    return result;
  }

  Loaded(const emit::Interface &interface, size_t stamps)
      : buffers(interface, stamps) {}

  /// Microseconds of one run.
  double run() {
    auto before = std::chrono::steady_clock::now();
    function(buffers.inputs.data(), buffers.outputs.data(), buffers.arena);
    return std::chrono::duration<double, std::micro>(
               std::chrono::steady_clock::now() - before)
        .count();
  }
  /// Of the k-th kernel in the last run, in ticks of the processor.
  double ticks(size_t k) const {
    return static_cast<double>(buffers.stamps[k + 1] - buffers.stamps[k]);
  }

private:
  using Function = int (*)(void *const *, void *const *, void *arena);
  std::unique_ptr<llvm::orc::LLJIT> jit;
  Function function = nullptr;
  Buffers buffers;
};

} // namespace

llvm::Expected<std::vector<double>>
timeKernels(const std::string &object, const emit::Interface &interface,
            size_t kernels) {
  auto network = Loaded::load(object, interface, kernels);
  if (!network)
    return network.takeError();
  std::vector<std::vector<double>> ticks(kernels);
  std::vector<double> fastest(kernels, std::numeric_limits<double>::infinity());
  double allTicks = 0, microseconds = 0;
  runInGroups(
      [&] {
        microseconds += (*network)->run();
        for (size_t k = 0; k < kernels; ++k) {
          ticks[k].push_back((*network)->ticks(k));
          allTicks += ticks[k].back();
        }
      },
      [&] {
        for (size_t k = 0; k < kernels; ++k) {
          fastest[k] = std::min(fastest[k], undisturbed(std::move(ticks[k])));
          ticks[k].clear();
        }
      });
  for (double &time : fastest)
    time *= microseconds / allTicks;
  return fastest;
}

llvm::Expected<double> timeNetwork(const std::string &object,
                                   const emit::Interface &interface) {
  auto network = Loaded::load(object, interface, 0);
  if (!network)
    return network.takeError();
  std::vector<double> times;
  double fastest = std::numeric_limits<double>::infinity();
  runInGroups([&] { times.push_back((*network)->run()); },
              [&] {
                fastest = std::min(fastest, undisturbed(std::move(times)));
                times.clear();
              });
  return fastest;
}

} // namespace qcc::allocate
