#include "passes/Legalize/Simplify.h"

#include "passes/Legalize/Constants.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace qcc::legalize {
namespace {

/// Ops that fold to their input: reshapes to the same shape and the like.
template <typename Op> struct DropNoOp : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    SmallVector<OpFoldResult, 1> results;
    if (failed(op->fold(results)) || results.size() != 1 ||
        !isa<Value>(results.front()))
      return failure();
    rewriter.replaceOp(op, cast<Value>(results.front()));
    return success();
  }
};

} // namespace

/// Whether the network came with integers, at least in part: each of its ops
/// rounds, so that none may be put together with another.
static bool isQuantized(FunctionOpInterface function) {
  auto hasCodes = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && isa<quant::QuantizedType>(tensor.getElementType());
  };
  if (llvm::any_of(function.getArgumentTypes(), hasCodes))
    return true;
  return function
      .walk([&](Operation *op) {
        return isa<qgraph::QGraphDialect>(op->getDialect()) &&
                       !isa<qgraph::ConstantOp>(op) &&
                       llvm::any_of(op->getResultTypes(), hasCodes)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

LogicalResult simplify(ModuleOp module, RewritePatternSet patterns,
                       bool quantizedToo) {
  GreedyRewriteConfig config;
  // A deep chain of transposes moves one op per sweep.
  config.setMaxIterations(GreedyRewriteConfig::kNoLimit);
  // Constants stay beside their users, after which they are named.
  config.enableConstantCSE(false);
  // Upstream folds a pair of qcast and dcast, which states a range, to nothing.
  config.enableFolding(false);
  patterns.add<DropNoOp<qgraph::ReshapeOp>, DropNoOp<qgraph::TransposeOp>,
               DropNoOp<qgraph::ClampOp>>(patterns.getContext());
  FrozenRewritePatternSet frozen(std::move(patterns));
  bool ok = true;
  module.walk([&](FunctionOpInterface function) {
    if (!function.isExternal() && (quantizedToo || !isQuantized(function)))
      ok &= succeeded(
          applyPatternsGreedily(function.getFunctionBody(), frozen, config));
  });
  if (!ok)
    return module.emitError("rewriting the network did not settle");
  return success();
}

LogicalResult foldConstants(ModuleOp module) {
  bool ok = true;
  SmallVector<Operation *> expressions;
  module.walk([&](Operation *op) {
    if (isa<qgraph::QGraphDialect>(op->getDialect()) &&
        !isa<qgraph::ConstantOp>(op) && op->getNumResults() == 1 &&
        isConstantExpression(op->getResult(0)))
      expressions.push_back(op);
  });
  // Users first: inner expressions are then dead, and everything is rounded
  // just once.
  for (Operation *op : llvm::reverse(expressions)) {
    if (!op->use_empty()) {
      std::optional<ConstantTensor> value = evaluateConstant(op->getResult(0));
      if (!value)
        continue;
      if (!llvm::all_of(value->values, [](double number) {
            return std::isfinite(static_cast<float>(number));
          })) {
        op->emitOpError("computes a constant that is no finite number");
        ok = false;
        continue;
      }
      OpBuilder builder(op);
      op->getResult(0).replaceAllUsesWith(
          createConstant(builder, op->getLoc(), value->shape, value->values));
    }
    op->erase();
  }
  return success(ok);
}

} // namespace qcc::legalize
