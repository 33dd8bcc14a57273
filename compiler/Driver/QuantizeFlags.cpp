#include "compiler/Driver/QuantizeFlags.h"

namespace cl = llvm::cl;

namespace qcc::driver {

QuantizeFlags::QuantizeFlags(cl::OptionCategory &category)
    : observer("observer",
               cl::desc("how ranges are chosen: mse (default), minmax, "
                        "percentile[=percent], entropy, auto"),
               cl::value_desc("kind"), cl::init("mse"), cl::cat(category)),
      plan("plan", cl::desc("bits of every layer (.qplan)"),
           cl::value_desc("file"), cl::cat(category)),
      rounding("rounding",
               cl::desc("how weights are rounded: auto (default), nearest, "
                        "comq, gptq, gptqv2, qep[=strength], adaquant"),
               cl::value_desc("kind"), cl::init("auto"), cl::cat(category)),
      biasCorrection("bias-correction",
                     cl::desc("biases make up for the means of errors: auto "
                              "(default), on, off"),
                     cl::value_desc("switch"), cl::init("auto"),
                     cl::cat(category)),
      weightBits("weight-bits", cl::desc("bits of all weights: 2, 4, 6 or 8"),
                 cl::value_desc("n"), cl::init(8), cl::cat(category)),
      activationBits("activation-bits",
                     cl::desc("bits of all activations: 4, 6, 8 or 16"),
                     cl::value_desc("n"), cl::init(8), cl::cat(category)),
      granularity("weight-granularity",
                  cl::desc("scales of a filter: one for each channel (channel, "
                           "the default) or one (tensor)"),
                  cl::value_desc("kind"), cl::init("channel"),
                  cl::cat(category)),
      equalization("equalize",
                   cl::desc("channels get like ranges: on, off, absorb (high "
                            "biases too), auto (default: where filters have "
                            "one scale)"),
                   cl::value_desc("mode"), cl::init("auto"), cl::cat(category)),
      reparameterize(
          "reparameterize",
          cl::desc("channels of norms get like ranges: on (default), "
                   "median, clip, smooth[=strength], log, off"),
          cl::value_desc("mode"), cl::init("on"), cl::cat(category)),
      residualBits("residual-bits",
                   cl::desc("bits of what norms read: auto (default: 16 where "
                            "8 lose too much), 4, 6, 8 or 16"),
                   cl::value_desc("n"), cl::init("auto"), cl::cat(category)),
      softmaxCorrection("softmax-correction",
                        cl::desc("shares of attention get steps that fit them "
                                 "and a mean sum of 1: on (default), off"),
                        cl::value_desc("switch"), cl::init("on"),
                        cl::cat(category)),
      functions("functions",
                cl::desc("form of softmax, norms and gates: auto (default), "
                         "polynomial, shift, table, or search (by cost and "
                         "error)"),
                cl::value_desc("form"), cl::init("auto"), cl::cat(category)),
      distill("distill",
              cl::desc("calibrate on so many samples made from the statistics "
                       "of batch normalization"),
              cl::value_desc("n"), cl::init(0), cl::cat(category)) {}

static llvm::Error invalid(llvm::StringRef option, int64_t found,
                           llvm::StringRef expected) {
  return llvm::createStringError("-" + option + ": found '" +
                                 llvm::Twine(found) + "', expected " +
                                 expected);
}

llvm::Error QuantizeFlags::apply(CompileOptions &options) const {
  auto kind = quantize::parseObserver(observer);
  if (!kind)
    return kind.takeError();
  options.observer = *kind;
  auto scales = parseGranularity(granularity);
  if (!scales)
    return scales.takeError();
  options.granularity = *scales;
  auto mode = parseEqualization(equalization);
  if (!mode)
    return mode.takeError();
  options.equalization = *mode;
  auto migration = parseReparameterization(reparameterize);
  if (!migration)
    return migration.takeError();
  options.reparameterize = *migration;
  options.residualBits = 0;
  if (residualBits != "auto" &&
      (llvm::StringRef(residualBits).getAsInteger(10, options.residualBits) ||
       !quantize::isActivationWidth(options.residualBits)))
    return llvm::createStringError("-residual-bits: found '" + residualBits +
                                   "', expected auto, 4, 6, 8 or 16");
  if (softmaxCorrection != "on" && softmaxCorrection != "off")
    return llvm::createStringError("-softmax-correction: found '" +
                                   softmaxCorrection + "', expected on or off");
  options.scaleShares = softmaxCorrection == "on";
  options.searchForms = functions == "search";
  options.functions.clear();
  if (quantize::isFunctionForm(functions))
    options.functions = functions;
  else if (functions != "auto" && !options.searchForms)
    return llvm::createStringError("-functions: found '" + functions +
                                   "', expected auto, polynomial, shift, "
                                   "table or search");
  if (!quantize::isWeightWidth(weightBits))
    return invalid("weight-bits", weightBits, "2, 4, 6 or 8");
  if (!quantize::isActivationWidth(activationBits))
    return invalid("activation-bits", activationBits, "4, 6, 8 or 16");
  if (distill.getNumOccurrences() && (distill < 1 || distill > 1 << 16))
    return invalid("distill", distill, "1 to 65536");
  options.distill = distill;
  if (rounding != "auto") {
    auto method = quantize::parseRounding(rounding);
    if (!method)
      return method.takeError();
    options.rounding = *method;
  }
  if (biasCorrection == "on" || biasCorrection == "off")
    options.biasCorrection = biasCorrection == "on";
  else if (biasCorrection != "auto")
    return llvm::createStringError("-bias-correction: found '" +
                                   biasCorrection +
                                   "', expected auto, on or "
                                   "off");
  if (plan.getNumOccurrences()) {
    for (const cl::opt<unsigned> *other : {&weightBits, &activationBits})
      if (other->getNumOccurrences())
        return llvm::createStringError("-plan and -" + other->ArgStr +
                                       " exclude each other");
    auto read = quantize::Plan::read(plan);
    if (!read)
      return read.takeError();
    options.plan = std::move(*read);
  } else if (weightBits != 8 || activationBits != 8) {
    options.plan.emplace();
    options.plan->weights = weightBits;
    options.plan->activations = activationBits;
  }
  return llvm::Error::success();
}

} // namespace qcc::driver
