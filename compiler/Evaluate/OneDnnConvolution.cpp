//===- OneDnnConvolution.cpp - Convolutions by oneDNN ---------------------===//

#include "compiler/Evaluate/OneDnn.h"

#include "compiler/Evaluate/OneDnnPrimitive.h"

#include <dlfcn.h>

using dnnl::memory;

namespace qcc::evaluate {

using namespace onednn;

namespace {

constexpr memory::data_type f32 = memory::data_type::f32;

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
  return {sizes, f32, strides};
}

/// The layouts are the graph's, NHWC, but for the filter, whose layout oneDNN
/// chooses: it is reordered when it changes.
class Convolution final : public OpEvaluator {
public:
  Convolution(const WindowShape &s, const float *filter, const float *bias)
      : source(imageDesc(s.batch, s.height, s.width, s.channels)),
        destination(imageDesc(s.batch, s.outHeight, s.outWidth, s.outChannels)),
        plainFilter(filterDesc(s)),
        anyFilter(plainFilter.dims(), f32, memory::format_tag::any),
        biasDesc({s.outChannels}, f32, memory::format_tag::x),
        strides{s.strides[0], s.strides[1]},
        gaps{s.dilations[0] - 1, s.dilations[1] - 1},
        padStart{s.pads[0], s.pads[2]}, padEnd(2) {
    // oneDNN counts the gaps between window elements. The padding behind the
    // image is what the last window really reaches, negative if it stops short.
    const int64_t in[] = {s.height, s.width}, out[] = {s.outHeight, s.outWidth};
    for (int axis = 0; axis < 2; ++axis)
      padEnd[axis] = (out[axis] - 1) * s.strides[axis] +
                     (s.kernel[axis] - 1) * s.dilations[axis] + 1 - in[axis] -
                     s.pads[2 * axis];
    auto chosen = describe();
    ahead = Primitive(dnnl::convolution_forward(chosen));
    ahead.scratch(chosen.scratchpad_desc());
    ahead.user(DNNL_ARG_SRC, source);
    ahead.user(DNNL_ARG_DST, destination);
    ahead.own(DNNL_ARG_WEIGHTS, chosen.weights_desc());
    ahead.own(DNNL_ARG_BIAS, biasDesc);
    fill(ahead, DNNL_ARG_WEIGHTS, plainFilter, filter);
    fill(ahead, DNNL_ARG_BIAS, biasDesc, bias);
  }

  llvm::Error forward(Inputs inputs, float *output) override {
    return guarded([&] {
             ahead.set(DNNL_ARG_SRC, inputs[0]);
             ahead.set(DNNL_ARG_DST, output);
             ahead.run();
             return true;
           })
        .takeError();
  }

  llvm::Error backward(Inputs inputs, const float *, const float *gradient,
                       Gradients wanted) override {
    return guarded([&] {
             if (wanted[0])
               addToInput(inputs[1], gradient, wanted[0]);
             if (wanted[1] || wanted[2])
               addToConstants(inputs[0], gradient, wanted[1], wanted[2]);
             return true;
           })
        .takeError();
  }

  llvm::Error constantChanged(unsigned operand,
                              const float *elements) override {
    return guarded([&] {
             if (operand == 1) {
               fill(ahead, DNNL_ARG_WEIGHTS, plainFilter, elements);
               filterIsOld = true;
             } else {
               fill(ahead, DNNL_ARG_BIAS, biasDesc, elements);
             }
             return true;
           })
        .takeError();
  }

private:
  dnnl::convolution_forward::primitive_desc describe() const {
    return {{dnnl::prop_kind::forward_training,
             dnnl::algorithm::convolution_direct, source, anyFilter, biasDesc,
             destination, strides, gaps, padStart, padEnd},
            userScratchpad(),
            device().engine};
  }

  static void fill(Primitive &primitive, int argument,
                   const memory::desc &plain, const float *elements) {
    memory from(plain, device().engine, const_cast<float *>(elements));
    reorder(from, primitive.memory(argument));
  }

  void addToInput(const float *filter, const float *gradient, float *sum) {
    if (!toInput) {
      dnnl::convolution_backward_data::primitive_desc chosen(
          {dnnl::algorithm::convolution_direct, source, anyFilter, destination,
           strides, gaps, padStart, padEnd},
          userScratchpad(), device().engine, describe());
      toInput = Primitive(dnnl::convolution_backward_data(chosen));
      toInput.scratch(chosen.scratchpad_desc());
      toInput.own(DNNL_ARG_WEIGHTS, chosen.weights_desc());
      toInput.user(DNNL_ARG_DIFF_DST, destination);
      toInput.own(DNNL_ARG_DIFF_SRC, source);
      filterIsOld = true;
    }
    if (filterIsOld)
      fill(toInput, DNNL_ARG_WEIGHTS, plainFilter, filter);
    filterIsOld = false;
    toInput.set(DNNL_ARG_DIFF_DST, gradient);
    toInput.run();
    addTo(sum, toInput.floats(DNNL_ARG_DIFF_SRC));
  }

  void addToConstants(const float *input, const float *gradient,
                      float *filterSum, float *biasSum) {
    if (!toConstants) {
      dnnl::convolution_backward_weights::primitive_desc chosen(
          {dnnl::algorithm::convolution_direct, source, anyFilter, biasDesc,
           destination, strides, gaps, padStart, padEnd},
          userScratchpad(), device().engine, describe());
      toConstants = Primitive(dnnl::convolution_backward_weights(chosen));
      toConstants.scratch(chosen.scratchpad_desc());
      toConstants.user(DNNL_ARG_SRC, source);
      toConstants.user(DNNL_ARG_DIFF_DST, destination);
      toConstants.own(DNNL_ARG_DIFF_WEIGHTS, chosen.diff_weights_desc());
      toConstants.own(DNNL_ARG_DIFF_BIAS, biasDesc);
      plainGradient = memory(plainFilter, device().engine);
    }
    toConstants.set(DNNL_ARG_SRC, input);
    toConstants.set(DNNL_ARG_DIFF_DST, gradient);
    toConstants.run();
    if (biasSum)
      addTo(biasSum, toConstants.floats(DNNL_ARG_DIFF_BIAS));
    if (!filterSum)
      return;
    reorder(toConstants.memory(DNNL_ARG_DIFF_WEIGHTS), plainGradient);
    addTo(filterSum,
          {static_cast<const float *>(plainGradient.get_data_handle()),
           plainFilter.get_size() / sizeof(float)});
  }

  memory::desc source, destination, plainFilter, anyFilter, biasDesc;
  memory::dims strides, gaps, padStart, padEnd;
  Primitive ahead, toInput, toConstants;
  memory plainGradient;
  bool filterIsOld = false;
};

} // namespace

llvm::Expected<std::unique_ptr<OpEvaluator>>
makeConvolution(const WindowShape &shape, const float *filter,
                const float *bias) {
  return guarded([&]() -> std::unique_ptr<OpEvaluator> {
    return std::make_unique<Convolution>(shape, filter, bias);
  });
}

/// A function of OpenMP by name: only a oneDNN that was built on OpenMP brings
/// it into the program, and only that one has threads of its own.
template <typename Function> static Function findInOpenMp(const char *name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

static void setThreads(int count) {
  static auto *set = findInOpenMp<void (*)(int)>("omp_set_num_threads");
  if (set)
    set(count);
}

OneThread::OneThread() {
  static auto *get = findInOpenMp<int (*)()>("omp_get_max_threads");
  before = get ? get() : 1;
  setThreads(1);
}

OneThread::~OneThread() { setThreads(before); }

} // namespace qcc::evaluate
