// Products of a layer's weights with rows of its inputs.
#ifndef QCC_PASSES_QUANTIZE_ROWPRODUCTS_H
#define QCC_PASSES_QUANTIZE_ROWPRODUCTS_H

#include <cstdint>

namespace qcc::quantize {

/// Rows come in multiples of this; sums over rows are taken in as many parts.
constexpr int64_t kRowLanes = 16;

/// y[c][r] = sum over k of w[c][k] * x[k][r], in order of k. `x` is [size,
/// rows], `w` is [channels, size], `y` is [channels, rows].
void multiplyRows(const float *x, const float *w, int64_t channels,
                  int64_t size, int64_t rows, float *y);

/// g[c][k] = sum over r of d[c][r] * x[k][r], the adjoint of multiplyRows():
/// kRowLanes sums over every such row, then these two by two.
void multiplyRowsBack(const float *x, const float *d, int64_t channels,
                      int64_t size, int64_t rows, float *g);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_ROWPRODUCTS_H
