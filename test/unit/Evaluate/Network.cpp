#include "Network.h"

#include "dialects/QGraph/QGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

namespace qcc::evaluate {

Network::Network(const std::string &text) {
  context.loadDialect<qgraph::QGraphDialect, mlir::func::FuncDialect,
                      mlir::quant::QuantDialect>();
  module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(module) << text;
}

mlir::func::FuncOp Network::function() {
  return *module->getOps<mlir::func::FuncOp>().begin();
}

Floats Network::run(int64_t samples, std::vector<Floats> inputs,
                    int64_t batch) {
  if (!module)
    return {};
  auto evaluator = FloatEvaluator::create(function(), batch);
  if (!evaluator) {
    ADD_FAILURE() << llvm::toString(evaluator.takeError());
    return {};
  }
  std::vector<llvm::ArrayRef<float>> views(inputs.begin(), inputs.end());
  auto results = (*evaluator)->run(samples, views);
  if (!results) {
    ADD_FAILURE() << llvm::toString(results.takeError());
    return {};
  }
  return results->front();
}

Floats randoms(int64_t count, uint32_t seed) {
  Floats values;
  for (int64_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values.push_back(static_cast<float>(seed >> 8) / (1 << 23) - 1.0f);
  }
  return values;
}

std::string tensor(llvm::ArrayRef<int64_t> shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

std::string dense(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values) {
  std::string text = "dense<\"0x";
  for (float value : values) {
    unsigned char bytes[4];
    std::memcpy(bytes, &value, 4);
    for (unsigned char byte : bytes) {
      text += "0123456789ABCDEF"[byte >> 4];
      text += "0123456789ABCDEF"[byte & 15];
    }
  }
  return text + "\"> : " + tensor(shape);
}

std::string oneOp(llvm::ArrayRef<std::vector<int64_t>> inputs,
                  const std::string &op, llvm::ArrayRef<int64_t> out) {
  std::string arguments, types;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::string separator = i ? ", " : "";
    arguments += separator + "%" + std::string(1, static_cast<char>('a' + i)) +
                 ": " + tensor(inputs[i]);
    types += separator + tensor(inputs[i]);
  }
  return "func.func @f(" + arguments + ") -> " + tensor(out) +
         " {\n  %r = " + op + " : (" + types + ") -> " + tensor(out) +
         "\n  return %r : " + tensor(out) + "\n}\n";
}

void expectNear(const Floats &actual, const Floats &expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i],
                1e-5 * std::max(1.0f, std::fabs(expected[i])))
        << "element " << i;
}

} // namespace qcc::evaluate
