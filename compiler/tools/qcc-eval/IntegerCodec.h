// Between the real values of a data set and the integers of a compiled model.
#ifndef QCC_COMPILER_TOOLS_QCC_EVAL_INTEGERCODEC_H
#define QCC_COMPILER_TOOLS_QCC_EVAL_INTEGERCODEC_H

#include "compiler/Data/Dataset.h"
#include "compiler/Emit/Interface.h"
#include "passes/Quantize/Quantize.h"

namespace qcc::eval {

/// Samples [begin, end) as the bytes of `port`. Integer data go in as they are
/// when the port takes raw bytes (`format.kind`); all else becomes a real
/// value, and then the nearest code (ties away from zero, saturating).
llvm::Expected<std::vector<uint8_t>> encodeSamples(const data::Dataset &dataset,
                                                   int64_t begin, int64_t end,
                                                   const InputFormat &format,
                                                   const emit::Port &port);

/// The real values of little-endian codes of `port`; plain integers stay.
std::vector<float> decodeValues(llvm::ArrayRef<uint8_t> bytes,
                                const emit::Port &port);

} // namespace qcc::eval

#endif // QCC_COMPILER_TOOLS_QCC_EVAL_INTEGERCODEC_H
