#include "compiler/Emit/Outputs.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc::emit {
namespace {

llvm::Error cannotWrite(llvm::StringRef path, std::error_code why) {
  return llvm::createStringError(why, "cannot write '" + path +
                                          "': " + why.message());
}

} // namespace

llvm::Error Outputs::commit() const {
  std::vector<llvm::sys::fs::TempFile> written;
  auto discardAll = [&] {
    for (llvm::sys::fs::TempFile &file : written)
      llvm::consumeError(file.discard());
  };
  for (const File &file : files) {
    if (file.path == "-")
      continue;
    // A device (/dev/null) cannot be renamed over; a directory must not be.
    llvm::sys::fs::file_status status;
    bool exists = !llvm::sys::fs::status(file.path, status);
    if (exists && llvm::sys::fs::is_directory(status)) {
      discardAll();
      return cannotWrite(file.path,
                         std::make_error_code(std::errc::is_a_directory));
    }
    auto temporary =
        llvm::sys::fs::TempFile::create(file.path + ".tmp-%%%%%%%%");
    if (!temporary) {
      std::error_code why = llvm::errorToErrorCode(temporary.takeError());
      discardAll();
      return cannotWrite(file.path, why);
    }
    llvm::raw_fd_ostream stream(temporary->FD, /*shouldClose=*/false);
    stream << file.contents;
    stream.flush();
    std::error_code why = stream.error();
    stream.clear_error();
    written.push_back(std::move(*temporary));
    if (why) {
      discardAll();
      return cannotWrite(file.path, why);
    }
  }
  size_t next = 0;
  for (const File &file : files) {
    if (file.path == "-") {
      llvm::outs() << file.contents;
      llvm::outs().flush();
      continue;
    }
    if (llvm::Error error = written[next++].keep(file.path)) {
      for (size_t i = next; i < written.size(); ++i)
        llvm::consumeError(written[i].discard());
      return cannotWrite(file.path, llvm::errorToErrorCode(std::move(error)));
    }
  }
  return llvm::Error::success();
}

} // namespace qcc::emit
