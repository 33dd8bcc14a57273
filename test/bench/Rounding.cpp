// How long one thread rounds the weights of one layer, on made-up sums:
//
//   qcc-bench-rounding inputs channels [kind] [bits]
//
// for instance 4608 512 for a convolution 3x3x512x512, comq 4. Prints the
// seconds of processor time and the loss beside that of nearest codes.
#include "passes/Quantize/RoundWeights.h"
#include "passes/Quantize/RoundingMath.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <ctime>
#include <random>

using namespace qcc::quantize;

namespace {

/// Numbers in [-1, 1].
std::vector<double> randoms(size_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<double> values;
  values.reserve(count);
  for (size_t i = 0; i < count; ++i)
    values.push_back(generator() * 0x1p-31 - 1);
  return values;
}

/// A layer whose inputs share 32 causes, as those of networks do.
struct Layer {
  std::vector<double> weights, gram;
  RoundingProblem problem;

  Layer(int64_t size, int64_t channels, unsigned bits)
      : weights(randoms(channels * size, 1)), gram(size * size) {
    constexpr int64_t causes = 32;
    std::vector<double> mixture = randoms(size * causes, 2);
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j <= i; ++j) {
        double sum = i == j ? 4 : 0;
        for (int64_t k = 0; k < causes; ++k)
          sum += mixture[i * causes + k] * mixture[j * causes + k];
        gram[i * size + j] = gram[j * size + i] = sum;
      }
    problem.channels = channels;
    problem.size = size;
    problem.weights = weights;
    problem.gram = gram;
    problem.codes = weightCodes(bits);
  }

  /// Sum over some channels of their losses, nothing subtracted.
  double lossOf(const RoundedWeights &rounded) const {
    double sum = 0;
    int64_t size = problem.size;
    for (int64_t o = 0; o < std::min<int64_t>(problem.channels, 8); ++o) {
      std::vector<double> error(size);
      for (int64_t i = 0; i < size; ++i)
        error[i] = weights[o * size + i] -
                   rounded.scales[o] * rounded.codes[o * size + i];
      std::vector<double> products = multiply(gram, error);
      for (int64_t i = 0; i < size; ++i)
        sum += error[i] * products[i];
    }
    return sum;
  }
};

} // namespace

int main(int argc, char **argv) {
  if (argc < 3) {
    llvm::errs() << "usage: qcc-bench-rounding inputs channels [kind] [bits]\n";
    return 2;
  }
  auto options = parseRounding(argc > 3 ? argv[3] : "comq");
  if (!options) {
    llvm::errs() << llvm::toString(options.takeError()) << "\n";
    return 2;
  }
  Layer layer(std::atoll(argv[1]), std::atoll(argv[2]),
              argc > 4 ? std::atoi(argv[4]) : 4);
  double nearest = layer.lossOf(roundGroup(layer.problem, RoundingOptions()));
  std::clock_t start = std::clock();
  RoundedWeights rounded = roundGroup(layer.problem, *options);
  double passed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  llvm::outs() << llvm::formatv(
      "{0:f2} s, loss {1:f4} of that of nearest codes\n", passed,
      layer.lossOf(rounded) / nearest);
}
