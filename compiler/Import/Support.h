// Which operators the readers know, and on which element types.
#ifndef QCC_COMPILER_IMPORT_SUPPORT_H
#define QCC_COMPILER_IMPORT_SUPPORT_H

#include <string>
#include <vector>

namespace qcc::import {

/// Which networks of an operator on f32 become integers; the others are for
/// the float evaluator only.
enum class Form { None, Some, All };

/// One operator of a format.
struct OperatorSupport {
  std::string name;
  bool constants = false; ///< computed while reading, never in the network
  Form floats = Form::All;
  bool bytes = false; ///< on 8-bit integers of the file, as their kernels do
  bool words = false; ///< on 16-bit integers of the file
};

/// By name; the readers' own tables are the source.
std::vector<OperatorSupport> supportedOnnx();
std::vector<OperatorSupport> supportedTflite();

} // namespace qcc::import

#endif // QCC_COMPILER_IMPORT_SUPPORT_H
