// Attention, a part of the result at a time: of one head, and of so many rows.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_TILES_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_TILES_H

#include "passes/LowerToLLVM/Halide/Plan.h"

#include <array>
#include <memory>
#include <optional>

namespace qcc::kernels {

/// A kernel that is computed by another one, over and over: what lies between
/// is only ever as large as a tile.
struct TiledKernel {
  std::unique_ptr<mlir::Block> holder; ///< owns the tile's kernel
  targets::KernelSource tile;
  int64_t batch = 1; ///< tiles along the batch
  int64_t rowTiles =
      1; ///< tiles along rows; the last may overlap the one before
  int64_t rows = 1, tileRows = 1;
  /// Bytes from one element of the batch, and from one row, to the next: of
  /// every operand, and last of the result.
  llvm::SmallVector<std::array<int64_t, 2>, 8> steps;
};

/// Nothing for kernels that are no attention (two products of activations and
/// functions of rows between), or whose tensors lie with a halo.
std::optional<TiledKernel> tileKernel(const targets::KernelSource &source);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_TILES_H
