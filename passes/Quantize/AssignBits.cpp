#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/TypeGroups.h"

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_ASSIGNBITS
#include "passes/Quantize/Passes.h.inc"

namespace {

/// Applies one plan to one network.
class Assignment {
public:
  Assignment(func::FuncOp function, const Plan &plan)
      : function(function), plan(plan), groups(function) {}

  LogicalResult run() {
    if (failed(checkNetwork()))
      return failure();
    for (Operation &op : function.front())
      if (hasWeights(&op))
        assignWeights(&op);
    for (Operation &op : function.front())
      if (op.getNumResults() == 1)
        assignForm(&op);
    bool valid = true;
    groups.forEach([&](ArrayRef<Value> members) {
      valid &= succeeded(assignGroup(members));
    });
    return success(valid);
  }

private:
  InFlightDiagnostic fail(Location location) {
    return emitError(location) << plan.source << ": ";
  }

  static bool hasWeights(Operation *op) {
    return isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op);
  }

  /// Whether all layers of the plan are there and have what it gives bits to.
  LogicalResult checkNetwork() {
    Location location = function.getLoc();
    std::string id = networkId(function);
    if (!plan.network.empty() && plan.network != id)
      return fail(location)
             << "is for network " << plan.network << ", this one is " << id;
    llvm::StringMap<Value> values;
    for (BlockArgument argument : function.getArguments())
      values[layerOf(argument)] = argument;
    for (Operation &op : function.front())
      if (op.getNumResults() == 1 && !layerOf(op.getResult(0)).empty())
        values.try_emplace(layerOf(op.getResult(0)), op.getResult(0));
    for (const auto &[name, layer] : plan.layers) {
      Value value = values.lookup(name);
      if (!value)
        return fail(location) << "layer '" << name << "' is not in the network";
      if (failed(checkLayer(name, layer, value)))
        return failure();
    }
    return success();
  }

  LogicalResult checkLayer(StringRef name, const LayerPlan &layer,
                           Value value) {
    Operation *op = value.getDefiningOp();
    bool isWeighted = op && hasWeights(op);
    if (layer.form && (!op || !hasForms(op)))
      return fail(value.getLoc())
             << "layer '" << name << "' is no function that has forms";
    if (layer.weights && !isWeighted)
      return fail(value.getLoc()) << "layer '" << name << "' has no weights";
    auto ownBits = [](Value value) -> std::optional<unsigned> {
      auto type = dyn_cast<quant::QuantizedType>(elementTypeOf(value));
      return type ? std::optional(bitsOf(type)) : std::nullopt;
    };
    auto differs = [&](const char *what, unsigned given, Value of) {
      std::optional<unsigned> own = ownBits(of);
      if (!own || *own == given)
        return false;
      fail(value.getLoc()) << "layer '" << name << "' has " << what
                           << " of its own in " << *own << " bits, not "
                           << given;
      return true;
    };
    if (layer.weights && differs("weights", *layer.weights, op->getOperand(1)))
      return failure();
    if (!layer.activations)
      return success();
    if (differs("codes", *layer.activations, value))
      return failure();
    if (!isActivation(value) &&
        !isa<quant::QuantizedType>(elementTypeOf(value)))
      return fail(value.getLoc())
             << "layer '" << name << "' has no result to quantize";
    return success();
  }

  void assignWeights(Operation *op) {
    unsigned bits = plan.weightBits(layerOf(op->getResult(0)));
    if (bits != 8)
      setWeightBits(op, bits);
  }

  void assignForm(Operation *op) {
    const LayerPlan *layer = plan.find(layerOf(op->getResult(0)));
    if (layer && layer->form)
      op->setAttr("qgraph.form",
                  StringAttr::get(op->getContext(), *layer->form));
  }

  /// The bits of a group are those of the members that the plan names.
  LogicalResult assignGroup(ArrayRef<Value> members) {
    std::optional<unsigned> given;
    std::string giver;
    for (Value member : members) {
      const LayerPlan *layer = plan.find(layerOf(member));
      if (!layer || !layer->activations)
        continue;
      if (given && *given != *layer->activations)
        return fail(member.getLoc())
               << "layers '" << giver << "' and '" << layerOf(member)
               << "' share a type, but get " << *given << " and "
               << *layer->activations << " bits";
      given = layer->activations;
      giver = layerOf(member);
    }
    for (Value member : members)
      setBits(member, given.value_or(plan.activations), given.has_value());
    return success();
  }

  func::FuncOp function;
  const Plan &plan;
  TypeGroups groups;
};

class AssignBitsPass : public impl::AssignBitsBase<AssignBitsPass> {
public:
  using AssignBitsBase::AssignBitsBase;
  AssignBitsPass() = default;
  explicit AssignBitsPass(const QuantizeOptions &options)
      : isGivenByProgram(true), given(options.plan) {}
  AssignBitsPass(const AssignBitsPass &other)
      : AssignBitsBase(other), isGivenByProgram(other.isGivenByProgram),
        given(other.given) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    Plan plan;
    if (isGivenByProgram) {
      if (!given)
        return;
      plan = *given;
    } else if (failed(readOptions(plan))) {
      return signalPassFailure();
    }
    if (failed(Assignment(function, plan).run()))
      signalPassFailure();
  }

private:
  LogicalResult readOptions(Plan &plan) {
    if (!isWeightWidth(weightBits) || !isActivationWidth(activationBits))
      return getOperation().emitError(
                 "expected 2, 4, 6 or 8 bits of weights and "
                 "4, 6, 8 or 16 of activations, found ")
             << weightBits.getValue() << " and " << activationBits.getValue();
    plan.weights = weightBits;
    plan.activations = activationBits;
    if (planPath.empty())
      return success();
    llvm::Expected<Plan> read = Plan::read(planPath);
    if (!read)
      return getOperation().emitError(llvm::toString(read.takeError()));
    plan = std::move(*read);
    return success();
  }

  bool isGivenByProgram = false;
  const Plan *given = nullptr;
};

} // namespace

std::unique_ptr<Pass> createAssignBits(const QuantizeOptions &options) {
  return std::make_unique<AssignBitsPass>(options);
}

} // namespace qcc
