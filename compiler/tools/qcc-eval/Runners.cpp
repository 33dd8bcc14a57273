#include "compiler/tools/qcc-eval/Runners.h"

#include "compiler/Emit/Outputs.h"
#include "compiler/Evaluate/Emulator.h"
#include "dialects/QInt/Reference/Reference.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace qcc::eval {

namespace {

/// Outputs of one sample, all ports together.
int64_t outputBytes(const emit::Interface &interface) {
  int64_t bytes = 0;
  for (const emit::Port &port : interface.outputs)
    bytes += port.bytes;
  return bytes;
}

/// Memory at an alignment, with no other owner.
class AlignedBuffer {
public:
  AlignedBuffer(int64_t bytes, int64_t alignment)
      : storage(bytes + alignment),
        start(llvm::alignAddr(storage.data(),
                              llvm::Align(std::max<int64_t>(alignment, 1))) -
              reinterpret_cast<uintptr_t>(storage.data())) {}
  uint8_t *data() { return storage.data() + start; }

private:
  std::vector<uint8_t> storage;
  size_t start;
};

using RunFunction = int (*)(const void *const *inputs, void *const *outputs,
                            void *arena);

class HostRunner final : public Runner {
public:
  HostRunner(const emit::Interface &interface,
             std::unique_ptr<llvm::orc::LLJIT> jit, RunFunction function)
      : interface(interface), jit(std::move(jit)), function(function),
        arena(interface.arenaBytes, interface.arenaAlignment) {}

  llvm::Expected<std::vector<uint8_t>> run(llvm::ArrayRef<uint8_t> inputs,
                                           int64_t samples) override {
    std::vector<uint8_t> outputs(outputBytes(interface) * samples);
    // The caller's buffers may be anywhere; kernels may ask for alignment.
    int64_t alignment = std::max<int64_t>(interface.arenaAlignment, 64);
    std::vector<AlignedBuffer> in, out;
    for (const emit::Port &port : interface.inputs)
      in.emplace_back(port.bytes, alignment);
    for (const emit::Port &port : interface.outputs)
      out.emplace_back(port.bytes, alignment);
    std::vector<const void *> inPointers;
    std::vector<void *> outPointers;
    for (AlignedBuffer &buffer : in)
      inPointers.push_back(buffer.data());
    for (AlignedBuffer &buffer : out)
      outPointers.push_back(buffer.data());
    const uint8_t *from = inputs.data();
    uint8_t *to = outputs.data();
    for (int64_t i = 0; i < samples; ++i) {
      for (auto [port, buffer] : llvm::zip(interface.inputs, in)) {
        std::copy_n(from, port.bytes, buffer.data());
        from += port.bytes;
      }
      int status =
          function(inPointers.data(), outPointers.data(), arena.data());
      if (status != 0)
        return llvm::createStringError("the compiled model returned " +
                                       std::to_string(status) + ", expected 0");
      for (auto [port, buffer] : llvm::zip(interface.outputs, out)) {
        std::copy_n(buffer.data(), port.bytes, to);
        to += port.bytes;
      }
    }
    return outputs;
  }

private:
  emit::Interface interface;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  RunFunction function;
  AlignedBuffer arena;
};

class ReferenceRunner final : public Runner {
public:
  explicit ReferenceRunner(func::FuncOp function)
      : function(function), interpreter(function) {}

  llvm::Expected<std::vector<uint8_t>> run(llvm::ArrayRef<uint8_t> inputs,
                                           int64_t samples) override {
    std::vector<uint8_t> outputs;
    for (int64_t i = 0; i < samples; ++i) {
      std::vector<qint::reference::Tensor> tensors;
      for (Type type : function.getArgumentTypes()) {
        auto shaped = cast<RankedTensorType>(type);
        auto kind = qint::reference::elementKindOf(shaped.getElementType());
        if (!kind)
          return kind.takeError();
        size_t bytes =
            shaped.getNumElements() * qint::reference::elementBytes(*kind);
        auto tensor = qint::reference::Tensor::fromBytes(
            shaped.getShape(), *kind, inputs.take_front(bytes));
        if (!tensor)
          return tensor.takeError();
        tensors.push_back(std::move(*tensor));
        inputs = inputs.drop_front(bytes);
      }
      auto results = interpreter.run(tensors);
      if (!results)
        return results.takeError();
      for (const qint::reference::Tensor &result : *results) {
        std::vector<uint8_t> bytes = result.toBytes();
        outputs.insert(outputs.end(), bytes.begin(), bytes.end());
      }
    }
    return outputs;
  }

private:
  func::FuncOp function;
  qint::reference::Interpreter interpreter;
};

class EmulatorRunner final : public Runner {
public:
  explicit EmulatorRunner(evaluate::EmulatedModel model)
      : model(std::move(model)) {}

  llvm::Expected<std::vector<uint8_t>> run(llvm::ArrayRef<uint8_t> inputs,
                                           int64_t) override {
    evaluate::RunOptions options;
    options.timeoutSeconds = 3600;
    auto result = model.run(inputs, options);
    if (!result)
      return result.takeError();
    return std::move(result->outputs);
  }

private:
  evaluate::EmulatedModel model;
};

llvm::Error writeFile(llvm::StringRef path, llvm::StringRef text) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error) {
    file << text;
    file.close();
    error = file.error();
  }
  return error ? llvm::createFileError(path, error) : llvm::Error::success();
}

llvm::Expected<const evaluate::EmulatorRow *>
emulatorNamed(llvm::StringRef name) {
  if (const evaluate::EmulatorRow *row = evaluate::findEmulator(name))
    return row;
  std::string names =
      llvm::join(llvm::map_range(evaluate::getEmulatorRows(),
                                 [](const evaluate::EmulatorRow &row) {
                                   return row.name.str();
                                 }),
                 ", ");
  return llvm::createStringError(
      "-run: found '" + name +
      "', expected float, simulated, reference or one of " + names);
}

} // namespace

llvm::Error checkWay(llvm::StringRef way, const targets::Target &target) {
  if (way == "float" || way == "simulated" || way == "reference")
    return llvm::Error::success();
  if (way != "host")
    return emulatorNamed(way).takeError();
  if (targets::runsOnHost(target))
    return llvm::Error::success();
  return llvm::createStringError("-run=host: this machine does not run code "
                                 "for '" +
                                 target.name +
                                 "', expected -run=" + target.emulator);
}

llvm::Expected<std::unique_ptr<Runner>>
makeHostRunner(const emit::Interface &interface, llvm::StringRef object) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error = (*jit)->addObjectFile(
          llvm::MemoryBuffer::getMemBufferCopy(object, "model.o")))
    return std::move(error);
  auto symbol = (*jit)->lookup(interface.prefix + "_run");
  if (!symbol)
    return symbol.takeError();
  return std::make_unique<HostRunner>(interface, std::move(*jit),
                                      symbol->toPtr<RunFunction>());
}

llvm::Expected<std::unique_ptr<Runner>>
makeReferenceRunner(const driver::Compilation &compilation) {
  return std::make_unique<ReferenceRunner>(compilation.function());
}

llvm::Expected<std::unique_ptr<Runner>>
makeEmulatorRunner(llvm::StringRef row, const emit::Interface &interface,
                   llvm::StringRef object, llvm::StringRef header) {
  auto found = emulatorNamed(row);
  if (!found)
    return found.takeError();
  auto emulator = evaluate::Emulator::create(**found);
  if (!emulator)
    return emulator.takeError();
  llvm::SmallString<128> directory;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("qcc-eval", directory))
    return llvm::createStringError(error, "cannot make a temporary directory");
  evaluate::CompiledModel model;
  model.name = interface.prefix;
  model.objectPath = (directory + "/model.o").str();
  model.headerPath = (directory + "/model.h").str();
  llvm::Error error = llvm::joinErrors(writeFile(model.objectPath, object),
                                       writeFile(model.headerPath, header));
  if (error)
    return std::move(error);
  auto built = emulator->build(model);
  llvm::sys::fs::remove_directories(directory);
  if (!built)
    return built.takeError();
  return std::make_unique<EmulatorRunner>(std::move(*built));
}

} // namespace qcc::eval
