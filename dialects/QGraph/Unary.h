// The functions of `qgraph.unary`, on numbers.
#ifndef QCC_DIALECTS_QGRAPH_UNARY_H
#define QCC_DIALECTS_QGRAPH_UNARY_H

#include "dialects/QGraph/QGraph.h"

namespace qcc::qgraph {

/// Whether the function has the parameter `alpha`.
bool usesAlpha(UnaryKind kind);

/// `silu` is x * sigmoid(alpha * x): swish, and with 1.702 the quick GELU. 0,
/// the default, stands for 1.
inline double siluFactor(double alpha) { return alpha == 0 ? 1 : alpha; }

/// The function at `x` in double precision. Outside its domain the result is
/// NaN or infinite, as in C.
double evaluateUnary(UnaryKind kind, double alpha, double x);

/// The same in f32, as TensorFlow Lite's kernels tabulate it. Logarithms of
/// numbers that are not positive are `least`, their inverse roots `most`.
float kernelFunction(UnaryKind kind, float x, float least, float most);

} // namespace qcc::qgraph

#endif // QCC_DIALECTS_QGRAPH_UNARY_H
