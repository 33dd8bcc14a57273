// What was compiled, for people (text) and programs (JSON).
#ifndef QCC_COMPILER_EMIT_REPORT_H
#define QCC_COMPILER_EMIT_REPORT_H

#include "compiler/Emit/CountInstructions.h"
#include "compiler/Emit/Interface.h"
#include "compiler/Emit/ObjectInfo.h"

#include <map>
#include <optional>

namespace qcc::emit {

/// What only the phases before LowerToInt know of a layer, by layer name.
struct LayerFacts {
  double scale = 0;
  int32_t zeroPoint = 0;
  unsigned bits = 8;
  /// Signal to quantization noise of the layer's integers against the float
  /// network on the calibration samples, in dB.
  std::optional<double> sqnr;
  /// Which observer was found best for the value ("mse"), empty unless several
  /// were tried, and its score: signal over error of the values seen, in dB.
  std::string observer;
  std::optional<double> rangeSqnr;
};

/// One kernel of the compiled network.
struct KernelRow {
  std::string name;                ///< layer of its first op
  std::vector<std::string> layers; ///< all layers that it computes
  std::string ops;                 ///< "conv2d+requantize+add"
  std::vector<int64_t> shape;
  int64_t macs = 0;
  int64_t weightBytes = 0; ///< constants as the model stores them, unpacked
  int64_t packedBytes = 0; ///< constants as the code reads them
  int64_t storedWeightBytes = 0; ///< of packedBytes, weights
  unsigned storedWeightBits = 0; ///< that one takes: more where not packed
  std::string symbol;            ///< the function that computes it
  int64_t codeBytes = 0;         ///< of that function, which kernels may share
  /// What one run of it executes; see InstructionCounts.
  std::optional<double> instructions;
  /// How long that takes, where LLVM has a scheduling model of the processor.
  std::optional<double> cyclesEstimate;
  unsigned weightBits = 0; ///< 0 without weights
  int64_t outputBytes = 0; ///< buffer with its halo
  int64_t scratchBytes = 0;
  std::optional<int64_t> offset; ///< in the arena; none for outputs
  std::optional<LayerFacts> facts;
};

/// What a pass did to a layer, or why it did nothing.
struct LayerNote {
  std::string layer, text;
};

struct Report {
  std::string source, target;
  Interface interface;
  std::vector<KernelRow> kernels;
  ObjectInfo object;
  std::optional<uint64_t> stackBytes;
  int64_t arenaLowerBound = 0;
  std::vector<LayerNote> equalization; ///< empty without it
  /// Of one inference, memory functions not counted.
  std::optional<double> instructions;
  std::optional<double> cyclesEstimate; ///< likewise; see KernelRow
};

/// Adds to the rows what their functions cost, and the sum.
void addCosts(Report &report, const InstructionCounts &counts);

/// The kernels of a planned function, with the facts of their last layer.
std::vector<KernelRow>
describeKernels(mlir::func::FuncOp function,
                const std::map<std::string, LayerFacts> &facts);

std::string reportText(const Report &report);
std::string reportJson(const Report &report);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_REPORT_H
