//===- Plan.cpp - The .qplan file format ----------------------------------===//
//
//   {"format":"qplan","version":1,"network":"9f0c...","weights":8,
//   "activations":8,"layers":[
//   {"layer":"conv1","weights":4,"activations":8},
//   {"layer":"softmax1","form":"table"},
//   {"layer":"input0","activations":16}
//   ]}
//
//===----------------------------------------------------------------------===//

#include "passes/Quantize/Plan.h"
#include "passes/Quantize/JsonFields.h"

#include "llvm/ADT/STLExtras.h"

using nlohmann::ordered_json;

namespace qcc::quantize {

using json::fail;
using json::FieldReader;
using json::Json;

static constexpr uint64_t formatVersion = 1;

bool isWeightWidth(unsigned bits) {
  return bits == 2 || bits == 4 || bits == 6 || bits == 8;
}

bool isActivationWidth(unsigned bits) {
  return bits == 4 || bits == 6 || bits == 8 || bits == 16;
}

bool isFunctionForm(llvm::StringRef text) {
  return text == "polynomial" || text == "shift" || text == "table";
}

const LayerPlan *Plan::find(llvm::StringRef layer) const {
  auto found = layers.find(layer.str());
  return found == layers.end() ? nullptr : &found->second;
}

unsigned Plan::weightBits(llvm::StringRef layer) const {
  const LayerPlan *own = find(layer);
  return own ? own->weights.value_or(weights) : weights;
}

unsigned Plan::activationBits(llvm::StringRef layer) const {
  const LayerPlan *own = find(layer);
  return own ? own->activations.value_or(activations) : activations;
}

bool hasLowBits(const Plan &plan) {
  auto isLow = [](unsigned bits) { return bits < 8; };
  if (isLow(plan.weights) || isLow(plan.activations))
    return true;
  return llvm::any_of(plan.layers, [&](const auto &entry) {
    const LayerPlan &layer = entry.second;
    return isLow(layer.weights.value_or(8)) ||
           isLow(layer.activations.value_or(8));
  });
}

std::string Plan::serialize() const {
  ordered_json head = {{"format", "qplan"}, {"version", formatVersion}};
  if (!network.empty())
    head["network"] = network;
  if (!note.empty())
    head["note"] = note;
  head["weights"] = weights;
  head["activations"] = activations;
  std::string text = json::dumpLine(head);
  text.pop_back();
  text += ",\"layers\":[";
  llvm::StringRef separator = "\n";
  for (const auto &[name, layer] : layers) {
    ordered_json line = {{"layer", name}};
    if (layer.weights)
      line["weights"] = *layer.weights;
    if (layer.activations)
      line["activations"] = *layer.activations;
    if (layer.form)
      line["form"] = *layer.form;
    if (layer.score)
      line["score"] = *layer.score;
    if (!layer.note.empty())
      line["note"] = layer.note;
    text += separator.str() + json::dumpLine(line);
    separator = ",\n";
  }
  return text + "\n]}\n";
}

/// A width that is allowed, or `fallback`.
static unsigned readBits(FieldReader &reader, const char *key,
                         bool (*isWidth)(unsigned), const char *expected,
                         unsigned fallback) {
  const Json *field = reader.get(key);
  if (!field)
    return fallback;
  if (field->is_number_unsigned() && field->get<uint64_t>() <= 16 &&
      isWidth(field->get<unsigned>()))
    return field->get<unsigned>();
  reader.note(llvm::formatv("'{0}' is {1}, expected {2}", key,
                            json::dumpLine(*field), expected));
  return fallback;
}

static unsigned readWeights(FieldReader &reader) {
  return readBits(reader, "weights", isWeightWidth, "2, 4, 6 or 8", 8);
}

static unsigned readActivations(FieldReader &reader) {
  return readBits(reader, "activations", isActivationWidth, "4, 6, 8 or 16", 8);
}

static std::string readForm(FieldReader &reader) {
  std::string form = reader.string("form");
  if (!isFunctionForm(form))
    reader.note("'form' is \"" + form +
                "\", expected polynomial, shift or table");
  return form;
}

static llvm::Error parseLayer(const Json &line, Plan &plan) {
  FieldReader reader(line);
  std::string name = reader.string("layer");
  LayerPlan layer;
  if (reader.has("weights"))
    layer.weights = readWeights(reader);
  if (reader.has("activations"))
    layer.activations = readActivations(reader);
  if (reader.has("form"))
    layer.form = readForm(reader);
  if (reader.has("score"))
    layer.score = reader.number("score");
  if (reader.has("note"))
    layer.note = reader.string("note");
  if (!layer.weights && !layer.activations && !layer.form)
    reader.note("expected 'weights', 'activations' or 'form'");
  if (llvm::Error error = reader.finish())
    return fail("layer '{0}': {1}", name, toString(std::move(error)));
  if (!plan.layers.try_emplace(name, std::move(layer)).second)
    return fail("layer '{0}' is there twice", name);
  return llvm::Error::success();
}

static llvm::Expected<Plan> parseRoot(const Json &root) {
  FieldReader reader(root);
  if (reader.string("format") != "qplan")
    reader.note("'format' is not 'qplan'");
  // Checked before all else: another version may have other fields.
  if (reader.count("version", 0, UINT64_MAX) != formatVersion)
    reader.note(llvm::formatv("version is not {0}", formatVersion));
  Plan plan;
  if (reader.has("network"))
    plan.network = reader.string("network");
  if (reader.has("note"))
    plan.note = reader.string("note");
  if (reader.has("weights"))
    plan.weights = readWeights(reader);
  if (reader.has("activations"))
    plan.activations = readActivations(reader);
  const Json &lines = reader.array("layers");
  if (llvm::Error error = reader.finish())
    return std::move(error);
  for (const Json &line : lines)
    if (llvm::Error error = parseLayer(line, plan))
      return std::move(error);
  return plan;
}

llvm::Expected<Plan> Plan::parse(llvm::StringRef text, llvm::StringRef name) {
  llvm::Expected<Json> root = json::parse(text, name, ".qplan");
  if (!root)
    return root.takeError();
  llvm::Expected<Plan> plan = parseRoot(*root);
  if (!plan)
    return fail("{0}: {1}", name, toString(plan.takeError()));
  plan->source = name.str();
  return plan;
}

llvm::Expected<Plan> Plan::read(llvm::StringRef path) {
  llvm::Expected<std::string> text = json::readText(path);
  if (!text)
    return text.takeError();
  return parse(*text, path);
}

} // namespace qcc::quantize
