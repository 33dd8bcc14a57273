// One Halide pipeline: a value of the kernel computed into one buffer.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_STAGE_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_STAGE_H

#include "passes/LowerToLLVM/Halide/Plan.h"
#include "passes/LowerToLLVM/Halide/Rescale.h"
#include "passes/LowerToLLVM/Halide/Value.h"

#include "llvm/ADT/MapVector.h"

namespace qcc::kernels {

/// A pointer that a pipeline takes: what it points at, and how far from there
/// the element with all coordinates zero lies.
struct Binding {
  enum Kind { Operand, Result, Scratch, Table } kind;
  int64_t index = 0;  ///< operand or table number
  int64_t offset = 0; ///< bytes
};

/// Tables of constants that come from attributes; one global each.
class Tables {
public:
  /// Number of the table with these values.
  int64_t number(llvm::ArrayRef<int32_t> values);
  const std::vector<std::vector<int32_t>> &all() const { return tables; }

private:
  std::vector<std::vector<int32_t>> tables;
};

/// What all stages of a kernel share.
struct KernelContext {
  const targets::KernelSource &source;
  const targets::Target &target;
  const KernelPlan &plan;
  Arithmetic arithmetic;
  Tables tables;
};

/// A pipeline ready to be compiled; `bindings` are in argument order, the
/// output last.
struct Pipeline {
  Halide::Func output;
  std::vector<Halide::Argument> arguments;
  std::vector<Binding> bindings;
  bool registerTile = false; ///< its inner loop keeps sums in registers
  bool packs = false;        ///< it prepares a product: short next to the tiles
};

/// What is computed of a product of two activations before its tiles.
enum class ProductPart { None, Weights, Bias, RowSums };

/// The part of the result that a stage computes.
struct StageRegion {
  const ChannelSegment *channels = nullptr; ///< of a convolution or product
  ProductPart part = ProductPart::None;     ///< of the product that makes it
  int64_t axis = 0, begin = 0, end = 0;     ///< of a concatenation
  int segment = -1;
};

/// How much of a schedule is applied. Halide 14 fails on some combinations of
/// tiles, vectors and tails; a simpler schedule of the same loops always works.
enum class Effort { Tiled, Vectors, Scalar };

/// One product of a register tile: the output's lane, tile, group and pixel,
/// and where in the window.
struct TilePlace {
  Expr lane, tile, group, x, y, n;
  Expr part, step, tap, row; ///< channel `step * depth + part` of a group
};

/// A unit of stored weights: of `slot` in a tile, the `part` of a step.
struct WeightPlace {
  Expr part, slot, step, tap, row, tile, group;
};
using WeightReader = std::function<Expr(const WeightPlace &)>;

/// Builds the pipeline for one value. Values in memory (operands and
/// materialized ones) become parameters, all others expressions.
class Stage {
public:
  Stage(KernelContext &context, mlir::Value target, StageRegion region,
        Effort effort);

  /// Defines and schedules the output, which lies at `where` with `layout`; of
  /// a product's part, which lies dense, only `where` matters.
  Pipeline build(const targets::Layout &layout, Binding where);

private:
  Value get(mlir::Value value);
  Value make(mlir::Operation *op);
  Value parameter(mlir::Value value, const targets::Layout &layout,
                  Binding binding);

  // Elementwise.cpp
  Value requantize(qint::RequantizeOp op);
  Value add(qint::AddOp op);
  Value mul(qint::MulOp op);
  Value choose(mlir::Operation *op, bool maximum);
  Value clamp(qint::ClampOp op);
  Value table(qint::TableOp op);
  Value flipSign(qint::FlipSignOp op);

  // KernelOps.cpp
  Value rescaledAdd(qint::RescaledAddOp op);
  Value expSum(qint::ExpSumOp op);
  Value softmax(qint::SoftmaxOp op);
  Value logSoftmax(qint::LogSoftmaxOp op);
  Value normalize(qint::NormalizeOp op);
  Value div(qint::DivOp op);

  // FunctionOps.cpp
  struct Calculator;
  Value inverseRoot(qint::InverseRootOp op);
  Value norm(qint::NormOp op);
  template <typename Op> std::function<Expr(const Point &)> powers(Op op);
  Value powerSum(qint::PowerSumOp op);
  Value powerShare(qint::PowerShareOp op);
  Value powerLog(qint::PowerLogOp op);
  Value reciprocal(qint::ReciprocalOp op);
  Value logarithm(qint::LogarithmOp op);
  Value gate(qint::GateOp op);

  // Interpolate.cpp
  Value interpolate(qint::InterpolateOp op);
  Value sigmoid(qint::SigmoidOp op);
  Value share(qint::ShareOp op);

  // Movement.cpp
  Value concat(qint::ConcatOp op);
  Value slice(qint::SliceOp op);
  Value pad(qint::PadOp op);
  Value reshape(qint::ReshapeOp op);
  Value transpose(qint::TransposeOp op);
  Value tile(qint::TileOp op);
  Value gather(qint::GatherOp op);
  Value lookup(qint::LookupOp op);
  Value resize(qint::ResizeOp op);

  // Contractions.cpp
  Value matmul(qint::MatMulOp op);
  Value avgPool(qint::AvgPool2DOp op);
  Value maxPool(qint::MaxPool2DOp op);
  Value reduce(qint::ReduceOp op);
  Value argMax(qint::ArgMaxOp op);
  /// A function of the reversed coordinates that starts from `init` and is
  /// scheduled with the output.
  Value accumulator(llvm::ArrayRef<int64_t> shape, Halide::Type type,
                    std::function<Expr(const Point &)> init,
                    std::function<Expr(const Point &, Expr)> step);

  // Conv.cpp
  Value conv(qint::Conv2DOp op);
  bool unrollsWindow(const ConvPlan &plan) const;
  Halide::Func
  sumProducts(mlir::Operation *op, Halide::Type type,
              const WeightReader &weights, const Halide::ImageParam &bias,
              llvm::function_ref<Expr(const TilePlace &)> activationAt);
  Halide::ImageParam packedFilter(qint::Conv2DOp op, const ConvPlan &plan);
  Halide::ImageParam packed(mlir::Value constant, Halide::Type type,
                            llvm::ArrayRef<int64_t> strides, int64_t offset);
  void buildConv(const Value &value, const targets::Layout &layout,
                 Binding where);

  // Product.cpp
  Value product(qint::MatMulOp op);
  Expr factorCode(qint::MatMulOp op, const Value &in, const Point &p);
  void buildProductPart(qint::MatMulOp op, Binding where);
  void buildPackedFactor(qint::MatMulOp op, Binding where);
  void buildProductBias(qint::MatMulOp op, Binding where);
  void buildRowSums(qint::MatMulOp op, Binding where);
  WeightReader factorWeights(qint::MatMulOp op);
  Halide::ImageParam scratchParam(Halide::Type type,
                                  llvm::ArrayRef<int64_t> shape,
                                  int64_t offset);

  void buildPlain(const Value &value, const targets::Layout &layout,
                  Binding where);
  void finish(Binding where);
  /// Coordinates of the result's shape in an operand with axes of size 1.
  static Point broadcast(const Point &p, llvm::ArrayRef<int64_t> from);
  /// Expression of entry `index` of a table of constants.
  Expr readTable(llvm::ArrayRef<int32_t> values, Expr index);
  /// The same for entries that are indices below `size`.
  Expr readIndex(llvm::ArrayRef<int32_t> values, Expr index, int64_t size);
  TableReader tableReader(Expr index);
  Halide::ImageParam newParam(Halide::Type type,
                              llvm::ArrayRef<int64_t> strides, Binding binding);

  KernelContext &context;
  mlir::Value target;
  StageRegion region;
  Effort effort;
  llvm::DenseMap<mlir::Value, Value> values;
  llvm::DenseMap<int64_t, Halide::ImageParam> tableParams;
  std::vector<Halide::ImageParam> params;
  std::vector<Binding> bindings;

  mlir::Operation *tiledOp = nullptr; ///< the convolution or product here
  Halide::Func accumulatorFunc;       ///< its sums, or another contraction's
  std::vector<Halide::Var> accumulatorVars;
  Halide::RDom reduction;
  Halide::Func output;
};

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_STAGE_H
