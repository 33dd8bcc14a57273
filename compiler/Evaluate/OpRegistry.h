//===- OpRegistry.h - From a qgraph op to its evaluator ---------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_OPREGISTRY_H
#define QCC_COMPILER_EVALUATE_OPREGISTRY_H

#include "compiler/Evaluate/OpEvaluator.h"
#include "compiler/Evaluate/Strided.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

namespace qcc::evaluate {

/// An operand as the evaluator will pass it.
struct Operand {
  /// The shape, its leading axis already multiplied by the batch.
  Sizes shape;
  /// The elements of a constant, which outlive the op's evaluator, or null.
  const float *constant = nullptr;
};

/// An op of the network with the shapes that the evaluator works on.
struct OpInstance {
  mlir::Operation *op;
  llvm::SmallVector<Operand> operands;
  Sizes shape;
};

using EvaluatorOrError = llvm::Expected<std::unique_ptr<OpEvaluator>>;
using OpFactory = EvaluatorOrError (*)(const OpInstance &);

class OpRegistry {
public:
  template <typename Op> void add(OpFactory factory) {
    factories[Op::getOperationName()] = factory;
  }

  /// The factory for an op name, or null.
  OpFactory find(llvm::StringRef name) const { return factories.lookup(name); }

  /// All ops of qgraph.
  static const OpRegistry &get();

private:
  llvm::StringMap<OpFactory> factories;
};

void addWindowOps(OpRegistry &registry);
void addElementwiseOps(OpRegistry &registry);
void addReductionOps(OpRegistry &registry);
void addMovementOps(OpRegistry &registry);
void addNormalizationOps(OpRegistry &registry);

/// True if evaluating an op on the concatenation of several samples along axis
/// 0 gives the concatenation of its results, so that the batch may grow there.
/// Constant operands count as part of the op.
bool isBatchIndependent(mlir::Operation *op);

/// True if operand `index`, a constant, must be used as it is; otherwise one
/// copy per sample takes its place.
bool usesConstantOnce(mlir::Operation *op, unsigned index);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_OPREGISTRY_H
