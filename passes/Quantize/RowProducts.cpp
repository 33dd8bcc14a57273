#include "passes/Quantize/RowProducts.h"

#include "passes/Quantize/VectorClones.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace qcc::quantize {

namespace {

using Lanes = float __attribute__((vector_size(kRowLanes * sizeof(float))));

[[gnu::always_inline]] inline void load(Lanes &to, const float *from) {
  std::memcpy(&to, from, sizeof(Lanes));
}

/// Channels [0, count) at once: every input is loaded once for all of them.
template <int count>
[[gnu::always_inline]] inline void multiplySome(const float *x, const float *w,
                                                int64_t size, int64_t rows,
                                                float *y) {
  for (int64_t r = 0; r < rows; r += kRowLanes) {
    Lanes sums[count] = {};
    for (int64_t k = 0; k < size; ++k) {
      Lanes input;
      load(input, x + k * rows + r);
      for (int c = 0; c < count; ++c)
        sums[c] += w[c * size + k] * input;
    }
    for (int c = 0; c < count; ++c)
      std::memcpy(y + c * rows + r, &sums[c], sizeof(Lanes));
  }
}

[[gnu::always_inline]] inline float sumOf(const Lanes &lanes) {
  float parts[kRowLanes];
  std::memcpy(parts, &lanes, sizeof(Lanes));
  for (int64_t width = kRowLanes / 2; width > 0; width /= 2)
    for (int64_t i = 0; i < width; ++i)
      parts[i] += parts[i + width];
  return parts[0];
}

/// Channels [0, count) and inputs [0, inputs) at once.
template <int count, int inputs>
[[gnu::always_inline]] inline void
backSome(const float *x, const float *d, int64_t size, int64_t rows, float *g) {
  Lanes sums[count][inputs] = {};
  for (int64_t r = 0; r < rows; r += kRowLanes) {
    Lanes errors[count];
    for (int c = 0; c < count; ++c)
      load(errors[c], d + c * rows + r);
    for (int i = 0; i < inputs; ++i) {
      Lanes input;
      load(input, x + i * rows + r);
      for (int c = 0; c < count; ++c)
        sums[c][i] += errors[c] * input;
    }
  }
  for (int c = 0; c < count; ++c)
    for (int i = 0; i < inputs; ++i)
      g[c * size + i] = sumOf(sums[c][i]);
}

template <int count>
[[gnu::always_inline]] inline void backChannels(const float *x, const float *d,
                                                int64_t size, int64_t rows,
                                                float *g) {
  int64_t k = 0;
  for (; k + 2 <= size; k += 2)
    backSome<count, 2>(x + k * rows, d, size, rows, g + k);
  if (k < size)
    backSome<count, 1>(x + k * rows, d, size, rows, g + k);
}

} // namespace

QCC_VECTOR_CLONES void multiplyRows(const float *x, const float *w,
                                    int64_t channels, int64_t size,
                                    int64_t rows, float *y) {
  assert(rows % kRowLanes == 0);
  int64_t c = 0;
  for (; c + 4 <= channels; c += 4)
    multiplySome<4>(x, w + c * size, size, rows, y + c * rows);
  for (; c < channels; ++c)
    multiplySome<1>(x, w + c * size, size, rows, y + c * rows);
}

QCC_VECTOR_CLONES void multiplyRowsBack(const float *x, const float *d,
                                        int64_t channels, int64_t size,
                                        int64_t rows, float *g) {
  assert(rows % kRowLanes == 0);
  int64_t c = 0;
  for (; c + 4 <= channels; c += 4)
    backChannels<4>(x, d + c * rows, size, rows, g + c * size);
  for (; c < channels; ++c)
    backChannels<1>(x, d + c * rows, size, rows, g + c * size);
}

} // namespace qcc::quantize
