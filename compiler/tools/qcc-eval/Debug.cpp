#include "compiler/tools/qcc-eval/Debug.h"

#include "compiler/Evaluate/Calibrate.h"
#include "passes/Legalize/Legalize.h"

#include "mlir/Pass/PassManager.h"
#include "nlohmann/json.hpp"
#include "llvm/Support/Format.h"

#include <cmath>

namespace qcc::eval {

using evaluate::Blame;
using evaluate::BlameRow;

namespace {

mlir::func::FuncOp functionOf(mlir::ModuleOp module) {
  return *module.getOps<mlir::func::FuncOp>().begin();
}

/// The first result of a float module.
llvm::Expected<std::vector<float>>
runForm(mlir::ModuleOp module, const evaluate::NetworkInputs &inputs) {
  auto evaluator = evaluate::FloatEvaluator::create(functionOf(module));
  if (!evaluator)
    return evaluator.takeError();
  auto results = (*evaluator)->run(inputs.runs, inputs.views());
  if (!results)
    return results.takeError();
  if (results->empty())
    return llvm::createStringError("the network has no result");
  return std::move(results->front());
}

/// Runs the forms of the float network and compares them with the first.
class FloatForms {
public:
  FloatForms(const evaluate::NetworkInputs &inputs, std::vector<FloatForm> &all)
      : inputs(inputs), all(all) {}

  void add(llvm::StringRef name, mlir::ModuleOp module) {
    FloatForm &form = all.emplace_back();
    form.name = name.str();
    auto results = runForm(module, inputs);
    if (!results) {
      form.problem = llvm::toString(results.takeError());
      return;
    }
    if (first.empty()) {
      first = std::move(*results);
      return;
    }
    if (first.size() != results->size()) {
      form.problem = "another number of results";
      return;
    }
    double largest = 0, difference = 0;
    for (auto [a, b] : llvm::zip(first, *results)) {
      largest = std::max<double>(largest, std::fabs(a));
      difference = std::max<double>(difference, std::fabs(a - b));
    }
    form.difference = largest > 0 ? difference / largest : difference;
  }

private:
  const evaluate::NetworkInputs &inputs;
  std::vector<FloatForm> &all;
  std::vector<float> first;
};

llvm::Error compareForms(const driver::CompileOptions &options,
                         const driver::Compilation &quantized,
                         const evaluate::NetworkInputs &inputs,
                         std::vector<FloatForm> &forms) {
  FloatForms comparison(inputs, forms);
  driver::Compilation plain(options);
  if (llvm::Error error = plain.runTo(Phase::Import))
    return error;
  mlir::OwningOpRef<mlir::ModuleOp> imported = plain.module().clone();
  // The evaluator knows qgraph alone; this changes names and no arithmetic.
  mlir::PassManager passes(imported->getContext());
  passes.addPass(createLegalizeTosa());
  if (failed(passes.run(*imported)))
    return driver::reported();
  comparison.add("as imported", *imported);
  if (llvm::Error error = plain.runTo(Phase::Legalize))
    return error;
  comparison.add("legalized", plain.module());
  comparison.add("equalized", quantized.legalized());
  return llvm::Error::success();
}

llvm::StringRef partName(BlameRow::Part part) {
  switch (part) {
  case BlameRow::Everything:
    return "everything";
  case BlameRow::Weights:
    return "weights";
  case BlameRow::Activations:
    return "activations";
  }
  return "";
}

void printRow(const BlameRow &row, llvm::StringRef name, llvm::StringRef part,
              llvm::raw_ostream &os) {
  os << llvm::format("%-24s %-11s", name.str().c_str(), part.str().c_str());
  os << llvm::format("%4s", row.bits ? std::to_string(row.bits).c_str() : "");
  if (std::isfinite(row.distance.sqnr))
    os << llvm::format(" %9.2f dB", row.distance.sqnr);
  else
    os << "       none   ";
  os << llvm::format(" %11.3g", row.distance.divergence)
     << llvm::format(" %8.2f %%", 100 * (1 - row.distance.changedLabels));
  if (row.top1)
    os << llvm::format(" %8.2f %%", 100 * *row.top1);
  os << "\n";
}

nlohmann::ordered_json rowJson(const BlameRow &row) {
  nlohmann::ordered_json json;
  if (!row.layer.empty())
    json["layer"] = row.layer;
  json["part"] = partName(row.part).str();
  if (row.bits)
    json["bits"] = row.bits;
  // JSON has no infinity.
  json["sqnr_db"] = std::isfinite(row.distance.sqnr)
                        ? nlohmann::ordered_json(row.distance.sqnr)
                        : nlohmann::ordered_json();
  json["divergence"] = row.distance.divergence;
  json["agreement"] = 1 - row.distance.changedLabels;
  if (row.top1)
    json["top1"] = *row.top1;
  return json;
}

} // namespace

llvm::Expected<Debugging> debugNetwork(const driver::CompileOptions &options,
                                       llvm::ArrayRef<data::Dataset> datasets,
                                       int64_t samples,
                                       llvm::ArrayRef<int64_t> labels,
                                       evaluate::BlameOrder order) {
  Debugging result;
  result.model = options.input;
  result.dataset = datasets.front().describe();
  result.order = order;
  driver::Compilation compilation(options);
  if (llvm::Error error = compilation.runTo(Phase::Quantize))
    return std::move(error);
  mlir::func::FuncOp function = compilation.legalizedFunction();
  auto group = evaluate::samplesOfRun(function, datasets);
  if (!group)
    return group.takeError();
  evaluate::NetworkInputs inputs =
      evaluate::networkInputs(function, datasets, options.inputFormat, samples);
  result.samples = inputs.runs * *group;
  if (llvm::Error error =
          compareForms(options, compilation, inputs, result.forms))
    return std::move(error);
  auto blame = evaluate::assignBlame(
      function, compilation.quantizedFunction(), inputs.runs, inputs.views(),
      labels.take_front(result.samples), [&](int64_t done, int64_t total) {
        if (options.progress)
          options.progress(Phase::Quantize, "blaming", done, total);
      });
  if (!blame)
    return blame.takeError();
  result.blame = std::move(*blame);
  return result;
}

void printText(const Debugging &debugging, llvm::raw_ostream &os) {
  os << "model   " << debugging.model << "\n"
     << "data    " << debugging.dataset << ", " << debugging.samples
     << " samples\n\n"
     << "float network            largest difference of a result\n";
  for (const FloatForm &form : debugging.forms) {
    os << llvm::format("%-24s ", form.name.c_str());
    if (!form.problem.empty())
      os << "not evaluated: " << form.problem << "\n";
    else if (form.difference)
      os << llvm::format("%.2g\n", *form.difference);
    else
      os << "-\n";
  }
  const Blame &blame = debugging.blame;
  os << "\nquantized                part       bits         SQNR  divergence"
        "   as float"
     << (blame.floatTop1 ? "      top-1" : "") << "\n";
  if (blame.floatTop1)
    os << llvm::format("%-75s %8.2f %%\n", "nothing", 100 * *blame.floatTop1);
  printRow(blame.everything, "all layers", "everything", os);
  printRow(blame.weights, "all layers", "weights", os);
  printRow(blame.activations, "all layers", "activations", os);
  os << "\none at a time, the worst first\n";
  for (const BlameRow &row : evaluate::ranked(blame, debugging.order))
    printRow(row, row.layer, partName(row.part), os);
}

std::string toJson(const Debugging &debugging) {
  const Blame &blame = debugging.blame;
  nlohmann::ordered_json json = {{"model", debugging.model},
                                 {"dataset", debugging.dataset},
                                 {"samples", debugging.samples}};
  for (const FloatForm &form : debugging.forms) {
    nlohmann::ordered_json entry = {{"form", form.name}};
    if (!form.problem.empty())
      entry["problem"] = form.problem;
    if (form.difference)
      entry["difference"] = *form.difference;
    json["float"].push_back(std::move(entry));
  }
  if (blame.floatTop1)
    json["float_top1"] = *blame.floatTop1;
  json["everything"] = rowJson(blame.everything);
  json["weights"] = rowJson(blame.weights);
  json["activations"] = rowJson(blame.activations);
  json["ranked"] = nlohmann::ordered_json::array();
  for (const BlameRow &row : evaluate::ranked(blame, debugging.order))
    json["ranked"].push_back(rowJson(row));
  return json.dump(2, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

} // namespace qcc::eval
