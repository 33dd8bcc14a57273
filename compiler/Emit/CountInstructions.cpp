#include "compiler/Emit/CountInstructions.h"

#include "compiler/Emit/EstimateCycles.h"

#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineInstr.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"

#include <set>

using namespace llvm;

namespace qcc::emit {
namespace {

/// What is executed from the start of a block until the function returns:
/// something of its own, and then what other blocks are expected to.
struct Equation {
  FunctionCount own;
  std::map<unsigned, double> next; ///< block -> probability
};

void addScaled(FunctionCount &to, const FunctionCount &from, double factor) {
  to.instructions += factor * from.instructions;
  to.cycles += factor * from.cycles;
  for (const auto &[callee, times] : from.calls)
    to.calls[callee] += factor * times;
}

/// Takes the block itself out of its equation: a loop of one block.
void closeLoop(Equation &equation, unsigned block) {
  auto self = equation.next.find(block);
  if (self == equation.next.end())
    return;
  // A loop without an exit never returns; any number will do.
  double leaves = std::max(1 - self->second, 1e-9);
  equation.next.erase(self);
  FunctionCount once = std::move(equation.own);
  equation.own = {};
  addScaled(equation.own, once, 1 / leaves);
  for (auto &[successor, probability] : equation.next)
    probability /= leaves;
}

class CountInstructions : public MachineFunctionPass {
public:
  static char ID;
  explicit CountInstructions(InstructionCounts &counts)
      : MachineFunctionPass(ID), counts(counts) {}

  StringRef getPassName() const override { return "Count instructions"; }

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction &function) override {
    if (subtarget != &function.getSubtarget()) {
      subtarget = &function.getSubtarget();
      model = CycleModel::create(function);
    }
    counts[function.getName().str()] = solve(function);
    return false;
  }

private:
  /// Instructions inside bundles count, the bundles do not.
  FunctionCount countBlock(const MachineBasicBlock &block) {
    FunctionCount count;
    if (model)
      count.cycles = model->cyclesOf(block);
    for (const MachineInstr &inst : block.instrs()) {
      if (inst.isBundle() || inst.isMetaInstruction())
        continue;
      count.instructions += inst.isInlineAsm() ? statedCount(inst) : 1;
      if (!inst.isCall())
        continue;
      for (const MachineOperand &operand : inst.operands())
        if (operand.isGlobal())
          ++count.calls[operand.getGlobal()->getName().str()];
    }
    return count;
  }

  /// A block with a predicated return has lost a successor: what is missing to
  /// one returns. Otherwise a lost successor was never taken.
  Equation equationOf(const MachineBasicBlock &block) {
    Equation equation{countBlock(block), {}};
    double sum = 0;
    for (auto successor = block.succ_begin(); successor != block.succ_end();
         ++successor) {
      BranchProbability exact = block.getSuccProbability(successor);
      double probability = static_cast<double>(exact.getNumerator()) /
                           BranchProbability::getDenominator();
      equation.next[(*successor)->getNumber()] += probability;
      sum += probability;
    }
    bool returns = llvm::any_of(block.instrs(), [](const MachineInstr &inst) {
      return inst.isReturn();
    });
    if (sum > 0 && !returns)
      for (auto &[successor, probability] : equation.next)
        probability /= sum;
    return equation;
  }

  /// Solves the blocks' equations, one block after the other: inner loops and
  /// late blocks first, so that few substitutions are left.
  FunctionCount solve(const MachineFunction &function) {
    std::map<unsigned, Equation> equations;
    std::vector<unsigned> order;
    for (const MachineBasicBlock *block : post_order(&function)) {
      equations[block->getNumber()] = equationOf(*block);
      order.push_back(block->getNumber());
    }
    for (unsigned solved : order) {
      Equation &equation = equations[solved];
      closeLoop(equation, solved);
      for (auto &[block, other] : equations) {
        auto use = other.next.find(solved);
        if (block == solved || use == other.next.end())
          continue;
        double probability = use->second;
        other.next.erase(use);
        addScaled(other.own, equation.own, probability);
        for (const auto &[successor, onward] : equation.next)
          other.next[successor] += probability * onward;
      }
    }
    return equations[order.back()].own;
  }

  InstructionCounts &counts;
  const TargetSubtargetInfo *subtarget = nullptr;
  std::unique_ptr<CycleModel> model; ///< of the subtarget, if there is one
};

char CountInstructions::ID = 0;

double addUp(const InstructionCounts &counts, const std::string &function,
             double FunctionCount::*what, std::set<std::string> &above) {
  auto found = counts.find(function);
  if (found == counts.end() || !above.insert(function).second)
    return 0;
  double total = found->second.*what;
  for (const auto &[callee, times] : found->second.calls)
    total += times * addUp(counts, callee, what, above);
  above.erase(function);
  return total;
}

} // namespace

double totalInstructions(const InstructionCounts &counts, StringRef function) {
  std::set<std::string> above;
  return addUp(counts, function.str(), &FunctionCount::instructions, above);
}

double totalCycles(const InstructionCounts &counts, StringRef function) {
  std::set<std::string> above;
  return addUp(counts, function.str(), &FunctionCount::cycles, above);
}

FunctionPass *createCountInstructions(InstructionCounts &counts) {
  return new CountInstructions(counts);
}

} // namespace qcc::emit
