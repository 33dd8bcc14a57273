#include "test/unit/EndToEnd/RandomWriter.h"

#include <algorithm>
#include <fmt/core.h>

namespace qcc::test {

/// Indices of the caller's, many of which lie outside of the table.
Value writeLookup(RandomWriter &w) {
  Value x = w.operand(3);
  int64_t tables = x.shape[0];
  if (tables > 6)
    x = w.reshape(x, {1, tables * x.shape[1], x.shape[2]}), tables = 1;
  int64_t lists = tables == 1 ? w.in(1, 3) : w.pick<int64_t>({1, tables});
  int64_t each = w.in(1, 24 / lists), count = lists * each;
  Value some =
      w.emit("slice", {w.arguments().back()},
             fmt::format("starts = {}, sizes = {}, strides = array<i64: 1>",
                         arrayText({w.in(0, 24 - count)}), arrayText({count})),
             "i32", {count});
  return w.emit("lookup", {x, w.reshape(some, {lists, each})},
                w.chance(50) ? "wraps" : "", x.element,
                {std::max(tables, lists), each, x.shape[2]});
}

} // namespace qcc::test
