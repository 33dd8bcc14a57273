//===- ReaderFuzzTest.cpp - Damaged data files and profiles ---------------===//
//
// Readers must reject what is wrong with a message and accept nothing that
// breaks their promises; they must never crash, and never use more memory
// than a file can justify.
//
//===----------------------------------------------------------------------===//

#include "compiler/Data/Dataset.h"
#include "compiler/Data/FileIO.h"
#include "compiler/Data/Idx.h"
#include "compiler/Data/Npy.h"
#include "passes/Quantize/Observers.h"
#include "passes/Quantize/Profile.h"
#include "test/fuzz/Harness.h"
#include "test/unit/Data/TestFiles.h"

#include <cmath>
#include <zlib.h>

using namespace qcc::data;
using namespace qcc::fuzz;
using namespace qcc::quantize;
using qcc::test::TemporaryFolder;

namespace {

//===----------------------------------------------------------------------===//
// Valid inputs
//===----------------------------------------------------------------------===//

/// Bytes with some structure, so that they deflate a little.
std::string contents(size_t size) {
  std::string result(size, '\0');
  for (size_t i = 0; i < size; ++i)
    result[i] = static_cast<char>(i % 3 ? i / 5 : i * 7);
  return result;
}

Array makeArray(DType dtype, std::vector<int64_t> shape) {
  Array array;
  array.dtype = dtype;
  array.shape = std::move(shape);
  std::string bytes = contents(array.numElements() * elementSize(dtype));
  array.bytes.assign(bytes.begin(), bytes.end());
  return array;
}

std::vector<Array> arrays() {
  return {makeArray(DType::U8, {5, 7, 3}),   makeArray(DType::F32, {4, 3}),
          makeArray(DType::F64, {2, 1, 5}),  makeArray(DType::I8, {9}),
          makeArray(DType::I16, {3, 2}),     makeArray(DType::I32, {3}),
          makeArray(DType::I64, {5}),        makeArray(DType::F32, {}),
          makeArray(DType::U8, {300, 2, 10})};
}

std::string npyBytes(const Array &array) {
  std::string bytes = npyHeader(array);
  bytes.append(array.bytes.begin(), array.bytes.end());
  return bytes;
}

std::vector<std::string> npyCorpus() {
  std::vector<std::string> corpus;
  for (const Array &array : arrays())
    corpus.push_back(npyBytes(array));
  // What the writer never writes: column-major and big-endian.
  for (auto [from, to] : {std::pair("False", "True "), {"<f", ">f"}}) {
    std::string bytes = corpus[1];
    bytes.replace(bytes.find(from), strlen(from), to);
    corpus.push_back(bytes);
  }
  return corpus;
}

std::vector<std::string> npzCorpus() {
  TemporaryFolder folder;
  std::string path = folder.path("a.npz");
  std::vector<std::string> corpus;
  std::vector<NamedArray> all = {{"x", makeArray(DType::U8, {5, 7, 3})},
                                 {"y", makeArray(DType::I64, {5})},
                                 {"other", makeArray(DType::F32, {4, 30, 10})}};
  for (auto compression : {NpzCompression::Store, NpzCompression::Deflate}) {
    EXPECT_FALSE(bool(writeNpz(path, all, compression)));
    corpus.push_back(folder.read("a.npz"));
    EXPECT_FALSE(bool(writeNpz(path, {all.front()}, compression)));
    corpus.push_back(folder.read("a.npz"));
  }
  return corpus;
}

std::string gzip(const std::string &text) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = result.size();
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

std::vector<std::string> idxCorpus() {
  std::vector<std::string> corpus;
  for (const Array &array : arrays())
    if (array.dtype != DType::I64 && !array.shape.empty())
      corpus.push_back(idxBytes(array));
  return corpus;
}

std::vector<std::string> gzipCorpus() {
  std::vector<std::string> corpus;
  for (const std::string &bytes : idxCorpus())
    corpus.push_back(gzip(bytes));
  corpus.push_back(gzip(npyCorpus().front()) + gzip(""));
  return corpus;
}

std::vector<std::string> profileCorpus() {
  std::vector<std::string> corpus;
  Profile profile;
  profile.model = "net";
  corpus.push_back(profile.serialize());
  cantFail(profile.accumulate("conv1", {-0.5f, 0.25f, 0, 3, 0, 1}, 2, 3));
  cantFail(profile.accumulate("relu \"1\"", {0, 0, 8, 0.001f}, 4));
  corpus.push_back(profile.serialize());
  // Few bins each, so that mutations meet the other fields too.
  Profile sparse;
  cantFail(sparse.accumulate("a", {1e30f}, 1));
  cantFail(sparse.accumulate("b", {0.0f, -1e-40f}, 1, 1));
  corpus.push_back(sparse.serialize());
  Profile constant;
  cantFail(constant.accumulate("c", {2.5f, 2.5f, 2.5f, 2.5f}, 4, 2));
  corpus.push_back(constant.serialize());
  return corpus;
}

//===----------------------------------------------------------------------===//
// What an accepted input must satisfy
//===----------------------------------------------------------------------===//

/// Consumes an error, which must say something.
bool rejected(llvm::Error error) {
  EXPECT_FALSE(llvm::toString(std::move(error)).empty());
  return false;
}

/// Checks the promises of readers and exercises the helpers.
void checkArray(const Array &array, size_t fileSize) {
  llvm::Expected<int64_t> size = checkedByteSize(array.shape, array.dtype);
  ASSERT_TRUE(bool(size)) << llvm::toString(size.takeError());
  ASSERT_EQ(array.bytes.size(), static_cast<uint64_t>(*size));
  ASSERT_LE(array.bytes.size(), fileSize * maxDeflateRatio);
  EXPECT_EQ(toFloat(array).size(), static_cast<size_t>(array.numElements()));
  if (llvm::Error error = checkFinite(array, "array"))
    rejected(std::move(error));
  if (llvm::Error error = checkSampleShape(array, {1, 7, 3}, "file", "x"))
    rejected(std::move(error));
  llvm::Expected<std::vector<int64_t>> integers = toIntegers(array, "labels");
  if (!integers)
    rejected(integers.takeError());
  llvm::Expected<Array> back = parseNpy(npyBytes(array), "again");
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->bytes, array.bytes);
  EXPECT_EQ(back->shape, array.shape);
}

TEST(ReaderFuzz, Npy) {
  runCases("Npy", npyCorpus(),
           {"'descr'", "'shape'", "True", "|O", "<f8", ">i2", "(", ")", ", "},
           [](const std::string &bytes, Mutator &) {
             llvm::Expected<Array> array = parseNpy(bytes, "f");
             if (!array)
               return rejected(array.takeError());
             checkArray(*array, bytes.size());
             return true;
           });
}

TEST(ReaderFuzz, Npz) {
  runCases("Npz", npzCorpus(),
           {"PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x06",
            "PK\x06\x07", ".npy"},
           [](const std::string &bytes, Mutator &) {
             auto names = npzNames(bytes, "f");
             if (!names)
               return rejected(names.takeError());
             bool accepted = true;
             for (const std::string &name : *names) {
               auto array = parseNpz(bytes, "f", {name});
               if (!array) {
                 accepted = rejected(array.takeError());
                 continue;
               }
               checkArray(array->front(), bytes.size());
             }
             return accepted;
           });
}

TEST(ReaderFuzz, Idx) {
  runCases("Idx", idxCorpus(), {}, [](const std::string &bytes, Mutator &) {
    llvm::Expected<Array> array = parseIdx(bytes, "f");
    if (!array)
      return rejected(array.takeError());
    checkArray(*array, bytes.size());
    return true;
  });
}

TEST(ReaderFuzz, Gzip) {
  runCases("Gzip", gzipCorpus(), {"\x1f\x8b\x08"},
           [](const std::string &bytes, Mutator &) {
             llvm::Expected<Array> array = parseSingleArray(bytes, "f");
             if (!array)
               return rejected(array.takeError());
             checkArray(*array, bytes.size());
             return true;
           });
}

/// Options within and beyond what the files hold.
DatasetOptions randomOptions(SplitMix64 &random) {
  DatasetOptions options;
  if (random.below(4) == 0)
    options.inputs = random.below(2) ? "x" : "none";
  if (random.below(4) == 0)
    options.labels = random.below(2) ? "y" : "none";
  options.begin = static_cast<int64_t>(random.below(4)) - 1;
  if (random.below(2))
    options.end = random.below(7);
  if (random.below(2))
    options.count = random.below(5);
  options.seed = random.next();
  return options;
}

TEST(ReaderFuzz, Dataset) {
  TemporaryFolder folder;
  std::vector<std::string> corpus;
  for (const auto &part : {npzCorpus(), npyCorpus(), idxCorpus(), gzipCorpus()})
    for (const std::string &bytes : part)
      corpus.push_back(bytes);
  corpus.erase(std::remove(corpus.begin(), corpus.end(),
                           npyBytes(makeArray(DType::F32, {}))),
               corpus.end());
  bool mutated = false;
  size_t remaining = corpus.size();
  runCases("Dataset", corpus, {}, [&](const std::string &bytes, Mutator &m) {
    mutated = remaining == 0;
    if (!mutated)
      --remaining;
    std::string path = folder.write("file", bytes);
    auto data = loadDataset(path, mutated ? randomOptions(m.source())
                                          : DatasetOptions());
    if (!data)
      return rejected(data.takeError());
    EXPECT_GT(data->size(), 0);
    EXPECT_EQ(data->indices.size(), static_cast<size_t>(data->size()));
    if (data->labels)
      EXPECT_EQ(data->labels->numSamples(), data->size());
    checkArray(data->inputs, bytes.size());
    return true;
  });
}

void checkProfile(const Profile &profile, SplitMix64 &random) {
  std::string text = profile.serialize();
  llvm::Expected<Profile> back = Profile::parse(text, "again");
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError()) << text;
  EXPECT_EQ(back->serialize(), text);
  for (const auto &[key, stats] : profile.values) {
    QuantScheme scheme = {2 + static_cast<unsigned>(random.below(15)),
                          random.below(2) != 0, random.below(2) != 0};
    for (auto kind : {ObserverKind::MinMax, ObserverKind::Percentile,
                      ObserverKind::Mse, ObserverKind::Entropy}) {
      Range range = chooseRange(stats, {kind, 99.0}, scheme);
      EXPECT_TRUE(range.lo <= 0 && range.hi >= 0 && std::isfinite(range.lo) &&
                  std::isfinite(range.hi));
      EXPECT_GT(chooseQuantParams(range, scheme).scale, 0);
    }
  }
  if (llvm::Error error = back->merge(profile))
    rejected(std::move(error)); // counts may overflow
}

TEST(ReaderFuzz, Profile) {
  runCases("Profile", profileCorpus(),
           {"\"key\":", "\"min\":", "\"counts\":[", "null", "[[[[", "{}", "1,",
            "0,", "\xff", "\\ud800"},
           [](const std::string &bytes, Mutator &mutator) {
             llvm::Expected<Profile> profile = Profile::parse(bytes, "f");
             if (!profile)
               return rejected(profile.takeError());
             checkProfile(*profile, mutator.source());
             return true;
           });
}

} // namespace
