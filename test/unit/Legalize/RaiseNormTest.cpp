// Every way to write a norm becomes the one op, and computes the same.
#include "compiler/Data/Random.h"
#include "compiler/Evaluate/FloatEvaluator.h"
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Legalize.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace qcc;
using qgraph::ReduceKind;
using qgraph::UnaryKind;

namespace {

using Shape = SmallVector<int64_t>;

enum class Form { Centred, Scaled, Squares, Rms, Length, Bounded };

struct NormNetwork : testing::TestWithParam<Form> {
  NormNetwork() : context(MLIRContext::Threading::DISABLED), builder(&context) {
    context.loadDialect<qgraph::QGraphDialect, func::FuncDialect>();
  }

  int64_t number(int64_t below) { return random.below(below); }
  bool coin() { return number(2); }

  template <typename Op> Value binary(Value a, Value b) {
    if (coin() && (std::is_same_v<Op, qgraph::AddOp> ||
                   std::is_same_v<Op, qgraph::MulOp>))
      std::swap(a, b);
    return qgraph::build::binary<Op>(builder, loc, a, b);
  }
  Value add(Value a, Value b) { return binary<qgraph::AddOp>(a, b); }
  Value sub(Value a, Value b) { return binary<qgraph::SubOp>(a, b); }
  Value mul(Value a, Value b) { return binary<qgraph::MulOp>(a, b); }
  Value unary(UnaryKind kind, Value a) {
    return qgraph::build::unary(builder, loc, kind, a);
  }
  Value splat(double value) {
    return qgraph::build::splat(builder, loc, Shape(shape.size(), 1),
                                static_cast<float>(value));
  }
  Value sum(Value a) {
    // Axis by axis, or all at once.
    if (coin())
      return qgraph::build::reduce(builder, loc, ReduceKind::Sum, a, axes);
    for (int64_t axis : axes)
      a = qgraph::build::reduce(builder, loc, ReduceKind::Sum, a, {axis});
    return a;
  }
  Value mean(Value a) {
    int64_t count = 1;
    for (int64_t axis : axes)
      count *= shape[axis];
    if (coin())
      return mul(sum(a), splat(1.0 / static_cast<double>(count)));
    return qgraph::build::reduce(builder, loc, ReduceKind::Mean, a, axes);
  }
  Value square(Value a) {
    if (coin())
      return binary<qgraph::PowOp>(a, splat(2));
    return mul(a, a);
  }
  /// a / sqrt(radicand), times gamma, in some order.
  Value quotient(Value a, Value radicand, Value gamma) {
    switch (number(5)) {
    case 0:
      return mul(binary<qgraph::DivOp>(a, unary(UnaryKind::Sqrt, radicand)),
                 gamma);
    case 1:
      return mul(a, mul(unary(UnaryKind::Rsqrt, radicand), gamma));
    case 2:
      return mul(mul(gamma, a), binary<qgraph::PowOp>(radicand, splat(-0.5)));
    case 3:
      return binary<qgraph::DivOp>(mul(a, gamma),
                                   binary<qgraph::PowOp>(radicand, splat(0.5)));
    default:
      return mul(a, mul(gamma, unary(UnaryKind::Reciprocal,
                                     unary(UnaryKind::Sqrt, radicand))));
    }
  }
  /// One number per index of some of the normalized axes.
  Value parameter(double low, double high) {
    Shape sizes(shape.size(), 1);
    for (int64_t axis : axes)
      if (number(4))
        sizes[axis] = shape[axis];
    std::vector<double> values(legalize::elementCount(sizes));
    for (double &value : values)
      value = low + (high - low) * random.uniform();
    return legalize::createConstant(builder, loc, sizes, values);
  }

  Value scaled(Value x) {
    Value average = mean(x), epsilon = splat(1e-3), gamma = parameter(-2, 2);
    Value variance = mean(square(sub(x, average)));
    Value scale = mul(unary(UnaryKind::Rsqrt, add(variance, epsilon)), gamma);
    Value first = mul(x, scale), second = mul(average, scale);
    return coin() ? sub(first, second)
                  : add(first, sub(parameter(-1, 1), second));
  }

  Value norm(Value x, Form form) {
    Value epsilon = splat(1e-3), gamma = parameter(-2, 2);
    switch (form) {
    case Form::Centred: {
      Value rest = sub(x, mean(x));
      Value same = coin() ? rest : sub(x, mean(x));
      Value result = quotient(rest, add(mean(square(same)), epsilon), gamma);
      return coin() ? add(result, parameter(-1, 1)) : result;
    }
    case Form::Scaled:
      return scaled(x);
    case Form::Squares: {
      Value average = mean(x);
      Value variance = sub(mean(square(x)), square(average));
      if (coin())
        variance = binary<qgraph::MaximumOp>(variance, splat(0));
      return quotient(sub(x, average), add(variance, epsilon), gamma);
    }
    case Form::Rms:
      return quotient(x, add(mean(square(x)), epsilon), gamma);
    case Form::Length:
      return quotient(x, coin() ? add(sum(square(x)), epsilon) : sum(square(x)),
                      gamma);
    case Form::Bounded:
      break;
    }
    if (coin())
      return quotient(
          x, binary<qgraph::MaximumOp>(sum(square(x)), splat(1e-12)), gamma);
    Value length = unary(UnaryKind::Sqrt, sum(square(x)));
    return binary<qgraph::DivOp>(
        x, binary<qgraph::MaximumOp>(length, splat(1e-6)));
  }

  OwningOpRef<ModuleOp> make(Form form) {
    shape.clear();
    axes.clear();
    for (int64_t rank = 2 + number(3); rank > 0; --rank)
      shape.push_back(2 + number(4));
    while (axes.empty())
      for (size_t axis = 0; axis < shape.size(); ++axis)
        if (coin())
          axes.push_back(axis);
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    Type type = RankedTensorType::get(shape, builder.getF32Type());
    auto function = func::FuncOp::create(
        loc, "main", builder.getFunctionType({type}, {type}));
    module->push_back(function);
    builder.setInsertionPointToStart(function.addEntryBlock());
    func::ReturnOp::create(builder, loc, norm(function.getArgument(0), form));
    return module;
  }

  std::vector<float> run(ModuleOp module) {
    auto function = *module.getOps<func::FuncOp>().begin();
    auto evaluator = evaluate::FloatEvaluator::create(function, 1);
    if (!evaluator) {
      ADD_FAILURE() << llvm::toString(evaluator.takeError());
      return {};
    }
    data::SplitMix64 samples(5);
    std::vector<float> input(legalize::elementCount(shape));
    for (float &value : input)
      value = static_cast<float>(samples.uniform() * 4 - 1);
    auto results = (*evaluator)->run(1, {input});
    if (!results) {
      ADD_FAILURE() << llvm::toString(results.takeError());
      return {};
    }
    return results->front();
  }

  MLIRContext context;
  OpBuilder builder;
  Location loc = UnknownLoc::get(&context);
  data::SplitMix64 random{3};
  Shape shape, axes;
};

TEST_P(NormNetwork, BecomesOneOpThatComputesTheSame) {
  for (int trial = 0; trial < 60; ++trial) {
    OwningOpRef<ModuleOp> before = make(GetParam());
    SCOPED_TRACE(trial);
    ASSERT_TRUE(succeeded(verify(before.get())));
    OwningOpRef<ModuleOp> after = before->clone();
    PassManager passes(&context);
    buildLegalizePipeline(passes, {});
    ASSERT_TRUE(succeeded(passes.run(after.get())));
    int norms = 0, others = 0;
    after->walk([&](Operation *op) {
      norms += isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(op);
      others += isa<qgraph::DivOp, qgraph::MulOp, qgraph::ReduceOp,
                    qgraph::UnaryOp, qgraph::PowOp>(op);
    });
    EXPECT_EQ(norms, 1);
    EXPECT_EQ(others, 0);
    if (norms != 1 || others)
      before->dump();
    std::vector<float> expected = run(before.get()), actual = run(after.get());
    ASSERT_EQ(expected.size(), actual.size());
    // mean(x^2) - mean(x)^2 loses digits that the norm has.
    float allowed = GetParam() == Form::Squares ? 1e-3F : 2e-5F;
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(expected[i], actual[i], allowed) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, NormNetwork,
                         testing::Values(Form::Centred, Form::Scaled,
                                         Form::Squares, Form::Rms, Form::Length,
                                         Form::Bounded));

} // namespace
