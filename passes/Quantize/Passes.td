#ifndef QCC_PASSES_QUANTIZE_PASSES_TD
#define QCC_PASSES_QUANTIZE_PASSES_TD

include "mlir/Pass/PassBase.td"

def AssignBits : Pass<"qcc-assign-bits", "::mlir::ModuleOp"> {
  let summary = "every layer gets the number of bits that a plan says";
  let description = [{
    In: a float function of qgraph ops that carry `qgraph.layer`. Out: the
    attribute `qgraph.bits` on every float result and argument that gets other
    than 8 bits, `qgraph.bits_given` where the plan names it or a value that
    shares its type, and `qgraph.weight_bits` on convolutions with filters of
    other than 8 bits, and `qgraph.form` on every function that the plan gives a
    form.

    Values that share a type (see `qcc-assign-types`) share their bits: the plan
    may name any of them, or several with the same bits. A softmax has results
    of 8 bits, or of 16 if its inputs have 16; as long as the plan does not name
    it, a remark says that it keeps 8.
  }];
  let options = [
    Option<"planPath", "plan", "std::string", "\"\"",
           "the .qplan file; without one, all layers are alike">,
    Option<"weightBits", "weight-bits", "unsigned", "8",
           "2, 4, 6 or 8 bits for every filter">,
    Option<"activationBits", "activation-bits", "unsigned", "8",
           "4, 6, 8 or 16 bits for every activation">
  ];
}

def WidenResiduals : Pass<"qcc-widen-residuals", "::mlir::ModuleOp"> {
  let summary = "what norms read gets 16 bits where 8 lose too much";
  let description = [{
    In: a float function of qgraph ops that carry `qgraph.layer`, with the bits
    of a plan. Out: `qgraph.bits = 16` on inputs of norms, on the sums and the
    moved elements that these are made of, and on all values that share their
    types, where 8 bits leave less than `threshold` dB. The signal is what the
    norm works on: the variance of its input for `layer_norm`, which takes the
    mean off, the mean square for `rms_norm`; the noise is that of the values'
    8-bit codes on the profile. A remark says how many there are. Values with
    bits of a plan, with types of their own and arguments keep them, and so do
    all if other values have other than 8 bits.

    With `bits`, all inputs of norms, and sums that these are made of, get so
    many bits, whatever the others have; 8 also if others have less.
  }];
  let options = [
    Option<"bits", "bits", "unsigned", "0",
           "4, 6, 8 or 16 for all inputs of norms, 0 for what they need">,
    Option<"threshold", "threshold", "double", "33",
           "signal over noise that 8 bits must leave, in dB">,
    Option<"profilePath", "profile", "std::string", "\"\"",
           "the .qprof file with calibration statistics">
  ];
}

def Equalize : Pass<"qcc-equalize", "::mlir::ModuleOp"> {
  let summary = "channels get like ranges, the network computes the same";
  let description = [{
    In: a float function of qgraph ops that carry `qgraph.layer`. Out: the same
    function with other constants, where the channels of a filter have ranges
    as alike as scales between layers allow, and with the attribute
    `qgraph.equalization`, a text, on every convolution: what was scaled, and
    why something was not. `qgraph.output_mean` and `qgraph.output_std` follow.

    With `absorb`, biases that keep a channel's values above zero move into the
    next layer. That rests on the statistics of batch normalization: values
    further than `spread` deviations below the mean change.
  }];
  let options = [
    Option<"absorb", "absorb", "bool", "false", "absorb high biases">,
    Option<"spread", "spread", "double", "3",
           "values are taken to reach that many deviations below the mean">
  ];
}

def Reparameterize : Pass<"qcc-reparameterize", "::mlir::ModuleOp"> {
  let summary = "channels of norms get like ranges, the network computes the same";
  let description = [{
    In: a float function of qgraph ops that carry `qgraph.layer`. Out: the same
    function where every channel of the result of a `layer_norm` or `rms_norm`
    that only convolutions read has one range, stated as `qgraph.range`: scales
    (and for `layer_norm` shifts) went into gamma, beta and the filters and
    biases of the readers. The ranges before are those of the profile; without
    one, `spread` times gamma around beta. The attribute `qgraph.equalization`
    of a norm says how far its channels were apart. RepQ-ViT (Li et al., 2023)
    with the clipping of RepQuant.

    `smooth` instead divides channels by `max^strength`, over the largest
    weight of their readers to the power of `1 - strength`
    (SmoothQuant, Xiao et al., 2023), and `log` by `max / log2(2 + max)` (FPTQ,
    Li et al., 2023): without shifts, and the range is that of all channels.
  }];
  let options = [
    Option<"mode", "mode", "std::string", "\"on\"",
           "on, median, clip, smooth[=strength], log or off">,
    Option<"profilePath", "profile", "std::string", "\"\"",
           "the .qprof file with calibration statistics">,
    Option<"spread", "spread", "double", "4",
           "without a profile, ranges reach that many times gamma around beta">
  ];
}

def AssignForms : Pass<"qcc-assign-forms", "::mlir::ModuleOp"> {
  let summary = "functions get the form in which integers compute them";
  let description = [{
    In: a float function of qgraph ops. Out: the same with the attribute
    `qgraph.form` on every op of which integers know several forms (softmax,
    norms, logistic, tanh, SiLU, GELU) that did not have one. Ops that keep a
    foreign kernel's arithmetic are left alone.
  }];
  let options = [
    Option<"form", "form", "std::string", "\"polynomial\"",
           "polynomial, shift or table">
  ];
}

def AssignRanges : Pass<"qcc-assign-ranges", "::mlir::ModuleOp"> {
  let summary = "every float tensor gets the range that its integers cover";
  let description = [{
    In: a float function of qgraph ops that carry `qgraph.layer`. Out: the
    attribute `qgraph.range = array<f64: lo, hi>` on every op with an f32 result
    (constants aside) and on every argument. The range comes from, in this
    order: a `quant.qcast`/`quant.dcast` pair on the value, which is removed
    and whose type is kept as `qgraph.type`; the profile; or, without a
    profile, an estimate from batch-normalization statistics
    (`qgraph.output_mean`, `qgraph.output_std`) carried through the graph, upon
    which a remark says so.

    With the observer `auto`, every value gets the range of the least squared
    error among those that the others propose, `qgraph.observer` names the one
    that proposed it and `qgraph.range_sqnr` is its score: signal over error
    of the values seen, in dB.

    An argument fed with raw bytes gets `qgraph.input_type` ("u8" or "s8"),
    `qgraph.input_mean` and `qgraph.input_std` (in byte units); attributes that
    it has already win over the options.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let options = [
    Option<"profilePath", "profile", "std::string", "\"\"",
           "the .qprof file with calibration statistics">,
    Option<"observer", "observer", "std::string", "\"mse\"",
           "minmax, percentile[=percent], mse, entropy or auto">,
    Option<"inputType", "input-type", "std::string", "\"f32\"",
           "f32, u8 or s8: what the arguments hold">,
    Option<"inputMean", "input-mean", "double", "0",
           "byte value that stands for 0">,
    Option<"inputStd", "input-std", "double", "1",
           "byte steps that stand for 1">,
    Option<"inputLow", "input-low", "double", "-3",
           "lower end of f32 arguments when estimating ranges">,
    Option<"inputHigh", "input-high", "double", "3",
           "upper end of f32 arguments when estimating ranges">,
    Option<"spread", "spread", "double", "4",
           "estimated ranges reach this many standard deviations">
  ];
}

def LogShares : Pass<"qcc-log-shares", "::mlir::ModuleOp"> {
  let summary = "softmax results of 4 bits become logarithms";
  let description = [{
    In: what `qcc-assign-ranges` leaves. Out: the same float function, where a
    softmax whose results have 4 bits and are factors of matrix products is a
    logarithm of it with 16 codes, powers of the square root of 1/2, as
    `qgraph.type`, and an exponential of these codes with 8 bits. Steps of
    1/16 would leave most shares of a long row at 0. Results of the network
    keep their bits. Log-sqrt2 quantization of RepQ-ViT (Li et al., 2023), with
    a table of 16 entries for its powers, so that one product does.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

def ScaleShares : Pass<"qcc-scale-shares", "::mlir::ModuleOp"> {
  let summary = "softmax results get steps that fit them, and mean sums of 1";
  let description = [{
    In: what `qcc-assign-ranges` leaves, with a profile. Out: the same, where
    every softmax whose results have at most 8 bits and are factors of matrix
    products has a `qgraph.type`, and `qgraph.share_bits = b`: its codes are
    shares in steps of `2^-b`, the finest in which they reach the largest share
    of the profile, and stand for steps larger or smaller by what gives the
    products the least squared error (rule softmax-x8). Results of the network, and
    kernels of other compilers, keep their types. Softmax bias correction
    (Pandey et al., 2023), folded into the scale.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let options = [
    Option<"profilePath", "profile", "std::string", "\"\"",
           "the .qprof file with calibration statistics">
  ];
}

def AssignTypes : Pass<"qcc-assign-types", "::mlir::ModuleOp"> {
  let summary = "every activation gets the quantized type it will have";
  let description = [{
    In: what `qcc-assign-ranges` leaves. Out: the same float function, with
    `qgraph.type = !quant.uniform<i8:f32, scale:zero>` on every op with an f32
    result and every argument (u8 storage for arguments that hold bytes;
    `i8<-8:7>` for `qgraph.bits = 4`, i16 with zero point 0 for 16).

    Values that must or may as well share a type get the union of their ranges:
    ops that only move elements and their input; a clamp and its input that
    nothing else reads; concat, maximum or minimum and each input that nothing
    else reads. In such a group only the values that are read from outside
    count. Sigmoid has the scale 1/256 and zero point -128, tanh 1/128 and 0;
    in 16 bits both have 2^-15 and 0.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

def RoundWeights : Pass<"qcc-round-weights", "::mlir::ModuleOp"> {
  let summary = "filters become codes times scales, in float";
  let description = [{
    In: what `qcc-assign-types` leaves. Out: the same float function, with
    filters of less than 8 bits (or all, if the rounding is not to nearest)
    replaced by what their codes stand for, and `qgraph.weight_scales`, one for
    each output channel, at the convolution. Convolutions, transposed ones too,
    whose inputs have been measured are rounded with regard to the data, in order
    of the network; others to nearest, with the scale of least squared error.
    Biases make up for the means of the errors if asked for: those measured, or,
    without data, those that batch normalizations state (`qgraph.output_mean`),
    carried through the graph.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let options = [
    Option<"biasCorrection", "bias-correction", "bool", "false",
           "biases make up for the means of the errors">
  ];
}

def ApplyTypes : Pass<"qcc-apply-types", "::mlir::ModuleOp"> {
  let summary = "the function becomes a quantized one";
  let description = [{
    In: what `qcc-assign-types` leaves. Out: every activation has the type that
    was assigned, in the function's signature too. Filters are
    `!quant.uniform<i8<-127:127>:f32:0, {...}>`, one symmetric scale per output
    channel, each weight rounded to nearest, ties away from zero (`i4<-7:7>`
    and `i2<-2:1>` for `qgraph.weight_bits` 4 and 2); biases are
    `i32` with the scale of the input times the channel's. Where a bias would
    exceed 2^30 in that scale, the channel's weights get a larger one. With
    `granularity=tensor` all channels of a filter have the largest scale that
    one of them needs. Other constants get 8 bits and one scale.
  }];
  let options = [
    Option<"granularity", "granularity", "std::string", "\"channel\"",
           "channel or tensor: how many scales a filter has">
  ];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

def VerifyQuantized : Pass<"qcc-verify-quantized", "::mlir::ModuleOp"> {
  let summary = "checks the contract between Quantize and LowerToInt";
  let description = [{
    No f32 tensor is left; zero points and scales fit their storage; ops that
    only move elements keep their type; weights and biases have the types that
    `qcc-apply-types` gives them. Every violation is an error.
  }];
}

#endif
