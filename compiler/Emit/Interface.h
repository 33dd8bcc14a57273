// The interface of a compiled model, as header and report print it.
#ifndef QCC_COMPILER_EMIT_INTERFACE_H
#define QCC_COMPILER_EMIT_INTERFACE_H

#include "targets/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace qcc::emit {

/// An input or output buffer of the caller's.
struct Port {
  std::string name;        ///< C identifier
  std::string cType;       ///< int8_t, uint8_t, int16_t, int32_t
  std::string elementType; ///< s8, u8, s16, s32
  std::vector<int64_t> shape;
  int64_t elements = 0;
  int64_t bytes = 0;
  std::string scale; ///< decimal text; empty for plain integers
  int32_t zeroPoint = 0;
};

struct Interface {
  std::string prefix;
  std::vector<Port> inputs, outputs;
  int64_t arenaBytes = 0;
  int64_t arenaAlignment = 0;
};

/// Reads a function that Schedule has planned.
Interface readInterface(mlir::func::FuncOp function,
                        const targets::Target &target,
                        llvm::StringRef prefix);

/// The C99 and C++ header of the model. `source` names the model's file in a
/// comment.
std::string makeHeader(const Interface &interface,
                       const targets::Target &target, llvm::StringRef source);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_INTERFACE_H
