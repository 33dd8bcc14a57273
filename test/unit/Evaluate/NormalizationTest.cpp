// Softmax, normalizations, and the elementwise ops of float networks, against
// plain loops in double.
#include "Network.h"

#include "dialects/QGraph/Unary.h"

#include "gtest/gtest.h"

#include <cmath>

namespace qcc::evaluate {
namespace {

/// [outer, size, inner] around an axis.
struct Split {
  int64_t outer = 1, size = 1, inner = 1;

  Split(const std::vector<int64_t> &shape, size_t axis) : size(shape[axis]) {
    for (size_t i = 0; i < axis; ++i)
      outer *= shape[i];
    for (size_t i = axis + 1; i < shape.size(); ++i)
      inner *= shape[i];
  }
  int64_t elements() const { return outer * size * inner; }
};

Floats softmaxOf(const Floats &in, const Split &split, bool log) {
  Floats out(in.size());
  for (int64_t o = 0; o < split.outer; ++o)
    for (int64_t i = 0; i < split.inner; ++i) {
      auto at = [&](int64_t k) {
        return (o * split.size + k) * split.inner + i;
      };
      double sum = 0;
      for (int64_t k = 0; k < split.size; ++k)
        sum += std::exp(double(in[at(k)]));
      for (int64_t k = 0; k < split.size; ++k)
        out[at(k)] =
            static_cast<float>(log ? double(in[at(k)]) - std::log(sum)
                                   : std::exp(double(in[at(k)])) / sum);
    }
  return out;
}

TEST(Softmax, AnyAxisOfAnyRank) {
  struct Case {
    std::vector<int64_t> shape;
    int64_t axis;
  };
  for (const Case &c : std::vector<Case>{{{5}, 0},
                                         {{3, 7}, 1},
                                         {{3, 7}, 0},
                                         {{2, 3, 5}, 1},
                                         {{2, 3, 4, 5}, 3},
                                         {{2, 3, 4, 5}, 2},
                                         {{1, 2, 3, 2, 5, 2}, 4}})
    for (bool log : {false, true}) {
      SCOPED_TRACE(testing::Message() << c.shape.size() << "-d, axis " << c.axis
                                      << (log ? ", log" : ""));
      Split split(c.shape, c.axis);
      Floats in = randoms(split.elements(), 3);
      for (float &x : in)
        x *= 20;
      Network network(
          oneOp({c.shape},
                "qgraph.softmax %a {axis = " + std::to_string(c.axis) +
                    " : i64" + (log ? ", log" : "") + "}",
                c.shape));
      expectNear(network.run(1, {in}), softmaxOf(in, split, log));
    }
}

TEST(Softmax, LargeNumbersDoNotOverflow) {
  Network network(
      oneOp({{1, 3}}, "qgraph.softmax %a {axis = 1 : i64}", {1, 3}));
  expectNear(network.run(1, {{1000, 1000, -1000}}), {0.5, 0.5, 0});
}

/// The normalized rows of a tensor whose rows have `size` elements.
Floats normalized(const Floats &in, const Floats &gamma, const Floats &beta,
                  double epsilon, bool center) {
  Floats out;
  size_t size = gamma.size();
  for (size_t row = 0; row < in.size(); row += size) {
    double mean = 0, square = 0;
    for (size_t i = 0; center && i < size; ++i)
      mean += double(in[row + i]) / size;
    for (size_t i = 0; i < size; ++i)
      square += (in[row + i] - mean) * (in[row + i] - mean) / size;
    for (size_t i = 0; i < size; ++i)
      out.push_back(static_cast<float>(
          (in[row + i] - mean) / std::sqrt(square + epsilon) * gamma[i] +
          (beta.empty() ? 0.0 : beta[i])));
  }
  return out;
}

std::string normNetwork(const std::string &op,
                        const std::vector<int64_t> &shape,
                        const std::vector<int64_t> &row, const Floats &gamma,
                        const Floats &beta, int64_t axis) {
  std::string parameters = op == "layer_norm" ? "%g, %b" : "%g";
  std::string types =
      tensor(row) + (op == "layer_norm" ? ", " + tensor(row) : std::string());
  return "func.func @f(%a: " + tensor(shape) + ") -> " + tensor(shape) +
         " {\n%g = qgraph.constant " + dense(row, gamma) + " -> " +
         tensor(row) + "\n%b = qgraph.constant " + dense(row, beta) + " -> " +
         tensor(row) + "\n%r = qgraph." + op + " %a, " + parameters +
         " {axis = " + std::to_string(axis) +
         " : i64, epsilon = 0.125 : f32} : (" + tensor(shape) + ", " + types +
         ") -> " + tensor(shape) + "\nreturn %r : " + tensor(shape) + "\n}";
}

TEST(Normalization, LayerAndRmsOverTheLastAxes) {
  const std::vector<int64_t> shape = {1, 3, 4, 5};
  for (int64_t axis : {0, 1, 2, 3}) {
    SCOPED_TRACE(axis);
    std::vector<int64_t> row(shape.begin() + axis, shape.end());
    int64_t size = 1;
    for (int64_t n : row)
      size *= n;
    Floats in = randoms(2 * 60, 1), gamma = randoms(size, 2);
    Floats beta = randoms(size, 5);
    Network layer(normNetwork("layer_norm", shape, row, gamma, beta, axis));
    // Two samples: the batch grows along axis 0 unless that is normalized.
    expectNear(layer.run(2, {in}, 2), normalized(in, gamma, beta, 0.125, true));
    Network rms(normNetwork("rms_norm", shape, row, gamma, beta, axis));
    expectNear(rms.run(2, {in}, 2), normalized(in, gamma, {}, 0.125, false));
  }
}

/// A mean far from zero must not eat the digits of the variance.
TEST(Normalization, LargeMean) {
  Network network(normNetwork("layer_norm", {1, 2}, {2}, {1, 1}, {0, 0}, 1));
  float norm = static_cast<float>(1 / std::sqrt(1.125));
  expectNear(network.run(1, {{100001, 100003}}), {-norm, norm});
}

TEST(Elementwise, DivideAndPowerBroadcast) {
  Network divide(oneOp({{1, 1, 3}, {1, 2, 1}}, "qgraph.div %a, %b", {1, 2, 3}));
  expectNear(divide.run(1, {{1, -2, 3}, {4, 0.5}}),
             {0.25, -0.5, 0.75, 2, -4, 6});
  Network power(oneOp({{1, 2, 1}, {1, 1, 3}}, "qgraph.pow %a, %b", {1, 2, 3}));
  expectNear(power.run(1, {{4, 9}, {0.5, 2, -1}}),
             {2, 16, 0.25, 3, 81, 1.0f / 9});
}

TEST(Elementwise, SelectBroadcastsAllThree) {
  Network network(oneOp({{1, 3}, {2, 1}},
                        "qgraph.select %a, %b {condition = dense<[[true, "
                        "false, true], [false, true, true]]> : "
                        "tensor<2x3xi1>}",
                        {2, 3}));
  expectNear(network.run(1, {{1, 2, 3}, {10, 20}}), {1, 10, 3, 20, 2, 3});
}

TEST(Elementwise, SelectByColumnInBatches) {
  Network network(oneOp({{1, 3}, {1, 3}},
                        "qgraph.select %a, %b {condition = dense<[[false, "
                        "true, false]]> : tensor<1x3xi1>}",
                        {1, 3}));
  expectNear(network.run(2, {{1, 2, 3, 4, 5, 6}, {-1, -2, -3, -4, -5, -6}}, 2),
             {-1, 2, -3, -4, 5, -6});
}

TEST(Elementwise, SelectOfScalars) {
  Network network(oneOp(
      {{}, {}}, "qgraph.select %a, %b {condition = dense<false> : tensor<i1>}",
      {}));
  expectNear(network.run(1, {{1}, {2}}), {2});
}

TEST(Elementwise, UnaryFunctionsOfFloatNetworks) {
  struct Case {
    const char *kind;
    float in;
    double expected;
  };
  for (const Case &c : std::vector<Case>{{"sqrt", 6.25f, 2.5},
                                         {"gelu", 1.5f, 1.39978919},
                                         {"gelu", -1.5f, -0.10021081},
                                         {"gelu_tanh", 1.5f, 1.39957175},
                                         {"gelu_tanh", -1.5f, -0.10042825},
                                         {"softplus", 0.5f, 0.97407698},
                                         {"softplus", 200.0f, 200},
                                         {"softplus", -200.0f, 0},
                                         {"sin", 2.0f, 0.90929743},
                                         {"cos", 2.0f, -0.41614684},
                                         {"floor", -1.5f, -2},
                                         {"ceil", -1.5f, -1},
                                         {"round", 2.5f, 2},
                                         {"round", 3.5f, 4},
                                         {"round", -0.5f, 0},
                                         {"round", -1.5f, -2},
                                         {"round", 2.4f, 2}}) {
    SCOPED_TRACE(testing::Message() << c.kind << " of " << c.in);
    Network network(oneOp(
        {{1, 1}}, std::string("qgraph.unary <") + c.kind + "> %a", {1, 1}));
    expectNear(network.run(1, {{c.in}}), {static_cast<float>(c.expected)});
  }
}

TEST(Elementwise, UnaryFunctionsWithAlpha) {
  Network elu(
      oneOp({{1, 3}}, "qgraph.unary <elu> %a {alpha = 0.5 : f32}", {1, 3}));
  expectNear(elu.run(1, {{2, -2, 0}}), {2, -0.43233236f, 0});
  Network leaky(oneOp(
      {{1, 3}}, "qgraph.unary <leaky_relu> %a {alpha = 0.25 : f32}", {1, 3}));
  expectNear(leaky.run(1, {{2, -2, 0}}), {2, -0.5, 0});
}

/// Single precision loops and the function that tables are made of agree.
TEST(Elementwise, EveryUnaryFunctionIsEvaluateUnary) {
  Floats in = randoms(64, 9);
  for (float &x : in)
    x = 4 * std::fabs(x) + 0.125f;
  for (uint32_t i = 0; i <= qgraph::getMaxEnumValForUnaryKind(); ++i) {
    auto kind = *qgraph::symbolizeUnaryKind(i);
    std::string name = qgraph::stringifyUnaryKind(kind).str();
    SCOPED_TRACE(name);
    bool alpha = qgraph::usesAlpha(kind);
    Network network(oneOp({{64}},
                          "qgraph.unary <" + name + "> %a" +
                              (alpha ? " {alpha = 0.75 : f32}" : ""),
                          {64}));
    Floats expected;
    for (float x : in)
      expected.push_back(
          static_cast<float>(qgraph::evaluateUnary(kind, alpha ? 0.75 : 0, x)));
    expectNear(network.run(1, {in}), expected);
  }
}

} // namespace
} // namespace qcc::evaluate
