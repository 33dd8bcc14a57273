// Files that appear all together or not at all.
#ifndef QCC_COMPILER_EMIT_OUTPUTS_H
#define QCC_COMPILER_EMIT_OUTPUTS_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace qcc::emit {

/// Collects the files of one run. Nothing is written before `commit`, which
/// writes each beside its place and renames them once all are written, so an
/// error leaves no new file behind.
class Outputs {
public:
  /// The path "-" is standard output.
  void add(std::string path, std::string contents) {
    files.push_back({std::move(path), std::move(contents)});
  }
  llvm::Error commit() const;

private:
  struct File {
    std::string path, contents;
  };
  std::vector<File> files;
};

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_OUTPUTS_H
