//===- Loss.h - Losses of a network's first result --------------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_LOSS_H
#define QCC_COMPILER_EVALUATE_LOSS_H

#include "compiler/Evaluate/FloatEvaluator.h"

#include <functional>

namespace qcc::evaluate {

/// A loss that owns what it needs. It looks at the first result only, whose
/// last axis is the classes; all other axes together are rows, of which a
/// sample may have several.
using LossFunction =
    std::function<llvm::Expected<double>(const LossBatch &batch)>;

/// What the elements of a result are.
enum class OutputKind { Logits, Probabilities, LogProbabilities };

/// Probabilities if the first result is a softmax over its last axis (perhaps
/// reshaped), else logits.
OutputKind outputKind(mlir::func::FuncOp function);

/// -log p(label), in nats. `shape` is that of one sample's result. Errors: a
/// label that is no class; another number of labels than rows of `samples`.
llvm::Expected<LossFunction> crossEntropy(llvm::ArrayRef<int64_t> labels,
                                          int64_t samples,
                                          llvm::ArrayRef<int64_t> shape,
                                          OutputKind kind);

/// -sqrt(p(c)) log q(c) for one class c of every row, where p is given by
/// `reference`: the squared gradients of all classes sum to the trace of the
/// Gauss-Newton matrix where q is p.
LossFunction rootWeightedEntropy(std::vector<float> reference, int64_t c,
                                 llvm::ArrayRef<int64_t> shape,
                                 OutputKind kind);

/// KL(p || q) in nats, where p is given by `reference`, the results of all
/// samples, and q by the network. Zero where both agree.
LossFunction divergence(std::vector<float> reference,
                        llvm::ArrayRef<int64_t> shape, OutputKind kind);

/// Half the squared distance from `reference`, summed over elements.
LossFunction squaredError(std::vector<float> reference,
                          llvm::ArrayRef<int64_t> shape);

/// The sum of results times `slopes`, which has the elements of all samples:
/// its gradient at the result is `slopes`.
LossFunction weightedSum(std::vector<float> slopes,
                         llvm::ArrayRef<int64_t> shape);

/// log of the softmax of a row (Logits), of the row (Probabilities), or the
/// row itself.
std::vector<double> logProbabilities(llvm::ArrayRef<float> row,
                                     OutputKind kind);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_LOSS_H
