// Choice of rows by indices, constant ones or those of an input.
#include "compiler/Import/Tflite/Importer.h"

#include <numeric>

using namespace mlir;

namespace qcc::import::tflite {

static constexpr uint8_t gatherOptions = 23;

/// `table` [B,N,C] by indices [B,W] that are known at run time only. The
/// kernels refuse an index outside; here it is clamped.
Value Importer::lookup(size_t table, size_t indices,
                       ArrayRef<int64_t> tableShape,
                       ArrayRef<int64_t> listShape) {
  const TensorInfo *list = input(indices);
  if (list->type != ElementType::Int32 && list->type != ElementType::Int64)
    return fail("has indices of " + nameOf(list->type) +
                ", expected INT32 or INT64");
  const TensorInfo *from = input(table);
  if (!from->isQuantized() && from->type != ElementType::Float32)
    return fail("selects from " + nameOf(from->type) +
                " by indices that are not constant");
  Value in = operand(table), at = operand(indices);
  if (!in || !at || build::typeOf(in).getNumElements() == 0)
    return fail("takes nothing");
  Value taken =
      build::lookup(builder, loc, build::reshape(builder, loc, in, tableShape),
                    build::reshape(builder, loc, at, listShape),
                    /*wraps=*/false);
  if (build::typeOf(taken).getNumElements() != output().elements())
    return fail("has an output of another size than it takes");
  return build::reshape(builder, loc, taken, output().shape);
}

/// GATHER with an axis and `batchDims` leading axes that operand and indices
/// share.
Value Importer::gatherAtRunTime(int64_t axis, int64_t batchDims) {
  ArrayRef<int64_t> from = input(0)->shape, list = input(1)->shape;
  auto count = [](ArrayRef<int64_t> shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                           std::multiplies<int64_t>());
  };
  int64_t inner = count(from.drop_front(axis + 1));
  if (batchDims == 0) {
    int64_t outer = count(from.take_front(axis));
    int64_t lists = outer == 1 && list.size() > 1 ? list[0] : 1;
    return lookup(0, 1, {outer, from[axis], inner},
                  {lists, lists ? count(list) / lists : 0});
  }
  if (batchDims < 0 || batchDims != axis ||
      batchDims > static_cast<int64_t>(list.size()) ||
      from.take_front(axis) != list.take_front(axis))
    return fail("has batch_dims " + Twine(batchDims) + " and axis " +
                Twine(axis) + ", expected equal ones, and equal leading axes");
  int64_t batch = count(from.take_front(axis));
  return lookup(0, 1, {batch, from[axis], inner},
                {batch, count(list.drop_front(axis))});
}

/// Rows of operand 1 by the indices in operand 0.
Value Importer::embeddingLookup() {
  const TensorInfo *list = input(0), *from = input(1);
  if (!list || !from || !keepsType(1))
    return fail("lacks an operand");
  if (list->shape.size() != 1 || from->shape.size() < 2)
    return fail("needs a list of indices and a table");
  if (isConstant(0))
    return fail("has constant indices, which is not supported");
  int64_t rows = from->shape[0];
  return lookup(1, 0, {1, rows, rows ? from->elements() / rows : 0},
                {1, list->elements()});
}

Value Importer::gather() {
  auto *o = network.options<GatherOptions>(*op, gatherOptions);
  const TensorInfo *from = input(0);
  if (!from || !o || !input(1) || !keepsType())
    return fail("needs options");
  auto axis = axisOf(o->axis(), from->shape.size());
  if (!axis)
    return {};
  if (!isConstant(1))
    return gatherAtRunTime(*axis, o->batch_dims());
  auto indices = integers(1);
  if (!indices)
    return {};
  if (o->batch_dims() != 0)
    return fail("has batch_dims " + Twine(o->batch_dims()) + ", expected 0");
  for (int64_t index : *indices)
    if (index < 0 || index >= from->shape[*axis])
      return fail("has index " + Twine(index) + " of " +
                  Twine(from->shape[*axis]));
  if (from->data && from->shape.size() == 1 && !from->isQuantized() &&
      from->type != ElementType::Float32) {
    auto numbers = integers(0);
    std::vector<int64_t> taken;
    for (int64_t i : *indices)
      taken.push_back(numbers ? (*numbers)[i] : 0);
    return numbers ? fold(ArrayRef<int64_t>(taken)) : Value();
  }
  Value in = operand(0);
  if (!in || indices->empty())
    return fail("takes nothing");
  Value taken = build::gather(builder, loc, in, *indices, *axis);
  if (build::typeOf(taken).getNumElements() != output().elements())
    return fail("has an output of another size than it takes");
  return build::reshape(builder, loc, taken, output().shape);
}

} // namespace qcc::import::tflite
