#include "targets/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace qcc::targets {

namespace armv8 {
void prepareLLVM();
}
namespace cortexm {
std::vector<const KernelProvider *> providers();
void prepareLLVM();
} // namespace cortexm

namespace {

std::vector<Target> readTables() {
  std::vector<Target> rows;
  llvm::StringRef family;
  std::vector<const KernelProvider *> providers;
  void (*prepareLLVM)() = nullptr;
#define QCC_TARGET(name, triple, cpu, features, halide, emulator, vectorBytes, \
                   registers, alignment, unsignedActivations)                  \
  rows.push_back({name,                                                        \
                  family,                                                      \
                  triple,                                                      \
                  cpu,                                                         \
                  features,                                                    \
                  halide,                                                      \
                  emulator,                                                    \
                  vectorBytes,                                                 \
                  registers,                                                   \
                  alignment,                                                   \
                  unsignedActivations != 0,                                    \
                  "",                                                          \
                  {},                                                          \
                  {},                                                          \
                  providers,                                                   \
                  prepareLLVM});
#define QCC_DOT(target, instruction, unsignedLhs, depth, lanes)                \
  for (Target &row : rows)                                                     \
    if (row.name == target)                                                    \
      row.dots.push_back({instruction, unsignedLhs != 0, depth, lanes});
#define QCC_KERNEL(target, op, tile, feature)                                  \
  for (Target &row : rows)                                                     \
    if (row.name == target)                                                    \
      row.kernels.push_back({op, tile, feature});
#define QCC_HOST(target, features)                                             \
  for (Target &row : rows)                                                     \
    if (row.name == target)                                                    \
      row.hostFeatures = features;
#include "targets/Registered.inc"
  return rows;
}

/// Whether the host reports every feature that the row names.
bool hostHas(const Target &target) {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<llvm::StringRef, 8> needed;
  target.hostFeatures.split(needed, ',', -1, /*KeepEmpty=*/false);
  return llvm::all_of(needed,
                      [&](llvm::StringRef f) { return host.lookup(f); });
}

} // namespace

llvm::ArrayRef<Target> allTargets() {
  static const std::vector<Target> rows = readTables();
  return rows;
}

bool runsOnHost(const Target &target) {
  llvm::Triple triple(target.triple);
  llvm::Triple host(llvm::sys::getProcessTriple());
  return triple.getArch() == host.getArch() && triple.isOSLinux() &&
         host.isOSLinux() && hostHas(target);
}

llvm::Expected<const Target *> findTarget(llvm::StringRef name) {
  const Target *best = nullptr;
  for (const Target &row : allTargets()) {
    if (row.name == name)
      return &row;
    if (runsOnHost(row))
      best = &row;
  }
  if (name == "native" && best)
    return best;
  std::string known =
      llvm::join(llvm::map_range(allTargets(),
                                 [](const Target &t) { return t.name.str(); }),
                 ", ");
  return llvm::createStringError("unknown target '" + name +
                                 "'; expected native or one of: " + known);
}

} // namespace qcc::targets
