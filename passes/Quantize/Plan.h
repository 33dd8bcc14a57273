//===- Plan.h - How every layer is computed ---------------------*- C++ -*-===//
//
// The choice of precision and of forms of functions, as a file (.qplan) that
// can be kept, edited and given back.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_PLAN_H
#define QCC_PASSES_QUANTIZE_PLAN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>

namespace qcc::quantize {

/// 2, 4, 6 or 8.
bool isWeightWidth(unsigned bits);
/// 4, 6, 8 or 16.
bool isActivationWidth(unsigned bits);
/// "polynomial", "shift" or "table".
bool isFunctionForm(llvm::StringRef text);

/// Of one layer; what is not given is the plan's default.
struct LayerPlan {
  std::optional<unsigned> weights;     ///< bits of the layer's filter
  std::optional<unsigned> activations; ///< bits of the layer's result
  /// How the function is computed: isFunctionForm().
  std::optional<std::string> form;
  /// What the layer is expected to lose, in whatever unit the maker of the
  /// plan states in its note. Nothing reads it but people.
  std::optional<double> score;
  std::string note;
};

/// Bits and forms by layer: `qgraph.layer` names; arguments are "input0",
/// "input1", ...
struct Plan {
  /// networkId() of the network that the plan is for; empty: any that has all
  /// the layers.
  std::string network;
  std::string note;
  unsigned weights = 8, activations = 8; ///< bits of layers that are not named
  std::map<std::string, LayerPlan> layers;
  /// Where the plan comes from, for messages; no part of the file.
  std::string source = "plan";

  /// The layer's own entry, or null.
  const LayerPlan *find(llvm::StringRef layer) const;
  unsigned weightBits(llvm::StringRef layer) const;
  unsigned activationBits(llvm::StringRef layer) const;

  /// The text of a .qplan file: JSON, one layer per line, layers in order of
  /// their names.
  std::string serialize() const;

  /// Reads what serialize() wrote or a person. Errors name the file and, where
  /// there is one, the layer: what is no JSON of this form; a layer that is
  /// there twice or says nothing; bits that are none of the widths above.
  static llvm::Expected<Plan> parse(llvm::StringRef text, llvm::StringRef name);
  static llvm::Expected<Plan> read(llvm::StringRef path);
};

/// Whether some layer gets less than 8 bits of either kind.
bool hasLowBits(const Plan &plan);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_PLAN_H
