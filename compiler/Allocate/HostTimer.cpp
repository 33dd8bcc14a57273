#include "compiler/Allocate/HostTimer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/MemoryBuffer.h"

#include <chrono>

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

} // namespace

llvm::Expected<std::vector<double>>
timeKernels(const std::string &object, const emit::Interface &interface,
            size_t kernels, int runs) {
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error =
          (*jit)->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(
              object, interface.prefix + ".o")))
    return std::move(error);
  auto symbol = (*jit)->lookup(interface.prefix + "_run");
  if (!symbol)
    return symbol.takeError();
  auto *run =
      symbol->toPtr<int (*)(void *const *, void *const *, void *arena)>();

  Buffers buffers(interface, kernels);
  std::vector<std::vector<double>> ticks(kernels);
  double allTicks = 0, microseconds = 0;
  for (int i = -runs / 10; i < runs; ++i) {
    auto before = std::chrono::steady_clock::now();
    run(buffers.inputs.data(), buffers.outputs.data(), buffers.arena);
    std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - before;
    if (i < 0)
      continue;
    for (size_t k = 0; k < kernels; ++k)
      ticks[k].push_back(
          static_cast<double>(buffers.stamps[k + 1] - buffers.stamps[k]));
    allTicks +=
        static_cast<double>(buffers.stamps[kernels] - buffers.stamps[0]);
    microseconds += took.count();
  }
  std::vector<double> result;
  for (const std::vector<double> &kernel : ticks)
    result.push_back(undisturbed(kernel) * microseconds / allTicks);
  return result;
}

} // namespace qcc::allocate
