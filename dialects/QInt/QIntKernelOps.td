// Ops that integer kernels of other runtimes define, bit for bit.
#ifndef QCC_DIALECTS_QINT_QINTKERNELOPS_TD
#define QCC_DIALECTS_QINT_QINTKERNELOPS_TD

def QInt_RescaledAddOp : QInt_Op<"rescaled_add"> {
  let summary = "sum of two tensors, each rescaled and rounded before it";
  let description = [{
    `out = rescale(lhs_rescale((lhs - lhs_zero_point) * 2^left_shift) +
    rhs_rescale((rhs - rhs_zero_point) * 2^left_shift))`, three roundings; with
    `subtract` the right-hand difference is negated before its rescale. Rule
    `add-d2`. Axes of size 1 are broadcast.
  }];
  let arguments = (ins QInt_Code:$lhs, QInt_Code:$rhs,
                       I32Attr:$lhs_zero_point, I32Attr:$rhs_zero_point,
                       I32Attr:$left_shift, QInt_RescaleAttr:$lhs_rescale,
                       QInt_RescaleAttr:$rhs_rescale,
                       QInt_RescaleAttr:$rescale, UnitAttr:$subtract);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ExpSumOp : QInt_Op<"exp_sum"> {
  let summary = "sum over the last axis of a function of largest less element";
  let description = [{
    `out = sum of table[largest - in]` over the last axis, which becomes 1.
    `largest` has the shape of the result, and no code of `in` may be above it.
    `table` has 256 elements that are not negative. Rule `softmax-x2`.
  }];
  let arguments = (ins QInt_Byte:$input, QInt_Byte:$largest,
                       QInt_Wide:$table);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input `,` $largest `,` $table attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_SoftmaxOp : QInt_Op<"softmax"> {
  let summary = "exponentials divided by their sum, as codes of scale 1/256";
  let description = [{
    `out = clamp(round(table[largest - in] / sum) + zero_point, min, max)` with
    the reciprocal of the sum from three Newton steps in 32-bit fixed point.
    Rule `softmax-x3`. `largest` and `sum` have the shape of the result with 1
    for the last axis.
  }];
  let arguments = (ins QInt_Byte:$input, QInt_Byte:$largest, QInt_Wide:$sum,
                       QInt_Wide:$table, I32Attr:$zero_point, I32Attr:$min,
                       I32Attr:$max);
  let results = (outs QInt_Byte:$output);
  let assemblyFormat = [{
    $input `,` $largest `,` $sum `,` $table attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif
