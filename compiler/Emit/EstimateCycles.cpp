#include "compiler/Emit/EstimateCycles.h"

#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrAnalysis.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/MCA/Context.h"
#include "llvm/MCA/CustomBehaviour.h"
#include "llvm/MCA/InstrBuilder.h"
#include "llvm/MCA/Pipeline.h"
#include "llvm/MCA/SourceMgr.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

#include <map>

using namespace llvm;

namespace qcc::emit {
namespace {

/// Instructions that are simulated at least, so that what is in flight at the
/// start and the end of a block does not matter: more than such a processor
/// holds at once.
constexpr size_t kInOrderWindow = 48, kOutOfOrderWindow = 384;

/// Keeps the instructions of parsed assembly.
class Collector : public MCStreamer {
public:
  Collector(MCContext &context, std::vector<MCInst> &code)
      : MCStreamer(context), code(code) {}
  void emitInstruction(const MCInst &inst, const MCSubtargetInfo &) override {
    code.push_back(inst);
  }
  bool emitSymbolAttribute(MCSymbol *, MCSymbolAttr) override { return true; }
  void emitCommonSymbol(MCSymbol *, uint64_t, Align) override {}

private:
  std::vector<MCInst> &code;
};

/// What the model needs of an instruction: its opcode, registers and
/// immediates. Addresses stand for any others.
MCInst lowered(const MachineInstr &inst) {
  MCInst result;
  result.setOpcode(inst.getOpcode());
  for (const MachineOperand &operand : inst.explicit_operands()) {
    if (operand.isReg())
      result.addOperand(MCOperand::createReg(operand.getReg()));
    else
      result.addOperand(
          MCOperand::createImm(operand.isImm() ? operand.getImm() : 0));
  }
  return result;
}

} // namespace

struct CycleModel::State {
  State(const TargetSubtargetInfo &subtarget, const TargetMachine &machine)
      : subtarget(subtarget), machine(machine),
        analysis(machine.getTarget().createMCInstrAnalysis(
            subtarget.getInstrInfo())),
        instruments(subtarget, *subtarget.getInstrInfo()),
        builder(subtarget, *subtarget.getInstrInfo(),
                *subtarget.getRegisterInfo(), analysis.get(), instruments,
                /*CallLatency=*/1) {}

  /// Cycles of code that is repeated many times.
  double cyclesOf(ArrayRef<MCInst> code);
  double cyclesOf(const MachineInstr &assembly);

private:
  std::vector<MCInst> parse(StringRef text);
  std::optional<unsigned> run(ArrayRef<mca::SourceMgr::UniqueInst> code,
                              unsigned times);

  const TargetSubtargetInfo &subtarget;
  const TargetMachine &machine;
  std::unique_ptr<MCInstrAnalysis> analysis;
  mca::InstrumentManager instruments;
  mca::InstrBuilder builder;
  /// By text: cycles of an instruction of it.
  std::map<std::string, double> assemblies;
};

double statedCount(const MachineInstr &assembly) {
  StringRef text =
      assembly.getOperand(InlineAsm::MIOp_AsmString).getSymbolName();
  StringRef stated = text.split('\n').first.split("executes ").second;
  uint64_t number = 1;
  return stated.getAsInteger(10, number) ? 1 : static_cast<double>(number);
}

std::optional<unsigned>
CycleModel::State::run(ArrayRef<mca::SourceMgr::UniqueInst> code,
                       unsigned times) {
  mca::CircularSourceMgr source(code, times);
  mca::CustomBehaviour behaviour(subtarget, source, *subtarget.getInstrInfo());
  mca::Context context(*subtarget.getRegisterInfo(), subtarget);
  mca::PipelineOptions options(0, 0, 0, 0, 0, 0, /*NoAlias=*/true);
  std::unique_ptr<mca::Pipeline> pipeline =
      subtarget.getSchedModel().isOutOfOrder()
          ? context.createDefaultPipeline(options, source, behaviour)
          : context.createInOrderPipeline(options, source, behaviour);
  auto cycles = pipeline->run();
  if (cycles)
    return *cycles;
  consumeError(cycles.takeError());
  return std::nullopt;
}

double CycleModel::State::cyclesOf(ArrayRef<MCInst> code) {
  const MCSchedModel &model = subtarget.getSchedModel();
  double unknown = 1.0 / std::max(1u, model.IssueWidth), cycles = 0;
  std::vector<mca::SourceMgr::UniqueInst> instructions;
  for (const MCInst &inst : code) {
    const MCInstrDesc &desc = subtarget.getInstrInfo()->get(inst.getOpcode());
    // The model knows nothing of what is beyond a call or a return.
    if (desc.isCall() || desc.isReturn()) {
      cycles += 1;
      continue;
    }
    auto made = builder.createInstruction(inst, {});
    if (made) {
      instructions.push_back(std::move(*made));
      continue;
    }
    consumeError(made.takeError());
    cycles += unknown;
  }
  if (instructions.empty())
    return cycles;
  size_t window = model.isOutOfOrder() ? kOutOfOrderWindow : kInOrderWindow;
  auto times = static_cast<unsigned>(window / instructions.size() + 1);
  auto once = run(instructions, times), twice = run(instructions, 2 * times);
  if (!once || !twice)
    return cycles + unknown * instructions.size();
  return cycles + static_cast<double>(*twice - *once) / times;
}

std::vector<MCInst> CycleModel::State::parse(StringRef text) {
  std::vector<MCInst> code;
  const Target &target = machine.getTarget();
  SourceMgr sources;
  sources.AddNewSourceBuffer(MemoryBuffer::getMemBufferCopy(text), SMLoc());
  // The code generator reports what is wrong with it.
  sources.setDiagHandler([](const SMDiagnostic &, void *) {});
  MCContext context(machine.getTargetTriple(), machine.getMCAsmInfo(),
                    subtarget.getRegisterInfo(), &subtarget, &sources);
  std::unique_ptr<MCObjectFileInfo> files(target.createMCObjectFileInfo(
      context, /*PIC=*/true, /*LargeCodeModel=*/false));
  context.setObjectFileInfo(files.get());
  Collector collector(context, code);
  target.createNullTargetStreamer(collector);
  std::unique_ptr<MCAsmParser> parser(
      createMCAsmParser(sources, context, collector, *machine.getMCAsmInfo()));
  std::unique_ptr<MCTargetAsmParser> own(target.createMCAsmParser(
      subtarget, *parser, *subtarget.getInstrInfo(), MCTargetOptions()));
  if (!own)
    return code;
  parser->setTargetParser(*own);
  collector.initSections(false, subtarget);
  if (parser->Run(/*NoInitialTextSection=*/true, /*NoFinalize=*/true))
    code.clear();
  return code;
}

double CycleModel::State::cyclesOf(const MachineInstr &assembly) {
  StringRef text =
      assembly.getOperand(InlineAsm::MIOp_AsmString).getSymbolName();
  auto [found, isNew] = assemblies.try_emplace(text.str(), 1.0);
  if (isNew)
    if (std::vector<MCInst> code = parse(text); !code.empty())
      found->second = cyclesOf(code) / code.size();
  return found->second * statedCount(assembly);
}

CycleModel::CycleModel(std::unique_ptr<State> state)
    : state(std::move(state)) {}
CycleModel::~CycleModel() = default;

std::unique_ptr<CycleModel>
CycleModel::create(const MachineFunction &function) {
  const TargetSubtargetInfo &subtarget = function.getSubtarget();
  if (!subtarget.getSchedModel().hasInstrSchedModel())
    return nullptr;
  return std::unique_ptr<CycleModel>(
      new CycleModel(std::make_unique<State>(subtarget, function.getTarget())));
}

double CycleModel::cyclesOf(const MachineBasicBlock &block) {
  std::vector<MCInst> code;
  double cycles = 0;
  for (const MachineInstr &inst : block.instrs()) {
    if (inst.isBundle() || inst.isMetaInstruction())
      continue;
    if (inst.isInlineAsm())
      cycles += state->cyclesOf(inst);
    else
      code.push_back(lowered(inst));
  }
  return cycles + state->cyclesOf(code);
}

} // namespace qcc::emit
