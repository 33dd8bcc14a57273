#include "passes/Quantize/BlockedDescent.h"

#include "passes/Quantize/VectorClones.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace qcc::quantize {

using llvm::ArrayRef;

/// Coordinates that are visited before all products are brought up to date.
static constexpr int64_t kBlock = 64;
static constexpr int64_t kChunk = ChunkedMatrix::chunk;
/// Passes of a sweep, and the first sweeps that have as many: later ones change
/// little.
static constexpr int kLevels = 8, kSortedSweeps = 2;

namespace {

using Doubles = double __attribute__((vector_size(kChunk * sizeof(double))));

/// The factors of one channel that are not zero, and where.
struct Sparse {
  int64_t count = 0;
  double factors[kBlock];
  int32_t at[kBlock];
};

} // namespace

/// Adds to every row of `out` [channels, kChunk] the rows of `chunk` [*,
/// kChunk] times the factors. Sums stay in registers meanwhile.
QCC_VECTOR_CLONES static void addChunk(const double *chunk,
                                       const Sparse *sparse, int64_t channels,
                                       double *out) {
  for (int64_t c = 0; c < channels; ++c) {
    if (sparse[c].count == 0)
      continue;
    Doubles sum;
    std::memcpy(&sum, out + c * kChunk, sizeof(sum));
    for (int64_t k = 0; k < sparse[c].count; ++k) {
      Doubles row;
      std::memcpy(&row, chunk + sparse[c].at[k] * kChunk, sizeof(row));
      sum += sparse[c].factors[k] * row;
    }
    std::memcpy(out + c * kChunk, &sum, sizeof(sum));
  }
}

void addProducts(const ChunkedMatrix &matrix, int64_t first, int64_t count,
                 ArrayRef<double> factors, ChunkedMatrix &out) {
  assert(count <= kBlock && matrix.columns == out.columns);
  std::vector<Sparse> sparse(out.rows);
  for (int64_t c = 0; c < out.rows; ++c)
    for (int64_t k = 0; k < count; ++k)
      if (double factor = factors[c * count + k]) {
        sparse[c].factors[sparse[c].count] = factor;
        sparse[c].at[sparse[c].count++] = static_cast<int32_t>(k);
      }
  // A chunk of these rows fits into the first cache and serves all channels.
  for (int64_t i = 0; i < matrix.columns; i += kChunk)
    addChunk(matrix.chunkAt(first, i), sparse.data(), out.rows, &out.at(0, i));
}

struct BlockedDescent::State {
  std::vector<ChannelRounding> &channels;
  const ChunkedMatrix &targets;
  ChunkedMatrix products; ///< G q
  std::vector<double> losses;
  /// When a sweep visits a code: [channels, size].
  std::vector<int8_t> levels;
  std::vector<char> isActive, hasChanged;
  /// Of the codes of a block: [channels, width of the block].
  std::vector<double> changes;
};

static double dot(ArrayRef<int8_t> codes, const ChunkedMatrix &values,
                  size_t row) {
  double sum = 0;
  for (size_t i = 0; i < codes.size(); ++i)
    sum += codes[i] * values.at(row, i);
  return sum;
}

BlockedDescent::State
BlockedDescent::start(std::vector<ChannelRounding> &channels,
                      const ChunkedMatrix &targets) const {
  size_t count = channels.size();
  State state{channels,
              targets,
              ChunkedMatrix(count, size),
              std::vector<double>(count),
              std::vector<int8_t>(count * size),
              std::vector<char>(count),
              std::vector<char>(count),
              {}};
  for (int64_t first = 0; first < size; first += kBlock) {
    int64_t width = std::min(kBlock, size - first);
    std::vector<double> factors;
    for (const ChannelRounding &channel : channels)
      factors.insert(factors.end(), channel.codes.begin() + first,
                     channel.codes.begin() + first + width);
    addProducts(gram, first, width, factors, state.products);
  }
  for (size_t c = 0; c < count; ++c) {
    const ChannelRounding &channel = channels[c];
    state.isActive[c] = channel.scale > 0;
    state.losses[c] =
        channel.scale * (channel.scale * dot(channel.codes, state.products, c) -
                         2 * dot(channel.codes, targets, c));
    for (int64_t i = 0; i < size; ++i)
      state.levels[c * size + i] = static_cast<int8_t>(
          kLevels - 1 -
          std::min(kLevels - 1, std::abs(channel.codes[i]) * kLevels /
                                    (std::max(-codes.min, codes.max) + 1)));
  }
  return state;
}

void BlockedDescent::visitChannel(State &state, int level, int64_t first,
                                  size_t c, ArrayRef<double> block) const {
  ChannelRounding &channel = state.channels[c];
  int64_t width = std::min(kBlock, size - first);
  // The products of the block itself, as codes change.
  double now[kBlock];
  for (int64_t i = 0; i < width; ++i)
    now[i] = state.products.at(c, first + i);
  for (int64_t k = 0; k < width; ++k) {
    if (level >= 0 && state.levels[c * size + first + k] != level)
      continue;
    const double *row = block.data() + k * kBlock;
    int8_t &code = channel.codes[first + k];
    double best =
        code + (state.targets.at(c, first + k) - channel.scale * now[k]) /
                   (channel.scale * row[k]);
    best = std::clamp<double>(std::round(best), codes.min, codes.max);
    if (best == code)
      continue;
    double change = best - code;
    for (int64_t i = 0; i < width; ++i)
      now[i] += change * row[i];
    code = static_cast<int8_t>(best);
    state.changes[c * width + k] = change;
    state.hasChanged[c] = true;
  }
}

void BlockedDescent::visitBlock(State &state, int level, int64_t first) const {
  int64_t width = std::min(kBlock, size - first);
  std::vector<double> block(kBlock * kBlock);
  for (int64_t k = 0; k < width; ++k)
    for (int64_t i = 0; i < width; ++i)
      block[k * kBlock + i] = gram.at(first + k, first + i);
  state.changes.assign(state.channels.size() * width, 0);
  for (size_t c = 0; c < state.channels.size(); ++c)
    if (state.isActive[c])
      visitChannel(state, level, first, c, block);
  addProducts(gram, first, width, state.changes, state.products);
}

void BlockedDescent::finishSweep(State &state, size_t c,
                                 ChannelRounding before) const {
  ChannelRounding &channel = state.channels[c];
  double squares = dot(channel.codes, state.products, c);
  double product = dot(channel.codes, state.targets, c);
  double best = product / squares;
  if (squares > 0 && best > 0 && std::isfinite(best))
    channel.scale = best;
  double loss = channel.scale * (channel.scale * squares - 2 * product);
  // Beyond the last bits of the sums there is nothing to gain.
  if (loss > state.losses[c])
    channel = std::move(before);
  state.isActive[c] = loss < state.losses[c] && state.hasChanged[c];
  state.losses[c] = std::min(loss, state.losses[c]);
}

std::vector<double> BlockedDescent::run(std::vector<ChannelRounding> &channels,
                                        const ChunkedMatrix &targets) const {
  State state = start(channels, targets);
  auto isActive = [](char active) { return active != 0; };
  for (int count = 0;
       count < sweeps &&
       std::any_of(state.isActive.begin(), state.isActive.end(), isActive);
       ++count) {
    std::vector<ChannelRounding> before = channels;
    std::fill(state.hasChanged.begin(), state.hasChanged.end(), 0);
    bool isSorted = count < kSortedSweeps;
    for (int level = isSorted ? 0 : -1; level < (isSorted ? kLevels : 0);
         ++level)
      for (int64_t first = 0; first < size; first += kBlock)
        visitBlock(state, level, first);
    for (size_t c = 0; c < channels.size(); ++c)
      if (state.isActive[c])
        finishSweep(state, c, std::move(before[c]));
  }
  return std::move(state.losses);
}

} // namespace qcc::quantize
