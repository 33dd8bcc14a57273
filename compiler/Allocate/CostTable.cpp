#include "compiler/Allocate/CostTable.h"

#include <cmath>
#include <fmt/format.h>
#include <set>

namespace qcc::allocate {
namespace {

constexpr llvm::StringLiteral rest = "rest";

/// A column of numbers. Empty cells stand for 0 where nothing is known.
struct Column {
  const char *name;
  double Costs::*cost;
  bool mayLack;
};
constexpr Column columns[] = {{"flash", &Costs::flash, false},
                              {"cycles", &Costs::cycles, false},
                              {"time", &Costs::time, true},
                              {"estimated_cycles", &Costs::estimate, true}};

std::string choiceName(const Variable &variable, const Choice &choice) {
  return fmt::format("{}{}", variable.isFilter ? "w" : "a", choice.bits);
}

std::string rowOf(llvm::StringRef layer, llvm::StringRef choice,
                  const Costs &costs, const Costs &total) {
  std::string row = (layer + "," + choice).str();
  for (const Column &column : columns) {
    bool isKnown = !column.mayLack || total.*column.cost > 0;
    row += isKnown ? fmt::format(",{:.15g}", costs.*column.cost) : ",";
  }
  return row + "\n";
}

/// Reads rows into the variables they name.
class Reader {
public:
  Reader(Network &network, llvm::StringRef name, bool needTime)
      : network(network), name(name), needTime(needTime) {}

  llvm::Error read(llvm::StringRef text) {
    llvm::SmallVector<llvm::StringRef> lines;
    text.split(lines, '\n');
    if (llvm::Error failure = readHeader(lines.front().trim()))
      return failure;
    for (size_t i = 1; i < lines.size(); ++i)
      if (!lines[i].trim().empty())
        if (llvm::Error failure = readRow(i + 1, lines[i].trim()))
          return failure;
    return checkComplete();
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

  /// Finds the place of every column.
  llvm::Error readHeader(llvm::StringRef line) {
    llvm::SmallVector<llvm::StringRef> names;
    line.split(names, ',');
    std::set<std::string> found;
    for (llvm::StringRef text : names) {
      llvm::StringRef column = text.trim();
      const Column *known = llvm::find_if(
          columns, [&](const Column &c) { return column == c.name; });
      bool isKey = column == "layer" || column == "choice";
      if ((!isKey && known == std::end(columns)) ||
          !found.insert(column.str()).second)
        return error(1, "found '" + line + "', expected " + expected);
      places.push_back(isKey ? nullptr : known);
      if (column == "layer")
        layerAt = places.size() - 1;
      if (column == "choice")
        choiceAt = places.size() - 1;
    }
    for (const char *needed : {"layer", "choice", "flash", "cycles"})
      if (!found.count(needed))
        return error(1, "found '" + line + "', expected " + expected);
    if (needTime && !found.count("time"))
      return error(1, "there is no column 'time', which -max-time needs");
    return llvm::Error::success();
  }

  bool readCell(const Column &column, llvm::StringRef cell, Costs &costs) {
    bool needed = !column.mayLack || (needTime && column.cost == &Costs::time);
    if (cell.empty() && !needed) {
      costs.*column.cost = 0;
      return true;
    }
    double value = 0;
    if (cell.getAsDouble(value) || !std::isfinite(value))
      return false;
    costs.*column.cost = value;
    return true;
  }

  llvm::Error readRow(size_t line, llvm::StringRef row) {
    llvm::SmallVector<llvm::StringRef> cells;
    row.split(cells, ',');
    Costs read;
    bool valid = cells.size() == places.size();
    for (size_t i = 0; valid && i < cells.size(); ++i)
      if (places[i])
        valid = readCell(*places[i], cells[i].trim(), read);
    if (!valid)
      return error(line, "found '" + row +
                             "', expected a layer, a choice and " +
                             llvm::Twine(places.size() - 2) + " numbers");
    llvm::StringRef layer = cells[layerAt].trim();
    llvm::StringRef choice = cells[choiceAt].trim();
    Costs *costs = find(layer, choice);
    std::string key = (layer + " " + choice).str();
    if (!costs)
      return error(line, "the network has no choice '" + key + "'");
    if (!seen.insert(key).second)
      return error(line, "a second row for '" + key + "'");
    *costs = read;
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

  static constexpr llvm::StringLiteral expected =
      "columns layer, choice, flash and cycles, and perhaps time and "
      "estimated_cycles";

  Network &network;
  llvm::StringRef name;
  bool needTime;
  llvm::SmallVector<const Column *> places; ///< null: a key
  size_t layerAt = 0, choiceAt = 0;
  std::set<std::string> seen;
};

} // namespace

std::string writeCostTable(const Network &network) {
  std::string text = "layer,choice";
  for (const Column &column : columns)
    text += std::string(",") + column.name;
  text += "\n";
  const Costs &total = network.code.total;
  for (const Variable &variable : network.variables)
    if (variable.isFilter || variable.choices.size() > 1)
      for (const Choice &choice : variable.choices)
        text += rowOf(variable.names.front(), choiceName(variable, choice),
                      choice.costs, total);
  return text + rowOf(rest, "", network.rest, total);
}

llvm::Error readCostTable(Network &network, llvm::StringRef text,
                          llvm::StringRef name, bool needTime) {
  return Reader(network, name, needTime).read(text);
}

} // namespace qcc::allocate
