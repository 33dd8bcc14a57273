//===- TestFiles.h - Temporary files and messages of errors -----*- C++ -*-===//

#ifndef QCC_TEST_UNIT_DATA_TESTFILES_H
#define QCC_TEST_UNIT_DATA_TESTFILES_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qcc::test {

/// The message of an error, or "success".
inline std::string message(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "success";
}
template <typename T> std::string message(llvm::Expected<T> value) {
  return value ? "success" : llvm::toString(value.takeError());
}

/// The value of `expected`; fails the test with the message if it is an error.
template <typename T> T unwrap(llvm::Expected<T> expected) {
  if (expected)
    return std::move(*expected);
  ADD_FAILURE() << llvm::toString(expected.takeError());
  return T();
}

/// A folder of its own for one test, removed at the end.
class TemporaryFolder {
public:
  TemporaryFolder() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("qcc-test", folder));
  }
  ~TemporaryFolder() { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result = folder;
    llvm::sys::path::append(result, name);
    return result.str().str();
  }
  std::string write(llvm::StringRef name, llvm::StringRef contents) const {
    std::error_code failure;
    llvm::raw_fd_ostream stream(path(name), failure);
    EXPECT_FALSE(failure);
    stream << contents;
    return path(name);
  }
  std::string read(llvm::StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "<absent>";
  }
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    std::error_code failure;
    for (llvm::sys::fs::directory_iterator it(folder, failure), end;
         it != end && !failure; it.increment(failure))
      names.push_back(llvm::sys::path::filename(it->path()).str());
    return names;
  }

private:
  llvm::SmallString<128> folder;
};

} // namespace qcc::test

#endif // QCC_TEST_UNIT_DATA_TESTFILES_H
