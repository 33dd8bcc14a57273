#include "passes/Schedule/ArenaPlanner.h"
#include "passes/Schedule/Layouts.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"

#include <numeric>

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_PLANARENA
#include "passes/Schedule/Passes.h.inc"

namespace {

struct PlanArena : impl::PlanArenaBase<PlanArena> {
  PlanArena(PlanArenaOptions options, const targets::KernelProvider &portable)
      : PlanArenaBase(std::move(options)), portable(portable) {}
  PlanArena(const PlanArena &other)
      : PlanArenaBase(other), portable(other.portable) {}

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    auto target = targets::findTarget(targetName);
    if (!target) {
      function.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    buffers.clear();
    tensors.clear();
    scratches.clear();
    takeovers.clear();
    collect(function, **target);
    ArenaPlan apart = planArena(buffers, (*target)->alignment);
    std::vector<size_t> places = shareBuffers();
    if (!takeovers.empty()) {
      // One place for several tensors binds them for a longer time, which
      // seldom is worse.
      ArenaPlan shared = planShared(places, (*target)->alignment);
      if (shared.bytes < apart.bytes) {
        for (Takeover &taken : takeovers)
          taken.kernel.setOverwrites(taken.operand);
        return write(function, shared);
      }
    }
    write(function, apart);
  }

  /// One buffer per kernel result that is no output, one per scratch.
  void collect(func::FuncOp function, const targets::Target &target) {
    llvm::DenseSet<Value> outputs;
    for (Value result :
         function.getBody().front().getTerminator()->getOperands())
      outputs.insert(storageOf(result));
    llvm::DenseMap<Value, size_t> bufferOf;
    int64_t step = 0;
    for (qint::KernelOp kernel : function.getOps<qint::KernelOp>()) {
      targets::KernelSource source = sourceOf(kernel);
      targets::KernelNeeds needs =
          targets::selectProvider(source, target, portable)
              .needs(source, target);
      for (auto [i, input] : llvm::enumerate(kernel.getInputs())) {
        auto found = bufferOf.find(storageOf(input));
        if (found == bufferOf.end())
          continue;
        Buffer &buffer = buffers[found->second];
        buffer.last = step;
        int64_t slack = i < needs.overread.size() ? needs.overread[i] : 0;
        buffer.bytes = std::max(buffer.bytes, source.inputs[i].bytes() + slack);
      }
      if (!outputs.contains(kernel.getOutput())) {
        for (unsigned operand : needs.overwritable)
          if (isOnlyOperandOfItsBuffer(kernel, operand))
            if (auto found =
                    bufferOf.find(storageOf(kernel.getInputs()[operand]));
                found != bufferOf.end())
              takeovers.push_back(
                  {kernel, operand, found->second, buffers.size()});
        bufferOf[kernel.getOutput()] = buffers.size();
        tensors.push_back({kernel, buffers.size()});
        buffers.push_back({source.output.bytes(), step, step});
      }
      if (needs.scratchBytes > 0) {
        scratches.push_back({kernel, buffers.size()});
        buffers.push_back({needs.scratchBytes, step, step});
      }
      ++step;
    }
  }

  /// Gives results the place of an operand that dies there: the buffers that
  /// every buffer shares a place with, as the number of the first of them.
  std::vector<size_t> shareBuffers() {
    std::vector<size_t> places(buffers.size());
    std::iota(places.begin(), places.end(), 0);
    llvm::erase_if(takeovers, [&](const Takeover &taken) {
      if (buffers[taken.from].last != buffers[taken.to].first ||
          places[taken.to] != taken.to)
        return true; // read later, or another operand's place is taken
      places[taken.to] = places[taken.from];
      return false;
    });
    return places;
  }

  /// A plan for all buffers in which those of one place have one offset.
  ArenaPlan planShared(llvm::ArrayRef<size_t> places, int64_t alignment) {
    std::vector<Buffer> merged;
    std::vector<size_t> mergedOf(buffers.size());
    for (auto [i, place] : llvm::enumerate(places)) {
      if (place == i) {
        mergedOf[i] = merged.size();
        merged.push_back(buffers[i]);
        continue;
      }
      mergedOf[i] = mergedOf[place];
      Buffer &buffer = merged[mergedOf[i]];
      buffer.bytes = std::max(buffer.bytes, buffers[i].bytes);
      buffer.last = std::max(buffer.last, buffers[i].last);
    }
    ArenaPlan plan = planArena(merged, alignment);
    std::vector<int64_t> offsets;
    for (size_t index : mergedOf)
      offsets.push_back(plan.offsets[index]);
    plan.offsets = std::move(offsets);
    return plan;
  }

  void write(func::FuncOp function, const ArenaPlan &plan) {
    for (auto [kernel, index] : tensors)
      kernel.setOffset(plan.offsets[index]);
    for (auto [kernel, index] : scratches) {
      kernel.setScratch(buffers[index].bytes);
      kernel.setScratchOffset(plan.offsets[index]);
    }
    Builder builder(&getContext());
    function->setAttr("qint.arena_bytes",
                      builder.getI64IntegerAttr(plan.bytes));
    function->setAttr("qint.arena_lower_bound",
                      builder.getI64IntegerAttr(plan.lowerBound));
  }

  static bool isOnlyOperandOfItsBuffer(qint::KernelOp kernel,
                                       unsigned operand) {
    Value storage = storageOf(kernel.getInputs()[operand]);
    return llvm::count_if(kernel.getInputs(), [&](Value input) {
             return storageOf(input) == storage;
           }) == 1;
  }

  /// The result of `kernel`, buffer `to`, may take the place of buffer `from`.
  struct Takeover {
    qint::KernelOp kernel;
    unsigned operand;
    size_t from, to;
  };

  const targets::KernelProvider &portable;
  std::vector<Takeover> takeovers;
  std::vector<Buffer> buffers;
  std::vector<std::pair<qint::KernelOp, size_t>> tensors, scratches;
};

} // namespace

std::unique_ptr<Pass> createPlanArena(PlanArenaOptions options,
                                      const targets::KernelProvider &portable) {
  return std::make_unique<PlanArena>(std::move(options), portable);
}

void registerSchedulePasses(const targets::KernelProvider &portable) {
  const targets::KernelProvider *provider = &portable;
  registerPass([] { return createHoldUnsigned(); });
  registerPass([] { return createExposeTransposes(); });
  registerPass([] { return createFormKernels(); });
  registerPass([provider] { return createAssignLayouts({}, *provider); });
  registerPass([provider] { return createPlanArena({}, *provider); });
  registerPass([] { return createVerifySchedule(); });
}

} // namespace qcc
