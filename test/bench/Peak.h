// What this machine's multiply-add units can do at most.
#ifndef QCC_TEST_BENCH_PEAK_H
#define QCC_TEST_BENCH_PEAK_H

#include <cstdint>

namespace qcc::bench {

/// Runs `steps` of 24 independent `vpdpbusd` on full registers; false when the
/// machine lacks them. A step is 24 * 64 multiply-adds.
bool peakVnni(int64_t steps);
constexpr int64_t peakMacsPerStep = 24 * 64;

} // namespace qcc::bench

#endif // QCC_TEST_BENCH_PEAK_H
