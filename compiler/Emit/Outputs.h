// Files that appear all together or not at all.
#ifndef QCC_COMPILER_EMIT_OUTPUTS_H
#define QCC_COMPILER_EMIT_OUTPUTS_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace qcc::emit {

/// Whether `path` exists and is a device, a pipe or a socket.
bool isSpecialFile(llvm::StringRef path);

/// Collects the files of one run. Nothing is written before `commit`, which
/// writes each beside its place and renames them once all are written, so an
/// error leaves no new file behind. Devices and pipes are written in place: to
/// rename over one would replace it.
class Outputs {
public:
  /// The path "-" is standard output.
  void add(std::string path, std::string contents) {
    files.push_back({std::move(path), std::move(contents)});
  }
  /// `path` was read; no output may replace it.
  void protect(std::string path) { inputs.push_back(std::move(path)); }

  /// Errors: two outputs with one path, an output that is an input or a
  /// directory, and whatever keeps a file from being written.
  llvm::Error commit() const;

private:
  struct File {
    std::string path, contents;
  };
  llvm::Error checkPaths() const;

  std::vector<File> files;
  std::vector<std::string> inputs;
};

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_OUTPUTS_H
