//===- OneDnn.cpp - The ops that oneDNN computes --------------------------===//
//
// The only file of the evaluator that is compiled with exceptions: every entry
// point catches all of them.
//
//===----------------------------------------------------------------------===//

#include "compiler/Evaluate/OneDnn.h"

#include "oneapi/dnnl/dnnl.hpp"

#include <algorithm>
#include <exception>
#include <unordered_map>

using dnnl::memory;

namespace qcc::evaluate {

namespace {

struct Device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

Device &device() {
  static Device instance;
  return instance;
}

llvm::Error toError(const char *what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "oneDNN failed: %s", what);
}

/// Calls `function`, which returns a value or void, with exceptions turned
/// into errors.
template <typename Function>
auto guarded(Function function) -> llvm::Expected<decltype(function())> {
  try {
    return function();
  } catch (const std::exception &error) {
    return toError(error.what());
  } catch (...) {
    return toError("unknown exception");
  }
}

/// A dense NHWC tensor in oneDNN's logical order NCHW.
memory::desc imageDesc(int64_t n, int64_t h, int64_t w, int64_t c) {
  return {{n, c, h, w}, memory::data_type::f32, memory::format_tag::nhwc};
}

/// A primitive with its memories; user data is plugged in for each execution.
class PrimitiveEvaluator final : public OpEvaluator {
public:
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
  /// The execution arguments that the operands are, in operand order.
  std::vector<int> operandArguments;

  llvm::Error forward(Inputs inputs, float *output) override {
    auto done = guarded([&] {
      for (size_t i = 0; i < operandArguments.size(); ++i)
        arguments.at(operandArguments[i])
            .set_data_handle(const_cast<float *>(inputs[i]));
      arguments.at(DNNL_ARG_DST).set_data_handle(output);
      primitive.execute(device().stream, arguments);
      device().stream.wait();
      return true;
    });
    return done.takeError();
  }

  /// An argument whose data comes with every execution.
  void addUserArgument(int argument, const memory::desc &desc) {
    arguments[argument] = memory(desc, device().engine, nullptr);
  }
};

/// The filter [OC, KH, KW, IC/groups] as oneDNN names its axes: OIHW, with the
/// group in front if there are groups.
memory::desc filterDesc(const WindowShape &s) {
  int64_t in = s.channels / s.groups, height = s.kernel[0], width = s.kernel[1];
  memory::dims sizes = {s.outChannels / s.groups, in, height, width};
  memory::dims strides = {height * width * in, 1, width * in, in};
  if (s.groups > 1) {
    strides.insert(strides.begin(), sizes[0] * strides[0]);
    sizes.insert(sizes.begin(), s.groups);
  }
  return {sizes, memory::data_type::f32, strides};
}

memory reordered(const memory::desc &from, const memory::desc &to,
                 const float *data) {
  Device &dev = device();
  memory source(from, dev.engine, const_cast<float *>(data));
  memory result(to, dev.engine);
  dnnl::reorder(source, result).execute(dev.stream, source, result);
  dev.stream.wait();
  return result;
}

std::unique_ptr<OpEvaluator>
buildConvolution(const WindowShape &s, const float *filter, const float *bias) {
  Device &dev = device();
  memory::desc plainFilter = filterDesc(s);
  memory::desc anyFilter(plainFilter.dims(), memory::data_type::f32,
                         memory::format_tag::any);
  memory::desc biasDesc({s.outChannels}, memory::data_type::f32,
                        memory::format_tag::x);
  memory::desc source = imageDesc(s.batch, s.height, s.width, s.channels);
  memory::desc destination =
      imageDesc(s.batch, s.outHeight, s.outWidth, s.outChannels);
  // oneDNN counts the gaps between window elements. The padding behind the
  // image is what the last window really reaches, negative if it stops short.
  memory::dims padEnd(2);
  const int64_t in[] = {s.height, s.width}, out[] = {s.outHeight, s.outWidth};
  for (int axis = 0; axis < 2; ++axis)
    padEnd[axis] = (out[axis] - 1) * s.strides[axis] +
                   (s.kernel[axis] - 1) * s.dilations[axis] + 1 - in[axis] -
                   s.pads[2 * axis];
  dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      source, anyFilter, biasDesc, destination, {s.strides[0], s.strides[1]},
      {s.dilations[0] - 1, s.dilations[1] - 1}, {s.pads[0], s.pads[2]}, padEnd);
  dnnl::convolution_forward::primitive_desc chosen(desc, dev.engine);

  auto result = std::make_unique<PrimitiveEvaluator>();
  result->primitive = dnnl::convolution_forward(chosen);
  result->operandArguments = {DNNL_ARG_SRC};
  result->addUserArgument(DNNL_ARG_SRC, source);
  result->addUserArgument(DNNL_ARG_DST, destination);
  result->arguments[DNNL_ARG_WEIGHTS] =
      reordered(plainFilter, chosen.weights_desc(), filter);
  result->arguments[DNNL_ARG_BIAS] = reordered(biasDesc, biasDesc, bias);
  return result;
}

std::unique_ptr<OpEvaluator> buildPool(const WindowShape &s, PoolKind kind) {
  dnnl::algorithm algorithm =
      kind == PoolKind::Max ? dnnl::algorithm::pooling_max
      : kind == PoolKind::Average
          ? dnnl::algorithm::pooling_avg_exclude_padding
          : dnnl::algorithm::pooling_avg_include_padding;
  memory::desc source = imageDesc(s.batch, s.height, s.width, s.channels);
  memory::desc destination =
      imageDesc(s.batch, s.outHeight, s.outWidth, s.channels);
  dnnl::pooling_forward::desc desc(
      dnnl::prop_kind::forward_inference, algorithm, source, destination,
      {s.strides[0], s.strides[1]}, {s.kernel[0], s.kernel[1]},
      {s.pads[0], s.pads[2]}, {s.pads[1], s.pads[3]});
  dnnl::pooling_forward::primitive_desc chosen(desc, device().engine);

  auto result = std::make_unique<PrimitiveEvaluator>();
  result->primitive = dnnl::pooling_forward(chosen);
  result->operandArguments = {DNNL_ARG_SRC};
  result->addUserArgument(DNNL_ARG_SRC, source);
  result->addUserArgument(DNNL_ARG_DST, destination);
  return result;
}

std::unique_ptr<OpEvaluator> buildMatMul(int64_t batch, int64_t m, int64_t k,
                                         int64_t n) {
  auto matrices = [&](int64_t rows, int64_t columns) {
    return memory::desc({batch, rows, columns}, memory::data_type::f32,
                        memory::format_tag::abc);
  };
  dnnl::matmul::desc desc(matrices(m, k), matrices(k, n), matrices(m, n));
  dnnl::matmul::primitive_desc chosen(desc, device().engine);

  auto result = std::make_unique<PrimitiveEvaluator>();
  result->primitive = dnnl::matmul(chosen);
  result->operandArguments = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS};
  result->addUserArgument(DNNL_ARG_SRC, matrices(m, k));
  result->addUserArgument(DNNL_ARG_WEIGHTS, matrices(k, n));
  result->addUserArgument(DNNL_ARG_DST, matrices(m, n));
  return result;
}

std::unique_ptr<OpEvaluator> buildSoftmax(int64_t outer, int64_t size,
                                          int64_t inner, bool log) {
  memory::desc all({outer, size, inner}, memory::data_type::f32,
                   memory::format_tag::abc);
  dnnl::softmax_v2_forward::desc desc(dnnl::prop_kind::forward_inference,
                                      log ? dnnl::algorithm::softmax_log
                                          : dnnl::algorithm::softmax_accurate,
                                      all, all, /*axis=*/1);
  dnnl::softmax_v2_forward::primitive_desc chosen(desc, device().engine);

  auto result = std::make_unique<PrimitiveEvaluator>();
  result->primitive = dnnl::softmax_v2_forward(chosen);
  result->operandArguments = {DNNL_ARG_SRC};
  result->addUserArgument(DNNL_ARG_SRC, all);
  result->addUserArgument(DNNL_ARG_DST, all);
  return result;
}

} // namespace

llvm::Expected<std::unique_ptr<OpEvaluator>>
makeConvolution(const WindowShape &shape, const float *filter,
                const float *bias) {
  return guarded([&] { return buildConvolution(shape, filter, bias); });
}

llvm::Expected<std::unique_ptr<OpEvaluator>> makePool(const WindowShape &shape,
                                                      PoolKind kind) {
  return guarded([&] { return buildPool(shape, kind); });
}

llvm::Expected<std::unique_ptr<OpEvaluator>>
makeMatMul(int64_t batch, int64_t m, int64_t k, int64_t n) {
  return guarded([&] { return buildMatMul(batch, m, k, n); });
}

llvm::Expected<std::unique_ptr<OpEvaluator>>
makeSoftmax(int64_t outer, int64_t size, int64_t inner, bool log) {
  return guarded([&] { return buildSoftmax(outer, size, inner, log); });
}

} // namespace qcc::evaluate
