//===- OneDnnPrimitive.h - oneDNN without its exceptions --------*- C++ -*-===//
//
// For the files of QccEvaluateOneDnn, which alone are compiled with exceptions:
// every entry point catches all of them.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_ONEDNNPRIMITIVE_H
#define QCC_COMPILER_EVALUATE_ONEDNNPRIMITIVE_H

#include "oneapi/dnnl/dnnl.hpp"
#include "oneapi/dnnl/dnnl_debug.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <exception>
#include <unordered_map>

namespace qcc::evaluate::onednn {

struct Device {
  dnnl::engine engine;
  dnnl::stream stream;
};

/// The processor, with a stream for each thread.
inline Device &device() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  static thread_local Device instance{engine, dnnl::stream(engine)};
  return instance;
}

inline llvm::Error toError(const char *what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "oneDNN failed: %s", what);
}

/// Calls `function`, which returns a value, with exceptions turned into errors.
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

/// Memory that a primitive works in belongs to the evaluator, so that it may
/// run in another thread than the one that made it.
inline dnnl::primitive_attr userScratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// A dense NHWC tensor in oneDNN's logical order NCHW.
inline dnnl::memory::desc imageDesc(int64_t n, int64_t h, int64_t w,
                                    int64_t c) {
  return {{n, c, h, w},
          dnnl::memory::data_type::f32,
          dnnl::memory::format_tag::nhwc};
}

/// A primitive with its memories; user data is plugged in for each execution.
class Primitive {
public:
  Primitive() = default;
  explicit Primitive(dnnl::primitive primitive)
      : primitive(std::move(primitive)) {}

  explicit operator bool() const { return static_cast<bool>(primitive); }

  /// An argument whose data comes with every execution.
  void user(int argument, const dnnl::memory::desc &desc) {
    arguments[argument] = dnnl::memory(desc, device().engine, nullptr);
  }
  /// An argument with memory of its own.
  void own(int argument, const dnnl::memory::desc &desc) {
    arguments[argument] = dnnl::memory(desc, device().engine);
  }
  void own(int argument, dnnl::memory memory) {
    arguments[argument] = std::move(memory);
  }
  void scratch(const dnnl::memory::desc &desc) {
    own(DNNL_ARG_SCRATCHPAD, desc);
  }
  /// The same memory as another primitive's argument.
  void share(int argument, const Primitive &other) {
    arguments[argument] = other.arguments.at(argument);
  }
  void set(int argument, const float *data) {
    arguments.at(argument).set_data_handle(const_cast<float *>(data));
  }
  const dnnl::memory &memory(int argument) const {
    return arguments.at(argument);
  }
  llvm::ArrayRef<float> floats(int argument) const {
    const dnnl::memory &held = arguments.at(argument);
    return {static_cast<const float *>(held.get_data_handle()),
            held.get_desc().get_size() / sizeof(float)};
  }
  void run() {
    primitive.execute(device().stream, arguments);
    device().stream.wait();
  }

private:
  dnnl::primitive primitive;
  std::unordered_map<int, dnnl::memory> arguments;
};

inline void reorder(dnnl::memory from, dnnl::memory to) {
  dnnl::reorder(from, to).execute(device().stream, from, to);
  device().stream.wait();
}

inline void addTo(float *sum, llvm::ArrayRef<float> values) {
  for (size_t i = 0; i < values.size(); ++i)
    sum[i] += values[i];
}

} // namespace qcc::evaluate::onednn

#endif // QCC_COMPILER_EVALUATE_ONEDNNPRIMITIVE_H
