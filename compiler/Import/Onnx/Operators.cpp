#include "compiler/Import/Onnx/Operators.h"

namespace qcc::import::onnx {

namespace {

constexpr size_t any = size_t(1) << 20;

constexpr char convAttributes[] =
    "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I";
constexpr char convTransposeAttributes[] =
    "auto_pad:s dilations:I group:i kernel_shape:I output_padding:I "
    "output_shape:I pads:I strides:I";
constexpr char poolAttributes[] =
    "auto_pad:s ceil_mode:i count_include_pad:i dilations:I kernel_shape:I "
    "pads:I storage_order:i strides:I";
constexpr char reduceAttributes[] = "axes:I keepdims:i noop_with_empty_axes:i";
constexpr char argAttributes[] = "axis:i keepdims:i select_last_index:i";
constexpr char normAttributes[] =
    "epsilon:f momentum:f training_mode:i spatial:i";
constexpr char resizeAttributes[] =
    "antialias:i axes:I coordinate_transformation_mode:s cubic_coeff_a:f "
    "exclude_outside:i extrapolation_value:f keep_aspect_ratio_policy:s mode:s "
    "nearest_mode:s";
constexpr char constantAttributes[] =
    "value:t value_float:f value_floats:F value_int:i value_ints:I";

/// By name, for the documentation.
constexpr Operator operators[] = {
    {"Abs", 1, 1, "", importUnary, foldUnary},
    {"Add", 2, 2, "", importAdd, foldBinary},
    {"And", 2, 2, "", nullptr, foldCompare},
    {"ArgMax", 1, 1, argAttributes, importArgMax},
    {"ArgMin", 1, 1, argAttributes, importArgMax},
    {"Attention", 3, 6,
     "is_causal:i kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i scale:f "
     "softcap:f softmax_precision:i",
     importAttention},
    {"AveragePool", 1, 1, poolAttributes, importAveragePool},
    {"BatchNormalization", 5, 5, normAttributes, importBatchNormalization},
    {"Cast", 1, 1, "to:i saturate:i", importCast, foldCast, true},
    {"CastLike", 2, 2, "saturate:i", importCast, foldCast, true},
    {"Ceil", 1, 1, "", importUnary, foldUnary},
    {"Celu", 1, 1, "alpha:f", importCelu},
    {"Clip", 1, 3, "min:f max:f", importClip},
    {"Concat", 1, any, "axis:i", importConcat, foldConcat, true},
    {"Constant", 0, 0, constantAttributes, nullptr, foldConstant},
    {"ConstantOfShape", 1, 1, "value:t", nullptr, foldConstantOfShape},
    {"Conv", 2, 3, convAttributes, importConv},
    {"ConvTranspose", 2, 3, convTransposeAttributes, importConvTranspose},
    {"ConvInteger", 2, 4, convAttributes, importConvInteger, nullptr, true},
    {"Cos", 1, 1, "", importUnary, foldUnary},
    {"DepthToSpace", 1, 1, "blocksize:i mode:s", importDepthToSpace},
    {"DequantizeLinear", 2, 3, "axis:i block_size:i", importDequantizeLinear,
     foldDequantizeLinear, true},
    {"Div", 2, 2, "", importDiv, foldBinary, false, Form::Some},
    {"Dropout", 1, 3, "ratio:f seed:i", importDropout},
    {"Einsum", 1, 2, "equation:s", importEinsum},
    {"Elu", 1, 1, "alpha:f", importElu},
    {"Equal", 2, 2, "", nullptr, foldCompare},
    {"Erf", 1, 1, "", importUnary},
    {"Exp", 1, 1, "", importUnary, foldUnary},
    {"Expand", 2, 2, "", importExpand, nullptr, true},
    {"Flatten", 1, 1, "axis:i", importFlatten, nullptr, true},
    {"Floor", 1, 1, "", importUnary, foldUnary},
    {"Gather", 2, 2, "axis:i", importGather, nullptr, true},
    {"Gelu", 1, 1, "approximate:s", importGelu},
    {"Gemm", 2, 3, "alpha:f beta:f transA:i transB:i", importGemm},
    {"GlobalAveragePool", 1, 1, "", importGlobalAveragePool},
    {"GlobalMaxPool", 1, 1, "", importGlobalMaxPool},
    {"Greater", 2, 2, "", nullptr, foldCompare},
    {"GreaterOrEqual", 2, 2, "", nullptr, foldCompare},
    {"GroupNormalization", 3, 3, "epsilon:f num_groups:i stash_type:i",
     importGroupNormalization},
    {"HardSigmoid", 1, 1, "alpha:f beta:f", importHardSigmoid},
    {"HardSwish", 1, 1, "", importHardSwish},
    {"Identity", 1, 1, "", importIdentity, nullptr, true},
    {"InstanceNormalization", 3, 3, "epsilon:f", importInstanceNormalization},
    {"LayerNormalization", 2, 3, "axis:i epsilon:f stash_type:i",
     importLayerNormalization},
    {"LeakyRelu", 1, 1, "alpha:f", importLeakyRelu},
    {"Less", 2, 2, "", nullptr, foldCompare},
    {"LessOrEqual", 2, 2, "", nullptr, foldCompare},
    {"Log", 1, 1, "", importUnary, foldUnary},
    {"LogSoftmax", 1, 1, "axis:i", importSoftmax},
    {"LpNormalization", 1, 1, "axis:i p:i", importLpNormalization, nullptr,
     false, Form::Some},
    {"MatMul", 2, 2, "", importMatMul},
    {"MatMulInteger", 2, 4, "", importMatMulInteger, nullptr, true},
    {"Max", 1, any, "", importMax, foldBinary},
    {"MaxPool", 1, 1, poolAttributes, importMaxPool},
    {"Mean", 1, any, "", importMean},
    {"MeanVarianceNormalization", 1, 1, "axes:I",
     importMeanVarianceNormalization, nullptr, false, Form::None},
    {"Min", 1, any, "", importMin, foldBinary},
    {"Mish", 1, 1, "", importMish},
    {"Mod", 2, 2, "fmod:i", nullptr, foldBinary},
    {"Mul", 2, 2, "", importMul, foldBinary},
    {"Neg", 1, 1, "", importUnary, foldUnary},
    {"Not", 1, 1, "", nullptr, foldUnary},
    {"Or", 2, 2, "", nullptr, foldCompare},
    {"PRelu", 2, 2, "", importPRelu},
    {"Pad", 1, 4, "mode:s pads:I value:f", importPad},
    {"Pow", 2, 2, "", importPow, foldBinary, false, Form::Some},
    {"QLinearConv", 8, 9, convAttributes, importQLinearConv, nullptr, true},
    {"QLinearMatMul", 8, 8, "", importQLinearMatMul, nullptr, true},
    {"QuantizeLinear", 2, 3, "axis:i block_size:i output_dtype:i saturate:i",
     importQuantizeLinear, foldQuantizeLinear},
    {"RMSNormalization", 2, 2, "axis:i epsilon:f stash_type:i",
     importRMSNormalization},
    {"Range", 3, 3, "", nullptr, foldRange},
    {"Reciprocal", 1, 1, "", importUnary, foldUnary},
    {"ReduceL1", 1, 2, reduceAttributes, importReduce},
    {"ReduceL2", 1, 2, reduceAttributes, importReduce},
    {"ReduceLogSum", 1, 2, reduceAttributes, importReduce},
    {"ReduceLogSumExp", 1, 2, reduceAttributes, importReduce},
    {"ReduceMax", 1, 2, reduceAttributes, importReduce, foldReduce},
    {"ReduceMean", 1, 2, reduceAttributes, importReduce},
    {"ReduceMin", 1, 2, reduceAttributes, importReduce, foldReduce},
    {"ReduceProd", 1, 2, reduceAttributes, importReduce, foldReduce},
    {"ReduceSum", 1, 2, reduceAttributes, importReduce, foldReduce},
    {"ReduceSumSquare", 1, 2, reduceAttributes, importReduce},
    {"Relu", 1, 1, "", importRelu},
    {"Reshape", 2, 2, "allowzero:i", importReshape, nullptr, true},
    {"Resize", 1, 4, resizeAttributes, importResize},
    {"RotaryEmbedding", 3, 4,
     "interleaved:i num_heads:i rotary_embedding_dim:i", importRotaryEmbedding},
    {"Round", 1, 1, "", importUnary, foldUnary},
    {"Selu", 1, 1, "alpha:f gamma:f", importSelu},
    {"Shape", 1, 1, "start:i end:i", foldShape, nullptr, true},
    {"Sigmoid", 1, 1, "", importUnary},
    {"SimplifiedLayerNormalization", 2, 2, "axis:i epsilon:f stash_type:i",
     importRMSNormalization},
    {"Sin", 1, 1, "", importUnary, foldUnary},
    {"Size", 1, 1, "", foldSize, nullptr, true},
    {"Slice", 1, 5, "axes:I ends:I starts:I", importSlice, nullptr, true},
    {"Softmax", 1, 1, "axis:i", importSoftmax},
    {"Softplus", 1, 1, "", importUnary},
    {"Softsign", 1, 1, "", importSoftsign},
    {"SpaceToDepth", 1, 1, "blocksize:i", importSpaceToDepth},
    {"Split", 1, 2, "axis:i num_outputs:i split:I", importSplit, nullptr, true},
    {"Sqrt", 1, 1, "", importUnary, foldUnary},
    {"Squeeze", 1, 2, "axes:I", importSqueeze, nullptr, true},
    {"Sub", 2, 2, "", importSub, foldBinary},
    {"Sum", 1, any, "", importSum, foldBinary},
    {"Tanh", 1, 1, "", importUnary},
    {"Tile", 2, 2, "", importTile, nullptr, true},
    {"Transpose", 1, 1, "perm:I", importTranspose, nullptr, true},
    {"Unsqueeze", 1, 2, "axes:I", importUnsqueeze, nullptr, true},
    {"Upsample", 1, 2, "mode:s scales:F", importUpsample},
    {"Where", 3, 3, "", importWhere, foldWhere},
    {"Xor", 2, 2, "", nullptr, foldCompare},
    {"com.microsoft.Attention", 2, 7,
     "do_rotary:i mask_filter_value:f num_heads:i past_present_share_buffer:i "
     "qkv_hidden_sizes:I rotary_embedding_dim:i scale:f unidirectional:i",
     importPackedAttention},
    {"com.microsoft.BiasGelu", 2, 2, "", importBiasGelu},
    {"com.microsoft.FastGelu", 1, 2, "", importBiasGelu},
    {"com.microsoft.Gelu", 1, 1, "", importGelu},
    {"com.microsoft.MultiHeadAttention", 3, 10,
     "mask_filter_value:f num_heads:i scale:f unidirectional:i",
     importMultiHeadAttention},
    {"com.microsoft.QLinearAdd", 7, 8, "", importQLinearBinary, nullptr, true},
    {"com.microsoft.QLinearAveragePool", 4, 5, poolAttributes,
     importQLinearUnary, nullptr, true},
    {"com.microsoft.QLinearGlobalAveragePool", 4, 5, "channels_last:i",
     importQLinearUnary, nullptr, true},
    {"com.microsoft.QLinearLeakyRelu", 4, 5, "alpha:f", importQLinearUnary,
     nullptr, true},
    {"com.microsoft.QLinearMul", 7, 8, "", importQLinearBinary, nullptr, true},
    {"com.microsoft.QLinearSigmoid", 4, 5, "", importQLinearUnary, nullptr,
     true},
    {"com.microsoft.QuickGelu", 1, 1, "alpha:f", importQuickGelu},
    {"com.microsoft.RotaryEmbedding", 4, 4,
     "interleaved:i is_packed_batching:i num_heads:i rotary_embedding_dim:i "
     "scale:f",
     importOrtRotaryEmbedding},
    {"com.microsoft.SkipLayerNormalization", 3, 5, "epsilon:f",
     importSkipLayerNormalization},
    {"com.microsoft.SkipSimplifiedLayerNormalization", 3, 4, "epsilon:f",
     importSkipSimplifiedLayerNormalization},
};

} // namespace

llvm::ArrayRef<Operator> allOperators() { return operators; }

static bool isIntegerOperator(llvm::StringRef name) {
  return name.contains("QLinear") || name.ends_with("Integer") ||
         name.ends_with("QuantizeLinear") || name == "DequantizeLinear";
}

const Operator *findOperator(llvm::StringRef name) {
  for (const Operator &op : operators)
    if (name == op.name)
      return &op;
  return nullptr;
}

} // namespace qcc::import::onnx

std::vector<qcc::import::OperatorSupport> qcc::import::supportedOnnx() {
  std::vector<OperatorSupport> all;
  for (const onnx::Operator &op : onnx::allOperators()) {
    OperatorSupport support;
    support.name = op.name;
    support.constants = !op.import || op.import == onnx::foldShape ||
                        op.import == onnx::foldSize;
    support.bytes = onnx::isIntegerOperator(op.name);
    support.floats = support.bytes ? Form::None : op.floats;
    all.push_back(std::move(support));
  }
  return all;
}
