//===- CollectGrams.h - Products of layers' inputs from data sets -*- C++
//-*-===//

#ifndef QCC_COMPILER_EVALUATE_COLLECTGRAMS_H
#define QCC_COMPILER_EVALUATE_COLLECTGRAMS_H

#include "compiler/Evaluate/Calibrate.h"
#include "passes/Quantize/Gram.h"

namespace qcc::evaluate {

/// The types that a float function between qcc-assign-types and qcc-apply-types
/// states for its values (`qgraph.type`).
Simulation statedTypes(mlir::func::FuncOp function);

/// Sums of products of the inputs of `layers`, as GramCollector has them, on
/// all samples of the data sets (see calibrate()). Values of `rounded` are
/// rounded to the types that it states; targets come from `exact`, unless that
/// is null.
llvm::Expected<quantize::Grams>
collectGrams(mlir::func::FuncOp rounded, mlir::func::FuncOp exact,
             llvm::ArrayRef<std::string> layers,
             llvm::ArrayRef<data::Dataset> datasets,
             llvm::ArrayRef<InputFormat> formats);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_COLLECTGRAMS_H
