// What LLVM 22 does for ARMv8 that integer-only code may not have, and what is
// put in its place.
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineInstrBuilder.h"
#include "llvm/CodeGen/MachineRegisterInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/InitializePasses.h"
#include "llvm/PassRegistry.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"

namespace qcc::targets::armv8 {
namespace {

/// How the sign bits of all lanes are made and flipped, in LLVM's names.
struct SignFlip {
  llvm::StringRef negate;   ///< the instruction to replace
  llvm::StringRef constant; ///< moves an 8-bit immediate into lanes
  int64_t shift;            ///< of the immediate 0x80; -1 when it takes none
  llvm::StringRef adjust;   ///< shifts the constant left by 7, or empty
  llvm::StringRef flip;     ///< exclusive or
};

// A 64-bit sign is no immediate: byte mask 0x80 is 0xff << 56, then shifted.
constexpr SignFlip signFlips[] = {
    {"FNEGv4f16", "MOVIv4i16", 8, "", "EORv8i8"},
    {"FNEGv8f16", "MOVIv8i16", 8, "", "EORv16i8"},
    {"FNEGv2f32", "MOVIv2i32", 24, "", "EORv8i8"},
    {"FNEGv4f32", "MOVIv4i32", 24, "", "EORv16i8"},
    {"FNEGDr", "MOVID", -1, "SHLd", "EORv8i8"},
    {"FNEGv2f64", "MOVIv2d_ns", -1, "SHLv2i64_shift", "EORv16i8"},
};

/// LLVM makes some vector constants by `fneg` of the same without the signs.
/// That is floating-point arithmetic (FPCR may change what it does to a NaN);
/// an exclusive or gives the same bits.
class NegateAsInteger : public llvm::MachineFunctionPass {
public:
  static char ID;
  NegateAsInteger() : MachineFunctionPass(ID) {}

  llvm::StringRef getPassName() const override {
    return "Replace fneg of constants";
  }

  bool runOnMachineFunction(llvm::MachineFunction &function) override {
    const llvm::TargetInstrInfo &info = *function.getSubtarget().getInstrInfo();
    bool changed = false;
    for (llvm::MachineBasicBlock &block : function)
      for (llvm::MachineInstr &inst : llvm::make_early_inc_range(block))
        for (const SignFlip &flip : signFlips)
          if (info.getName(inst.getOpcode()) == flip.negate) {
            replace(inst, flip, info);
            changed = true;
            break;
          }
    return changed;
  }

private:
  static const llvm::MCInstrDesc &find(const llvm::TargetInstrInfo &info,
                                       llvm::StringRef name) {
    for (unsigned opcode = 0; opcode < info.getNumOpcodes(); ++opcode)
      if (info.getName(opcode) == name)
        return info.get(opcode);
    llvm::report_fatal_error("LLVM has no instruction " + name);
  }

  static void replace(llvm::MachineInstr &inst, const SignFlip &flip,
                      const llvm::TargetInstrInfo &info) {
    llvm::MachineBasicBlock &block = *inst.getParent();
    llvm::MachineRegisterInfo &registers = block.getParent()->getRegInfo();
    llvm::Register result = inst.getOperand(0).getReg();
    const llvm::TargetRegisterClass *type = registers.getRegClass(result);
    const llvm::DebugLoc &where = inst.getDebugLoc();
    llvm::Register signs = registers.createVirtualRegister(type);
    auto constant =
        BuildMI(block, inst, where, find(info, flip.constant), signs)
            .addImm(0x80);
    if (flip.shift >= 0)
      constant.addImm(flip.shift);
    if (!flip.adjust.empty()) {
      llvm::Register shifted = registers.createVirtualRegister(type);
      BuildMI(block, inst, where, find(info, flip.adjust), shifted)
          .addReg(signs)
          .addImm(7);
      signs = shifted;
    }
    BuildMI(block, inst, where, find(info, flip.flip), result)
        .add(inst.getOperand(1))
        .addReg(signs);
    inst.eraseFromParent();
  }
};

char NegateAsInteger::ID = 0;

} // namespace

void prepareLLVM() {
  static const llvm::RegisterTargetPassConfigCallback callback(
      [](llvm::TargetMachine &machine, llvm::PassManagerBase &,
         llvm::TargetPassConfig *passes) {
        if (machine.getTargetTriple().isAArch64())
          passes->insertPass(&llvm::FinalizeISelID, new NegateAsInteger);
      });
}

} // namespace qcc::targets::armv8
