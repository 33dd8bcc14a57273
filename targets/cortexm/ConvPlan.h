// How a dense convolution runs on a Cortex-M with the DSP extension.
//
// Pixels of the output are taken P at a time, in the order of the flattened
// output. The P windows are expanded to 16 bits into scratch memory, side by
// side, and then every group of Q output channels passes over them: P x Q sums
// in registers, two products per SMLAD.
#ifndef QCC_TARGETS_CORTEXM_CONVPLAN_H
#define QCC_TARGETS_CORTEXM_CONVPLAN_H

#include "targets/KernelProvider.h"

#include <optional>

namespace qcc::targets::cortexm {

/// Where the pixels of an [N,H,W] grid lie in a buffer, in bytes.
struct PixelMap {
  int64_t height, width; ///< of the grid
  int64_t origin;        ///< of pixel (0, 0, 0)
  int64_t imageStep, rowStep, pixelStep;

  bool operator==(const PixelMap &other) const;
  int64_t operator()(int64_t image, int64_t row, int64_t column) const {
    return origin + image * imageStep + row * rowStep + column * pixelStep;
  }
  /// Whether the flattened pixel's number times `pixelStep` is its offset.
  bool isDense(int64_t images) const;
};

/// The window of a pixel: rows x columns runs of neighbouring bytes.
struct WindowRuns {
  int64_t rows, columns;
  int64_t rowStep, columnStep; ///< bytes between runs
  int64_t bytes;               ///< of a run
  int64_t words() const { return (bytes + 3) / 4; }
};

/// The register tile, and the memory that its assembly reads.
///
/// Expanded activations: for each word of four channels, a flag and P times
/// two registers in the order of SXTB16 (0, 2 and 1, 3). The flag of a block's
/// first word is not zero while there is that block. After the words: a flag,
/// the output's address, the tile's own address, and the second and third
/// pixel's distance from the first in the output (when scattered). Codes that
/// another tensor is added to stand in `staged` bytes behind all that, and only
/// their sums in the output.
///
/// Weights, per pass: Q biases; for each step (of one word, of two when P is 1)
/// Q times its bytes; Q times {multiplier, addend, shift}. The last shift
/// holds, from bit 8 on, how far the output's address moves for the next pass;
/// 0 ends the loop.
///
/// Weights of B < 8 bits (rule accumulate-a5) take 32 / B to a word, as w +
/// 2^(B-1) >= 0, and never move apart from their pairs: with activations u >= 0
/// (a signed code plus 128), of which the first pair of a word is expanded as
/// 2^B u, masks of B bits at bits 0 and 16, then at B and 16 + B, give products
/// that are all 2^B times u (w + 2^(B-1)). A step is as many words of
/// activations as a word of weights meets; between them it is shifted by 2 B.
/// Biases are 2^B times as large, less the 128, and shifts greater by B. What
/// 2^(B-1) is too much is 2^B 2^(B-1) times the sum of a pixel's u: that
/// stands, for each pixel, in `header` bytes before the expanded activations,
/// whose halves then stand together (the first pairs of all pixels, then the
/// second ones).
struct Tile {
  int64_t pixels;   ///< P: 1, 2 or 3
  int64_t channels; ///< Q
  int64_t words;    ///< of a window, expanded
  int64_t block;    ///< words per turn of the inner loop
  bool scattered;   ///< output pixels are not outputStep apart
  int64_t outputStep;
  int64_t staged = 0;
  int64_t bits = 8; ///< of a weight
  int64_t lift = 0;
  bool isUnsigned; ///< output codes
  int32_t min, max;

  bool isNarrow() const { return bits < 8; }
  int64_t wordBytes() const { return 4 + 8 * pixels; }
  int64_t blocks() const { return words / block; }
  int64_t stepWords() const {
    return isNarrow() ? 8 / bits : pixels == 1 ? 2 : 1;
  }
  int64_t header() const { return isNarrow() ? 16 : 0; }
  /// From the expanded activations to what pixel p's sums are too large by.
  int64_t excess(int64_t p) const { return 4 * p - 12; }
  /// Where the flag after the words is followed by the addresses.
  int64_t slots() const { return words * wordBytes() + 4; }
  int64_t staging() const { return slots() + 16; }
  int64_t scratchBytes() const { return header() + staging() + staged; }
};

/// The qint.add after the requantization: `sum = code * multiplier + other *
/// otherMultiplier + constant`, where the constant holds zero points and
/// rounding.
struct Residual {
  unsigned operand; ///< number
  PixelMap map;
  bool isUnsigned; ///< the other tensor's codes
  int32_t multiplier, otherMultiplier;
  int64_t constant; ///< mod 2^32
  int32_t shift, zeroPoint, min, max;
};

struct ConvPlan {
  unsigned input, filter, bias; ///< operand numbers
  qint::Conv2DOp conv;
  qint::RescaleAttr rescale;
  int64_t images, pixels, outputs; ///< pixels of all images; channels
  PixelMap in, out;
  WindowRuns runs;
  bool isUnsigned; ///< input codes
  std::optional<Residual> residual;
  Tile tile;

  /// By how much a shift grows, since sums are that power of two larger.
  int64_t shiftGrowth() const {
    return tile.isNarrow() ? tile.bits + tile.lift : 0;
  }
  /// Whether the sums may be stored over the tensor that is added.
  bool mayOverwriteResidual() const;
  /// First channel of each pass. The second pass overlaps the first one when
  /// Q does not divide the channels.
  std::vector<int64_t> passes() const;
};

/// The plan, or nothing when the kernel is not a convolution with one
/// requantization that the tile can do exactly, and at most one addition of
/// another tensor.
std::optional<ConvPlan> planConv(const KernelSource &source);

/// All weights, biases and scales in the order the tile reads them.
PackedConstant packStream(const KernelSource &source, const ConvPlan &plan);

/// The tile over all channels, as assembly: r12 points to the expanded
/// activations and r14 to the weights; every other register but sp is lost.
/// A comment states how many instructions `passes` passes execute.
std::string tileAssembly(const Tile &tile, int64_t passes);

} // namespace qcc::targets::cortexm

#endif // QCC_TARGETS_CORTEXM_CONVPLAN_H
