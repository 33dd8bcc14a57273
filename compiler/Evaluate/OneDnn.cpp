//===- OneDnn.cpp - Pools, products and softmax by oneDNN -----------------===//

#include "compiler/Evaluate/OneDnn.h"

#include "compiler/Evaluate/OneDnnPrimitive.h"

using dnnl::memory;

namespace qcc::evaluate {

using namespace onednn;

namespace {

constexpr memory::data_type f32 = memory::data_type::f32;

/// A primitive of the forward pass, and how to make those of its gradient.
class PrimitiveEvaluator : public OpEvaluator {
public:
  llvm::Error forward(Inputs inputs, float *output) override {
    return guarded([&] {
             for (size_t i = 0; i < operands.size(); ++i)
               primitive.set(operands[i], inputs[i]);
             primitive.set(DNNL_ARG_DST, output);
             primitive.run();
             return true;
           })
        .takeError();
  }

protected:
  Primitive primitive;
  /// The execution arguments that the operands are, in operand order.
  std::vector<int> operands;
};

class Pool final : public PrimitiveEvaluator {
public:
  Pool(const WindowShape &s, PoolKind kind) : shape(s) {
    algorithm = kind == PoolKind::Max ? dnnl::algorithm::pooling_max
                : kind == PoolKind::Average
                    ? dnnl::algorithm::pooling_avg_exclude_padding
                    : dnnl::algorithm::pooling_avg_include_padding;
    auto chosen = describe(dnnl::prop_kind::forward_inference);
    primitive = Primitive(dnnl::pooling_forward(chosen));
    primitive.scratch(chosen.scratchpad_desc());
    primitive.user(DNNL_ARG_SRC, source());
    primitive.user(DNNL_ARG_DST, destination());
    operands = {DNNL_ARG_SRC};
  }

  llvm::Error backward(Inputs inputs, const float *, const float *gradient,
                       Gradients wanted) override {
    return guarded([&] {
             if (wanted[0])
               addGradient(inputs[0], gradient, wanted[0]);
             return true;
           })
        .takeError();
  }

private:
  memory::desc source() const {
    return imageDesc(shape.batch, shape.height, shape.width, shape.channels);
  }
  memory::desc destination() const {
    return imageDesc(shape.batch, shape.outHeight, shape.outWidth,
                     shape.channels);
  }
  dnnl::pooling_forward::primitive_desc describe(dnnl::prop_kind kind) const {
    return {{kind,
             algorithm,
             source(),
             destination(),
             {shape.strides[0], shape.strides[1]},
             {shape.kernel[0], shape.kernel[1]},
             {shape.pads[0], shape.pads[2]},
             {shape.pads[1], shape.pads[3]}},
            userScratchpad(),
            device().engine};
  }

  void prepareBackward() {
    auto training = describe(dnnl::prop_kind::forward_training);
    if (algorithm == dnnl::algorithm::pooling_max) {
      remember = Primitive(dnnl::pooling_forward(training));
      remember.scratch(training.scratchpad_desc());
      remember.user(DNNL_ARG_SRC, source());
      remember.own(DNNL_ARG_DST, destination());
      remember.own(DNNL_ARG_WORKSPACE, training.workspace_desc());
    }
    dnnl::pooling_backward::primitive_desc chosen(
        {algorithm,
         source(),
         destination(),
         {shape.strides[0], shape.strides[1]},
         {shape.kernel[0], shape.kernel[1]},
         {shape.pads[0], shape.pads[2]},
         {shape.pads[1], shape.pads[3]}},
        userScratchpad(), device().engine, training);
    back = Primitive(dnnl::pooling_backward(chosen));
    back.scratch(chosen.scratchpad_desc());
    back.own(DNNL_ARG_DIFF_SRC, source());
    back.user(DNNL_ARG_DIFF_DST, destination());
    if (remember)
      back.share(DNNL_ARG_WORKSPACE, remember);
  }

  void addGradient(const float *input, const float *gradient, float *sum) {
    if (!back)
      prepareBackward();
    if (remember) { // which element of each window was the largest
      remember.set(DNNL_ARG_SRC, input);
      remember.run();
    }
    back.set(DNNL_ARG_DIFF_DST, gradient);
    back.run();
    addTo(sum, back.floats(DNNL_ARG_DIFF_SRC));
  }

  WindowShape shape;
  dnnl::algorithm algorithm;
  Primitive remember, back;
};

memory::desc matrices(int64_t batch, int64_t rows, int64_t columns) {
  return {{batch, rows, columns}, f32, memory::format_tag::abc};
}

memory::desc transposed(int64_t batch, int64_t rows, int64_t columns) {
  return {{batch, columns, rows}, f32, memory::format_tag::acb};
}

Primitive makeProduct(const memory::desc &lhs, const memory::desc &rhs,
                      const memory::desc &out) {
  dnnl::matmul::primitive_desc chosen({lhs, rhs, out}, userScratchpad(),
                                      device().engine);
  Primitive result((dnnl::matmul(chosen)));
  result.scratch(chosen.scratchpad_desc());
  result.user(DNNL_ARG_SRC, lhs);
  result.user(DNNL_ARG_WEIGHTS, rhs);
  return result;
}

class MatMul final : public PrimitiveEvaluator {
public:
  MatMul(int64_t batch, int64_t m, int64_t k, int64_t n)
      : batch(batch), m(m), k(k), n(n) {
    primitive = makeProduct(matrices(batch, m, k), matrices(batch, k, n),
                            matrices(batch, m, n));
    primitive.user(DNNL_ARG_DST, matrices(batch, m, n));
    operands = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS};
  }

  llvm::Error backward(Inputs inputs, const float *, const float *gradient,
                       Gradients wanted) override {
    return guarded([&] {
             if (wanted[0])
               addLeft(inputs[1], gradient, wanted[0]);
             if (wanted[1])
               addRight(inputs[0], gradient, wanted[1]);
             return true;
           })
        .takeError();
  }

private:
  void addLeft(const float *rhs, const float *gradient, float *sum) {
    if (!left) {
      left = makeProduct(matrices(batch, m, n), transposed(batch, k, n),
                         matrices(batch, m, k));
      left.own(DNNL_ARG_DST, matrices(batch, m, k));
    }
    left.set(DNNL_ARG_SRC, gradient);
    left.set(DNNL_ARG_WEIGHTS, rhs);
    left.run();
    addTo(sum, left.floats(DNNL_ARG_DST));
  }

  void addRight(const float *lhs, const float *gradient, float *sum) {
    if (!right) {
      right = makeProduct(transposed(batch, m, k), matrices(batch, m, n),
                          matrices(batch, k, n));
      right.own(DNNL_ARG_DST, matrices(batch, k, n));
    }
    right.set(DNNL_ARG_SRC, lhs);
    right.set(DNNL_ARG_WEIGHTS, gradient);
    right.run();
    addTo(sum, right.floats(DNNL_ARG_DST));
  }

  int64_t batch, m, k, n;
  Primitive left, right;
};

class Softmax final : public PrimitiveEvaluator {
public:
  Softmax(int64_t outer, int64_t size, int64_t inner, bool log)
      : all({outer, size, inner}, f32, memory::format_tag::abc), log(log) {
    auto chosen = describe(dnnl::prop_kind::forward_inference);
    primitive = Primitive(dnnl::softmax_v2_forward(chosen));
    primitive.scratch(chosen.scratchpad_desc());
    primitive.user(DNNL_ARG_SRC, all);
    primitive.user(DNNL_ARG_DST, all);
    operands = {DNNL_ARG_SRC};
  }

  llvm::Error backward(Inputs, const float *output, const float *gradient,
                       Gradients wanted) override {
    return guarded([&] {
             if (wanted[0])
               addGradient(output, gradient, wanted[0]);
             return true;
           })
        .takeError();
  }

private:
  dnnl::algorithm algorithm() const {
    return log ? dnnl::algorithm::softmax_log
               : dnnl::algorithm::softmax_accurate;
  }
  dnnl::softmax_v2_forward::primitive_desc
  describe(dnnl::prop_kind kind) const {
    return {{kind, algorithm(), all, all, /*axis=*/1},
            userScratchpad(),
            device().engine};
  }

  void addGradient(const float *output, const float *gradient, float *sum) {
    if (!back) {
      dnnl::softmax_v2_backward::primitive_desc chosen(
          {algorithm(), all, all, all, /*axis=*/1}, userScratchpad(),
          device().engine, describe(dnnl::prop_kind::forward_training));
      back = Primitive(dnnl::softmax_v2_backward(chosen));
      back.scratch(chosen.scratchpad_desc());
      back.user(DNNL_ARG_DST, all);
      back.user(DNNL_ARG_DIFF_DST, all);
      back.own(DNNL_ARG_DIFF_SRC, all);
    }
    back.set(DNNL_ARG_DST, output);
    back.set(DNNL_ARG_DIFF_DST, gradient);
    back.run();
    addTo(sum, back.floats(DNNL_ARG_DIFF_SRC));
  }

  memory::desc all;
  bool log;
  Primitive back;
};

template <typename Op, typename... Arguments>
llvm::Expected<std::unique_ptr<OpEvaluator>> make(Arguments... arguments) {
  return guarded([&]() -> std::unique_ptr<OpEvaluator> {
    return std::make_unique<Op>(arguments...);
  });
}

} // namespace

llvm::Expected<std::unique_ptr<OpEvaluator>> makePool(const WindowShape &shape,
                                                      PoolKind kind) {
  return make<Pool>(shape, kind);
}

llvm::Expected<std::unique_ptr<OpEvaluator>>
makeMatMul(int64_t batch, int64_t m, int64_t k, int64_t n) {
  return make<MatMul>(batch, m, k, n);
}

llvm::Expected<std::unique_ptr<OpEvaluator>>
makeSoftmax(int64_t outer, int64_t size, int64_t inner, bool log) {
  return make<Softmax>(outer, size, inner, log);
}

llvm::Error multiplyTransposed(int64_t rows, int64_t m, int64_t n,
                               const float *a, int64_t strideA, const float *b,
                               int64_t strideB, float *out) {
  dnnl_status_t status = dnnl_sgemm('T', 'N', m, n, rows, 1.0f, a, strideA, b,
                                    strideB, 0.0f, out, n);
  return status == dnnl_success ? llvm::Error::success()
                                : toError(dnnl_status2str(status));
}

} // namespace qcc::evaluate
