#include "compiler/Allocate/AllocateFlags.h"

#include <cmath>

#include <fmt/format.h>

namespace cl = llvm::cl;

namespace qcc::allocate {

AllocateFlags::AllocateFlags(cl::OptionCategory &category)
    : maxFlash("max-flash",
               cl::desc("choose bits so that code and constants fit: bytes, "
                        "or 96K, 1M"),
               cl::value_desc("bytes"), cl::cat(category)),
      maxRam("max-ram", cl::desc("... that the arena fits"),
             cl::value_desc("bytes"), cl::cat(category)),
      maxStack("max-stack", cl::desc("fail when more stack may be needed"),
               cl::value_desc("bytes"), cl::cat(category)),
      maxCycles("max-cycles",
                cl::desc("... that one inference executes at most so many "
                         "instructions"),
                cl::value_desc("n"), cl::cat(category)),
      maxTime("max-time",
              cl::desc("... that it takes at most so many microseconds on "
                       "this machine"),
              cl::value_desc("us"), cl::cat(category)),
      maxBops("max-bops",
              cl::desc("... that multiply-adds times bits of both factors are "
                       "at most this"),
              cl::value_desc("n"), cl::cat(category)),
      averageBits("avg-bits",
                  cl::desc("... that a weight has at most so many bits in the "
                           "mean"),
                  cl::value_desc("bits"), cl::init(0), cl::cat(category)),
      weightBits("choose-weights", cl::CommaSeparated,
                 cl::desc("bits to choose from for weights (default: 2,4,8)"),
                 cl::value_desc("list"), cl::cat(category)),
      activationBits(
          "choose-activations", cl::CommaSeparated,
          cl::desc("bits to choose from for activations: of 4, 6, 8, "
                   "16 (default: 8)"),
          cl::value_desc("list"), cl::cat(category)),
      score("score",
            cl::desc("what a layer loses: divergence (default), sqnr, fisher, "
                     "trace or eigenvalue (of the Hessian)"),
            cl::value_desc("kind"), cl::init("divergence"), cl::cat(category)),
      solver("solver",
             cl::desc("how bits are chosen: integer (program, default), "
                      "dynamic (program), closed (form)"),
             cl::value_desc("kind"), cl::init("integer"), cl::cat(category)),
      samples("score-samples",
              cl::desc("calibration samples to measure losses on (default: "
                       "256)"),
              cl::value_desc("n"), cl::init(256), cl::cat(category)),
      labels("score-labels",
             cl::desc("classes of the calibration samples, for fisher, trace "
                      "and eigenvalue (default: the network's own)"),
             cl::value_desc("file"), cl::cat(category)),
      costTable("cost-table",
                cl::desc("costs of each choice that take the place of those "
                         "of the emitted code (.csv)"),
                cl::value_desc("file"), cl::cat(category)),
      writeCosts("write-costs",
                 cl::desc("write the costs of each choice (.csv)"),
                 cl::value_desc("file"), cl::cat(category)),
      pareto("pareto",
             cl::desc("compile for a range of budgets: a table, and a picture "
                      "(.svg) or the points (.json)"),
             cl::value_desc("file"), cl::cat(category)) {}

static llvm::Error invalid(const cl::Option &option, llvm::StringRef found,
                           llvm::StringRef expected) {
  return llvm::createStringError("-" + option.ArgStr + ": found '" + found +
                                 "', expected " + expected);
}

llvm::Expected<double> parseQuantity(llvm::StringRef text, bool isBytes) {
  double unit = 1, value = 0;
  llvm::StringRef number = text;
  double thousand = isBytes ? 1024 : 1000;
  if (number.consume_back("K"))
    unit = thousand;
  else if (number.consume_back("M"))
    unit = thousand * thousand;
  if (number.empty() || number.getAsDouble(value) || !std::isfinite(value) ||
      value <= 0)
    return llvm::createStringError("found '" + text +
                                   "', expected a positive number, as 98304 "
                                   "or 96K");
  return value * unit;
}

/// The value of an option, if it is given.
static llvm::Expected<std::optional<double>>
quantityOf(const cl::opt<std::string> &option, bool isBytes) {
  if (!option.getNumOccurrences())
    return std::nullopt;
  auto value = parseQuantity(option, isBytes);
  if (!value)
    return llvm::createStringError("-" + option.ArgStr + ": " +
                                   llvm::toString(value.takeError()));
  return *value;
}

llvm::Expected<Budgets> AllocateFlags::readBudgets() const {
  Budgets budgets;
  struct Entry {
    const cl::opt<std::string> &option;
    bool isBytes;
    std::optional<double> &value;
  };
  for (const Entry &entry :
       {Entry{maxFlash, true, budgets.flash}, Entry{maxRam, true, budgets.ram},
        Entry{maxCycles, false, budgets.cycles},
        Entry{maxTime, false, budgets.time},
        Entry{maxBops, false, budgets.bops}}) {
    auto value = quantityOf(entry.option, entry.isBytes);
    if (!value)
      return value.takeError();
    entry.value = *value;
  }
  if (averageBits.getNumOccurrences()) {
    if (!(averageBits > 0) || !(averageBits <= 8))
      return invalid(averageBits, fmt::format("{:g}", double(averageBits)),
                     "a number above 0 and at most 8");
    budgets.averageBits = averageBits;
  }
  return budgets;
}

llvm::Expected<AllocateOptions> AllocateFlags::read() const {
  AllocateOptions options;
  auto budgets = readBudgets();
  if (!budgets)
    return budgets.takeError();
  options.budgets = *budgets;
  auto kind = parseScore(score);
  if (!kind)
    return llvm::createStringError("-score: " +
                                   llvm::toString(kind.takeError()));
  options.score = *kind;
  auto method = parseSolver(solver);
  if (!method)
    return llvm::createStringError("-solver: " +
                                   llvm::toString(method.takeError()));
  options.solver = *method;
  if (samples <= 0)
    return invalid(samples, std::to_string(samples), "a positive number");
  options.samples = samples;
  options.labels = labels;
  if (!options.labels.empty() &&
      (options.score == Score::Divergence || options.score == Score::Sqnr))
    return llvm::createStringError(
        "-score-labels needs -score=fisher, trace or eigenvalue");
  options.costTable = costTable;
  options.needCosts = !writeCosts.empty();
  for (unsigned bits : weightBits)
    if (!quantize::isWeightWidth(bits))
      return invalid(weightBits, std::to_string(bits), "2, 4, 6 or 8");
  for (unsigned bits : activationBits)
    if (!quantize::isActivationWidth(bits))
      return invalid(activationBits, std::to_string(bits), "4, 6, 8 or 16");
  auto sorted = [](const cl::list<unsigned> &list,
                   std::vector<unsigned> &choices) {
    if (list.empty())
      return;
    choices.assign(list.begin(), list.end());
    llvm::sort(choices);
    choices.erase(llvm::unique(choices), choices.end());
  };
  sorted(weightBits, options.weightBits);
  sorted(activationBits, options.activationBits);
  return options;
}

bool AllocateFlags::wantPlan() const {
  for (const cl::Option *option : std::initializer_list<const cl::Option *>{
           &maxFlash, &maxRam, &maxCycles, &maxTime, &maxBops, &averageBits,
           &writeCosts})
    if (option->getNumOccurrences())
      return true;
  return false;
}

llvm::Error AllocateFlags::choose(driver::CompileOptions &options,
                                  std::string *costs) const {
  if (!wantPlan())
    // The lists' own operator & gives their values.
    for (const cl::Option *option : std::initializer_list<const cl::Option *>{
             std::addressof(weightBits), std::addressof(activationBits), &score,
             &solver, &samples, &labels, &costTable})
      if (option->getNumOccurrences())
        return llvm::createStringError("-" + option->ArgStr +
                                       " needs a budget, such as -max-flash");
  if (!wantPlan() || options.plan)
    return llvm::Error::success();
  auto wanted = read();
  if (!wanted)
    return wanted.takeError();
  auto allocator = Allocator::create(options, *wanted);
  if (!allocator)
    return allocator.takeError();
  auto outcome = (*allocator)->allocate(wanted->budgets);
  if (!outcome)
    return outcome.takeError();
  options.plan = std::move(outcome->plan);
  if (costs)
    *costs = (*allocator)->costTable();
  return llvm::Error::success();
}

llvm::Error AllocateFlags::refuseFiles() const {
  for (const cl::Option *option : {static_cast<const cl::Option *>(&writeCosts),
                                   static_cast<const cl::Option *>(&pareto)})
    if (option->getNumOccurrences())
      return llvm::createStringError("-" + option->ArgStr +
                                     " is an option of qcc alone");
  return llvm::Error::success();
}

llvm::Error AllocateFlags::checkSweep() const {
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&maxStack),
        static_cast<const cl::Option *>(&writeCosts)})
    if (wantPareto() && option->getNumOccurrences())
      return llvm::createStringError("-pareto and -" + option->ArgStr +
                                     " exclude each other");
  return llvm::Error::success();
}

llvm::Error AllocateFlags::check(const emit::Report &report) const {
  struct Entry {
    const cl::opt<std::string> &option;
    bool isBytes;
    const char *what, *unit;
    std::optional<double> found;
  };
  std::optional<double> stack;
  if (report.stackBytes)
    stack = static_cast<double>(*report.stackBytes);
  for (const Entry &entry :
       {Entry{maxFlash, true, "flash", "bytes",
              static_cast<double>(report.object.flashBytes())},
        Entry{maxRam, true, "RAM", "bytes",
              static_cast<double>(report.interface.arenaBytes)},
        Entry{maxStack, true, "the stack", "bytes", stack},
        Entry{maxCycles, false, "an inference", "instructions",
              report.instructions}}) {
    // A table's costs are in units of its own.
    if (!costTable.empty() &&
        (&entry.option == &maxFlash || &entry.option == &maxCycles))
      continue;
    auto limit = quantityOf(entry.option, entry.isBytes);
    if (!limit)
      return limit.takeError();
    if (!*limit)
      continue;
    if (!entry.found)
      return llvm::createStringError("-" + entry.option.ArgStr + ": what " +
                                     entry.what +
                                     " needs is not known for this target");
    if (*entry.found > **limit)
      return llvm::createStringError(fmt::format(
          "{} needs {:.0f} {}, {:.0f} more than the limit of {:.0f}",
          entry.what, *entry.found, entry.unit, *entry.found - **limit,
          **limit));
  }
  return llvm::Error::success();
}

} // namespace qcc::allocate
