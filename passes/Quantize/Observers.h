//===- Observers.h - From statistics to quantization ranges -----*- C++ -*-===//
//
// An observer reads the statistics of a value and proposes the range that its
// integers should cover; chooseQuantParams turns a range into a scale and a
// zero point.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_OBSERVERS_H
#define QCC_PASSES_QUANTIZE_OBSERVERS_H

#include "passes/Quantize/Profile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc::quantize {

/// A range of real values; lo <= 0 <= hi wherever an observer made it.
struct Range {
  double lo = 0, hi = 0;

  bool operator==(const Range &other) const {
    return lo == other.lo && hi == other.hi;
  }
};

/// The integers that a value is stored in.
struct QuantScheme {
  /// 2 to 16.
  unsigned bits = 8;
  bool isSigned = true;
  /// Zero point fixed (0 if signed, else the middle), and the range the same
  /// on both sides of zero: signed integers then use [-(2^(b-1)-1), 2^(b-1)-1].
  bool symmetric = false;

  /// Smallest and largest stored integer. A symmetric scheme leaves the
  /// smallest integer of the type unused.
  int32_t storageMin() const;
  int32_t storageMax() const;
};

struct QuantParams {
  double scale = 1;
  int32_t zeroPoint = 0;
};

/// The scale and zero point with which `scheme` covers `range`, which is
/// widened to include zero. Zero is exactly representable: real = scale *
/// (stored - zeroPoint) is 0 at the integer zeroPoint, which lies within
/// storage (Jacob et al., Quantization and training of neural networks for
/// efficient integer-arithmetic-only inference, CVPR 2018, section 2.1).
///
/// Rule quantize-q3. Asymmetric: scale = (hi - lo) / (2^b - 1); zeroPoint =
/// storageMin - lo / scale, rounded to nearest (ties away from zero), so that
/// one end may lose up to half a step. Symmetric: scale = max(|lo|, |hi|) /
/// (2^(b-1) - 1).
///
/// Degenerate ranges: [0, 0] gives scale 1 and zero point 0 (the middle if
/// symmetric and unsigned); one-sided ranges put the zero point at the end of
/// storage, so that a constant c != 0 is stored exactly, as the integer at the
/// other end. The scale is kept within the normal range of f32, [2^-126,
/// (2 - 2^-23) * 2^127], in which quantized types express it; a smaller range
/// is then covered coarser, a larger one clipped.
QuantParams chooseQuantParams(Range range, const QuantScheme &scheme);

/// The real value that `value` becomes: quantized (nearest, ties away from
/// zero; clamped to storage) and dequantized.
double fakeQuantize(double value, const QuantParams &params,
                    const QuantScheme &scheme);

/// Mean squared error of quantizing the value with `range`, from its
/// histogram: each bin's elements stand at its centre (within [min, max]), and
/// exact zeros at zero.
double quantizationError(const ValueStats &stats, Range range,
                         const QuantScheme &scheme);

/// Sum of the codes (without zero point) that values get in steps of `step`,
/// none above `most`: elements are spread evenly over their bins. For values
/// that are not negative.
double sumOfCodes(const ValueStats &stats, double step, int32_t most);

enum class ObserverKind { MinMax, Percentile, Mse, Entropy, Auto };

struct Observer {
  ObserverKind kind = ObserverKind::MinMax;
  /// Percentile only: percent of the elements to keep, in (50, 100].
  double percentile = 99.99;
};

/// "minmax", "percentile", ... as in parseObserver(), without a percentage.
llvm::StringRef observerName(ObserverKind kind);

/// "minmax", "percentile", "percentile=99.9", "mse", "entropy" or "auto".
llvm::Expected<Observer> parseObserver(llvm::StringRef text);

/// The range that `observer` proposes; lo <= 0 <= hi, lo == -hi if the scheme
/// is symmetric, and never wider than that of MinMax. Statistics without
/// elements give [0, 0].
///
/// - MinMax: the smallest and largest value seen.
/// - Percentile: keeps that part of the elements (Wu et al., Integer
///   quantization for deep learning inference, 2020, section 5.1). Symmetric:
///   of the magnitudes. Asymmetric: half of the rest is cut off at either
///   end; all of it at the only end if the values have one sign.
/// - Mse: least squared error on the histogram, by golden-section search for
///   the clipping of both ends in proportion, then of each end in turn, as in
///   REQuant (Quantization range estimation for convolutional neural
///   networks). The error is only roughly unimodal, since rounding ripples
///   it, so that a scan brackets each minimum first; the result is never
///   worse than MinMax. With 12 bits and more, where a step is finer than the
///   histogram, it is MinMax.
/// - Entropy: least Kullback-Leibler divergence between the clipped histogram
///   and its quantized copy (Migacz, 8-bit inference with TensorRT, GTC
///   2017), generalised to asymmetric ranges by clipping both ends in
///   proportion.
/// - Auto: see tryRanges().
Range chooseRange(const ValueStats &stats, const Observer &observer,
                  const QuantScheme &scheme);

/// What an observer proposes, and how good that is: the energy of the values
/// over that of their error, in dB; infinite without error.
struct RangeChoice {
  ObserverKind kind = ObserverKind::MinMax;
  Range range;
  double sqnr = 0;
};

/// The proposals of MinMax, Percentile (99.99), Mse and Entropy, best score
/// first; of equals the one that comes first here.
std::vector<RangeChoice> tryRanges(const ValueStats &stats,
                                   const QuantScheme &scheme);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_OBSERVERS_H
