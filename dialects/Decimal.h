// Numbers in messages, as people write them.
#ifndef QCC_DIALECTS_DECIMAL_H
#define QCC_DIALECTS_DECIMAL_H

#include <charconv>
#include <string>

namespace qcc {

/// The fewest digits that give the number back when read: 0.1, 72.93, 1e-30,
/// inf, nan. `Number` is float or double.
template <typename Number> std::string decimal(Number value) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return std::string(text, end);
}

} // namespace qcc

#endif // QCC_DIALECTS_DECIMAL_H
