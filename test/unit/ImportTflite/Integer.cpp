#include "test/unit/ImportTflite/Integer.h"

#include "passes/LowerToLLVM/HalideProvider.h"
#include "passes/Pipeline.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace qcc::test {

llvm::Expected<OwningOpRef<ModuleOp>>
lowerTflite(StringRef bytes, MLIRContext &context, TfliteRounding rounding) {
  ImportOptions options;
  options.tfliteRounding = rounding;
  auto module = importModelFromMemory(bytes, "model.tflite", context, options);
  if (!module)
    return module.takeError();
  std::string text;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    text += diagnostic.str() + "\n";
    return success();
  });
  PassManager passes(&context);
  PipelineOptions pipeline;
  pipeline.target = &targetNamed("generic");
  pipeline.portable = &halideProvider();
  buildLegalize(passes, pipeline);
  buildQuantize(passes, pipeline);
  buildLowerToInt(passes, pipeline);
  if (failed(passes.run(**module)))
    return llvm::createStringError("passes failed: " + text);
  return module;
}

llvm::Expected<Bytes> runOracle(const std::string &bytes, const Bytes &inputs,
                                TfliteRounding rounding) {
  try {
    oracle::Model model(bytes);
    size_t size = model.inputBytes();
    Bytes results;
    for (size_t at = 0; at + size <= inputs.size(); at += size) {
      std::vector<uint8_t> made = model.run(
          {inputs.begin() + at, inputs.begin() + at + size},
          rounding == TfliteRounding::Single ? oracle::Rounding::Single
                                             : oracle::Rounding::Double);
      results.insert(results.end(), made.begin(), made.end());
    }
    return results;
  } catch (const std::exception &error) {
    return llvm::createStringError(std::string("oracle: ") + error.what());
  }
}

std::string rowOf(llvm::StringRef name) {
  const targets::Target &target = targetNamed(name);
  if (targets::runsOnHost(target))
    return "host";
  if (target.emulator == "cortex-m0") // 16 KiB of RAM are not enough
    return "cortex-m0-large";
  return target.emulator.str();
}

} // namespace qcc::test
