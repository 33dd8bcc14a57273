// Operators that shrink axes to one element.
#include "compiler/Import/Onnx/Operators.h"

namespace qcc::import::onnx {
namespace {

/// log(sum(exp(x))) without overflow: the maximum is taken out.
Value logSumExp(Node &node, Value x, llvm::ArrayRef<int64_t> axes) {
  Value top = node.reduce(ReduceKind::Max, x, axes);
  Value sum = node.reduce(ReduceKind::Sum,
                          node.unary(UnaryKind::Exp, node.sub(x, top)), axes);
  return node.add(node.unary(UnaryKind::Log, sum), top);
}

/// The product along axes, by halves.
Value product(Node &node, Value x, llvm::ArrayRef<int64_t> axes) {
  for (int64_t axis : axes)
    for (int64_t size = build::shapeOf(x)[axis]; size > 1;) {
      int64_t half = size / 2;
      Value halves = node.mul(node.slice(x, axis, 0, half),
                              node.slice(x, axis, half, half));
      if (size % 2)
        halves =
            build::concat(node.builder, node.loc,
                          {halves, node.slice(x, axis, size - 1, 1)}, axis);
      x = halves;
      size = half + size % 2;
    }
  return x;
}

Value reduceAs(Node &node, llvm::StringRef op, Value x,
               llvm::ArrayRef<int64_t> axes) {
  auto sum = [&](Value value) {
    return node.reduce(ReduceKind::Sum, value, axes);
  };
  if (op == "ReduceMean")
    return node.reduce(ReduceKind::Mean, x, axes);
  if (op == "ReduceMax")
    return node.reduce(ReduceKind::Max, x, axes);
  if (op == "ReduceMin")
    return node.reduce(ReduceKind::Min, x, axes);
  if (op == "ReduceL1")
    return sum(node.unary(UnaryKind::Abs, x));
  if (op == "ReduceL2")
    return node.unary(UnaryKind::Sqrt, sum(node.mul(x, x)));
  if (op == "ReduceSumSquare")
    return sum(node.mul(x, x));
  if (op == "ReduceLogSum")
    return node.unary(UnaryKind::Log, sum(x));
  if (op == "ReduceLogSumExp")
    return logSumExp(node, x, axes);
  if (op == "ReduceProd")
    return product(node, x, axes);
  return sum(x);
}

} // namespace

/// Axes are an input since opset 13 for ReduceSum, 18 for the others.
llvm::Error importReduce(Node &node) {
  llvm::StringRef op(node.proto.op_type());
  auto given = node.attrOrInput("axes", op == "ReduceSum" ? 13 : 18, 1);
  if (!given)
    return given.takeError();
  int64_t rank = node.rank(0);
  auto axes = node.axes(*given, rank);
  if (!axes)
    return axes.takeError();
  Value x = node.value(0);
  if (axes->empty()) {
    if (node.integer("noop_with_empty_axes", 0))
      return node.set(x);
    for (int64_t axis = 0; axis < rank; ++axis)
      axes->push_back(axis);
  }
  Value result = axes->empty() ? x : reduceAs(node, op, x, *axes);
  if (node.integer("keepdims", 1))
    return node.set(result);
  Shape shape;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(*axes, axis))
      shape.push_back(node.shape(0)[axis]);
  return node.set(node.reshape(result, shape));
}

/// ArgMax and ArgMin. Indices are 32 bits here.
llvm::Error importArgMax(Node &node) {
  auto axis = node.axis(node.integer("axis", 0), node.rank(0));
  if (!axis)
    return axis.takeError();
  if (node.integer("select_last_index", 0))
    return node.fail("has select_last_index 1; supported is 0");
  Value x = node.value(0);
  if (node.proto.op_type() == "ArgMin")
    x = node.unary(UnaryKind::Negate, x);
  Value result = build::argmax(node.builder, node.loc, x, *axis,
                               node.builder.getI32Type());
  if (node.integer("keepdims", 1)) {
    Shape shape = node.shape(0);
    shape[*axis] = 1;
    result = node.reshape(result, shape);
  }
  return node.set(0, result, proto::TensorProto::INT64);
}

} // namespace qcc::import::onnx
