#include "targets/cortexm/EmitConv.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/IntrinsicsARM.h"
#include "llvm/IR/MDBuilder.h"

namespace qcc::targets::cortexm {

namespace {

using llvm::Value;

class Emitter {
public:
  Emitter(const KernelSource &source, const ConvPlan &plan,
          const Target &target, llvm::StringRef symbol, llvm::Module &module)
      : source(source), plan(plan), tile(plan.tile), module(module),
        b(module.getContext()) {
    createFunction(target, symbol);
  }

  void run() {
    prepareScratch();
    int64_t tiles = (plan.pixels + tile.pixels - 1) / tile.pixels;
    loop(tiles, [&](Value *tileNumber) { emitTile(tileNumber); });
    fillHalo();
    b.CreateRetVoid();
  }

private:
  void createFunction(const Target &target, llvm::StringRef symbol);
  void loop(int64_t count, llvm::function_ref<void(Value *)> body);
  void loop(Value *begin, int64_t count,
            llvm::function_ref<void(Value *)> body);
  Value *number(int64_t value) { return b.getInt32(uint32_t(value)); }
  Value *at(Value *base, Value *offset) {
    return b.CreateGEP(b.getInt8Ty(), base, offset);
  }
  Value *at(Value *base, int64_t offset) { return at(base, number(offset)); }

  void prepareScratch();
  Value *firstPixel(Value *tileNumber);
  Value *offsetOf(const PixelMap &map, Value *pixel);
  void emitTile(Value *tileNumber);
  void expandWindow(Value *window, Value *expanded);
  void expandRun(Value *run, Value *expanded);
  void storeWide(Value *bytes, Value *expanded);
  void storeScaled(Value *bytes, Value *expanded);
  Value *lastBytes(Value *run, int64_t count);
  void placeOutput(Value *first);
  void callTile();
  void addResidual(Value *first, Value *tileNumber);
  void addBytes(Value *codes, Value *others, Value *sums);
  Value *addedByte(Value *code, Value *other);
  void fill(Value *start, int64_t offset, int64_t bytes);
  void fillHalo();

  const KernelSource &source;
  const ConvPlan &plan;
  const Tile &tile;
  llvm::Module &module;
  llvm::IRBuilder<> b;
  llvm::Function *function = nullptr;
  Value *input = nullptr, *weights = nullptr, *output = nullptr,
        *scratch = nullptr;
  Value *total = nullptr; ///< of a narrow tile: sum of a pixel's activations
};

void Emitter::createFunction(const Target &target, llvm::StringRef symbol) {
  llvm::SmallVector<llvm::Type *> types(source.inputs.size() + 2, b.getPtrTy());
  function = llvm::Function::Create(
      llvm::FunctionType::get(b.getVoidTy(), types, false),
      llvm::GlobalValue::ExternalLinkage, symbol, module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr("target-cpu", target.cpu);
  function->addFnAttr("target-features", target.features);
  qint::KernelOp op = source.op;
  std::optional<uint64_t> overwrites = op.getOverwrites();
  for (llvm::Argument &argument : function->args())
    if (!overwrites || (argument.getArgNo() != *overwrites &&
                        argument.getArgNo() + 2 != types.size()))
      argument.addAttr(llvm::Attribute::NoAlias);
  input = function->getArg(plan.input);
  weights = function->getArg(plan.filter);
  output = function->getArg(types.size() - 2);
  scratch = function->getArg(types.size() - 1);
  b.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "entry", function));
  if (tile.isNarrow()) {
    scratch = at(scratch, tile.header());
    total = b.CreateAlloca(b.getInt32Ty());
  }
}

/// for (i = 0; i < count; ++i) body(i), not unrolled: the bodies are as large
/// as pays.
void Emitter::loop(int64_t count, llvm::function_ref<void(Value *)> body) {
  if (count == 1)
    return body(number(0));
  loop(number(0), count, body);
}

void Emitter::loop(Value *begin, int64_t count,
                   llvm::function_ref<void(Value *)> body) {
  llvm::LLVMContext &c = module.getContext();
  llvm::BasicBlock *before = b.GetInsertBlock();
  auto *inside = llvm::BasicBlock::Create(c, "", function);
  auto *after = llvm::BasicBlock::Create(c, "", function);
  b.CreateBr(inside);
  b.SetInsertPoint(inside);
  llvm::PHINode *i = b.CreatePHI(b.getInt32Ty(), 2);
  i->addIncoming(begin, before);
  body(i);
  Value *next = b.CreateNUWAdd(i, number(1));
  i->addIncoming(next, b.GetInsertBlock());
  llvm::BranchInst *branch =
      b.CreateCondBr(b.CreateICmpULT(next, number(count)), inside, after);
  auto *disable =
      llvm::MDNode::get(c, llvm::MDString::get(c, "llvm.loop.unroll.disable"));
  llvm::MDNode *self = llvm::MDNode::getDistinct(c, {nullptr, disable});
  self->replaceOperandWith(0, self);
  branch->setMetadata(llvm::LLVMContext::MD_loop, self);
  // A loop that begins elsewhere than at 0 does so for the last tile only.
  branch->setMetadata(llvm::LLVMContext::MD_prof,
                      llvm::MDBuilder(c).createBranchWeights(
                          static_cast<uint32_t>(count - 1), 1));
  b.SetInsertPoint(after);
}

/// What every tile finds: flags and the tile's own address.
void Emitter::prepareScratch() {
  if (tile.blocks() > 1)
    loop(tile.blocks(), [&](Value *i) {
      Value *block = b.CreateAdd(i, number(1));
      Value *more = b.CreateZExt(b.CreateICmpULT(block, number(tile.blocks())),
                                 b.getInt32Ty());
      b.CreateStore(
          more, at(scratch,
                   b.CreateMul(block, number(tile.block * tile.wordBytes()))));
    });
  b.CreateStore(scratch, at(scratch, tile.slots() + 4));
}

/// The last tile overlaps the one before it instead of being narrower: its
/// pixels are computed twice.
Value *Emitter::firstPixel(Value *tileNumber) {
  Value *first = b.CreateMul(tileNumber, number(tile.pixels));
  if (plan.pixels % tile.pixels == 0)
    return first;
  return b.CreateBinaryIntrinsic(llvm::Intrinsic::umin, first,
                                 number(plan.pixels - tile.pixels));
}

/// Bytes from the buffer's start to a pixel of the flattened output.
Value *Emitter::offsetOf(const PixelMap &map, Value *pixel) {
  Value *offset = number(map.origin);
  if (map.isDense(plan.images))
    return b.CreateAdd(offset, b.CreateMul(pixel, number(map.pixelStep)));
  Value *column = b.CreateURem(pixel, number(map.width));
  Value *row = b.CreateUDiv(pixel, number(map.width));
  if (plan.images > 1) {
    Value *image = b.CreateUDiv(row, number(map.height));
    row = b.CreateURem(row, number(map.height));
    offset = b.CreateAdd(offset, b.CreateMul(image, number(map.imageStep)));
  }
  offset = b.CreateAdd(offset, b.CreateMul(row, number(map.rowStep)));
  return b.CreateAdd(offset, b.CreateMul(column, number(map.pixelStep)));
}

void Emitter::emitTile(Value *tileNumber) {
  Value *first = firstPixel(tileNumber);
  loop(tile.pixels, [&](Value *p) {
    Value *window = at(input, offsetOf(plan.in, b.CreateAdd(first, p)));
    if (!tile.isNarrow())
      return expandWindow(window, at(at(scratch, 4), b.CreateShl(p, 3)));
    Value *place = b.CreateShl(p, 2);
    b.CreateStore(number(0), total);
    expandWindow(window, at(at(scratch, 4), place));
    Value *sum = b.CreateLoad(b.getInt32Ty(), total);
    b.CreateStore(b.CreateShl(sum, 2 * tile.bits - 1 + tile.lift),
                  at(at(scratch, tile.excess(0)), place));
  });
  placeOutput(first);
  callTile();
  if (plan.residual)
    addResidual(first, tileNumber);
}

/// One pixel's window, 8 to 16 bits.
void Emitter::expandWindow(Value *window, Value *expanded) {
  const WindowRuns &runs = plan.runs;
  int64_t runBytes = runs.words() * tile.wordBytes();
  loop(runs.rows, [&](Value *y) {
    loop(runs.columns, [&](Value *x) {
      Value *run = b.CreateAdd(b.CreateMul(y, number(runs.columns)), x);
      Value *from = at(window, b.CreateMul(y, number(runs.rowStep)));
      expandRun(at(from, b.CreateMul(x, number(runs.columnStep))),
                at(expanded, b.CreateMul(run, number(runBytes))));
    });
  });
}

void Emitter::expandRun(Value *run, Value *expanded) {
  int64_t whole = plan.runs.bytes / 4, rest = plan.runs.bytes % 4;
  int64_t chunk = 0;
  for (int64_t size : {8, 7, 6, 5, 4, 3, 2, 1})
    if (!chunk && whole % size == 0)
      chunk = size;
  if (whole)
    loop(whole / chunk, [&](Value *i) {
      // Offsets from here on are constants of the instructions.
      Value *from = at(run, b.CreateMul(i, number(4 * chunk)));
      Value *to =
          at(expanded, b.CreateMul(i, number(chunk * tile.wordBytes())));
      for (int64_t k = 0; k < chunk; ++k) {
        Value *bytes = b.CreateAlignedLoad(b.getInt32Ty(), at(from, 4 * k),
                                           llvm::Align(1));
        storeWide(bytes, at(to, k * tile.wordBytes()));
      }
    });
  if (rest)
    storeWide(lastBytes(run, rest), at(expanded, whole * tile.wordBytes()));
}

/// The same as positive numbers, lifted, the first register 2^bits times as
/// large, and added up.
void Emitter::storeScaled(Value *bytes, Value *expanded) {
  if (!plan.isUnsigned)
    bytes = b.CreateXor(bytes, number(0x80808080));
  Value *sum = b.CreateLoad(b.getInt32Ty(), total);
  b.CreateStore(b.CreateIntrinsic(llvm::Intrinsic::arm_usada8, {},
                                  {bytes, number(0), sum}),
                total);
  Value *pairs = number(0x00ff00ff);
  Value *even = b.CreateAnd(bytes, pairs);
  Value *odd = b.CreateAnd(b.CreateLShr(bytes, 8), pairs);
  b.CreateAlignedStore(b.CreateShl(even, tile.bits + tile.lift), expanded,
                       llvm::Align(4));
  b.CreateAlignedStore(b.CreateShl(odd, tile.lift),
                       at(expanded, 4 * tile.pixels), llvm::Align(4));
}

/// Four codes as two registers of two: 0 and 2, 1 and 3.
void Emitter::storeWide(Value *bytes, Value *expanded) {
  if (tile.isNarrow())
    return storeScaled(bytes, expanded);
  auto extend = plan.isUnsigned ? llvm::Intrinsic::arm_uxtb16
                                : llvm::Intrinsic::arm_sxtb16;
  Value *turned = b.CreateIntrinsic(llvm::Intrinsic::fshr, {b.getInt32Ty()},
                                    {bytes, bytes, number(8)});
  b.CreateAlignedStore(b.CreateIntrinsic(extend, {}, {bytes}), expanded,
                       llvm::Align(4));
  b.CreateAlignedStore(b.CreateIntrinsic(extend, {}, {turned}), at(expanded, 4),
                       llvm::Align(4));
}

/// The last `count` (1 to 3) bytes of a run, without reading past it. What
/// stands above them meets zero weights.
Value *Emitter::lastBytes(Value *run, int64_t count) {
  int64_t bytes = plan.runs.bytes;
  if (bytes >= 4) {
    Value *word =
        b.CreateAlignedLoad(b.getInt32Ty(), at(run, bytes - 4), llvm::Align(1));
    return b.CreateLShr(word, 8 * (4 - count));
  }
  Value *word = number(0);
  for (int64_t i = 0; i < count; ++i) {
    Value *byte =
        b.CreateZExt(b.CreateLoad(b.getInt8Ty(), at(run, i)), b.getInt32Ty());
    word = b.CreateOr(word, b.CreateShl(byte, 8 * i));
  }
  return word;
}

void Emitter::placeOutput(Value *first) {
  Value *offset = offsetOf(plan.out, first);
  Value *place =
      plan.residual ? at(scratch, tile.staging()) : at(output, offset);
  b.CreateStore(place, at(scratch, tile.slots()));
  if (!tile.scattered)
    return;
  for (int64_t p = 1; p < tile.pixels; ++p) {
    Value *distance =
        plan.residual
            ? number(p * tile.outputStep)
            : b.CreateSub(offsetOf(plan.out, b.CreateAdd(first, number(p))),
                          offset);
    b.CreateStore(distance, at(scratch, tile.slots() + 4 + 4 * p));
  }
}

void Emitter::callTile() {
  llvm::Type *pointer = b.getPtrTy();
  std::string constraints = "={r12},={lr},0,1";
  for (int i = 0; i < 12; ++i)
    constraints += ",~{r" + std::to_string(i) + "}";
  constraints += ",~{cc},~{memory}";
  auto *type = llvm::FunctionType::get(llvm::StructType::get(pointer, pointer),
                                       {pointer, pointer}, false);
  std::string text =
      tileAssembly(tile, static_cast<int64_t>(plan.passes().size()));
  auto *code = llvm::InlineAsm::get(type, text, constraints,
                                    /*hasSideEffects=*/true);
  llvm::CallInst *call = b.CreateCall(type, code, {scratch, weights});
  call->addFnAttr(llvm::Attribute::NoUnwind);
}

/// The tile's staged codes and another tensor's. Pixels that the tile before
/// has computed are left alone: the result may have taken the tensor's place.
void Emitter::addResidual(Value *first, Value *tileNumber) {
  const Residual &add = *plan.residual;
  Value *other = function->getArg(add.operand);
  Value *done =
      b.CreateSub(b.CreateMul(tileNumber, number(tile.pixels)), first);
  loop(done, tile.pixels, [&](Value *p) {
    Value *pixel = b.CreateAdd(first, p);
    Value *staged = b.CreateAdd(b.CreateMul(p, number(tile.outputStep)),
                                number(tile.staging()));
    addBytes(at(scratch, staged), at(other, offsetOf(add.map, pixel)),
             at(output, offsetOf(plan.out, pixel)));
  });
}

void Emitter::addBytes(Value *codes, Value *others, Value *sums) {
  int64_t count = plan.outputs;
  int64_t chunk = count % 4 == 0 ? 4 : count % 3 == 0 ? 3 : 1;
  loop(count / chunk, [&](Value *i) {
    Value *start = b.CreateMul(i, number(chunk));
    Value *code = at(codes, start), *other = at(others, start);
    Value *to = at(sums, start);
    for (int64_t k = 0; k < chunk; ++k) {
      Value *sum = addedByte(b.CreateLoad(b.getInt8Ty(), at(code, k)),
                             b.CreateLoad(b.getInt8Ty(), at(other, k)));
      b.CreateStore(sum, at(to, k));
    }
  });
}

/// Rule `add-d1`. Zero points and rounding are one constant; what wraps on the
/// way comes back, because the whole sum fits.
Value *Emitter::addedByte(Value *code, Value *other) {
  const Residual &add = *plan.residual;
  auto widen = [&](Value *byte, bool isUnsigned) {
    return isUnsigned ? b.CreateZExt(byte, b.getInt32Ty())
                      : b.CreateSExt(byte, b.getInt32Ty());
  };
  Value *sum =
      b.CreateMul(widen(code, tile.isUnsigned), number(add.multiplier));
  sum = b.CreateAdd(sum, number(add.constant));
  sum = b.CreateAdd(sum, b.CreateMul(widen(other, add.isUnsigned),
                                     number(add.otherMultiplier)));
  Value *code32 =
      b.CreateAdd(b.CreateAShr(sum, add.shift), number(add.zeroPoint));
  code32 =
      b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, code32, number(add.min));
  code32 =
      b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, code32, number(add.max));
  return b.CreateTrunc(code32, b.getInt8Ty());
}

void Emitter::fill(Value *start, int64_t offset, int64_t bytes) {
  qint::KernelOp kernel = source.op;
  if (bytes > 0)
    b.CreateMemSet(at(start, offset),
                   b.getInt8(uint8_t(kernel.getHaloValue().value_or(0))), bytes,
                   llvm::MaybeAlign());
}

/// The right halo of a row and the left one of the next are neighbours.
void Emitter::fillHalo() {
  const Layout &layout = source.output;
  if (!layout.hasHalo())
    return;
  const PixelMap &map = plan.out;
  int64_t rowBytes = map.width * map.pixelStep;
  int64_t above = layout.top * map.rowStep + layout.left * map.pixelStep;
  int64_t between = (layout.left + layout.right) * map.pixelStep;
  int64_t below = layout.right * map.pixelStep + layout.bottom * map.rowStep;
  loop(plan.images, [&](Value *image) {
    Value *start = at(output, b.CreateMul(image, number(map.imageStep)));
    fill(start, 0, above);
    if (between > 0 && map.height > 1)
      loop(map.height - 1, [&](Value *row) {
        Value *end = at(start, b.CreateMul(row, number(map.rowStep)));
        fill(end, above + rowBytes, between);
      });
    fill(start, above + (map.height - 1) * map.rowStep + rowBytes, below);
  });
}

} // namespace

void emitConv(const KernelSource &source, const ConvPlan &plan,
              const Target &target, llvm::StringRef symbol,
              llvm::Module &module) {
  Emitter(source, plan, target, symbol, module).run();
}

} // namespace qcc::targets::cortexm
