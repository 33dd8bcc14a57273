// Constant operands as the kernels read them.
#include "passes/LowerToLLVM/Halide/Plan.h"

using namespace mlir;

namespace qcc::kernels {

namespace {

void append(std::vector<uint8_t> &bytes, int64_t value, int64_t width) {
  for (int64_t i = 0; i < width; ++i)
    bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

std::vector<int64_t> integers(DenseElementsAttr constant) {
  bool isUnsigned = constant.getElementType().isUnsignedInteger();
  std::vector<int64_t> values;
  values.reserve(constant.getNumElements());
  for (const llvm::APInt &v : constant.getValues<llvm::APInt>())
    values.push_back(isUnsigned ? static_cast<int64_t>(v.getZExtValue())
                                : v.getSExtValue());
  return values;
}

/// Calls `visit(channel)` for every packed channel of every tile; a channel
/// that only pads is -1.
template <typename Visit> void forEachTile(const ConvPlan &c, Visit visit) {
  for (int64_t g = 0; g < c.groups; ++g)
    for (const ChannelSegment &s : c.segments)
      for (int64_t t = 0; t < s.tiles; ++t) {
        std::vector<int64_t> channels(s.padded, -1);
        for (int64_t i = 0; i < s.width; ++i)
          channels[i] = g * c.groupOutputs + s.begin + t * s.width + i;
        visit(channels);
      }
}

/// [OC,KH,KW,IC/g] to [group][tile][ky][tap][k / depth][channel][depth].
class FilterPacker {
public:
  FilterPacker(const ConvPlan &plan, const std::vector<int64_t> &weights)
      : c(plan), w(weights) {}

  targets::PackedConstant pack() {
    forEachTile(c, [&](const std::vector<int64_t> &channels) {
      for (int64_t ky = 0; ky < extent(SharedAxis::Rows, c.kh); ++ky)
        for (int64_t tap = 0; tap < extent(SharedAxis::Taps, c.taps); ++tap)
          for (int64_t k = 0; k < extent(SharedAxis::Steps, c.steps()); ++k)
            packStep(channels, ky, tap, k);
    });
    targets::PackedConstant packed;
    packed.weightBytes = static_cast<int64_t>(bytes.size());
    packed.weightBits = static_cast<int>(
        c.shared == SharedAxis::None ? 8 * c.weightBytes : c.weightBits);
    packed.bytes = std::move(bytes);
    return packed;
  }

private:
  int64_t extent(SharedAxis axis, int64_t whole) const {
    return c.stored(axis, whole);
  }

  void packStep(llvm::ArrayRef<int64_t> channels, int64_t ky, int64_t tap,
                int64_t step) {
    int64_t stored = extent(SharedAxis::Vectors, channels.size() / c.lanes);
    for (int64_t slot = 0; slot < stored * c.lanes; ++slot)
      for (int64_t d = 0; d < c.depth; ++d) {
        uint64_t unit = 0;
        for (int64_t h = 0; h < c.codes; ++h) {
          auto at = [&](SharedAxis axis, int64_t i, int64_t whole) {
            return axis == c.shared ? i + h * extent(axis, whole) : i;
          };
          size_t channel = slot;
          if (c.shared == SharedAxis::Vectors)
            channel += h * stored * c.lanes;
          int64_t code =
              channel >= channels.size()
                  ? 0
                  : weight(channels[channel], at(SharedAxis::Rows, ky, c.kh),
                           at(SharedAxis::Taps, tap, c.taps),
                           at(SharedAxis::Steps, step, c.steps()) * c.depth +
                               d);
          unit |= (uint64_t(code) & mask()) << (h * c.weightBits);
        }
        append(bytes, static_cast<int64_t>(unit), c.weightBytes);
      }
  }

  /// A whole unit takes a code sign-extended.
  uint64_t mask() const {
    return c.shared == SharedAxis::None ? ~uint64_t(0)
                                        : (uint64_t(1) << c.weightBits) - 1;
  }

  int64_t weight(int64_t channel, int64_t ky, int64_t tap, int64_t k) const {
    if (channel < 0 || ky >= c.kh || tap >= c.taps || k >= c.reduction)
      return 0;
    int64_t row = c.kw * c.groupInputs;
    int64_t tapSize = c.taps == 1 ? row : c.groupInputs;
    return w[(channel * c.kh + ky) * row + tap * tapSize + k];
  }

  const ConvPlan &c;
  const std::vector<int64_t> &w;
  std::vector<uint8_t> bytes;
};

std::vector<uint8_t> packBias(const ConvPlan &c, const std::vector<int64_t> &b,
                              int64_t width) {
  std::vector<uint8_t> bytes;
  forEachTile(c, [&](const std::vector<int64_t> &channels) {
    for (int64_t channel : channels)
      append(bytes, channel >= 0 ? b[channel] : 0, width);
  });
  return bytes;
}

std::vector<uint8_t> packPlain(const std::vector<int64_t> &values,
                               int64_t width) {
  std::vector<uint8_t> bytes;
  for (int64_t value : values)
    append(bytes, value, width);
  return bytes;
}

} // namespace

llvm::Expected<std::vector<targets::PackedConstant>>
packConstants(const targets::KernelSource &source, const KernelPlan &plan) {
  std::vector<targets::PackedConstant> packed(source.constants.size());
  for (size_t i = 0; i < source.constants.size(); ++i) {
    DenseElementsAttr constant = source.constants[i];
    if (!constant)
      continue;
    std::vector<int64_t> values = integers(constant);
    int64_t width =
        llvm::divideCeil(constant.getElementType().getIntOrFloatBitWidth(), 8);
    if (plan.roles[i] == ConstantRole::Plain) {
      packed[i].bytes = packPlain(values, width);
      packed[i].bytes.resize(packed[i].bytes.size() + plan.slack[i]);
    } else if (plan.roles[i] == ConstantRole::Filter) {
      packed[i] = FilterPacker(plan.convs.at(plan.owners[i]), values).pack();
    } else {
      packed[i].bytes = packBias(plan.convs.at(plan.owners[i]), values, width);
    }
  }
  return packed;
}

} // namespace qcc::kernels
