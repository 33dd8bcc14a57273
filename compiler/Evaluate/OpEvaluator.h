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

/// One pointer per operand; null where no gradient is wanted.
using Gradients = llvm::ArrayRef<float *>;

/// An op with shapes, attributes and constants built in.
class OpEvaluator {
public:
  virtual ~OpEvaluator() = default;

  /// Writes all elements of `output`, which overlaps no input.
  virtual llvm::Error forward(Inputs inputs, float *output) = 0;

  /// Adds to every non-null `wanted[i]` the gradient with respect to operand i,
  /// given that of the result and the values of the forward pass. An error
  /// where an op has no gradient. At a kink (ReLU at 0, equal maxima) it is one
  /// of the one-sided derivatives or 0.
  virtual llvm::Error backward(Inputs inputs, const float *output,
                               const float *outputGradient, Gradients wanted);

  /// Operand `operand`, a constant, has other elements from now on; they are
  /// where the old ones were. For ops that keep constants in a form of their
  /// own.
  virtual llvm::Error constantChanged(unsigned operand, const float *elements);
};

/// An op that is a plain function of its operands. Without a gradient, asking
/// for one is an error.
using ForwardFunction = std::function<void(Inputs, float *)>;
using BackwardFunction = std::function<void(Inputs, const float *output,
                                            const float *gradient, Gradients)>;
std::unique_ptr<OpEvaluator>
makeFunctionEvaluator(ForwardFunction forward,
                      BackwardFunction backward = nullptr);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_OPEVALUATOR_H
