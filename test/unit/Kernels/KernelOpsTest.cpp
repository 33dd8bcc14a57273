// Every op alone and in small bodies, on every row that this machine can run,
// against the reference; and emitted for all rows.
#include "test/unit/Kernels/Harness.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

/// Operand types, body (operands are %a, %b, %c; yields %r), result type.
struct OpCase {
  std::string name;
  std::vector<std::string> operands;
  std::string body;
  std::string result;
  std::string attributes = "";
  std::vector<Halo> halos = {};
};

std::ostream &operator<<(std::ostream &out, const OpCase &c) {
  return out << c.name;
}

KernelCase kernelOf(const OpCase &c) {
  std::string arguments, inner, values, types;
  for (size_t i = 0; i < c.operands.size(); ++i) {
    char name = char('a' + i);
    std::string comma = i ? ", " : "";
    arguments += fmt::format("{}%x{}: {}", comma, i, c.operands[i]);
    inner += fmt::format("{}%{}: {}", comma, name, c.operands[i]);
    values += fmt::format("{}%x{}", comma, i);
    types += comma + c.operands[i];
  }
  KernelCase made;
  made.text = fmt::format(
      "func.func @f({0}) -> {5} {{\n"
      "  %k = qint.kernel \"k\" ({1}) {{\n  ^bb0({2}):\n"
      "    {3}\n    qint.yield %r : {5}\n  }} {6} : ({4}) -> "
      "{5}\n  return %k : {5}\n}}\n",
      arguments, values, inner, c.body, types, c.result, c.attributes);
  made.inputHalos = c.halos;
  return made;
}

std::string rescale(const std::string &multipliers, const std::string &shifts,
                    const std::string &rounding, int zeroPoint, int min,
                    int max) {
  return fmt::format(
      "rescale = #qint.rescale<multipliers = [{}], shifts = "
      "[{}], rounding = {}, zero_point = {}, min = {}, max = {}>",
      multipliers, shifts, rounding, zeroPoint, min, max);
}

std::string add(int lz, int rz, int lm, int rm, int shift,
                const std::string &rounding) {
  return fmt::format(
      "{{lhs_zero_point = {} : i32, rhs_zero_point = {} : i32, lhs_multiplier "
      "= {} : i32, rhs_multiplier = {} : i32, shift = {} : i32, rounding = "
      "#qint.rounding<{}>, zero_point = 3 : i32, min = -128 : i32, max = 127 : "
      "i32}}",
      lz, rz, lm, rm, shift, rounding);
}

/// A product of [batch, m, k] and [batch, k, n], and how its factors and its
/// result lie.
struct Product {
  std::string name;
  int batch, m, k, n;
  std::string left = "i8", right = "i8", sum = "i32";
  int leftZero = 3, rightZero = -9;
  std::vector<int> leftOrder = {0, 1, 2}, rightOrder = {0, 1, 2},
                   order = {0, 1, 2};
};

std::string shapeOf(const std::vector<int> &sizes, const std::string &element) {
  return fmt::format("tensor<{}x{}>", fmt::join(sizes, "x"), element);
}

/// The sizes before a transposition that leaves `after`.
std::vector<int> sizesBefore(const std::vector<int> &after,
                             const std::vector<int> &order) {
  std::vector<int> sizes(after.size());
  for (size_t i = 0; i < order.size(); ++i)
    sizes[order[i]] = after[i];
  return sizes;
}

std::string transposeText(const char *to, const char *from,
                          const std::string &before, const std::string &after,
                          const std::vector<int> &order) {
  return fmt::format("%{} = qint.transpose %{} {{permutation = array<i64: {}>}}"
                     " : ({}) -> {}\n",
                     to, from, fmt::join(order, ", "), before, after);
}

OpCase productCase(const Product &p) {
  const std::vector<int> kept = {0, 1, 2};
  std::vector<int> l = {p.batch, p.m, p.k}, r = {p.batch, p.k, p.n},
                   out = {p.batch, p.m, p.n}, moved;
  for (int axis : p.order)
    moved.push_back(out[axis]);
  std::string left = shapeOf(sizesBefore(l, p.leftOrder), p.left);
  std::string right = shapeOf(sizesBefore(r, p.rightOrder), p.right);
  std::string body;
  const char *lhs = "a", *rhs = "b";
  if (p.leftOrder != kept) {
    body += transposeText("l", lhs, left, shapeOf(l, p.left), p.leftOrder);
    lhs = "l";
  }
  if (p.rightOrder != kept) {
    body += transposeText("t", rhs, right, shapeOf(r, p.right), p.rightOrder);
    rhs = "t";
  }
  body += fmt::format(
      "%q = qint.matmul %{}, %{} {{lhs_zero_point = {} : i32, rhs_zero_point = "
      "{} : i32}} : ({}, {}) -> {}\n%{} = qint.requantize %q {{zero_point = 0 "
      ": i32, {}}} : ({}) -> {}\n",
      lhs, rhs, p.leftZero, p.rightZero, shapeOf(l, p.left),
      shapeOf(r, p.right), shapeOf(out, p.sum), p.order == kept ? "r" : "s",
      p.sum == "i64" ? rescale("22001", "33", "single", 5, -128, 127)
                     : rescale("1431655765", "38", "single", 5, -128, 127),
      shapeOf(out, p.sum), shapeOf(out, "i8"));
  if (p.order != kept)
    body += transposeText("r", "s", shapeOf(out, "i8"), shapeOf(moved, "i8"),
                          p.order);
  return {p.name, {left, right}, body, shapeOf(moved, "i8")};
}

/// softmax(%a %b) %c of `heads`, `rows` x `columns` scores and a depth of 6,
/// with what stands next to attention: a mask, heads to join.
OpCase attentionCase(const std::string &name, int heads, int rows, int columns,
                     const std::string &type) {
  std::string q = shapeOf({rows, heads, 6}, type),
              k = shapeOf({columns, heads, 6}, type),
              scores = shapeOf({heads, rows, columns}, type),
              row = fmt::format("tensor<{}x{}x1x", heads, rows),
              sums = shapeOf({heads, rows, columns}, "i32"),
              out = shapeOf({heads, rows, 6}, "i32"),
              codes = shapeOf({heads, rows, 6}, type),
              mask = shapeOf({1, rows, columns}, type);
  std::string scale = type == "i8"
                          ? rescale("1431655765", "38", "single", 5, -128, 127)
                          : rescale("1431655765", "38", "single", 99, 0, 255);
  int zero = type == "i8" ? -3 : 130;
  std::string steps = "multiplier = 5672794 : i32, shift = 10 : i32, form = "
                      "#qint.form<polynomial>";
  std::string text =
      transposeText("q", "a", q, shapeOf({heads, rows, 6}, type), {1, 0, 2}) +
      transposeText("k", "b", k, shapeOf({heads, 6, columns}, type),
                    {1, 2, 0}) +
      transposeText("v", "c", k, shapeOf({heads, columns, 6}, type), {1, 0, 2});
  text += fmt::format(
      "%p = qint.matmul %q, %k {{lhs_zero_point = {0} : i32, rhs_zero_point = "
      "{0} : i32}} : ({1}, {2}) -> {3}\n%u = qint.requantize %p {{zero_point = "
      "0 : i32, {4}}} : ({3}) -> {5}\n"
      "%s = qint.maximum %u, %d : ({5}, {6}) -> {5}\n",
      zero, shapeOf({heads, rows, 6}, type), shapeOf({heads, 6, columns}, type),
      sums, scale, scores, mask);
  text += fmt::format(
      "%m = qint.reduce <max> %s {{axes = array<i64: 2>, zero_point = 0 : "
      "i32}} "
      ": ({0}) -> {1}{2}>\n%w = qint.power_sum %s, %m {{{3}}} : ({0}, {1}{2}>) "
      "-> {1}i32>\n%i = qint.reciprocal %w {{form = #qint.form<polynomial>}} : "
      "({1}i32>) -> {1}i32>\n%h = qint.power_share %s, %m, %i {{{3}, bits = 8 "
      ": i32, zero_point = {4} : i32, min = {4} : i32, max = {5} : i32}} : "
      "({0}, {1}{2}>, {1}i32>) -> {0}\n",
      scores, row, type, steps, type == "i8" ? -128 : 0,
      type == "i8" ? 127 : 255);
  text += fmt::format(
      "%o = qint.matmul %h, %v {{lhs_zero_point = {0} : i32, rhs_zero_point = "
      "{1} : i32}} : ({2}, {3}) -> {4}\n%y = qint.requantize %o {{zero_point = "
      "0 : i32, {5}}} : ({4}) -> {6}\n",
      type == "i8" ? -128 : 0, zero, scores, shapeOf({heads, columns, 6}, type),
      out, scale, codes);
  text += transposeText("r", "y", codes, q, {1, 0, 2});
  return {name, {q, k, k, mask}, text, q};
}

void addProducts(std::vector<OpCase> &cases) {
  cases.push_back(attentionCase("attention", 3, 5, 7, "i8"));
  cases.push_back(attentionCase("attention_unsigned", 2, 4, 16, "ui8"));
  // Tiles of rows, the last of which overlaps the one before.
  cases.push_back(attentionCase("attention_rows", 2, 101, 9, "i8"));
  const std::vector<int> heads = {1, 0, 2}, columns = {0, 2, 1},
                         headColumns = {1, 2, 0};
  const Product products[] = {
      {"matmul", 2, 5, 9, 18},
      {"matmul_row", 1, 1, 64, 7},
      {"matmul_single", 3, 2, 1, 1},
      {"matmul_no_zeros", 1, 17, 16, 33, "i8", "i8", "i32", 0, 0},
      {"matmul_extreme", 2, 4, 12, 16, "i8", "i8", "i32", -128, 127},
      {"matmul_unsigned", 2, 5, 13, 6, "ui8", "ui8", "i32", 7, 255},
      {"matmul_mixed_signs", 2, 6, 8, 5, "ui8", "i8", "i32", 0, -128},
      {"matmul_words", 2, 3, 7, 10, "i16", "i16", "i64", 0, 0},
      {"matmul_byte_word", 2, 4, 6, 9, "i8", "i16", "i32", -128, 0},
      {"matmul_word_byte", 2, 4, 6, 9, "i16", "i8", "i32", 0, 11},
      {"matmul_rows_of_right",
       2,
       5,
       9,
       18,
       "i8",
       "i8",
       "i32",
       3,
       -9,
       {0, 1, 2},
       columns},
      {"matmul_heads", 3, 5, 7, 11, "i8", "i8", "i32", 3, -9, heads,
       headColumns, heads},
      {"matmul_heads_unsigned", 3, 5, 7, 11, "ui8", "ui8", "i32", 3, 9, heads,
       headColumns, heads},
      {"matmul_columns", 2, 8, 6, 16, "i8", "i8", "i32", 3, -9, columns, heads,
       columns},
  };
  for (const Product &product : products)
    cases.push_back(productCase(product));
}

std::vector<OpCase> makeCases() {
  std::vector<OpCase> cases;
  const std::string a4 = "tensor<2x3x5x7xi8>";
  for (const char *rounding : {"single", "double", "even", "away"}) {
    cases.push_back({"add",
                     {a4, a4},
                     "%r = qint.add %a, %b " +
                         add(-3, 9, 700001, -912345, 19, rounding) + " : (" +
                         a4 + ", " + a4 + ") -> " + a4,
                     a4});
    cases.push_back(
        {"requantize",
         {"tensor<3x5xi8>"},
         "%r = qint.requantize %a {zero_point = -7 : i32, " +
             rescale("1610612736, 1073741824, 2147483647, 0, 1288490189",
                     "30, 31, 33, 40, 2", rounding, 5, -100, 127) +
             "} : (tensor<3x5xi8>) -> tensor<3x5xi8>",
         "tensor<3x5xi8>"});
    cases.push_back(
        {"requantize_wide",
         {"tensor<2x33xi8>"},
         "%q = qint.mul %a, %a {lhs_zero_point = 1 : i32, "
         "rhs_zero_point = -2 : i32} : (tensor<2x33xi8>, "
         "tensor<2x33xi8>) -> tensor<2x33xi64>\n"
         "%r = qint.requantize %q {zero_point = 0 : i32, " +
             rescale("20001", "22",
                     rounding == std::string("double") ? "single" : rounding, 5,
                     -32768, 32767) +
             "} : (tensor<2x33xi64>) -> tensor<2x33xi16>",
         "tensor<2x33xi16>"});
    cases.push_back(
        {"avg_pool",
         {"tensor<1x6x7x5xi8>"},
         "%r = qint.avg_pool2d %a {kernel = array<i64: 3, 2>, "
         "strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 1, "
         "1>, input_zero_point = -4 : i32, " +
             rescale("1073741824, 1073741824, 1431655765, "
                     "1073741824, 1717986918, 1431655765",
                     "30, 31, 32, 32, 33, 33", rounding, -2, -128, 127) +
             "} : (tensor<1x6x7x5xi8>) -> tensor<1x3x8x5xi8>",
         "tensor<1x3x8x5xi8>"});
  }
  cases.push_back({"add_broadcast",
                   {"tensor<2x1x5x7xi8>", "tensor<2x3x1x7xui8>"},
                   "%r = qint.add %a, %b " +
                       add(-3, 9, 700001, 912345, 20, "single") +
                       " : (tensor<2x1x5x7xi8>, tensor<2x3x1x7xui8>) -> "
                       "tensor<2x3x5x7xi8>",
                   "tensor<2x3x5x7xi8>"});
  cases.push_back({"add_halo",
                   {a4, a4},
                   "%r = qint.add %a, %b " +
                       add(-3, 9, 700001, 912345, 20, "single") + " : (" + a4 +
                       ", " + a4 + ") -> " + a4,
                   a4,
                   "{halo = array<i64: 1, 1, 2, 1>, halo_value = -9 : i32}",
                   {{0, 0, 0, 0}, {1, 0, 1, 2}}});
  cases.push_back({"add_scalar_shape",
                   {"tensor<1xi8>", "tensor<1xi8>"},
                   "%r = qint.add %a, %b " +
                       add(0, 1, 70000, 91234, 17, "single") +
                       " : (tensor<1xi8>, tensor<1xi8>) -> tensor<1xi8>",
                   "tensor<1xi8>"});
  cases.push_back({"mul_requantize",
                   {"tensor<3x40xi8>", "tensor<3x40xi8>"},
                   "%q = qint.mul %a, %b {lhs_zero_point = 4 : i32, "
                   "rhs_zero_point = -6 : i32} : (tensor<3x40xi8>, "
                   "tensor<3x40xi8>) -> tensor<3x40xi32>\n"
                   "%r = qint.requantize %q {zero_point = 0 : i32, " +
                       rescale("1518500250", "37", "single", 1, -128, 127) +
                       "} : (tensor<3x40xi32>) -> tensor<3x40xi8>",
                   "tensor<3x40xi8>"});
  for (const char *type : {"i8", "ui8", "i16"}) {
    std::string t = fmt::format("tensor<2x3x19x{}>", type);
    for (const char *op : {"maximum", "minimum"})
      cases.push_back(
          {op,
           {t, t},
           fmt::format("%r = qint.{0} %a, %b : ({1}, {1}) -> {1}", op, t),
           t});
    cases.push_back({"clamp",
                     {t},
                     fmt::format("%r = qint.clamp %a {{min = 3 : i32, max = "
                                 "101 : i32}} : ({0}) -> {0}",
                                 t),
                     t});
    std::string p = fmt::format("tensor<2x9x8x20x{}>", type);
    std::string q = fmt::format("tensor<2x5x4x20x{}>", type);
    cases.push_back(
        {"max_pool",
         {p},
         fmt::format("%r = qint.max_pool2d %a {{kernel = array<i64: "
                     "3, 2>, strides = array<i64: 2, 2>, pads = "
                     "array<i64: 1, 1, 0, 1>}} : ({0}) -> {1}",
                     p, q),
         q});
    std::string m = fmt::format("tensor<2x1x8x1x{}>", type);
    for (const char *kind : {"max", "min"})
      cases.push_back(
          {"reduce",
           {p},
           fmt::format("%r = qint.reduce <{2}> %a {{axes = array<i64: 1, 3>, "
                       "zero_point = 3 : i32}} : ({0}) -> {1}",
                       p, m, kind),
           m});
    cases.push_back({"argmax",
                     {p},
                     fmt::format("%r = qint.argmax %a {{axis = 3 : i64}} : "
                                 "({0}) -> tensor<2x9x8xi32>",
                                 p),
                     "tensor<2x9x8xi32>"});
    cases.push_back({"argmax_outer",
                     {p},
                     fmt::format("%r = qint.argmax %a {{axis = 1 : i64}} : "
                                 "({0}) -> tensor<2x8x20xi64>",
                                 p),
                     "tensor<2x8x20xi64>"});
    std::string c0 = fmt::format("tensor<2x3x4x5x{}>", type);
    std::string c1 = fmt::format("tensor<2x3x4x17x{}>", type);
    std::string c2 = fmt::format("tensor<2x3x4x22x{}>", type);
    cases.push_back({"concat",
                     {c0, c1},
                     fmt::format("%r = qint.concat %a, %b {{axis = 3 : i64}} : "
                                 "({0}, {1}) -> {2}",
                                 c0, c1, c2),
                     c2,
                     "{halo = array<i64: 1, 0, 0, 1>, halo_value = 9 : i32}"});
    cases.push_back({"transpose",
                     {c1},
                     fmt::format("%r = qint.transpose %a {{permutation = "
                                 "array<i64: 3, 0, 2, 1>}} : ({0}) -> "
                                 "tensor<17x2x4x3x{1}>",
                                 c1, type),
                     fmt::format("tensor<17x2x4x3x{}>", type)});
    cases.push_back(
        {"slice",
         {c1},
         fmt::format("%r = qint.slice %a {{starts = array<i64: 1, 0, 1, 2>, "
                     "sizes = array<i64: 1, 2, 2, 5>, strides = array<i64: 1, "
                     "2, 1, 3>}} : ({0}) -> tensor<1x2x2x5x{1}>",
                     c1, type),
         fmt::format("tensor<1x2x2x5x{}>", type)});
    cases.push_back(
        {"pad",
         {c0},
         fmt::format("%r = qint.pad %a {{low = array<i64: 0, 1, -1, 2>, high = "
                     "array<i64: 0, 0, 2, 0>, interior = array<i64: 0, 1, 0, "
                     "2>, value = 7 : i32}} : ({0}) -> tensor<2x6x5x15x{1}>",
                     c0, type),
         fmt::format("tensor<2x6x5x15x{}>", type)});
    cases.push_back(
        {"tile",
         {c0},
         fmt::format("%r = qint.tile %a {{multiples = array<i64: 1, 2, 1, 3>}} "
                     ": ({0}) -> tensor<2x6x4x15x{1}>",
                     c0, type),
         fmt::format("tensor<2x6x4x15x{}>", type)});
    cases.push_back(
        {"gather",
         {c1},
         fmt::format("%r = qint.gather %a {{indices = array<i64: 2, 0, 1, 1>, "
                     "axis = 1 : i64}} : ({0}) -> tensor<2x4x4x17x{1}>",
                     c1, type),
         fmt::format("tensor<2x4x4x17x{}>", type)});
    cases.push_back(
        {"resize_nearest",
         {c0},
         fmt::format("%r = qint.resize <nearest> %a {{scale = array<i64: 4, 2, "
                     "3, 1>, offset = array<i64: -1, 0>, border = array<i64: "
                     "1, 2>, zero_point = 0 : i32}} : ({0}) -> "
                     "tensor<2x6x12x5x{1}>",
                     c0, type),
         fmt::format("tensor<2x6x12x5x{}>", type)});
    cases.push_back(
        {"reduce_sum",
         {c1},
         fmt::format("%r = qint.reduce <sum> %a {{axes = array<i64: "
                     "1, 2>, zero_point = 11 : i32}} : ({0}) -> "
                     "tensor<2x1x1x17xi32>",
                     c1),
         "tensor<2x1x1x17xi32>"});
  }
  cases.push_back(
      {"resize_bilinear",
       {"tensor<1x3x4x18xi8>"},
       "%q = qint.resize <bilinear> %a {scale = array<i64: 4, 2, 3, 1>, offset "
       "= array<i64: -1, 0>, border = array<i64: 1, 2>, zero_point = 5 : i32} "
       ": (tensor<1x3x4x18xi8>) -> tensor<1x6x12x18xi32>\n"
       "%r = qint.requantize %q {zero_point = 0 : i32, " +
           rescale("1431655765", "34", "single", 5, -128, 127) +
           "} : (tensor<1x6x12x18xi32>) -> tensor<1x6x12x18xi8>",
       "tensor<1x6x12x18xi8>"});
  cases.push_back({"flip_sign",
                   {"tensor<5x13xi8>"},
                   "%r = qint.flip_sign %a : (tensor<5x13xi8>) -> "
                   "tensor<5x13xui8>",
                   "tensor<5x13xui8>"});
  addProducts(cases);
  cases.push_back({"global_average",
                   {"tensor<1x5x4x33xi8>"},
                   "%q = qint.reduce <sum> %a {axes = array<i64: 1, 2>, "
                   "zero_point = -3 : i32} : (tensor<1x5x4x33xi8>) -> "
                   "tensor<1x1x1x33xi32>\n"
                   "%r = qint.requantize %q {zero_point = 0 : i32, " +
                       rescale("1717986918", "35", "single", 5, -128, 127) +
                       "} : (tensor<1x1x1x33xi32>) -> tensor<1x1x1x33xi8>",
                   "tensor<1x1x1x33xi8>"});
  cases.push_back({"centre", // a value used by a reduction and again
                   {"tensor<4x32xi8>"},
                   "%m = qint.reduce <max> %a {axes = array<i64: 1>, "
                   "zero_point = 0 : i32} : (tensor<4x32xi8>) -> "
                   "tensor<4x1xi8>\n%r = qint.add %a, %m " +
                       add(0, 0, 1, -1, 1, "single") +
                       " : (tensor<4x32xi8>, tensor<4x1xi8>) -> "
                       "tensor<4x32xi8>",
                   "tensor<4x32xi8>"});
  for (const char *rounding : {"single", "away", "even"})
    cases.push_back({"halve_difference",
                     {a4, a4},
                     "%r = qint.add %a, %b " + add(0, 0, 1, -1, 1, rounding) +
                         " : (" + a4 + ", " + a4 + ") -> " + a4,
                     a4});
  // The zero point must not be moved into the sum before the shift.
  cases.push_back({"add_large_shift",
                   {a4, a4},
                   "%r = qint.add %a, %b " +
                       add(-128, -128, 2000000, 1900000, 30, "single") +
                       " : (" + a4 + ", " + a4 + ") -> " + a4,
                   a4});
  cases.push_back({"reshape",
                   {"tensor<2x3x4x5xi8>"},
                   "%t = qint.flip_sign %a : (tensor<2x3x4x5xi8>) -> "
                   "tensor<2x3x4x5xui8>\n%r = qint.reshape %t : "
                   "(tensor<2x3x4x5xui8>) -> tensor<6x20xui8>",
                   "tensor<6x20xui8>"});
  cases.push_back({"table",
                   {"tensor<2x3x5xi8>", "tensor<256xi16>"},
                   "%r = qint.table %a, %b : (tensor<2x3x5xi8>, "
                   "tensor<256xi16>) -> tensor<2x3x5xi16>",
                   "tensor<2x3x5xi16>"});
  cases.push_back({"table_unsigned",
                   {"tensor<70xui8>", "tensor<256xi8>"},
                   "%r = qint.table %a, %b : (tensor<70xui8>, "
                   "tensor<256xi8>) -> tensor<70xi8>",
                   "tensor<70xi8>"});
  cases.push_back({"rank_six",
                   {"tensor<2x1x3x2x2x5xi8>"},
                   "%r = qint.transpose %a {permutation = array<i64: 5, 0, 3, "
                   "1, 4, 2>} : (tensor<2x1x3x2x2x5xi8>) -> "
                   "tensor<5x2x2x1x2x3xi8>",
                   "tensor<5x2x2x1x2x3xi8>"});
  return cases;
}

class KernelOpsTest : public testing::TestWithParam<OpCase> {};

/// The rows for which `wanted` holds: the first, the last and one between that
/// changes from case to case.
std::vector<const targets::Target *>
someTargets(size_t seed,
            llvm::function_ref<bool(const targets::Target &)> wanted) {
  std::vector<const targets::Target *> all, some;
  for (const targets::Target &target : targets::allTargets())
    if (wanted(target))
      all.push_back(&target);
  for (size_t i = 0; i < all.size(); ++i)
    if (i == 0 || i + 1 == all.size() || i == 1 + seed % (all.size() - 2))
      some.push_back(all[i]);
  return some;
}

TEST_P(KernelOpsTest, EqualsReference) {
  std::mt19937 random(7);
  for (const targets::Target *target :
       someTargets(GetParam().body.size(), targets::runsOnHost)) {
    SCOPED_TRACE(target->name.str());
    auto kernel = CompiledKernel::create(kernelOf(GetParam()), *target);
    ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
    llvm::Error error = (*kernel)->check(random);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  }
}

TEST_P(KernelOpsTest, CallsNothingOnSmallCores) {
  auto small = [](const targets::Target &t) { return t.vectorBytes == 0; };
  for (const targets::Target *target :
       someTargets(GetParam().body.size(), small)) {
    SCOPED_TRACE(target->name.str());
    auto names = undefinedSymbols(kernelOf(GetParam()), *target);
    ASSERT_TRUE(bool(names)) << llvm::toString(names.takeError());
    for (const std::string &name : *names)
      EXPECT_TRUE(llvm::StringRef(name).contains("mem")) << name;
  }
}

TEST_P(KernelOpsTest, CallsNothingOnOtherVectorUnits) {
  auto other = [](const targets::Target &t) {
    return t.vectorBytes != 0 && !targets::runsOnHost(t);
  };
  for (const targets::Target &target : targets::allTargets()) {
    if (!other(target) || GetParam().body.size() % 3 != target.name.size() % 3)
      continue;
    SCOPED_TRACE(target.name.str());
    auto names = undefinedSymbols(kernelOf(GetParam()), target);
    ASSERT_TRUE(bool(names)) << llvm::toString(names.takeError());
    for (const std::string &name : *names)
      EXPECT_TRUE(llvm::StringRef(name).contains("mem")) << name;
  }
}

/// Two values of different element types in the same memory: wrong as soon as
/// the code claims that buffers of two inlined kernels never overlap.
TEST(KernelMemoryTest, BuffersAreReused) {
  std::string t = "tensor<1x7x9x5xi8>";
  OpCase c = {"reuse",
              {t},
              "%p = qint.max_pool2d %a {kernel = array<i64: 3, 3>, strides = "
              "array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (" +
                  t + ") -> " + t +
                  "\n%r = qint.requantize %p {zero_point = -3 : "
                  "i32, " +
                  rescale("1932735283", "31", "single", -5, -128, 127) +
                  "} : (" + t + ") -> " + t,
              t};
  std::mt19937 random(11);
  KernelCase kernelCase = kernelOf(c);
  kernelCase.pingPong = true;
  for (const targets::Target &target : targets::allTargets()) {
    if (!targets::runsOnHost(target))
      continue;
    SCOPED_TRACE(target.name.str());
    auto kernel = CompiledKernel::create(kernelCase, target);
    ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
    llvm::Error error = (*kernel)->check(random);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  }
}

TEST(KernelMemoryTest, AttentionStoresNoWholeScores) {
  OpCase c = attentionCase("attention", 3, 200, 50, "i8");
  for (const targets::Target &target : targets::allTargets()) {
    if (!targets::runsOnHost(target))
      continue;
    SCOPED_TRACE(target.name.str());
    auto kernel = CompiledKernel::create(kernelOf(c), target);
    ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
    // A tile of scores, their shares and sums of rows, and packed factors.
    EXPECT_LT((*kernel)->needs().scratchBytes, 3 * 200 * 50 / 2);
  }
}

TEST(KernelErrorTest, WeightsMustBeConstant) {
  OpCase c = {
      "weights",
      {"tensor<1x3x4x2xi8>", "tensor<5x1x1x2xi8>", "tensor<5xi32>"},
      "%r = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = "
      "array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 "
      ": i64, pad_value = 0 : i32} : (tensor<1x3x4x2xi8>, "
      "tensor<5x1x1x2xi8>, tensor<5xi32>) -> tensor<1x3x4x5xi32>",
      "tensor<1x3x4x5xi32>"};
  auto kernel =
      CompiledKernel::create(kernelOf(c), targets::allTargets().front());
  ASSERT_FALSE(bool(kernel));
  EXPECT_EQ(llvm::toString(kernel.takeError()),
            "kernel op 'qint.conv2d': weights and bias must be constant "
            "operands");
}

INSTANTIATE_TEST_SUITE_P(Ops, KernelOpsTest, testing::ValuesIn(makeCases()),
                         [](const auto &info) {
                           return std::string(info.param.name) +
                                  std::to_string(info.index);
                         });

} // namespace
