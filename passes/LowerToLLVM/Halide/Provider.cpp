#include "llvm/IR/IRBuilder.h"

#include "passes/LowerToLLVM/Halide/Import.h"
#include "passes/LowerToLLVM/Halide/Tiles.h"
#include "passes/LowerToLLVM/Halide/Wrapper.h"
#include "passes/LowerToLLVM/HalideProvider.h"

#include "llvm/TargetParser/Triple.h"

using namespace mlir;

namespace qcc {
namespace kernels {
namespace {

Arithmetic arithmeticOf(const targets::Target &target) {
  Arithmetic a;
  llvm::Triple triple(target.triple);
  // ARMv6-M multiplies 32 x 32 -> 32 bits only.
  a.wideMultiply = triple.getSubArch() != llvm::Triple::ARMSubArch_v6m;
  a.scalar = target.vectorBytes == 0;
  return a;
}

/// Emits the stages of one kernel into its function.
class Emitter {
public:
  Emitter(const targets::KernelSource &source, const targets::Target &target,
          const KernelPlan &plan, llvm::StringRef symbol, llvm::Module &module)
      : context{source, target, plan, arithmeticOf(target), {}}, symbol(symbol),
        module(module), builder(module.getContext()) {}

  llvm::Error run();
  /// The kernel as a loop over another one that does a tile.
  void runTiles(const TiledKernel &tiled, llvm::Function &tile);

private:
  void createFunction();
  llvm::Error emitValue(mlir::Value value, const targets::Layout &layout,
                        Binding where, int32_t haloValue);
  llvm::Error prepareProduct(qint::MatMulOp op);
  llvm::Error emitStage(mlir::Value value, StageRegion region,
                        const targets::Layout &layout, Binding where);
  llvm::Error tryStage(mlir::Value value, StageRegion region,
                       const targets::Layout &layout, Binding where,
                       Effort effort, const std::string &name);
  llvm::Value *pointer(const Binding &binding);
  llvm::Value *tableGlobal(int64_t number);
  /// The convolution, product or concatenation that `value` is made from
  /// without memory between; null when there is none or more than one.
  Operation *root(mlir::Value value);

  KernelContext context;
  std::string symbol;
  llvm::Module &module;
  llvm::IRBuilder<> builder;
  llvm::Function *function = nullptr;
  llvm::DenseMap<int64_t, llvm::GlobalVariable *> tables;
  int stages = 0;
};

void Emitter::createFunction() {
  size_t count = context.source.inputs.size() + 2;
  llvm::SmallVector<llvm::Type *, 8> types(count, builder.getPtrTy());
  auto *type = llvm::FunctionType::get(builder.getVoidTy(), types, false);
  function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                    symbol, module);
  setTargetAttributes(*function, context.target);
  // The arena plan keeps every buffer of a kernel apart, but for the operand
  // that the result takes the place of. Operands are only read.
  qint::KernelOp op = context.source.op;
  std::optional<uint64_t> overwrites = op.getOverwrites();
  for (llvm::Argument &argument : function->args()) {
    size_t number = argument.getArgNo();
    if (!overwrites || (number != *overwrites && number + 2 != count))
      argument.addAttr(llvm::Attribute::NoAlias);
    argument.addAttr(llvm::Attribute::getWithCaptureInfo(
        module.getContext(), llvm::CaptureInfo::none()));
    if (number + 2 < count)
      argument.addAttr(llvm::Attribute::ReadOnly);
  }
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "entry", function));
}

llvm::Value *Emitter::tableGlobal(int64_t number) {
  llvm::GlobalVariable *&global = tables[number];
  if (!global) {
    auto *data = llvm::ConstantDataArray::get(
        module.getContext(),
        llvm::ArrayRef<int32_t>(context.tables.all()[number]));
    global = new llvm::GlobalVariable(module, data->getType(), true,
                                      llvm::GlobalValue::InternalLinkage, data,
                                      symbol + ".table");
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    global->setAlignment(llvm::Align(4));
  }
  return global;
}

llvm::Value *Emitter::pointer(const Binding &binding) {
  unsigned last = function->arg_size() - 1;
  llvm::Value *base = nullptr;
  switch (binding.kind) {
  case Binding::Operand:
    base = function->getArg(binding.index);
    break;
  case Binding::Result:
    base = function->getArg(last - 1);
    break;
  case Binding::Scratch:
    base = function->getArg(last);
    break;
  case Binding::Table:
    base = tableGlobal(binding.index);
    break;
  }
  if (!binding.offset)
    return base;
  return builder.CreateGEP(builder.getInt8Ty(), base,
                           builder.getInt32(int32_t(binding.offset)));
}

Operation *Emitter::root(mlir::Value value) {
  Operation *found = nullptr;
  bool several = false;
  llvm::SmallVector<mlir::Value, 8> open = {value};
  llvm::DenseSet<mlir::Value> seen;
  while (!open.empty()) {
    mlir::Value v = open.pop_back_val();
    Operation *op = v.getDefiningOp();
    if (!op || !seen.insert(v).second ||
        (v != value && context.plan.materialized.contains(v)))
      continue;
    if (context.plan.convs.contains(op) || isa<qint::ConcatOp>(op)) {
      several |= found != nullptr;
      found = op;
    } else if (isPointwise(op) || op == context.plan.stored) {
      open.append(op->operand_begin(), op->operand_end());
    }
  }
  return several ? nullptr : found;
}

llvm::Error Emitter::emitStage(mlir::Value value, StageRegion region,
                               const targets::Layout &layout, Binding where) {
  std::string name = symbol + ".stage" + std::to_string(stages++);
  llvm::Error failure = llvm::Error::success();
  for (Effort effort : {Effort::Tiled, Effort::Vectors, Effort::Scalar}) {
    llvm::consumeError(std::move(failure));
    failure = tryStage(value, region, layout, where, effort, name);
    if (!failure)
      break;
  }
  return failure;
}

llvm::Error Emitter::tryStage(mlir::Value value, StageRegion region,
                              const targets::Layout &layout, Binding where,
                              Effort effort, const std::string &name) {
  Pipeline pipeline;
  try {
    Stage stage(context, value, region, effort);
    pipeline = stage.build(layout, where);
  } catch (const std::exception &error) {
    return llvm::createStringError(llvm::Twine("Halide: ") + error.what());
  }
  auto made = importPipeline(pipeline, context.target, name, module);
  if (!made)
    return made.takeError();
  llvm::SmallVector<llvm::Value *, 8> pointers;
  for (const Binding &binding : pipeline.bindings)
    pointers.push_back(pointer(binding));
  callPipeline(**made, pointers, builder);
  return llvm::Error::success();
}

/// What the tiles of a product read.
llvm::Error Emitter::prepareProduct(qint::MatMulOp op) {
  const ProductPlan &product = context.plan.products.find(op)->second;
  auto emit = [&](ProductPart part, const ChannelSegment *channels,
                  int64_t offset) {
    StageRegion region;
    region.part = part;
    region.channels = channels;
    return emitStage(op.getOutput(), region, {}, {Binding::Scratch, 0, offset});
  };
  for (auto [i, s] : llvm::enumerate(context.plan.convs.at(op).segments)) {
    if (!product.direct)
      if (llvm::Error error =
              emit(ProductPart::Weights, &s, product.weights[i]))
        return error;
    if (llvm::Error error = emit(ProductPart::Bias, &s, product.bias[i]))
      return error;
  }
  if (product.needsRowSums)
    return emit(ProductPart::RowSums, nullptr, product.rowSums);
  return llvm::Error::success();
}

llvm::Error Emitter::emitValue(mlir::Value value, const targets::Layout &layout,
                               Binding where, int32_t haloValue) {
  Operation *from = root(value);
  std::vector<StageRegion> regions;
  if (auto product = llvm::dyn_cast_or_null<qint::MatMulOp>(from))
    if (llvm::Error error = prepareProduct(product))
      return error;
  if (auto tiled = context.plan.convs.find(from);
      tiled != context.plan.convs.end()) {
    for (const ChannelSegment &s : tiled->second.segments) {
      StageRegion region;
      region.channels = &s;
      regions.push_back(region);
    }
  } else if (auto concat = llvm::dyn_cast_or_null<qint::ConcatOp>(from)) {
    int64_t begin = 0;
    for (auto [i, input] : llvm::enumerate(concat.getInputs())) {
      StageRegion region;
      region.segment = int(i);
      region.axis = concat.getAxis();
      region.begin = begin;
      region.end = begin += shapeOf(input)[region.axis];
      regions.push_back(region);
    }
  } else {
    regions.emplace_back();
  }
  for (const StageRegion &region : regions)
    if (llvm::Error error = emitStage(value, region, layout, where))
      return error;
  fillHalo(builder, pointer(where), layout, haloValue);
  return llvm::Error::success();
}

llvm::Error Emitter::run() {
  createFunction();
  for (const auto &[value, m] : context.plan.materialized)
    if (llvm::Error error = emitValue(
            value, m.layout, {Binding::Scratch, 0, m.offset}, m.haloValue))
      return error;
  qint::KernelOp op = context.source.op;
  auto yield = cast<qint::YieldOp>(op.getBody().front().getTerminator());
  int32_t haloValue = op.getHaloValue().value_or(0);
  if (llvm::Error error = emitValue(yield.getValue(), context.source.output,
                                    {Binding::Result, 0, 0}, haloValue))
    return error;
  builder.CreateRetVoid();
  return llvm::Error::success();
}

void Emitter::runTiles(const TiledKernel &tiled, llvm::Function &tile) {
  createFunction();
  llvm::IRBuilderBase &b = builder;
  loop(b, tiled.batch, [&](llvm::Value *n) {
    loop(b, tiled.rowTiles, [&](llvm::Value *i) {
      llvm::Value *row = b.CreateBinaryIntrinsic(
          llvm::Intrinsic::umin,
          b.CreateMul(i, b.getInt32(int32_t(tiled.tileRows))),
          b.getInt32(int32_t(tiled.rows - tiled.tileRows)));
      llvm::SmallVector<llvm::Value *, 8> pointers;
      for (llvm::Argument &argument : function->args()) {
        llvm::Value *start = &argument;
        if (argument.getArgNo() < tiled.steps.size()) {
          auto [batchStep, rowStep] = tiled.steps[argument.getArgNo()];
          llvm::Value *offset =
              b.CreateAdd(b.CreateMul(n, b.getInt32(int32_t(batchStep))),
                          b.CreateMul(row, b.getInt32(int32_t(rowStep))));
          start = b.CreateGEP(b.getInt8Ty(), start, offset);
        }
        pointers.push_back(start);
      }
      b.CreateCall(&tile, pointers);
    });
  });
  builder.CreateRetVoid();
}

/// A kernel as it is emitted: tile by tile, or whole.
struct Emission {
  std::optional<TiledKernel> tiled;
  targets::KernelSource source; ///< of the tile, if there are tiles
  KernelPlan plan;
};

llvm::Expected<std::unique_ptr<Emission>>
planEmission(const targets::KernelSource &source,
             const targets::Target &target) {
  auto emission = std::make_unique<Emission>();
  emission->tiled = tileKernel(source);
  emission->source = emission->tiled ? emission->tiled->tile : source;
  auto plan = planKernel(emission->source, target);
  if (!plan)
    return plan.takeError();
  emission->plan = std::move(*plan);
  // Tiles may overlap, and read what earlier ones have written.
  if (emission->tiled)
    emission->plan.needs.overwritable.clear();
  return std::move(emission);
}

class HalideProvider : public targets::KernelProvider {
public:
  llvm::StringRef name() const override { return "halide"; }

  bool supports(const targets::KernelSource &source,
                const targets::Target &target) const override {
    auto emission = planEmission(source, target);
    bool ok = bool(emission);
    llvm::consumeError(emission.takeError());
    return ok;
  }

  targets::KernelNeeds needs(const targets::KernelSource &source,
                             const targets::Target &target) const override {
    auto emission = planEmission(source, target);
    if (emission)
      return (*emission)->plan.needs;
    // emit() reports why.
    llvm::consumeError(emission.takeError());
    targets::KernelNeeds none;
    none.overread.assign(source.inputs.size(), 0);
    return none;
  }

  llvm::Expected<std::vector<targets::PackedConstant>>
  pack(const targets::KernelSource &source,
       const targets::Target &target) const override {
    auto emission = planEmission(source, target);
    if (!emission)
      return emission.takeError();
    return packConstants((*emission)->source, (*emission)->plan);
  }

  llvm::Error emit(const targets::KernelSource &source,
                   const targets::Target &target, llvm::StringRef symbol,
                   llvm::Module &module) const override {
    auto made = planEmission(source, target);
    if (!made)
      return made.takeError();
    const Emission &emission = **made;
    if (!emission.tiled)
      return Emitter(source, target, emission.plan, symbol, module).run();
    std::string tile = (symbol + ".tile").str();
    if (llvm::Error error =
            Emitter(emission.source, target, emission.plan, tile, module).run())
      return error;
    llvm::Function *tileFunction = module.getFunction(tile);
    tileFunction->setLinkage(llvm::GlobalValue::InternalLinkage);
    Emitter(source, target, emission.plan, symbol, module)
        .runTiles(*emission.tiled, *tileFunction);
    return llvm::Error::success();
  }
};

} // namespace
} // namespace kernels

const targets::KernelProvider &halideProvider() {
  static const kernels::HalideProvider provider;
  return provider;
}

} // namespace qcc
