// COMQ for layers with many inputs.
#ifndef QCC_PASSES_QUANTIZE_BLOCKEDDESCENT_H
#define QCC_PASSES_QUANTIZE_BLOCKEDDESCENT_H

#include "passes/Quantize/RoundingMath.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace qcc::quantize {

/// A matrix whose columns lie in chunks: those of one chunk are next to each
/// other for all rows.
class ChunkedMatrix {
public:
  static constexpr int64_t chunk = 32;

  ChunkedMatrix(int64_t rows, int64_t columns)
      : rows(rows), columns(columns),
        values((columns + chunk - 1) / chunk * rows * chunk) {}

  double &at(int64_t row, int64_t column) {
    return values[(column / chunk * rows + row) * chunk + column % chunk];
  }
  double at(int64_t row, int64_t column) const {
    return const_cast<ChunkedMatrix *>(this)->at(row, column);
  }
  /// Row `row` of the chunk that `column` begins; other rows follow.
  const double *chunkAt(int64_t row, int64_t column) const {
    return values.data() + (column / chunk * rows + row) * chunk;
  }

  int64_t rows, columns;

private:
  std::vector<double> values; ///< [columns / chunk, rows, chunk]
};

/// out[c][i] += sum over k of factors[c][k] * matrix[first + k][i], in order of
/// k, where factors of zero add nothing. `factors` is [out.rows, count].
void addProducts(const ChunkedMatrix &matrix, int64_t first, int64_t count,
                 llvm::ArrayRef<double> factors, ChunkedMatrix &out);

/// Coordinate descent as in CoordinateDescent, on many channels at once:
/// products with the Gram matrix are brought up to date for a block of
/// coordinates of all channels together, so that the matrix is read from memory
/// once for each pass. A sweep is some passes: coordinates with large codes
/// first.
class BlockedDescent {
public:
  /// `gram` is square, with a positive diagonal, and must outlive the descent.
  BlockedDescent(const ChunkedMatrix &gram, WeightCodes codes, int sweeps)
      : gram(gram), size(gram.rows), codes(codes), sweeps(sweeps) {}

  /// Improves `channels`, whose targets are the rows of `targets`; returns
  /// their losses, which no sweep raises. Channels of scale 0 stay.
  std::vector<double> run(std::vector<ChannelRounding> &channels,
                          const ChunkedMatrix &targets) const;

private:
  struct State;
  State start(std::vector<ChannelRounding> &channels,
              const ChunkedMatrix &targets) const;
  void visitBlock(State &state, int level, int64_t first) const;
  void visitChannel(State &state, int level, int64_t first, size_t c,
                    llvm::ArrayRef<double> block) const;
  /// After a sweep: the best scale, or what was `before`.
  void finishSweep(State &state, size_t c, ChannelRounding before) const;

  const ChunkedMatrix &gram;
  int64_t size;
  WeightCodes codes;
  int sweeps;
};

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_BLOCKEDDESCENT_H
