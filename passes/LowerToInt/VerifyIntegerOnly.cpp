#include "passes/LowerToInt/LowerToInt.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_VERIFYINTEGERONLY
#include "passes/LowerToInt/Passes.h.inc"

namespace {

/// The first float type inside types and attributes that it is shown. A
/// quantized type stands for floats.
class FloatFinder {
public:
  Type in(Type type) { return search(type); }
  Type in(Attribute attribute) {
    // The element type of a dense attribute is no walked sub-element.
    if (auto typed = dyn_cast<TypedAttr>(attribute))
      if (Type type = search(typed.getType()))
        return type;
    return search(attribute);
  }

private:
  // A walker shows each type only once, so every search takes a new one.
  template <typename T> Type search(T object) {
    Type found;
    AttrTypeWalker walker;
    walker.addWalk([&](Type type) {
      if (!isa<FloatType, ComplexType, quant::QuantizedType>(type))
        return WalkResult::advance();
      found = type;
      return WalkResult::interrupt();
    });
    walker.walk(object);
    return found;
  }
};

struct VerifyIntegerOnly : impl::VerifyIntegerOnlyBase<VerifyIntegerOnly> {
  void runOnOperation() override {
    bool clean = true;
    getOperation().walk([&](Operation *op) { clean &= check(op); });
    if (!clean)
      signalPassFailure();
  }

  bool check(Operation *op) {
    bool clean = true;
    auto report = [&](llvm::StringRef where, Type found) {
      if (!found)
        return;
      clean = false;
      InFlightDiagnostic error = op->emitOpError("has ");
      error << where << " of float type " << found
            << ", but only integers may be left";
      for (Value operand : op->getOperands())
        if (Operation *definition = operand.getDefiningOp();
            definition && finder.in(operand.getType()))
          error.attachNote(definition->getLoc()) << "the float enters here";
    };
    for (Value operand : op->getOperands())
      report("an operand", finder.in(operand.getType()));
    for (Value result : op->getResults())
      report("a result", finder.in(result.getType()));
    for (NamedAttribute attribute : op->getAttrs())
      report(("attribute '" + attribute.getName().getValue() + "'").str(),
             finder.in(attribute.getValue()));
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          report("an argument", finder.in(argument.getType()));
    return clean;
  }

  FloatFinder finder;
};

} // namespace
} // namespace qcc
