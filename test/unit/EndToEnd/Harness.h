// From integer ops to bytes on an emulator, beside the reference interpreter.
#ifndef QCC_TEST_UNIT_ENDTOEND_HARNESS_H
#define QCC_TEST_UNIT_ENDTOEND_HARNESS_H

#include "compiler/Emit/Interface.h"
#include "targets/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace qcc::test {

using Bytes = std::vector<uint8_t>;

/// Loads the dialects of integer modules.
void loadDialects(mlir::MLIRContext &context);

/// Parses a module; what is wrong with it is the error.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
parse(llvm::StringRef text, mlir::MLIRContext &context);

/// The module's one function on every sample: the inputs of a sample one after
/// the other, samples without padding, as runtime/runner/runner.c reads them.
llvm::Expected<Bytes> runReference(mlir::ModuleOp module,
                                   llvm::ArrayRef<uint8_t> inputs);

/// Bytes of the inputs of one sample.
size_t sampleBytes(mlir::ModuleOp module);

/// What compiling left.
struct Compiled {
  std::string object;
  emit::Interface interface;
  std::string header;
};

/// Whether kernels stay functions or are all inlined into the run function.
enum class Kernels { Called, Inlined };

/// Phase Schedule on a module of qint ops, as LowerToInt leaves it.
llvm::Error schedule(mlir::ModuleOp module, const targets::Target &target);

/// Takes a copy of a module of qint ops, as LowerToInt leaves it, to an object
/// that is verified to hold integers only.
llvm::Expected<Compiled> compile(mlir::ModuleOp module,
                                 const targets::Target &target,
                                 Kernels kernels = Kernels::Called);

/// Outputs of all samples on an emulator row. Where the host lacks what the
/// row needs, the error is evaluate::HostLacksFeature. `instructions`, when it
/// is asked for, are those of all samples; not on the row "host".
llvm::Expected<Bytes> runOn(llvm::StringRef row, const Compiled &compiled,
                            llvm::ArrayRef<uint8_t> inputs,
                            uint64_t *instructions = nullptr);

/// Where two byte strings differ, in words; empty when nowhere.
std::string difference(llvm::ArrayRef<uint8_t> found,
                       llvm::ArrayRef<uint8_t> expected);

/// The row of that name, which must exist.
const targets::Target &targetNamed(llvm::StringRef name);

/// A name that GoogleTest accepts: other characters become '_'.
std::string testName(llvm::StringRef text);

/// An environment variable that holds a number.
uint64_t fromEnvironment(const char *name, uint64_t otherwise);

} // namespace qcc::test

#endif // QCC_TEST_UNIT_ENDTOEND_HARNESS_H
