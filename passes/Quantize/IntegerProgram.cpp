// Compiled with exceptions, which all end here.
#include "passes/Quantize/IntegerProgram.h"

#include <coin/Cbc_C_Interface.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>

namespace qcc::quantize {

static llvm::Error failed(const char *what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "the integer program failed: %s", what);
}

using Model = std::unique_ptr<Cbc_Model, decltype(&Cbc_deleteModel)>;

/// Improvements below 1e-5 are none to Cbc, so that the largest coefficient
/// becomes large.
static double objectiveScale(const IntegerProgram &program) {
  double largest = 0;
  for (double value : program.objective)
    largest = std::max(largest, std::fabs(value));
  return largest > 0 ? 1e5 / largest : 1;
}

static Model build(const IntegerProgram &program) {
  Model model(Cbc_newModel(), &Cbc_deleteModel);
  Cbc_setLogLevel(model.get(), 0);
  for (const char *gap : {"ratioGap", "allowableGap"})
    Cbc_setParameter(model.get(), gap, "0");
  double scale = objectiveScale(program);
  for (size_t j = 0; j < program.objective.size(); ++j)
    Cbc_addCol(model.get(), ("x" + std::to_string(j)).c_str(), 0,
               program.isBinary[j] ? 1 : 1e30, program.objective[j] * scale,
               program.isBinary[j], 0, nullptr, nullptr);
  for (size_t i = 0; i < program.rows.size(); ++i) {
    const IntegerProgram::Row &row = program.rows[i];
    std::vector<int> variables;
    std::vector<double> factors;
    for (auto [variable, factor] : row.terms) {
      variables.push_back(variable);
      factors.push_back(factor);
    }
    std::string name = "r" + std::to_string(i);
    auto add = [&](const char *suffix, char sense, double side) {
      Cbc_addRow(model.get(), (name + suffix).c_str(), variables.size(),
                 variables.data(), factors.data(), sense, side);
    };
    if (row.low == row.high) {
      add("e", 'E', row.low);
      continue;
    }
    if (std::isfinite(row.low))
      add("g", 'G', row.low);
    if (std::isfinite(row.high))
      add("l", 'L', row.high);
  }
  return model;
}

static llvm::Expected<std::optional<std::vector<double>>>
run(const IntegerProgram &program) {
  Model model = build(program);
  Cbc_solve(model.get());
  if (Cbc_isProvenInfeasible(model.get()))
    return std::optional<std::vector<double>>();
  if (!Cbc_isProvenOptimal(model.get()))
    return failed("Cbc found no optimum");
  const double *values = Cbc_getColSolution(model.get());
  return std::vector<double>(values, values + program.objective.size());
}

llvm::Expected<std::optional<std::vector<double>>>
solve(const IntegerProgram &program) {
  try {
    return run(program);
  } catch (const std::exception &error) {
    return failed(error.what());
  } catch (...) {
    return failed("unknown exception");
  }
}

} // namespace qcc::quantize
