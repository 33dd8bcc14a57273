//===- FileIO.cpp - Whole-file reading and atomic writing -----------------===//

#include "compiler/Data/FileIO.h"
#include "compiler/Data/Error.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <vector>
#include <zlib.h>

using namespace llvm;

namespace qcc::data {

Expected<std::unique_ptr<MemoryBuffer>> readFile(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
  if (!buffer)
    return makeError("cannot read {0}: {1}", path, buffer.getError().message());
  return std::move(*buffer);
}

/// Writes `parts` into the open temporary file; the caller discards it on
/// error. A full disk shows only when the buffer is flushed.
static Error writeParts(int descriptor, ArrayRef<StringRef> parts) {
  raw_fd_ostream stream(descriptor, /*shouldClose=*/false);
  for (StringRef part : parts)
    stream << part;
  stream.flush();
  std::error_code failure = stream.error();
  stream.clear_error();
  return errorCodeToError(failure);
}

Error writeFileAtomically(StringRef path, ArrayRef<StringRef> parts) {
  auto failed = [&](Error error) {
    return makeError("cannot write {0}: {1}", path, toString(std::move(error)));
  };
  Expected<sys::fs::TempFile> temporary = sys::fs::TempFile::create(
      path + ".tmp-%%%%%%%%", sys::fs::all_read | sys::fs::all_write);
  if (!temporary)
    return failed(temporary.takeError());
  if (Error error = writeParts(temporary->FD, parts))
    return failed(joinErrors(std::move(error), temporary->discard()));
  if (Error error = temporary->keep(path))
    return failed(std::move(error));
  return Error::success();
}

/// Inflates one more piece of at most `chunk` bytes onto `output`; returns
/// zlib's status.
static int inflatePiece(z_stream &stream, std::vector<char> &chunk,
                        std::string &output) {
  stream.next_out = reinterpret_cast<Bytef *>(chunk.data());
  stream.avail_out = chunk.size();
  int status = inflate(&stream, Z_NO_FLUSH);
  output.append(chunk.data(), chunk.size() - stream.avail_out);
  return status;
}

Expected<std::string> gunzip(StringRef bytes, StringRef name) {
  z_stream stream = {};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
    return makeError("{0}: cannot start zlib", name);
  scope_exit end([&] { inflateEnd(&stream); });
  std::vector<char> chunk(1 << 18);
  std::string output;
  StringRef rest = bytes;
  // zlib counts input in 32 bits, so large files go in by pieces.
  constexpr size_t pieceSize = size_t(1) << 30;
  for (;;) {
    if (stream.avail_in == 0) {
      StringRef piece = rest.take_front(pieceSize);
      rest = rest.drop_front(piece.size());
      stream.next_in =
          reinterpret_cast<Bytef *>(const_cast<char *>(piece.data()));
      stream.avail_in = piece.size();
    }
    int status = inflatePiece(stream, chunk, output);
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0 && rest.empty())
        return output;
      if (inflateReset(&stream) == Z_OK) // the next member
        continue;
    }
    if (status == Z_OK &&
        (stream.avail_in || stream.avail_out == 0 || !rest.empty()))
      continue;
    if (status == Z_OK || status == Z_BUF_ERROR)
      return makeError("{0}: gzip data is truncated after {1} bytes of output",
                       name, output.size());
    return makeError("{0}: gzip data is damaged: {1}", name,
                     stream.msg ? stream.msg : "no details");
  }
}

} // namespace qcc::data
