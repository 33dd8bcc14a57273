#include "compiler/Emit/Outputs.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

namespace fs = llvm::sys::fs;

namespace qcc::emit {
namespace {

llvm::Error cannotWrite(llvm::StringRef path, std::error_code why) {
  return llvm::createStringError(why, "cannot write '" + path +
                                          "': " + why.message());
}

bool isDirectory(llvm::StringRef path) {
  fs::file_status status;
  return !fs::status(path, status) && fs::is_directory(status);
}

/// `path` without symbolic links, which must not be replaced either.
std::string resolved(llvm::StringRef path) {
  llvm::SmallString<256> real;
  if (!fs::real_path(path, real))
    return real.str().str();
  real = path;
  fs::make_absolute(real);
  llvm::sys::path::remove_dots(real, /*remove_dot_dot=*/false);
  return real.str().str();
}

std::error_code write(llvm::raw_fd_ostream &stream, llvm::StringRef contents) {
  stream << contents;
  stream.flush();
  std::error_code why = stream.error();
  stream.clear_error();
  return why;
}

std::error_code writeInPlace(llvm::StringRef path, llvm::StringRef contents) {
  if (path == "-")
    return write(llvm::outs(), contents);
  std::error_code why;
  llvm::raw_fd_ostream stream(path, why, fs::CD_OpenExisting, fs::FA_Write,
                              fs::OF_None);
  return why ? why : write(stream, contents);
}

/// Files with temporary names; those not kept vanish.
class Staged {
public:
  ~Staged() {
    for (Entry &entry : entries)
      llvm::consumeError(entry.file.discard());
  }

  std::error_code add(llvm::StringRef path, llvm::StringRef contents) {
    std::string place = resolved(path);
    auto made = fs::TempFile::create(place + ".tmp-%%%%%%%%");
    if (!made)
      return llvm::errorToErrorCode(made.takeError());
    entries.push_back({std::move(*made), place});
    llvm::raw_fd_ostream stream(entries.back().file.FD, /*shouldClose=*/false);
    return write(stream, contents);
  }

  /// Gives every file its name, or none.
  llvm::Error keepAll() {
    for (size_t i = 0; i < entries.size(); ++i) {
      llvm::Error error = entries[i].file.keep(entries[i].place);
      if (!error)
        continue;
      for (size_t kept = 0; kept < i; ++kept)
        fs::remove(entries[kept].place);
      return cannotWrite(entries[i].place,
                         llvm::errorToErrorCode(std::move(error)));
    }
    entries.clear();
    return llvm::Error::success();
  }

private:
  struct Entry {
    fs::TempFile file;
    std::string place;
  };
  std::vector<Entry> entries;
};

} // namespace

bool isSpecialFile(llvm::StringRef path) {
  fs::file_status status;
  return !fs::status(path, status) && fs::exists(status) &&
         !fs::is_regular_file(status) && !fs::is_directory(status);
}

llvm::Error Outputs::checkPaths() const {
  std::set<std::string> places;
  for (const File &file : files) {
    if (isDirectory(file.path))
      return cannotWrite(file.path,
                         std::make_error_code(std::errc::is_a_directory));
    for (const std::string &input : inputs)
      if (fs::equivalent(input, file.path) && !isSpecialFile(input))
        return llvm::createStringError("cannot write '" + file.path +
                                       "': it is an input");
    bool isStdout = file.path == "-";
    if (!isSpecialFile(file.path) &&
        !places.insert(isStdout ? "-" : resolved(file.path)).second)
      return llvm::createStringError("cannot write '" + file.path +
                                     "': two outputs have that name");
  }
  return llvm::Error::success();
}

llvm::Error Outputs::commit() const {
  if (llvm::Error error = checkPaths())
    return error;
  Staged staged;
  for (const File &file : files)
    if (file.path != "-" && !isSpecialFile(file.path))
      if (std::error_code why = staged.add(file.path, file.contents))
        return cannotWrite(file.path, why);
  for (const File &file : files)
    if (file.path == "-" || isSpecialFile(file.path))
      if (std::error_code why = writeInPlace(file.path, file.contents))
        return cannotWrite(file.path, why);
  return staged.keepAll();
}

} // namespace qcc::emit
