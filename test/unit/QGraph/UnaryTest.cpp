// The functions of qgraph.unary at their edges.
#include "dialects/QGraph/Unary.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

namespace qcc::qgraph {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(EvaluateUnary, Values) {
  struct Case {
    UnaryKind kind;
    double alpha, x, expected;
  };
  for (const Case &c :
       std::vector<Case>{{UnaryKind::Sigmoid, 0, 0.5, 0.62245933120185459},
                         {UnaryKind::Tanh, 0, -0.5, -0.46211715726000973},
                         {UnaryKind::Exp, 0, 1.5, 4.4816890703380645},
                         {UnaryKind::Log, 0, 3, 1.0986122886681098},
                         {UnaryKind::Rsqrt, 0, 4, 0.5},
                         {UnaryKind::Reciprocal, 0, -8, -0.125},
                         {UnaryKind::Abs, 0, -2.5, 2.5},
                         {UnaryKind::Negate, 0, 1.25, -1.25},
                         {UnaryKind::Erf, 0, 0.5, 0.52049987781304652},
                         {UnaryKind::HardSwish, 0, 1.5, 1.125},
                         {UnaryKind::HardSwish, 0, -4, 0},
                         {UnaryKind::HardSwish, 0, 5, 5},
                         {UnaryKind::Silu, 0, -1, -0.26894142136999510},
                         {UnaryKind::Silu, 1, -1, -0.26894142136999510},
                         {UnaryKind::Silu, 1.702, -1, -0.1542042340671787},
                         {UnaryKind::Sqrt, 0, 6.25, 2.5},
                         {UnaryKind::Gelu, 0, 1, 0.84134474606854293},
                         {UnaryKind::GeluTanh, 0, 1, 0.84119199060827658},
                         {UnaryKind::Elu, 0.5, -1, -0.31606027941427883},
                         {UnaryKind::Elu, 0.5, 3, 3},
                         {UnaryKind::LeakyRelu, 0.25, -8, -2},
                         {UnaryKind::LeakyRelu, 0.25, 8, 8},
                         {UnaryKind::LeakyRelu, 2, -8, -16},
                         {UnaryKind::Softplus, 0, 1, 1.3132616875182228},
                         {UnaryKind::Sin, 0, 2, 0.90929742682568171},
                         {UnaryKind::Cos, 0, 2, -0.41614683654714241},
                         {UnaryKind::Floor, 0, -1.25, -2},
                         {UnaryKind::Ceil, 0, -1.25, -1}})
    EXPECT_NEAR(evaluateUnary(c.kind, c.alpha, c.x), c.expected, 1e-14)
        << stringifyUnaryKind(c.kind).str() << " of " << c.x;
}

TEST(EvaluateUnary, RoundTakesTiesToEven) {
  for (auto [x, expected] : {std::pair<double, double>(0.5, 0),
                             {1.5, 2},
                             {2.5, 2},
                             {-0.5, 0},
                             {-1.5, -2},
                             {-2.5, -2},
                             {2.4999, 2},
                             {2.5001, 3},
                             {-2.5001, -3},
                             {7, 7},
                             {0.49999999999999994, 0},
                             {9007199254740991.0, 9007199254740991.0}})
    EXPECT_EQ(evaluateUnary(UnaryKind::Round, 0, x), expected) << x;
}

TEST(EvaluateUnary, LargeArgumentsDoNotOverflow) {
  EXPECT_EQ(evaluateUnary(UnaryKind::Softplus, 0, 1e4), 1e4);
  EXPECT_EQ(evaluateUnary(UnaryKind::Softplus, 0, -1e4), 0);
  EXPECT_EQ(evaluateUnary(UnaryKind::Sigmoid, 0, -1e4), 0);
  EXPECT_EQ(evaluateUnary(UnaryKind::Elu, 2, -1e4), -2);
  EXPECT_EQ(evaluateUnary(UnaryKind::Elu, 2, 1e4), 1e4);
  EXPECT_EQ(evaluateUnary(UnaryKind::GeluTanh, 0, -1e4), 0);
}

TEST(EvaluateUnary, OutsideTheDomain) {
  EXPECT_EQ(evaluateUnary(UnaryKind::Log, 0, 0), -infinity);
  EXPECT_EQ(evaluateUnary(UnaryKind::Reciprocal, 0, 0), infinity);
  EXPECT_TRUE(std::isnan(evaluateUnary(UnaryKind::Sqrt, 0, -1)));
}

} // namespace
} // namespace qcc::qgraph
