// Einsum: sums of products over axes that are named by letters.
//
// One operand is summed, then permuted. Of two, every label is of one kind:
//   shared   in both operands and the result
//   summed   in both operands and not in the result
//   left, right   in one operand and the result
// (a label of one operand that is not in the result is summed beforehand.)
// With summed labels this is a product of matrices [shared, left, summed] and
// [shared, summed, right], without it is an elementwise product.
#include "compiler/Import/Onnx/Operators.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace qcc::import::onnx {
namespace {

/// A letter, or -k for the k-th axis from the end of what "..." stands for.
using Label = int;
using Labels = llvm::SmallVector<Label, 6>;

std::string textOf(Label label) {
  return label > 0 ? std::string(1, static_cast<char>(label)) : "...";
}

bool isIn(llvm::ArrayRef<Label> labels, Label label) {
  return llvm::is_contained(labels, label);
}

/// The labels of `text`, where "..." stands for `open` axes.
llvm::Expected<Labels> parseTerm(Node &node, llvm::StringRef text,
                                 int64_t open) {
  Labels labels;
  bool hasDots = false;
  while (!text.empty()) {
    if (!hasDots && text.consume_front("...")) {
      hasDots = true;
      for (int64_t k = open; k > 0; --k)
        labels.push_back(static_cast<Label>(-k));
      continue;
    }
    char letter = text.front();
    if (!llvm::isAlpha(letter))
      return node.fail("has '" + text.take_front() + "' in its equation");
    if (isIn(labels, letter))
      return node.fail("has the index '" + text.take_front() +
                       "' twice in one term, which is not supported");
    labels.push_back(letter);
    text = text.drop_front();
  }
  return labels;
}

/// How many axes "..." stands for in input `i`; an error for another rank.
llvm::Expected<int64_t> openAxes(Node &node, llvm::StringRef term, size_t i) {
  bool hasDots = term.contains("...");
  int64_t letters = static_cast<int64_t>(term.size()) - (hasDots ? 3 : 0);
  int64_t open = node.rank(i) - letters;
  if (open < 0 || (open > 0 && !hasDots))
    return node.fail("has an input " + llvm::Twine(i) + " of rank " +
                     llvm::Twine(node.rank(i)) + " for the term '" + term +
                     "'");
  return open;
}

/// An operand: axis k has the label `labels[k]`.
struct Term {
  Value value;
  Labels labels;

  int64_t sizeOf(Label label) const {
    auto found = llvm::find(labels, label);
    return found == labels.end()
               ? 1
               : build::shapeOf(value)[found - labels.begin()];
  }
};

struct Equation {
  llvm::SmallVector<Term, 2> terms;
  Labels output;
};

/// Without "->" the result has the labels that are there once, sorted.
Labels implicitOutput(llvm::ArrayRef<Term> terms) {
  Labels output;
  for (const Term &term : terms)
    for (Label label : term.labels) {
      bool isOnce = llvm::count_if(terms, [&](const Term &other) {
                      return isIn(other.labels, label);
                    }) == 1;
      if ((isOnce || label < 0) && !isIn(output, label))
        output.push_back(label);
    }
  llvm::sort(output);
  return output;
}

/// Axes of size 1 that the other operand has longer are broadcast: they are
/// left out. An error for other differences.
llvm::Error checkSizes(Node &node, Equation &equation) {
  if (equation.terms.size() < 2)
    return llvm::Error::success();
  for (int first : {0, 1}) {
    Term &term = equation.terms[first];
    const Term &other = equation.terms[1 - first];
    Labels kept;
    Shape shape;
    for (Label label : term.labels) {
      int64_t size = term.sizeOf(label), wanted = other.sizeOf(label);
      if (isIn(other.labels, label) && size != wanted && size != 1 &&
          wanted != 1)
        return node.fail("has the index '" + textOf(label) + "' of size " +
                         llvm::Twine(size) + " and " + llvm::Twine(wanted));
      if (isIn(other.labels, label) && size == 1 && wanted != 1)
        continue;
      kept.push_back(label);
      shape.push_back(size);
    }
    if (kept.size() != term.labels.size())
      term = {node.reshape(term.value, shape), kept};
  }
  return llvm::Error::success();
}

llvm::Expected<Equation> readEquation(Node &node) {
  std::string text = node.text("equation", "");
  llvm::erase(text, ' ');
  auto [left, right] = llvm::StringRef(text).split("->");
  llvm::SmallVector<llvm::StringRef, 2> parts;
  left.split(parts, ',');
  if (parts.size() != node.numInputs())
    return node.fail("has " + llvm::Twine(node.numInputs()) +
                     " inputs for an equation of " + llvm::Twine(parts.size()) +
                     " terms");
  Equation equation;
  int64_t most = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    auto open = openAxes(node, parts[i], i);
    if (!open)
      return open.takeError();
    auto labels = parseTerm(node, parts[i], *open);
    if (!labels)
      return labels.takeError();
    most = std::max(most, *open);
    equation.terms.push_back({node.value(i), *labels});
  }
  if (!llvm::StringRef(text).contains("->")) {
    equation.output = implicitOutput(equation.terms);
  } else {
    auto labels = parseTerm(node, right, most);
    if (!labels)
      return labels.takeError();
    equation.output = *labels;
  }
  for (Label label : equation.output)
    if (llvm::none_of(equation.terms, [&](const Term &term) {
          return isIn(term.labels, label);
        }))
      return node.fail("has the index '" + textOf(label) +
                       "' in its result that no input has");
  if (llvm::Error error = checkSizes(node, equation))
    return std::move(error);
  return equation;
}

/// Sums over the labels that are not in `kept`.
Term summed(Node &node, Term term, llvm::ArrayRef<Label> kept) {
  Shape axes, shape;
  Labels labels;
  for (size_t axis = 0; axis < term.labels.size(); ++axis) {
    if (!isIn(kept, term.labels[axis])) {
      axes.push_back(axis);
      continue;
    }
    labels.push_back(term.labels[axis]);
    shape.push_back(build::shapeOf(term.value)[axis]);
  }
  if (axes.empty())
    return term;
  Value sum = node.reduce(ReduceKind::Sum, term.value, axes);
  return {node.reshape(sum, shape), labels};
}

/// The axes in another order.
Value ordered(Node &node, const Term &term, llvm::ArrayRef<Label> labels) {
  Shape permutation;
  for (Label label : labels)
    permutation.push_back(llvm::find(term.labels, label) - term.labels.begin());
  return node.transpose(term.value, permutation);
}

/// The labels of `term`, in its order, that `chosen` takes.
Labels labelsOf(const Term &term, llvm::function_ref<bool(Label)> chosen) {
  Labels labels;
  llvm::copy_if(term.labels, std::back_inserter(labels), chosen);
  return labels;
}

/// What the labels of a product of two operands are.
struct Product {
  Labels shared, summed, left, right;

  Product(const Term &a, const Term &b, llvm::ArrayRef<Label> output) {
    for (Label label : output)
      (!isIn(a.labels, label)  ? right
       : isIn(b.labels, label) ? shared
                               : left)
          .push_back(label);
    summed = labelsOf(a, [&](Label label) { return !isIn(output, label); });
  }
};

Labels joined(llvm::ArrayRef<Label> a, llvm::ArrayRef<Label> b,
              llvm::ArrayRef<Label> c = {}) {
  Labels all(a);
  all.append(b.begin(), b.end());
  all.append(c.begin(), c.end());
  return all;
}

Shape sizesOf(const Term &term, llvm::ArrayRef<Label> labels) {
  Shape sizes;
  for (Label label : labels)
    sizes.push_back(term.sizeOf(label));
  return sizes;
}

/// Both operands with one axis for every label of the result.
Term elementwise(Node &node, const Term &a, const Term &b,
                 llvm::ArrayRef<Label> output) {
  auto aligned = [&](const Term &term) {
    Labels own;
    llvm::copy_if(output, std::back_inserter(own),
                  [&](Label label) { return isIn(term.labels, label); });
    return node.reshape(ordered(node, term, own), sizesOf(term, output));
  };
  return {node.mul(aligned(a), aligned(b)), Labels(output)};
}

/// Constant `b` as the weights of a layer on rows of `a`; as MatMul does it.
Term layer(Node &node, const Term &a, const Term &b, size_t constant,
           const Product &p) {
  Shape shape = sizesOf(a, p.left), columns = sizesOf(b, p.right);
  int64_t depth = elementCount(sizesOf(a, p.summed));
  int64_t width = elementCount(columns);
  Shape permutation;
  for (Label label : joined(p.right, p.summed))
    permutation.push_back(llvm::find(b.labels, label) - b.labels.begin());
  Tensor rows = node.tensor(constant)
                    .reshaped(Shape(build::shapeOf(b.value)))
                    .transposed(permutation);
  Shape flat = shape;
  flat.push_back(depth);
  Value image = node.reshape(ordered(node, a, joined(p.left, p.summed)), flat);
  Value result =
      linear(node, image, node.constant(rows.reshaped({width, 1, 1, depth})),
             node.splat({width}, 0));
  shape.append(columns.begin(), columns.end());
  return {node.reshape(result, shape), joined(p.left, p.right)};
}

Term product(Node &node, const Term &a, const Term &b, const Product &p) {
  Shape batch = sizesOf(a, p.shared), rows = sizesOf(a, p.left);
  Shape columns = sizesOf(b, p.right);
  int64_t depth = elementCount(sizesOf(a, p.summed));
  int64_t count = elementCount(batch);
  Value lhs = node.reshape(ordered(node, a, joined(p.shared, p.left, p.summed)),
                           {count, elementCount(rows), depth});
  Value rhs =
      node.reshape(ordered(node, b, joined(p.shared, p.summed, p.right)),
                   {count, depth, elementCount(columns)});
  Shape shape = batch;
  shape.append(rows.begin(), rows.end());
  shape.append(columns.begin(), columns.end());
  Value result = build::matmul(node.builder, node.loc, lhs, rhs);
  return {node.reshape(result, shape), joined(p.shared, p.left, p.right)};
}

} // namespace

llvm::Error importEinsum(Node &node) {
  if (!node.hasAttr("equation"))
    return node.fail("has no equation");
  auto equation = readEquation(node);
  if (!equation)
    return equation.takeError();
  Labels &output = equation->output;
  Term a = equation->terms[0];
  if (equation->terms.size() == 1) {
    a = summed(node, a, output);
    return node.set(ordered(node, a, output));
  }
  Term b = equation->terms[1];
  // Only an operand that is as it was given can become weights.
  size_t wholeB = b.labels.size();
  Term sumA = summed(node, a, joined(b.labels, output));
  Term sumB = summed(node, b, joined(a.labels, output));
  bool swaps = node.isConstant(0) && !node.isConstant(1);
  if (swaps) {
    wholeB = a.labels.size();
    std::swap(sumA, sumB);
  }
  size_t constant = swaps ? 0 : 1;
  Product kinds(sumA, sumB, output);
  Term result;
  if (kinds.summed.empty())
    result = elementwise(node, sumA, sumB, output);
  else if (node.isConstant(constant) && kinds.shared.empty() &&
           sumB.labels.size() == wholeB)
    result = layer(node, sumA, sumB, constant, kinds);
  else
    result = product(node, sumA, sumB, kinds);
  Value value = ordered(node, result, output);
  // A layer has its weights in another order.
  for (const Term &term : equation->terms)
    if (Operation *made = term.value.getDefiningOp();
        made && made->use_empty() && isa<qgraph::ConstantOp>(made))
      made->erase();
  return node.set(value);
}

} // namespace qcc::import::onnx
