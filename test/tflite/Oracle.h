// TensorFlow Lite's integer kernels, written anew from their published
// definitions: slow, exact, and without a line of qcc's. What tests compare
// imported models with.
#ifndef QCC_TEST_TFLITE_ORACLE_H
#define QCC_TEST_TFLITE_ORACLE_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace oracle {

/// Tensors hold codes or plain integers, one per element.
struct Tensor {
  std::vector<int> shape;
  int type = 0; ///< the format's number
  std::vector<int64_t> values;
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints;
  bool isConstant = false;

  int64_t size() const;
  float scale() const { return scales.at(0); }
  int zero() const { return static_cast<int>(zeroPoints.at(0)); }
  bool isWord() const { return type == 7; } ///< INT16
  int least() const { return type == 3 ? 0 : isWord() ? -32768 : -128; }
  int most() const { return type == 3 ? 255 : isWord() ? 32767 : 127; }
};

struct Op {
  int code = 0;
  std::vector<int> inputs, outputs;
  const uint8_t *options = nullptr; ///< its table in the file, or null
};

/// How kernels multiply by a real number.
enum class Rounding { Double, Single };

/// An integer model from the bytes of an intact file. Throws std::runtime_error
/// for what it does not know.
class Model {
public:
  explicit Model(std::string bytes);

  /// Codes of the results for the codes of the arguments, as they lie in
  /// memory.
  std::vector<uint8_t> run(const std::vector<uint8_t> &inputs,
                           Rounding rounding);

  size_t inputBytes() const;
  const Tensor &input(size_t i) const { return tensors[inputs[i]]; }
  std::vector<Op> ops;

private:
  void read();
  void runOp(const Op &op, Rounding rounding);

  std::string bytes;
  std::vector<Tensor> tensors;
  std::vector<int> inputs, outputs;
};

} // namespace oracle

#endif // QCC_TEST_TFLITE_ORACLE_H
