// The table of the operators that can be read.
#ifndef QCC_COMPILER_IMPORT_ONNX_OPERATORS_H
#define QCC_COMPILER_IMPORT_ONNX_OPERATORS_H

#include "compiler/Import/Onnx/Node.h"
#include "compiler/Import/Support.h"

namespace qcc::import::onnx {

struct Operator {
  const char *name; ///< with its domain, as operatorOf says it
  size_t minInputs, maxInputs;
  /// "axis:i pads:I mode:s": every attribute that is known, with its type: int,
  /// float, string, tensor, Ints, Floats.
  const char *attributes;
  /// Makes ops; null when inputs must be constant.
  llvm::Error (*import)(Node &);
  /// Computes from constants alone; null when ops do.
  llvm::Error (*fold)(Node &) = nullptr;
  /// Inputs may be integers that are not constant.
  bool movesIntegers = false;
  Form floats = Form::All;
};

llvm::ArrayRef<Operator> allOperators();
const Operator *findOperator(llvm::StringRef name);

// Activations.cpp
llvm::Error importRelu(Node &node);
llvm::Error importUnary(Node &node);
llvm::Error importLeakyRelu(Node &node);
llvm::Error importPRelu(Node &node);
llvm::Error importElu(Node &node);
llvm::Error importSelu(Node &node);
llvm::Error importCelu(Node &node);
llvm::Error importClip(Node &node);
llvm::Error importHardSigmoid(Node &node);
llvm::Error importHardSwish(Node &node);
llvm::Error importGelu(Node &node);
llvm::Error importBiasGelu(Node &node);
llvm::Error importQuickGelu(Node &node);
llvm::Error importSoftsign(Node &node);
llvm::Error importMish(Node &node);
llvm::Error importSoftmax(Node &node);

// Attention.cpp
llvm::Error importAttention(Node &node);
llvm::Error importMultiHeadAttention(Node &node);
llvm::Error importPackedAttention(Node &node);
llvm::Error importRotaryEmbedding(Node &node);
llvm::Error importOrtRotaryEmbedding(Node &node);

// Contractions.cpp
llvm::Error importConv(Node &node);
llvm::Error importConvTranspose(Node &node);
llvm::Error importGemm(Node &node);
llvm::Error importMatMul(Node &node);

// Einsum.cpp
llvm::Error importEinsum(Node &node);

// Elementwise.cpp
llvm::Error importAdd(Node &node);
llvm::Error importSub(Node &node);
llvm::Error importMul(Node &node);
llvm::Error importDiv(Node &node);
llvm::Error importPow(Node &node);
llvm::Error importSum(Node &node);
llvm::Error importMean(Node &node);
llvm::Error importMax(Node &node);
llvm::Error importMin(Node &node);
llvm::Error importWhere(Node &node);

// Fold.cpp
llvm::Error foldShape(Node &node);
llvm::Error foldSize(Node &node);
llvm::Error foldConstant(Node &node);
llvm::Error foldConstantOfShape(Node &node);
llvm::Error foldRange(Node &node);
llvm::Error foldBinary(Node &node);
llvm::Error foldUnary(Node &node);
llvm::Error foldCompare(Node &node);
llvm::Error foldWhere(Node &node);
llvm::Error foldCast(Node &node);
llvm::Error foldReduce(Node &node);
llvm::Error foldConcat(Node &node);

// Movement.cpp
llvm::Error importIdentity(Node &node);
llvm::Error importDropout(Node &node);
llvm::Error importCast(Node &node);
llvm::Error importReshape(Node &node);
llvm::Error importFlatten(Node &node);
llvm::Error importSqueeze(Node &node);
llvm::Error importUnsqueeze(Node &node);
llvm::Error importTranspose(Node &node);
llvm::Error importConcat(Node &node);
llvm::Error importSplit(Node &node);
llvm::Error importExpand(Node &node);
llvm::Error importTile(Node &node);
llvm::Error importDepthToSpace(Node &node);
llvm::Error importSpaceToDepth(Node &node);

// Normalization.cpp
llvm::Error importBatchNormalization(Node &node);
llvm::Error importLayerNormalization(Node &node);
llvm::Error importRMSNormalization(Node &node);
llvm::Error importSkipLayerNormalization(Node &node);
llvm::Error importSkipSimplifiedLayerNormalization(Node &node);
llvm::Error importInstanceNormalization(Node &node);
llvm::Error importGroupNormalization(Node &node);
llvm::Error importLpNormalization(Node &node);
llvm::Error importMeanVarianceNormalization(Node &node);

// Pools.cpp
llvm::Error importMaxPool(Node &node);
llvm::Error importAveragePool(Node &node);
llvm::Error importGlobalMaxPool(Node &node);
llvm::Error importGlobalAveragePool(Node &node);

// Quantized.cpp
llvm::Error importQuantizeLinear(Node &node);
llvm::Error importDequantizeLinear(Node &node);
llvm::Error foldQuantizeLinear(Node &node);
llvm::Error foldDequantizeLinear(Node &node);
llvm::Error importQLinearConv(Node &node);
llvm::Error importQLinearMatMul(Node &node);
llvm::Error importQLinearBinary(Node &node);
llvm::Error importQLinearUnary(Node &node);
llvm::Error importConvInteger(Node &node);
llvm::Error importMatMulInteger(Node &node);

// Reductions.cpp
llvm::Error importReduce(Node &node);
llvm::Error importArgMax(Node &node);

// Resize.cpp
llvm::Error importResize(Node &node);
llvm::Error importUpsample(Node &node);

// Selection.cpp
llvm::Error importSlice(Node &node);
llvm::Error importGather(Node &node);
llvm::Error importPad(Node &node);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_OPERATORS_H
