// Constants that move from one layer's channels into the next layer's biases.
#ifndef QCC_PASSES_QUANTIZE_CHANNELSHIFTS_H
#define QCC_PASSES_QUANTIZE_CHANNELSHIFTS_H

#include "passes/Quantize/ChannelClasses.h"

#include <set>

namespace qcc::quantize {

/// One constant for each channel class, taken off where the channel is made
/// (the bias of a convolution, the beta of a norm) and given to the biases of
/// the convolutions that read it. Legal where only ops lie between that commute
/// with adding a constant to a channel, and the readers do not pad with zeros.
class ChannelShifts {
public:
  /// Which ops commute: also those that do where values stay above the
  /// constant and that is not negative (ReLU), or those that always do.
  enum class Passing { AboveZero, Always };

  /// `classes` are those of the function and must outlive the object.
  ChannelShifts(mlir::func::FuncOp function, const ChannelClasses &classes,
                Passing passing);

  /// Whether the class has one maker, has readers, and may be shifted.
  bool isLegal(size_t index) const;
  /// To be taken off the channels of class `index`.
  void set(size_t index, double shift) { shifts[index] = shift; }
  /// Rewrites constants, and the facts `qgraph.output_mean`.
  void apply();

private:
  void findObstacles();
  void block(mlir::ValueRange values);
  void apply(mlir::Operation *op);
  /// The shift of the op's own channels.
  bool takeOff(mlir::Operation *op, std::vector<double> &bias);
  /// What the convolution misses of its input.
  bool add(qgraph::Conv2DOp op, std::vector<double> &bias);

  mlir::func::FuncOp function;
  const ChannelClasses &classes;
  Passing passing;
  std::set<size_t> blocked;
  std::vector<double> shifts;
};

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_CHANNELSHIFTS_H
