// Short names of casts and constants.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_EXPRESSIONS_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_EXPRESSIONS_H

#include <Halide.h>

namespace qcc::kernels {

inline Halide::Expr i32(Halide::Expr e) {
  return Halide::cast<int32_t>(std::move(e));
}
inline Halide::Expr i64(Halide::Expr e) {
  return Halide::cast<int64_t>(std::move(e));
}
inline Halide::Expr c32(int64_t v) {
  return Halide::Internal::make_const(Halide::Int(32), v);
}
inline Halide::Expr c64(int64_t v) {
  return Halide::Internal::make_const(Halide::Int(64), v);
}

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_EXPRESSIONS_H
