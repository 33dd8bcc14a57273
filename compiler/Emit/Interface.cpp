#include "compiler/Emit/Interface.h"

#include <fmt/format.h>

#include <set>

using namespace mlir;

namespace qcc::emit {
namespace {

Port readPort(Type type, DictionaryAttr attrs, std::string name) {
  auto tensor = cast<RankedTensorType>(type);
  auto element = cast<IntegerType>(tensor.getElementType());
  Port port;
  port.name = std::move(name);
  port.cType = fmt::format("{}int{}_t", element.isUnsigned() ? "u" : "",
                           element.getWidth());
  port.elementType =
      fmt::format("{}{}", element.isUnsigned() ? "u" : "s", element.getWidth());
  port.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
  port.elements = tensor.getNumElements();
  port.bytes = port.elements * element.getWidth() / 8;
  if (!attrs)
    return port;
  if (auto scale = attrs.getAs<StringAttr>("qint.scale"))
    port.scale = scale.str();
  if (auto zero = attrs.getAs<IntegerAttr>("qint.zero_point"))
    port.zeroPoint = static_cast<int32_t>(zero.getInt());
  return port;
}

std::string upper(llvm::StringRef text) { return text.upper(); }

std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

void printPortMacros(std::string &text, const std::string &macro,
                     const Port &port) {
  text += fmt::format("/* {} */\n", shapeText(port.shape) + " " + port.cType);
  text += fmt::format("#define {}_ELEMENTS {}\n", macro, port.elements);
  text += fmt::format("#define {}_BYTES {}\n", macro, port.bytes);
  if (port.scale.empty())
    return;
  text += "/* real value = SCALE * (code - ZERO_POINT) */\n";
  text += fmt::format("#define {}_SCALE {}\n", macro, port.scale);
  text += fmt::format("#define {}_ZERO_POINT ({})\n", macro, port.zeroPoint);
}

void printStruct(std::string &text, const std::string &name,
                 llvm::ArrayRef<Port> ports, llvm::StringRef qualifier) {
  text += "typedef struct {\n";
  for (const Port &port : ports)
    text += fmt::format("  {}{} *{}; /* {} */\n", qualifier.str(), port.cType,
                        port.name, shapeText(port.shape));
  text += fmt::format("}} {};\n\n", name);
}

} // namespace

Interface readInterface(func::FuncOp function, const targets::Target &target,
                        llvm::StringRef prefix) {
  Interface interface;
  interface.prefix = prefix.str();
  FunctionType type = function.getFunctionType();
  for (auto [i, input] : llvm::enumerate(type.getInputs()))
    interface.inputs.push_back(
        readPort(input, function.getArgAttrDict(i), fmt::format("input{}", i)));
  for (auto [i, output] : llvm::enumerate(type.getResults()))
    interface.outputs.push_back(readPort(output, function.getResultAttrDict(i),
                                         fmt::format("output{}", i)));
  if (auto bytes = function->getAttrOfType<IntegerAttr>("qint.arena_bytes"))
    interface.arenaBytes = bytes.getInt();
  interface.arenaAlignment = target.alignment;
  return interface;
}

std::string makeHeader(const Interface &interface,
                       const targets::Target &target, llvm::StringRef source) {
  const std::string &name = interface.prefix;
  std::string macro = upper(name);
  std::string text;
  text += fmt::format("/* {} compiled by qcc for {}. Integers only: no float, "
                      "no heap, no globals\n * written; re-entrant. */\n",
                      source.str(), target.name.str());
  text += fmt::format("#ifndef {0}_QCC_H\n#define {0}_QCC_H\n\n", macro);
  text += "#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n"
          "#endif\n\n";
  text += "/* Working memory that the caller gives to every run. Its contents "
          "need not be\n * kept between runs. */\n";
  text += fmt::format("#define {}_ARENA_BYTES {}\n", macro,
                      std::max<int64_t>(interface.arenaBytes, 1));
  text += fmt::format("#define {}_ARENA_ALIGN {}\n\n", macro,
                      interface.arenaAlignment);
  text +=
      fmt::format("#define {}_NUM_INPUTS {}\n", macro, interface.inputs.size());
  text += fmt::format("#define {}_NUM_OUTPUTS {}\n\n", macro,
                      interface.outputs.size());
  for (auto [i, port] : llvm::enumerate(interface.inputs))
    printPortMacros(text, fmt::format("{}_INPUT{}", macro, i), port);
  text += "\n";
  for (auto [i, port] : llvm::enumerate(interface.outputs))
    printPortMacros(text, fmt::format("{}_OUTPUT{}", macro, i), port);
  text += "\n";
  printStruct(text, name + "_inputs", interface.inputs, "const ");
  printStruct(text, name + "_outputs", interface.outputs, "");
  text += "/* Runs the network once. Buffers need no alignment beyond that of "
          "their type,\n * the arena needs ARENA_ALIGN; none may overlap "
          "another. Returns 0. */\n";
  text += fmt::format("int {0}_run(const {0}_inputs *inputs, const "
                      "{0}_outputs *outputs,\n    void *arena);\n\n",
                      name);
  text += "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

} // namespace qcc::emit
