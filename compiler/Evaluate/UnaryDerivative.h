// Derivatives of the functions of `qgraph.unary`.
#ifndef QCC_COMPILER_EVALUATE_UNARYDERIVATIVE_H
#define QCC_COMPILER_EVALUATE_UNARYDERIVATIVE_H

#include "dialects/QGraph/QGraph.h"

namespace qcc::evaluate {

/// The derivative at `x`, where the function's value is `y`. At a kink (abs
/// at 0, hard_swish at its ends) it is one of the one-sided derivatives or 0;
/// 0 for floor, ceil and round.
double unaryDerivative(qgraph::UnaryKind kind, double alpha, double x,
                       double y);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_UNARYDERIVATIVE_H
