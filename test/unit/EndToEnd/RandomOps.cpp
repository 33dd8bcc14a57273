#include "test/unit/EndToEnd/RandomOps.h"
#include "test/unit/EndToEnd/RandomWriter.h"

#include <fmt/core.h>

namespace qcc::test {
namespace {

/// Chunks of flat results, each of which becomes one output by concatenation.
/// At most eight: six of i8, one of ui8, one of i16.
std::vector<std::vector<size_t>> chunksOf(const std::vector<OpCase> &cases) {
  std::vector<std::vector<size_t>> chunks;
  for (const char *element : {"i8", "ui8", "i16"}) {
    std::vector<size_t> same;
    for (size_t i = 0; i < cases.size(); ++i)
      if (cases[i].result.element == element)
        same.push_back(i);
    size_t limit = element == std::string("i8") ? (same.size() + 5) / 6 : 100;
    for (size_t from = 0; from < same.size(); from += limit)
      chunks.emplace_back(same.begin() + from,
                          same.begin() + std::min(same.size(), from + limit));
  }
  return chunks;
}

std::string header(const std::vector<Value> &arguments,
                   const std::string &results) {
  std::string text;
  for (const Value &argument : arguments)
    text += (text.empty() ? "" : ", ") + argument.name + ": " + argument.type();
  return "func.func @main(" + text + ") -> (" + results + ") {\n";
}

/// Concatenates the cases of a chunk and says where their bytes are.
Value join(RandomModule &module, const std::vector<size_t> &chunk, int number) {
  Value all{fmt::format("%out{}", number),
            module.cases[chunk[0]].result.element,
            {0}};
  std::string names, types;
  for (size_t index : chunk) {
    OpCase &one = module.cases[index];
    names += (names.empty() ? "" : ", ") + one.result.name;
    types += (types.empty() ? "" : ", ") + one.result.type();
    one.offset = module.outputBytes;
    one.bytes = one.result.elements() * bytesOf(one.result.element);
    module.outputBytes += one.bytes;
    all.shape[0] += one.result.elements();
  }
  module.text += fmt::format("  {} = qint.concat {} {{axis = 0 : i64, "
                             "qint.layer = \"output{}\"}} : ({}) -> {}\n",
                             all.name, names, number, types, all.type());
  return all;
}

} // namespace

std::string RandomModule::standalone(const OpCase &single) const {
  return header(arguments, single.result.type()) + single.lines + "  return " +
         single.result.name + " : " + single.result.type() + "\n}\n";
}

RandomModule makeRandomModule(uint64_t seed, int cases) {
  RandomWriter writer(seed);
  RandomModule module;
  module.arguments = writer.arguments();
  for (const Value &argument : module.arguments)
    module.sampleBytes += argument.elements() * bytesOf(argument.element);
  for (int i = 0; i < cases; ++i) {
    OpCase one;
    writer.startCase(fmt::format("case{}", i));
    Value result = writeRandomOp(writer, one.name);
    one.name = fmt::format("case{} {}", i, one.name);
    one.result = writer.reshape(result, {result.elements()});
    one.lines = writer.takeLines();
    module.cases.push_back(std::move(one));
  }
  assemble(module);
  return module;
}

void assemble(RandomModule &module) {
  module.text.clear();
  module.outputBytes = 0;
  for (const OpCase &one : module.cases)
    module.text += one.lines;
  std::string names, types;
  int number = 0;
  for (const std::vector<size_t> &chunk : chunksOf(module.cases)) {
    Value output = join(module, chunk, number++);
    names += (names.empty() ? "" : ", ") + output.name;
    types += (types.empty() ? "" : ", ") + output.type();
  }
  module.text = header(module.arguments, types) + module.text + "  return " +
                names + " : " + types + "\n}\n";
}

std::vector<uint8_t> randomSamples(const RandomModule &module, int samples,
                                   uint64_t seed) {
  data::SplitMix64 random(seed);
  std::vector<uint8_t> bytes;
  for (int sample = 0; sample < samples; ++sample)
    for (const Value &argument : module.arguments)
      for (int64_t i = 0; i < argument.elements(); ++i) {
        bool end = sample % 2 == 1 || random.below(8) == 0;
        int64_t low = codeMin(argument.element);
        int64_t high = codeMax(argument.element);
        int64_t code = low + int64_t(random.below(high - low + 1));
        if (argument.element == "i32") // most of them close to a table
          code = int64_t(random.below(80)) - 30;
        if (end)
          code = random.below(2) ? low : high;
        for (int64_t byte = 0; byte < bytesOf(argument.element); ++byte)
          bytes.push_back((code >> (8 * byte)) & 255);
      }
  return bytes;
}

} // namespace qcc::test
