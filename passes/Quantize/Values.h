// The values of a network that quantization deals with, and their attributes.
#ifndef QCC_PASSES_QUANTIZE_VALUES_H
#define QCC_PASSES_QUANTIZE_VALUES_H

#include "passes/Quantize/Observers.h"

#include "dialects/QGraph/QGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <string>

namespace qcc::quantize {

/// The network: the first function of the module, whose body is one block. An
/// error is emitted if there is none.
mlir::func::FuncOp findNetwork(mlir::ModuleOp module);

mlir::Type elementTypeOf(mlir::Value value);
llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);

/// True for f32 tensors that the network computes or is given: no constants.
bool isActivation(mlir::Value value);

/// Arguments, then op results in order, that are activations.
llvm::SmallVector<mlir::Value> activations(mlir::func::FuncOp function);

/// "input<k>" or the op's `qgraph.layer`; "" if it has none.
std::string layerOf(mlir::Value value);
/// "layer 'conv1'" or, without a name, the op's kind.
std::string describe(mlir::Operation *op);

/// Reads and writes a discardable attribute on the op or argument behind
/// `value`.
mlir::Attribute getFact(mlir::Value value, llvm::StringRef name);
void setFact(mlir::Value value, llvm::StringRef name, mlir::Attribute attr);
void removeFact(mlir::Value value, llvm::StringRef name);

std::optional<Range> getRange(mlir::Value value);
void setRange(mlir::Value value, Range range);

/// Bits of a value's codes (`qgraph.bits`), 8 unless stated, and whether a plan
/// names the value or one that shares its type.
unsigned getBits(mlir::Value value);
bool isGiven(mlir::Value value);
void setBits(mlir::Value value, unsigned bits, bool isGiven);
/// Of a layer's filter (`qgraph.weight_bits`).
unsigned getWeightBits(mlir::Operation *op);
void setWeightBits(mlir::Operation *op, unsigned bits);

/// The scales of a filter whose weights are codes times them already
/// (`qgraph.weight_scales`), by output channel, or none.
llvm::ArrayRef<double> getWeightScales(mlir::Operation *op);

/// How values are rounded to 4, 6, 8 or 16 bits: 16 are symmetric around 0.
QuantScheme activationScheme(unsigned bits);

/// True for an operand that is a filter, bias or normalization parameter.
bool isParameter(mlir::OpOperand &operand);

/// True for ops that only move elements of operand 0 or pick some of them, so
/// that their result has its input's type.
bool keepsType(mlir::Operation *op);

/// The element type for activations with these parameters: 4 bits are i8 of
/// [-8, 7].
mlir::quant::UniformQuantizedType activationType(mlir::MLIRContext *context,
                                                 QuantParams params,
                                                 bool isSigned = true,
                                                 unsigned bits = 8);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_VALUES_H
