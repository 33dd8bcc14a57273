#include "compiler/Driver/ListOps.h"

#include "compiler/Import/Support.h"
#include "passes/Legalize/Legalize.h"
#include "targets/Target.h"

#include <fmt/format.h>

namespace qcc::driver {
namespace {

using import::Form;
using import::OperatorSupport;

const char kHead[] =
    R"(Element types are those of the model. `f32` is quantized by qcc: *yes*; *partly*,
as some forms are refused; *float*, for the float evaluator only; *constant*, where
the operands are known. Integers of the model keep their values: *yes* or *no*.
What becomes integers is compiled for every target.
)";

const char *wordFor(const OperatorSupport &op) {
  if (op.constants)
    return "constant";
  switch (op.floats) {
  case Form::All:
    return "yes";
  case Form::Some:
    return "partly";
  case Form::None:
    return op.bytes ? "no" : "float";
  }
  return "";
}

const char *targetsFor(const OperatorSupport &op) {
  bool integers = op.bytes || op.words || op.floats != Form::None;
  return op.constants ? "-" : integers ? "all" : "none";
}

/// One format. `widest`: the bits of the integers that its models may hold.
std::string table(const char *heading, const std::vector<OperatorSupport> &ops,
                  int widest) {
  std::string text = fmt::format("\n## {}\n\n", heading);
  auto row = [&](std::string_view name, std::string_view floats,
                 std::string_view bytes, std::string_view words,
                 std::string_view targets) {
    text += fmt::format("| {:39} | {:8} |", name, floats);
    if (widest >= 8)
      text += fmt::format(" {:8} |", bytes);
    if (widest >= 16)
      text += fmt::format(" {:4} |", words);
    text += fmt::format(" {:7} |\n", targets);
  };
  row("operator", "f32", "i8, u8", "i16", "targets");
  row("---", "---", "---", "---", "---");
  for (const OperatorSupport &op : ops)
    row(op.name, wordFor(op), op.bytes ? "yes" : "no", op.words ? "yes" : "no",
        targetsFor(op));
  return text;
}

std::vector<OperatorSupport> supportedTosa() {
  std::vector<OperatorSupport> all;
  for (const TosaOperator &op : tosaOperators()) {
    OperatorSupport support;
    support.name = op.name;
    support.floats = op.inPart ? Form::Some : Form::All;
    all.push_back(std::move(support));
  }
  return all;
}

/// What a target has beyond portable code.
std::string specialities(const targets::Target &target) {
  std::string text;
  auto add = [&](const std::string &part) {
    text += (text.empty() ? "" : ", ") + part;
  };
  for (const targets::KernelRow &kernel : target.kernels)
    add(fmt::format("{} in tiles of {}", kernel.op.str(), kernel.tile.str()));
  for (const targets::DotProduct &dot : target.dots)
    add(dot.instruction.str());
  return text.empty() ? "-" : text;
}

} // namespace

std::string listOps() {
  std::string text = kHead;
  text += table("TOSA", supportedTosa(), 0);
  text += table("ONNX", import::supportedOnnx(), 8);
  text += table("TensorFlow Lite", import::supportedTflite(), 16);
  text += "\n## Targets\n\n";
  text += fmt::format("| {:15} | {:35} |\n", "target", "of its own");
  text += fmt::format("| {:15} | {:35} |\n", "---", "---");
  for (const targets::Target &target : targets::allTargets())
    text += fmt::format("| {:15} | {:35} |\n", target.name.str(),
                        specialities(target));
  return text;
}

} // namespace qcc::driver
