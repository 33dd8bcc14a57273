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

def QInt_LogSoftmaxOp : QInt_Op<"log_softmax"> {
  let summary = "logarithms of the shares of exponentials, of scale 1/16";
  let description = [{
    `out = clamp(round((table[largest - in] - log(sum)) / 2^22) + zero_point,
    min, max)` with the logarithm in 26 fractional bits of `sum`, which has 19.
    Rule `logsoftmax-x1`. `largest` and `sum` have the shape of the result with
    1 for the last axis.
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

def QInt_NormalizeOp : QInt_Op<"normalize"> {
  let summary = "codes divided by the root of the sum of their squares";
  let description = [{
    `out = clamp(round((in - input_zero_point) / sqrt(sum) * 2^7) + zero_point,
    min, max)` with the inverse of the root from five Newton steps. Rule
    `normalize-l2`. `sum` has the shape of the result with 1 for the last axis;
    `rounding` is `single` or `double`.
  }];
  let arguments = (ins QInt_Byte:$input, QInt_Wide:$sum,
                       I32Attr:$input_zero_point, QInt_RoundingAttr:$rounding,
                       I32Attr:$zero_point, I32Attr:$min, I32Attr:$max);
  let results = (outs QInt_Byte:$output);
  let assemblyFormat = [{
    $input `,` $sum attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_DivOp : QInt_Op<"div"> {
  let summary = "quotient of codes, rescaled";
  let description = [{
    `out = clamp(round((lhs - lhs_zero_point) / (rhs - rhs_zero_point) *
    multiplier * 2^(exponent - 31)) + zero_point, min, max)` through the
    reciprocal of the divisor. Rule `div-k1`; a divisor of 0 gives the bound on
    the dividend's side, and 0 / 0 the zero point. `rounding` is `single` or
    `double`. Axes of size 1 are broadcast.
  }];
  let arguments = (ins QInt_Byte:$lhs, QInt_Byte:$rhs, QInt_Wide:$reciprocals,
                       I32Attr:$lhs_zero_point, I32Attr:$rhs_zero_point,
                       I32Attr:$multiplier, I32Attr:$exponent,
                       QInt_RoundingAttr:$rounding, I32Attr:$zero_point,
                       I32Attr:$min, I32Attr:$max);
  let results = (outs QInt_Byte:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` $reciprocals attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_InterpolateOp : QInt_Op<"interpolate"> {
  let summary = "function of a 16-bit code, linear between 513 points";
  let description = [{
    With `i = (in >> 7) + 256` and `f = in & 127`,
    `out = table[i] + (((table[i + 1] - table[i]) * f + 64) >> 7)`. Rule
    `table-t3`.
  }];
  let arguments = (ins QInt_Word:$input, QInt_Word:$table);
  let results = (outs QInt_Word:$output);
  let assemblyFormat = [{
    $input `,` $table attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_SigmoidOp : QInt_Op<"sigmoid"> {
  let summary = "logistic function or hyperbolic tangent of a 32-bit number";
  let description = [{
    Linear between the 256 points of `table`, which are shares of 2^16 of the
    logistic function for steps of 512 (`tanh`: of 256) from 0; the other half
    is its mirror. Rule `sigmoid-k1`.
  }];
  let arguments = (ins QInt_Wide:$input, QInt_Wide:$table, UnitAttr:$tanh);
  let results = (outs QInt_Word:$output);
  let assemblyFormat = [{
    $input `,` $table attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ShareOp : QInt_Op<"share"> {
  let summary = "16-bit terms divided by their sum, as codes of scale 2^-15";
  let description = [{
    `out = clamp(round(in / sum), 0, 2^15 - 1)` with the reciprocal of `sum`
    from 513 points of `1 / (1 + x)`. Rule `softmax-x4`. `sum` has the shape of
    the result with 1 for the last axis.
  }];
  let arguments = (ins QInt_Word:$input, QInt_Wide:$sum, QInt_Word:$table);
  let results = (outs QInt_Word:$output);
  let assemblyFormat = [{
    $input `,` $sum `,` $table attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif
