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
std::vector<uint8_t> packFilter(const ConvPlan &c,
                                const std::vector<int64_t> &w) {
  std::vector<uint8_t> bytes;
  int64_t row = c.kw * c.groupInputs;
  int64_t tapSize = c.taps == 1 ? row : c.groupInputs;
  forEachTile(c, [&](const std::vector<int64_t> &channels) {
    for (int64_t ky = 0; ky < c.kh; ++ky)
      for (int64_t tap = 0; tap < c.taps; ++tap)
        for (int64_t k = 0; k < c.reductionPadded; k += c.depth)
          for (int64_t channel : channels)
            for (int64_t d = k; d < k + c.depth; ++d) {
              bool real = channel >= 0 && d < c.reduction;
              int64_t at = (channel * c.kh + ky) * row + tap * tapSize + d;
              append(bytes, real ? w[at] : 0, c.weightBytes);
            }
  });
  return bytes;
}

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
    if (plan.roles[i] == ConstantRole::Plain)
      packed[i].bytes = packPlain(values, width);
    else if (plan.roles[i] == ConstantRole::Filter)
      packed[i].bytes = packFilter(plan.convs.at(plan.owners[i]), values);
    else
      packed[i].bytes = packBias(plan.convs.at(plan.owners[i]), values, width);
  }
  return packed;
}

} // namespace qcc::kernels
