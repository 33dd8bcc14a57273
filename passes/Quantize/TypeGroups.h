// Values that share a type, since an op between them only moves codes or since
// one rounding is then saved.
#ifndef QCC_PASSES_QUANTIZE_TYPEGROUPS_H
#define QCC_PASSES_QUANTIZE_TYPEGROUPS_H

#include "passes/Quantize/Values.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace qcc::quantize {

class TypeGroups {
public:
  /// Groups the activations of `function` as far as they must share a type: an
  /// op that only moves elements and its input; a clamp and its input that
  /// nothing else reads.
  explicit TypeGroups(mlir::func::FuncOp function);

  /// Also joins those that may as well share a type, where `mayJoin` says so:
  /// rounding an input of a concat, maximum, minimum or select to the result's
  /// type where it is made costs nothing and saves rounding it twice.
  void joinInputs(
      llvm::function_ref<bool(mlir::Value result, mlir::Value input)> mayJoin);

  /// Calls `visit` with the members of each group, in order of the network.
  void
  forEach(llvm::function_ref<void(llvm::ArrayRef<mlir::Value>)> visit) const;

  llvm::SmallVector<mlir::Value> membersOf(mlir::Value value) const;

  /// True if something else than an op that is in the same group reads it.
  bool isReadOutside(mlir::Value value) const;

  /// True if matrix products, and nothing outside of the network, read the
  /// values that share the type of `value`.
  bool areFactors(mlir::Value value) const;

private:
  void join(mlir::Value a, mlir::Value b);

  llvm::SmallVector<mlir::Value> values;
  llvm::DenseMap<mlir::Value, size_t> indices;
  llvm::EquivalenceClasses<size_t> groups;
};

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_TYPEGROUPS_H
