#include "dialects/Decimal.h"
#include "passes/Quantize/DataFree.h"
#include "passes/Quantize/GivenProfile.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_ASSIGNRANGES
#include "passes/Quantize/Passes.h.inc"

namespace {

/// The range that all codes of a quantized type cover.
Range coveredRange(quant::UniformQuantizedType type) {
  auto real = [&](int64_t code) {
    return (code - type.getZeroPoint()) * type.getScale();
  };
  return {real(type.getStorageTypeMin()), real(type.getStorageTypeMax())};
}

/// States the type of a value that becomes codes of it.
void stateType(Value value, Type element) {
  auto type = dyn_cast<quant::UniformQuantizedType>(element);
  if (!type || !isActivation(value) || getFact(value, "qgraph.type"))
    return;
  setFact(value, "qgraph.type", TypeAttr::get(type));
  setRange(value, coveredRange(type));
}

/// Removes the pairs of casts that state a value's type. The first pair on an
/// activation is kept as its `qgraph.type` and `qgraph.range`; pairs on
/// constants and further pairs only go. Casts between integer ops and float
/// ones stay until types are applied, and state the types of their float side.
LogicalResult takeHints(func::FuncOp function) {
  SmallVector<quant::QuantizeCastOp> casts(
      function.front().getOps<quant::QuantizeCastOp>());
  for (quant::QuantizeCastOp quantize : casts) {
    Value value = quantize.getInput();
    auto type = dyn_cast<quant::UniformQuantizedType>(elementTypeOf(quantize));
    bool read = llvm::any_of(quantize->getUsers(), [](Operation *user) {
      return !isa<quant::DequantizeCastOp>(user);
    });
    if (read || (type && type.getStorageTypeIntegralWidth() == 8))
      stateType(value, type);
    if (read && !isActivation(value))
      return quantize.emitOpError("makes codes of a constant; expected them in "
                                  "a qgraph.constant");
    for (Operation *user : llvm::make_early_inc_range(quantize->getUsers()))
      if (auto back = dyn_cast<quant::DequantizeCastOp>(user)) {
        back.getResult().replaceAllUsesWith(value);
        back.erase();
      }
    if (!read)
      quantize.erase();
  }
  for (auto dequantize : function.front().getOps<quant::DequantizeCastOp>())
    stateType(dequantize.getResult(), elementTypeOf(dequantize.getInput()));
  return success();
}

class AssignRangesPass : public impl::AssignRangesBase<AssignRangesPass> {
public:
  using AssignRangesBase::AssignRangesBase;
  AssignRangesPass() = default;
  explicit AssignRangesPass(const QuantizeOptions &options) : given(options) {}
  AssignRangesPass(const AssignRangesPass &other)
      : AssignRangesBase(other), given(other.given) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(checkQuantizable(getOperation())))
      return signalPassFailure();
    QuantizeOptions options;
    GivenProfile file;
    if (failed(resolveOptions(options, file)) || failed(takeHints(function)) ||
        failed(describeInputs(function, options)))
      return signalPassFailure();
    rangeTables(function);
    LogicalResult done = options.profile ? measuredRanges(function, options)
                                         : estimatedRanges(function, options);
    if (failed(done) || failed(checkRanges(function)))
      signalPassFailure();
  }

private:
  /// The options of the program, or those of the text.
  LogicalResult resolveOptions(QuantizeOptions &options, GivenProfile &file) {
    if (given) {
      options = *given;
      return success();
    }
    llvm::Expected<Observer> parsed = parseObserver(observer);
    if (!parsed)
      return getOperation().emitError(llvm::toString(parsed.takeError()));
    options.observer = *parsed;
    auto kind = llvm::StringSwitch<std::optional<InputFormat::Kind>>(inputType)
                    .Case("f32", InputFormat::Real)
                    .Case("u8", InputFormat::U8)
                    .Case("s8", InputFormat::S8)
                    .Default(std::nullopt);
    if (!kind)
      return getOperation().emitError("input type must be f32, u8 or s8, "
                                      "found '")
             << inputType << "'";
    options.inputs = {{*kind, inputMean, inputStd}};
    options.inputRange = {inputLow, inputHigh};
    options.spread = spread;
    if (failed(file.read(getOperation(), profilePath)))
      return failure();
    options.profile = file.get();
    return success();
  }

  /// Attaches the byte formats to the arguments and gives these their ranges.
  LogicalResult describeInputs(func::FuncOp function,
                               const QuantizeOptions &options) {
    Builder builder(&getContext());
    for (BlockArgument argument : function.getArguments()) {
      if (!isActivation(argument))
        continue;
      unsigned index = argument.getArgNumber();
      InputFormat format;
      if (!options.inputs.empty())
        format =
            options.inputs[std::min<size_t>(index, options.inputs.size() - 1)];
      if (!getFact(argument, "qgraph.input_type") &&
          !getFact(argument, "qgraph.type") &&
          format.kind != InputFormat::Real) {
        bool isU8 = format.kind == InputFormat::U8;
        setFact(argument, "qgraph.input_type",
                builder.getStringAttr(isU8 ? "u8" : "s8"));
        setFact(argument, "qgraph.input_mean",
                builder.getF64FloatAttr(format.mean));
        setFact(argument, "qgraph.input_std",
                builder.getF64FloatAttr(format.std));
      }
      if (failed(applyByteFormat(argument)))
        return failure();
    }
    return success();
  }

  /// The type of an argument that holds raw bytes.
  LogicalResult applyByteFormat(BlockArgument argument) {
    auto kind =
        dyn_cast_or_null<StringAttr>(getFact(argument, "qgraph.input_type"));
    if (!kind || getFact(argument, "qgraph.type"))
      return success();
    auto number = [&](StringRef name, double otherwise) {
      auto attr = dyn_cast_or_null<FloatAttr>(getFact(argument, name));
      return attr ? attr.getValueAsDouble() : otherwise;
    };
    double mean = number("qgraph.input_mean", 0);
    double std = number("qgraph.input_std", 1);
    bool isSigned = kind.getValue() == "s8";
    QuantScheme scheme{8, isSigned, false};
    std::string name = layerOf(argument);
    auto fail = [&] {
      return emitError(argument.getLoc()) << "argument '" << name << "' ";
    };
    if (!isSigned && kind.getValue() != "u8")
      return fail() << "has input type '" << kind.getValue()
                    << "', expected u8 or s8";
    if (!(std > 0) || !std::isfinite(1 / std))
      return fail() << "needs an input deviation above 0, found "
                    << decimal(std);
    double zero = std::round(mean);
    if (!(zero >= scheme.storageMin() && zero <= scheme.storageMax()))
      return fail() << "needs an input mean in [" << scheme.storageMin() << ", "
                    << scheme.storageMax() << "], found " << decimal(mean);
    if (zero != mean)
      emitRemark(argument.getLoc())
          << "argument '" << name << "': input mean " << decimal(mean)
          << " is no integer, bytes stand for (byte - " << decimal(zero)
          << ") / " << decimal(std);
    auto type = activationType(&getContext(),
                               {1 / std, static_cast<int32_t>(zero)}, isSigned);
    setFact(argument, "qgraph.type", TypeAttr::get(type));
    setRange(argument, coveredRange(type));
    return success();
  }

  /// Rows of a constant table have its range, whichever of them calibration
  /// has looked up.
  static void rangeTables(func::FuncOp function) {
    for (auto lookup : function.front().getOps<qgraph::LookupOp>()) {
      auto table = lookup.getInput().getDefiningOp<qgraph::ConstantOp>();
      auto dense = table ? dyn_cast<DenseFPElementsAttr>(table.getValue())
                         : DenseFPElementsAttr();
      if (!dense || !isActivation(lookup) || getRange(lookup))
        continue;
      Range range;
      for (float value : dense.getValues<float>()) {
        range.lo = std::min<double>(range.lo, value);
        range.hi = std::max<double>(range.hi, value);
      }
      setRange(lookup, range);
    }
  }

  LogicalResult measuredRanges(func::FuncOp function,
                               const QuantizeOptions &options) {
    for (Value value : activations(function)) {
      if (getRange(value))
        continue;
      std::string layer = layerOf(value);
      const ValueStats *stats = options.profile->find(layer);
      if (!stats)
        return emitError(value.getLoc())
               << "the profile has no statistics of layer '" << layer
               << "', expected one that was collected from this network";
      QuantScheme scheme = activationScheme(getBits(value));
      if (options.observer.kind == ObserverKind::Auto)
        setBestRange(value, tryRanges(*stats, scheme).front());
      else
        setRange(value, chooseRange(*stats, options.observer, scheme));
    }
    return success();
  }

  /// Also says which observer was best and how good it is, for reports.
  static void setBestRange(Value value, const RangeChoice &best) {
    Builder builder(value.getContext());
    setRange(value, best.range);
    setFact(value, "qgraph.observer",
            builder.getStringAttr(observerName(best.kind)));
    if (std::isfinite(best.sqnr))
      setFact(value, "qgraph.range_sqnr", builder.getF64FloatAttr(best.sqnr));
  }

  LogicalResult estimatedRanges(func::FuncOp function,
                                const QuantizeOptions &options) {
    llvm::DenseMap<Value, Range> known;
    std::string assumed;
    bool complete = true;
    for (Value value : activations(function)) {
      if (std::optional<Range> range = getRange(value)) {
        known[value] = *range;
      } else if (isa<BlockArgument>(value)) {
        Range range = options.inputRange;
        known[value] = range;
        assumed = "; inputs are taken to be in [" + decimal(range.lo) + ", " +
                  decimal(range.hi) + "]";
      }
      complete &= known.contains(value);
    }
    if (!complete || !assumed.empty())
      emitRemark(function.getLoc())
          << "ranges are estimates from the weights and norms, since there is "
             "no calibration data"
          << assumed;
    auto ranges = estimateRanges(function, known, {options.spread});
    for (Value value : activations(function))
      if (!getRange(value))
        setRange(value, ranges.lookup(value));
    return success();
  }

  LogicalResult checkRanges(func::FuncOp function) {
    for (Value value : activations(function)) {
      Range range = getRange(value).value_or(Range{1, 0});
      if (!std::isfinite(range.lo) || !std::isfinite(range.hi) ||
          range.lo > range.hi)
        return emitError(value.getLoc())
               << "layer '" << layerOf(value) << "' has the range ["
               << decimal(range.lo) << ", " << decimal(range.hi)
               << "], expected two ordered finite numbers";
    }
    return success();
  }

  /// Set when a program made the pass.
  std::optional<QuantizeOptions> given;
};

} // namespace

std::unique_ptr<Pass> createAssignRanges(const QuantizeOptions &options) {
  return std::make_unique<AssignRangesPass>(options);
}

} // namespace qcc
