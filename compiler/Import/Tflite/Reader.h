// A TensorFlow Lite file taken apart, every number checked.
#ifndef QCC_COMPILER_IMPORT_TFLITE_READER_H
#define QCC_COMPILER_IMPORT_TFLITE_READER_H

#include "compiler/Import/Tflite/Format.h"
#include "compiler/Import/Tflite/tflite_generated.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <optional>
#include <vector>

namespace qcc::import::tflite {

/// scale * (code - zeroPoint); one pair, or one per index of `axis`.
struct Quantization {
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints; ///< as many as scales
  int64_t axis = 0;
};

struct TensorInfo {
  std::string name;
  llvm::SmallVector<int64_t, 4> shape;
  ElementType type = ElementType::Float32;
  /// The bytes of a constant, of the size that shape and type ask for.
  std::optional<llvm::ArrayRef<uint8_t>> data;
  std::optional<Quantization> quantization;
  bool isDynamic = false;    ///< an axis is of unknown size in the file
  bool hasOpenBatch = false; ///< the first is, and has 1 for its size

  int64_t elements() const;
  bool isQuantized() const {
    return quantization &&
           (type == ElementType::Int8 || type == ElementType::UInt8 ||
            type == ElementType::Int16);
  }
};

struct OpInfo {
  Builtin code = Builtin::Custom;
  std::string custom; ///< name of a custom op
  /// Tensor numbers; -1 is an operand left out.
  std::vector<int32_t> inputs, outputs;
  uint8_t optionsType = 0;
  const NoOptions *options = nullptr;

  std::string name() const;
};

/// The first subgraph of a file.
class Network {
public:
  /// Errors name the file: no flatbuffer of this format, offsets outside of
  /// the file, unknown or cyclic tensor numbers, constants of the wrong size.
  static llvm::Expected<Network> read(llvm::MemoryBufferRef buffer);

  /// Gives open batches a size.
  void setBatch(int64_t size);

  std::vector<TensorInfo> tensors;
  std::vector<OpInfo> ops; ///< every input is an argument or made before
  std::vector<int32_t> inputs, outputs;

  /// The options of an op as table `T` when the file says that they are, and
  /// the bytes are such a table; else null.
  template <typename T> const T *options(const OpInfo &op, uint8_t type) const {
    if (op.optionsType != type || !op.options)
      return nullptr;
    auto *table = reinterpret_cast<const T *>(op.options);
    flatbuffers::Verifier verifier(data(), size);
    return table->Verify(verifier) ? table : nullptr;
  }

private:
  const uint8_t *data() const {
    return reinterpret_cast<const uint8_t *>(storage.data());
  }
  llvm::Error readTensors(const Model &model, const SubGraph &graph);
  llvm::Error readTensor(const Model &model, const Tensor &from, size_t index);
  llvm::Error readData(const Model &model, uint32_t buffer, TensorInfo &tensor);
  llvm::Error readOps(const Model &model, const SubGraph &graph);
  llvm::Error checkOrder() const;
  llvm::Error error(const llvm::Twine &message) const;

  std::string file;
  /// A copy, so that it is aligned as the format expects.
  std::vector<uint64_t> storage;
  size_t size = 0;
};

} // namespace qcc::import::tflite

#endif // QCC_COMPILER_IMPORT_TFLITE_READER_H
