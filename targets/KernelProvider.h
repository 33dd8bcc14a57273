// How a qint.kernel becomes code: the interface behind which Halide pipelines
// and hand-tiled microkernels stand alike.
#ifndef QCC_TARGETS_KERNELPROVIDER_H
#define QCC_TARGETS_KERNELPROVIDER_H

#include "dialects/QInt/QInt.h"
#include "targets/Target.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"

namespace qcc::targets {

/// Where a tensor's elements lie: row-major, with halo rows and columns around
/// H and W of a rank-4 tensor. Strides are in elements.
struct Layout {
  llvm::SmallVector<int64_t, 4> shape; ///< without the halo
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  int64_t elementBytes = 1;
  bool isUnsigned = false;
  /// Strides of a part of a larger tensor; empty where the tensor is whole.
  llvm::SmallVector<int64_t, 4> partOf;

  bool hasHalo() const { return top || bottom || left || right; }
  /// Strides in elements, halo counted.
  llvm::SmallVector<int64_t, 4> strides() const;
  /// Elements from the buffer's start to element (0, ..., 0).
  int64_t origin() const;
  /// Elements of the whole buffer.
  int64_t elements() const;
  int64_t bytes() const { return elements() * elementBytes; }
};

/// A kernel with the layouts that Schedule chose.
struct KernelSource {
  qint::KernelOp op;
  llvm::SmallVector<Layout, 4> inputs; ///< one per operand; constants are dense
  /// The operand's value when it is a constant, else null.
  llvm::SmallVector<mlir::DenseElementsAttr, 4> constants;
  Layout output;
};

/// What a kernel needs besides its operands and result.
struct KernelNeeds {
  int64_t scratchBytes = 0;
  /// Bytes that the code may read past the end of an operand's buffer (their
  /// values do not matter). One per operand; 0 for constants.
  llvm::SmallVector<int64_t, 4> overread;
  /// Operands whose buffer the result may take: of the result's layout, each
  /// element read at its own place only and never after that place is written.
  llvm::SmallVector<unsigned, 2> overwritable;
};

/// Bytes of one constant operand in the order the code reads them.
struct PackedConstant {
  std::vector<uint8_t> bytes;
  int64_t weightBytes = 0; ///< what of them is weights of a convolution
  int weightBits = 0;      ///< what one of those takes there, padding aside
};

/// Makes code for kernels.
///
/// The function that `emit` leaves in the module has the signature
/// `void (ptr operand0, ..., ptr operandN-1, ptr result, ptr scratch)`. Every
/// pointer is the start of a buffer: halo included for tensors, packed bytes
/// for constants. The code also fills the result's halo with `halo_value`. It
/// depends on the kernel's shapes, attributes and layouts but never on the
/// values of constant operands, so kernels that differ only there share it.
/// Buffers are apart, but for the operand that the kernel `overwrites`.
class KernelProvider {
public:
  virtual ~KernelProvider() = default;
  virtual llvm::StringRef name() const = 0;
  virtual bool supports(const KernelSource &source,
                        const Target &target) const = 0;
  virtual KernelNeeds needs(const KernelSource &source,
                            const Target &target) const = 0;
  virtual llvm::Expected<std::vector<PackedConstant>>
  pack(const KernelSource &source, const Target &target) const = 0;
  /// Adds a function called `symbol` to `module`, which has the target's
  /// triple and data layout.
  virtual llvm::Error emit(const KernelSource &source, const Target &target,
                           llvm::StringRef symbol,
                           llvm::Module &module) const = 0;
};

/// The provider for a kernel: the first of the target's own that supports it,
/// else the portable one.
const KernelProvider &selectProvider(const KernelSource &source,
                                     const Target &target,
                                     const KernelProvider &portable);

} // namespace qcc::targets

#endif // QCC_TARGETS_KERNELPROVIDER_H
