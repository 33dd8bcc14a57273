#include "passes/Schedule/ArenaPlanner.h"
#include "passes/Schedule/Layouts.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"

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
    collect(function, **target);
    ArenaPlan plan = planArena(buffers, (*target)->alignment);
    write(function, plan);
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
        buffer.bytes =
            std::max(buffer.bytes, source.inputs[i].bytes() + slack);
      }
      if (!outputs.contains(kernel.getOutput())) {
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

  void write(func::FuncOp function, const ArenaPlan &plan) {
    for (auto [kernel, index] : tensors)
      kernel.setOffset(plan.offsets[index]);
    for (auto [kernel, index] : scratches) {
      kernel.setScratch(buffers[index].bytes);
      kernel.setScratchOffset(plan.offsets[index]);
    }
    Builder builder(&getContext());
    function->setAttr("qint.arena_bytes", builder.getI64IntegerAttr(plan.bytes));
    function->setAttr("qint.arena_lower_bound",
                      builder.getI64IntegerAttr(plan.lowerBound));
  }

  const targets::KernelProvider &portable;
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
  registerPass([] { return createFormKernels(); });
  registerPass([provider] { return createAssignLayouts({}, *provider); });
  registerPass([provider] { return createPlanArena({}, *provider); });
  registerPass([] { return createVerifySchedule(); });
}

} // namespace qcc
