// Damaged functions of both dialects: the verifiers reject them with a message
// or the reference runs them; nothing crashes.
#include "dialects/Check/Check.h"
#include "dialects/QGraph/QGraph.h"
#include "dialects/QInt/QInt.h"
#include "dialects/QInt/Reference/Reference.h"
#include "test/fuzz/Harness.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace {

/// The functions of a lit test, one string each.
std::vector<std::string> functionsOf(llvm::StringRef file) {
  std::string path =
      (llvm::Twine(QCC_SOURCE_DIR "/test/dialects/") + file).str();
  auto buffer = llvm::MemoryBuffer::getFile(path);
  std::vector<std::string> functions;
  if (!buffer) {
    ADD_FAILURE() << "cannot read " << path;
    return functions;
  }
  for (llvm::StringRef rest = (*buffer)->getBuffer(); !rest.empty();) {
    size_t next = rest.find("\nfunc.func", 1);
    llvm::StringRef piece = rest.take_front(next);
    rest = rest.substr(piece.size());
    if (piece.trim().starts_with("func.func"))
      functions.push_back(piece.trim().str());
  }
  return functions;
}

bool isSmall(func::FuncOp function) {
  WalkResult walked = function.walk([](Operation *op) {
    for (Type type : op->getResultTypes()) {
      auto tensor = llvm::dyn_cast<RankedTensorType>(type);
      if (tensor && tensor.hasStaticShape() && tensor.getNumElements() > 4096)
        return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return !walked.wasInterrupted();
}

/// Runs a function without arguments; its results are of its result types.
void execute(func::FuncOp function) {
  using namespace qcc::qint::reference;
  Options options;
  options.other = [](Operation *, llvm::ArrayRef<const Tensor *>) {
    return llvm::Error::success();
  };
  options.trace = [](Operation *, const Tensor &value) {
    for (int64_t element : value.values) {
      ASSERT_GE(element, minimumOf(value.kind));
      ASSERT_LE(element, maximumOf(value.kind));
    }
  };
  if (function.getNumArguments() != 0 || !isSmall(function))
    return;
  auto results = Interpreter(function, options).run({});
  if (!results)
    EXPECT_NE(llvm::toString(results.takeError()), "");
}

/// Whether `text` parses and verifies; what does so is executed.
bool accept(const std::string &text) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<qcc::check::CheckDialect, qcc::qgraph::QGraphDialect,
                      qcc::qint::QIntDialect, func::FuncDialect,
                      quant::QuantDialect>();
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message += diagnostic.str();
    return success();
  });
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module) {
    EXPECT_NE(message, "");
    return false;
  }
  module->walk(execute);
  return true;
}

void fuzz(const char *name, llvm::ArrayRef<llvm::StringRef> files) {
  std::vector<std::string> corpus;
  for (llvm::StringRef file : files)
    llvm::append_range(corpus, functionsOf(file));
  ASSERT_GT(corpus.size(), 10u);
  std::vector<std::string> words = {
      "i8",    "ui8",        "i2",  "i4",   "i16",   "i32",  "i64",
      "f32",   "index",      "?x",  "0x",   "1x",    "-1",   "-128",
      "255",   "2147483647", "99",  "xi8>", "1, 1",  "62",   "63",
      "array", "dense<1>",   "[0]", "none", "<max>", "<sum>"};
  qcc::fuzz::runCases(name, corpus, words,
                      [](const std::string &text, qcc::fuzz::Mutator &) {
                        return accept(text);
                      });
}

TEST(VerifierFuzz, QGraph) {
  fuzz("QGraph", {"QGraph/ops.mlir", "QGraph/canonicalize.mlir"});
}

TEST(VerifierFuzz, QInt) {
  fuzz("QInt", {"QInt/ops.mlir", "QInt/canonicalize.mlir"});
}

TEST(VerifierFuzz, Executed) {
  fuzz("Executed",
       {"QInt/reference-contraction.mlir", "QInt/reference-elementwise.mlir",
        "QInt/reference-movement.mlir", "QInt/reference-requantize.mlir",
        "QInt/reference-window.mlir"});
}

} // namespace
