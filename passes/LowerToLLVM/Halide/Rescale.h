// Integer rounding arithmetic as Halide expressions.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_RESCALE_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_RESCALE_H

#include "dialects/QInt/QInt.h"
#include "passes/LowerToLLVM/Halide/Value.h"

namespace qcc::kernels {

/// What the target's multiplier can do.
struct Arithmetic {
  bool wideMultiply = true; ///< 32 x 32 -> 64 bits in hardware
  bool scalar = false;      ///< no vector registers
};

/// Gives the expression of entry `index` of a table of constants.
using TableReader = std::function<Expr(llvm::ArrayRef<int32_t> values)>;

/// clamp(round(v * multiplier / 2^shift) + zero_point, min, max) of the given
/// type. `v` is i32 or i64. With more than one multiplier, `read` makes the
/// expression that picks the right entry of a table of as many entries.
Expr rescale(Expr v, qint::RescaleAttr attribute, Halide::Type type,
             const Arithmetic &arithmetic, const TableReader &read);

/// The same without zero point, clamp and change of type, for one scale of at
/// most 1 and |v| < 2^30.
Expr rescaleDown(Expr v, qint::RescaleAttr attribute,
                 const Arithmetic &arithmetic);

/// floor(v * m / 2^32), both i32.
Expr highProduct(const Expr &v, const Expr &m, const Arithmetic &arithmetic);

/// v * m in 64 bits for i32 v and 0 <= m, or |v| < 2^47 and m < 2^15.
Expr wideProduct(const Expr &v, const Expr &m, const Arithmetic &arithmetic);

/// floor((v * m + 2^30) / 2^31) for m >= 0, both i32.
Expr roundingDoublingHigh(const Expr &v, const Expr &m,
                          const Arithmetic &arithmetic);

/// Rule shift-r1 for |v| <= 2^31 - 1 - 2^(shift-1).
Expr roundingShift(Expr v, int shift, qint::Rounding rounding);

/// clamp(v + zeroPoint, min, max) in `type`; `v` is i32 with room for the sum.
Expr saturate(Expr v, int32_t zeroPoint, int32_t min, int32_t max,
              Halide::Type type);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_RESCALE_H
