#include "compiler/Import/Mlir.h"

#include "compiler/Import/Isolate.h"
#include "dialects/QGraph/QGraph.h"
#include "dialects/QInt/QInt.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/SourceMgr.h"

#include <optional>

using namespace mlir;

namespace qcc::import {

bool isNestedSanely(StringRef text) {
  // A network needs about ten; the parser recurses once or more per bracket.
  constexpr int limit = 200;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
    case '"':
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        i += text[i] == '\\';
      break;
    case '/':
      if (text.substr(i).starts_with("//"))
        i = text.find('\n', i);
      break;
    case '(':
    case '[':
    case '{':
    case '<':
      if (++depth > limit)
        return false;
      break;
    case '>':
      // Not the end of an arrow.
      if (i == 0 || text[i - 1] != '-')
        depth -= depth > 0;
      break;
    case ')':
    case ']':
    case '}':
      depth -= depth > 0;
      break;
    }
    if (i == StringRef::npos)
      break;
  }
  return true;
}

llvm::Error errorAt(Location loc, StringRef file, const Twine &message) {
  std::string where = file.str();
  if (auto position = loc->findInstanceOf<FileLineColLoc>();
      position && position.getLine() > 0)
    where += ":" + std::to_string(position.getLine());
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 where + ": " + message);
}

/// The parser's advice on unknown dialects is about a tool that is not ours,
/// and it does not say which operation it has met.
static std::string explain(std::string message, Location loc, StringRef text) {
  auto position = loc->findInstanceOf<FileLineColLoc>();
  if (!position || !StringRef(message).contains("unregistered dialect"))
    return message;
  for (unsigned line = 1; line < position.getLine(); ++line)
    text = text.split('\n').second;
  StringRef statement = text.split('\n').first.trim().take_front(60);
  return ("unknown operation in '" + statement +
          "'; expected the dialects tosa, func, arith and quant")
      .str();
}

ImportedModule readMlir(llvm::MemoryBufferRef buffer, MLIRContext &context) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect,
                      quant::QuantDialect, tosa::TosaDialect,
                      qgraph::QGraphDialect, qint::QIntDialect>();
  // The first error is the cause; further ones follow from it.
  std::optional<std::string> message;
  std::optional<Location> loc;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (!message && diagnostic.getSeverity() == DiagnosticSeverity::Error) {
      message = diagnostic.str();
      loc = diagnostic.getLocation();
    }
    return success();
  });
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBufferCopy(buffer.getBuffer(),
                                           buffer.getBufferIdentifier()),
      llvm::SMLoc());
  // Types and attributes are not verified by parsers alone, and a library
  // without assertions would go on with whatever it has got.
  ParserConfig config(&context, /*verifyAfterParse=*/true);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, config);
  if (!module) {
    Location where = loc.value_or(UnknownLoc::get(&context));
    return errorAt(where, buffer.getBufferIdentifier(),
                   explain(message.value_or("is no MLIR module"), where,
                           buffer.getBuffer()));
  }
  return module;
}

/// The module as text after `T`, or an error message after `E`.
static void writeAsText(llvm::MemoryBufferRef bytecode, raw_ostream &os) {
  MLIRContext scratch(MLIRContext::Threading::DISABLED);
  ImportedModule module = readMlir(bytecode, scratch);
  if (!module) {
    os << 'E' << llvm::toString(module.takeError());
    return;
  }
  os << 'T';
  // Layers are named by locations.
  module->get().print(os, OpPrintingFlags().enableDebugInfo());
}

ImportedModule readMlirBytecode(llvm::MemoryBufferRef buffer,
                                MLIRContext &context) {
  StringRef name = buffer.getBufferIdentifier();
  // Far more than a sound file takes; a damaged one may have loops.
  unsigned seconds = 2 + buffer.getBufferSize() / (1 << 20);
  std::optional<std::string> text =
      runIsolated([&](raw_ostream &os) { writeAsText(buffer, os); }, seconds);
  if (text && StringRef(*text).starts_with("T"))
    return readMlir(llvm::MemoryBufferRef(StringRef(*text).drop_front(), name),
                    context);
  if (text && StringRef(*text).starts_with(("E" + name + ":").str()))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   text->substr(1));
  return errorAt(UnknownLoc::get(&context), name, "is damaged MLIR bytecode");
}

} // namespace qcc::import
