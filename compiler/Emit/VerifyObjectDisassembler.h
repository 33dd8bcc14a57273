//===- VerifyObjectDisassembler.h - decode one instruction of an object ---===//

#ifndef QCC_COMPILER_EMIT_VERIFYOBJECTDISASSEMBLER_H
#define QCC_COMPILER_EMIT_VERIFYOBJECTDISASSEMBLER_H

#include "compiler/Emit/VerifyObject.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/MC/MCInst.h"
#include <cstdint>
#include <memory>
#include <optional>

namespace qcc::emit {

/// One decoded instruction.
struct DecodedInstruction {
  unsigned bytes = 0; ///< Length; also how far to skip when undecodable.
  bool valid = false; ///< False when no CPU that LLVM knows decodes it.
  /// False when only another CPU than the one asked for has it.
  bool available = false;
  bool floatingPoint = false;
  bool isCall = false;         ///< Includes indirect ones.
  bool isIndirectJump = false; ///< Not a return.
  /// Offset in the section that a direct call or branch goes to.
  std::optional<uint64_t> target;
  std::string text; ///< "vadd.f32 s0, s0, s1"
};

/// LLVM's disassembler for one object. Decodes strictly, for the CPU of the
/// options; what that CPU lacks is decoded once more with every extension
/// enabled, so that a message can name it.
class ObjectDisassembler {
public:
  /// Errors: an unknown CPU or feature; a triple of another architecture.
  static llvm::Expected<std::unique_ptr<ObjectDisassembler>>
  create(uint16_t machine, const VerifyObjectOptions &options);
  ~ObjectDisassembler();

  /// Decodes the start of `bytes`, not empty, at `offset` of its section.
  DecodedInstruction decode(llvm::ArrayRef<uint8_t> bytes, uint64_t offset);

private:
  struct Decoder;
  ObjectDisassembler(uint16_t machine);

  bool isFloatingPoint(const Decoder &decoder, const llvm::MCInst &inst,
                       llvm::StringRef text) const;
  bool decodeWith(Decoder &decoder, llvm::ArrayRef<uint8_t> bytes,
                  uint64_t offset, DecodedInstruction &result) const;
  static llvm::Expected<std::unique_ptr<Decoder>>
  createDecoder(llvm::StringRef triple, llvm::StringRef cpu,
                llvm::StringRef features);

  uint16_t machine;
  std::unique_ptr<Decoder> strict; ///< Null when any CPU will do.
  std::unique_ptr<Decoder> permissive;
};

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_VERIFYOBJECTDISASSEMBLER_H
