// Functions of rows in 32-bit fixed point.
#include "dialects/QInt/Functions.h"
#include "passes/LowerToLLVM/Halide/Expressions.h"
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;
using Halide::RDom;

namespace qcc::kernels {

namespace {

using Halide::Internal::make_const;

/// mantissa / 2^30 * 2^-exponent as qint::rowScale packs it.
Expr rowScale(const Expr &mantissa, const Expr &exponent) {
  Expr rounded = (Halide::min(mantissa, (1 << 30) - 65) * 2 + 128) & c32(~255);
  return rounded + exponent + qint::kExponentBias;
}

/// 2^n as an i32 for n in [0, 31].
llvm::ArrayRef<int32_t> powersOfTwo() {
  static const std::vector<int32_t> powers = [] {
    std::vector<int32_t> values;
    for (int n = 0; n < 32; ++n)
      values.push_back(static_cast<int32_t>(uint32_t(1) << n));
    return values;
  }();
  return powers;
}

/// An i32 expression whose sums and products are those of unsigned numbers:
/// Halide would move signed constants into later products, where they overflow.
class Word {
public:
  Word(int value) : e(c32(value)) {}
  Word(Expr e) : e(std::move(e)) {}
  Expr get() const { return e; }

  friend Word operator+(const Word &a, const Word &b) {
    return of(a.bits() + b.bits());
  }
  friend Word operator-(const Word &a, const Word &b) {
    return of(a.bits() - b.bits());
  }
  friend Word operator*(const Word &a, const Word &b) {
    return of(a.bits() * b.bits());
  }
  friend Word operator-(const Word &a) { return Word(0) - a; }
  friend Word operator&(const Word &a, const Word &b) {
    return Word(a.e & b.e);
  }
  friend Word operator>>(const Word &a, int b) { return Word(a.e >> c32(b)); }
  friend Word operator<<(const Word &a, int b) {
    return of(a.bits() * make_const(Halide::UInt(32), int64_t(1) << b));
  }
  friend Expr operator<(const Word &a, int b) { return a.e < c32(b); }

private:
  Expr bits() const { return Halide::reinterpret<uint32_t>(e); }
  static Word of(const Expr &bits) {
    return Word(Halide::reinterpret<int32_t>(bits));
  }

  Expr e;
};

} // namespace

/// Calculates with expressions (see dialects/QInt/Functions.h).
struct Stage::Calculator {
  using Number = Word;
  Stage &stage;

  Word high(const Word &a, const Word &b) const {
    return highProduct(a.get(), b.get(), stage.context.arithmetic);
  }
  Word choose(const Expr &condition, const Word &a, const Word &b) const {
    return Halide::select(condition, a.get(), b.get());
  }
  Word shiftRight(const Word &value, const Word &places) const {
    Expr twice = Halide::reinterpret<uint32_t>((value << 1).get());
    Expr rest = twice >> Halide::cast<uint32_t>(places.get());
    return Word(i32(rest + 1)) >> 1;
  }
  Word entry(llvm::ArrayRef<int32_t> points, const Word &index) const {
    return stage.readIndex(
        points,
        Halide::unsafe_promise_clamped(index.get(), 0, int(points.size()) - 1),
        points.size());
  }
};

/// Rule root-n1.
Value Stage::inverseRoot(qint::InverseRootOp op) {
  Value squares = get(op.getSquares());
  std::optional<Value> sum;
  if (op.getSum())
    sum = get(op.getSum());
  auto count = static_cast<int64_t>(op.getCount());
  auto addend = static_cast<int64_t>(op.getAddend());
  qint::Form form = op.getForm();
  auto at = [=](const Point &p) {
    Expr radicand = i64(squares.at(p)) * c64(count) + c64(addend);
    if (sum) {
      Expr s = i64(sum->at(p));
      radicand = radicand - s * s;
    }
    Expr bits = Halide::cast<uint64_t>(radicand);
    // Cortex-M0+ has no instruction that counts leading zeros.
    Expr high = i32(bits >> make_const(Halide::UInt(64), 32));
    Expr headroom =
        normalized(Halide::select(high != 0, high, i32(bits))).headroom +
        Halide::select(high != 0, c32(0), c32(32));
    Expr places = headroom & c32(~1);
    Expr w = i32((bits << Halide::cast<uint64_t>(places)) >>
                 make_const(Halide::UInt(64), 33));
    Expr mantissa =
        qint::functions::inverseRoot(Calculator{*this}, Word(w), form).get();
    return rowScale(mantissa, c32(31) - (places >> 1));
  };
  return {squares.shape, Halide::Int(32), at};
}

/// Rule norm-n2.
Value Stage::norm(qint::NormOp op) {
  Value in = get(op.getInput()), scales = get(op.getScale()),
        gamma = get(op.getGamma()), beta = get(op.getBeta());
  std::optional<Value> sum;
  if (op.getSum())
    sum = get(op.getSum());
  Halide::Type type = elementType(op.getType());
  auto zero = static_cast<int32_t>(op.getInputZeroPoint());
  auto depth = static_cast<int32_t>(in.shape.back());
  auto bias = static_cast<int32_t>(qint::kExponentBias + op.getFraction() + 1);
  auto shift = static_cast<int32_t>(op.getShift());
  auto zeroPoint = static_cast<int32_t>(op.getZeroPoint());
  auto min = static_cast<int32_t>(op.getMin());
  auto max = static_cast<int32_t>(op.getMax());
  Calculator calculator{*this};
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at), channel = p.moved({p.at.back()});
    row.at.back() = 0;
    Expr centred = i32(in.at(p)) - zero;
    if (sum)
      centred = centred * depth - sum->at(row);
    Expr packed = scales.at(row);
    Expr right = (packed & 255) - bias;
    Expr left = Halide::max(-right, 0);
    // Rows of one element are one vector, and SSE2 shifts that to the left by
    // a variable through floats. LLVM takes all else for such a shift.
    Expr large =
        depth == 1
            ? (Word(centred) * calculator.entry(powersOfTwo(), left)).get()
            : centred << Halide::cast<uint32_t>(left);
    Expr moved = large >> Halide::cast<uint32_t>(Halide::max(right, 0));
    Expr share = highProduct(moved, packed & c32(~255), context.arithmetic);
    Expr value = highProduct(share, gamma.at(channel), context.arithmetic) +
                 beta.at(channel);
    return saturate(value >> shift, zeroPoint, min, max, type);
  };
  return {in.shape, type, at};
}

namespace {

/// How far the element at `p` is below the largest of its row.
Expr belowLargest(const Value &in, const Value &largest, const Point &p) {
  Point row = p.moved(p.at);
  row.at.back() = 0;
  return i32(largest.at(row)) - i32(in.at(p));
}

} // namespace

/// 2^15 * 2^-(steps below the largest of the row), or the table's entry.
template <typename Op> std::function<Expr(const Point &)> Stage::powers(Op op) {
  Value in = get(op.getInput()), largest = get(op.getLargest());
  if (op.getTable()) {
    Value table = get(op.getTable());
    return [=](const Point &p) {
      Point entry;
      entry.at = {
          Halide::unsafe_promise_clamped(belowLargest(in, largest, p), 0, 255)};
      return i32(table.at(entry)) + (1 << 15);
    };
  }
  auto multiplier = static_cast<int32_t>(op.getMultiplier());
  auto shift = static_cast<int32_t>(op.getShift());
  qint::Form form = op.getForm();
  return [=](const Point &p) {
    Expr steps = (belowLargest(in, largest, p) * multiplier) >> shift;
    return qint::functions::powerOf(Calculator{*this}, Word(steps), form).get();
  };
}

/// Rule softmax-x5.
Value Stage::powerSum(qint::PowerSumOp op) {
  auto power = powers(op);
  RDom r(0, int(shapeOf(op.getInput()).back()));
  auto step = [=](const Point &p, Expr sum) {
    Point q = p.moved(p.at);
    q.at.back() = r;
    return sum + power(q);
  };
  return accumulator(
      shapeOf(op.getOutput()), Halide::Int(32),
      [](const Point &) { return c32(0); }, step);
}

/// Rule softmax-x6.
Value Stage::powerShare(qint::PowerShareOp op) {
  auto power = powers(op);
  Value scales = get(op.getScale());
  Halide::Type type = elementType(op.getType());
  auto bias =
      static_cast<int32_t>(qint::kExponentBias + int(op.getBits()) - 13);
  auto zeroPoint = static_cast<int32_t>(op.getZeroPoint());
  auto min = static_cast<int32_t>(op.getMin());
  auto max = static_cast<int32_t>(op.getMax());
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at);
    row.at.back() = 0;
    Expr scale = scales.at(row);
    Expr share =
        highProduct(power(p) << 14, scale & c32(~255), context.arithmetic);
    Expr places = Halide::cast<uint32_t>(
        Halide::clamp((scale & 255) - bias, c32(1), c32(31)));
    // Half up without a constant that is shifted.
    Expr code = ((share >> (places - 1)) + 1) >> 1;
    return saturate(code, zeroPoint, min, max, type);
  };
  return {get(op.getInput()).shape, type, at};
}

/// Rule logsoftmax-x2.
Value Stage::powerLog(qint::PowerLogOp op) {
  Value in = get(op.getInput()), largest = get(op.getLargest()),
        logarithms = get(op.getLogarithm());
  auto multiplier = static_cast<int32_t>(op.getMultiplier());
  auto shift = static_cast<int32_t>(op.getShift());
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at);
    row.at.back() = 0;
    Expr steps = (belowLargest(in, largest, p) * multiplier) >> shift;
    return -steps - logarithms.at(row);
  };
  return {in.shape, Halide::Int(32), at};
}

/// Rule reciprocal-n4.
Value Stage::reciprocal(qint::ReciprocalOp op) {
  Value in = get(op.getInput());
  qint::Form form = op.getForm();
  auto at = [=](const Point &p) {
    Normalized number = normalized(in.at(p));
    Expr mantissa = qint::functions::reciprocal(
                        Calculator{*this}, Word(i32(number.bits >> 1)), form)
                        .get();
    return rowScale(mantissa, c32(31) - number.headroom);
  };
  return {in.shape, Halide::Int(32), at};
}

/// Rule logarithm-n5.
Value Stage::logarithm(qint::LogarithmOp op) {
  Value in = get(op.getInput());
  qint::Form form = op.getForm();
  auto at = [=](const Point &p) {
    Normalized number = normalized(in.at(p));
    Expr part = qint::functions::logarithm(Calculator{*this},
                                           Word(i32(number.bits >> 1)), form)
                    .get();
    return part + (c32(16) - number.headroom) * (1 << 16);
  };
  return {in.shape, Halide::Int(32), at};
}

/// Rule gate-f5.
Value Stage::gate(qint::GateOp op) {
  Value in = get(op.getInput());
  auto zero = static_cast<int32_t>(op.getZeroPoint());
  auto multiplier = static_cast<int32_t>(op.getMultiplier());
  auto shift = static_cast<int>(op.getShift());
  qint::GateKind kind = op.getKind();
  qint::Form form = op.getForm();
  auto at = [=](const Point &p) {
    // In unsigned numbers, because Halide would move a signed constant into
    // the products and overflow.
    Expr code = Halide::reinterpret<int32_t>(
        Halide::cast<uint32_t>(i32(in.at(p))) -
        make_const(Halide::UInt(32),
                   static_cast<int64_t>(static_cast<uint32_t>(zero))));
    return qint::functions::gate(Calculator{*this}, Word(code), kind,
                                 multiplier, shift, form)
        .get();
  };
  return {in.shape, Halide::Int(32), at};
}

} // namespace qcc::kernels
