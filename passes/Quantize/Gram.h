//===- Gram.h - Products of a layer's inputs --------------------*- C++ -*-===//
//
// What rounding needs to know about the data: sums of products of the inputs
// that one output sees together. Sums are whole numbers, so that they do not
// depend on the order in which samples came or on the machine.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_GRAM_H
#define QCC_PASSES_QUANTIZE_GRAM_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace qcc::quantize {

/// Of a convolution with filter [OC, KH, KW, IC/groups]. A row x is what one
/// output element of a group sees: KH * KW * IC/groups inputs, in the order of
/// the filter's elements, zero in the padding and, if the convolution is
/// transposed, between the inputs. Channel o belongs to group
/// o / (OC / groups).
///
/// Inputs are codes: x = scale * code, the zero point subtracted. If targets
/// were collected, `target` is the same input of the float network, in steps
/// of targetScale.
struct Gram {
  int64_t groups = 1, size = 0;
  /// Rows summed, the same for every group.
  int64_t rows = 0;
  double scale = 1, targetScale = 0;
  /// [groups, size, size]: sum of code_i * code_j.
  std::vector<int64_t> products;
  /// [groups, size, size]: sum of code_i * target_j; empty without targets.
  std::vector<int64_t> cross;
  /// [groups, size]: sums of code_i and target_i.
  std::vector<int64_t> sums, targetSums;

  /// X^T X of a group in real units, row-major [size, size].
  std::vector<double> realProducts(int64_t group) const;
  /// X^T T of a group in real units; element [i, j] has the quantized input i
  /// and the float input j.
  std::vector<double> realCross(int64_t group) const;
  /// Mean of every input of a group, quantized and (if collected) in float.
  std::vector<double> means(int64_t group) const;
  std::vector<double> targetMeans(int64_t group) const;

  /// Adds the sums of other samples. An error, upon which nothing has changed,
  /// if shapes or scales differ.
  llvm::Error merge(const Gram &other);
};

/// By layer name.
using Grams = std::map<std::string, Gram>;

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_GRAM_H
