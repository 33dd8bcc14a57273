#include "passes/LowerToLLVM/Halide/Wrapper.h"

namespace qcc::kernels {

void loop(llvm::IRBuilderBase &b, int64_t count,
          llvm::function_ref<void(llvm::Value *)> body) {
  if (count <= 0)
    return;
  if (count == 1)
    return body(b.getInt32(0));
  llvm::Function *function = b.GetInsertBlock()->getParent();
  llvm::BasicBlock *before = b.GetInsertBlock();
  auto *inside = llvm::BasicBlock::Create(b.getContext(), "", function);
  auto *after = llvm::BasicBlock::Create(b.getContext(), "", function);
  b.CreateBr(inside);
  b.SetInsertPoint(inside);
  llvm::PHINode *i = b.CreatePHI(b.getInt32Ty(), 2);
  body(i);
  llvm::Value *next = b.CreateAdd(i, b.getInt32(1));
  i->addIncoming(b.getInt32(0), before);
  i->addIncoming(next, b.GetInsertBlock());
  b.CreateCondBr(b.CreateICmpULT(next, b.getInt32(int32_t(count))), inside,
                 after);
  b.SetInsertPoint(after);
}

namespace {

/// Sets `count` neighbouring elements from byte `offset` on.
void fill(llvm::IRBuilderBase &b, llvm::Value *base, llvm::Value *offset,
          int64_t count, const targets::Layout &layout, int32_t value) {
  if (count <= 0)
    return;
  llvm::Value *start = b.CreateGEP(b.getInt8Ty(), base, offset);
  if (layout.elementBytes == 1) {
    b.CreateMemSet(start, b.getInt8(uint8_t(value)), count, llvm::MaybeAlign());
    return;
  }
  llvm::Type *type = b.getIntNTy(8 * layout.elementBytes);
  loop(b, count, [&](llvm::Value *i) {
    b.CreateStore(llvm::ConstantInt::get(type, uint64_t(int64_t(value)), true,
                                         /*ImplicitTrunc=*/true),
                  b.CreateGEP(type, start, i));
  });
}

} // namespace

/// The right halo of a row and the left one of the next are neighbours.
void fillHalo(llvm::IRBuilderBase &b, llvm::Value *base,
              const targets::Layout &layout, int32_t value) {
  if (!layout.hasHalo())
    return;
  llvm::SmallVector<int64_t, 4> strides = layout.strides();
  int64_t bytes = layout.elementBytes;
  int64_t height = layout.shape[1], width = layout.shape[2];
  int64_t pixel = strides[2], row = strides[1], image = strides[0];
  loop(b, layout.shape[0], [&](llvm::Value *n) {
    llvm::Value *start = b.CreateMul(n, b.getInt32(int32_t(image * bytes)));
    fill(b, base, start, layout.top * row + layout.left * pixel, layout, value);
    auto gap = [&](llvm::Value *y) {
      int64_t first = layout.top * row + (layout.left + width) * pixel;
      llvm::Value *at =
          b.CreateAdd(b.CreateMul(y, b.getInt32(int32_t(row * bytes))),
                      b.CreateAdd(start, b.getInt32(int32_t(first * bytes))));
      fill(b, base, at, (layout.left + layout.right) * pixel, layout, value);
    };
    loop(b, height - 1, gap);
    int64_t last =
        (layout.top + height - 1) * row + (layout.left + width) * pixel;
    fill(b, base, b.CreateAdd(start, b.getInt32(int32_t(last * bytes))),
         layout.right * pixel + layout.bottom * row, layout, value);
  });
}

} // namespace qcc::kernels
