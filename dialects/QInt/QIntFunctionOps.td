// Functions of whole rows in 32-bit fixed point (dialects/QInt/Functions.h).
#ifndef QCC_DIALECTS_QINT_QINTFUNCTIONOPS_TD
#define QCC_DIALECTS_QINT_QINTFUNCTIONOPS_TD

def QInt_InverseRootOp : QInt_Op<"inverse_root"> {
  let summary = "1 / sqrt(count * squares - sum^2 + addend), as a row scale";
  let description = [{
    Rule `root-n1`. Without `sum` it counts as 0. The radicand is at least 1 and
    below 2^62. A row scale `r` is a mantissa in its upper 24 bits, which stands
    for `(r & ~255) / 2^31` in [1/2, 1), and an exponent in its lowest 8.
  }];
  let arguments = (ins QInt_Wide:$squares, Optional<QInt_Wide>:$sum,
                       I64Attr:$count, I64Attr:$addend, QInt_FormAttr:$form);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $squares (`,` $sum^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_NormOp : QInt_Op<"norm"> {
  let summary = "rows less their means, times a row scale, gamma and beta";
  let description = [{
    With `c = count * (in - input_zero_point) - sum` of a row's last axis (`in -
    input_zero_point` without `sum`) and `r` its row scale,
    `out = clamp(((high(c * r, gamma) + beta) >> shift) + zero_point, min, max)`,
    where `c * r` has `fraction` bits. Rule `norm-n2`.
  }];
  let arguments = (ins QInt_Code:$input, QInt_Wide:$scale, QInt_Wide:$gamma,
                       QInt_Wide:$beta, Optional<QInt_Wide>:$sum,
                       I32Attr:$input_zero_point, I32Attr:$fraction,
                       I32Attr:$shift, I32Attr:$zero_point, I32Attr:$min,
                       I32Attr:$max);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $input `,` $scale `,` $gamma `,` $beta (`,` $sum^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

/// How far below the largest of its row a code is, as a power of two.
class QInt_PowerOp<string mnemonic, list<Trait> traits = []>
    : QInt_Op<mnemonic, traits> {
  let hasVerifier = 1;
}

def QInt_PowerSumOp : QInt_PowerOp<"power_sum"> {
  let summary = "sum over the last axis of powers of two, with 15 bits";
  let description = [{
    `out = sum of p(largest - in)` over the last axis, which becomes 1. With a
    table of 256 entries, `p(d) = table[d] + 2^15`; without one,
    `p(d) = 2^15 * 2^(-u / 2^16)` for `u = (d * multiplier) >> shift`. Rule
    `softmax-x5`. `largest` has the shape of the result.
  }];
  let arguments = (ins QInt_Code:$input, QInt_Code:$largest,
                       Optional<QInt_Word>:$table, I32Attr:$multiplier,
                       I32Attr:$shift, QInt_FormAttr:$form);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input `,` $largest (`,` $table^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def QInt_PowerShareOp : QInt_PowerOp<"power_share"> {
  let summary = "powers of two divided by their sum";
  let description = [{
    `out = clamp(up(p(largest - in) * scale * 2^bits) + zero_point, min,
    max)` with `p` as in `power_sum` and `scale` the row scale of the sum's
    reciprocal. Rule `softmax-x6`.
  }];
  let arguments = (ins QInt_Code:$input, QInt_Code:$largest, QInt_Wide:$scale,
                       Optional<QInt_Word>:$table, I32Attr:$multiplier,
                       I32Attr:$shift, QInt_FormAttr:$form, I32Attr:$bits,
                       I32Attr:$zero_point, I32Attr:$min, I32Attr:$max);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $input `,` $largest `,` $scale (`,` $table^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def QInt_PowerLogOp : QInt_PowerOp<"power_log"> {
  let summary = "logarithms of powers of two divided by their sum";
  let description = [{
    `out = -((largest - in) * multiplier >> shift) - logarithm`, with 16 bits.
    Rule `logsoftmax-x2`. `logarithm` has the shape of `largest`.
  }];
  let arguments = (ins QInt_Code:$input, QInt_Code:$largest,
                       QInt_Wide:$logarithm, I32Attr:$multiplier,
                       I32Attr:$shift);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input `,` $largest `,` $logarithm attr-dict `:`
    functional-type(operands, results)
  }];
}

def QInt_ReciprocalOp : QInt_Op<"reciprocal"> {
  let summary = "1 / in, as a row scale";
  let description = [{
    Rule `reciprocal-n4`. Elements are positive.
  }];
  let arguments = (ins QInt_Wide:$input, QInt_FormAttr:$form);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_LogarithmOp : QInt_Op<"logarithm"> {
  let summary = "log2(in / 2^15) with 16 bits";
  let description = [{
    Rule `logarithm-n5`. Elements are positive.
  }];
  let arguments = (ins QInt_Wide:$input, QInt_FormAttr:$form);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_GateOp : QInt_Op<"gate"> {
  let summary = "logistic function of a multiple of a code, and what uses it";
  let description = [{
    With `c = in - zero_point` and `g` the logistic function (`gelu`: the normal
    distribution) of `c` in steps that `multiplier / 2^shift` states, in 15 bits:
    `logistic` is `g`, `tanh` `2 g - 2^15`, `swish` and `gelu` `c * g`. Rule
    `gate-f5`.
  }];
  let arguments = (ins QInt_Code:$input, QInt_GateKindAttr:$kind,
                       I32Attr:$zero_point, I32Attr:$multiplier,
                       I32Attr:$shift, QInt_FormAttr:$form);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $kind $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif
