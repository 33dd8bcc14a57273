// Weights, biases and scales of a convolution in the order the tile reads
// them; ConvPlan.h draws the stream.
#include "targets/cortexm/ConvPlan.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace qcc::targets::cortexm {

namespace {

class Stream {
public:
  Stream(const KernelSource &source, const ConvPlan &plan) : plan(plan) {
    for (const llvm::APInt &w :
         source.constants[plan.filter].getValues<llvm::APInt>())
      weights.push_back(static_cast<int8_t>(w.getSExtValue()));
    for (const llvm::APInt &b :
         source.constants[plan.bias].getValues<llvm::APInt>())
      biases.push_back(static_cast<int32_t>(b.getSExtValue()));
    windowBytes = static_cast<int64_t>(weights.size()) / plan.outputs;
  }

  PackedConstant write() {
    std::vector<int64_t> passes = plan.passes();
    PackedConstant packed;
    packed.weightBits = static_cast<int>(plan.tile.bits);
    for (auto [i, first] : llvm::enumerate(passes)) {
      int64_t advance = i + 1 < passes.size() ? passes[i + 1] - first : 0;
      for (int64_t c = 0; c < plan.tile.channels; ++c)
        putWord(bias(first + c));
      int64_t step = plan.tile.stepWords();
      packed.weightBytes -= static_cast<int64_t>(bytes.size());
      for (int64_t word = 0; word < plan.tile.words; word += step)
        for (int64_t c = 0; c < plan.tile.channels; ++c)
          putStep(first + c, word, step);
      packed.weightBytes += static_cast<int64_t>(bytes.size());
      for (int64_t c = 0; c < plan.tile.channels; ++c)
        putScale(first + c, c + 1 == plan.tile.channels ? advance : 0);
    }
    packed.bytes = std::move(bytes);
    return packed;
  }

private:
  void putWord(int64_t value) {
    for (int i = 0; i < 4; ++i)
      bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }

  /// The bias as the sums need it (see Tile).
  int64_t bias(int64_t channel) const {
    if (!plan.tile.isNarrow())
      return biases[channel];
    int64_t sum = 0;
    for (int64_t i = 0; i < windowBytes; ++i)
      sum += weights[channel * windowBytes + i];
    int64_t moved = plan.isUnsigned ? 0 : 128;
    return (biases[channel] - moved * sum) * (int64_t(1) << plan.shiftGrowth());
  }

  bool isInWindow(int64_t word) const {
    return word < plan.runs.rows * plan.runs.columns * plan.runs.words();
  }

  /// Zero where the last word of a run, or the last step, has no weight.
  int64_t weight(int64_t channel, int64_t word, int64_t i) const {
    int64_t within = word % plan.runs.words() * 4 + i;
    if (!isInWindow(word) || within >= plan.runs.bytes)
      return 0;
    int64_t run = word / plan.runs.words();
    return weights[channel * windowBytes + run * plan.runs.bytes + within];
  }

  void putStep(int64_t channel, int64_t word, int64_t step) {
    if (plan.tile.isNarrow())
      return putWord(narrowStep(channel, word, step));
    for (int64_t next = word; next < word + step; ++next)
      for (int64_t i = 0; i < 4; ++i)
        bytes.push_back(static_cast<uint8_t>(weight(channel, next, i)));
  }

  /// Weights that meet no activation are 0 here: nothing was added up for them.
  int64_t narrowStep(int64_t channel, int64_t word, int64_t step) const {
    int64_t bits = plan.tile.bits, packed = 0;
    for (int64_t next = 0; next < step && isInWindow(word + next); ++next)
      for (int64_t i = 0; i < 4; ++i) {
        int64_t code = weight(channel, word + next, i) + (1 << (bits - 1));
        packed |= code << (2 * bits * next + i % 2 * bits + i / 2 * 16);
      }
    return packed;
  }

  /// floor((sum * m + 2^(s-1)) / 2^s) + z, with half of the division done by
  /// taking the product's high word: z and the half ulp join it there.
  void putScale(int64_t channel, int64_t advance) {
    llvm::ArrayRef<int32_t> multipliers = plan.rescale.getMultipliers();
    bool each = multipliers.size() > 1;
    int64_t multiplier = multipliers[each ? channel : 0];
    int64_t right =
        plan.rescale.getShifts()[each ? channel : 0] - 32 + plan.shiftGrowth();
    if (multiplier == 0)
      right = 1;
    putWord(multiplier);
    putWord((int64_t(1) << (right - 1)) +
            int64_t(plan.rescale.getZeroPoint()) * (int64_t(1) << right));
    putWord(right | advance << 8);
  }

  const ConvPlan &plan;
  std::vector<int8_t> weights;
  std::vector<int32_t> biases;
  int64_t windowBytes;
  std::vector<uint8_t> bytes;
};

} // namespace

PackedConstant packStream(const KernelSource &source, const ConvPlan &plan) {
  return Stream(source, plan).write();
}

} // namespace qcc::targets::cortexm
