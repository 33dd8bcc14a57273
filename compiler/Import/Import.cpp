#include "compiler/Import/Import.h"

#include "compiler/Import/Mlir.h"
#include "compiler/Import/Onnx/Onnx.h"
#include "compiler/Import/Tflite/Tflite.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace qcc {
namespace {

using import::ImportedModule;

llvm::Error makeError(StringRef file, const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 file + ": " + message);
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

struct Format {
  const char *name;
  bool (*matches)(StringRef bytes, StringRef path);
  ImportedModule (*read)(llvm::MemoryBufferRef, MLIRContext &,
                         const ImportOptions &);
};

bool isMlirBytecode(StringRef bytes, StringRef) {
  return bytes.starts_with("ML\xefR");
}
bool isTFLite(StringRef bytes, StringRef path) {
  return bytes.substr(4, 4) == "TFL3" || path.ends_with(".tflite");
}
bool isOnnx(StringRef, StringRef path) { return path.ends_with(".onnx"); }
/// Text has no control characters but white space.
bool isText(StringRef bytes, StringRef) {
  return llvm::all_of(bytes.take_front(4096), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t' ||
           c == '\r';
  });
}

template <ImportedModule (*read)(llvm::MemoryBufferRef, MLIRContext &)>
ImportedModule withoutOptions(llvm::MemoryBufferRef buffer,
                              MLIRContext &context, const ImportOptions &) {
  return read(buffer, context);
}

/// The first match counts.
constexpr Format formats[] = {
    {"MLIR bytecode", isMlirBytecode, withoutOptions<import::readMlirBytecode>},
    {"TensorFlow Lite", isTFLite, import::readTflite},
    {"ONNX", isOnnx, import::readOnnx},
    {"MLIR text", isText, withoutOptions<import::readMlir>},
};

ImportedModule readAnyFormat(llvm::MemoryBufferRef buffer, MLIRContext &context,
                             const ImportOptions &options) {
  StringRef bytes = buffer.getBuffer(), name = buffer.getBufferIdentifier();
  if (bytes.empty())
    return makeError(name, "is empty");
  for (const Format &format : formats) {
    if (!format.matches(bytes, name))
      continue;
    if (format.matches == isText && !import::isNestedSanely(bytes))
      return makeError(name, "nests brackets deeper than any network does");
    return format.read(buffer, context, options);
  }
  return makeError(name, "is in no known format; expected MLIR text or "
                         "bytecode, ONNX or TensorFlow Lite");
}

//===----------------------------------------------------------------------===//
// The function to compile
//===----------------------------------------------------------------------===//

llvm::Expected<func::FuncOp> chooseFunction(ModuleOp module, StringRef file) {
  SmallVector<func::FuncOp> candidates;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      candidates.push_back(function);
  if (candidates.empty())
    return makeError(file, "has no function with a body");
  for (func::FuncOp function : candidates)
    if (function.getName() == "main" || candidates.size() == 1)
      return function;
  std::string names;
  for (func::FuncOp function : candidates)
    names += (names.empty() ? "@" : ", @") + function.getName().str();
  return makeError(file, "has several functions (" + names +
                             ") and none is called @main");
}

llvm::Error checkTypes(func::FuncOp function, TypeRange types, StringRef kind,
                       StringRef file) {
  for (auto [i, type] : llvm::enumerate(types)) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.hasStaticShape())
      continue;
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return import::errorAt(function.getLoc(), file,
                           kind + " " + Twine(i) + " of @" +
                               function.getName() + " is " + text +
                               "; only tensors of static shape are supported");
  }
  return llvm::Error::success();
}

llvm::Error checkSignature(func::FuncOp function, StringRef file) {
  if (llvm::Error error =
          checkTypes(function, function.getArgumentTypes(), "argument", file))
    return error;
  if (function.getNumArguments() == 0)
    return import::errorAt(function.getLoc(), file,
                           "@" + function.getName() + " takes no arguments");
  if (function.getNumResults() == 0)
    return import::errorAt(function.getLoc(), file,
                           "@" + function.getName() + " returns nothing");
  return checkTypes(function, function.getResultTypes(), "result", file);
}

/// Every shape that was asked for is that of an input.
llvm::Error checkInputShapes(func::FuncOp function, StringRef file,
                             const ImportOptions &options) {
  llvm::StringMap<RankedTensorType> types;
  std::string names;
  for (BlockArgument argument : function.getArguments()) {
    auto location = dyn_cast<NameLoc>(argument.getLoc());
    std::string name = location
                           ? location.getName().str()
                           : "input" + std::to_string(argument.getArgNumber());
    types[name] = cast<RankedTensorType>(argument.getType());
    names += (names.empty() ? "'" : ", '") + name + "'";
    if (function.getNumArguments() == 1)
      types[""] = types[name];
  }
  for (const auto &[name, shape] : options.inputShapes) {
    auto found = types.find(name);
    if (found == types.end())
      return makeError(file, "has no input '" + name +
                                 "' to set the shape of; "
                                 "its inputs are " +
                                 names);
    if (found->second.getShape() == ArrayRef<int64_t>(shape))
      continue;
    std::string text;
    llvm::raw_string_ostream(text) << found->second;
    return makeError(file, "has an input '" + name + "' of " + text +
                               ", which is not the shape that was asked for");
  }
  return llvm::Error::success();
}

/// Other functions than `chosen` go, unless something still refers to them.
void dropOthers(ModuleOp module, func::FuncOp chosen) {
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (function != chosen &&
        SymbolTable::symbolKnownUseEmpty(function, module))
      function.erase();
}

} // namespace

llvm::Expected<OwningOpRef<ModuleOp>>
importModelFromMemory(StringRef bytes, StringRef name, MLIRContext &context,
                      const ImportOptions &options) {
  ImportedModule module =
      readAnyFormat(llvm::MemoryBufferRef(bytes, name), context, options);
  if (!module)
    return module.takeError();
  llvm::Expected<func::FuncOp> function = chooseFunction(module->get(), name);
  if (!function)
    return function.takeError();
  if (llvm::Error error = checkSignature(*function, name))
    return error;
  if (llvm::Error error = checkInputShapes(*function, name, options))
    return error;
  dropOthers(module->get(), *function);
  return module;
}

llvm::Expected<OwningOpRef<ModuleOp>>
importModel(StringRef path, MLIRContext &context,
            const ImportOptions &options) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return makeError(path, buffer.getError().message());
  return importModelFromMemory((*buffer)->getBuffer(), path, context, options);
}

} // namespace qcc
