#include "dialects/QGraph/QGraph.h"
#include "passes/Legalize/Legalize.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

namespace qcc {
#define GEN_PASS_DEF_NAMELAYERS
#include "passes/Legalize/Passes.h.inc"
} // namespace qcc

using namespace mlir;

namespace {

constexpr llvm::StringLiteral layerName = "qgraph.layer";

/// The first name in a location, or "".
StringRef nameOf(Location loc) {
  return llvm::TypeSwitch<Attribute, StringRef>(loc)
      .Case<NameLoc>([](NameLoc name) { return name.getName().strref(); })
      .Case<FusedLoc>([](FusedLoc fused) {
        for (Location part : fused.getLocations())
          if (StringRef name = nameOf(part); !name.empty())
            return name;
        return StringRef();
      })
      .Case<CallSiteLoc>(
          [](CallSiteLoc site) { return nameOf(site.getCallee()); })
      .Default([](Attribute) { return StringRef(); });
}

bool isQGraph(Operation *op) {
  return isa_and_nonnull<qcc::qgraph::QGraphDialect>(op->getDialect());
}

/// Ops that only move elements; in a group of ops that came from one op of the
/// network they are not the one that its name is meant for.
bool movesOnly(Operation *op) {
  using namespace qcc::qgraph;
  return isa<ReshapeOp, TransposeOp, SliceOp, PadOp, ConcatOp, TileOp,
             GatherOp>(op);
}

/// What the user of a constant calls it.
StringRef roleOf(OpOperand &use) {
  using namespace qcc::qgraph;
  if (isa<Conv2DOp, TransposeConv2DOp>(use.getOwner()) &&
      use.getOperandNumber() > 0)
    return use.getOperandNumber() == 1 ? "filter" : "bias";
  return "constant";
}

class Namer {
public:
  explicit Namer(unsigned arguments) {
    // The names of the function's arguments.
    for (unsigned i = 0; i < arguments; ++i)
      used.insert("input" + llvm::utostr(i));
  }

  void nameByLocation(Operation *op) {
    auto old = op->getAttrOfType<StringAttr>(layerName);
    StringRef name = old ? old.getValue() : nameOf(op->getLoc());
    if (name.empty())
      unnamed.push_back(op);
    else
      set(op, name);
  }

  void nameByUser(Operation *constant) {
    for (OpOperand &use : constant->getUses())
      if (auto user = use.getOwner()->getAttrOfType<StringAttr>(layerName))
        return set(constant, (user.getValue() + "." + roleOf(use)).str());
    unnamed.push_back(constant);
  }

  /// Numbers what has no name, after all that have one.
  void nameTheRest() {
    for (Operation *op : unnamed) {
      StringRef mnemonic = op->getName().stripDialect();
      std::string name;
      do
        name = (mnemonic + Twine(counts[mnemonic]++)).str();
      while (used.contains(name));
      set(op, name);
    }
    unnamed.clear();
  }

private:
  void set(Operation *op, StringRef wanted) {
    std::string name = wanted.str();
    for (unsigned i = 2; !used.insert(name).second; ++i)
      name = (wanted + "_" + Twine(i)).str();
    op->setDiscardableAttr(layerName, StringAttr::get(op->getContext(), name));
  }

  llvm::StringSet<> used;
  llvm::StringMap<unsigned> counts;
  SmallVector<Operation *> unnamed;
};

struct NameLayers : public qcc::impl::NameLayersBase<NameLayers> {
  void runOnOperation() override {
    getOperation().walk([](FunctionOpInterface function) {
      Namer namer(function.getNumArguments());
      SmallVector<Operation *> computing, moving, constants;
      function.walk([&](Operation *op) {
        if (!isQGraph(op))
          return;
        if (isa<qcc::qgraph::ConstantOp>(op))
          constants.push_back(op);
        else
          (movesOnly(op) ? moving : computing).push_back(op);
      });
      for (Operation *op : computing)
        namer.nameByLocation(op);
      for (Operation *op : moving)
        namer.nameByLocation(op);
      namer.nameTheRest();
      for (Operation *op : constants) {
        op->removeDiscardableAttr(layerName);
        namer.nameByUser(op);
      }
      namer.nameTheRest();
    });
  }
};

} // namespace
