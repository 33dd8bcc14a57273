// Attention, rotary embedding and their like, against loops in double, as they
// are imported and as the Legalize phase leaves them.
#include "compiler/Data/Random.h"
#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Import/Import.h"
#include "dialects/QGraph/QGraph.h"
#include "passes/Legalize/Legalize.h"
#include "test/unit/ImportOnnx/ModelBuilder.h"

#include "mlir/Pass/PassManager.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mlir;
using namespace qcc::onnxtest;
using Floats = std::vector<float>;
using Shape = std::vector<int64_t>;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

namespace {

int64_t sizeOf(const Shape &shape) {
  int64_t size = 1;
  for (int64_t length : shape)
    size *= length;
  return size;
}

Floats numbers(const Shape &shape, uint64_t seed) {
  qcc::data::SplitMix64 random(seed);
  Floats values(sizeOf(shape));
  for (float &value : values)
    value = static_cast<float>(random.uniform() * 4 - 2);
  return values;
}

/// A network of one node; inputs named a, b, c are arguments.
struct One : ModelBuilder {
  ::onnx::NodeProto *op;
  std::vector<Floats> given;

  explicit One(const std::string &name, std::vector<std::string> inputs,
               const std::string &domain = "")
      : ModelBuilder(23) {
    output("y");
    op = &node(name, inputs, {"y"}, "n");
    op->set_domain(domain);
  }
  One &argument(const std::string &name, const Shape &shape) {
    input(name, shape);
    given.push_back(numbers(shape, given.size() + 1));
    return *this;
  }
  One &with(const std::string &name, int64_t value) {
    attr(*op, name, value);
    return *this;
  }
  One &number(const std::string &name, float value) {
    auto &attribute = *op->add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
    return *this;
  }

  Floats run() const {
    MLIRContext context(MLIRContext::Threading::DISABLED);
    auto module = qcc::importModelFromMemory(bytes(), "net.onnx", context);
    if (!module) {
      ADD_FAILURE() << llvm::toString(module.takeError());
      return {};
    }
    Floats imported = evaluate(**module);
    PassManager passes(&context);
    qcc::buildLegalizePipeline(passes, {});
    EXPECT_TRUE(succeeded(passes.run(**module)));
    EXPECT_THAT(evaluate(**module), Pointwise(FloatNear(2e-5f), imported));
    return imported;
  }
  Floats evaluate(ModuleOp module) const {
    auto function = *module.getOps<func::FuncOp>().begin();
    auto evaluator = qcc::evaluate::FloatEvaluator::create(function, 1);
    if (!evaluator) {
      ADD_FAILURE() << llvm::toString(evaluator.takeError());
      return {};
    }
    std::vector<llvm::ArrayRef<float>> inputs(given.begin(), given.end());
    auto results = (*evaluator)->run(1, inputs);
    if (!results) {
      ADD_FAILURE() << llvm::toString(results.takeError());
      return {};
    }
    return results->front();
  }
  std::string error() const {
    MLIRContext context(MLIRContext::Threading::DISABLED);
    auto module = qcc::importModelFromMemory(bytes(), "net.onnx", context);
    return module ? "no error" : llvm::toString(module.takeError());
  }
};

void expectNear(const Floats &found, const Floats &expected) {
  EXPECT_THAT(found, Pointwise(FloatNear(2e-5f), expected));
}

/// Rows of heads: element d of head h at position s of batch b.
struct Heads {
  const Floats &data;
  int64_t heads, length, size;
  bool rowsFirst; ///< [B,S,H*d], else [B,H,S,d]
  double at(int64_t b, int64_t h, int64_t s, int64_t d) const {
    int64_t row =
        rowsFirst ? (b * length + s) * heads + h : (b * heads + h) * length + s;
    return data[row * size + d];
  }
};

/// `mask(b, h, s, t)` is added to the scores.
template <typename Mask>
Floats attend(int64_t batch, const Heads &q, const Heads &k, const Heads &v,
              double scale, Mask mask) {
  Floats result(batch * q.heads * q.length * v.size);
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < q.heads; ++h)
      for (int64_t s = 0; s < q.length; ++s) {
        int64_t shared = h / (q.heads / k.heads);
        std::vector<double> weights;
        double sum = 0;
        for (int64_t t = 0; t < k.length; ++t) {
          double score = 0;
          for (int64_t d = 0; d < q.size; ++d)
            score += q.at(b, h, s, d) * k.at(b, shared, t, d);
          weights.push_back(std::exp(score * scale + mask(b, h, s, t)));
          sum += weights.back();
        }
        int64_t row = q.rowsFirst ? (b * q.length + s) * q.heads + h
                                  : (b * q.heads + h) * q.length + s;
        for (int64_t d = 0; d < v.size; ++d) {
          double mixed = 0;
          for (int64_t t = 0; t < k.length; ++t)
            mixed += weights[t] / sum * v.at(b, shared, t, d);
          result[row * v.size + d] = static_cast<float>(mixed);
        }
      }
  return result;
}

constexpr double never = -std::numeric_limits<double>::infinity();
double none(int64_t, int64_t, int64_t, int64_t) { return 0; }
double causal(int64_t, int64_t, int64_t s, int64_t t) {
  return t > s ? never : 0;
}

TEST(OnnxAttention, FourAxes) {
  One b("Attention", {"q", "k", "v"});
  b.argument("q", {2, 3, 4, 5}).argument("k", {2, 3, 6, 5});
  b.argument("v", {2, 3, 6, 7});
  expectNear(b.run(),
             attend(2, {b.given[0], 3, 4, 5, false},
                    {b.given[1], 3, 6, 5, false}, {b.given[2], 3, 6, 7, false},
                    1 / std::sqrt(5.0), none));
}

TEST(OnnxAttention, GroupsOfHeadsInRows) {
  One b("Attention", {"q", "k", "v"});
  b.argument("q", {1, 4, 24}).argument("k", {1, 5, 12});
  b.argument("v", {1, 5, 6});
  b.with("q_num_heads", 4).with("kv_num_heads", 2).number("scale", 0.3f);
  expectNear(b.run(),
             attend(1, {b.given[0], 4, 4, 6, true}, {b.given[1], 2, 5, 6, true},
                    {b.given[2], 2, 5, 3, true}, 0.3, none));
}

TEST(OnnxAttention, Causal) {
  One b("Attention", {"q", "k", "v"});
  b.argument("q", {1, 1, 4, 2}).argument("k", {1, 1, 5, 2});
  b.argument("v", {1, 1, 5, 2}).with("is_causal", 1);
  expectNear(b.run(),
             attend(1, {b.given[0], 1, 4, 2, false},
                    {b.given[1], 1, 5, 2, false}, {b.given[2], 1, 5, 2, false},
                    std::sqrt(0.5), causal));
}

TEST(OnnxAttention, MaskOfNumbers) {
  One b("Attention", {"q", "k", "v", "m"});
  b.argument("q", {1, 2, 2, 3}).argument("k", {1, 2, 3, 3});
  b.argument("v", {1, 2, 3, 1});
  const Floats mask = {0.5f, -1, -std::numeric_limits<float>::infinity(),
                       2,    0,  1};
  b.floats("m", {2, 1, 3}, mask);
  expectNear(b.run(), attend(1, {b.given[0], 2, 2, 3, false},
                             {b.given[1], 2, 3, 3, false},
                             {b.given[2], 2, 3, 1, false}, std::sqrt(1 / 3.0),
                             [&](int64_t, int64_t h, int64_t, int64_t t) {
                               return static_cast<double>(mask[h * 3 + t]);
                             }));
}

TEST(OnnxAttention, MaskOfBoolsAndCausal) {
  One b("Attention", {"q", "k", "v", "m"});
  b.argument("q", {1, 1, 3, 2}).argument("k", {1, 1, 3, 2});
  b.argument("v", {1, 1, 3, 2}).with("is_causal", 1);
  b.ints("m", {3, 3}, {1, 1, 1, 0, 1, 1, 1, 0, 1}, ::onnx::TensorProto::BOOL);
  expectNear(b.run(),
             attend(1, {b.given[0], 1, 3, 2, false},
                    {b.given[1], 1, 3, 2, false}, {b.given[2], 1, 3, 2, false},
                    std::sqrt(0.5), [](int64_t, int64_t, int64_t s, int64_t t) {
                      bool shut =
                          t > s || (s == 1 && t == 0) || (s == 2 && t == 1);
                      return shut ? never : 0;
                    }));
}

TEST(OnnxAttention, Softcap) {
  One b("Attention", {"q", "k", "v"});
  b.argument("q", {1, 1, 1, 1}).argument("k", {1, 1, 2, 1});
  b.argument("v", {1, 1, 2, 1}).number("softcap", 0.5f);
  double weights[2], sum = 0;
  for (int t : {0, 1})
    sum += weights[t] =
        std::exp(0.5 * std::tanh(b.given[0][0] * b.given[1][t] / 0.5));
  expectNear(b.run(), {static_cast<float>((weights[0] * b.given[2][0] +
                                           weights[1] * b.given[2][1]) /
                                          sum)});
}

TEST(OnnxAttention, MultiHeadWithBias) {
  One b("MultiHeadAttention", {"q", "k", "v", "bias"}, "com.microsoft");
  b.argument("q", {2, 3, 6}).argument("k", {2, 4, 6}).argument("v", {2, 4, 2});
  b.with("num_heads", 2).with("unidirectional", 1);
  Floats bias = numbers({14}, 9);
  b.floats("bias", {14}, bias);
  auto moved = [&](Floats rows, size_t first, size_t size) {
    for (size_t i = 0; i < rows.size(); ++i)
      rows[i] += bias[first + i % size];
    return rows;
  };
  Floats q = moved(b.given[0], 0, 6), k = moved(b.given[1], 6, 6),
         v = moved(b.given[2], 12, 2);
  expectNear(b.run(), attend(2, {q, 2, 3, 3, true}, {k, 2, 4, 3, true},
                             {v, 2, 4, 1, true}, std::sqrt(1 / 3.0), causal));
}

TEST(OnnxAttention, Packed) {
  One b("Attention", {"x", "w", "b"}, "com.microsoft");
  b.argument("x", {1, 3, 2}).with("num_heads", 2);
  Floats weights = numbers({2, 12}, 7), bias = numbers({12}, 8);
  b.floats("w", {2, 12}, weights);
  b.floats("b", {12}, bias);
  Floats parts[3];
  for (int64_t part = 0; part < 3; ++part)
    for (int64_t row = 0; row < 3; ++row)
      for (int64_t column = part * 4; column < part * 4 + 4; ++column)
        parts[part].push_back(bias[column] +
                              b.given[0][row * 2] * weights[column] +
                              b.given[0][row * 2 + 1] * weights[12 + column]);
  expectNear(b.run(),
             attend(1, {parts[0], 2, 3, 2, true}, {parts[1], 2, 3, 2, true},
                    {parts[2], 2, 3, 2, true}, std::sqrt(0.5), none));
}

/// The first `2 * half` elements of every head turned by the angles' tables.
Floats turned(Floats x, int64_t batch, const Heads &heads, const Floats &cosine,
              const Floats &sine, int64_t half, bool interleaved,
              const Shape &positions) {
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < heads.heads; ++h)
      for (int64_t s = 0; s < heads.length; ++s)
        for (int64_t i = 0; i < half; ++i) {
          int64_t row = heads.rowsFirst
                            ? (b * heads.length + s) * heads.heads + h
                            : (b * heads.heads + h) * heads.length + s;
          int64_t first = row * heads.size + (interleaved ? 2 * i : i);
          int64_t second = interleaved ? first + 1 : first + half;
          int64_t at = positions[b * heads.length + s] * half + i;
          float p = x[first], q = x[second];
          x[first] = p * cosine[at] - q * sine[at];
          x[second] = p * sine[at] + q * cosine[at];
        }
  return x;
}

TEST(OnnxRotaryEmbedding, HalvesOfEveryHead) {
  One b("RotaryEmbedding", {"x", "cos", "sin", "at"});
  b.argument("x", {2, 3, 2, 4});
  Floats cosine = numbers({5, 2}, 4), sine = numbers({5, 2}, 5);
  b.floats("cos", {5, 2}, cosine);
  b.floats("sin", {5, 2}, sine);
  b.ints("at", {2, 2}, {4, 0, 1, 3});
  expectNear(b.run(), turned(b.given[0], 2, {b.given[0], 3, 2, 4, false},
                             cosine, sine, 2, false, {4, 0, 1, 3}));
}

TEST(OnnxRotaryEmbedding, PairsOfAPartInRows) {
  One b("RotaryEmbedding", {"x", "cos", "sin"});
  b.argument("x", {1, 2, 12}).with("num_heads", 2).with("interleaved", 1);
  b.with("rotary_embedding_dim", 4);
  Floats cosine = numbers({1, 2, 2}, 4), sine = numbers({1, 2, 2}, 5);
  b.floats("cos", {1, 2, 2}, cosine);
  b.floats("sin", {1, 2, 2}, sine);
  expectNear(b.run(), turned(b.given[0], 1, {b.given[0], 2, 2, 6, true}, cosine,
                             sine, 2, true, {0, 1}));
}

TEST(OnnxRotaryEmbedding, OfOnnxRuntime) {
  One b("RotaryEmbedding", {"x", "at", "cos", "sin"}, "com.microsoft");
  b.argument("x", {1, 2, 8});
  Floats cosine = numbers({4, 2}, 4), sine = numbers({4, 2}, 5);
  b.ints("at", {1}, {2});
  b.floats("cos", {4, 2}, cosine);
  b.floats("sin", {4, 2}, sine);
  expectNear(b.run(), turned(b.given[0], 1, {b.given[0], 2, 2, 4, true}, cosine,
                             sine, 2, false, {2, 3}));
}

/// Rows of `size` normalized, times gamma plus beta.
Floats normalized(const Floats &x, size_t size, const Floats &gamma,
                  const Floats &beta, bool isCentred, double epsilon) {
  Floats result;
  for (size_t start = 0; start < x.size(); start += size) {
    double mean = 0, square = 0;
    for (size_t i = 0; isCentred && i < size; ++i)
      mean += x[start + i] / static_cast<double>(size);
    for (size_t i = 0; i < size; ++i)
      square += (x[start + i] - mean) * (x[start + i] - mean) /
                static_cast<double>(size);
    for (size_t i = 0; i < size; ++i)
      result.push_back(static_cast<float>(
          (x[start + i] - mean) / std::sqrt(square + epsilon) * gamma[i] +
          beta[i]));
  }
  return result;
}

TEST(OnnxNorms, SkipAndSimplified) {
  const Floats gamma = {1, 2, -1}, beta = {0.5f, 0, 1}, bias = {1, -1, 2};
  auto sum = [](Floats a, const Floats &b) {
    for (size_t i = 0; i < a.size(); ++i)
      a[i] += b[i % b.size()];
    return a;
  };
  One skip("SkipLayerNormalization", {"x", "s", "g", "b", "c"},
           "com.microsoft");
  skip.argument("x", {2, 2, 3}).argument("s", {2, 2, 3});
  skip.number("epsilon", 1e-3f);
  skip.floats("g", {3}, gamma);
  skip.floats("b", {3}, beta);
  skip.floats("c", {3}, bias);
  Floats x = sum(sum(skip.given[0], skip.given[1]), bias);
  expectNear(skip.run(), normalized(x, 3, gamma, beta, true, 1e-3));
  // The sum is the fourth output.
  for (const char *name : {"", "", "z"})
    skip.op->add_output(name);
  skip.graph.mutable_output(0)->set_name("z");
  expectNear(skip.run(), x);

  One simple("SkipSimplifiedLayerNormalization", {"x", "s", "g"},
             "com.microsoft");
  simple.argument("x", {2, 3}).argument("s", {2, 3});
  simple.floats("g", {3}, gamma);
  expectNear(simple.run(), normalized(sum(simple.given[0], simple.given[1]), 3,
                                      gamma, {0, 0, 0}, false, 1e-12));
  One rms("SimplifiedLayerNormalization", {"x", "g"});
  rms.argument("x", {2, 3}).floats("g", {3}, gamma);
  expectNear(rms.run(),
             normalized(rms.given[0], 3, gamma, {0, 0, 0}, false, 1e-5));
}

TEST(OnnxActivations, OfOnnxRuntime) {
  One bias("BiasGelu", {"x", "b"}, "com.microsoft");
  bias.argument("x", {2, 2}).floats("b", {2}, {1, -1});
  One fast("FastGelu", {"x"}, "com.microsoft");
  fast.argument("x", {2, 2});
  One quick("QuickGelu", {"x"}, "com.microsoft");
  quick.argument("x", {2, 2});
  Floats gelu, tanh, sigmoid;
  for (size_t i = 0; i < 4; ++i) {
    double x = bias.given[0][i], moved = x + (i % 2 ? -1 : 1);
    gelu.push_back(
        static_cast<float>(moved / 2 * (1 + std::erf(moved / std::sqrt(2.0)))));
    tanh.push_back(static_cast<float>(
        x / 2 *
        (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)))));
    sigmoid.push_back(static_cast<float>(x / (1 + std::exp(-1.702 * x))));
  }
  expectNear(bias.run(), gelu);
  expectNear(fast.run(), tanh);
  expectNear(quick.run(), sigmoid);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

/// Queries, keys and values of rank 4.
One attention(const Shape &q, const Shape &k, const Shape &v,
              std::vector<std::string> inputs = {"q", "k", "v"}) {
  One b("Attention", std::move(inputs));
  b.argument("q", q).argument("k", k).argument("v", v);
  return b;
}

TEST(OnnxAttentionErrors, Shapes) {
  EXPECT_THAT(attention({1, 2, 3}, {1, 2, 3}, {1, 1, 2, 3}).error(),
              HasSubstr("node 'n' (Attention) has inputs of ranks 3, 3 and 4, "
                        "expected all 3 or all 4"));
  EXPECT_THAT(attention({1, 2, 3, 4}, {1, 2, 5, 6}, {1, 2, 5, 4}).error(),
              HasSubstr("has queries 1x2x3x4, keys 1x2x5x6 and values 1x2x5x4 "
                        "(batch, heads, length, size) that do not fit"));
  EXPECT_THAT(attention({1, 3, 3, 4}, {1, 2, 5, 4}, {1, 2, 5, 4}).error(),
              HasSubstr("has 3 heads of queries and 2 of keys, expected a "
                        "multiple"));
  One odd = attention({1, 2, 7}, {1, 2, 7}, {1, 2, 7});
  odd.with("q_num_heads", 3).with("kv_num_heads", 3);
  EXPECT_THAT(odd.error(), HasSubstr("has q_num_heads 3, expected a divisor of "
                                     "7 columns"));
}

TEST(OnnxAttentionErrors, Masks) {
  One computed =
      attention({1, 1, 2, 2}, {1, 1, 3, 2}, {1, 1, 3, 2}, {"q", "k", "v", "m"});
  computed.argument("m", {2, 3});
  EXPECT_THAT(computed.error(),
              HasSubstr("has a mask (input 3) that is not constant; only a "
                        "constant mask is supported"));
  One shape =
      attention({1, 1, 2, 2}, {1, 1, 3, 2}, {1, 1, 3, 2}, {"q", "k", "v", "m"});
  shape.floats("m", {3, 3}, Floats(9, 0));
  EXPECT_THAT(shape.error(), HasSubstr("has a mask of shape 3x3, expected one "
                                       "that broadcasts to 1x1x2x3"));
  One type =
      attention({1, 1, 2, 2}, {1, 1, 3, 2}, {1, 1, 3, 2}, {"q", "k", "v", "m"});
  type.ints("m", {2, 3}, {1, 1, 1, 1, 1, 1});
  EXPECT_THAT(type.error(),
              HasSubstr("has a mask of int64, expected float or bool"));
  One capped = attention({1, 1, 2, 2}, {1, 1, 2, 2}, {1, 1, 2, 2});
  capped.with("is_causal", 1).number("softcap", 2);
  EXPECT_THAT(capped.error(),
              HasSubstr("and a mask; supported is one of them"));
}

TEST(OnnxAttentionErrors, Past) {
  One past = attention({1, 1, 2, 2}, {1, 1, 2, 2}, {1, 1, 2, 2},
                       {"q", "k", "v", "", "p", "p"});
  past.floats("p", {1, 1, 1, 2}, {0, 0});
  EXPECT_THAT(past.error(), HasSubstr("has the input 4, keys and values of the "
                                      "past, which is not supported"));
  One present = attention({1, 1, 2, 2}, {1, 1, 2, 2}, {1, 1, 2, 2});
  present.op->add_output("z");
  EXPECT_THAT(present.error(),
              HasSubstr("makes the output 1; supported is only the first"));
}

TEST(OnnxAttentionErrors, OfOnnxRuntime) {
  One rank("MultiHeadAttention", {"q", "k", "v"}, "com.microsoft");
  rank.argument("q", {1, 2, 4}).argument("k", {1, 2, 2, 2});
  rank.argument("v", {1, 2, 4}).with("num_heads", 2);
  EXPECT_THAT(rank.error(), HasSubstr("has the input 1 of rank 4; supported "
                                      "are queries, keys and values of rank "
                                      "3"));
  One bias("MultiHeadAttention", {"q", "q", "q", "b"}, "com.microsoft");
  bias.argument("q", {1, 2, 4})
      .with("num_heads", 2)
      .floats("b", {8}, Floats(8));
  EXPECT_THAT(bias.error(), HasSubstr("has a bias of shape 8, too short"));
  One padding("MultiHeadAttention", {"q", "q", "q", "", "p"}, "com.microsoft");
  padding.argument("q", {1, 2, 4}).with("num_heads", 2).ints("p", {1}, {2});
  EXPECT_THAT(padding.error(), HasSubstr("has a padding mask (input 4)"));
  One packed("Attention", {"x", "w"}, "com.microsoft");
  packed.argument("x", {1, 2, 3}).with("num_heads", 1);
  packed.floats("w", {2, 9}, Floats(18));
  EXPECT_THAT(packed.error(),
              HasSubstr("has an input 1x2x3 and weights 2x9, expected constant "
                        "weights of as many rows as the input has columns"));
  One columns("Attention", {"x", "w"}, "com.microsoft");
  columns.argument("x", {1, 2, 2}).with("num_heads", 1);
  columns.floats("w", {2, 8}, Floats(16));
  EXPECT_THAT(columns.error(), HasSubstr("has weights of 8 columns, expected "
                                         "those of queries, keys and values"));
  One lengths("Attention", {"x", "w", "", "l"}, "com.microsoft");
  lengths.argument("x", {1, 2, 2}).with("num_heads", 1).ints("l", {1}, {2});
  lengths.floats("w", {2, 6}, Floats(12));
  EXPECT_THAT(lengths.error(), HasSubstr("has a mask of lengths (input 3)"));
  One skip("SkipLayerNormalization", {"x", "s", "g"}, "com.microsoft");
  skip.argument("x", {2, 3}).argument("s", {2, 2}).floats("g", {3}, Floats(3));
  EXPECT_THAT(skip.error(),
              HasSubstr("has a skip that does not fit its input"));
  One gelu("BiasGelu", {"x", "b"}, "com.microsoft");
  gelu.argument("x", {2, 3}).floats("b", {2}, Floats(2));
  EXPECT_THAT(gelu.error(),
              HasSubstr("has a bias that does not fit its input"));
}

TEST(OnnxAttentionErrors, ShapesOfOthers) {
  One scale("LayerNormalization", {"x", "g"});
  scale.argument("x", {1, 5, 3}).floats("g", {4}, Floats(4));
  EXPECT_THAT(scale.error(), HasSubstr("has a scale of shape 4, expected 3 or "
                                       "what broadcasts to 1x5x3"));
  One bias("LayerNormalization", {"x", "g", "b"});
  bias.argument("x", {1, 5, 3}).floats("g", {3}, Floats(3));
  bias.floats("b", {5}, Floats(5));
  EXPECT_THAT(bias.error(), HasSubstr("has a bias of shape 5, expected 3 or "
                                      "what broadcasts to 1x5x3"));
  One sum("Add", {"x", "b"});
  sum.argument("x", {1, 5, 3}).floats("b", {4}, Floats(4));
  EXPECT_THAT(sum.error(), HasSubstr("node 'n' (Add) has inputs of shapes "
                                     "1x5x3 and 4 that do not fit together"));
}

TEST(OnnxAttentionErrors, BytesAsIndices) {
  One codes("Gather", {"t", "ids"});
  codes.floats("t", {9, 4}, Floats(36));
  codes.input("ids", {1, 5}, ::onnx::TensorProto::INT8);
  EXPECT_THAT(codes.error(), HasSubstr("node 'n' (Gather) has indices of int8; "
                                       "expected int32 or int64"));
}

TEST(OnnxAttentionErrors, Rotary) {
  One rank("RotaryEmbedding", {"x", "t", "t"});
  rank.argument("x", {2, 4}).floats("t", {1, 2, 2}, Floats(4));
  EXPECT_THAT(rank.error(),
              HasSubstr("has an input of rank 2, expected 3 or 4"));
  One heads("RotaryEmbedding", {"x", "t", "t"});
  heads.argument("x", {1, 2, 7}).with("num_heads", 2);
  heads.floats("t", {1, 2, 2}, Floats(4));
  EXPECT_THAT(heads.error(),
              HasSubstr("has num_heads 2, expected a divisor of 7 columns"));
  One size("RotaryEmbedding", {"x", "t", "t"});
  size.argument("x", {1, 2, 2, 6}).floats("t", {1, 2, 2}, Floats(4));
  EXPECT_THAT(size.error(), HasSubstr("turns 6 of 6 elements by tables of 2, "
                                      "expected half as many"));
  One table("RotaryEmbedding", {"x", "t", "t"});
  table.argument("x", {1, 2, 3, 4}).floats("t", {1, 2, 2}, Floats(4));
  EXPECT_THAT(table.error(),
              HasSubstr("has a table of shape 1x2x2, expected 1x3x2"));
  One computed("RotaryEmbedding", {"x", "c", "c"});
  computed.argument("x", {1, 2, 3, 4}).argument("c", {1, 3, 2});
  EXPECT_THAT(computed.error(), HasSubstr("has a table (input 1) that is not "
                                          "constant"));
  One position("RotaryEmbedding", {"x", "t", "t", "p"});
  position.argument("x", {1, 1, 2, 4}).floats("t", {2, 2}, Floats(4));
  position.ints("p", {1, 2}, {0, 2});
  EXPECT_THAT(position.error(),
              HasSubstr("has the position 2 in a table of 2"));
  One count("RotaryEmbedding", {"x", "t", "t", "p"});
  count.argument("x", {1, 1, 2, 4}).floats("t", {2, 2}, Floats(4));
  count.ints("p", {1, 3}, {0, 1, 1});
  EXPECT_THAT(count.error(), HasSubstr("has 3 positions, expected 2"));
}

} // namespace
