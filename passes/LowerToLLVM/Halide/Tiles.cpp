#include "passes/LowerToLLVM/Halide/Tiles.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace qcc::kernels {

namespace {

/// Which axes of a value are the batch's and the rows' (-1: none, all of it is
/// read for every tile).
struct Axes {
  int64_t batch = -1, row = -1;

  bool operator==(const Axes &other) const {
    return batch == other.batch && row == other.row;
  }
};

/// The axes of every value of a kernel's body, from the result back.
class AxisFinder {
public:
  explicit AxisFinder(qint::KernelOp kernel) : kernel(kernel) {}

  /// Fails where a value would have to be cut in two ways.
  bool run();
  Axes of(Value value) const { return axes.lookup(value); }
  bool knows(Value value) const { return axes.contains(value); }

private:
  bool visit(Operation *op);
  bool note(Value value, Axes found) {
    auto [it, isNew] = axes.try_emplace(value, found);
    return isNew || it->second == found;
  }

  qint::KernelOp kernel;
  llvm::DenseMap<Value, Axes> axes;
};

bool AxisFinder::run() {
  Block &body = kernel.getBody().front();
  Value result = cast<qint::YieldOp>(body.getTerminator()).getValue();
  auto stored = result.getDefiningOp<qint::TransposeOp>();
  if (stored) {
    llvm::ArrayRef<int64_t> order = stored.getPermutation();
    note(result, {llvm::find(order, 0) - order.begin(),
                  llvm::find(order, 1) - order.begin()});
  } else {
    note(result, {0, 1});
  }
  for (Operation &op : llvm::reverse(body.without_terminator()))
    if (!visit(&op))
      return false;
  return true;
}

bool AxisFinder::visit(Operation *op) {
  if (!axes.contains(op->getResult(0)))
    return false;
  Axes own = axes.lookup(op->getResult(0));
  if (auto transpose = dyn_cast<qint::TransposeOp>(op)) {
    llvm::ArrayRef<int64_t> order = transpose.getPermutation();
    auto before = [&](int64_t axis) { return axis < 0 ? axis : order[axis]; };
    return note(transpose.getInput(), {before(own.batch), before(own.row)});
  }
  if (!(own == Axes{0, 1}))
    return false;
  if (auto product = dyn_cast<qint::MatMulOp>(op))
    return note(product.getLhs(), {0, 1}) && note(product.getRhs(), {0, -1});
  llvm::ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  for (Value operand : op->getOperands()) {
    llvm::ArrayRef<int64_t> from = shapeOf(operand);
    Axes found;
    if (from.size() == shape.size()) {
      found.batch = from[0] == 1 ? -1 : 0;
      found.row = from[1] == 1 ? -1 : 1;
      bool fits = (found.batch < 0 || from[0] == shape[0]) &&
                  (found.row < 0 || from[1] == shape[1]);
      if (!fits)
        return false;
    } else if (from.size() != 1) {
      return false;
    }
    // What the body makes is cut along both, sizes of 1 or not.
    if (operand.getDefiningOp())
      found = {0, 1};
    if (!note(operand, found))
      return false;
  }
  return true;
}

/// Rows of a tile: many enough that packing the right factors for each tile
/// costs little beside its products.
int64_t rowsOfTile(int64_t rows) { return rows < 96 ? rows : 64; }

bool isAttention(qint::KernelOp kernel) {
  return llvm::count_if(bodyOf(kernel), [](Operation &op) {
           return isa<qint::MatMulOp>(op);
         }) == 2;
}

/// Makes the kernel of a tile.
class Tiler {
public:
  Tiler(const targets::KernelSource &source, const AxisFinder &finder)
      : source(source), kernel(source.op), finder(finder) {}

  TiledKernel run();

private:
  RankedTensorType tileType(Value value, Axes axes) const {
    auto type = cast<RankedTensorType>(value.getType());
    llvm::SmallVector<int64_t, 4> shape(type.getShape());
    if (axes.batch >= 0)
      shape[axes.batch] = 1;
    if (axes.row >= 0)
      shape[axes.row] = std::min(shape[axes.row], made.tileRows);
    return type.clone(shape);
  }
  targets::Layout part(const targets::Layout &whole, Value value, Axes axes);
  void buildBody(qint::KernelOp tile);

  const targets::KernelSource &source;
  qint::KernelOp kernel;
  const AxisFinder &finder;
  TiledKernel made;
};

/// Also notes how far tiles are apart.
targets::Layout Tiler::part(const targets::Layout &whole, Value value,
                            Axes axes) {
  targets::Layout layout = whole;
  layout.partOf = whole.strides();
  layout.shape.assign(tileType(value, axes).getShape().begin(),
                      tileType(value, axes).getShape().end());
  auto step = [&](int64_t axis) {
    return axis < 0 ? 0 : layout.partOf[axis] * layout.elementBytes;
  };
  made.steps.push_back({step(axes.batch), step(axes.row)});
  return layout;
}

void Tiler::buildBody(qint::KernelOp tile) {
  Block &from = kernel.getBody().front();
  auto *to = new Block;
  tile.getBody().push_back(to);
  IRMapping mapping;
  for (BlockArgument argument : from.getArguments())
    mapping.map(argument,
                to->addArgument(tileType(argument, finder.of(argument)),
                                argument.getLoc()));
  OpBuilder builder = OpBuilder::atBlockEnd(to);
  for (Operation &op : from) {
    Operation *copy = builder.clone(op, mapping);
    for (OpResult result : op.getResults())
      copy->getResult(result.getResultNumber())
          .setType(tileType(result, finder.of(result)));
  }
}

TiledKernel Tiler::run() {
  Value result =
      cast<qint::YieldOp>(kernel.getBody().front().getTerminator()).getValue();
  Axes axes = finder.of(result);
  made.batch = shapeOf(result)[axes.batch];
  made.rows = shapeOf(result)[axes.row];
  made.tileRows = rowsOfTile(made.rows);
  made.rowTiles = llvm::divideCeil(made.rows, made.tileRows);
  made.holder = std::make_unique<Block>();
  made.tile.constants = source.constants;
  llvm::SmallVector<Value, 4> inputs;
  for (auto [argument, layout] :
       llvm::zip(kernel.getBody().getArguments(), source.inputs)) {
    Axes cut = finder.of(argument);
    made.tile.inputs.push_back(part(layout, argument, cut));
    inputs.push_back(
        made.holder->addArgument(tileType(argument, cut), argument.getLoc()));
  }
  made.tile.output = part(source.output, result, axes);
  OperationState state(kernel.getLoc(), qint::KernelOp::getOperationName());
  state.addOperands(inputs);
  state.addTypes(tileType(result, axes));
  state.addAttribute("layer", kernel.getLayerAttr());
  state.addRegion();
  OpBuilder builder(kernel.getContext()); // the block has no parent
  builder.setInsertionPointToEnd(made.holder.get());
  made.tile.op = cast<qint::KernelOp>(builder.create(state));
  buildBody(made.tile.op);
  return std::move(made);
}

} // namespace

std::optional<TiledKernel> tileKernel(const targets::KernelSource &source) {
  if (!isAttention(source.op) || source.output.hasHalo() ||
      llvm::any_of(source.inputs,
                   [](const targets::Layout &l) { return l.hasHalo(); }))
    return std::nullopt;
  AxisFinder finder(source.op);
  if (!finder.run())
    return std::nullopt;
  qint::KernelOp kernel = source.op;
  for (BlockArgument argument : kernel.getBody().front().getArguments())
    if (!finder.knows(argument))
      return std::nullopt;
  return Tiler(source, finder).run();
}

} // namespace qcc::kernels
