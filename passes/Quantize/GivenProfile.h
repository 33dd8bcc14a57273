// Where the passes' statistics come from.
#ifndef QCC_PASSES_QUANTIZE_GIVENPROFILE_H
#define QCC_PASSES_QUANTIZE_GIVENPROFILE_H

#include "passes/Quantize/Profile.h"

#include "mlir/IR/Operation.h"

#include <optional>

namespace qcc::quantize {

/// The statistics that a pass works with: those of the program that made it, or
/// of the file that a command line names.
class GivenProfile {
public:
  GivenProfile() = default;
  explicit GivenProfile(const Profile *given) : isGiven(true), given(given) {}

  /// Reads the file, unless there is no path or a program made the pass.
  /// Errors, at `op`: those of Profile::read.
  mlir::LogicalResult read(mlir::Operation *op, llvm::StringRef path) {
    if (isGiven || path.empty())
      return mlir::success();
    llvm::Expected<Profile> found = Profile::read(path.str());
    if (!found)
      return op->emitError(llvm::toString(found.takeError()));
    file = std::move(*found);
    return mlir::success();
  }

  /// None: null.
  const Profile *get() const { return file ? &*file : given; }

private:
  bool isGiven = false;
  const Profile *given = nullptr;
  std::optional<Profile> file;
};

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_GIVENPROFILE_H
