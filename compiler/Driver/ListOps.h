// The operators that qcc knows, as text.
#ifndef QCC_COMPILER_DRIVER_LISTOPS_H
#define QCC_COMPILER_DRIVER_LISTOPS_H

#include <string>

namespace qcc::driver {

/// Every operator of every format, the element types that it may have and the
/// targets that it is compiled for, in Markdown tables that also read well as
/// they are. From the readers' tables and those of the targets.
std::string listOps();

} // namespace qcc::driver

#endif // QCC_COMPILER_DRIVER_LISTOPS_H
