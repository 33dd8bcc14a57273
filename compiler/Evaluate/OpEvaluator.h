//===- OpEvaluator.h - One prepared network op ------------------*- C++ -*-===//
//
// The interface behind which every op of the float evaluator lives, whether it
// is a oneDNN primitive or a loop.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_OPEVALUATOR_H
#define QCC_COMPILER_EVALUATE_OPEVALUATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>

namespace qcc::evaluate {

/// Values are dense, row-major f32 (NHWC), one pointer per operand in operand
/// order; constants are operands like any other. Integers (the indices of
/// argmax) are held as floats.
using Inputs = llvm::ArrayRef<const float *>;

/// An op with shapes, attributes and constants built in.
class OpEvaluator {
public:
  virtual ~OpEvaluator() = default;

  /// Writes all elements of `output`, which overlaps no input.
  virtual llvm::Error forward(Inputs inputs, float *output) = 0;

  /// Adds to every non-null `inputGradients[i]` the gradient with respect to
  /// operand i, given that of the result and the values of the forward pass.
  /// An error where an op has no gradient.
  virtual llvm::Error backward(Inputs inputs, const float *output,
                               const float *outputGradient,
                               llvm::ArrayRef<float *> inputGradients);
};

/// An op that is a plain function of its operands.
std::unique_ptr<OpEvaluator>
makeFunctionEvaluator(std::function<void(Inputs, float *)> function);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_OPEVALUATOR_H
