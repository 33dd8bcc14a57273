//===- Npz.cpp - NumPy .npz files -----------------------------------------===//
//
// A .npz file is a zip archive of .npy files. libzip does the archive; this
// file bounds what a hostile one may cost.
//
//===----------------------------------------------------------------------===//

#include "compiler/Data/Error.h"
#include "compiler/Data/FileIO.h"
#include "compiler/Data/Npy.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <zip.h>

using namespace llvm;

namespace qcc::data {

namespace {

struct ZipDeleter {
  void operator()(zip_t *archive) const { zip_discard(archive); }
  void operator()(zip_file_t *file) const { zip_fclose(file); }
};
using ZipArchive = std::unique_ptr<zip_t, ZipDeleter>;
using ZipFile = std::unique_ptr<zip_file_t, ZipDeleter>;

} // namespace

/// Consumes `error`.
static std::string describe(zip_error_t &error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

static Expected<ZipArchive> openArchive(StringRef bytes, StringRef name) {
  if (bytes.empty()) // to libzip, an archive without members
    return makeError("{0}: not a readable .npz file: it is empty", name);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source)
    return makeError("{0}: {1}", name, describe(error));
  zip_t *archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (!archive) {
    zip_source_free(source);
    return makeError("{0}: not a readable .npz file: {1}", name,
                     describe(error));
  }
  zip_error_fini(&error);
  return ZipArchive(archive);
}

/// The name of member `index` without ".npy", or an empty one if the member
/// is no array.
static StringRef arrayName(zip_t *archive, uint64_t index) {
  const char *raw = zip_get_name(archive, index, ZIP_FL_ENC_GUESS);
  StringRef name = raw ? raw : "";
  return name.consume_back(".npy") ? name : StringRef();
}

static std::vector<std::string> listNames(zip_t *archive) {
  std::vector<std::string> names;
  for (int64_t i = 0, e = zip_get_num_entries(archive, 0); i < e; ++i)
    if (StringRef name = arrayName(archive, i); !name.empty())
      names.push_back(name.str());
  return names;
}

Expected<std::vector<std::string>> npzNames(StringRef bytes, StringRef name) {
  Expected<ZipArchive> archive = openArchive(bytes, name);
  if (!archive)
    return archive.takeError();
  return listNames(archive->get());
}

/// Checks what the directory says about a member before anything is read and
/// returns the number of bytes that it may give.
static Expected<uint64_t> checkMember(zip_t *archive, uint64_t index,
                                      uint64_t archiveBytes) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if (zip_stat_index(archive, index, 0, &stat) != 0 ||
      (stat.valid & needed) != needed)
    return makeError("the archive's directory is damaged");
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
      stat.encryption_method != ZIP_EM_NONE)
    return makeError("the member is encrypted");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    return makeError("compression method {0} is not supported; expected "
                     "stored or deflated",
                     stat.comp_method);
  uint64_t stored = std::min<uint64_t>(stat.comp_size, archiveBytes);
  uint64_t ratio = stat.comp_method == ZIP_CM_STORE ? 1 : maxDeflateRatio;
  if (stat.size / ratio > stored)
    return makeError("the member claims {0} bytes, more than {1} compressed "
                     "bytes can hold",
                     stat.size, stored);
  return stat.size;
}

/// Reads a member piece by piece, so that memory follows what is really there.
static Expected<std::string> readMember(zip_t *archive, uint64_t index,
                                        uint64_t archiveBytes) {
  Expected<uint64_t> size = checkMember(archive, index, archiveBytes);
  if (!size)
    return size.takeError();
  ZipFile file(zip_fopen_index(archive, index, 0));
  if (!file)
    return makeError("{0}", zip_error_strerror(zip_get_error(archive)));
  std::string contents;
  std::vector<char> chunk(1 << 18);
  for (;;) {
    int64_t count = zip_fread(file.get(), chunk.data(), chunk.size());
    if (count < 0)
      return makeError("{0}",
                       zip_error_strerror(zip_file_get_error(file.get())));
    if (count == 0)
      break;
    contents.append(chunk.data(), count);
    if (contents.size() > *size)
      break;
  }
  if (contents.size() != *size)
    return makeError("the member holds {0} bytes than the directory says ({1})",
                     contents.size() < *size ? "fewer" : "more", *size);
  return contents;
}

Expected<std::vector<Array>> parseNpz(StringRef bytes, StringRef name,
                                      ArrayRef<std::string> wanted) {
  Expected<ZipArchive> archive = openArchive(bytes, name);
  if (!archive)
    return archive.takeError();
  std::vector<Array> arrays;
  for (const std::string &key : wanted) {
    int64_t index = -1;
    for (int64_t i = 0, e = zip_get_num_entries(archive->get(), 0);
         i < e && index < 0; ++i)
      if (arrayName(archive->get(), i) == key && !key.empty())
        index = i;
    if (index < 0)
      return makeError("{0}: no array named '{1}'; found: {2}", name, key,
                       printable(join(listNames(archive->get()), ", ")));
    std::string where = formatv("{0}: array '{1}'", name, printable(key));
    Expected<std::string> contents =
        readMember(archive->get(), index, bytes.size());
    if (!contents)
      return prefixError(where, contents.takeError());
    Expected<Array> array = parseNpy(*contents, where);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
  }
  return arrays;
}

Expected<std::vector<NamedArray>> readNpz(StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  auto names = npzNames((*buffer)->getBuffer(), path);
  if (!names)
    return names.takeError();
  auto arrays = parseNpz((*buffer)->getBuffer(), path, *names);
  if (!arrays)
    return arrays.takeError();
  std::vector<NamedArray> result;
  for (auto [name, array] : llvm::zip_equal(*names, *arrays))
    result.emplace_back(name, std::move(array));
  return result;
}

/// Adds one array; its bytes must outlive the archive.
static bool addMember(zip_t *archive, StringRef header, const NamedArray &entry,
                      NpzCompression compression) {
  auto fragment = [](StringRef part) {
    auto *data =
        reinterpret_cast<zip_uint8_t *>(const_cast<char *>(part.data()));
    return zip_buffer_fragment_t{data, part.size()};
  };
  const std::vector<char> &bytes = entry.second.bytes;
  zip_buffer_fragment_t parts[] = {
      fragment(header), fragment(StringRef(bytes.data(), bytes.size()))};
  zip_source_t *source =
      zip_source_buffer_fragment(archive, parts, bytes.empty() ? 1 : 2, 0);
  if (!source)
    return false;
  int64_t index = zip_file_add(archive, (entry.first + ".npy").c_str(), source,
                               ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  int method =
      compression == NpzCompression::Store ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
  // 1980-01-01 00:00 in DOS format: the file must not depend on the clock.
  constexpr uint16_t dosTime = 0, dosDate = (1 << 5) | 1;
  return zip_set_file_compression(archive, index, method, 0) == 0 &&
         zip_file_set_dostime(archive, index, dosTime, dosDate, 0) == 0;
}

/// Reads back the bytes of an archive that was closed into `source`.
static Expected<std::string> takeBytes(zip_source_t *source) {
  std::string result;
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_open(source) != 0)
    return makeError("{0}", zip_error_strerror(zip_source_error(source)));
  scope_exit close([&] { zip_source_close(source); });
  if (zip_source_stat(source, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE))
    return makeError("{0}", zip_error_strerror(zip_source_error(source)));
  result.resize(stat.size);
  if (zip_source_read(source, result.data(), stat.size) !=
      static_cast<int64_t>(stat.size))
    return makeError("{0}", zip_error_strerror(zip_source_error(source)));
  return result;
}

static Expected<std::string> buildArchive(ArrayRef<NamedArray> arrays,
                                          NpzCompression compression) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source = zip_source_buffer_create(nullptr, 0, 0, &error);
  if (!source)
    return makeError("{0}", describe(error));
  scope_exit freeSource([&] { zip_source_free(source); });
  zip_source_keep(source); // one reference for us, one for the archive
  zip_t *raw = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
  if (!raw) {
    zip_source_free(source);
    return makeError("{0}", describe(error));
  }
  zip_error_fini(&error);
  ZipArchive archive(raw);
  std::vector<std::string> headers;
  headers.reserve(arrays.size()); // libzip keeps pointers into the headers
  for (const NamedArray &entry : arrays) {
    headers.push_back(npyHeader(entry.second));
    if (!addMember(raw, headers.back(), entry, compression))
      return makeError("array '{0}': {1}", entry.first,
                       zip_error_strerror(zip_get_error(raw)));
  }
  if (zip_close(raw) != 0)
    return makeError("{0}", zip_error_strerror(zip_get_error(raw)));
  archive.release(); // closed
  return takeBytes(source);
}

Error writeNpz(StringRef path, ArrayRef<NamedArray> arrays,
               NpzCompression compression) {
  if (arrays.empty())
    return makeError("cannot write {0}: no arrays given", path);
  StringSet<> names;
  for (const NamedArray &entry : arrays)
    if (entry.first.empty() || !names.insert(entry.first).second)
      return makeError("cannot write {0}: array name '{1}' is {2}", path,
                       entry.first,
                       entry.first.empty() ? "empty" : "used twice");
  Expected<std::string> archive = buildArchive(arrays, compression);
  if (!archive)
    return makeError("cannot write {0}: {1}", path,
                     toString(archive.takeError()));
  return writeFileAtomically(path, {*archive});
}

} // namespace qcc::data
