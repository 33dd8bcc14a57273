#include "compiler/Import/Flags.h"

#include "llvm/ADT/StringExtras.h"

namespace cl = llvm::cl;

namespace qcc {
namespace {

llvm::Error invalid(llvm::StringRef option, const llvm::Twine &found,
                    llvm::StringRef expected) {
  return llvm::createStringError("-" + option + ": found '" + found +
                                 "', expected " + expected);
}

constexpr int64_t mostElements = int64_t(1) << 31;

} // namespace

ImportFlags::ImportFlags(cl::OptionCategory &category)
    : batch("batch",
            cl::desc("size of a batch that the model leaves open (default: 1)"),
            cl::value_desc("n"), cl::init(1), cl::cat(category)),
      shapes("input-shape",
             cl::desc("sizes of an input that the model leaves open, as in "
                      "x=1x3x48x192; the name may go if there is one input"),
             cl::value_desc("[name=]sizes"), cl::cat(category)),
      rounding("tflite-rounding",
               cl::desc("how TensorFlow Lite's integer kernels round, which a "
                        ".tflite file does not say: reference (default) or "
                        "single"),
               cl::value_desc("kind"), cl::init("reference"),
               cl::cat(category)) {}

llvm::Expected<ImportOptions> ImportFlags::parse() const {
  ImportOptions options;
  if (batch < 1 || batch > (1 << 20))
    return invalid("batch", llvm::Twine(batch), "1 to 1048576");
  options.batch = batch;
  for (const std::string &text : shapes) {
    auto shape = parseInputShape(text);
    if (!shape)
      return shape.takeError();
    if (!options.inputShapes.insert(std::move(*shape)).second)
      return invalid("input-shape", text, "one shape per input");
  }
  if (rounding == "single")
    options.tfliteRounding = TfliteRounding::Single;
  else if (rounding != "reference")
    return invalid("tflite-rounding", rounding, "reference or single");
  return options;
}

llvm::Expected<std::pair<std::string, std::vector<int64_t>>>
parseInputShape(llvm::StringRef text) {
  auto fail = [&] {
    return invalid("input-shape", text, "sizes as in x=1x3x48x192");
  };
  llvm::StringRef name, sizes = text;
  if (size_t equals = text.rfind('='); equals != llvm::StringRef::npos) {
    name = text.take_front(equals);
    sizes = text.drop_front(equals + 1);
  }
  std::vector<int64_t> shape;
  int64_t elements = 1;
  for (llvm::StringRef part : llvm::split(sizes, 'x')) {
    int64_t size;
    if (part.getAsInteger(10, size) || size < 1 ||
        size > mostElements / elements)
      return fail();
    elements *= size;
    shape.push_back(size);
  }
  return std::make_pair(name.str(), std::move(shape));
}

} // namespace qcc
