#include "passes/Quantize/PlanNetwork.h"

#include "passes/Quantize/TypeGroups.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace qcc::quantize {

std::string networkId(func::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  auto printShape = [&](Value value) {
    if (auto type = dyn_cast<RankedTensorType>(value.getType()))
      llvm::interleave(type.getShape(), stream, "x");
    stream << ";";
  };
  for (BlockArgument argument : function.getArguments())
    printShape(argument);
  for (Operation &op : function.front())
    if (isa<qgraph::QGraphDialect>(op.getDialect()) &&
        !isa<qgraph::ConstantOp>(op) && op.hasAttr("qgraph.layer")) {
      stream << layerOf(op.getResult(0)) << ":" << op.getName().getStringRef()
             << ":";
      printShape(op.getResult(0));
    }
  return llvm::formatv("{0:x-16}", llvm::xxh3_64bits(text)).str();
}

unsigned bitsOf(quant::QuantizedType type) {
  int64_t codes = type.getStorageTypeMax() - type.getStorageTypeMin() + 1;
  unsigned bits = 1;
  while ((int64_t(1) << bits) < codes)
    ++bits;
  // [-7, 7] are 4 bits, [-1, 1] are 2.
  return bits;
}

static quant::QuantizedType quantizedTypeOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? dyn_cast<quant::QuantizedType>(type.getElementType())
              : quant::QuantizedType();
}

static bool hasFilter(Operation &op) {
  return isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op);
}

bool hasForms(Operation *op) {
  if (op->hasAttr("qgraph.rounding"))
    return false;
  if (auto unary = dyn_cast<qgraph::UnaryOp>(op))
    return unary.getKind() == qgraph::UnaryKind::Sigmoid ||
           unary.getKind() == qgraph::UnaryKind::Tanh ||
           unary.getKind() == qgraph::UnaryKind::Silu ||
           unary.getKind() == qgraph::UnaryKind::Gelu ||
           unary.getKind() == qgraph::UnaryKind::GeluTanh;
  return isa<qgraph::SoftmaxOp, qgraph::LayerNormOp, qgraph::RmsNormOp>(op);
}

Operation *codesBehind(Operation *op) {
  auto shares = dyn_cast<qgraph::UnaryOp>(op);
  auto logarithm = shares && shares.getKind() == qgraph::UnaryKind::Exp
                       ? shares.getInput().getDefiningOp<qgraph::SoftmaxOp>()
                       : qgraph::SoftmaxOp();
  bool isOneLayer =
      logarithm && logarithm.getLog() &&
      layerOf(logarithm.getOutput()) == layerOf(shares.getOutput()) + ".log";
  return isOneLayer ? logarithm.getOperation() : op;
}

/// What moves shares of few bits on has their values in more; a plan gives bits
/// to the group.
static void shareBits(func::FuncOp legalized,
                      const llvm::StringMap<unsigned> &logarithms, Plan &plan) {
  TypeGroups(legalized).forEach([&](ArrayRef<Value> members) {
    for (Value giver : members)
      if (auto found = logarithms.find(layerOf(giver));
          found != logarithms.end())
        for (Value member : members)
          if (auto layer = plan.layers.find(layerOf(member));
              layer != plan.layers.end())
            layer->second.activations = found->second;
  });
}

Plan planOf(func::FuncOp legalized, func::FuncOp quantized,
            const Plan *followed) {
  Plan plan;
  plan.network = networkId(legalized);
  for (BlockArgument argument : quantized.getArguments())
    if (auto type = quantizedTypeOf(argument))
      plan.layers[layerOf(argument)].activations = bitsOf(type);
  llvm::StringMap<unsigned> logarithms;
  // Rounding that Quantize put in has no name in the network as legalized.
  llvm::StringMap<bool> known;
  for (Operation &op : legalized.front())
    if (op.getNumResults() == 1)
      known[layerOf(op.getResult(0))] = true;
  for (Operation &op : quantized.front()) {
    if (op.getNumResults() != 1 || isa<qgraph::ConstantOp>(op))
      continue;
    std::string name = layerOf(op.getResult(0));
    auto type = quantizedTypeOf(op.getResult(0));
    if (name.empty() || !known.contains(name) || !type)
      continue;
    LayerPlan &layer = plan.layers[name];
    Operation *codes = codesBehind(&op);
    layer.activations = bitsOf(quantizedTypeOf(codes->getResult(0)));
    if (codes != &op)
      logarithms[name] = *layer.activations;
    if (auto form = codes->getAttrOfType<StringAttr>("qgraph.form"))
      layer.form = form.str();
    if (hasFilter(op))
      if (auto filter = quantizedTypeOf(op.getOperand(1)))
        layer.weights = bitsOf(filter);
  }
  shareBits(legalized, logarithms, plan);
  if (followed)
    for (auto &[name, layer] : plan.layers)
      if (const LayerPlan *given = followed->find(name)) {
        layer.score = given->score;
        layer.note = given->note;
      }
  return plan;
}

std::vector<std::vector<std::string>> activationGroups(func::FuncOp legalized) {
  std::vector<std::vector<std::string>> result;
  TypeGroups(legalized).forEach([&](ArrayRef<Value> members) {
    std::vector<std::string> &names = result.emplace_back();
    for (Value member : members)
      names.push_back(layerOf(member));
  });
  return result;
}

std::vector<std::string> weightLayers(func::FuncOp legalized) {
  std::vector<std::string> names;
  for (Operation &op : legalized.front())
    if (hasFilter(op))
      names.push_back(layerOf(op.getResult(0)));
  return names;
}

} // namespace qcc::quantize
