// The list of all passes, in order. Read this first.
//
// Import comes before (compiler/Import: a file -> tosa or qgraph). After the
// phases here, LowerToLLVM (passes/LowerToLLVM: every kernel becomes one LLVM
// function; LLVM optimises for the exact CPU) and Emit (compiler/Emit: object,
// header, report; `verify-integer-only` on the object's instructions).
#include "passes/Pipeline.h"

#include "passes/LowerToInt/LowerToInt.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace qcc {

static constexpr llvm::StringRef names[] = {
    "Import",   "Legalize",    "Quantize", "LowerToInt",
    "Schedule", "LowerToLLVM", "Emit"};

llvm::ArrayRef<llvm::StringRef> phaseNames() { return names; }

llvm::StringRef phaseName(Phase phase) {
  return names[static_cast<size_t>(phase)];
}

std::optional<Phase> findPhase(llvm::StringRef name) {
  for (auto [index, known] : llvm::enumerate(names))
    if (known == name)
      return static_cast<Phase>(index);
  return std::nullopt;
}

/// In: one function on f32, in TOSA or qgraph, static shapes.
/// Out: qgraph on f32, NHWC, one op per network operation, BatchNorm folded,
/// every op named.
void buildLegalize(OpPassManager &pm, const PipelineOptions &options) {
  buildLegalizePipeline(pm, options.legalize);
}

/// In: what Legalize leaves. Out: the same float function, of which statistics
/// may now be collected: what changes the ranges of channels stands here.
void buildPrepare(OpPassManager &pm, const PipelineOptions &options) {
  if (options.quantize.equalize) {
    EqualizeOptions equalize;
    equalize.absorb = options.quantize.absorbBiases;
    pm.addPass(createEqualize(equalize));
  }
}

/// In: what buildPrepare leaves, and calibration statistics or none. Out: the
/// same float function, with the ranges of what was changed stated.
void buildReparameterize(OpPassManager &pm, const PipelineOptions &options) {
  if (options.quantize.reparameterize.kind != Reparameterization::Off)
    pm.addPass(createReparameterize(options.quantize));
}

/// In: what buildReparameterize leaves, and calibration statistics or none.
/// Out: the same ops on `!quant.uniform` types, weights and biases integers.
void buildQuantize(OpPassManager &pm, const PipelineOptions &options) {
  // Before ranges: how much a range should clip depends on the bits.
  pm.addPass(createAssignBits(options.quantize));
  // After the plan, which may have bits of its own.
  pm.addPass(createWidenResiduals(options.quantize));
  // After the plan, which may have forms of its own.
  if (!options.quantize.functions.empty())
    pm.addPass(createAssignForms({options.quantize.functions}));
  pm.addPass(createAssignRanges(options.quantize));
  // Before types: few bits tell shares apart by their logarithms.
  pm.addPass(createLogShares());
  // After these: only even steps have a step to choose.
  if (options.quantize.scaleShares)
    pm.addPass(createScaleShares(options.quantize));
  // Scales are chosen once for all values that must share one.
  pm.addPass(createAssignTypes());
  // In between the network still runs in float, with all types known.
  pm.addPass(createRoundWeights(options.quantize));
  // After the activations: a bias is in units of input scale times weight
  // scale.
  pm.addPass(createApplyTypes(options.quantize));
  pm.addPass(createVerifyQuantized());
}

/// In: what Quantize leaves. Out: qint, no float anywhere, accumulators
/// proven.
void buildLowerToInt(OpPassManager &pm, const PipelineOptions &) {
  pm.addPass(createConvertQGraphToQInt());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createVerifyIntegerOnly());
}

/// In: qint ops. Out: constants, kernels with layouts and arena offsets, and
/// the return.
void buildSchedule(OpPassManager &pm, const PipelineOptions &options) {
  OpPassManager &function = pm.nest<func::FuncOp>();
  std::string target = options.target->name.str();
  // Before kernels form, so that the flips at the edges fuse.
  if (options.target->unsignedActivations)
    function.addPass(createHoldUnsigned());
  function.addPass(createExposeTransposes());
  function.addPass(createFormKernels());
  function.addPass(createAssignLayouts({target}, *options.portable));
  // After layouts: halos are part of a buffer's size.
  function.addPass(createPlanArena({target}, *options.portable));
  function.addPass(createVerifySchedule());
  pm.addPass(createVerifyIntegerOnly());
}

} // namespace qcc
