// The command-line options with which every tool reads networks.
#ifndef QCC_COMPILER_IMPORT_FLAGS_H
#define QCC_COMPILER_IMPORT_FLAGS_H

#include "compiler/Import/Import.h"

#include "llvm/Support/CommandLine.h"

namespace qcc {

/// Declares `-batch`, `-input-shape` and `-tflite-rounding`; one static object
/// per program.
class ImportFlags {
public:
  explicit ImportFlags(llvm::cl::OptionCategory &category);

  /// What the user asked for; else an error that names the option, what was
  /// found and what was expected.
  llvm::Expected<ImportOptions> parse() const;

private:
  llvm::cl::opt<int64_t> batch;
  llvm::cl::list<std::string> shapes;
  llvm::cl::opt<std::string> rounding;
};

/// "x=1x3x48x192", or "1x3x48x192" for a network with one input: the name, or
/// "", and the sizes.
llvm::Expected<std::pair<std::string, std::vector<int64_t>>>
parseInputShape(llvm::StringRef text);

} // namespace qcc

#endif // QCC_COMPILER_IMPORT_FLAGS_H
