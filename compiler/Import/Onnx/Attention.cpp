// Attention and what belongs to it, as products of matrices and softmax.
#include "compiler/Import/Onnx/Operators.h"

#include <cmath>

namespace qcc::import::onnx {
namespace {

/// What is added to scores where nothing may be read; exp of it is 0.
constexpr double hidden = -1e30;

/// [B,S,H*d] to [B,H,S,d].
Value splitHeads(Node &node, Value rows, int64_t heads) {
  Shape shape(build::shapeOf(rows));
  return node.transpose(
      node.reshape(rows, {shape[0], shape[1], heads, shape[2] / heads}),
      {0, 2, 1, 3});
}

/// And back.
Value joinHeads(Node &node, Value heads) {
  Value rows = node.transpose(heads, {0, 2, 1, 3});
  Shape shape(build::shapeOf(rows));
  return node.reshape(rows, {shape[0], shape[1], shape[2] * shape[3]});
}

/// Every matrix of the first two axes, as [B*H,R,C].
Value matrices(Node &node, Value value) {
  Shape shape(build::shapeOf(value));
  return node.reshape(value, {shape[0] * shape[1], shape[2], shape[3]});
}

/// Queries [B,H,S,d], keys [B,H',T,d], values [B,H',T,e]; each group of H/H'
/// heads shares keys and values.
struct Attention {
  Value query, key, value;
  double scale = 0; ///< 0: 1/sqrt(d)
  double softcap = 0;
  bool isCausal = false;
  /// Added to the scores [B,H,S,T], in this shape or one of its ends.
  Shape maskShape;
  std::vector<double> mask;

  /// Takes constant input `i` as mask: numbers to add, or what may be read.
  llvm::Error setMask(Node &node, size_t i);
  llvm::Error check(Node &node) const;
  /// [B,H,S,e].
  Value build(Node &node) const;

private:
  Shape scores() const {
    auto q = build::shapeOf(query), k = build::shapeOf(key);
    return {q[0], q[1], q[2], k[2]};
  }
  Value maskValue(Node &node) const;
};

llvm::Error Attention::setMask(Node &node, size_t i) {
  if (!node.isConstant(i))
    return node.fail("has a mask (input " + llvm::Twine(i) +
                     ") that is not constant; only a constant mask is "
                     "supported");
  const Tensor &tensor = node.tensor(i);
  Shape expected = scores();
  maskShape = tensor.shape;
  bool fits = maskShape.size() <= expected.size();
  for (size_t back = 1; fits && back <= maskShape.size(); ++back) {
    int64_t size = maskShape[maskShape.size() - back];
    fits = size == 1 || size == expected[expected.size() - back];
  }
  if (!fits)
    return node.fail("has a mask of shape " + textOf(tensor.shape) +
                     ", expected one that broadcasts to " + textOf(expected));
  if (!tensor.isFloat() && tensor.type != proto::TensorProto::BOOL)
    return node.fail("has a mask of " + typeName(tensor.type) +
                     ", expected float or bool");
  for (int64_t k = 0; k < tensor.size(); ++k) {
    double number = tensor.real(k);
    if (!tensor.isFloat())
      number = number != 0 ? 0 : hidden;
    if (std::isnan(number))
      return node.fail("has a mask with NaN");
    mask.push_back(std::max(number, hidden));
  }
  return llvm::Error::success();
}

llvm::Error Attention::check(Node &node) const {
  auto q = build::shapeOf(query), k = build::shapeOf(key),
       v = build::shapeOf(value);
  if (q[0] != k[0] || q[0] != v[0] || q[3] != k[3] || k[1] != v[1] ||
      k[2] != v[2])
    return node.fail("has queries " + textOf(q) + ", keys " + textOf(k) +
                     " and values " + textOf(v) +
                     " (batch, heads, length, size) that do not fit together");
  if (q[1] % k[1] != 0)
    return node.fail("has " + llvm::Twine(q[1]) + " heads of queries and " +
                     llvm::Twine(k[1]) + " of keys, expected a multiple");
  if (softcap < 0 || (softcap > 0 && (isCausal || !mask.empty())))
    return node.fail("has softcap " + std::to_string(softcap) +
                     (softcap < 0 ? ", expected none below 0"
                                  : " and a mask; supported is one of them"));
  return llvm::Error::success();
}

/// The mask, and what is later than a query if that is hidden.
Value Attention::maskValue(Node &node) const {
  Shape shape(4, 1), whole = scores();
  for (size_t back = 1; back <= maskShape.size(); ++back)
    shape[4 - back] = maskShape[maskShape.size() - back];
  std::vector<float> numbers(mask.begin(), mask.end());
  if (mask.empty() && !isCausal)
    return {};
  Value given = mask.empty()
                    ? Value()
                    : build::constant(node.builder, node.loc, shape, numbers);
  if (!isCausal)
    return given;
  std::vector<float> later;
  for (int64_t row = 0; row < whole[2]; ++row)
    for (int64_t column = 0; column < whole[3]; ++column)
      later.push_back(column > row ? static_cast<float>(hidden) : 0);
  Value causal = build::constant(node.builder, node.loc,
                                 {1, 1, whole[2], whole[3]}, later);
  return given ? node.add(given, causal) : causal;
}

Value Attention::build(Node &node) const {
  Shape shape = scores();
  Value k = key, v = value;
  int64_t group = shape[1] / build::shapeOf(key)[1];
  if (group > 1) {
    Shape indices;
    for (int64_t head = 0; head < shape[1]; ++head)
      indices.push_back(head / group);
    k = node.gather(k, indices, 1);
    v = node.gather(v, indices, 1);
  }
  Value turned = node.transpose(k, {0, 1, 3, 2});
  Value result = build::matmul(node.builder, node.loc, matrices(node, query),
                               matrices(node, turned));
  result = node.reshape(result, shape);
  double size = static_cast<double>(build::shapeOf(query)[3]);
  result = node.mul(
      result, static_cast<float>(scale != 0 ? scale : 1 / std::sqrt(size)));
  if (softcap > 0)
    result =
        node.mul(node.unary(UnaryKind::Tanh,
                            node.mul(result, static_cast<float>(1 / softcap))),
                 static_cast<float>(softcap));
  if (Value added = maskValue(node))
    result = node.add(result, added);
  result = build::softmax(node.builder, node.loc, result, 3);
  result = build::matmul(node.builder, node.loc, matrices(node, result),
                         matrices(node, v));
  return node.reshape(result,
                      {shape[0], shape[1], shape[2], build::shapeOf(v)[3]});
}

/// Errors unless `size` columns are `heads` heads.
llvm::Error checkHeads(Node &node, llvm::StringRef name, int64_t heads,
                       int64_t size) {
  if (heads >= 1 && size % heads == 0)
    return llvm::Error::success();
  return node.fail("has " + name + " " + llvm::Twine(heads) +
                   ", expected a divisor of " + llvm::Twine(size) + " columns");
}

/// Inputs or outputs of runs before this one.
llvm::Error refusePast(Node &node, llvm::ArrayRef<size_t> inputs,
                       llvm::ArrayRef<size_t> outputs) {
  for (size_t i : inputs)
    if (node.has(i))
      return node.fail("has the input " + llvm::Twine(i) +
                       ", keys and values of the past, which is not "
                       "supported");
  for (size_t i : outputs)
    if (node.wants(i))
      return node.fail("makes the output " + llvm::Twine(i) +
                       "; supported is only the first");
  return llvm::Error::success();
}

} // namespace

/// Operator set 23.
llvm::Error importAttention(Node &node) {
  if (llvm::Error error = refusePast(node, {4, 5}, {1, 2, 3}))
    return error;
  int64_t rank = node.rank(0);
  if ((rank != 3 && rank != 4) || node.rank(1) != rank || node.rank(2) != rank)
    return node.fail("has inputs of ranks " + llvm::Twine(rank) + ", " +
                     llvm::Twine(node.rank(1)) + " and " +
                     llvm::Twine(node.rank(2)) + ", expected all 3 or all 4");
  Attention attention;
  Value *parts[] = {&attention.query, &attention.key, &attention.value};
  for (size_t i = 0; i < 3; ++i) {
    *parts[i] = node.value(i);
    if (rank == 4)
      continue;
    const char *name = i == 0 ? "q_num_heads" : "kv_num_heads";
    int64_t heads = node.integer(name, 0);
    if (llvm::Error error = checkHeads(node, name, heads, node.shape(i)[2]))
      return error;
    *parts[i] = splitHeads(node, *parts[i], heads);
  }
  attention.scale = node.number("scale", 0);
  attention.softcap = node.number("softcap", 0);
  attention.isCausal = node.integer("is_causal", 0) != 0;
  if (node.has(3))
    if (llvm::Error error = attention.setMask(node, 3))
      return error;
  if (llvm::Error error = attention.check(node))
    return error;
  Value result = attention.build(node);
  return node.set(rank == 3 ? joinHeads(node, result) : result);
}

/// What com.microsoft's two attentions say alike: the scale, whether it is
/// causal, and what is added to the scores (input 5).
static llvm::Error finishAttention(Node &node, Attention &attention) {
  attention.scale = node.number("scale", 0);
  attention.isCausal = node.integer("unidirectional", 0) != 0;
  if (node.has(5))
    if (llvm::Error error = attention.setMask(node, 5))
      return error;
  if (llvm::Error error = attention.check(node))
    return error;
  return node.set(joinHeads(node, attention.build(node)));
}

/// com.microsoft: separate queries, keys and values [B,S,H*d], one bias for
/// all.
llvm::Error importMultiHeadAttention(Node &node) {
  if (llvm::Error error = refusePast(node, {6, 7, 8, 9}, {1, 2, 3}))
    return error;
  for (size_t i : {0, 1, 2})
    if (!node.has(i) || node.rank(i) != 3)
      return node.fail("has the input " + llvm::Twine(i) + " of rank " +
                       llvm::Twine(node.has(i) ? node.rank(i) : 0) +
                       "; supported are queries, keys and values of rank 3");
  if (node.has(4))
    return node.fail("has a padding mask (input 4), which is not supported");
  int64_t heads = node.integer("num_heads", 0), column = 0;
  Attention attention;
  Value *parts[] = {&attention.query, &attention.key, &attention.value};
  for (size_t i = 0; i < 3; ++i) {
    int64_t size = node.shape(i)[2];
    if (llvm::Error error = checkHeads(node, "num_heads", heads, size))
      return error;
    Value rows = node.value(i);
    if (node.has(3)) {
      if (column + size > elementCount(node.shape(3)))
        return node.fail("has a bias of shape " + textOf(node.shape(3)) +
                         ", too short for queries, keys and values");
      rows = node.add(rows, node.slice(node.value(3), 0, column, size));
      column += size;
    }
    *parts[i] = splitHeads(node, rows, heads);
  }
  return finishAttention(node, attention);
}

/// com.microsoft: input [B,S,D] times weights [D,3H] for queries, keys and
/// values.
llvm::Error importPackedAttention(Node &node) {
  if (llvm::Error error = refusePast(node, {4, 6}, {1}))
    return error;
  if (node.integer("do_rotary", 0))
    return node.fail("has do_rotary 1; supported is 0");
  if (node.has(3))
    return node.fail("has a mask of lengths (input 3), which is not supported");
  if (node.rank(0) != 3 || !node.isConstant(1) || node.rank(1) != 2 ||
      node.shape(1)[0] != node.shape(0)[2])
    return node.fail("has an input " + textOf(node.shape(0)) + " and weights " +
                     textOf(node.shape(1)) +
                     ", expected constant weights of as many rows as the "
                     "input has columns");
  int64_t heads = node.integer("num_heads", 0), columns = node.shape(1)[1];
  Shape sizes = node.integers("qkv_hidden_sizes");
  if (sizes.empty())
    sizes.assign(3, columns / 3);
  int64_t sum = 0;
  for (int64_t size : sizes)
    sum += size;
  if (sizes.size() != 3 || sum != columns)
    return node.fail("has weights of " + llvm::Twine(columns) +
                     " columns, expected those of queries, keys and values");
  Value filter = node.constant(node.tensor(1).transposed({1, 0}).reshaped(
      {columns, 1, 1, node.shape(1)[0]}));
  if (node.has(2) && (!node.isConstant(2) || node.shape(2) != Shape{columns}))
    return node.fail("has a bias of shape " + textOf(node.shape(2)) +
                     ", expected constants of shape " + llvm::Twine(columns));
  Value bias =
      node.has(2) ? node.constant(node.tensor(2)) : node.splat({columns}, 0);
  Value packed = linear(node, node.value(0), filter, bias);
  Attention attention;
  Value *parts[] = {&attention.query, &attention.key, &attention.value};
  int64_t column = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (llvm::Error error = checkHeads(node, "num_heads", heads, sizes[i]))
      return error;
    *parts[i] =
        splitHeads(node, node.slice(packed, 2, column, sizes[i]), heads);
    column += sizes[i];
  }
  return finishAttention(node, attention);
}

//===----------------------------------------------------------------------===//
// Rotary embedding
//===----------------------------------------------------------------------===//

namespace {

/// Where the inputs are: com.microsoft has the positions before the tables.
struct RotaryInputs {
  size_t cosines, sines, positions;
};

/// A table [P,r/2] at the positions of [B,S], or [B,S,r/2] itself, as
/// constants [B,S,1,r/2], or [B,1,S,r/2] if `headsFirst`.
llvm::Expected<Value> rotaryTable(Node &node, size_t i, size_t positions,
                                  int64_t batch, int64_t length,
                                  bool headsFirst) {
  if (!node.isConstant(i))
    return node.fail("has a table (input " + llvm::Twine(i) +
                     ") that is not constant; only a constant one is "
                     "supported");
  const Tensor &table = node.tensor(i);
  int64_t half = table.shape.empty() ? 0 : table.shape.back();
  std::vector<float> numbers;
  if (!node.has(positions)) {
    if (table.shape != Shape{batch, length, half})
      return node.fail("has a table of shape " + textOf(table.shape) +
                       ", expected " + textOf({batch, length, half}));
    numbers = table.floats();
  } else {
    auto given = node.ints(positions);
    if (!given)
      return given.takeError();
    if (table.shape.size() != 2)
      return node.fail("has a table of shape " + textOf(table.shape) +
                       ", expected rank 2");
    bool isOffset = given->size() == 1;
    if (!isOffset && static_cast<int64_t>(given->size()) != batch * length)
      return node.fail("has " + llvm::Twine(given->size()) +
                       " positions, expected " + llvm::Twine(batch * length));
    for (int64_t k = 0; k < batch * length; ++k) {
      int64_t row = isOffset ? given->front() + k % length : (*given)[k];
      if (row < 0 || row >= table.shape[0])
        return node.fail("has the position " + llvm::Twine(row) +
                         " in a table of " + llvm::Twine(table.shape[0]));
      for (int64_t column = 0; column < half; ++column)
        numbers.push_back(static_cast<float>(table.real(row * half + column)));
    }
  }
  Shape shape = {batch, length, 1, half};
  if (headsFirst)
    std::swap(shape[1], shape[2]);
  return build::constant(node.builder, node.loc, shape, numbers);
}

/// Elements `first`, `first + step`, ... of the last axis, `count` of them.
Value every(Node &node, Value x, int64_t first, int64_t count, int64_t step) {
  Shape sizes(build::shapeOf(x)), starts(sizes.size(), 0),
      steps(sizes.size(), 1);
  starts.back() = first;
  sizes.back() = count;
  steps.back() = step;
  return build::slice(node.builder, node.loc, x, starts, sizes, steps);
}

/// The pairs (a, b) of the first `2 * half` elements turned, the others kept.
Value turn(Node &node, Value x, Value cosine, Value sine, int64_t half,
           bool interleaved) {
  Shape shape(build::shapeOf(x));
  int64_t last = shape.size() - 1, step = interleaved ? 2 : 1;
  Value a = every(node, x, 0, half, step);
  Value b = every(node, x, interleaved ? 1 : half, half, step);
  Value parts[] = {node.sub(node.mul(a, cosine), node.mul(b, sine)),
                   node.add(node.mul(a, sine), node.mul(b, cosine))};
  Value turned;
  if (interleaved) {
    Shape column(shape);
    column.back() = half;
    column.push_back(1);
    for (Value &part : parts)
      part = node.reshape(part, column);
    turned = build::concat(node.builder, node.loc, parts, last + 1);
    column.pop_back();
    column.back() = 2 * half;
    turned = node.reshape(turned, column);
  } else {
    turned = build::concat(node.builder, node.loc, parts, last);
  }
  if (shape.back() == 2 * half)
    return turned;
  Value rest = node.slice(x, last, 2 * half, shape.back() - 2 * half);
  return build::concat(node.builder, node.loc, {turned, rest}, last);
}

llvm::Error importRotary(Node &node, RotaryInputs inputs) {
  int64_t rank = node.rank(0), tableRank = node.rank(inputs.cosines);
  if ((rank != 3 && rank != 4) || tableRank == 0)
    return node.fail("has an input of rank " + llvm::Twine(rank) +
                     ", expected 3 or 4");
  int64_t half = node.shape(inputs.cosines).back();
  Value x = node.value(0);
  Shape shape(node.shape(0));
  if (rank == 3) {
    int64_t heads = node.integer("num_heads", 0);
    if (heads == 0 && half > 0)
      heads = shape[2] / (2 * half);
    if (llvm::Error error = checkHeads(node, "num_heads", heads, shape[2]))
      return error;
    x = node.reshape(x, {shape[0], shape[1], heads, shape[2] / heads});
  }
  int64_t size = build::shapeOf(x)[3];
  int64_t turned = node.integer("rotary_embedding_dim", 0);
  if (turned == 0)
    turned = size;
  if (turned > size || turned != 2 * half)
    return node.fail("turns " + llvm::Twine(turned) + " of " +
                     llvm::Twine(size) + " elements by tables of " +
                     llvm::Twine(half) + ", expected half as many");
  bool headsFirst = rank == 4;
  int64_t length = shape[headsFirst ? 2 : 1];
  auto cosine = rotaryTable(node, inputs.cosines, inputs.positions, shape[0],
                            length, headsFirst);
  if (!cosine)
    return cosine.takeError();
  auto sine = rotaryTable(node, inputs.sines, inputs.positions, shape[0],
                          length, headsFirst);
  if (!sine)
    return sine.takeError();
  x = turn(node, x, *cosine, *sine, half, node.integer("interleaved", 0) != 0);
  return node.set(node.reshape(x, shape));
}

} // namespace

/// Operator set 23.
llvm::Error importRotaryEmbedding(Node &node) {
  return importRotary(node, {1, 2, 3});
}

/// com.microsoft.
llvm::Error importOrtRotaryEmbedding(Node &node) {
  if (node.integer("is_packed_batching", 0))
    return node.fail("has is_packed_batching 1; supported is 0");
  if (node.number("scale", 1) != 1)
    return node.fail("has scale " + std::to_string(node.number("scale", 1)) +
                     "; supported is 1");
  return importRotary(node, {2, 3, 1});
}

} // namespace qcc::import::onnx
