// The kernels that only Cortex-M has.
#include "targets/cortexm/EmitConv.h"

#include "llvm/ADT/STLExtras.h"

namespace qcc::targets::cortexm {

namespace {

/// Dense convolutions of any window on cores that multiply pairs of 16-bit
/// numbers (rows "conv2d" in target.inc).
class DspConv : public KernelProvider {
public:
  llvm::StringRef name() const override { return "cortexm-dsp-conv"; }

  bool supports(const KernelSource &source,
                const Target &target) const override {
    return llvm::any_of(
               target.kernels,
               [](const KernelRow &row) { return row.op == "conv2d"; }) &&
           planConv(source);
  }

  KernelNeeds needs(const KernelSource &source, const Target &) const override {
    KernelNeeds needs;
    needs.overread.assign(source.inputs.size(), 0);
    auto plan = planConv(source);
    if (!plan)
      return needs;
    needs.scratchBytes = plan->tile.scratchBytes();
    if (plan->mayOverwriteResidual())
      needs.overwritable.push_back(plan->residual->operand);
    return needs;
  }

  llvm::Expected<std::vector<PackedConstant>>
  pack(const KernelSource &source, const Target &) const override {
    auto plan = planConv(source);
    if (!plan)
      return unsupported(source);
    std::vector<PackedConstant> packed(source.inputs.size());
    // The biases are in the weights' stream.
    packed[plan->filter] = packStream(source, *plan);
    return packed;
  }

  llvm::Error emit(const KernelSource &source, const Target &target,
                   llvm::StringRef symbol,
                   llvm::Module &module) const override {
    auto plan = planConv(source);
    if (!plan)
      return unsupported(source);
    emitConv(source, *plan, target, symbol, module);
    return llvm::Error::success();
  }

private:
  static llvm::Error unsupported(const KernelSource &source) {
    qint::KernelOp kernel = source.op;
    return llvm::createStringError("kernel '" + kernel.getLayer() +
                                   "' is not a convolution that the DSP tile "
                                   "supports, expected supports() to be asked");
  }
};

} // namespace

std::vector<const KernelProvider *> providers() {
  static const DspConv conv;
  return {&conv};
}

} // namespace qcc::targets::cortexm
