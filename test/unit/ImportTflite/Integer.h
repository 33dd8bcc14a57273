// Imported 8-bit models beside the oracle.
#ifndef QCC_TEST_UNIT_IMPORTTFLITE_INTEGER_H
#define QCC_TEST_UNIT_IMPORTTFLITE_INTEGER_H

#include "compiler/Import/Import.h"
#include "test/tflite/Oracle.h"
#include "test/unit/EndToEnd/Harness.h"

namespace qcc::test {

/// The model as LowerToInt leaves it.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
lowerTflite(llvm::StringRef bytes, mlir::MLIRContext &context,
            TfliteRounding rounding);

/// The oracle's results of all samples.
llvm::Expected<Bytes> runOracle(const std::string &bytes, const Bytes &inputs,
                                TfliteRounding rounding);

/// Where code for a target runs: its row of the emulators, or the host.
std::string rowOf(llvm::StringRef target);

} // namespace qcc::test

#endif // QCC_TEST_UNIT_IMPORTTFLITE_INTEGER_H
