// Choosing elements axis by axis: what slices, gathers, splits and paddings
// that repeat are made of.
#ifndef QCC_COMPILER_IMPORT_ONNX_SELECTION_H
#define QCC_COMPILER_IMPORT_ONNX_SELECTION_H

#include "compiler/Import/Onnx/Node.h"

#include <optional>

namespace qcc::import::onnx {

/// For each axis the indices to take, in order; nothing takes all of them.
using Selection = llvm::SmallVector<std::optional<std::vector<int64_t>>, 4>;

Tensor select(const Tensor &tensor, const Selection &selection);
/// One slice where the indices are evenly spaced, gathers for other axes.
Value select(Node &node, Value value, const Selection &selection);
/// Output `i` becomes that of input 0.
llvm::Error setSelected(Node &node, const Selection &selection, size_t i = 0);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_SELECTION_H
