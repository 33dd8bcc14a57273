// Networks that come with integers.
#ifndef QCC_COMPILER_IMPORT_ONNX_QUANTIZED_H
#define QCC_COMPILER_IMPORT_ONNX_QUANTIZED_H

#include "compiler/Import/Onnx/Tensor.h"

#include "mlir/IR/BuiltinOps.h"

namespace qcc::import::onnx {

/// !quant.uniform<storage:f32, scale:zeroPoint>
mlir::Type quantizedType(mlir::MLIRContext *context, DataType storage,
                         double scale, int64_t zeroPoint);

/// Notes on a constant of f32 how its elements were stored; for
/// useStoredIntegers.
void noteQuantization(mlir::Value constant, const Quantization &quantization);

/// In: ops on f32 between `quant.dcast` and `quant.qcast`, as
/// DequantizeLinear and QuantizeLinear are read. Out: the ops on quantized
/// types, without casts, arguments and results included; each op that rounds
/// has `qgraph.rounding` = "even". When an op is left that has a cast on one
/// side only, the network is in f32 instead, and the casts state ranges.
void useStoredIntegers(mlir::ModuleOp module);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_QUANTIZED_H
