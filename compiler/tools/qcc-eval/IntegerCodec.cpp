#include "compiler/tools/qcc-eval/IntegerCodec.h"

#include "compiler/Evaluate/Preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace qcc::eval {

/// What the codes of a port can be.
struct Codes {
  int64_t bytes, min, max;
};

static Codes codesOf(const emit::Port &port) {
  int64_t bytes = port.elements ? port.bytes / port.elements : 1;
  if (port.elementType == "u8")
    return {1, 0, 255};
  int64_t half = int64_t(1) << (8 * bytes - 1);
  return {bytes, -half, half - 1};
}

static double scaleOf(const emit::Port &port) {
  return port.scale.empty() ? 1.0 : std::strtod(port.scale.c_str(), nullptr);
}

static void append(std::vector<uint8_t> &bytes, int64_t code, int64_t size) {
  for (int64_t i = 0; i < size; ++i)
    bytes.push_back(static_cast<uint8_t>(static_cast<uint64_t>(code) >> 8 * i));
}

llvm::Expected<std::vector<uint8_t>> encodeSamples(const data::Dataset &dataset,
                                                   int64_t begin, int64_t end,
                                                   const InputFormat &format,
                                                   const emit::Port &port) {
  std::vector<uint8_t> bytes;
  Codes codes = codesOf(port);
  if (port.scale.empty()) {
    auto samples = data::sliceSamples(dataset.inputs, begin, end);
    if (!samples)
      return samples.takeError();
    auto indices = data::toIntegers(*samples, dataset.describe());
    if (!indices)
      return indices.takeError();
    for (int64_t index : *indices)
      append(bytes, std::clamp(index, codes.min, codes.max), codes.bytes);
    return bytes;
  }
  bool raw =
      format.kind != InputFormat::Real && !data::isFloat(dataset.inputs.dtype);
  std::vector<float> values =
      raw ? data::toFloat(dataset.inputs, begin, end)
          : evaluate::networkInput(dataset, begin, end, format);
  double scale = raw ? 1 : scaleOf(port), zero = raw ? 0 : port.zeroPoint;
  for (float value : values) {
    double code = std::round(value / scale) + zero;
    if (raw && (code < codes.min || code > codes.max))
      return llvm::createStringError(
          dataset.describe() + ": found " + std::to_string(value) +
          ", which is no byte of type " + port.elementType);
    append(bytes,
           static_cast<int64_t>(std::clamp<double>(code, codes.min, codes.max)),
           codes.bytes);
  }
  return bytes;
}

std::vector<float> decodeValues(llvm::ArrayRef<uint8_t> bytes,
                                const emit::Port &port) {
  Codes codes = codesOf(port);
  double scale = scaleOf(port);
  std::vector<float> values;
  for (size_t at = 0; at + codes.bytes <= bytes.size(); at += codes.bytes) {
    uint64_t stored = 0;
    for (int64_t i = 0; i < codes.bytes; ++i)
      stored |= uint64_t(bytes[at + i]) << 8 * i;
    int64_t code = static_cast<int64_t>(stored);
    if (code > codes.max)
      code -= int64_t(1) << 8 * codes.bytes;
    values.push_back(static_cast<float>((code - port.zeroPoint) * scale));
  }
  return values;
}

} // namespace qcc::eval
