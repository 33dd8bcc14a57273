// Sums, maxima and products over many elements, convolution aside.
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

namespace qcc::kernels {

namespace {

Expr constant(Halide::Type type, int64_t v) {
  return Halide::Internal::make_const(type, v);
}

/// The largest magnitude of a code less its zero point.
int64_t largest(Halide::Type type, int64_t zeroPoint) {
  int64_t low = type.is_uint() ? 0 : -(int64_t(1) << (type.bits() - 1));
  int64_t high = low + (int64_t(1) << type.bits()) - 1;
  return std::max(std::abs(low - zeroPoint), std::abs(high - zeroPoint));
}

/// Rows or columns of a pooling window that lie inside the input, for each
/// output position.
std::vector<int32_t> windowCounts(int64_t outputs, int64_t size, int64_t window,
                                  int64_t stride, int64_t before) {
  std::vector<int32_t> counts;
  for (int64_t o = 0; o < outputs; ++o) {
    int64_t begin = std::max<int64_t>(o * stride - before, 0);
    int64_t end = std::min(o * stride - before + window, size);
    counts.push_back(static_cast<int32_t>(std::max<int64_t>(end - begin, 0)));
  }
  return counts;
}

} // namespace

Value Stage::accumulator(llvm::ArrayRef<int64_t> shape, Halide::Type type,
                         std::function<Expr(const Point &)> init,
                         std::function<Expr(const Point &, Expr)> step) {
  Func f("sums");
  size_t rank = std::max<size_t>(1, shape.size());
  accumulatorVars.clear();
  std::vector<Expr> coordinates;
  for (size_t i = 0; i < rank; ++i) {
    accumulatorVars.push_back(Var("a" + std::to_string(i)));
    coordinates.push_back(accumulatorVars.back());
  }
  Point p;
  for (size_t i = 0; i < shape.size(); ++i)
    p.at.push_back(coordinates[rank - 1 - i]);
  f(accumulatorVars) = init(p);
  f(coordinates) = step(p, f(coordinates));
  accumulatorFunc = f;
  Value value;
  value.shape.assign(shape.begin(), shape.end());
  value.type = type;
  value.at = [f](const Point &q) {
    std::vector<Expr> at(q.at.rbegin(), q.at.rend());
    if (at.empty())
      at.push_back(0);
    return f(at);
  };
  return value;
}

Value Stage::matmul(qint::MatMulOp op) {
  Value lhs = get(op.getLhs()), rhs = get(op.getRhs());
  Halide::Type type = elementType(op.getType());
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  size_t rank = shape.size();
  RDom k(0, int(lhs.shape.back()));
  int64_t lz = op.getLhsZeroPoint(), rz = op.getRhsZeroPoint();
  // Codes less their zero points fit 16 bits when they are bytes; products of
  // two mostly fit 32.
  bool bytes = lhs.type.bits() == 8 && rhs.type.bits() == 8;
  bool fits = largest(lhs.type, lz) * largest(rhs.type, rz) < int64_t(1) << 31;
  Halide::Type narrow = Halide::Int(bytes ? 16 : 32);
  Halide::Type product = fits ? Halide::Int(32) : type;
  auto step = [=](const Point &p, Expr sum) {
    Point l = broadcast(p, lhs.shape), r = broadcast(p, rhs.shape);
    l.at[rank - 2] = lhs.shape[rank - 2] == 1 ? Expr(0) : p.at[rank - 2];
    l.at[rank - 1] = k;
    r.at[rank - 2] = k;
    r.at[rank - 1] = p.at[rank - 1];
    Expr a = Halide::cast(narrow, lhs.at(l)) - constant(narrow, lz);
    Expr b = Halide::cast(narrow, rhs.at(r)) - constant(narrow, rz);
    return sum + Halide::cast(type, Halide::cast(product, a) *
                                        Halide::cast(product, b));
  };
  return accumulator(
      shape, type, [=](const Point &) { return constant(type, 0); }, step);
}

Value Stage::avgPool(qint::AvgPool2DOp op) {
  Value in = get(op.getInput());
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  llvm::ArrayRef<int64_t> kernel = op.getKernel(), strides = op.getStrides(),
                          pads = op.getPads();
  std::vector<int32_t> rows =
      windowCounts(shape[1], in.shape[1], kernel[0], strides[0], pads[0]);
  std::vector<int32_t> columns =
      windowCounts(shape[2], in.shape[2], kernel[1], strides[1], pads[2]);
  bool inside =
      llvm::all_of(rows, [&](int32_t n) { return n == kernel[0]; }) &&
      llvm::all_of(columns, [&](int32_t n) { return n == kernel[1]; });
  RDom r(0, int(kernel[1]), 0, int(kernel[0]));
  int64_t h = in.shape[1], w = in.shape[2];
  auto step = [=](const Point &p, Expr sum) {
    Expr y = p.at[1] * int(strides[0]) - int(pads[0]) + r.y;
    Expr x = p.at[2] * int(strides[1]) - int(pads[2]) + r.x;
    Point q = p.moved({p.at[0], y, x, p.at[3]});
    if (inside)
      return sum + Halide::cast<int32_t>(in.at(q));
    q.at[1] = Halide::clamp(y, 0, int(h - 1));
    q.at[2] = Halide::clamp(x, 0, int(w - 1));
    Expr real = y >= 0 && y < int(h) && x >= 0 && x < int(w);
    return sum + Halide::select(real, Halide::cast<int32_t>(in.at(q)), 0);
  };
  Value sums = accumulator(
      shape, Halide::Int(32),
      [](const Point &) { return constant(Halide::Int(32), 0); }, step);
  qint::RescaleAttr scale = op.getRescale();
  int zeroPoint = op.getInputZeroPoint();
  int64_t entries = scale.getMultipliers().size();
  int64_t full = kernel[0] * kernel[1];
  Halide::Type type = elementType(op.getType());
  auto at = [=](const Point &p) {
    Expr count = inside
                     ? Expr(int(full))
                     : readTable(rows, p.at[1]) * readTable(columns, p.at[2]);
    Expr entry = entries == 1 ? Expr(0) : count - 1;
    auto read = [=](llvm::ArrayRef<int32_t> values) -> Expr {
      if (inside)
        return Expr(values[entries == 1 ? 0 : full - 1]);
      return readTable(
          values, Halide::unsafe_promise_clamped(entry, 0, int(entries - 1)));
    };
    return rescale(sums.at(p) - count * zeroPoint, scale, type,
                   context.arithmetic, read);
  };
  return {sums.shape, type, at};
}

/// A coordinate outside is moved to the nearest inside, which every window
/// that reaches over the edge holds too.
Value Stage::maxPool(qint::MaxPool2DOp op) {
  Value in = get(op.getInput());
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  llvm::ArrayRef<int64_t> kernel = op.getKernel(), strides = op.getStrides(),
                          pads = op.getPads();
  RDom r(0, int(kernel[1]), 0, int(kernel[0]));
  auto place = [](Expr o, int64_t stride, int64_t before, Expr tap,
                  int64_t outputs, int64_t window, int64_t size) {
    Expr i = o * int(stride) - int(before) + tap;
    if (before == 0 && (outputs - 1) * stride + window <= size)
      return i;
    return Halide::clamp(i, 0, int(size - 1));
  };
  auto step = [=](const Point &p, Expr best) {
    Point q = p.moved(p.at);
    q.at[1] = place(p.at[1], strides[0], pads[0], r.y, shape[1], kernel[0],
                    in.shape[1]);
    q.at[2] = place(p.at[2], strides[1], pads[2], r.x, shape[2], kernel[1],
                    in.shape[2]);
    return Halide::max(best, in.at(q));
  };
  return accumulator(
      shape, in.type, [=](const Point &) { return in.type.min(); }, step);
}

Value Stage::reduce(qint::ReduceOp op) {
  Value in = get(op.getInput());
  Halide::Type type = elementType(op.getType());
  llvm::ArrayRef<int64_t> axes = op.getAxes();
  Halide::Region bounds;
  int64_t count = 1;
  for (int64_t axis : llvm::reverse(axes)) {
    bounds.push_back({0, int(in.shape[axis])});
    count *= in.shape[axis];
  }
  RDom r(bounds);
  qint::ReduceKind kind = op.getKind();
  auto zero = static_cast<int32_t>(op.getZeroPoint());
  auto step = [=](const Point &p, Expr sofar) -> Expr {
    Point q = p.moved(p.at);
    for (size_t i = 0; i < axes.size(); ++i)
      q.at[axes[i]] = r[int(axes.size() - 1 - i)];
    Expr v = in.at(q);
    if (kind == qint::ReduceKind::Max)
      return Halide::max(sofar, v);
    if (kind == qint::ReduceKind::Min)
      return Halide::min(sofar, v);
    if (kind == qint::ReduceKind::Squares) {
      // Bytes less their zero point have 9 bits, words 17.
      Halide::Type half = Halide::Int(in.type.bits() == 8 ? 16 : 32);
      Halide::Type whole = in.type.bits() == 8 ? Halide::Int(32) : type;
      Expr difference = Halide::cast(half, v) - constant(half, zero);
      Expr wide = Halide::cast(whole, difference);
      return sofar + Halide::cast(type, wide * wide);
    }
    return sofar + Halide::cast(type, v);
  };
  auto init = [=](const Point &) mutable -> Expr {
    if (kind == qint::ReduceKind::Max)
      return in.type.min();
    if (kind == qint::ReduceKind::Min)
      return in.type.max();
    if (kind == qint::ReduceKind::Squares)
      return constant(type, 0);
    return constant(type, -count * op.getZeroPoint());
  };
  return accumulator(shapeOf(op.getOutput()), type, init, step);
}

/// Code and index share one integer, the index counted down, so that the
/// largest is the first of the largest codes.
Value Stage::argMax(qint::ArgMaxOp op) {
  Value in = get(op.getInput());
  int64_t axis = op.getAxis();
  int bits = 1;
  while ((1ll << bits) < in.shape[axis])
    ++bits;
  Halide::Type key =
      in.type.bits() + bits <= 31 ? Halide::Int(32) : Halide::Int(64);
  int64_t mask = (1ll << bits) - 1;
  RDom r(0, int(in.shape[axis]));
  auto step = [=](const Point &p, Expr best) {
    std::vector<Expr> at = p.at;
    at.insert(at.begin() + axis, Expr(r));
    Expr code = Halide::cast(key, in.at(p.moved(at)));
    Expr index = Halide::cast(key, Expr(r));
    return Halide::max(best, code * constant(key, mask + 1) +
                                 (constant(key, mask) - index));
  };
  Value keys = accumulator(
      shapeOf(op.getOutput()), key, [=](const Point &) { return key.min(); },
      step);
  Halide::Type type = elementType(op.getType());
  auto at = [=](const Point &p) {
    return Halide::cast(type, constant(key, mask) -
                                  (keys.at(p) & constant(key, mask)));
  };
  return {keys.shape, type, at};
}

} // namespace qcc::kernels
