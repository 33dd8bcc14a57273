// Which channels of a network may be scaled together without a change of what
// it computes.
#ifndef QCC_PASSES_QUANTIZE_CHANNELCLASSES_H
#define QCC_PASSES_QUANTIZE_CHANNELCLASSES_H

#include "dialects/QGraph/QGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <string>
#include <vector>

namespace qcc::quantize {

/// A channel (index of the last axis) of what an op makes or reads.
struct ChannelOf {
  mlir::Operation *op;
  int64_t channel;
};

/// Channels that must be divided by the same positive number, so that every op
/// between their makers and their readers commutes with it: a scale of a
/// producer's channel passes through functions f(s x) = s f(x), s > 0, sums of
/// channels of one class, and whatever moves elements.
struct ChannelClass {
  /// Take up 1 / s in constants: convolutions, with filter rows and bias, and
  /// normalizations, with gamma and beta.
  llvm::SmallVector<ChannelOf, 1> producers;
  /// Take up s in constants: convolutions, with filter columns.
  llvm::SmallVector<ChannelOf, 1> consumers;
  /// Why the channels cannot be scaled; "" if they can.
  std::string obstacle;

  bool isFree() const { return obstacle.empty(); }
};

/// The partition of all channels of all activations of a float function whose
/// body is one block of qgraph ops.
///
/// Legality, op by op: `conv2d` and `transpose_conv2d` with constant f32 filter
/// and bias end classes; so do `layer_norm` and `rms_norm` over the last axis
/// on the side of their result. `clamp` to [0, inf), `abs`, `negate`, leaky
/// ReLU, pools, resizes, reductions, products with constants, sums,
/// differences, maxima, minima and choices of activations, and data movement
/// (with zeros as padding) pass a scale on. All else holds its channels at
/// scale 1: arguments, results, other functions and clamps, products of
/// activations, values whose type or range the model states.
class ChannelClasses {
public:
  explicit ChannelClasses(mlir::func::FuncOp function);

  const std::vector<ChannelClass> &classes() const { return list; }
  /// The class of a channel of an f32 activation.
  size_t classOf(mlir::Value value, int64_t channel) const {
    return indices.at(offsets.lookup(value) + channel);
  }

private:
  friend class ClassBuilder;
  llvm::DenseMap<mlir::Value, size_t> offsets;
  std::vector<size_t> indices;
  std::vector<ChannelClass> list;
};

/// Divides the channels of every class by the class's scale (1 where the class
/// is not free): rewrites the constants of producers and consumers, and the
/// facts `qgraph.output_mean` and `qgraph.output_std` of the ops between.
/// Constants that other ops share are copied.
void applyScales(mlir::func::FuncOp function, const ChannelClasses &classes,
                 llvm::ArrayRef<double> scales);

/// The elements of a qgraph.constant of f32 elements in the file, else none.
std::vector<float> floatsOf(mlir::Value value);
/// Replaces operand `index` of `op`, a constant, by a new one with `values`.
void replaceConstant(mlir::Operation *op, unsigned index,
                     llvm::ArrayRef<float> values);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_CHANNELCLASSES_H
