//===- Harness.h - Runs many mutated cases in a test ------------*- C++ -*-===//
//
// Include this in one source of a GoogleTest program. Environment:
//   QCC_FUZZ_CASES  cases for each target (500)
//   QCC_FUZZ_SEED   seed of the first case (1); case i has the seed first + i
//
//===----------------------------------------------------------------------===//

#ifndef QCC_TEST_FUZZ_HARNESS_H
#define QCC_TEST_FUZZ_HARNESS_H

#include "test/fuzz/Mutator.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define QCC_FUZZ_SANITIZED 1
#endif
#endif

#ifdef QCC_FUZZ_SANITIZED
#include <sanitizer/common_interface_defs.h>
// No reader may ask for much memory, whatever a small file says; and undefined
// behaviour must end the program, which it does not by itself.
extern "C" const char *__asan_default_options() {
  return "max_allocation_size_mb=256";
}
extern "C" const char *__ubsan_default_options() {
  return "halt_on_error=1:print_stacktrace=1";
}
#endif

namespace qcc::fuzz {

/// "<target> QCC_FUZZ_SEED=<n>" of the case that runs, for reports of crashes.
inline char currentCase[128];

inline void printCurrentCase() {
  const char text[] = "fuzz case that crashed: ";
  (void)!write(2, text, sizeof(text) - 1);
  (void)!write(2, currentCase, strnlen(currentCase, sizeof(currentCase)));
  (void)!write(2, " QCC_FUZZ_CASES=1\n", 18);
}

/// Makes a crash name its case, and a huge allocation fail.
inline void prepareProcess() {
#ifdef QCC_FUZZ_SANITIZED
  __sanitizer_set_death_callback(printCurrentCase);
#else
  for (int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL})
    std::signal(number, [](int caught) {
      printCurrentCase();
      std::signal(caught, SIG_DFL);
      std::raise(caught);
    });
  // Sanitizers reserve address space by the terabyte; others do with this.
  rlimit limit = {};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, rlim_t(2) << 30);
  setrlimit(RLIMIT_AS, &limit);
#endif
}

inline uint64_t fromEnvironment(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Calls `run(bytes, mutator)` with mutated inputs; it returns whether the
/// reader accepted them. First, the reader must accept the corpus as it is,
/// and afterwards it must have rejected something, or the test says nothing.
template <typename Run>
void runCases(const char *target, const std::vector<std::string> &corpus,
              const std::vector<std::string> &dictionary, Run run) {
  prepareProcess();
  std::snprintf(currentCase, sizeof(currentCase), "%s, unmutated", target);
  for (const std::string &bytes : corpus) {
    Mutator none(0, corpus);
    ASSERT_TRUE(run(bytes, none)) << target << " rejects a valid input";
  }
  uint64_t cases = fromEnvironment("QCC_FUZZ_CASES", 500);
  uint64_t first = fromEnvironment("QCC_FUZZ_SEED", 1);
  uint64_t accepted = 0;
  for (uint64_t i = 0; i < cases && !testing::Test::HasFailure(); ++i) {
    std::snprintf(currentCase, sizeof(currentCase),
                  "--gtest_filter='*%s*' QCC_FUZZ_SEED=%llu", target,
                  static_cast<unsigned long long>(first + i));
    SCOPED_TRACE(currentCase);
    Mutator mutator(first + i, corpus, dictionary);
    accepted += run(mutator.next(), mutator);
  }
  std::printf("%s: %llu cases from seed %llu, %llu accepted\n", target,
              static_cast<unsigned long long>(cases),
              static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(accepted));
  if (cases >= 100)
    EXPECT_LT(accepted, cases) << "nothing was ever rejected";
}

} // namespace qcc::fuzz

#endif // QCC_TEST_FUZZ_HARNESS_H
