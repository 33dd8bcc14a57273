#include "passes/Schedule/Layouts.h"
#include "passes/Schedule/Schedule.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_VERIFYSCHEDULE
#include "passes/Schedule/Passes.h.inc"

namespace {

/// Bytes of the arena that are in use from one kernel to another.
struct Placed {
  qint::KernelOp kernel;
  int64_t begin, end;
  int64_t first, last;
  bool isScratch = false;
};

/// Whether the result of `a` takes the place of that of `b`, which dies there.
bool takesPlaceOf(const Placed &a, const Placed &b) {
  qint::KernelOp kernel = a.kernel;
  auto operand = kernel.getOverwrites();
  if (!operand || a.isScratch || b.isScratch)
    return false;
  qint::KernelOp other = b.kernel;
  return storageOf(kernel.getInputs()[*operand]) == other.getOutput() &&
         a.begin == b.begin && b.last == a.first;
}

struct VerifySchedule : impl::VerifyScheduleBase<VerifySchedule> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    for (Operation &op : function.getBody().front())
      if (!isa<qint::ConstantOp, qint::KernelOp, qint::ReshapeOp,
               func::ReturnOp>(op)) {
        op.emitOpError("is in no kernel");
        return signalPassFailure();
      }
    auto arena = function->getAttrOfType<IntegerAttr>("qint.arena_bytes");
    if (!arena) {
      function.emitOpError("has no arena plan");
      return signalPassFailure();
    }
    std::vector<Placed> placed = collect(function);
    for (size_t i = 0; i < placed.size(); ++i)
      if (!check(placed, i, arena.getInt()))
        return signalPassFailure();
  }

  bool check(llvm::ArrayRef<Placed> placed, size_t i, int64_t arena) {
    Placed a = placed[i];
    if (a.begin < 0 || a.end > arena) {
      a.kernel.emitOpError("'") << a.kernel.getLayer() << "' ends at byte "
                                << a.end << " of an arena of " << arena;
      return false;
    }
    for (Placed b : placed.take_front(i)) {
      bool sameTime = a.first <= b.last && b.first <= a.last;
      if (!sameTime || a.begin >= b.end || b.begin >= a.end ||
          takesPlaceOf(a, b))
        continue;
      InFlightDiagnostic error = a.kernel.emitOpError("'");
      error << a.kernel.getLayer() << "' overlaps '" << b.kernel.getLayer()
            << "' in the arena";
      error.attachNote(b.kernel.getLoc()) << "which is placed here";
      return false;
    }
    return true;
  }

  std::vector<Placed> collect(func::FuncOp function) {
    std::vector<Placed> placed;
    llvm::DenseMap<Value, size_t> placeOf;
    int64_t step = 0;
    for (qint::KernelOp kernel : function.getOps<qint::KernelOp>()) {
      for (Value input : kernel.getInputs())
        if (auto found = placeOf.find(storageOf(input)); found != placeOf.end())
          placed[found->second].last = step;
      if (auto offset = kernel.getOffset()) {
        auto begin = static_cast<int64_t>(*offset);
        placeOf[kernel.getOutput()] = placed.size();
        placed.push_back({kernel, begin,
                          begin + layoutOf(kernel.getOutput()).bytes(), step,
                          step});
      }
      if (auto scratch = kernel.getScratch()) {
        auto begin =
            static_cast<int64_t>(kernel.getScratchOffset().value_or(0));
        placed.push_back({kernel, begin, begin + static_cast<int64_t>(*scratch),
                          step, step,
                          /*isScratch=*/true});
      }
      ++step;
    }
    return placed;
  }
};

} // namespace
} // namespace qcc
