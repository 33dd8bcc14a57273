//===- Dataset.cpp - Calibration and evaluation data ----------------------===//

#include "compiler/Data/Dataset.h"
#include "compiler/Data/Error.h"
#include "compiler/Data/FileIO.h"
#include "compiler/Data/Idx.h"
#include "compiler/Data/Npy.h"
#include "compiler/Data/Random.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace llvm;

namespace qcc::data {

std::string Dataset::describe() const {
  return arrayName.empty() ? path
                           : formatv("{0}: array '{1}'", path, arrayName).str();
}

static bool isGzip(StringRef bytes) { return bytes.starts_with("\x1f\x8b"); }
static bool isZip(StringRef bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
}
static bool isNpy(StringRef bytes) { return bytes.starts_with("\x93NUMPY"); }
static bool isIdx(StringRef bytes) {
  return bytes.starts_with(StringRef("\0\0", 2));
}

Expected<Array> parseSingleArray(StringRef bytes, StringRef name) {
  std::string inflated;
  if (isGzip(bytes)) {
    Expected<std::string> contents = gunzip(bytes, name);
    if (!contents)
      return contents.takeError();
    inflated = std::move(*contents);
    bytes = inflated;
  }
  if (bytes.empty())
    return makeError("{0}: file is empty", name);
  if (isNpy(bytes))
    return parseNpy(bytes, name);
  if (isIdx(bytes))
    return parseIdx(bytes, name);
  return makeError("{0}: unknown format; expected .npy, .npz or IDX, or one of "
                   ".npy and IDX in gzip",
                   name);
}

namespace {
/// What a file gives before any selection of samples.
struct RawArrays {
  Array inputs;
  std::string inputsName;
  std::optional<Array> labels;
};
} // namespace

/// The name of the labels in `names`: the one asked for even if absent, so
/// that reading it reports the error; empty if there are none.
static std::string labelsName(ArrayRef<std::string> names,
                              const std::string &wanted, StringRef inputs) {
  if (!wanted.empty())
    return wanted;
  for (const char *usual : {"y", "labels"})
    if (is_contained(names, usual) && inputs != usual)
      return usual;
  return "";
}

static Expected<RawArrays> loadNpz(StringRef bytes, StringRef path,
                                   const DatasetOptions &options) {
  Expected<std::vector<std::string>> names = npzNames(bytes, path);
  if (!names)
    return names.takeError();
  if (names->empty())
    return makeError("{0}: no .npy arrays in the archive", path);
  RawArrays raw;
  raw.inputsName = !options.inputs.empty()     ? options.inputs
                   : is_contained(*names, "x") ? "x"
                                               : names->front();
  std::vector<std::string> wanted = {raw.inputsName};
  if (options.labelsFile.empty()) {
    std::string labels = labelsName(*names, options.labels, raw.inputsName);
    if (!labels.empty())
      wanted.push_back(labels);
  }
  Expected<std::vector<Array>> arrays = parseNpz(bytes, path, wanted);
  if (!arrays)
    return arrays.takeError();
  raw.inputs = std::move(arrays->front());
  if (arrays->size() == 2)
    raw.labels = std::move(arrays->back());
  return raw;
}

static Expected<RawArrays> loadRaw(StringRef path,
                                   const DatasetOptions &options) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  StringRef bytes = (*buffer)->getBuffer();
  if (isZip(bytes))
    return loadNpz(bytes, path, options);
  for (const std::string &name : {options.inputs, options.labels})
    if (!name.empty() && options.labelsFile.empty())
      return makeError("{0}: array '{1}' was asked for, but the file is not a "
                       ".npz archive and its only array has no name",
                       path, name);
  Expected<Array> array = parseSingleArray(bytes, path);
  if (!array)
    return array.takeError();
  RawArrays raw;
  raw.inputs = std::move(*array);
  return raw;
}

static Expected<Array> loadLabels(const DatasetOptions &options) {
  const std::string &path = options.labelsFile;
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  StringRef bytes = (*buffer)->getBuffer();
  if (!isZip(bytes))
    return parseSingleArray(bytes, path);
  Expected<std::vector<std::string>> names = npzNames(bytes, path);
  if (!names)
    return names.takeError();
  std::string name = labelsName(*names, options.labels, "");
  if (name.empty())
    return makeError("{0}: no array named 'y' or 'labels'", path);
  Expected<std::vector<Array>> arrays = parseNpz(bytes, path, {name});
  if (!arrays)
    return arrays.takeError();
  return std::move(arrays->front());
}

/// The sample indices that `options` asks for out of `available`.
static Expected<std::vector<int64_t>>
selectSamples(int64_t available, const DatasetOptions &options) {
  int64_t end = options.end.value_or(available);
  if (options.begin < 0 || end < options.begin || end > available)
    return makeError("sample range [{0},{1}) is not within the {2} samples "
                     "found",
                     options.begin, end, available);
  if (options.begin == end)
    return makeError("sample range [{0},{1}) is empty", options.begin, end);
  if (!options.count) {
    std::vector<int64_t> indices(end - options.begin);
    std::iota(indices.begin(), indices.end(), options.begin);
    return indices;
  }
  int64_t wanted = *options.count;
  if (options.countIsLimit)
    wanted = std::min(wanted, end - options.begin);
  if (wanted <= 0 || wanted > end - options.begin)
    return makeError("cannot draw {0} samples out of {1}", wanted,
                     end - options.begin);
  return drawSubset(options.begin, end, wanted, options.seed);
}

static Error checkCounts(const Dataset &data) {
  if (data.inputs.shape.empty())
    return makeError("{0} is a scalar; expected an array with a leading sample "
                     "axis",
                     data.describe());
  if (data.inputs.numElements() == 0)
    return makeError("{0} has shape {1}, which holds no samples",
                     data.describe(), shapeString(data.inputs.shape));
  if (data.labels && data.labels->numSamples() != data.inputs.numSamples())
    return makeError("{0} has {1} samples, but there are {2} labels",
                     data.describe(), data.inputs.numSamples(),
                     data.labels->numSamples());
  return Error::success();
}

static Error applySelection(Dataset &data, const DatasetOptions &options) {
  if (!options.count && options.begin == 0 &&
      data.indices.size() == static_cast<size_t>(data.size()))
    return Error::success();
  auto gather = [&](Array &array) -> Error {
    Expected<Array> chosen = gatherSamples(array, data.indices);
    if (!chosen)
      return chosen.takeError();
    array = std::move(*chosen);
    return Error::success();
  };
  if (Error error = gather(data.inputs))
    return error;
  return data.labels ? gather(*data.labels) : Error::success();
}

Expected<Dataset> loadDataset(StringRef path, const DatasetOptions &options) {
  Expected<RawArrays> raw = loadRaw(path, options);
  if (!raw)
    return raw.takeError();
  Dataset data;
  data.path = path.str();
  data.arrayName = std::move(raw->inputsName);
  data.inputs = std::move(raw->inputs);
  data.labels = std::move(raw->labels);
  if (!options.labelsFile.empty()) {
    Expected<Array> labels = loadLabels(options);
    if (!labels)
      return labels.takeError();
    data.labels = std::move(*labels);
  }
  if (Error error = checkCounts(data))
    return std::move(error);
  auto indices = selectSamples(data.size(), options);
  if (!indices)
    return prefixError(data.describe(), indices.takeError());
  data.indices = std::move(*indices);
  if (Error error = applySelection(data, options))
    return std::move(error);
  return data;
}

/// "input0", "input1", ... as far as the .npz file at `path` has them.
static Expected<std::vector<std::string>> argumentArrays(StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  std::vector<std::string> arguments;
  if (!isZip((*buffer)->getBuffer()))
    return arguments;
  Expected<std::vector<std::string>> names =
      npzNames((*buffer)->getBuffer(), path);
  if (!names)
    return names.takeError();
  for (std::string name = "input0"; is_contained(*names, name);
       name = formatv("input{0}", arguments.size()))
    arguments.push_back(name);
  return arguments;
}

Expected<std::vector<Dataset>> loadDatasets(ArrayRef<std::string> paths,
                                            const DatasetOptions &options) {
  std::vector<std::pair<std::string, std::string>> places;
  for (const std::string &path : paths)
    places.push_back({path, options.inputs});
  if (paths.size() == 1 && options.inputs.empty()) {
    Expected<std::vector<std::string>> names = argumentArrays(paths.front());
    if (!names)
      return names.takeError();
    if (!names->empty())
      places.clear();
    for (const std::string &name : *names)
      places.push_back({paths.front(), name});
  }
  std::vector<Dataset> datasets;
  DatasetOptions own = options;
  for (const auto &[path, name] : places) {
    own.inputs = name;
    Expected<Dataset> loaded = loadDataset(path, own);
    if (!loaded)
      return loaded.takeError();
    datasets.push_back(std::move(*loaded));
    const Dataset &first = datasets.front(), &last = datasets.back();
    if (last.size() != first.size())
      return makeError("{0} has {1} samples, expected {2} as in {3}",
                       last.describe(), last.size(), first.size(),
                       first.describe());
    own.labelsFile.clear();
  }
  return datasets;
}

} // namespace qcc::data
