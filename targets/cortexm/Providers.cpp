#include "targets/KernelProvider.h"

namespace qcc::targets::cortexm {

std::vector<const KernelProvider *> providers() { return {}; }

} // namespace qcc::targets::cortexm
