// Ops that move elements: each is a map from the result's coordinates to the
// operand's. Maps that would divide read a table of indices instead.
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;

namespace qcc::kernels {

namespace {

using Indices = std::vector<int32_t>;

/// TOSA's position of output `o` on an axis: floor and remainder of
/// (o * denominator + offset) / numerator.
struct Position {
  int64_t floor, rest;
};

Position position(int64_t o, int64_t numerator, int64_t denominator,
                  int64_t offset) {
  int64_t v = o * denominator + offset;
  int64_t q = v / numerator;
  if (q * numerator > v)
    --q;
  return {q, v - q * numerator};
}

int32_t clampIndex(int64_t i, int64_t size) {
  return static_cast<int32_t>(std::min(std::max<int64_t>(i, 0), size - 1));
}

/// Indices and weights of one axis of a resize.
struct ResizeAxis {
  Indices first, second, firstWeight, secondWeight;
};

ResizeAxis resizeAxis(int64_t size, int64_t outputs, int64_t numerator,
                      int64_t denominator, int64_t offset, bool nearest) {
  ResizeAxis axis;
  for (int64_t o = 0; o < outputs; ++o) {
    Position p = position(o, numerator, denominator, offset);
    if (nearest && 2 * p.rest >= numerator)
      ++p.floor;
    axis.first.push_back(clampIndex(p.floor, size));
    axis.second.push_back(clampIndex(p.floor + 1, size));
    axis.firstWeight.push_back(static_cast<int32_t>(numerator - p.rest));
    axis.secondWeight.push_back(static_cast<int32_t>(p.rest));
  }
  return axis;
}

} // namespace

Value Stage::concat(qint::ConcatOp op) {
  std::vector<Value> parts;
  for (mlir::Value input : op.getInputs())
    parts.push_back(get(input));
  int64_t axis = op.getAxis();
  int64_t extent = shapeOf(op.getOutput())[axis];
  auto at = [=](const Point &p) {
    Expr result;
    int64_t end = extent;
    for (int i = int(parts.size()) - 1; i >= 0; --i) {
      int64_t size = parts[i].shape[axis];
      int64_t begin = end - size;
      Point q = p.moved(p.at);
      q.at[axis] = q.at[axis] - int(begin);
      end = begin;
      if (p.segment == i)
        return parts[i].at(q);
      if (p.segment >= 0)
        continue;
      q.at[axis] = Halide::clamp(q.at[axis], 0, int(size - 1));
      Expr part = parts[i].at(q);
      result = result.defined() ? Halide::select(p.at[axis] < int(begin + size),
                                                 part, result)
                                : part;
    }
    return result;
  };
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  return {{shape.begin(), shape.end()}, parts.front().type, at};
}

Value Stage::slice(qint::SliceOp op) {
  Value in = get(op.getInput());
  auto at = [=](const Point &p) mutable {
    Point q = p.moved(p.at);
    for (size_t i = 0; i < q.at.size(); ++i)
      q.at[i] = q.at[i] * int(op.getStrides()[i]) + int(op.getStarts()[i]);
    return in.at(q);
  };
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  return {{shape.begin(), shape.end()}, in.type, at};
}

Value Stage::pad(qint::PadOp op) {
  Value in = get(op.getInput());
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  auto at = [=](const Point &p) mutable {
    Point q = p.moved(p.at);
    Expr inside = Halide::Internal::const_true();
    for (size_t i = 0; i < q.at.size(); ++i) {
      int64_t low = op.getLow()[i], step = op.getInterior()[i] + 1;
      int64_t size = in.shape[i];
      if (low == 0 && shape[i] <= size && step == 1)
        continue;
      Expr index = q.at[i] - int(low);
      if (step > 1) {
        Indices from;
        for (int64_t o = 0; o < shape[i]; ++o) {
          int64_t v = o - low;
          bool real = v >= 0 && v % step == 0 && v / step < size;
          from.push_back(real ? int32_t(v / step) : -1);
        }
        index = Halide::unsafe_promise_clamped(readTable(from, p.at[i]), -1,
                                               int(size - 1));
      }
      inside = inside && index >= 0 && index < int(size);
      q.at[i] = Halide::clamp(index, 0, int(size - 1));
    }
    return Halide::select(
        inside, in.at(q),
        Halide::Internal::make_const(in.type, int64_t(op.getValue())));
  };
  return {{shape.begin(), shape.end()}, in.type, at};
}

/// The operand is in memory and dense (the plan sees to it), so its buffer is
/// read in the other shape.
Value Stage::reshape(qint::ReshapeOp op) {
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  targets::Layout layout;
  layout.shape.assign(shape.begin(), shape.end());
  Binding binding{Binding::Operand, 0, 0};
  auto stored = context.plan.materialized.find(op.getInput());
  if (stored != context.plan.materialized.end())
    binding = {Binding::Scratch, 0, stored->second.offset};
  else
    binding.index = cast<BlockArgument>(op.getInput()).getArgNumber();
  layout.elementBytes = elementType(op.getType()).bytes();
  return parameter(op.getOutput(), layout, binding);
}

Value Stage::transpose(qint::TransposeOp op) {
  Value in = get(op.getInput());
  auto at = [=](const Point &p) mutable {
    Point q = p; // of a tile too, which is stored transposed
    for (size_t i = 0; i < p.at.size(); ++i)
      q.at[op.getPermutation()[i]] = p.at[i];
    return in.at(q);
  };
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  return {{shape.begin(), shape.end()}, in.type, at};
}

Value Stage::tile(qint::TileOp op) {
  Value in = get(op.getInput());
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  auto at = [=](const Point &p) mutable {
    Point q = p.moved(p.at);
    for (size_t i = 0; i < p.at.size(); ++i) {
      if (op.getMultiples()[i] == 1)
        continue;
      Indices from;
      for (int64_t o = 0; o < shape[i]; ++o)
        from.push_back(int32_t(o % in.shape[i]));
      q.at[i] =
          in.shape[i] == 1 ? Expr(0) : readIndex(from, p.at[i], in.shape[i]);
    }
    return in.at(q);
  };
  return {{shape.begin(), shape.end()}, in.type, at};
}

Value Stage::gather(qint::GatherOp op) {
  Value in = get(op.getInput());
  auto at = [=](const Point &p) mutable {
    Indices from(op.getIndices().begin(), op.getIndices().end());
    Point q = p.moved(p.at);
    q.at[op.getAxis()] =
        readIndex(from, p.at[op.getAxis()], in.shape[op.getAxis()]);
    return in.at(q);
  };
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  return {{shape.begin(), shape.end()}, in.type, at};
}

/// The caller's indices may be any numbers, so the clamp is a real one.
Value Stage::lookup(qint::LookupOp op) {
  Value in = get(op.getInput()), indices = get(op.getIndices());
  int rows = int(in.shape[1]);
  bool wraps = op.getWraps();
  auto at = [=](const Point &p) {
    Point q = p.moved(p.at), where = p.moved({p.at[0], p.at[1]});
    if (indices.shape[0] == 1)
      where.at[0] = 0;
    Expr row = indices.at(where);
    if (wraps)
      row = Halide::select(row < 0, row + rows, row);
    q.at[0] = in.shape[0] == 1 ? Expr(0) : p.at[0];
    q.at[1] = Halide::clamp(row, 0, rows - 1);
    return in.at(q);
  };
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  return {{shape.begin(), shape.end()}, in.type, at};
}

Value Stage::resize(qint::ResizeOp op) {
  Value in = get(op.getInput());
  llvm::ArrayRef<int64_t> shape = shapeOf(op.getOutput());
  llvm::ArrayRef<int64_t> scale = op.getScale(), offset = op.getOffset();
  bool nearest = op.getMode() == qint::ResizeMode::Nearest;
  ResizeAxis rows =
      resizeAxis(in.shape[1], shape[1], scale[0], scale[1], offset[0], nearest);
  ResizeAxis columns =
      resizeAxis(in.shape[2], shape[2], scale[2], scale[3], offset[1], nearest);
  Halide::Type type = elementType(op.getType());
  int zeroPoint = op.getZeroPoint();
  // A row's sum has 32 bits if its numbers are not extreme.
  int64_t largest = int64_t(1) << (in.type.bits() + 1);
  bool isNarrow = type.bits() == 32 || largest * scale[2] < int64_t(1) << 31;
  Halide::Type inner = isNarrow ? Halide::Int(32) : type;
  auto sample = [=](const Point &p, const Indices &y, const Indices &x) {
    Point q = p.moved(p.at);
    q.at[1] = readIndex(y, p.at[1], in.shape[1]);
    q.at[2] = readIndex(x, p.at[2], in.shape[2]);
    return in.at(q);
  };
  auto at = [=](const Point &p) -> Expr {
    if (nearest)
      return sample(p, rows.first, columns.first);
    auto weighted = [&](const Indices &y, const Indices &x,
                        const Indices &weight) {
      return (Halide::cast(inner, sample(p, y, x)) - zeroPoint) *
             Halide::cast(inner, readTable(weight, p.at[2]));
    };
    auto row = [&](const Indices &y, const Indices &weight) {
      Expr sum = weighted(y, columns.first, columns.firstWeight) +
                 weighted(y, columns.second, columns.secondWeight);
      Expr factor = readTable(weight, p.at[1]);
      if (type.bits() == 64 && isNarrow)
        return wideProduct(sum, factor, context.arithmetic);
      return Halide::cast(type, sum) * Halide::cast(type, factor);
    };
    return row(rows.first, rows.firstWeight) +
           row(rows.second, rows.secondWeight);
  };
  return {{shape.begin(), shape.end()}, nearest ? in.type : type, at};
}

} // namespace qcc::kernels
