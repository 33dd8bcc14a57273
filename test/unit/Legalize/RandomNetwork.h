// Random networks in qgraph, in the forms in which frameworks write layers.
#ifndef QCC_TEST_UNIT_LEGALIZE_RANDOMNETWORK_H
#define QCC_TEST_UNIT_LEGALIZE_RANDOMNETWORK_H

#include "compiler/Data/Random.h"
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

namespace qcc::legalize {

class RandomNetwork {
public:
  RandomNetwork(mlir::MLIRContext &context, uint64_t seed)
      : builder(&context), random(seed) {
    context.loadDialect<qgraph::QGraphDialect, mlir::func::FuncDialect>();
  }

  mlir::OwningOpRef<mlir::ModuleOp> make() {
    mlir::Location loc = builder.getUnknownLoc();
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc);
    mlir::Type input = type({1, 5 + number(3), 4 + number(3), 1 + number(4)});
    auto function = mlir::func::FuncOp::create(
        loc, "main", builder.getFunctionType(input, {}));
    module->push_back(function);
    builder.setInsertionPointToStart(function.addEntryBlock());
    mlir::Value x = function.getArgument(0);
    for (int64_t n = 3 + number(6); n > 0; --n)
      x = layer(x);
    x = finish(x);
    mlir::func::ReturnOp::create(builder, loc, x);
    function.setType(builder.getFunctionType(input, x.getType()));
    return module;
  }

private:
  using Shape = llvm::SmallVector<int64_t>;

  int64_t number(int64_t below) { return random.below(below); }
  bool coin() { return number(2); }

  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }

  /// Numbers in [low, high).
  mlir::Value constant(Shape shape, double low, double high) {
    std::vector<double> values(elementCount(shape));
    for (double &value : values)
      value = low + (high - low) * random.uniform();
    return createConstant(builder, builder.getUnknownLoc(), shape, values);
  }
  mlir::Value splat(size_t rank, double value) {
    return createConstant(builder, builder.getUnknownLoc(), Shape(rank, 1),
                          {value});
  }

  /// A binary op, its operands in either order when it commutes; the result
  /// has the shape of the larger one.
  template <typename Op> mlir::Value binary(mlir::Value a, mlir::Value b) {
    Shape shape;
    for (auto [m, n] : llvm::zip_equal(shapeOf(a), shapeOf(b)))
      shape.push_back(std::max(m, n));
    if (!std::is_same_v<Op, qgraph::SubOp> && coin())
      std::swap(a, b);
    return Op::create(builder, builder.getUnknownLoc(), type(shape), a, b);
  }
  mlir::Value unary(mlir::Value x, qgraph::UnaryKind kind) {
    return qgraph::build::unary(builder, x.getLoc(), kind, x);
  }
  mlir::Value divide(mlir::Value a, mlir::Value b) {
    return qgraph::build::binary<qgraph::DivOp>(builder, a.getLoc(), a, b);
  }
  mlir::Value power(mlir::Value x, double exponent) {
    return qgraph::build::binary<qgraph::PowOp>(
        builder, x.getLoc(), x, splat(shapeOf(x).size(), exponent));
  }
  mlir::Value clamp(mlir::Value x, float low, float high) {
    return qgraph::ClampOp::create(builder, x.getLoc(), x.getType(), x,
                                   llvm::APFloat(low), llvm::APFloat(high));
  }
  mlir::Value transpose(mlir::Value x, Shape permutation) {
    Shape shape;
    for (int64_t axis : permutation)
      shape.push_back(shapeOf(x)[axis]);
    return qgraph::TransposeOp::create(builder, x.getLoc(), type(shape), x,
                                       permutation);
  }
  mlir::Value reshape(mlir::Value x, Shape shape) {
    return qgraph::ReshapeOp::create(builder, x.getLoc(), type(shape), x);
  }
  mlir::Value slice(mlir::Value x, int64_t first, int64_t channels) {
    Shape sizes(shapeOf(x));
    sizes[3] = channels;
    return qgraph::SliceOp::create(builder, x.getLoc(), type(sizes), x,
                                   Shape{0, 0, 0, first}, sizes,
                                   Shape{1, 1, 1, 1});
  }
  mlir::Value pad(mlir::Value x, Shape low, Shape high, float value) {
    Shape shape(shapeOf(x));
    for (size_t i = 0; i < shape.size(); ++i)
      shape[i] += low[i] + high[i];
    return qgraph::PadOp::create(builder, x.getLoc(), type(shape), x, low, high,
                                 llvm::APFloat(value));
  }

  struct Window {
    Shape kernel, strides, pads;
  };
  Window window(mlir::Value x) {
    Window result;
    for (int axis : {1, 2}) {
      int64_t size = 1 + number(std::min<int64_t>(3, shapeOf(x)[axis]));
      result.kernel.push_back(size);
      result.strides.push_back(shapeOf(x)[axis] > 4 ? 1 + number(2) : 1);
      result.pads.push_back(number(size));
      result.pads.push_back(number(size));
    }
    return result;
  }
  Shape outputOf(mlir::Value x, const Window &w, int64_t channels) {
    Shape shape = {shapeOf(x)[0]};
    for (int axis : {0, 1})
      shape.push_back((shapeOf(x)[axis + 1] + w.pads[2 * axis] +
                       w.pads[2 * axis + 1] - w.kernel[axis]) /
                          w.strides[axis] +
                      1);
    shape.push_back(channels);
    return shape;
  }

  mlir::Value conv(mlir::Value x, const Window &w, int64_t out,
                   int64_t groups) {
    int64_t in = shapeOf(x)[3] / groups;
    mlir::Value filter =
        constant({out, w.kernel[0], w.kernel[1], in}, -0.5, 0.5);
    mlir::Value bias = constant({out}, -1, 1);
    return qgraph::Conv2DOp::create(builder, x.getLoc(),
                                    type(outputOf(x, w, out)), x, filter, bias,
                                    w.strides, w.pads, Shape{1, 1}, groups);
  }

  mlir::Value anyConv(mlir::Value x) {
    int64_t channels = shapeOf(x)[3];
    if (coin())
      return conv(x, window(x), channels * (1 + number(2)), channels);
    return conv(x, window(x), 1 + number(5), 1);
  }

  /// A convolution per group, on slices, concatenated.
  mlir::Value groupedConv(mlir::Value x) {
    if (shapeOf(x)[3] % 2)
      return x;
    Window w = window(x);
    int64_t half = shapeOf(x)[3] / 2, out = 1 + number(3);
    mlir::Value parts[] = {conv(slice(x, 0, half), w, out, 1),
                           conv(slice(x, half, half), w, out, 1)};
    return qgraph::ConcatOp::create(builder, x.getLoc(),
                                    type(outputOf(x, w, 2 * out)), parts, 3);
  }

  mlir::Value batchNorm(mlir::Value x) {
    int64_t channels = shapeOf(x)[3];
    Shape shape = {1, 1, 1, channels};
    mlir::Value mean = constant(shape, -1, 1);
    mlir::Value gamma = constant(shape, -1.5, 1.5);
    mlir::Value beta = constant(shape, -1, 1);
    mlir::Value variance =
        binary<qgraph::AddOp>(constant(shape, 0.3, 3), splat(4, 1e-3));
    mlir::Value inverse = unary(variance, qgraph::UnaryKind::Rsqrt);
    mlir::Value scale = binary<qgraph::MulOp>(inverse, gamma);
    switch (number(4)) {
    case 3:
      x = divide(binary<qgraph::SubOp>(x, mean),
                 unary(variance, qgraph::UnaryKind::Sqrt));
      return binary<qgraph::AddOp>(binary<qgraph::MulOp>(x, gamma), beta);
    case 0:
      x = binary<qgraph::MulOp>(binary<qgraph::SubOp>(x, mean), inverse);
      return binary<qgraph::AddOp>(binary<qgraph::MulOp>(x, gamma), beta);
    case 1:
      x = binary<qgraph::MulOp>(binary<qgraph::SubOp>(x, mean), scale);
      return binary<qgraph::AddOp>(x, beta);
    default:
      return binary<qgraph::AddOp>(
          binary<qgraph::MulOp>(x, scale),
          binary<qgraph::SubOp>(beta, binary<qgraph::MulOp>(mean, scale)));
    }
  }

  mlir::Value affine(mlir::Value x) {
    Shape shape = {1, 1, 1, coin() ? shapeOf(x)[3] : 1};
    switch (number(4)) {
    case 0:
      return binary<qgraph::MulOp>(x, constant(shape, -1, 1));
    case 1:
      return binary<qgraph::AddOp>(x, constant(shape, -1, 1));
    case 2:
      return binary<qgraph::SubOp>(constant(shape, -1, 1), x);
    default:
      x = binary<qgraph::MulOp>(x, constant(shape, -1, 1));
      return binary<qgraph::SubOp>(x, constant(shape, -1, 1));
    }
  }

  /// x/2 * (1 + term), in two associations.
  mlir::Value halfOnePlus(mlir::Value x, mlir::Value term) {
    mlir::Value sum = binary<qgraph::AddOp>(term, splat(4, 1));
    if (coin())
      return binary<qgraph::MulOp>(binary<qgraph::MulOp>(x, sum),
                                   splat(4, 0.5));
    return binary<qgraph::MulOp>(x, binary<qgraph::MulOp>(splat(4, 0.5), sum));
  }

  mlir::Value activation(mlir::Value x) {
    switch (number(12)) {
    case 10: {
      mlir::Value power = unary(clamp(x, -5, 5), qgraph::UnaryKind::Exp);
      mlir::Value sum = qgraph::build::reduce(
          builder, x.getLoc(), qgraph::ReduceKind::Sum, power, {3});
      return coin() ? divide(power, sum)
                    : binary<qgraph::MulOp>(
                          unary(sum, qgraph::UnaryKind::Reciprocal), power);
    }
    case 11:
      return qgraph::build::softmax(builder, x.getLoc(), x, 1 + number(3));
    case 5:
      return halfOnePlus(x, unary(divide(x, splat(4, std::sqrt(2.0))),
                                  qgraph::UnaryKind::Erf));
    case 6: {
      mlir::Value cube = binary<qgraph::MulOp>(power(x, 3), splat(4, 0.044715));
      mlir::Value sum = binary<qgraph::AddOp>(x, cube);
      return halfOnePlus(
          x, unary(binary<qgraph::MulOp>(sum, splat(4, 0.7978845608)),
                   qgraph::UnaryKind::Tanh));
    }
    case 7:
      return binary<qgraph::MaximumOp>(
          x, binary<qgraph::MulOp>(x, splat(4, 0.25)));
    case 8:
      return unary(
          binary<qgraph::AddOp>(unary(clamp(x, -9, 9), qgraph::UnaryKind::Exp),
                                splat(4, 1)),
          qgraph::UnaryKind::Log);
    case 9:
      return divide(splat(4, 2),
                    binary<qgraph::AddOp>(power(x, 2), splat(4, 0.5)));
    case 0:
      return clamp(clamp(x, -1, 6), 0, 9);
    case 1:
      return binary<qgraph::MulOp>(x, unary(x, qgraph::UnaryKind::Sigmoid));
    case 2: {
      mlir::Value ramp = clamp(binary<qgraph::AddOp>(x, splat(4, 3)), 0, 6);
      return binary<qgraph::MulOp>(
          x, binary<qgraph::MulOp>(ramp, splat(4, 1.0 / 6)));
    }
    case 3:
      return binary<qgraph::MaximumOp>(x, splat(4, 0));
    default:
      return binary<qgraph::MinimumOp>(
          binary<qgraph::MaximumOp>(x, splat(4, -0.5)), splat(4, 2));
    }
  }

  mlir::Value pool(mlir::Value x) {
    Window w = window(x);
    Shape low = {0, w.pads[0], w.pads[2], 0},
          high = {0, w.pads[1], w.pads[3], 0};
    bool padFirst = coin(), relu = coin();
    if (relu)
      x = clamp(x, 0, 6);
    Shape shape = outputOf(x, w, shapeOf(x)[3]);
    if (padFirst) {
      x = pad(x, low, high, 0);
      w.pads = {0, 0, 0, 0};
    }
    if (coin())
      return qgraph::AvgPool2DOp::create(builder, x.getLoc(), type(shape), x,
                                         w.kernel, w.strides, w.pads, false);
    return qgraph::MaxPool2DOp::create(builder, x.getLoc(), type(shape), x,
                                       w.kernel, w.strides, w.pads);
  }

  /// Elementwise ops in NCHW between two transposes.
  mlir::Value inOtherLayout(mlir::Value x) {
    mlir::Value y = transpose(x, {0, 3, 1, 2});
    if (coin())
      y = binary<qgraph::MulOp>(y, constant({1, shapeOf(y)[1], 1, 1}, -1, 1));
    if (coin())
      y = pad(y, {0, 0, 1, 0}, {0, 1, 0, 2}, 0.5);
    if (coin())
      y = binary<qgraph::AddOp>(y, y);
    return transpose(clamp(y, -4, 4), {0, 2, 3, 1});
  }

  mlir::Value residual(mlir::Value x) {
    mlir::Value y =
        batchNorm(conv(x, {{1, 1}, {1, 1}, {0, 0, 0, 0}}, shapeOf(x)[3], 1));
    return binary<qgraph::AddOp>(x, y);
  }

  mlir::Value layer(mlir::Value x) {
    switch (number(10)) {
    case 0:
    case 1:
      return batchNorm(anyConv(x));
    case 2:
      return anyConv(pad(x, {0, 1, 0, 0}, {0, 0, 2, 0}, coin() ? 0 : 0.5));
    case 3:
      return activation(x);
    case 4:
      return batchNorm(x);
    case 5:
      return affine(coin() ? anyConv(x) : x);
    case 6:
      return groupedConv(x);
    case 7:
      return pool(x);
    case 8:
      return inOtherLayout(x);
    default:
      return residual(x);
    }
  }

  /// The mean, or a fully connected layer on the image in NCHW.
  mlir::Value finish(mlir::Value x) {
    Shape shape(shapeOf(x));
    int64_t pixels = shape[1] * shape[2], channels = shape[3];
    if (coin()) {
      for (int64_t axis : {1, 2}) {
        shape[axis] = 1;
        x = qgraph::ReduceOp::create(builder, x.getLoc(), type(shape), x,
                                     qgraph::ReduceKind::Sum, Shape{axis});
      }
      x = reshape(x, {1, channels});
      return binary<qgraph::MulOp>(x, splat(2, 1.0 / pixels));
    }
    x = reshape(transpose(x, {0, 3, 1, 2}), {1, channels * pixels});
    x = reshape(x, {1, 1, 1, channels * pixels});
    x = conv(x, {{1, 1}, {1, 1}, {0, 0, 0, 0}}, 3, 1);
    return binary<qgraph::AddOp>(reshape(x, {1, 3}), constant({1, 3}, -1, 1));
  }

  mlir::OpBuilder builder;
  data::SplitMix64 random;
};

} // namespace qcc::legalize

#endif // QCC_TEST_UNIT_LEGALIZE_RANDOMNETWORK_H
