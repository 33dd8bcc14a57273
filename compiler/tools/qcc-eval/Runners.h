// The ways in which a compiled model's integers can be computed.
#ifndef QCC_COMPILER_TOOLS_QCC_EVAL_RUNNERS_H
#define QCC_COMPILER_TOOLS_QCC_EVAL_RUNNERS_H

#include "compiler/Driver/Compilation.h"
#include "compiler/Emit/Interface.h"

#include <functional>
#include <memory>
#include <string>

namespace qcc::eval {

/// Runs a compiled model with one input on the bytes of whole samples.
class Runner {
public:
  virtual ~Runner() = default;
  /// The bytes of all outputs, sample by sample.
  virtual llvm::Expected<std::vector<uint8_t>>
  run(llvm::ArrayRef<uint8_t> inputs, int64_t samples) = 0;
};

/// An error for a way that has no runner, or for "host" where this machine does
/// not run code for `target`.
llvm::Error checkWay(llvm::StringRef way, const targets::Target &target);

/// The object file, in this process. Its target must run on this machine.
llvm::Expected<std::unique_ptr<Runner>>
makeHostRunner(const emit::Interface &interface, llvm::StringRef object);

/// The reference interpreter on the integer graph: slow, and right by
/// definition. `compilation` must outlive the runner.
llvm::Expected<std::unique_ptr<Runner>>
makeReferenceRunner(const driver::Compilation &compilation);

/// The object file on an emulator of runtime/boards/emulators.inc.
llvm::Expected<std::unique_ptr<Runner>>
makeEmulatorRunner(llvm::StringRef row, const emit::Interface &interface,
                   llvm::StringRef object, llvm::StringRef header);

} // namespace qcc::eval

#endif // QCC_COMPILER_TOOLS_QCC_EVAL_RUNNERS_H
