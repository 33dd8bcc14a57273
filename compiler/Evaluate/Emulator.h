//===- Emulator.h - Runs compiled models where they belong ------*- C++ -*-===//
//
// A compiled model is an object file for some processor. This library builds a
// program around it from runtime/ (runner, start-up, linker script), runs it
// on this host, under QEMU's user emulation or on an emulated board, and brings
// back the outputs, the stack that was used and, when asked, exact counts of
// the executed instructions.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_EMULATOR_H
#define QCC_COMPILER_EVALUATE_EMULATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace qcc::evaluate {

enum class EmulatorKind { Host, User, Board };

/// One row of runtime/boards/emulators.inc, which explains the columns.
struct EmulatorRow {
  llvm::StringRef name;
  EmulatorKind kind;
  llvm::StringRef board;
  llvm::StringRef program;
  llvm::StringRef arguments;
  llvm::StringRef clangFlags;
  uint64_t ramBytes;
  llvm::StringRef hostFeatures;
};

llvm::ArrayRef<EmulatorRow> getEmulatorRows();

/// The row called `name`, or null.
const EmulatorRow *findEmulator(llvm::StringRef name);

/// This host lacks what a row of kind Host needs. Tests then print "not run".
class HostLacksFeature : public llvm::ErrorInfo<HostLacksFeature> {
public:
  static char ID;
  HostLacksFeature(std::string row, std::string feature)
      : row(std::move(row)), feature(std::move(feature)) {}
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

private:
  std::string row, feature;
};

/// What the compiler wrote.
struct CompiledModel {
  std::string objectPath; ///< .o or .a
  std::string headerPath; ///< model.h, see runtime/runner/runner.c
  std::string name;       ///< prefix of the symbols; upper-cased, of the macros
};

struct BuildOptions {
  unsigned ioAlign = 16;   ///< alignment of inputs and outputs in bytes
  unsigned stackBytes = 0; ///< of a board; 0 is the board's default
};

struct RunOptions {
  unsigned timeoutSeconds = 120;
  bool countInstructions = false; ///< not on rows of kind Host
};

/// Instructions executed inside of the run function, all samples together.
/// Conditional instructions count whether or not their condition holds.
struct InstructionCounts {
  struct Function {
    std::string name;
    uint64_t instructions;
  };
  uint64_t runs = 0;
  uint64_t total = 0;
  /// Own instructions (without callees) of each function that ran, in the order
  /// of addresses. Their sum is `total` but for code outside of any function.
  std::vector<Function> functions;
};

struct RunResult {
  std::vector<uint8_t> outputs; ///< all outputs of all samples in order
  uint64_t stackBytes = 0;      ///< of the hungriest run
  std::optional<InstructionCounts> counts;
};

/// A program around one model, ready to run any number of times. Its files are
/// in a temporary directory that goes when it goes.
class EmulatedModel {
public:
  EmulatedModel(const EmulatorRow &row, std::string qemu,
                std::string pluginPath);
  EmulatedModel(EmulatedModel &&);
  ~EmulatedModel();

  /// Runs all samples in `inputs` (see runtime/runner/runner.c for the format).
  /// Errors name the program, its exit code and what it printed.
  llvm::Expected<RunResult> run(llvm::ArrayRef<uint8_t> inputs,
                                const RunOptions &options = {}) const;

  /// The ELF file.
  std::string getProgramPath() const;

private:
  friend class Emulator;
  struct TemporaryDirectory;

  const EmulatorRow *row;
  std::string qemu;
  std::string pluginPath;
  std::unique_ptr<TemporaryDirectory> directory;
};

class Emulator {
public:
  /// Finds the tools that `row` needs. The runtime's sources are looked for as
  /// share/qcc/runtime above the running program. Fails with HostLacksFeature
  /// or with an error that names what is missing.
  static llvm::Expected<Emulator> create(const EmulatorRow &row);

  const EmulatorRow &getRow() const { return *row; }

  /// Compiles `source` (C99) with the row's flags, as a test's hand-made model.
  llvm::Error compile(llvm::StringRef source, llvm::StringRef objectPath,
                      llvm::ArrayRef<std::string> flags = {}) const;

  /// Compiles runner and start-up code and links them with the model.
  llvm::Expected<EmulatedModel> build(const CompiledModel &model,
                                      const BuildOptions &options = {}) const;

private:
  explicit Emulator(const EmulatorRow &row) : row(&row) {}

  const EmulatorRow *row;
  std::string clang;
  std::string qemu;
  std::string runtimeDirectory;
  std::string pluginPath;
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_EMULATOR_H
