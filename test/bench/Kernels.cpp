// Speed of single kernels on the rows that this machine can run.
//
//   qcc-bench-kernels [--benchmark_filter=conv3x3.*vnni]
//   qcc-bench-kernels --asm=conv3x3_16_16_32/cortex-m4
//
// `MAC/s` counts multiply-adds; `peak` is the machine's own limit for int8.
#include "test/bench/Peak.h"
#include "test/unit/Kernels/Harness.h"

#include <benchmark/benchmark.h>
#include <fmt/core.h>

using namespace qcc;
using namespace qcc::test;

namespace {

struct Layer {
  const char *name;
  int64_t size, ic, oc, k, groups;
  int bits = 8; ///< of a weight
  int64_t macs() const { return size * size * oc * k * k * (ic / groups); }
};

const Layer layers[] = {{"conv3x3_64_64_56", 56, 64, 64, 3, 1},
                        {"conv1x1_256_256_14", 14, 256, 256, 1, 1},
                        {"conv3x3_16_16_32", 32, 16, 16, 3, 1},
                        {"conv3x3_3_32_112", 112, 3, 32, 3, 1},
                        {"depthwise3x3_64_56", 56, 64, 64, 3, 64},
                        {"dense_640_128", 1, 640, 128, 1, 1}};

/// Widths of weights; the narrow ones end names in "_w4" and "_w2".
const int widths[] = {8, 4, 2};

std::string nameOf(const Layer &layer) {
  return layer.name + (layer.bits == 8 ? "" : fmt::format("_w{}", layer.bits));
}

/// A convolution whose input has the halo that it needs.
KernelCase convolution(const Layer &l, bool isUnsigned) {
  std::mt19937 random(1);
  const char *type = isUnsigned ? "ui8" : "i8";
  int64_t pad = l.k / 2;
  std::string in = fmt::format("tensor<1x{0}x{0}x{1}x{2}>", l.size, l.ic, type);
  std::string out =
      fmt::format("tensor<1x{0}x{0}x{1}x{2}>", l.size, l.oc, type);
  std::string acc = fmt::format("tensor<1x{0}x{0}x{1}xi32>", l.size, l.oc);
  std::string filter = fmt::format("tensor<{0}x{1}x{1}x{2}xi{3}>", l.oc, l.k,
                                   l.ic / l.groups, l.bits);
  int64_t largest = (1 << (l.bits - 1)) - 1;
  std::string bias = fmt::format("tensor<{}xi32>", l.oc);
  std::string m, s;
  for (int64_t i = 0; i < l.oc; ++i) {
    m += fmt::format("{}{}", i ? ", " : "", (1 << 30) + random() % (1 << 30));
    s += fmt::format("{}{}", i ? ", " : "", 36 + random() % 4);
  }
  KernelCase made;
  made.text = fmt::format(
      "func.func @f(%x: {0}) -> {4} {{\n"
      "  %w = qint.constant {5} -> {1}\n  %b = qint.constant {6} -> {2}\n"
      "  %r = qint.kernel \"c\" (%x, %w, %b) {{\n"
      "  ^bb0(%i: {0}, %f: {1}, %c: {2}):\n"
      "    %a = qint.conv2d %i, %f, %c {{strides = array<i64: 1, 1>, pads = "
      "array<i64: {7}, {7}, {7}, {7}>, dilations = array<i64: 1, 1>, groups = "
      "{8} : i64, pad_value = 9 : i32}} : ({0}, {1}, {2}) -> {3}\n"
      "    %q = qint.requantize %a {{zero_point = 0 : i32, rescale = "
      "#qint.rescale<multipliers = [{9}], shifts = [{10}], rounding = single, "
      "zero_point = 5, min = {11}, max = 127>}} : ({3}) -> {4}\n"
      "    qint.yield %q : {4}\n"
      "  }} : ({0}, {1}, {2}) -> {4}\n  return %r : {4}\n}}\n",
      in, filter, bias, acc, out,
      randomConstant(filter, -largest, largest, random),
      randomConstant(bias, -9999, 9999, random), pad, l.groups, m, s,
      isUnsigned ? 5 : -128);
  made.inputHalos = {{pad, pad, pad, pad}};
  return made;
}

KernelCase addition(bool isUnsigned) {
  std::string t =
      fmt::format("tensor<1x56x56x64x{}>", isUnsigned ? "ui8" : "i8");
  KernelCase made;
  made.text = fmt::format(
      "func.func @f(%x: {0}, %y: {0}) -> {0} {{\n"
      "  %r = qint.kernel \"a\" (%x, %y) {{\n  ^bb0(%a: {0}, %b: {0}):\n"
      "    %s = qint.add %a, %b {{lhs_zero_point = 3 : i32, rhs_zero_point = 9 "
      ": i32, lhs_multiplier = 700001 : i32, rhs_multiplier = 912345 : i32, "
      "shift = 20 : i32, rounding = #qint.rounding<single>, zero_point = 3 : "
      "i32, min = 3 : i32, max = 127 : i32}} : ({0}, {0}) -> {0}\n"
      "    qint.yield %s : {0}\n  }} : ({0}, {0}) -> {0}\n"
      "  return %r : {0}\n}}\n",
      t);
  return made;
}

/// The buffers of one call.
struct Buffers {
  explicit Buffers(const CompiledKernel &kernel) {
    for (size_t i = 0; i < kernel.source().inputs.size(); ++i) {
      const std::vector<uint8_t> &packed = kernel.packed()[i].bytes;
      if (packed.empty())
        add(kernel.source().inputs[i].bytes() + kernel.needs().overread[i]);
      else
        std::copy(packed.begin(), packed.end(), add(packed.size()));
    }
    add(kernel.source().output.bytes());
    add(kernel.needs().scratchBytes);
  }
  uint8_t *add(size_t bytes) {
    storage.emplace_back(bytes + 64, uint8_t(3));
    uint8_t *start = storage.back().data();
    start += (64 - reinterpret_cast<uintptr_t>(start) % 64) % 64;
    pointers.push_back(start);
    return start;
  }
  std::vector<std::vector<uint8_t>> storage;
  std::vector<void *> pointers;
};

void run(benchmark::State &state, const KernelCase &kernelCase,
         const targets::Target &target, double work, const char *unit) {
  auto kernel = CompiledKernel::create(kernelCase, target);
  if (!kernel) {
    state.SkipWithError(llvm::toString(kernel.takeError()).c_str());
    return;
  }
  if (const char *path = getenv("QCC_BENCH_IR"))
    if (FILE *file = fopen(path, "w")) {
      fputs((*kernel)->ir().c_str(), file);
      fclose(file);
    }
  Buffers buffers(**kernel);
  for (auto _ : state)
    (*kernel)->call(buffers.pointers.data());
  state.counters[unit] =
      benchmark::Counter(work, benchmark::Counter::kIsIterationInvariantRate);
}

void peak(benchmark::State &state) {
  for (auto _ : state)
    if (!bench::peakVnni(10000))
      state.SkipWithError("not run: no AVX-512 VNNI");
  state.counters["MAC/s"] =
      benchmark::Counter(10000.0 * bench::peakMacsPerStep,
                         benchmark::Counter::kIsIterationInvariantRate);
}

/// `--asm=<layer>/<target>` prints the code instead.
int printAssembly(llvm::StringRef name) {
  auto [layerName, targetName] = name.split('/');
  auto target = targets::findTarget(targetName);
  if (!target) {
    fmt::print(stderr, "{}\n", llvm::toString(target.takeError()));
    return 1;
  }
  KernelCase kernelCase = addition((*target)->unsignedActivations);
  for (Layer layer : layers)
    for (int bits : widths) {
      layer.bits = bits;
      if (layerName == nameOf(layer))
        kernelCase = convolution(layer, (*target)->unsignedActivations);
    }
  auto text = assembly(kernelCase, **target);
  if (!text) {
    fmt::print(stderr, "{}\n", llvm::toString(text.takeError()));
    return 1;
  }
  fmt::print("{}", *text);
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 2 && llvm::StringRef(argv[1]).consume_front("--asm="))
    return printAssembly(llvm::StringRef(argv[1]).drop_front(6));
  benchmark::Initialize(&argc, argv);
  benchmark::RegisterBenchmark("peak/vnni", peak);
  for (const targets::Target &target : targets::allTargets()) {
    if (!targets::runsOnHost(target))
      continue;
    bool isUnsigned = target.unsignedActivations;
    for (Layer layer : layers)
      for (int bits : widths) {
        layer.bits = bits;
        benchmark::RegisterBenchmark(
            fmt::format("{}/{}", nameOf(layer), target.name.str()).c_str(),
            [=, &target](benchmark::State &state) {
              run(state, convolution(layer, isUnsigned), target,
                  double(layer.macs()), "MAC/s");
            });
      }
    benchmark::RegisterBenchmark(
        fmt::format("add_56_56_64/{}", target.name.str()).c_str(),
        [&, isUnsigned](benchmark::State &state) {
          run(state, addition(isUnsigned), target, 56 * 56 * 64, "elements/s");
        });
  }
  benchmark::RunSpecifiedBenchmarks();
}
