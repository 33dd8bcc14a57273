//===- OpsMovement.cpp - Ops that only move elements ----------------------===//

#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

namespace {

/// Offset of the element at `index` in a tensor with `strides`.
int64_t offsetOf(ArrayRef<int64_t> index, ArrayRef<int64_t> strides) {
  int64_t offset = 0;
  for (size_t axis = 0; axis < index.size(); ++axis)
    offset += index[axis] * strides[axis];
  return offset;
}

/// The op that copies a box of `shape` between strided tensors.
std::unique_ptr<OpEvaluator> makeCopy(Sizes shape, int64_t sourceOffset,
                                      Sizes sourceStrides,
                                      Sizes targetStrides) {
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        copyStrided(shape, inputs[0] + sourceOffset, sourceStrides, output,
                    targetStrides);
      },
      [=](Inputs, const float *, const float *gradient, Gradients wanted) {
        if (wanted[0])
          addStrided(shape, gradient, targetStrides, wanted[0] + sourceOffset,
                     sourceStrides);
      });
}

EvaluatorOrError makeReshape(const OpInstance &instance) {
  return makeCopy({numElements(instance.shape)}, 0, {1}, {1});
}

EvaluatorOrError makeTranspose(const OpInstance &instance) {
  Sizes in = rowMajorStrides(instance.operands[0].shape), strides;
  for (int64_t axis : cast<qgraph::TransposeOp>(instance.op).getPermutation())
    strides.push_back(in[axis]);
  return makeCopy(instance.shape, 0, strides, rowMajorStrides(instance.shape));
}

EvaluatorOrError makeSlice(const OpInstance &instance) {
  auto op = cast<qgraph::SliceOp>(instance.op);
  Sizes strides = rowMajorStrides(instance.operands[0].shape);
  int64_t offset = offsetOf(op.getStarts(), strides);
  for (auto [stride, step] : llvm::zip(strides, op.getStrides()))
    stride *= step;
  return makeCopy(instance.shape, offset, strides,
                  rowMajorStrides(instance.shape));
}

/// An axis of size d repeated m times is two axes, m and d, the first of which
/// does not move in the input.
EvaluatorOrError makeTile(const OpInstance &instance) {
  auto op = cast<qgraph::TileOp>(instance.op);
  const Sizes &in = instance.operands[0].shape;
  Sizes inStrides = rowMajorStrides(in), shape, strides;
  for (auto [axis, multiple] : llvm::enumerate(op.getMultiples())) {
    shape.append({multiple, in[axis]});
    strides.append({0, inStrides[axis]});
  }
  return makeCopy(shape, 0, strides, rowMajorStrides(shape));
}

EvaluatorOrError makePad(const OpInstance &instance) {
  auto op = cast<qgraph::PadOp>(instance.op);
  Sizes in = instance.operands[0].shape, inStrides = rowMajorStrides(in);
  Sizes outStrides = rowMajorStrides(instance.shape);
  int64_t count = numElements(instance.shape);
  int64_t offset = offsetOf(op.getLow(), outStrides);
  float value = op.getValue().convertToFloat();
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        std::fill_n(output, count, value);
        copyStrided(in, inputs[0], inStrides, output + offset, outStrides);
      },
      [=](Inputs, const float *, const float *gradient, Gradients wanted) {
        if (wanted[0])
          addStrided(in, gradient + offset, outStrides, wanted[0], inStrides);
      });
}

EvaluatorOrError makeConcat(const OpInstance &instance) {
  int64_t axis = cast<qgraph::ConcatOp>(instance.op).getAxis();
  Sizes strides = rowMajorStrides(instance.shape);
  SmallVector<Sizes> shapes;
  for (const Operand &operand : instance.operands)
    shapes.push_back(operand.shape);
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        for (auto [shape, input] : llvm::zip(shapes, inputs)) {
          copyStrided(shape, input, rowMajorStrides(shape), output, strides);
          output += shape[axis] * strides[axis];
        }
      },
      [=](Inputs, const float *, const float *gradient, Gradients wanted) {
        for (auto [shape, sum] : llvm::zip(shapes, wanted)) {
          if (sum)
            addStrided(shape, gradient, strides, sum, rowMajorStrides(shape));
          gradient += shape[axis] * strides[axis];
        }
      });
}

EvaluatorOrError makeGather(const OpInstance &instance) {
  auto op = cast<qgraph::GatherOp>(instance.op);
  ArrayRef<int64_t> shape = instance.operands[0].shape;
  int64_t axis = op.getAxis(), size = shape[axis];
  int64_t outer = numElements(shape.take_front(axis));
  int64_t inner = numElements(shape.drop_front(axis + 1));
  Sizes indices(op.getIndices());
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        for (int64_t o = 0; o < outer; ++o)
          for (int64_t index : indices) {
            std::copy_n(inputs[0] + (o * size + index) * inner, inner, output);
            output += inner;
          }
      },
      [=](Inputs, const float *, const float *gradient, Gradients wanted) {
        for (int64_t o = 0; wanted[0] && o < outer; ++o)
          for (int64_t index : indices)
            for (int64_t i = 0; i < inner; ++i)
              wanted[0][(o * size + index) * inner + i] += *gradient++;
      });
}

/// Indices are whole numbers in floats: any that names a row of a table that
/// fits memory is exact, others are clamped all the same.
EvaluatorOrError makeLookup(const OpInstance &instance) {
  bool wraps = cast<qgraph::LookupOp>(instance.op).getWraps();
  const Sizes &table = instance.operands[0].shape;
  const Sizes &list = instance.operands[1].shape;
  int64_t rows = table[1], width = table[2], count = list[1];
  int64_t batch = instance.shape[0];
  int64_t tableStep = table[0] == 1 ? 0 : rows * width;
  int64_t listStep = list[0] == 1 ? 0 : count;
  auto forEachRow = [=](Inputs inputs, auto visit) {
    for (int64_t b = 0; b < batch; ++b)
      for (int64_t w = 0; w < count; ++w) {
        double index = std::round(inputs[1][b * listStep + w]);
        if (wraps && index < 0)
          index += static_cast<double>(rows);
        auto row = static_cast<int64_t>(
            std::clamp(index, 0.0, static_cast<double>(rows - 1)));
        visit(b * tableStep + row * width, (b * count + w) * width);
      }
  };
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        forEachRow(inputs, [&](int64_t from, int64_t to) {
          std::copy_n(inputs[0] + from, width, output + to);
        });
      },
      [=](Inputs inputs, const float *, const float *gradient,
          Gradients wanted) {
        if (wanted[0])
          forEachRow(inputs, [&](int64_t from, int64_t to) {
            for (int64_t i = 0; i < width; ++i)
              wanted[0][from + i] += gradient[to + i];
          });
      });
}

} // namespace

void addMovementOps(OpRegistry &registry) {
  registry.add<qgraph::ReshapeOp>(makeReshape);
  registry.add<qgraph::TransposeOp>(makeTranspose);
  registry.add<qgraph::SliceOp>(makeSlice);
  registry.add<qgraph::TileOp>(makeTile);
  registry.add<qgraph::PadOp>(makePad);
  registry.add<qgraph::ConcatOp>(makeConcat);
  registry.add<qgraph::GatherOp>(makeGather);
  registry.add<qgraph::LookupOp>(makeLookup);
}

} // namespace qcc::evaluate
