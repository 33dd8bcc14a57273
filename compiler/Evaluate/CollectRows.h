// Rows of layers' inputs and results from data sets.
#ifndef QCC_COMPILER_EVALUATE_COLLECTROWS_H
#define QCC_COMPILER_EVALUATE_COLLECTROWS_H

#include "compiler/Evaluate/Calibrate.h"
#include "passes/Quantize/LearnRounding.h"

namespace qcc::evaluate {

/// For each of `layers`, convolutions, up to `options.rows` rows out of all
/// that the data sets (see calibrate()) have, drawn from `options.seed`, in
/// random order: inputs as `rounded` has them, whose values are rounded to the
/// types that it states, and results as `exact` has them. Fewer rows for layers
/// with many inputs.
llvm::Expected<quantize::RowsOfLayers>
collectRows(mlir::func::FuncOp rounded, mlir::func::FuncOp exact,
            llvm::ArrayRef<std::string> layers,
            llvm::ArrayRef<data::Dataset> datasets,
            llvm::ArrayRef<InputFormat> formats,
            const quantize::LearningOptions &options);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_COLLECTROWS_H
