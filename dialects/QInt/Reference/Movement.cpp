// Ops that move codes without changing them (rule move-c1).
#include "dialects/QInt/Reference/Ops.h"

namespace qcc::qint::reference {

namespace {

using Index = llvm::SmallVector<int64_t, 4>;

/// out[index] = in[from(index)].
llvm::Error copyFrom(const Tensor &in, Tensor &out,
                     llvm::function_ref<Index(llvm::ArrayRef<int64_t>)> from) {
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    out.values[offset++] = in.at(from(index));
  });
  return llvm::Error::success();
}

} // namespace

llvm::Error evaluate(ConcatOp op, Operands in, Tensor &out) {
  int64_t axis = static_cast<int64_t>(op.getAxis());
  int64_t first = 0;
  for (const Tensor *part : in) {
    int64_t position = 0;
    forEachIndex(part->shape, [&](llvm::ArrayRef<int64_t> index) {
      Index to(index);
      to[axis] += first;
      out.at(to) = part->values[position++];
    });
    first += part->shape[axis];
  }
  return llvm::Error::success();
}

llvm::Error evaluate(SliceOp op, Operands in, Tensor &out) {
  return copyFrom(*in[0], out, [&](llvm::ArrayRef<int64_t> index) {
    Index from;
    for (auto [i, position] : llvm::enumerate(index))
      from.push_back(op.getStarts()[i] + position * op.getStrides()[i]);
    return from;
  });
}

llvm::Error evaluate(PadOp op, Operands in, Tensor &out) {
  out.values.assign(out.values.size(), static_cast<int32_t>(op.getValue()));
  int64_t position = 0;
  forEachIndex(in[0]->shape, [&](llvm::ArrayRef<int64_t> index) {
    int64_t value = in[0]->values[position++];
    Index to;
    for (auto [i, at] : llvm::enumerate(index))
      to.push_back(op.getLow()[i] + at * (op.getInterior()[i] + 1));
    for (auto [at, size] : llvm::zip_equal(to, out.shape))
      if (at < 0 || at >= size)
        return;
    out.at(to) = value;
  });
  return llvm::Error::success();
}

llvm::Error evaluate(ReshapeOp op, Operands in, Tensor &out) {
  out.values = in[0]->values;
  return llvm::Error::success();
}

llvm::Error evaluate(TransposeOp op, Operands in, Tensor &out) {
  return copyFrom(*in[0], out, [&](llvm::ArrayRef<int64_t> index) {
    Index from(index.size(), 0);
    for (auto [axis, source] : llvm::enumerate(op.getPermutation()))
      from[source] = index[axis];
    return from;
  });
}

llvm::Error evaluate(TileOp op, Operands in, Tensor &out) {
  return copyFrom(*in[0], out, [&](llvm::ArrayRef<int64_t> index) {
    Index from;
    for (auto [position, size] : llvm::zip_equal(index, in[0]->shape))
      from.push_back(position % size);
    return from;
  });
}

llvm::Error evaluate(GatherOp op, Operands in, Tensor &out) {
  int64_t axis = static_cast<int64_t>(op.getAxis());
  return copyFrom(*in[0], out, [&](llvm::ArrayRef<int64_t> index) {
    Index from(index);
    from[axis] = op.getIndices()[index[axis]];
    return from;
  });
}

/// Rule move-c2.
llvm::Error evaluate(LookupOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0], &indices = *in[1];
  int64_t rows = input.shape[1];
  return copyFrom(input, out, [&](llvm::ArrayRef<int64_t> at) {
    int64_t row = indices.at({indices.shape[0] == 1 ? 0 : at[0], at[1]});
    if (op.getWraps() && row < 0)
      row += rows;
    row = std::clamp<int64_t>(row, 0, rows - 1);
    return Index{input.shape[0] == 1 ? 0 : at[0], row, at[2]};
  });
}

} // namespace qcc::qint::reference
