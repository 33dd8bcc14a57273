//===- VerifyObjectCases.h - tables of instructions to accept or refuse ---===//

#ifndef QCC_TEST_UNIT_EMIT_VERIFYOBJECTCASES_H
#define QCC_TEST_UNIT_EMIT_VERIFYOBJECTCASES_H

#include "compiler/Emit/VerifyObject.h"
#include "test/unit/Emit/BuildObject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace qcc::test {

/// One instruction on one target; `name` is the name of the test case.
struct InstructionCase {
  std::string name;
  Machine machine;
  std::string text; ///< Assembly.
};

inline void PrintTo(const InstructionCase &c, std::ostream *stream) {
  *stream << c.text << " on " << c.machine.cpu;
}

inline std::string
caseName(const testing::TestParamInfo<InstructionCase> &info) {
  return info.param.name;
}

inline emit::VerifyObjectOptions optionsFor(const Machine &machine) {
  emit::VerifyObjectOptions options;
  options.triple = machine.triple;
  options.cpu = machine.cpu;
  options.features = machine.features;
  return options;
}

/// All messages joined by newlines, "" for success.
inline std::string verify(const Object &object,
                          const emit::VerifyObjectOptions &options) {
  return llvm::toString(emit::verifyIntegerOnly(object.ref(), options));
}

/// Refused as floating point, at the place where it stands behind two no-ops,
/// both by the target it is for and without knowing the target.
inline void expectFloat(const InstructionCase &c) {
  Object object = assembleFunction("nop\nnop\n" + c.text, c.machine);
  llvm::StringRef triple = c.machine.triple;
  std::string offset = triple.starts_with("aarch64") ? "8"
                       : triple.starts_with("thumb") ? "4"
                                                     : "2";
  std::string expected =
      "test.o: 'f'+0x" + offset + ": floating-point instruction '";
  EXPECT_THAT(verify(object, optionsFor(c.machine)),
              testing::StartsWith(expected));
  EXPECT_THAT(verify(object, {}), testing::StartsWith(expected));
}

/// Accepted by the target it is for and without knowing the target.
inline void expectInteger(const InstructionCase &c) {
  Object object = assembleFunction(c.text, c.machine);
  EXPECT_EQ(verify(object, optionsFor(c.machine)), "");
  EXPECT_EQ(verify(object, {}), "");
}

} // namespace qcc::test

#endif // QCC_TEST_UNIT_EMIT_VERIFYOBJECTCASES_H
