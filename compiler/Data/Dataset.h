//===- Dataset.h - Calibration and evaluation data --------------*- C++ -*-===//

#ifndef QCC_COMPILER_DATA_DATASET_H
#define QCC_COMPILER_DATA_DATASET_H

#include "compiler/Data/Array.h"

#include <optional>
#include <string>
#include <vector>

namespace qcc::data {

struct DatasetOptions {
  /// The array of inputs in a .npz file; empty means "x" if there is one,
  /// else the first.
  std::string inputs;
  /// The array of labels in a .npz file; empty means "y", else "labels", else
  /// none. Named and absent is an error.
  std::string labels;
  /// A file that holds the labels alone (.npy, .npz, IDX, gzipped IDX). In a
  /// .npz file, `labels` names the array, with the default above.
  std::string labelsFile;
  /// The samples [begin, end) of the file; without `end`, up to the last.
  int64_t begin = 0;
  std::optional<int64_t> end;
  /// Draws so many of the samples [begin, end) with drawSubset(), in drawn
  /// order. The same on every machine.
  std::optional<int64_t> count;
  /// Fewer samples than `count` are no error: all of them are taken.
  bool countIsLimit = false;
  uint64_t seed = 0;
};

struct Dataset {
  /// Where `inputs` came from, for messages. `arrayName` is empty unless the
  /// file is a .npz.
  std::string path, arrayName;
  /// Shape [samples, ...], at least one sample.
  Array inputs;
  /// As many samples as `inputs`.
  std::optional<Array> labels;
  /// For every sample its index in the file.
  std::vector<int64_t> indices;

  int64_t size() const { return inputs.numSamples(); }
  /// "<path>" or "<path>: array '<name>'".
  std::string describe() const;
};

/// Loads a data set. The format is recognised by contents: .npy, .npz, IDX,
/// and gzipped .npy or IDX. Errors name the file: unreadable, unknown format,
/// those of the parsers, an array that is absent, no samples, samples and
/// labels that differ in number, and a range or count beyond the samples.
/// Values are not checked here: see checkFinite() and checkSampleShape().
llvm::Expected<Dataset> loadDataset(llvm::StringRef path,
                                    const DatasetOptions &options = {});

/// The data of several arguments: one set from each of `paths`. A single .npz
/// file with an array "input0" gives "input0", "input1", ... as far as it has
/// them. Labels come from the first. Errors: those of loadDataset(); sets that
/// differ in number of samples.
llvm::Expected<std::vector<Dataset>>
loadDatasets(llvm::ArrayRef<std::string> paths,
             const DatasetOptions &options = {});

/// An array from the bytes of a file with one array (.npy, IDX, or one of
/// them gzipped).
llvm::Expected<Array> parseSingleArray(llvm::StringRef bytes,
                                       llvm::StringRef name);

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_DATASET_H
