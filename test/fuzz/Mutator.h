//===- Mutator.h - Deterministic damage to valid inputs ---------*- C++ -*-===//
//
// For fuzzing a reader inside a test program, without a fuzzing engine: takes
// valid inputs and damages them. The same seed gives the same bytes on every
// machine, so a number is all that is needed to replay a case.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_TEST_FUZZ_MUTATOR_H
#define QCC_TEST_FUZZ_MUTATOR_H

#include "compiler/Data/Random.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace qcc::fuzz {

class Mutator {
public:
  /// `corpus` holds valid inputs, at least one. `dictionary` may hold pieces
  /// of text that mean something to the reader.
  Mutator(uint64_t seed, const std::vector<std::string> &corpus,
          const std::vector<std::string> &dictionary = {})
      : random(seed), corpus(corpus), dictionary(dictionary) {}

  /// One of the corpus after 1, 2, 4 or 8 mutations: few get deep into a
  /// reader, many get into odd corners.
  std::string next() {
    std::string bytes = pick(corpus);
    for (uint64_t i = 0, n = 1ull << random.below(4); i < n; ++i)
      mutate(bytes);
    return bytes;
  }

  data::SplitMix64 &source() { return random; }

private:
  template <typename T> const T &pick(const std::vector<T> &from) {
    return from[random.below(from.size())];
  }

  /// A position in `bytes`, half of the time among the first or last 64,
  /// where formats keep their headers and directories.
  size_t position(const std::string &bytes) {
    size_t size = bytes.size(), near = std::min<size_t>(size, 64);
    switch (random.below(4)) {
    case 0:
      return random.below(near);
    case 1:
      return size - 1 - random.below(near);
    default:
      return random.below(size);
    }
  }

  /// A number at which readers tend to break.
  uint64_t interesting(size_t size) {
    const uint64_t values[] = {0,          1,
                               2,          0x7f,
                               0x80,       0xff,
                               0x7fff,     0x8000,
                               0xffff,     0x7fffffff,
                               0x80000000, 0xffffffff,
                               1ull << 32, 1ull << 62,
                               1ull << 63, (1ull << 63) - 1,
                               ~0ull,      size - 1,
                               size,       size + 1,
                               size * 2,   random.next()};
    return values[random.below(std::size(values))];
  }

  void mutate(std::string &bytes) {
    if (bytes.empty()) {
      bytes = pick(corpus);
      return;
    }
    switch (random.below(12)) {
    case 0:
      bytes[position(bytes)] ^= static_cast<char>(1 << random.below(8));
      break;
    case 1:
      bytes[position(bytes)] = static_cast<char>(random.next());
      break;
    case 2:
      bytes.resize(random.below(bytes.size()));
      break;
    case 3:
      insertNoise(bytes);
      break;
    case 4:
      bytes.erase(position(bytes), 1 + random.below(32));
      break;
    case 5:
      duplicate(bytes);
      break;
    case 6:
      splice(bytes);
      break;
    case 7:
    case 8:
      overwriteInteger(bytes);
      break;
    case 9:
    case 10:
      editDecimal(bytes);
      break;
    case 11:
      insertWord(bytes);
      break;
    }
  }

  void insertNoise(std::string &bytes) {
    std::string noise(1 + random.below(16), '\0');
    for (char &c : noise)
      c = static_cast<char>(random.next());
    bytes.insert(position(bytes), noise);
  }

  /// Copies a piece over another place, or inserts it there.
  void duplicate(std::string &bytes) {
    size_t from = position(bytes);
    std::string piece = bytes.substr(from, 1 + random.below(64));
    size_t to = position(bytes);
    if (random.below(2))
      bytes.insert(to, piece);
    else
      bytes.replace(to, piece.size(), piece);
  }

  /// The beginning of this input and the end of another.
  void splice(std::string &bytes) {
    const std::string &other = pick(corpus);
    if (other.empty())
      return;
    size_t from = random.below(other.size());
    bytes.resize(position(bytes));
    bytes += other.substr(from);
  }

  /// A binary field: 1, 2, 4 or 8 bytes in either order.
  void overwriteInteger(std::string &bytes) {
    size_t size = size_t(1) << random.below(4);
    size_t at = position(bytes);
    if (at + size > bytes.size())
      return;
    uint64_t value = interesting(bytes.size());
    bool bigEndian = random.below(2);
    for (size_t i = 0; i < size; ++i)
      bytes[at + (bigEndian ? size - 1 - i : i)] =
          static_cast<char>(value >> (8 * i));
  }

  /// A number in text.
  void editDecimal(std::string &bytes) {
    auto isDigit = [](unsigned char c) { return std::isdigit(c) != 0; };
    auto begin =
        std::find_if(bytes.begin() + position(bytes), bytes.end(), isDigit);
    if (begin == bytes.end())
      return;
    auto end = std::find_if_not(begin, bytes.end(), isDigit);
    const char *words[] = {"-1",  "1e999", "0.5",    "",
                           "NaN", "-",     "1e-400", "00"};
    std::string text = random.below(4)
                           ? std::to_string(interesting(bytes.size()))
                           : words[random.below(std::size(words))];
    bytes.replace(begin, end, text);
  }

  void insertWord(std::string &bytes) {
    if (dictionary.empty())
      return;
    const std::string &word = pick(dictionary);
    size_t at = position(bytes);
    if (random.below(2))
      bytes.insert(at, word);
    else
      bytes.replace(at, word.size(), word);
  }

  data::SplitMix64 random;
  const std::vector<std::string> &corpus;
  std::vector<std::string> dictionary;
};

} // namespace qcc::fuzz

#endif // QCC_TEST_FUZZ_MUTATOR_H
