#include "compiler/Allocate/CostTable.h"

#include <cmath>
#include <fmt/format.h>
#include <set>

namespace qcc::allocate {
namespace {

constexpr llvm::StringLiteral header = "layer,choice,flash,cycles";
constexpr llvm::StringLiteral rest = "rest";

std::string choiceName(const Variable &variable, const Choice &choice) {
  return fmt::format("{}{}", variable.isFilter ? "w" : "a", choice.bits);
}

std::string rowOf(llvm::StringRef layer, llvm::StringRef choice,
                  const Costs &costs) {
  return fmt::format("{},{},{:.15g},{:.15g}\n", layer.str(), choice.str(),
                     costs.flash, costs.cycles);
}

/// Reads rows into the variables they name.
class Reader {
public:
  Reader(Network &network, llvm::StringRef name)
      : network(network), name(name) {}

  llvm::Error read(llvm::StringRef text) {
    llvm::SmallVector<llvm::StringRef> lines;
    text.split(lines, '\n');
    if (lines.front().trim() != header)
      return error(1, "found '" + lines.front().trim() + "', expected '" +
                          header + "'");
    for (size_t i = 1; i < lines.size(); ++i)
      if (!lines[i].trim().empty())
        if (llvm::Error failure = readRow(i + 1, lines[i].trim()))
          return failure;
    if (llvm::Error failure = checkComplete())
      return failure;
    return llvm::Error::success();
  }

private:
  llvm::Error error(size_t line, const llvm::Twine &text) const {
    return llvm::createStringError(name + ":" + llvm::Twine(line) + ": " +
                                   text);
  }

  Costs *find(llvm::StringRef layer, llvm::StringRef choice) {
    if (layer == rest && choice.empty())
      return &network.rest;
    for (Variable &variable : network.variables)
      for (Choice &candidate : variable.choices)
        if (variable.names.front() == layer &&
            choiceName(variable, candidate) == choice)
          return &candidate.costs;
    return nullptr;
  }

  llvm::Error readRow(size_t line, llvm::StringRef row) {
    llvm::SmallVector<llvm::StringRef> cells;
    row.split(cells, ',');
    double numbers[2];
    bool valid = cells.size() == 4;
    for (int i = 0; valid && i < 2; ++i)
      valid = !cells[2 + i].trim().getAsDouble(numbers[i]) &&
              std::isfinite(numbers[i]);
    if (!valid)
      return error(line, "found '" + row +
                             "', expected a layer, a choice and two numbers");
    Costs *costs = find(cells[0].trim(), cells[1].trim());
    std::string key = (cells[0].trim() + " " + cells[1].trim()).str();
    if (!costs)
      return error(line, "the network has no choice '" + key + "'");
    if (!seen.insert(key).second)
      return error(line, "a second row for '" + key + "'");
    costs->flash = numbers[0];
    costs->cycles = numbers[1];
    return llvm::Error::success();
  }

  llvm::Error checkComplete() const {
    std::string missing;
    auto need = [&](const std::string &key) {
      if (!seen.count(key))
        missing += (missing.empty() ? "'" : ", '") + key + "'";
    };
    for (const Variable &variable : network.variables)
      if (variable.isFilter || variable.choices.size() > 1)
        for (const Choice &choice : variable.choices)
          need(variable.names.front() + " " + choiceName(variable, choice));
    need((rest + " ").str());
    if (missing.empty())
      return llvm::Error::success();
    return llvm::createStringError(name + ": rows are missing for " + missing);
  }

  Network &network;
  llvm::StringRef name;
  std::set<std::string> seen;
};

} // namespace

std::string writeCostTable(const Network &network) {
  std::string text = header.str() + "\n";
  for (const Variable &variable : network.variables)
    if (variable.isFilter || variable.choices.size() > 1)
      for (const Choice &choice : variable.choices)
        text += rowOf(variable.names.front(), choiceName(variable, choice),
                      choice.costs);
  return text + rowOf(rest, "", network.rest);
}

llvm::Error readCostTable(Network &network, llvm::StringRef text,
                          llvm::StringRef name) {
  return Reader(network, name).read(text);
}

} // namespace qcc::allocate
