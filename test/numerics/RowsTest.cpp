// Softmax and norms as qint computes them against the real functions: errors
// stay within what docs/numerics.md states (rules norm-n3, softmax-x7).
#include "dialects/QGraph/QGraph.h"
#include "dialects/QInt/QInt.h"
#include "dialects/QInt/Reference/Reference.h"
#include "passes/LowerToInt/LowerToInt.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"

#include <array>
#include <cmath>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <random>

using namespace qcc;
using namespace qcc::qint::reference;

namespace {

/// The stated errors of functions by form, and of rows made of them.
namespace stated {
using Bounds = std::array<double, 3>;
#define QCC_FUNCTION_BOUND(name, rule, error, arguments, polynomial, shift,    \
                           table)                                              \
  [[maybe_unused]] constexpr Bounds name = {polynomial, shift, table};
#include "dialects/QInt/FunctionBounds.inc"

struct Row {
  double powers, reciprocals, roots, relative, absolute, deviating, constant,
      steps;

  /// Of |y| = `size` with the functions of form `form`, but for the steps.
  double error(size_t form, int n, double size) const {
    return size * (powers * power[form] + reciprocals * reciprocal[form] +
                   roots * inverseRoot[form] + n * relative) +
           n * absolute + std::sqrt(n) * deviating + constant;
  }
};
#define QCC_ROW_BOUND(name, rule, ...) constexpr Row name = {__VA_ARGS__};
#include "dialects/QInt/FunctionBounds.inc"
} // namespace stated

const char *const kForms[] = {"polynomial", "shift", "table"};

/// A quantized type: 8 or 16 bits.
struct Codes {
  int bits;
  double scale;
  int zero;

  std::string text() const {
    return fmt::format("!quant.uniform<i{}:f32, {:.17e}:{}>", bits, scale,
                       zero);
  }
  int64_t least() const { return -(int64_t(1) << (bits - 1)); }
  int64_t most() const { return -least() - 1; }
  double real(int64_t code) const {
    return scale * static_cast<double>(code - zero);
  }
};

/// Rows of random codes: wide, narrow, all alike, and with one far outlier.
std::vector<int64_t> rowsOf(const Codes &codes, int rows, int depth) {
  std::mt19937 random(depth * 31 + codes.bits);
  std::vector<int64_t> values;
  for (int row = 0; row < rows; ++row) {
    int64_t span = row % 4 == 0 ? codes.most() : codes.most() >> (row % 7);
    std::uniform_int_distribution<int64_t> draw(-span - 1, span);
    for (int i = 0; i < depth; ++i)
      values.push_back(row % 5 == 1 ? 3 : draw(random));
    if (row % 3 == 1)
      values[row * depth + depth / 2] = codes.most();
  }
  return values;
}

/// Runs `%r = <op> : ...` on rows of `in`.
std::vector<int64_t> run(const std::string &body, const Codes &in,
                         const Codes &out, int rows, int depth,
                         const std::vector<int64_t> &values) {
  mlir::MLIRContext context;
  context.loadDialect<qgraph::QGraphDialect, qint::QIntDialect,
                      mlir::func::FuncDialect, mlir::quant::QuantDialect>();
  std::string text = fmt::format(
      "!in = tensor<{0}x{1}x{2}>\n!out = tensor<{0}x{1}x{3}>\n"
      "!f = tensor<{1}xf32>\n"
      "func.func @main(%x: !in) -> !out {{\n{4}\nreturn %r : !out }}",
      rows, depth, in.text(), out.text(), body);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  mlir::PassManager passes(&context);
  passes.addPass(createConvertQGraphToQInt());
  if (!module || failed(passes.run(*module))) {
    ADD_FAILURE() << text;
    return std::vector<int64_t>(values.size());
  }
  Tensor input({rows, depth},
               in.bits == 8 ? ElementKind::I8 : ElementKind::I16);
  input.values = values;
  auto results =
      interpret(*module->getOps<mlir::func::FuncOp>().begin(), {input});
  if (!results) {
    ADD_FAILURE() << llvm::toString(results.takeError());
    return std::vector<int64_t>(values.size());
  }
  return (*results)[0].values;
}

/// The code is the real value's, up to half a step and `error`.
void expectCode(const Codes &codes, int64_t code, double real, double error) {
  double wanted = real / codes.scale + codes.zero;
  double low = std::clamp<double>(wanted - error / codes.scale - 0.501,
                                  codes.least() - 0.5, codes.most() - 0.5);
  double high = std::clamp<double>(wanted + error / codes.scale + 0.501,
                                   codes.least() + 0.5, codes.most() + 0.5);
  EXPECT_GE(static_cast<double>(code), low) << real;
  EXPECT_LE(static_cast<double>(code), high) << real;
}

struct RowsTest : testing::TestWithParam<int> {};

TEST_P(RowsTest, Softmax) {
  int depth = GetParam(), rows = 23;
  for (const Codes &in : {Codes{8, 0.07, -3}, Codes{16, 0x1p-11, 0}})
    for (const Codes &out :
         {Codes{8, 0x1p-8, -128}, Codes{16, 0x1p-15, 0}, Codes{8, 0.005, 7}})
      for (auto [form, name] : llvm::enumerate(kForms)) {
        SCOPED_TRACE(
            fmt::format("{} bits to {}, {}", in.bits, out.scale, name));
        auto values = rowsOf(in, rows, depth);
        auto codes = run(fmt::format("%r = qgraph.softmax %x {{axis = 1 : i64, "
                                     "qgraph.form = \"{}\"}} : (!in) -> !out",
                                     name),
                         in, out, rows, depth, values);
        for (int i = 0; i < rows * depth; ++i) {
          double sum = 0, own = in.real(values[i]);
          for (int k = 0; k < depth; ++k)
            sum += std::exp(in.real(values[i / depth * depth + k]) - own);
          double share = 1 / sum;
          expectCode(out, codes[i], share,
                     stated::softmax.error(form, depth, share));
        }
      }
}

TEST_P(RowsTest, LogSoftmax) {
  int depth = GetParam(), rows = 17;
  Codes in{8, 0.05, 4}, out{8, 0.08, 120};
  auto values = rowsOf(in, rows, depth);
  auto codes = run("%r = qgraph.softmax %x {axis = 1 : i64, log} : (!in) -> "
                   "!out",
                   in, out, rows, depth, values);
  for (int i = 0; i < rows * depth; ++i) {
    double sum = 0, own = in.real(values[i]);
    for (int k = 0; k < depth; ++k)
      sum += std::exp(in.real(values[i / depth * depth + k]) - own);
    expectCode(out, codes[i], -std::log(sum),
               stated::logSoftmax.error(0, depth, std::log(sum)));
  }
}

/// `count` constants as text: 0, 1.5, -0.7, ... around `scale`.
std::string constants(int count, double scale, double step) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += fmt::format("{}{:.6e}", i ? ", " : "", scale + step * (i % 7 - 3));
  return text;
}

float constantAt(int i, double scale, double step) {
  return std::strtof(fmt::format("{:.6e}", scale + step * (i % 7 - 3)).c_str(),
                     nullptr);
}

TEST_P(RowsTest, Norms) {
  int depth = GetParam(), rows = 19;
  double epsilon = 1e-5;
  for (const Codes &in : {Codes{8, 0.03, 11}, Codes{16, 0x1p-12, 0}})
    for (const Codes &out : {Codes{8, 0.04, -20}, Codes{16, 0x1p-12, 0}})
      for (auto [form, name] : llvm::enumerate(kForms))
        for (bool centred : {true, false}) {
          SCOPED_TRACE(fmt::format("{} bits to {}, {}, {}", in.bits, out.bits,
                                   name, centred));
          auto values = rowsOf(in, rows, depth);
          std::string body = fmt::format(
              "%g = qgraph.constant dense<[{}]> : !f -> !f\n"
              "%b = qgraph.constant dense<[{}]> : !f -> !f\n"
              "%r = qgraph.{} {{axis = 1 : i64, epsilon = 1.0e-5 : f32, "
              "qgraph.form = \"{}\"}} : (!in, {}) -> !out",
              constants(depth, 0.4, 0.4), constants(depth, 0.1, -0.3),
              centred ? "layer_norm %x, %g, %b" : "rms_norm %x, %g", name,
              centred ? "!f, !f" : "!f");
          auto codes = run(body, in, out, rows, depth, values);
          for (int i = 0; i < rows * depth; ++i) {
            double mean = 0, squares = 0;
            for (int k = 0; k < depth; ++k)
              mean += in.real(values[i / depth * depth + k]) / depth;
            if (!centred)
              mean = 0;
            for (int k = 0; k < depth; ++k)
              squares +=
                  std::pow(in.real(values[i / depth * depth + k]) - mean, 2) /
                  depth;
            double gamma = constantAt(i % depth, 0.4, 0.4);
            double beta = centred ? constantAt(i % depth, 0.1, -0.3) : 0;
            double shape = (in.real(values[i]) - mean);
            double unit = shape / std::sqrt(squares + epsilon);
            // The rounded addend counts only for rows that are nearly alike.
            double steps =
                (centred ? depth * depth : 65536 * depth) / in.scale / in.scale;
            double wanted = epsilon * steps;
            double off = std::abs(std::max(std::round(wanted), 1.0) - wanted);
            double alike = std::abs(unit) *
                           std::min(1.0, off / steps / (squares + epsilon));
            expectCode(out, codes[i], unit * gamma + beta,
                       std::abs(gamma) * (stated::norm.error(form, depth,
                                                             std::abs(unit)) +
                                          alike) +
                           out.scale * stated::norm.steps);
          }
        }
}

INSTANTIATE_TEST_SUITE_P(Depths, RowsTest, testing::Values(1, 5, 16, 197));

} // namespace
