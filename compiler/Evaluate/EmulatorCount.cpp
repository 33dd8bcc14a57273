//===- EmulatorCount.cpp - Exact instruction counts -----------------------===//

#include "compiler/Evaluate/EmulatorCount.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace llvm;

namespace qcc::evaluate {

namespace {
struct Range {
  uint64_t size;
  std::string name;
};
/// From address to function.
using Ranges = std::map<uint64_t, Range>;

constexpr StringLiteral markerBegin = "qcc_marker_begin";
constexpr StringLiteral markerEnd = "qcc_marker_end";
} // namespace

/// Between the markers run these of the runner's own functions.
static bool belongsToRunner(StringRef name) {
  return name == markerBegin || name == markerEnd || name == "qcc_runner_call";
}

static Expected<Ranges> readFunctions(const object::ELFObjectFileBase &file) {
  Ranges ranges;
  for (const object::ELFSymbolRef &symbol : file.symbols()) {
    if (symbol.getELFType() != ELF::STT_FUNC || symbol.getSize() == 0)
      continue;
    Expected<StringRef> name = symbol.getName();
    Expected<uint64_t> address = symbol.getAddress();
    if (!name || !address)
      return joinErrors(name.takeError(), address.takeError());
    // Of several names for one function the first of the
    // alphabet stands for all, whatever order the linker wrote.
    auto [entry, isNew] =
        ranges.insert({*address, {symbol.getSize(), name->str()}});
    if (!isNew && *name < entry->second.name)
      entry->second.name = name->str();
  }
  return ranges;
}

static Expected<uint64_t> findFunction(const Ranges &ranges, StringRef name) {
  for (const auto &[address, range] : ranges)
    if (range.name == name)
      return address;
  return createStringError(
      formatv("the program has no function '{0}'", name).str());
}

Expected<std::string> writeRanges(StringRef programPath, StringRef rangesPath,
                                  StringRef rangesName, StringRef countsName) {
  Expected<object::OwningBinary<object::ObjectFile>> file =
      object::ObjectFile::createObjectFile(programPath);
  if (!file)
    return file.takeError();
  auto *elf = dyn_cast<object::ELFObjectFileBase>(file->getBinary());
  if (!elf)
    return createStringError(
        formatv("'{0}' is not an ELF file", programPath).str());
  Expected<Ranges> ranges = readFunctions(*elf);
  if (!ranges)
    return ranges.takeError();
  Expected<uint64_t> begin = findFunction(*ranges, markerBegin);
  if (!begin)
    return begin.takeError();
  Expected<uint64_t> end = findFunction(*ranges, markerEnd);
  if (!end)
    return end.takeError();

  std::error_code error;
  raw_fd_ostream os(rangesPath, error);
  if (error)
    return createFileError(rangesPath, error);
  for (const auto &[address, range] : *ranges)
    os << formatv("{0:x-} {1:x-} {2}\n", address, range.size, range.name);
  return formatv("begin={0:x},end={1:x},ranges={2},out={3}", *begin, *end,
                 rangesName, countsName)
      .str();
}

Expected<InstructionCounts> readCounts(StringRef countsPath) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(countsPath, /*IsText=*/true);
  if (!buffer)
    return createFileError(countsPath, buffer.getError());
  InstructionCounts counts;
  SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    auto [number, rest] = line.split(' ');
    uint64_t value;
    auto [kind, name] = rest.split(' ');
    if (number.getAsInteger(10, value) || kind.empty())
      return createStringError(
          formatv("'{0}': expected a count and a kind, got '{1}'", countsPath,
                  line)
              .str());
    if (kind == "runs")
      counts.runs = value;
    else if (kind == "other" || !belongsToRunner(name))
      counts.total += value;
    if (kind == "function" && !belongsToRunner(name))
      counts.functions.push_back({name.str(), value});
  }
  return counts;
}

} // namespace qcc::evaluate
