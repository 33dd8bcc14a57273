#include "passes/LowerToLLVM/Halide/Stage.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using Halide::Func;
using Halide::ImageParam;
using Halide::Var;

namespace qcc::kernels {

Halide::Type elementType(mlir::Type type) {
  mlir::Type element = cast<RankedTensorType>(type).getElementType();
  int bits = std::max<int>(8, element.getIntOrFloatBitWidth());
  return element.isUnsignedInteger() ? Halide::UInt(bits) : Halide::Int(bits);
}

int64_t Tables::number(llvm::ArrayRef<int32_t> values) {
  for (size_t i = 0; i < tables.size(); ++i)
    if (llvm::ArrayRef<int32_t>(tables[i]) == values)
      return i;
  tables.push_back(values.vec());
  return tables.size() - 1;
}

Stage::Stage(KernelContext &context, mlir::Value target, StageRegion region,
             Effort effort)
    : context(context), target(target), region(region), effort(effort) {}

/// `strides` are in elements, row-major; Halide counts axes from the innermost.
ImageParam Stage::newParam(Halide::Type type, llvm::ArrayRef<int64_t> strides,
                           Binding binding) {
  std::string name = "p" + std::to_string(params.size());
  int rank = std::max<int>(1, strides.size());
  ImageParam param(type, rank, name);
  for (int i = 0; i < rank; ++i) {
    param.dim(i).set_min(0);
    param.dim(i).set_stride(
        strides.empty() ? 1 : static_cast<int>(strides[rank - 1 - i]));
  }
  params.push_back(param);
  bindings.push_back(binding);
  return param;
}

static std::vector<Expr> reversed(const std::vector<Expr> &at) {
  if (at.empty())
    return {Expr(0)};
  return {at.rbegin(), at.rend()};
}

Value Stage::parameter(mlir::Value value, const targets::Layout &layout,
                       Binding binding) {
  Value result;
  result.type = elementType(value.getType());
  result.shape.assign(layout.shape.begin(), layout.shape.end());
  llvm::SmallVector<int64_t, 4> strides = layout.strides();
  binding.offset += layout.origin() * layout.elementBytes;
  const KernelPlan &plan = context.plan;
  int64_t elements = layout.elements();
  auto conv = plan.convs.empty() ? nullptr : &plan.convs.begin()->second;
  bool tensor = llvm::ArrayRef<int64_t>(layout.shape) ==
                    llvm::ArrayRef<int64_t>(context.source.output.shape) ||
                (conv && conv->collapsed && layout.shape.size() == 4);
  if (tensor && plan.flat) {
    int64_t channels = plan.keepChannels ? layout.shape.back() : 1;
    result.shape = {elements / channels};
    strides = {channels};
    if (plan.keepChannels) {
      result.shape.push_back(channels);
      strides.push_back(1);
    }
  } else if (tensor && conv && conv->collapsed) {
    int64_t channels = layout.shape.back();
    result.shape = {1, 1, elements / channels, channels};
    strides = {elements, elements, channels, 1};
  }
  ImageParam param = newParam(result.type, strides, binding);
  result.at = [param](const Point &p) { return param(reversed(p.at)); };
  return result;
}

Value Stage::get(mlir::Value value) {
  auto it = values.find(value);
  if (it != values.end())
    return it->second;
  Value result;
  auto argument = dyn_cast<BlockArgument>(value);
  auto stored = context.plan.materialized.find(value);
  if (stored != context.plan.materialized.end() && value != target) {
    const Materialized &m = stored->second;
    result = parameter(value, m.layout, {Binding::Scratch, 0, m.offset});
  } else if (argument) {
    int number = argument.getArgNumber();
    result = parameter(value, context.source.inputs[number],
                       {Binding::Operand, number, 0});
  } else {
    result = make(value.getDefiningOp());
  }
  values[value] = result;
  return result;
}

Value Stage::make(Operation *op) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](qint::RequantizeOp o) { return requantize(o); })
      .Case([&](qint::AddOp o) { return add(o); })
      .Case([&](qint::MulOp o) { return mul(o); })
      .Case([&](qint::RescaledAddOp o) { return rescaledAdd(o); })
      .Case([&](qint::ExpSumOp o) { return expSum(o); })
      .Case([&](qint::SoftmaxOp o) { return softmax(o); })
      .Case([&](qint::LogSoftmaxOp o) { return logSoftmax(o); })
      .Case([&](qint::NormalizeOp o) { return normalize(o); })
      .Case([&](qint::DivOp o) { return div(o); })
      .Case([&](qint::InterpolateOp o) { return interpolate(o); })
      .Case([&](qint::SigmoidOp o) { return sigmoid(o); })
      .Case([&](qint::ShareOp o) { return share(o); })
      .Case([&](qint::InverseRootOp o) { return inverseRoot(o); })
      .Case([&](qint::NormOp o) { return norm(o); })
      .Case([&](qint::PowerSumOp o) { return powerSum(o); })
      .Case([&](qint::PowerShareOp o) { return powerShare(o); })
      .Case([&](qint::PowerLogOp o) { return powerLog(o); })
      .Case([&](qint::ReciprocalOp o) { return reciprocal(o); })
      .Case([&](qint::LogarithmOp o) { return logarithm(o); })
      .Case([&](qint::GateOp o) { return gate(o); })
      .Case([&](qint::MaximumOp o) { return choose(o, true); })
      .Case([&](qint::MinimumOp o) { return choose(o, false); })
      .Case([&](qint::ClampOp o) { return clamp(o); })
      .Case([&](qint::TableOp o) { return table(o); })
      .Case([&](qint::FlipSignOp o) { return flipSign(o); })
      .Case([&](qint::ConcatOp o) { return concat(o); })
      .Case([&](qint::SliceOp o) { return slice(o); })
      .Case([&](qint::PadOp o) { return pad(o); })
      .Case([&](qint::ReshapeOp o) { return reshape(o); })
      .Case([&](qint::TransposeOp o) { return transpose(o); })
      .Case([&](qint::TileOp o) { return tile(o); })
      .Case([&](qint::GatherOp o) { return gather(o); })
      .Case([&](qint::LookupOp o) { return lookup(o); })
      .Case([&](qint::ResizeOp o) { return resize(o); })
      .Case([&](qint::MatMulOp o) {
        return context.plan.products.contains(o) ? product(o) : matmul(o);
      })
      .Case([&](qint::AvgPool2DOp o) { return avgPool(o); })
      .Case([&](qint::MaxPool2DOp o) { return maxPool(o); })
      .Case([&](qint::ReduceOp o) { return reduce(o); })
      .Case([&](qint::ArgMaxOp o) { return argMax(o); })
      .Case([&](qint::Conv2DOp o) { return conv(o); })
      .Default([](Operation *o) -> Value {
        throw std::runtime_error("no kernel for op '" +
                                 o->getName().getStringRef().str() + "'");
      });
}

Expr Stage::readTable(llvm::ArrayRef<int32_t> values, Expr index) {
  int64_t number = context.tables.number(values);
  auto it = tableParams.find(number);
  if (it == tableParams.end())
    it = tableParams
             .try_emplace(number, newParam(Halide::Int(32), {1},
                                           {Binding::Table, number, 0}))
             .first;
  return it->second(index);
}

/// Halide must know where an index read from memory can point.
Expr Stage::readIndex(llvm::ArrayRef<int32_t> values, Expr index,
                      int64_t size) {
  return Halide::unsafe_promise_clamped(readTable(values, std::move(index)), 0,
                                        int(size - 1));
}

TableReader Stage::tableReader(Expr index) {
  return [this, index](llvm::ArrayRef<int32_t> values) {
    return readTable(values, index);
  };
}

Point Stage::broadcast(const Point &p, llvm::ArrayRef<int64_t> from) {
  Point result = p;
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i] == 1)
      result.at[i] = 0;
  return result;
}

void Stage::buildPlain(const Value &value, const targets::Layout &layout,
                       Binding where) {
  std::vector<Var> vars; // innermost first
  Point point;
  int rank = std::max<int>(1, value.shape.size());
  for (int i = 0; i < rank; ++i)
    vars.push_back(Var("v" + std::to_string(i)));
  for (size_t i = 0; i < value.shape.size(); ++i)
    point.at.push_back(vars[rank - 1 - i]);
  llvm::SmallVector<int64_t, 4> extents(value.shape.rbegin(),
                                        value.shape.rend());
  if (extents.empty())
    extents.push_back(1);
  llvm::SmallVector<int64_t, 4> strides(layout.strides());
  if (strides.size() != value.shape.size()) { // merged axes
    strides.assign(value.shape.size(), 1);
    for (int i = int(strides.size()) - 2; i >= 0; --i)
      strides[i] = strides[i + 1] * value.shape[i + 1];
  }
  if (region.segment >= 0) {
    point.segment = region.segment;
    point.at[region.axis] = point.at[region.axis] + int(region.begin);
    extents[rank - 1 - region.axis] = region.end - region.begin;
    where.offset += region.begin * strides[region.axis] * layout.elementBytes;
  }
  output(vars) = value.at(point);
  for (int i = 0; i < rank; ++i) {
    output.bound(vars[i], 0, int(extents[i]));
    output.output_buffer().dim(i).set_bounds(0, int(extents[i]));
    output.output_buffer().dim(i).set_stride(
        strides.empty() ? 1 : int(strides[rank - 1 - i]));
  }
  int lanes = vectorLanes(extents[0], context.target,
                          accumulatorFunc.defined() ? 32 : value.type.bits());
  if (effort == Effort::Scalar)
    lanes = 1;
  Var outer("outer"), inner("inner");
  output.split(vars[0], outer, inner, lanes,
               extents[0] % lanes ? Halide::TailStrategy::ShiftInwards
                                  : Halide::TailStrategy::RoundUp);
  if (lanes > 1)
    output.vectorize(inner);
  if (accumulatorFunc.defined()) {
    accumulatorFunc.compute_at(output, outer);
    if (lanes > 1) {
      accumulatorFunc.vectorize(accumulatorVars[0], lanes,
                                Halide::TailStrategy::RoundUp);
      accumulatorFunc.update().vectorize(accumulatorVars[0], lanes,
                                         Halide::TailStrategy::RoundUp);
    }
  }
  finish(where);
}

void Stage::finish(Binding where) { bindings.push_back(where); }

Pipeline Stage::build(const targets::Layout &layout, Binding where) {
  output = Func("out");
  if (region.part != ProductPart::None) {
    buildProductPart(target.getDefiningOp<qint::MatMulOp>(), where);
  } else {
    Value value = get(target);
    where.offset += layout.origin() * layout.elementBytes;
    if (tiledOp)
      buildConv(value, layout, where);
    else
      buildPlain(value, layout, where);
  }
  Pipeline pipeline;
  pipeline.output = output;
  for (const ImageParam &param : params)
    pipeline.arguments.push_back(param);
  pipeline.bindings = bindings;
  pipeline.registerTile = tiledOp != nullptr;
  pipeline.packs = region.part != ProductPart::None;
  return pipeline;
}

} // namespace qcc::kernels
