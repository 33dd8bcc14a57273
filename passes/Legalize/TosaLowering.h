// What the lowerings of the single TOSA ops share. Only for files here.
#ifndef QCC_PASSES_LEGALIZE_TOSALOWERING_H
#define QCC_PASSES_LEGALIZE_TOSALOWERING_H

#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Legalize.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace qcc::legalize {

/// The state of lowering one function. Handlers take the TOSA op and return
/// the qgraph value that stands for its only result; on failure they have
/// emitted one error, or none when an operand's own lowering failed already.
class TosaLowering {
public:
  TosaLowering(mlir::OpBuilder &builder) : builder(builder) {}

  /// The qgraph value of a TOSA value.
  mlir::Value operand(mlir::Value value) const {
    return values.lookupOrNull(value);
  }
  void map(mlir::Value from, mlir::Value to) { values.map(from, to); }
  /// Stands for the result of an op that could not be lowered, so that ops
  /// which use it can still be examined.
  void mapFailed(mlir::Value from);
  /// Whether that happened to `from`, which has an error then.
  bool hasFailed(mlir::Value from) const;

  /// The constant a TOSA operand is; else an error that calls it `what`.
  mlir::FailureOr<ConstantTensor>
  constant(mlir::Operation *op, mlir::Value value, llvm::StringRef what);
  /// The numbers in a `tosa.const_shape`; else an error.
  mlir::FailureOr<llvm::SmallVector<int64_t>>
  shapeConstant(mlir::Operation *op, mlir::Value value, llvm::StringRef what);
  /// The numbers of a constant integer tensor; else an error.
  mlir::FailureOr<llvm::SmallVector<int64_t>>
  integerConstant(mlir::Operation *op, mlir::Value value, llvm::StringRef what);
  /// An error unless the operand is the constant zero.
  llvm::LogicalResult zero(mlir::Operation *op, mlir::Value value,
                           llvm::StringRef what);

  mlir::Value constantOf(mlir::Location loc, llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<double> data) {
    return createConstant(builder, loc, shape, data);
  }

  mlir::OpBuilder &builder;

private:
  bool dependsOnFailure(mlir::Value value) const;

  mlir::IRMapping values;
};

using Handler = std::function<mlir::FailureOr<mlir::Value>(TosaLowering &,
                                                           mlir::Operation *)>;

/// Handlers by op name.
class HandlerTable {
public:
  template <typename Op>
  void add(mlir::FailureOr<mlir::Value> (*handler)(TosaLowering &, Op),
           bool inPart = false) {
    operators.push_back(
        {Op::getOperationName().split('.').second.str(), inPart});
    table[Op::getOperationName()] = [handler](TosaLowering &lowering,
                                              mlir::Operation *op) {
      return handler(lowering, llvm::cast<Op>(op));
    };
  }
  const Handler *find(llvm::StringRef name) const {
    auto found = table.find(name);
    return found == table.end() ? nullptr : &found->second;
  }

  /// In the order of `add`.
  const std::vector<TosaOperator> &all() const { return operators; }

private:
  llvm::StringMap<Handler> table;
  std::vector<TosaOperator> operators;
};

void addContractions(HandlerTable &table);
void addElementwise(HandlerTable &table);
void addDataMovement(HandlerTable &table);

/// All of the three.
HandlerTable tosaHandlers();

/// A look-up table between quantized types. The result is the `quant.qcast` of
/// a qgraph.table on f32, which states the type of the codes.
mlir::FailureOr<mlir::Value> lowerTable(TosaLowering &lowering,
                                        mlir::tosa::TableOp op);
/// The codes of a quantized tensor as integers, or back: nothing to compute.
mlir::FailureOr<mlir::Value> lowerStorageCast(TosaLowering &lowering,
                                              mlir::quant::StorageCastOp op);

} // namespace qcc::legalize

#endif // QCC_PASSES_LEGALIZE_TOSALOWERING_H
