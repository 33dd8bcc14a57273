// What is decided about a kernel before any code is made: how the contraction
// is tiled, in which order weights are packed, which values need memory.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_PLAN_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_PLAN_H

#include "targets/KernelProvider.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

namespace qcc::kernels {

/// Channels [begin, begin + tiles * width) of a group, computed `vectors`
/// registers at a time; `width` differs from the registers' lanes only in the
/// last segment.
struct ChannelSegment {
  int64_t begin = 0;
  int64_t tiles = 1;
  int64_t width = 1;  ///< channels stored per tile
  int64_t padded = 1; ///< channels computed per tile: vectors * lanes
};

/// The axis along which codes narrower than the unit that weights are loaded in
/// share one: element i of the n that are stored holds the codes i, n + i,
/// 2n + i, ... from its lowest bits on. So every load of units is as dense as
/// one of bytes, and the codes are shifted apart with constants.
enum class SharedAxis { None, Steps, Taps, Rows, Vectors };

/// A convolution as a direct loop nest over register tiles.
///
/// Weights are packed as [group][tile][ky][tap][k / depth][channel][depth],
/// zero where padded, with `codes` of them to a unit along the shared axis.
/// `reduction` counts the activations that lie next to each other in memory for
/// one kernel row: KW * IC when columns touch, else IC.
struct ConvPlan {
  int64_t n, ih, iw, ic, oh, ow, oc, kh, kw; ///< after collapsing
  int64_t strideH, strideW, top, left, dilationH, dilationW;
  int64_t groups = 1;       ///< 1 for depthwise: channels are vector lanes
  int64_t groupOutputs = 1; ///< output channels per group
  int64_t groupInputs = 1;
  bool depthwise = false;
  bool collapsed = false; ///< [N,H,W,C] is seen as [1,1,N*H*W,C]
  int64_t depth = 1;
  int64_t inputBytes = 1, weightBytes = 1;
  int64_t reduction = 1, reductionPadded = 1, taps = 1;
  int64_t lanes = 1, pixels = 1, rows = 1;
  llvm::SmallVector<ChannelSegment, 2> segments;

  int64_t weightBits = 8; ///< of a code
  SharedAxis shared = SharedAxis::None;
  int64_t codes = 1; ///< in a unit; less than fit where the axis is short
  /// Products are of codes in the highest bits of a byte: sums are
  /// 2^(8 - weightBits) times as large until the bias is added.
  bool scaled = false;

  int64_t paddedOutputs() const; ///< per group
  int64_t steps() const { return reductionPadded / depth; }
  /// Elements of an axis that has `extent`, as stored.
  int64_t stored(SharedAxis axis, int64_t extent) const {
    return axis == shared ? llvm::divideCeil(extent, codes) : extent;
  }
  /// Elements of an axis that are computed with: some stand in for none.
  int64_t computed(SharedAxis axis, int64_t extent) const {
    return axis == shared ? stored(axis, extent) * codes : extent;
  }
  /// Channels of a tile, as stored.
  int64_t storedChannels(const ChannelSegment &s) const {
    return stored(SharedAxis::Vectors, s.padded / lanes) * lanes;
  }
  int64_t storedOutputs() const; ///< per group
  /// Units of one stored channel.
  int64_t storedChannel() const {
    return stored(SharedAxis::Rows, kh) * stored(SharedAxis::Taps, taps) *
           stored(SharedAxis::Steps, steps()) * depth;
  }
  int64_t storedBytes() const {
    return groups * storedOutputs() * storedChannel() * weightBytes;
  }
};

/// A product of two activations: a convolution with a unit window over the
/// left one whose weights are the right one, packed first. Groups are the
/// batch. Offsets are bytes from the start of scratch, one per segment, where
/// parts lie as [group][tile]...
struct ProductPlan {
  llvm::SmallVector<int64_t, 2> weights; ///< [step][channel][depth]
  llvm::SmallVector<int64_t, 2> bias;    ///< [channel]
  int64_t rowSums = 0;                   ///< of the left factor, [batch][row]
  /// The right one's zero point is taken off when its codes are packed; else
  /// sums of rows make up for it.
  bool centred = false;
  /// The right factor's codes already lie as tiles read them.
  bool direct = false;
  bool needsRowSums = false;
};

/// A value that is stored in scratch memory on the way.
struct Materialized {
  targets::Layout layout;
  int64_t offset = 0; ///< bytes from the start of scratch
  int32_t haloValue = 0;
};

/// How a constant operand is stored.
enum class ConstantRole { Plain, Filter, Bias };

struct KernelPlan {
  /// Of convolutions and of products.
  llvm::DenseMap<mlir::Operation *, ConvPlan> convs;
  llvm::MapVector<mlir::Operation *, ProductPlan> products;
  /// The last op, where a product is stored transposed.
  qint::TransposeOp stored;
  /// In the order in which they must be computed.
  llvm::MapVector<mlir::Value, Materialized> materialized;
  llvm::SmallVector<ConstantRole, 4> roles;       ///< per operand
  llvm::SmallVector<mlir::Operation *, 4> owners; ///< conv of a Filter or Bias
  targets::KernelNeeds needs;
  /// Bytes stored behind a constant operand, since code may read past its end.
  llvm::SmallVector<int64_t, 4> slack;
  /// Every tensor is dense and of one shape: rank 1, or [rest, C] when
  /// `keepChannels`.
  bool flat = false, keepChannels = false;
};

/// Decides; fails for what no code can be made of.
llvm::Expected<KernelPlan> planKernel(const targets::KernelSource &source,
                                      const targets::Target &target);

/// Whether `op` computes each element of its result from the elements at the
/// same coordinates (broadcast operands aside).
bool isPointwise(mlir::Operation *op);
/// Whether `op` sums up (or compares) many elements for each of its result's.
bool isContraction(mlir::Operation *op);

/// The ops of a kernel, in order, without the terminator.
inline auto bodyOf(qint::KernelOp kernel) {
  return kernel.getBody().front().without_terminator();
}

llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);

/// Registers' worth of elements of `bits` for a loop over `extent` neighbours.
int vectorLanes(int64_t extent, const targets::Target &target, int bits);

/// Sets `plan.needs.overwritable`.
void findOverwritable(const targets::KernelSource &source,
                      const targets::Target &target, KernelPlan &plan);

/// Bytes of the constant operands, in the order the code reads them.
llvm::Expected<std::vector<targets::PackedConstant>>
packConstants(const targets::KernelSource &source, const KernelPlan &plan);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_PLAN_H
