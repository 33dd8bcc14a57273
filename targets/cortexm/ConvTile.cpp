// The inner loops, as assembly: LLVM hoists a tile's loads and spills it.
#include "targets/cortexm/ConvPlan.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FormatVariadic.h"

namespace qcc::targets::cortexm {

namespace {

using llvm::formatv;

/// Writes one tile. Registers: P x Q sums from r0 on, then the weights, then
/// the activations (up to r11), r12 the expanded activations, r14 the weights'
/// stream.
class Writer {
public:
  Writer(const Tile &tile, int64_t passes) : t(tile), times(passes) {
    int next = 0;
    for (int64_t i = 0; i < t.pixels * t.channels; ++i)
      sums.push_back("r" + std::to_string(next++));
    if (t.pixels == 1) {
      weights = {"r8", "r9", "r10", "r11"};
      codes = {"r4", "r5", "r6", "r7"};
    } else {
      weights = {"r6", "r7", "r8", "r9"};
      codes = {"r10", "r11"};
    }
  }

  std::string write() {
    label("2");
    loadBiases();
    bool loop = t.blocks() > 1;
    if (loop) {
      label("1");
      times *= t.blocks();
    }
    int64_t unrolled = loop ? t.block : t.words;
    writeWords(0, unrolled);
    int64_t rest = loop ? t.words % t.block : t.words;
    if (loop) {
      put(formatv("ldr {0}, [r12, #{1}]!", codes[0], t.block * t.wordBytes()));
      put(formatv("cmp {0}, #0", codes[0]));
      put("bne 1b");
      times /= t.blocks();
      writeWords(0, rest);
    }
    slots = rest * t.wordBytes() + 4;
    for (int64_t c = 0; c < t.channels; ++c)
      rescale(c);
    store();
    nextPass();
    return formatv("@ executes {0}\n", executed).str() + text;
  }

private:
  void put(const std::string &line) {
    text += line;
    text += '\n';
    executed += times;
  }
  void label(const std::string &name) { text += name + ":\n"; }
  std::string &sum(int64_t channel, int64_t pixel) {
    return sums[channel * t.pixels + pixel];
  }

  void loadBiases() {
    if (t.pixels == 1) {
      std::string list = sums[0];
      for (int64_t c = 1; c < t.channels; ++c)
        list += ", " + sums[c];
      put("ldm r14!, {" + list + "}");
      if (t.isNarrow())
        subtractExcess();
      return;
    }
    if (t.channels == 2)
      put(formatv("ldrd {0}, {1}, [r14], #8", sum(0, 0), sum(1, 0)));
    else
      put(formatv("ldr {0}, [r14], #4", sum(0, 0)));
    if (t.isNarrow())
      return subtractExcess();
    for (int64_t c = 0; c < t.channels; ++c)
      for (int64_t p = 1; p < t.pixels; ++p)
        put(formatv("mov {0}, {1}", sum(c, p), sum(c, 0)));
  }

  /// Every pixel's sums start at the bias less what the pixel's are too large.
  void subtractExcess() {
    for (int64_t p = 0; p < t.pixels; ++p)
      put(formatv("ldr {0}, [r12, #{1}]", weights[p], t.excess(p)));
    for (int64_t c = 0; c < t.channels; ++c)
      for (int64_t p = t.pixels; p-- > 0;)
        put(formatv("sub {0}, {1}, {2}", sum(c, p), sum(c, 0), weights[p]));
  }

  void writeWords(int64_t first, int64_t count) {
    for (int64_t word = first; word < first + count; word += t.stepWords()) {
      if (t.isNarrow())
        t.pixels == 1 ? writeNarrowPixel(word) : writeNarrow(word);
      else
        t.pixels == 1 ? writeSinglePixel(word) : writeWord(word);
    }
  }

  /// The pairs of weights that meet the first (0) or second (1) half of a word.
  void pair(llvm::StringRef to, llvm::StringRef word, int half) {
    int64_t mask = 0x00010001 * ((1 << t.bits) - 1) << (half * t.bits);
    put(formatv("and {0}, {1}, #{2}", to, word, mask));
  }

  void nextPairs(llvm::StringRef word) {
    put(formatv("lsr {0}, {0}, #{1}", word, 2 * t.bits));
  }

  /// One step for all pixels: a word of weights for each channel.
  void writeNarrow(int64_t first) {
    if (t.channels == 2)
      put(formatv("ldrd {0}, {1}, [r14], #8", weights[0], weights[1]));
    else
      put(formatv("ldr {0}, [r14], #4", weights[0]));
    for (int64_t word = first; word < first + t.stepWords(); ++word) {
      for (int64_t c = 0; c < t.channels && word > first; ++c)
        nextPairs(weights[c]);
      for (int half : {0, 1})
        writeHalf(word * t.wordBytes() + 4 + half * 4 * t.pixels, half);
    }
  }

  /// Activations of two pixels at a time, from `offset` on.
  void writeHalf(int64_t offset, int half) {
    put(formatv("ldrd {0}, {1}, [r12, #{2}]", codes[0], codes[1], offset));
    for (int64_t c = 0; c < t.channels; ++c)
      pair(weights[2 + c], weights[c], half);
    for (int64_t p = 0; p < t.pixels; ++p) {
      if (p == 2)
        put(formatv("ldr {0}, [r12, #{1}]", codes[0], offset + 8));
      for (int64_t c = 0; c < t.channels; ++c)
        smlad(sum(c, p), weights[2 + c], codes[p % 2]);
    }
  }

  /// One step of one pixel, two words of activations at a time.
  void writeNarrowPixel(int64_t first) {
    bool kept = t.stepWords() > 2; // a word of weights for each channel
    for (int64_t word = first; word < first + t.stepWords(); word += 2) {
      for (int i : {0, 1})
        put(formatv("ldrd {0}, {1}, [r12, #{2}]", codes[2 * i],
                    codes[2 * i + 1], (word + i) * t.wordBytes() + 4));
      for (int64_t c = 0; c < t.channels; ++c) {
        const std::string &bits = weights[kept ? c : 0];
        if (word == first)
          put(formatv("ldr {0}, [r14], #4", bits));
        for (int i = 0; i < 4; ++i) {
          if (i == 2 || (i == 0 && word > first))
            nextPairs(bits);
          pair(weights[3], bits, i % 2);
          smlad(sums[c], weights[3], codes[i]);
        }
      }
    }
  }

  /// Four bytes in `from` become {0, 2} in `from` and {1, 3} in `odd`.
  void widen(llvm::StringRef from, llvm::StringRef odd) {
    put(formatv("sxtb16 {0}, {1}, ror #8", odd, from));
    put(formatv("sxtb16 {0}, {0}", from));
  }

  void smlad(llvm::StringRef sum, llvm::StringRef a, llvm::StringRef b) {
    put(formatv("smlad {0}, {1}, {2}, {0}", sum, a, b));
  }

  /// Two words of one pixel.
  void writeSinglePixel(int64_t word) {
    for (int i : {0, 1})
      put(formatv("ldrd {0}, {1}, [r12, #{2}]", codes[2 * i], codes[2 * i + 1],
                  (word + i) * t.wordBytes() + 4));
    for (int64_t c = 0; c < t.channels; ++c) {
      put(formatv("ldrd {0}, {1}, [r14], #8", weights[0], weights[2]));
      widen(weights[0], weights[1]);
      widen(weights[2], weights[3]);
      for (int i = 0; i < 4; ++i)
        smlad(sums[c], weights[i], codes[i]);
    }
  }

  void writeWord(int64_t word) {
    if (t.channels == 2)
      put(formatv("ldrd {0}, {1}, [r14], #8", weights[0], weights[2]));
    else
      put(formatv("ldr {0}, [r14], #4", weights[0]));
    for (int64_t c = 0; c < t.channels; ++c)
      widen(weights[2 * c], weights[2 * c + 1]);
    for (int64_t p = 0; p < t.pixels; ++p) {
      put(formatv("ldrd {0}, {1}, [r12, #{2}]", codes[0], codes[1],
                  word * t.wordBytes() + 4 + 8 * p));
      for (int half : {0, 1})
        for (int64_t c = 0; c < t.channels; ++c)
          smlad(sum(c, p), weights[2 * c + half], codes[half]);
    }
  }

  void rescale(int64_t channel) {
    put(formatv("ldm r14!, {{{0}, {1}, {2}}", weights[0], weights[1],
                weights[2]));
    for (int64_t p = 0; p < t.pixels; ++p) {
      std::string &r = sum(channel, p);
      put(formatv("smmla {0}, {0}, {1}, {2}", r, weights[0], weights[1]));
      put(formatv("asr {0}, {0}, {1}", r, weights[2]));
      clamp(r);
    }
  }

  void clamp(llvm::StringRef r) {
    int32_t low = t.isUnsigned ? 0 : -128, high = low + 255;
    put(formatv("{0} {1}, #8, {1}", t.isUnsigned ? "usat" : "ssat", r));
    if (t.min > low) {
      put(formatv("cmp {0}, #{1}", r, t.min));
      put("it lt");
      move("movlt", r, t.min);
    }
    if (t.max < high) {
      put(formatv("cmp {0}, #{1}", r, t.max));
      put("it gt");
      move("movgt", r, t.max);
    }
  }

  /// The assembler takes MOV of a small negative number for MVN.
  void move(llvm::StringRef mnemonic, llvm::StringRef r, int32_t value) {
    put(formatv("{0} {1}, #{2}", mnemonic, r, value));
  }

  void store() {
    put(formatv("ldr {0}, [r12, #{1}]", codes[0], slots));
    if (!t.scattered) {
      for (int64_t c = 0; c < t.channels; ++c)
        for (int64_t p = 0; p < t.pixels; ++p)
          put(formatv("strb {0}, [{1}, #{2}]", sum(c, p), codes[0],
                      p * t.outputStep + c));
      return;
    }
    put(formatv("ldrd {0}, {1}, [r12, #{2}]", weights[0], weights[1],
                slots + 8));
    for (int64_t c = 0; c < t.channels; ++c) {
      if (c)
        put(formatv("add {0}, {1}, #{2}", codes[1], codes[0], c));
      put(formatv("strb {0}, [{1}]", sum(c, 0), codes[c]));
      for (int64_t p = 1; p < t.pixels; ++p)
        put(formatv("strb {0}, [{1}, {2}]", sum(c, p), codes[c],
                    weights[p - 1]));
    }
  }

  /// weights[2] still holds the last shift. Nothing between LSRS and the branch
  /// touches the flags.
  void nextPass() {
    put(formatv("lsrs {0}, {1}, #8", codes[1], weights[2]));
    put(formatv("add {0}, {0}, {1}", codes[0], codes[1]));
    put(formatv("str {0}, [r12, #{1}]", codes[0], slots));
    put(formatv("ldr r12, [r12, #{0}]", slots + 4));
    put("bne 2b");
  }

  const Tile &t;
  llvm::SmallVector<std::string, 6> sums;
  llvm::SmallVector<std::string, 4> weights, codes;
  int64_t slots = 0;
  int64_t times; ///< that the next line runs
  int64_t executed = 0;
  std::string text;
};

} // namespace

std::string tileAssembly(const Tile &tile, int64_t passes) {
  return Writer(tile, passes).write();
}

} // namespace qcc::targets::cortexm
