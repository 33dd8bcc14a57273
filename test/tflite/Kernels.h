// The kernels, one function each; `o` is the operator's table of options.
#ifndef QCC_TEST_TFLITE_KERNELS_H
#define QCC_TEST_TFLITE_KERNELS_H

#include "test/tflite/Oracle.h"

#include <functional>

namespace oracle {

void conv(const Tensor &in, const Tensor &filter, const Tensor *bias,
          Tensor &out, const uint8_t *o, bool depthwise, Rounding rounding);
void transposeConv(const Tensor &in, const Tensor &filter, const Tensor *bias,
                   Tensor &out, const uint8_t *o, Rounding rounding);
void fullyConnected(const Tensor &in, const Tensor &filter, const Tensor *bias,
                    Tensor &out, const uint8_t *o, Rounding rounding);
void addOrSub(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
              bool subtract, Rounding rounding);
void mul(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
         Rounding rounding);
void pool(const Tensor &in, Tensor &out, const uint8_t *o, bool average);
void reduce(const Tensor &in, const Tensor &axes, Tensor &out, bool mean,
            Rounding rounding);
void softmax(const Tensor &in, Tensor &out, const uint8_t *o,
             Rounding rounding);
/// Of INT16, with 513 points.
void table(const Tensor &in, Tensor &out, const std::function<float(float)> &f);
void batchMatMul(const Tensor &a, const Tensor &b, Tensor &out,
                 Rounding rounding);
void rescale(const Tensor &in, Tensor &out, int activation, Rounding rounding);
void leakyRelu(const Tensor &in, Tensor &out, const uint8_t *o,
               Rounding rounding);
void pad(const Tensor &in, const Tensor &amounts, Tensor &out);
void concatenate(const std::vector<const Tensor *> &parts, Tensor &out,
                 int axis, Rounding rounding);

// Functions.cpp
void hardSwish(const Tensor &in, Tensor &out);
void absolute(const Tensor &in, Tensor &out, Rounding rounding);
void squareRoot(const Tensor &in, Tensor &out);
void inverseSquareRoot(const Tensor &in, Tensor &out, Rounding rounding);
void logarithm(const Tensor &in, Tensor &out);
void prelu(const Tensor &in, const Tensor &slope, Tensor &out,
           Rounding rounding);
void squaredDifference(const Tensor &a, const Tensor &b, Tensor &out,
                       Rounding rounding);
void resizeBilinear(const Tensor &in, Tensor &out, const uint8_t *o,
                    Rounding rounding);
void logSoftmax(const Tensor &in, Tensor &out, Rounding rounding);
void l2Normalization(const Tensor &in, Tensor &out, Rounding rounding);
void divide(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
            Rounding rounding);

// Words.cpp: INT16
/// 513 points of a function, and its value between two of them.
std::vector<int16_t> pointsOf(double inScale, int inZero, double outScale,
                              const std::function<double(double)> &f);
std::vector<int16_t> floatPointsOf(float inScale, float outScale,
                                   const std::function<float(float)> &f);
int16_t between(const std::vector<int16_t> &points, int16_t x);
void wordSoftmax(const Tensor &in, Tensor &out, const uint8_t *o,
                 Rounding rounding);
void wordSigmoid(const Tensor &in, Tensor &out, bool tanh);

} // namespace oracle

#endif // QCC_TEST_TFLITE_KERNELS_H
