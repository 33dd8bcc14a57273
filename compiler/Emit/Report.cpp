#include "compiler/Emit/Report.h"

#include "passes/Schedule/Layouts.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace mlir;

namespace qcc::emit {
namespace {

int64_t macsOf(Operation *op) {
  auto elements = [](Value v) {
    return cast<RankedTensorType>(v.getType()).getNumElements();
  };
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case([&](qint::Conv2DOp o) {
        auto filter = cast<RankedTensorType>(o.getFilter().getType());
        return elements(o.getOutput()) * filter.getNumElements() /
               filter.getDimSize(0);
      })
      .Case([&](qint::MatMulOp o) {
        return elements(o.getOutput()) *
               cast<RankedTensorType>(o.getLhs().getType()).getDimSize(2);
      })
      .Default([](Operation *) { return int64_t(0); });
}

KernelRow describe(qint::KernelOp kernel,
                   const std::map<std::string, LayerFacts> &facts) {
  KernelRow row;
  row.name = kernel.getLayer().str();
  auto type = cast<RankedTensorType>(kernel.getType());
  row.shape.assign(type.getShape().begin(), type.getShape().end());
  row.outputBytes = layoutOf(kernel.getOutput()).bytes();
  if (auto symbol = kernel->getAttrOfType<StringAttr>("qint.symbol"))
    row.symbol = symbol.str();
  if (auto bytes = kernel->getAttrOfType<IntegerAttr>("qint.packed_bytes"))
    row.packedBytes = bytes.getInt();
  if (auto bytes =
          kernel->getAttrOfType<IntegerAttr>("qint.stored_weight_bytes"))
    row.storedWeightBytes = bytes.getInt();
  if (auto bits = kernel->getAttrOfType<IntegerAttr>("qint.stored_weight_bits"))
    row.storedWeightBits = static_cast<unsigned>(bits.getInt());
  row.scratchBytes = static_cast<int64_t>(kernel.getScratch().value_or(0));
  if (auto offset = kernel.getOffset())
    row.offset = static_cast<int64_t>(*offset);
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    row.macs += macsOf(&op);
    if (!row.ops.empty())
      row.ops += "+";
    row.ops += op.getName().stripDialect().str();
    if (auto layer = op.getAttrOfType<StringAttr>("qint.layer"))
      if (row.layers.empty() || row.layers.back() != layer.getValue())
        row.layers.push_back(layer.str());
  }
  if (row.ops.empty())
    row.ops = "copy";
  for (Value input : kernel.getInputs()) {
    auto constant = input.getDefiningOp<qint::ConstantOp>();
    if (!constant)
      continue;
    auto stored = cast<RankedTensorType>(constant.getType());
    unsigned bits = stored.getElementTypeBitWidth();
    row.weightBytes += (stored.getNumElements() * bits + 7) / 8;
    if (stored.getRank() == 4 && bits <= 8)
      row.weightBits = bits;
  }
  if (!row.layers.empty())
    if (auto found = facts.find(row.layers.back()); found != facts.end())
      row.facts = found->second;
  return row;
}

std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

/// "4", or "4 in 8" where the code reads them from more bits.
std::string bitsText(const KernelRow &row) {
  if (!row.weightBits)
    return "";
  std::string text = std::to_string(row.weightBits);
  if (row.storedWeightBits > row.weightBits)
    text += " in " + std::to_string(row.storedWeightBits);
  return text;
}

nlohmann::ordered_json portJson(const Port &port) {
  nlohmann::ordered_json json = {{"name", port.name},
                                 {"type", port.elementType},
                                 {"shape", port.shape},
                                 {"bytes", port.bytes}};
  if (!port.scale.empty()) {
    json["scale"] = std::stod(port.scale);
    json["zero_point"] = port.zeroPoint;
  }
  return json;
}

nlohmann::ordered_json kernelJson(const KernelRow &row) {
  nlohmann::ordered_json json = {{"name", row.name},
                                 {"layers", row.layers},
                                 {"ops", row.ops},
                                 {"shape", row.shape},
                                 {"macs", row.macs},
                                 {"weight_bits", row.weightBits},
                                 {"weight_bytes", row.weightBytes},
                                 {"packed_bytes", row.packedBytes},
                                 {"stored_weight_bits", row.storedWeightBits},
                                 {"stored_weight_bytes", row.storedWeightBytes},
                                 {"symbol", row.symbol},
                                 {"code_bytes", row.codeBytes},
                                 {"output_bytes", row.outputBytes},
                                 {"scratch_bytes", row.scratchBytes}};
  if (row.instructions)
    json["instructions"] = std::llround(*row.instructions);
  if (row.cyclesEstimate)
    json["cycles_estimate"] = std::llround(*row.cyclesEstimate);
  if (row.offset)
    json["arena_offset"] = *row.offset;
  if (row.facts) {
    json["activation_bits"] = row.facts->bits;
    json["scale"] = row.facts->scale;
    json["zero_point"] = row.facts->zeroPoint;
    if (row.facts->sqnr)
      json["sqnr_db"] = *row.facts->sqnr;
    if (!row.facts->observer.empty())
      json["observer"] = row.facts->observer;
    if (row.facts->rangeSqnr)
      json["range_sqnr_db"] = *row.facts->rangeSqnr;
  }
  return json;
}

} // namespace

std::vector<KernelRow>
describeKernels(func::FuncOp function,
                const std::map<std::string, LayerFacts> &facts) {
  std::vector<KernelRow> rows;
  for (qint::KernelOp kernel : function.getOps<qint::KernelOp>())
    rows.push_back(describe(kernel, facts));
  return rows;
}

/// None where nothing is known.
static std::optional<double> unlessZero(double cycles) {
  return cycles > 0 ? std::optional<double>(cycles) : std::nullopt;
}

void addCosts(Report &report, const InstructionCounts &counts) {
  for (KernelRow &row : report.kernels) {
    row.instructions = totalInstructions(counts, row.symbol);
    row.cyclesEstimate = unlessZero(totalCycles(counts, row.symbol));
    for (const ObjectFunction &function : report.object.functions)
      if (function.name == row.symbol)
        row.codeBytes = static_cast<int64_t>(function.bytes);
  }
  report.instructions =
      totalInstructions(counts, report.interface.prefix + "_run");
  report.cyclesEstimate =
      unlessZero(totalCycles(counts, report.interface.prefix + "_run"));
}

std::string reportText(const Report &report) {
  std::string text = fmt::format("{} for {}\n\n", report.source, report.target);
  text += fmt::format(
      "{:<20} {:<34} {:<14} {:>10} {:>9} {:>7} {:>9} {:>7} {:>12} {:>12}\n",
      "kernel", "ops", "shape", "macs", "weights", "bits", "scale", "SQNR",
      "instructions", report.cyclesEstimate ? "est. cycles" : "");
  int64_t macs = 0;
  for (const KernelRow &row : report.kernels) {
    macs += row.macs;
    text += fmt::format(
        "{:<20} {:<34} {:<14} {:>10} {:>9} {:>7} {:>9} {:>7} {:>12} {:>12}\n",
        row.name, row.ops, shapeText(row.shape), row.macs, row.weightBytes,
        bitsText(row), row.facts ? fmt::format("{:.5g}", row.facts->scale) : "",
        row.facts && row.facts->sqnr ? fmt::format("{:.1f}", *row.facts->sqnr)
                                     : "",
        row.instructions ? std::to_string(std::llround(*row.instructions)) : "",
        row.cyclesEstimate ? std::to_string(std::llround(*row.cyclesEstimate))
                           : "");
  }
  text += fmt::format("\nmultiply-adds {}\n", macs);
  if (report.instructions)
    text +=
        fmt::format("instructions {}\n", std::llround(*report.instructions));
  if (report.cyclesEstimate)
    text += fmt::format("cycles {} (estimate, LLVM's scheduling model)\n",
                        std::llround(*report.cyclesEstimate));
  text += fmt::format("flash {} bytes (code {}, constants {})\n",
                      report.object.flashBytes(), report.object.textBytes,
                      report.object.rodataBytes);
  text += fmt::format("arena {} bytes (live at once at most {})\n",
                      report.interface.arenaBytes, report.arenaLowerBound);
  if (report.stackBytes)
    text += fmt::format("stack {} bytes\n", *report.stackBytes);
  if (!report.equalization.empty())
    text += "\nequalization\n";
  for (const LayerNote &note : report.equalization)
    text += fmt::format("{:<20} {}\n", note.layer, note.text);
  return text;
}

std::string reportJson(const Report &report) {
  nlohmann::ordered_json json;
  json["model"] = report.source;
  json["target"] = report.target;
  json["flash_bytes"] = report.object.flashBytes();
  json["code_bytes"] = report.object.textBytes;
  json["constant_bytes"] = report.object.rodataBytes;
  if (report.instructions)
    json["instructions"] = std::llround(*report.instructions);
  if (report.cyclesEstimate)
    json["cycles_estimate"] = std::llround(*report.cyclesEstimate);
  json["arena_bytes"] = report.interface.arenaBytes;
  json["arena_lower_bound"] = report.arenaLowerBound;
  if (report.stackBytes)
    json["stack_bytes"] = *report.stackBytes;
  for (const Port &port : report.interface.inputs)
    json["inputs"].push_back(portJson(port));
  for (const Port &port : report.interface.outputs)
    json["outputs"].push_back(portJson(port));
  for (const KernelRow &row : report.kernels)
    json["kernels"].push_back(kernelJson(row));
  for (const LayerNote &note : report.equalization)
    json["equalization"].push_back(
        {{"layer", note.layer}, {"what", note.text}});
  return json.dump(2) + "\n";
}

} // namespace qcc::emit
