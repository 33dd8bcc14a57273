//===- OpEvaluator.cpp - One prepared network op --------------------------===//

#include "compiler/Evaluate/OpEvaluator.h"

namespace qcc::evaluate {

static llvm::Error noGradient() {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "the op has no gradient");
}

llvm::Error OpEvaluator::backward(Inputs, const float *, const float *,
                                  Gradients) {
  return noGradient();
}

llvm::Error OpEvaluator::constantChanged(unsigned, const float *) {
  return llvm::Error::success();
}

namespace {
class FunctionEvaluator final : public OpEvaluator {
public:
  FunctionEvaluator(ForwardFunction forwards, BackwardFunction backwards)
      : forwards(std::move(forwards)), backwards(std::move(backwards)) {}

  llvm::Error forward(Inputs inputs, float *output) override {
    forwards(inputs, output);
    return llvm::Error::success();
  }

  llvm::Error backward(Inputs inputs, const float *output,
                       const float *outputGradient, Gradients wanted) override {
    if (!backwards)
      return noGradient();
    backwards(inputs, output, outputGradient, wanted);
    return llvm::Error::success();
  }

private:
  ForwardFunction forwards;
  BackwardFunction backwards;
};
} // namespace

std::unique_ptr<OpEvaluator> makeFunctionEvaluator(ForwardFunction forward,
                                                   BackwardFunction backward) {
  return std::make_unique<FunctionEvaluator>(std::move(forward),
                                             std::move(backward));
}

} // namespace qcc::evaluate
