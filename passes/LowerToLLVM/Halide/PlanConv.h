// How a convolution is tiled for a target's registers.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_PLANCONV_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_PLANCONV_H

#include "passes/LowerToLLVM/Halide/Plan.h"

namespace qcc::kernels {

/// Rows and columns outside the input that a convolution reads.
struct HaloNeed {
  int64_t top, bottom, left, right;
};

/// Chooses products per lane, lanes and the register tile; `collapse` sees
/// all pixels of a 1x1 convolution as one row.
ConvPlan planConv(qint::Conv2DOp conv, bool collapse,
                  const targets::Target &target);

/// The same for a product of two activations, in which the right one's zero
/// point `isCentred` or not; none where sums could overflow on the way or codes
/// are too wide, which plain loops compute.
std::optional<ConvPlan> planProduct(qint::MatMulOp product, bool &isCentred,
                                    const targets::Target &target);

/// The axis of a product's factor whose elements lie side by side.
int64_t innermostAxis(mlir::Value factor);

/// Whether what is summed over lies side by side in the right factor.
bool readsStepsDensely(qint::MatMulOp product);

HaloNeed haloNeed(const ConvPlan &plan);

/// Whether each output pixel reads just the input pixel at its place.
bool isUnitWindow(qint::Conv2DOp conv);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_PLANCONV_H
