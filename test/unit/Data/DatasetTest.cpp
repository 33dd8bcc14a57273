//===- DatasetTest.cpp ----------------------------------------------------===//

#include "compiler/Data/Dataset.h"
#include "compiler/Data/Idx.h"
#include "compiler/Data/Npy.h"
#include "compiler/Data/Random.h"
#include "test/unit/Data/TestFiles.h"

#include <zlib.h>

using namespace qcc::data;
using namespace qcc::test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Shape 5x2; sample i is (10i, 10i + 1).
Array fiveSamples() {
  return Array::from<uint8_t>({5, 2}, {0, 1, 10, 11, 20, 21, 30, 31, 40, 41});
}
Array fiveLabels() { return Array::from<int64_t>({5}, {0, 1, 2, 3, 4}); }

std::vector<int64_t> labelsOf(const Dataset &data) {
  return data.labels ? unwrap(toIntegers(*data.labels, "labels"))
                     : std::vector<int64_t>{-1};
}

class DatasetFiles : public testing::Test {
protected:
  std::string npz(const std::vector<NamedArray> &arrays) {
    std::string path = folder.path("data.npz");
    EXPECT_EQ(message(writeNpz(path, arrays)), "success");
    return path;
  }
  std::string npy(const Array &array, const char *name = "data.npy") {
    std::string path = folder.path(name);
    EXPECT_EQ(message(writeNpy(path, array)), "success");
    return path;
  }
  std::string gzip(const std::string &bytes) {
    std::string path = folder.path("data.gz");
    gzFile file = gzopen(path.c_str(), "wb");
    EXPECT_EQ(gzwrite(file, bytes.data(), bytes.size()),
              static_cast<int>(bytes.size()));
    gzclose(file);
    return path;
  }

  TemporaryFolder folder;
};

TEST_F(DatasetFiles, NpzDefaultsToXAndY) {
  Dataset data = unwrap(loadDataset(
      npz({{"a", fiveLabels()}, {"y", fiveLabels()}, {"x", fiveSamples()}})));
  EXPECT_EQ(data.arrayName, "x");
  EXPECT_EQ(data.size(), 5);
  EXPECT_EQ(data.inputs.bytes, fiveSamples().bytes);
  EXPECT_THAT(labelsOf(data), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(data.indices, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(data.describe(), data.path + ": array 'x'");
}

TEST_F(DatasetFiles, NpzFallsBackToTheFirstArrayAndNoLabels) {
  Dataset data = unwrap(
      loadDataset(npz({{"images", fiveSamples()}, {"other", fiveLabels()}})));
  EXPECT_EQ(data.arrayName, "images");
  EXPECT_FALSE(data.labels);
}

TEST_F(DatasetFiles, NpzTakesArraysByName) {
  DatasetOptions options;
  options.inputs = "b";
  options.labels = "c";
  Dataset data = unwrap(loadDataset(
      npz({{"x", fiveLabels()}, {"b", fiveSamples()}, {"c", fiveLabels()}}),
      options));
  EXPECT_EQ(data.inputs.bytes, fiveSamples().bytes);
  EXPECT_THAT(labelsOf(data), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(DatasetFiles, NpzReportsNamesThatAreAbsent) {
  std::string path = npz({{"x", fiveSamples()}});
  DatasetOptions options;
  options.inputs = "image";
  EXPECT_THAT(message(loadDataset(path, options)),
              HasSubstr("no array named 'image'; found: x"));
  options.inputs = "";
  options.labels = "truth";
  EXPECT_THAT(message(loadDataset(path, options)),
              HasSubstr("no array named 'truth'; found: x"));
}

TEST_F(DatasetFiles, NpyHoldsInputsOnly) {
  Dataset data = unwrap(loadDataset(npy(fiveSamples())));
  EXPECT_EQ(data.size(), 5);
  EXPECT_EQ(data.arrayName, "");
  EXPECT_FALSE(data.labels);
  EXPECT_EQ(data.describe(), data.path);
}

TEST_F(DatasetFiles, NpyHasNoNames) {
  DatasetOptions options;
  options.inputs = "x";
  EXPECT_THAT(message(loadDataset(npy(fiveSamples()), options)),
              HasSubstr("array 'x' was asked for, but the file is not a .npz"));
}

TEST_F(DatasetFiles, LabelsComeFromAnotherFile) {
  DatasetOptions options;
  options.labelsFile = npy(fiveLabels(), "labels.npy");
  EXPECT_THAT(labelsOf(unwrap(loadDataset(npy(fiveSamples()), options))),
              ElementsAre(0, 1, 2, 3, 4));
  options.labelsFile = npz({{"x", fiveSamples()}, {"labels", fiveLabels()}});
  EXPECT_THAT(labelsOf(unwrap(loadDataset(npy(fiveSamples()), options))),
              ElementsAre(0, 1, 2, 3, 4));
  options.labels = "x";
  EXPECT_THAT(unwrap(loadDataset(npy(fiveSamples()), options)).labels->shape,
              ElementsAre(5, 2));
}

TEST_F(DatasetFiles, LabelsFileMustHoldLabels) {
  DatasetOptions options;
  options.labelsFile = npz({{"x", fiveSamples()}});
  EXPECT_THAT(message(loadDataset(npy(fiveSamples()), options)),
              HasSubstr("no array named 'y' or 'labels'"));
  options.labelsFile = "no/labels.npy";
  EXPECT_THAT(message(loadDataset(npy(fiveSamples()), options)),
              HasSubstr("cannot read no/labels.npy"));
}

TEST_F(DatasetFiles, ReadsIdxPlainAndCompressed) {
  std::string plain =
      folder.write("images-idx2-ubyte", idxBytes(fiveSamples()));
  EXPECT_EQ(unwrap(loadDataset(plain)).inputs.bytes, fiveSamples().bytes);
  std::string compressed = gzip(idxBytes(fiveSamples()));
  EXPECT_EQ(unwrap(loadDataset(compressed)).inputs.bytes, fiveSamples().bytes);
}

TEST_F(DatasetFiles, ReadsCompressedNpy) {
  Array array = fiveSamples();
  std::string bytes = npyHeader(array);
  bytes.append(array.bytes.begin(), array.bytes.end());
  EXPECT_EQ(unwrap(loadDataset(gzip(bytes))).inputs.bytes, array.bytes);
}

TEST_F(DatasetFiles, TakesARange) {
  DatasetOptions options;
  options.begin = 1;
  options.end = 3;
  Dataset data = unwrap(
      loadDataset(npz({{"x", fiveSamples()}, {"y", fiveLabels()}}), options));
  EXPECT_THAT(toFloat(data.inputs), ElementsAre(10, 11, 20, 21));
  EXPECT_THAT(labelsOf(data), ElementsAre(1, 2));
  EXPECT_THAT(data.indices, ElementsAre(1, 2));
}

TEST_F(DatasetFiles, DrawsASubsetOfTheRange) {
  DatasetOptions options;
  options.begin = 1;
  options.count = 3;
  options.seed = 11;
  Dataset data = unwrap(
      loadDataset(npz({{"x", fiveSamples()}, {"y", fiveLabels()}}), options));
  EXPECT_EQ(data.indices, drawSubset(1, 5, 3, 11));
  EXPECT_EQ(labelsOf(data), data.indices);
  std::vector<float> expected;
  for (int64_t i : data.indices)
    expected.insert(expected.end(), {10.0f * i, 10.0f * i + 1});
  EXPECT_EQ(toFloat(data.inputs), expected);
}

TEST_F(DatasetFiles, ReportsRangesBeyondTheSamples) {
  std::string path = npy(fiveSamples());
  DatasetOptions options;
  options.end = 6;
  EXPECT_EQ(message(loadDataset(path, options)),
            path + ": sample range [0,6) is not within the 5 samples found");
  options.begin = 5;
  options.end.reset();
  EXPECT_THAT(message(loadDataset(path, options)),
              HasSubstr("sample range [5,5) is empty"));
  options.begin = -1;
  EXPECT_THAT(message(loadDataset(path, options)),
              HasSubstr("sample range [-1,5) is not within"));
}

TEST_F(DatasetFiles, ReportsCountsBeyondTheRange) {
  DatasetOptions options;
  options.begin = 2;
  for (int64_t count : {4, 0, -1}) {
    options.count = count;
    EXPECT_THAT(message(loadDataset(npy(fiveSamples()), options)),
                HasSubstr("cannot draw " + std::to_string(count) +
                          " samples out of 3"));
  }
}

TEST_F(DatasetFiles, ReportsNoSamples) {
  EXPECT_THAT(message(loadDataset(npy(Array::from<float>({0, 3}, {})))),
              HasSubstr("has shape 0x3, which holds no samples"));
  EXPECT_THAT(message(loadDataset(npy(Array::from<float>({}, {1.0f})))),
              HasSubstr("is a scalar; expected an array with a leading"));
}

TEST_F(DatasetFiles, ReportsLabelsThatDifferInNumber) {
  EXPECT_THAT(
      message(loadDataset(npz(
          {{"x", fiveSamples()}, {"y", Array::from<uint8_t>({2}, {0, 1})}}))),
      HasSubstr("array 'x' has 5 samples, but there are 2 labels"));
}

TEST_F(DatasetFiles, ReportsFilesItCannotRead) {
  EXPECT_THAT(message(loadDataset(folder.path("absent"))),
              AllOf(HasSubstr("cannot read"), HasSubstr("absent")));
  EXPECT_THAT(message(loadDataset(folder.write("empty", ""))),
              HasSubstr("empty: file is empty"));
  EXPECT_THAT(message(loadDataset(folder.write("text", "hello"))),
              HasSubstr("text: unknown format; expected .npy, .npz or IDX"));
  EXPECT_THAT(message(loadDataset(gzip("hello"))), HasSubstr("unknown format"));
}

TEST_F(DatasetFiles, ReportsAnArchiveWithoutArrays) {
  // An empty archive is its end record alone.
  std::string bytes = "PK\x05\x06" + std::string(18, '\0');
  EXPECT_THAT(message(loadDataset(folder.write("e.npz", bytes))),
              HasSubstr("e.npz: no .npy arrays in the archive"));
}

TEST(FashionMnist, ReadsTheDebianFiles) {
  const std::string base = "/usr/share/datasets/fashion-mnist/t10k-";
  if (!llvm::sys::fs::exists(base + "images-idx3-ubyte.gz"))
    GTEST_SKIP() << "not run: package dataset-fashion-mnist is absent";
  DatasetOptions options;
  options.labelsFile = base + "labels-idx1-ubyte.gz";
  Dataset data = unwrap(loadDataset(base + "images-idx3-ubyte.gz", options));
  EXPECT_THAT(data.inputs.shape, ElementsAre(10000, 28, 28));
  // The ten classes are of equal size.
  std::vector<int> histogram(10);
  for (int64_t label : labelsOf(data))
    ++histogram.at(label);
  EXPECT_THAT(histogram, testing::Each(1000));
}

TEST_F(DatasetFiles, FewerSamplesThanALimitAreAllTaken) {
  DatasetOptions options;
  options.count = 256;
  std::string path = npy(fiveSamples());
  EXPECT_THAT(message(loadDataset(path, options)),
              HasSubstr("cannot draw 256 samples out of 5"));
  options.countIsLimit = true;
  Dataset data = unwrap(loadDataset(path, options));
  EXPECT_THAT(data.indices, testing::UnorderedElementsAre(0, 1, 2, 3, 4));
  options.count = 2;
  EXPECT_EQ(unwrap(loadDataset(path, options)).size(), 2);
}

TEST_F(DatasetFiles, ArgumentsComeFromSeveralFilesOrOneArchive) {
  std::string first = npy(fiveSamples()), second = npy(fiveLabels(), "b.npy");
  std::vector<Dataset> two = unwrap(loadDatasets({first, second}));
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[1].path, second);
  std::string archive = npz({{"input1", fiveLabels()},
                             {"y", fiveLabels()},
                             {"input0", fiveSamples()},
                             {"input3", fiveSamples()}});
  two = unwrap(loadDatasets({archive}));
  ASSERT_EQ(two.size(), 2u) << "input2 is missing, so input3 is no argument";
  EXPECT_EQ(two[0].arrayName, "input0");
  EXPECT_EQ(two[1].arrayName, "input1");
  EXPECT_THAT(labelsOf(two[0]), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(unwrap(loadDatasets({first})).size(), 1u);
}

TEST_F(DatasetFiles, ArgumentsHaveEquallyManySamples) {
  std::string first = npy(fiveSamples());
  std::string second = npy(Array::from<uint8_t>({2, 1}, {1, 2}), "b.npy");
  EXPECT_THAT(message(loadDatasets({first, second})),
              AllOf(HasSubstr("b.npy has 2 samples, expected 5 as in "),
                    HasSubstr("data.npy")));
}

} // namespace
