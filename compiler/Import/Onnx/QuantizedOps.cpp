// Operators on integers, read as the float operator between casts.
#include "compiler/Import/Onnx/Operators.h"
#include "compiler/Import/Onnx/Quantized.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include <cmath>

namespace qcc::import::onnx {

using proto::TensorProto;

namespace {

/// The type that inputs `scale` and `zero` give to codes of `storage`.
llvm::Expected<mlir::Type> typeFrom(Node &node, size_t scale, size_t zero,
                                    DataType storage) {
  if (node.integer("block_size", 0))
    return node.fail("has a block_size; supported are scales per tensor and "
                     "per index of an axis");
  auto number = node.real(scale);
  if (!number)
    return number.takeError();
  double offset = 0;
  if (node.has(zero)) {
    auto given = node.real(zero);
    if (!given)
      return given.takeError();
    offset = *given;
  }
  auto [low, high] = rangeOf(storage);
  if (!isScale(*number) || offset < low || offset > high || low == high ||
      storage == TensorProto::BOOL)
    return node.fail("has the scale " + std::to_string(*number) +
                     " and the zero point " + std::to_string(offset) + " of " +
                     typeName(storage));
  return quantizedType(node.builder.getContext(), storage, *number,
                       static_cast<int64_t>(offset));
}

} // namespace

llvm::Error importQuantizeLinear(Node &node) {
  DataType storage = node.has(2) ? node.type(2)
                                 : static_cast<DataType>(node.integer(
                                       "output_dtype", TensorProto::UINT8));
  auto type = typeFrom(node, 1, 2, storage);
  if (!type)
    return type.takeError();
  Value x = node.value(0);
  Value codes = mlir::quant::QuantizeCastOp::create(
      node.builder, node.loc, build::typeOf(x).clone(*type), x);
  return node.set(0, codes, storage);
}

llvm::Error importDequantizeLinear(Node &node) {
  auto type = typeFrom(node, 1, 2, node.type(0));
  if (!type)
    return type.takeError();
  Value codes = node.value(0);
  if (node.operand(0).isOpen)
    node.close(0, build::typeOf(codes).clone(*type));
  mlir::Type known = build::typeOf(codes).getElementType();
  if (known != *type)
    return node.fail("has another scale or zero point than its input was "
                     "quantized with");
  Value x = mlir::quant::DequantizeCastOp::create(
      node.builder, node.loc,
      build::typeOf(codes).clone(node.builder.getF32Type()), codes);
  return node.set(x);
}

//===----------------------------------------------------------------------===//
// Operators made of several
//===----------------------------------------------------------------------===//

namespace {

/// Runs the parts of a node. Their results have names that no file has.
struct Parts {
  Node &node;
  int count = 0;

  std::string fresh() {
    return "\x01" + node.proto.output(0) + std::to_string(count++);
  }
  std::string input(size_t i) const {
    return i < static_cast<size_t>(node.proto.input_size())
               ? node.proto.input(i)
               : std::string();
  }
  /// Runs one part; the name of its result is the last argument.
  llvm::Error
  run(llvm::StringRef op, llvm::ArrayRef<std::string> inputs,
      const std::string &output,
      std::initializer_list<std::pair<const char *, int64_t>> attributes = {},
      bool copyAttributes = false) {
    proto::NodeProto part;
    part.set_name(nameOf(node.proto));
    part.set_op_type(op.str());
    for (const std::string &name : inputs)
      part.add_input(name);
    part.add_output(output);
    if (copyAttributes)
      *part.mutable_attribute() = node.proto.attribute();
    for (auto [name, value] : attributes) {
      auto &attribute = *part.add_attribute();
      attribute.set_name(name);
      attribute.set_type(proto::AttributeProto::INT);
      attribute.set_i(value);
    }
    return node.run(part);
  }
  /// The real numbers of input `i` with scale `i + 1` and zero point `i + 2`.
  llvm::Expected<std::string> real(size_t i, int64_t axis = 0) {
    std::string name = fresh();
    if (llvm::Error error =
            run("DequantizeLinear", {input(i), input(i + 1), input(i + 2)},
                name, {{"axis", axis}}))
      return std::move(error);
    return name;
  }
  llvm::Error quantize(const std::string &name, size_t scale) {
    return run("QuantizeLinear", {name, input(scale), input(scale + 1)},
               node.proto.output(0));
  }
};

/// A bias of 32 bits in units of input scale times weight scale.
llvm::Expected<std::string> realBias(Parts &parts, size_t bias,
                                     size_t inputScale, size_t filterScale) {
  Node &node = parts.node;
  auto scale = node.real(inputScale);
  if (!scale)
    return scale.takeError();
  auto scales = node.reals(filterScale);
  if (!scales)
    return scales.takeError();
  for (double &unit : *scales)
    unit = static_cast<float>(unit) * static_cast<float>(*scale);
  std::string units = parts.fresh(), name = parts.fresh();
  bool single = scales->size() == 1;
  node.define(units,
              Tensor::ofReals(single ? Shape() : Shape{int64_t(scales->size())},
                              *scales));
  if (llvm::Error error = parts.run(
          "DequantizeLinear", {parts.input(bias), units}, name, {{"axis", 0}}))
    return std::move(error);
  return name;
}

} // namespace

/// x, scale, zero, w, scale, zero, y scale, zero, bias.
llvm::Error importQLinearConv(Node &node) {
  Parts parts{node};
  auto x = parts.real(0);
  if (!x)
    return x.takeError();
  auto w = parts.real(3);
  if (!w)
    return w.takeError();
  std::vector<std::string> inputs = {*x, *w};
  if (node.has(8)) {
    auto bias = realBias(parts, 8, 1, 4);
    if (!bias)
      return bias.takeError();
    inputs.push_back(*bias);
  }
  std::string y = parts.fresh();
  if (llvm::Error error =
          parts.run("Conv", inputs, y, {}, /*copyAttributes=*/true))
    return error;
  return parts.quantize(y, 6);
}

llvm::Error importQLinearMatMul(Node &node) {
  Parts parts{node};
  auto a = parts.real(0);
  if (!a)
    return a.takeError();
  auto b = parts.real(3, /*axis=*/-1);
  if (!b)
    return b.takeError();
  std::string y = parts.fresh();
  if (llvm::Error error = parts.run("MatMul", {*a, *b}, y))
    return error;
  return parts.quantize(y, 6);
}

/// QLinearAdd and QLinearMul.
llvm::Error importQLinearBinary(Node &node) {
  Parts parts{node};
  auto a = parts.real(0);
  if (!a)
    return a.takeError();
  auto b = parts.real(3);
  if (!b)
    return b.takeError();
  std::string y = parts.fresh();
  if (llvm::Error error = parts.run(
          llvm::StringRef(node.proto.op_type()).drop_front(7), {*a, *b}, y))
    return error;
  return parts.quantize(y, 6);
}

/// QLinearSigmoid and the like: x, scale, zero, y scale, zero.
llvm::Error importQLinearUnary(Node &node) {
  llvm::StringRef op = llvm::StringRef(node.proto.op_type()).drop_front(7);
  if (node.integer("channels_last", 0))
    return node.fail("has channels_last 1; supported is 0");
  Parts parts{node};
  auto x = parts.real(0);
  if (!x)
    return x.takeError();
  std::string y = parts.fresh();
  if (llvm::Error error = parts.run(op, {*x}, y, {}, op != "GlobalAveragePool"))
    return error;
  return parts.quantize(y, 3);
}

/// ConvInteger and MatMulInteger: a, b, their zero points. Codes count as they
/// are, so all scales are 1.
static llvm::Error importInteger(Node &node, llvm::StringRef op) {
  Parts parts{node};
  std::string one = parts.fresh(), zero = parts.fresh();
  node.define(one, Tensor::ofReals({}, {1}));
  Tensor none = Tensor::ofInts({0}).reshaped({});
  none.type = TensorProto::INT32;
  node.define(zero, none);
  std::vector<std::string> inputs;
  for (size_t i : {0, 1}) {
    // One number for each row or column comes with as many scales.
    std::string scale = one;
    if (node.has(i + 2) && node.rank(i + 2) == 1 && node.isConstant(i + 2)) {
      scale = parts.fresh();
      int64_t size = node.shape(i + 2)[0];
      node.define(scale, Tensor::ofReals({size}, std::vector<double>(size, 1)));
    }
    inputs.push_back(parts.fresh());
    int64_t axis = op == "Conv" ? 0 : i == 0 ? -2 : -1;
    if (llvm::Error error = parts.run(
            "DequantizeLinear", {parts.input(i), scale, parts.input(i + 2)},
            inputs.back(), {{"axis", axis}}))
      return error;
  }
  std::string y = parts.fresh();
  if (llvm::Error error = parts.run(op, inputs, y, {}, op == "Conv"))
    return error;
  return parts.run("QuantizeLinear", {y, one, zero}, node.proto.output(0));
}

llvm::Error importConvInteger(Node &node) {
  return importInteger(node, "Conv");
}
llvm::Error importMatMulInteger(Node &node) {
  return importInteger(node, "MatMul");
}

} // namespace qcc::import::onnx
