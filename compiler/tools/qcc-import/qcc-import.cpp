// qcc-import: prints a network as qcc reads it.
#include "compiler/Emit/Outputs.h"
#include "compiler/Import/Flags.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace qcc;
namespace cl = llvm::cl;

static cl::OptionCategory options("Reading");
static cl::opt<std::string> input(cl::Positional, cl::desc("<model>"),
                                  cl::Required, cl::cat(options));
static cl::opt<std::string> output("o", cl::desc("output file (default: -)"),
                                   cl::value_desc("file"), cl::init("-"),
                                   cl::cat(options));
static ImportFlags importFlags(options);
static cl::opt<int64_t>
    elide("elide",
          cl::desc("print constants of more than n elements as dense_resource, "
                   "to look at (default: print all)"),
          cl::value_desc("n"), cl::init(-1), cl::cat(options));
static cl::opt<bool> locations("locations",
                               cl::desc("print where ops come from"),
                               cl::cat(options));
static llvm::Error run() {
  auto how = importFlags.parse();
  if (!how)
    return how.takeError();
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importModel(input, context, *how);
  if (!module)
    return module.takeError();
  mlir::OpPrintingFlags flags;
  if (elide >= 0)
    flags.elideLargeElementsAttrs(elide);
  flags.enableDebugInfo(locations, /*prettyForm=*/false);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->get().print(stream, flags);
  emit::Outputs outputs;
  outputs.protect(input);
  outputs.add(output, text + "\n");
  return outputs.commit();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(options);
  cl::ParseCommandLineOptions(argc, argv, "prints a network as qcc reads it\n");
  if (llvm::Error error = run()) {
    llvm::errs() << "qcc-import: error: " << llvm::toString(std::move(error))
                 << "\n";
    return 1;
  }
  return 0;
}
