//===- Error.h - Error messages of the data readers -------------*- C++ -*-===//

#ifndef QCC_COMPILER_DATA_ERROR_H
#define QCC_COMPILER_DATA_ERROR_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <utility>

namespace qcc::data {

/// An error with a message in the format language of llvm::formatv.
template <typename... Ts>
llvm::Error makeError(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::formatv(format, std::forward<Ts>(values)...).str(),
      llvm::inconvertibleErrorCode());
}

/// The same error with "<where>: " in front of its message.
inline llvm::Error prefixError(llvm::StringRef where, llvm::Error error) {
  return makeError("{0}: {1}", where, llvm::toString(std::move(error)));
}

/// Text from a file as it may stand in a message: other characters than
/// printable ASCII are escaped, and long text is cut.
inline std::string printable(llvm::StringRef text) {
  constexpr size_t limit = 200;
  std::string result;
  llvm::raw_string_ostream stream(result);
  llvm::printEscapedString(text.take_front(limit), stream);
  if (text.size() > limit)
    stream << "...";
  return result;
}

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_ERROR_H
