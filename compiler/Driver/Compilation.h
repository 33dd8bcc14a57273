// One network on its way through the phases.
#ifndef QCC_COMPILER_DRIVER_COMPILATION_H
#define QCC_COMPILER_DRIVER_COMPILATION_H

#include "compiler/Data/Dataset.h"
#include "compiler/Emit/Report.h"
#include "compiler/Evaluate/Preprocess.h"
#include "compiler/Import/Import.h"
#include "passes/LowerToLLVM/LowerToLLVM.h"
#include "passes/Pipeline.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace qcc::driver {

/// Whether channels get like ranges before calibration.
enum class Equalization {
  Off,
  On,
  Absorb, ///< also high biases, which rests on batch normalization
  Auto    ///< where filters have one scale
};

/// "off", "on", "absorb" or "auto".
llvm::Expected<Equalization> parseEqualization(llvm::StringRef text);

struct CompileOptions {
  std::string input; ///< model file
  std::string target = "native";
  std::string prefix = "model"; ///< C identifier: prefix of all symbols
  ImportOptions importOptions;
  InputFormat inputFormat;
  quantize::Observer observer{quantize::ObserverKind::Mse};
  /// Bits by layer; none: 8 everywhere.
  std::optional<quantize::Plan> plan;
  /// How channels of norms get like ranges after calibration.
  Reparameterization reparameterize;
  /// Bits of inputs of norms; 0: 16 where 8 lose too much.
  unsigned residualBits = 0;
  /// Whether shares of attention get scales from calibration.
  bool scaleShares = true;
  /// The form of functions, "" for what suits their types.
  std::string functions;
  /// Whether each function's form is to be chosen by what it costs and loses;
  /// allocate::chooseForms() does that before compilation.
  bool searchForms = false;
  WeightGranularity granularity = WeightGranularity::Channel;
  Equalization equalization = Equalization::Auto;
  /// How weights are rounded, other than to nearest with calibration data only.
  /// None: COMQ with bias correction where some layer has less than 8 bits and
  /// there are data, else to nearest without.
  std::optional<quantize::RoundingOptions> rounding;
  std::optional<bool> biasCorrection;

  /// Data file; empty: none. For a network with several arguments a .npz with
  /// the arrays "input0", "input1", ...
  std::string calibration;
  data::DatasetOptions calibrationData;
  /// Instead of data: make so many samples from the statistics of batch
  /// normalization, from `calibrationData.seed`. 0: none.
  int64_t distill = 0;
  std::string profile; ///< .qprof to read instead of data

  bool optimizeForSize = false;
  bool timestamps = false; ///< see LowerToLLVMOptions
  unsigned jobs = 0;       ///< processes that make kernels; 0: all cores
  /// Remarks that were printed. Copies share it, so that compiling a network in
  /// many ways says each of them once.
  std::shared_ptr<std::set<std::string>> remarks =
      std::make_shared<std::set<std::string>>();
  /// Called as work proceeds: phase, what of it, done, total (0: unknown).
  std::function<void(Phase, llvm::StringRef, int64_t, int64_t)> progress;
};

/// Runs the phases one after the other and keeps what each leaves. Diagnostics
/// of passes are printed to standard error as "file:line: error: text"; a
/// method that fails after one was printed returns an error with no message
/// of its own (`isReported`).
class Compilation {
public:
  explicit Compilation(CompileOptions options);
  ~Compilation();

  /// Runs every phase up to and including `last`, which is at most
  /// LowerToLLVM.
  llvm::Error runTo(Phase last);

  /// Object bytes, verified: integers only, no foreign symbol, no writable
  /// data.
  /// Counts what its functions execute; report() needs that.
  llvm::Expected<std::string> emitObject();

  mlir::ModuleOp module() const { return *mlirModule; }
  mlir::func::FuncOp function() const;
  /// Copies of the module (null before): the float network as Legalize left
  /// it, or as equalization did from Quantize on; and what Quantize left.
  mlir::ModuleOp legalized() const;
  mlir::ModuleOp quantized() const;
  mlir::func::FuncOp legalizedFunction() const;
  mlir::func::FuncOp quantizedFunction() const;
  llvm::Module &llvmModule() const { return *llvm; }
  llvm::TargetMachine &machine() const { return *targetMachine; }
  const targets::Target &target() const { return *row; }
  const CompileOptions &options() const { return opts; }
  const quantize::Profile *profile() const {
    return statistics ? &*statistics : nullptr;
  }

  /// Up to `samples` calibration samples as the float network takes them, after
  /// the phase Quantize. An error without calibration data.
  llvm::Expected<evaluate::NetworkInputs>
  calibrationInputs(int64_t samples) const;
  /// The classes of the first `samples` of them. Errors: no file of labels in
  /// the options; labels that are no integers.
  llvm::Expected<std::vector<int64_t>> calibrationLabels(int64_t samples) const;

  /// Facts that only the quantized graph has, by layer; with calibration data
  /// also each layer's SQNR on their first samples.
  llvm::Expected<std::map<std::string, emit::LayerFacts>> layerFacts() const;
  llvm::Expected<emit::Report> report(llvm::StringRef object) const;

private:
  llvm::Error import();
  llvm::Error loadCalibration();
  llvm::Error distillCalibration();
  llvm::Error equalize();
  llvm::Error reparameterize();
  llvm::Error prepareProfile();
  PipelineOptions pipelineOptions() const;
  llvm::Error runPasses(Phase phase, void (*build)(mlir::OpPassManager &,
                                                   const PipelineOptions &));
  llvm::Error checkRounding() const;
  void chooseRounding(QuantizeOptions &options) const;
  llvm::Error lower();
  void tell(Phase phase, llvm::StringRef what, int64_t done = 0,
            int64_t total = 0) const;

  CompileOptions opts;
  const targets::Target *row = nullptr;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> mlirModule, floatModule, quantModule;
  std::optional<quantize::Profile> statistics;
  std::vector<data::Dataset> calibrationSets; ///< one for each argument
  std::unique_ptr<llvm::TargetMachine> targetMachine;
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvm;
  emit::InstructionCounts counts;
  int reached = -1;
};

/// The error of a step whose diagnostics have been printed already.
llvm::Error reported();
/// Whether `error` is `reported()`; if so it is consumed.
bool isReported(llvm::Error &error);

} // namespace qcc::driver

#endif // QCC_COMPILER_DRIVER_COMPILATION_H
