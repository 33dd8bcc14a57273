//===- JsonFields.cpp - Strict reading of JSON files ----------------------===//

#include "passes/Quantize/JsonFields.h"

#include "llvm/Support/MemoryBuffer.h"

#include <set>

namespace qcc::quantize::json {
namespace {

/// Remembers where parsing failed, or the first key that an object has twice.
struct PositionFinder : Json::json_sax_t {
  size_t position = 0;
  std::string repeated;
  std::vector<std::set<std::string>> keys; ///< of the objects that are open

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool start_object(size_t) override {
    keys.emplace_back();
    return true;
  }
  bool key(string_t &name) override {
    if (keys.back().insert(name).second)
      return true;
    repeated = name;
    return false;
  }
  bool end_object() override {
    keys.pop_back();
    return true;
  }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t at, const std::string &,
                   const Json::exception &) override {
    position = at;
    return false;
  }
};

} // namespace

llvm::Expected<Json> parse(llvm::StringRef text, llvm::StringRef name,
                           llvm::StringRef extension) {
  PositionFinder finder;
  if (!Json::sax_parse(text.begin(), text.end(), &finder)) {
    if (!finder.repeated.empty())
      return fail("{0}: not a {1} file: field '{2}' is there twice", name,
                  extension, finder.repeated);
    return fail("{0}: not a {1} file: invalid JSON at byte {2}", name,
                extension, finder.position);
  }
  return Json::parse(text.begin(), text.end(), nullptr,
                     /*allow_exceptions=*/false);
}

llvm::Expected<std::string> readText(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false,
                                            /*IsVolatile=*/true);
  if (!buffer)
    return fail("cannot read {0}: {1}", path, buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

} // namespace qcc::quantize::json
