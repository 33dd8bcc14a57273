// Tables of a flatbuffer by hand, from the format's definition. The file must
// be intact.
#ifndef QCC_TEST_TFLITE_FILE_H
#define QCC_TEST_TFLITE_FILE_H

#include <cstdint>
#include <cstring>
#include <vector>

namespace oracle {

template <typename T> T at(const uint8_t *p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

/// Where field number `id` of a table lies; null when it is left out.
inline const uint8_t *field(const uint8_t *table, int id) {
  const uint8_t *vtable = table - at<int32_t>(table);
  int size = at<uint16_t>(vtable);
  int slot = 4 + 2 * id;
  if (slot + 2 > size || at<uint16_t>(vtable + slot) == 0)
    return nullptr;
  return table + at<uint16_t>(vtable + slot);
}

template <typename T> T scalar(const uint8_t *table, int id, T otherwise = 0) {
  const uint8_t *p = table ? field(table, id) : nullptr;
  return p ? at<T>(p) : otherwise;
}

inline const uint8_t *follow(const uint8_t *p) {
  return p ? p + at<uint32_t>(p) : nullptr;
}

template <typename T> std::vector<T> numbers(const uint8_t *table, int id) {
  const uint8_t *p = follow(field(table, id));
  std::vector<T> result(p ? at<uint32_t>(p) : 0);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = at<T>(p + 4 + i * sizeof(T));
  return result;
}

inline std::vector<const uint8_t *> tables(const uint8_t *table, int id) {
  const uint8_t *p = follow(field(table, id));
  std::vector<const uint8_t *> result(p ? at<uint32_t>(p) : 0);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = follow(p + 4 + 4 * i);
  return result;
}

} // namespace oracle

#endif // QCC_TEST_TFLITE_FILE_H
