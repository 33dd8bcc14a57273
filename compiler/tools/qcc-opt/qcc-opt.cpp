// qcc-opt: runs any pass of qcc (and the upstream ones that help) on MLIR.
#include "dialects/Check/Check.h"
#include "dialects/QGraph/QGraph.h"
#include "dialects/QInt/QInt.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

#include "passes/Legalize/Legalize.h"
#include "passes/LowerToInt/LowerToInt.h"
#include "passes/LowerToLLVM/HalideProvider.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Schedule/Schedule.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<qcc::check::CheckDialect, qcc::qgraph::QGraphDialect,
                  qcc::qint::QIntDialect, mlir::arith::ArithDialect,
                  mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                  mlir::quant::QuantDialect, mlir::tosa::TosaDialect>();
  mlir::registerTransformsPasses();
  qcc::check::registerCheckPasses();
  qcc::registerLegalizePasses();
  qcc::registerQuantizePasses();
  qcc::registerLowerToIntPasses();
  qcc::registerSchedulePasses(qcc::halideProvider());
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "qcc's pass runner\n", registry));
}
