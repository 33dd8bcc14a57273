#include "dialects/QGraph/QGraph.h"

namespace qcc::qgraph {

llvm::LogicalResult ConstantOp::verify() { return llvm::success(); }
llvm::LogicalResult Conv2DOp::verify() { return llvm::success(); }
llvm::LogicalResult TransposeConv2DOp::verify() { return llvm::success(); }
llvm::LogicalResult MatMulOp::verify() { return llvm::success(); }
llvm::LogicalResult AvgPool2DOp::verify() { return llvm::success(); }
llvm::LogicalResult MaxPool2DOp::verify() { return llvm::success(); }
llvm::LogicalResult ReduceOp::verify() { return llvm::success(); }
llvm::LogicalResult AddOp::verify() { return llvm::success(); }
llvm::LogicalResult SubOp::verify() { return llvm::success(); }
llvm::LogicalResult MulOp::verify() { return llvm::success(); }
llvm::LogicalResult MaximumOp::verify() { return llvm::success(); }
llvm::LogicalResult MinimumOp::verify() { return llvm::success(); }
llvm::LogicalResult UnaryOp::verify() { return llvm::success(); }
llvm::LogicalResult TableOp::verify() { return llvm::success(); }
llvm::LogicalResult ClampOp::verify() { return llvm::success(); }
llvm::LogicalResult BatchNormOp::verify() { return llvm::success(); }
llvm::LogicalResult ConcatOp::verify() { return llvm::success(); }
llvm::LogicalResult SliceOp::verify() { return llvm::success(); }
llvm::LogicalResult PadOp::verify() { return llvm::success(); }
llvm::LogicalResult ReshapeOp::verify() { return llvm::success(); }
llvm::LogicalResult TransposeOp::verify() { return llvm::success(); }
llvm::LogicalResult TileOp::verify() { return llvm::success(); }
llvm::LogicalResult GatherOp::verify() { return llvm::success(); }
llvm::LogicalResult ResizeOp::verify() { return llvm::success(); }
llvm::LogicalResult ArgMaxOp::verify() { return llvm::success(); }
llvm::LogicalResult RequantizeOp::verify() { return llvm::success(); }

} // namespace qcc::qgraph
