#include "compiler/Allocate/Pareto.h"

#include "compiler/Allocate/Candidate.h"
#include "passes/Quantize/Allocate.h"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qcc::allocate {
namespace {

/// Compiles the point's plan and compares its results with the float ones.
llvm::Error measure(ParetoPoint &point, const driver::CompileOptions &compile,
                    int64_t samples) {
  auto compiled =
      compileCandidate(compile, point.outcome.plan, {/*code=*/true});
  if (!compiled)
    return compiled.takeError();
  const Costs &costs = compiled->code.total;
  point.outcome.flash = costs.flash;
  point.outcome.ram = costs.ram;
  point.outcome.cycles = costs.cycles;
  auto distance = distanceFromFloat(*compiled->compilation, samples);
  if (!distance)
    return distance.takeError();
  point.distance = *distance;
  return llvm::Error::success();
}

/// One panel of the picture: points of x and percent.
struct Panel {
  double left, top, width, height;
  const char *label;
  std::vector<std::pair<double, double>> points;
};

/// A step of 1, 2 or 5 times a power of ten that makes about `count` steps.
double niceStep(double range, int count) {
  double step = std::pow(10, std::floor(std::log10(range / count)));
  for (double factor : {1.0, 2.0, 5.0, 10.0})
    if (range / (step * factor) <= count)
      return step * factor;
  return step * 10;
}

void drawPanel(std::string &svg, const Panel &panel) {
  double xMost = 0, yLeast = 100;
  for (const auto &[x, y] : panel.points) {
    xMost = std::max(xMost, x);
    yLeast = std::min(yLeast, y);
  }
  xMost = xMost > 0 ? xMost * 1.05 : 1;
  yLeast = std::min(99.0, std::floor(yLeast));
  auto px = [&](double x) { return panel.left + x / xMost * panel.width; };
  auto py = [&](double y) {
    return panel.top + (100 - y) / (100 - yLeast) * panel.height;
  };
  auto line = [&](double x1, double y1, double x2, double y2,
                  const char *color) {
    svg += fmt::format("<line x1='{:.1f}' y1='{:.1f}' x2='{:.1f}' y2='{:.1f}' "
                       "stroke='{}'/>\n",
                       x1, y1, x2, y2, color);
  };
  auto text = [&](double x, double y, const char *anchor,
                  const std::string &content) {
    svg += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='{}'>{}</text>"
                       "\n",
                       x, y, anchor, content);
  };
  double yStep = niceStep(100 - yLeast, 5), xStep = niceStep(xMost, 4);
  for (double y = 100; y >= yLeast - 1e-9; y -= yStep) {
    line(panel.left, py(y), panel.left + panel.width, py(y), "#ddd");
    text(panel.left - 6, py(y) + 4, "end", fmt::format("{:g}", y));
  }
  for (double x = 0; x <= xMost; x += xStep) {
    line(px(x), panel.top, px(x), panel.top + panel.height, "#ddd");
    text(px(x), panel.top + panel.height + 18, "middle",
         fmt::format("{:g}", x));
  }
  text(panel.left + panel.width / 2, panel.top + panel.height + 38, "middle",
       panel.label);
  for (const auto &[x, y] : panel.points)
    svg += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='3.5' "
                       "fill='#1f6fb2'/>\n",
                       px(x), py(y));
}

double agreement(const ParetoPoint &point) {
  return 100 * (1 - point.distance.changedLabels);
}

std::string escaped(llvm::StringRef text) {
  std::string result;
  for (char c : text)
    result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return result;
}

/// Success if the error says that no plan meets the budgets; `text` is then
/// what it says.
llvm::Error keepIfNoPlan(llvm::Error error, std::string &text) {
  return llvm::handleErrors(
      std::move(error),
      [&](std::unique_ptr<llvm::StringError> found) -> llvm::Error {
        if (found->convertToErrorCode() != quantize::noPlan())
          return llvm::Error(std::move(found));
        text = found->getMessage();
        return llvm::Error::success();
      });
}

} // namespace

llvm::Expected<std::vector<ParetoPoint>>
sweep(const driver::CompileOptions &compile, const AllocateOptions &options,
      int count) {
  auto allocator = Allocator::create(compile, options);
  if (!allocator)
    return allocator.takeError();
  double least = options.weightBits.front(), most = options.weightBits.back();
  if (options.budgets.averageBits) {
    most = std::min(most, *options.budgets.averageBits);
    least = std::min(least, most);
  }
  std::vector<ParetoPoint> points;
  std::string infeasible;
  for (int i = 0; i < count; ++i) {
    if (compile.progress)
      compile.progress(Phase::Quantize, "sweeping budgets", i, count);
    Budgets budgets = options.budgets;
    budgets.averageBits =
        count > 1 ? least + (most - least) * i / (count - 1) : most;
    auto outcome = (*allocator)->allocate(budgets);
    if (!outcome) {
      if (llvm::Error error = keepIfNoPlan(outcome.takeError(), infeasible))
        return std::move(error);
      continue;
    }
    if (!points.empty() &&
        points.back().outcome.plan.serialize() == outcome->plan.serialize())
      continue;
    ParetoPoint point;
    point.averageBits = 8 * outcome->weightBytes / (*allocator)->weights();
    point.outcome = std::move(*outcome);
    if (llvm::Error error = measure(point, compile, options.samples))
      return std::move(error);
    points.push_back(std::move(point));
  }
  if (points.empty())
    return llvm::createStringError(quantize::noPlan(), infeasible);
  return points;
}

std::string paretoTable(llvm::ArrayRef<ParetoPoint> points) {
  std::string text =
      fmt::format("{:>8} {:>12} {:>12} {:>12} {:>14} {:>12} {:>9} {:>10}\n",
                  "bits", "weights", "flash", "arena", "instructions",
                  "divergence", "SQNR", "agreement");
  for (const ParetoPoint &point : points)
    text += fmt::format(
        "{:>8.2f} {:>12.0f} {:>12.0f} {:>12.0f} {:>14.0f} {:>12.3g} {:>9.2f} "
        "{:>8.2f} %\n",
        point.averageBits, point.outcome.weightBytes, *point.outcome.flash,
        *point.outcome.ram, *point.outcome.cycles, point.distance.divergence,
        point.distance.sqnr, agreement(point));
  return text;
}

std::string paretoJson(llvm::ArrayRef<ParetoPoint> points) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const ParetoPoint &point : points)
    json.push_back({{"average_bits", point.averageBits},
                    {"weight_bytes", point.outcome.weightBytes},
                    {"flash_bytes", *point.outcome.flash},
                    {"arena_bytes", *point.outcome.ram},
                    {"instructions", std::round(*point.outcome.cycles)},
                    {"divergence", point.distance.divergence},
                    {"sqnr_db", point.distance.sqnr},
                    {"agreement", agreement(point) / 100},
                    {"plan", nlohmann::ordered_json::parse(
                                 point.outcome.plan.serialize())}});
  return json.dump(2) + "\n";
}

std::string paretoPicture(llvm::ArrayRef<ParetoPoint> points,
                          llvm::StringRef title) {
  std::string svg =
      "<svg xmlns='http://www.w3.org/2000/svg' width='840' height='400' "
      "font-family='sans-serif' font-size='12'>\n"
      "<rect width='840' height='400' fill='white'/>\n";
  svg += fmt::format("<text x='420' y='24' text-anchor='middle' "
                     "font-size='15'>{}</text>\n"
                     "<text x='420' y='44' text-anchor='middle'>results equal "
                     "to the float network's, %</text>\n",
                     escaped(title));
  Panel bytes{60, 64, 330, 270, "flash, KiB", {}};
  Panel time{480, 64, 330, 270, "million instructions", {}};
  for (const ParetoPoint &point : points) {
    bytes.points.push_back({*point.outcome.flash / 1024, agreement(point)});
    time.points.push_back({*point.outcome.cycles / 1e6, agreement(point)});
  }
  drawPanel(svg, bytes);
  drawPanel(svg, time);
  return svg + "</svg>\n";
}

} // namespace qcc::allocate
