// Finds gelu and its approximation by tanh in products.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

#include <cmath>

using namespace mlir;

namespace qcc::legalize {
namespace {

using qgraph::UnaryKind;

/// Networks state irrational numbers with few digits.
bool isNear(double value, double expected) {
  return std::fabs(value - expected) <= std::fabs(expected) * 1e-4;
}

/// A product, however it is associated.
struct Product {
  double number = 1;
  SmallVector<Value, 4> factors;
  /// Further multiplications are not taken apart: no expression here has more.
  int budget = 8;
};

/// Takes `value` apart as far as the parts have the type of the whole.
void collectFactors(Value value, Product &product) {
  auto mul = value.getDefiningOp<qgraph::MulOp>();
  if (!mul || product.budget-- <= 0) {
    product.factors.push_back(value);
    return;
  }
  for (Value part : {mul.getLhs(), mul.getRhs()}) {
    if (std::optional<double> number = evaluateSplat(part))
      product.number *= *number;
    else if (part.getType() == value.getType())
      collectFactors(part, product);
    else
      product.factors.push_back(part);
  }
}

Product productOf(Value value) {
  Product product;
  collectFactors(value, product);
  return product;
}

/// Whether `value` is `number * x^power`.
bool isMonomial(Value value, double number, Value x, size_t power) {
  Product product = productOf(value);
  return isNear(product.number, number) && product.factors.size() == power &&
         llvm::all_equal(product.factors) && product.factors.front() == x;
}

/// The other term of a sum with `number`.
Value withoutTerm(Value value, double number) {
  auto add = value.getDefiningOp<qgraph::AddOp>();
  if (!add)
    return {};
  if (evaluateSplat(add.getRhs()) == number)
    return add.getLhs();
  return evaluateSplat(add.getLhs()) == number ? add.getRhs() : Value();
}

/// The x of 1 + x.
Value oneMore(Value value) { return withoutTerm(value, 1); }

/// The x of 1/2 + x/2.
Value halfOneMore(Value value) {
  Value term = withoutTerm(value, 0.5);
  Product product = term ? productOf(term) : Product();
  return product.factors.size() == 1 && isNear(product.number, 0.5)
             ? product.factors[0]
             : Value();
}

/// x + 0.044715 x^3.
bool isCubic(Value value, Value x) {
  auto add = value.getDefiningOp<qgraph::AddOp>();
  return add &&
         ((add.getLhs() == x && isMonomial(add.getRhs(), 0.044715, x, 3)) ||
          (add.getRhs() == x && isMonomial(add.getLhs(), 0.044715, x, 3)));
}

/// number * sqrt(2/pi) * (x + 0.044715 x^3), or with x as a factor.
bool isTanhArgument(Value value, Value x, double number = 1) {
  Product product = productOf(value);
  if (!isNear(product.number, number * std::sqrt(2 / M_PI)))
    return false;
  ArrayRef<Value> factors = product.factors;
  if (factors.size() == 1)
    return isCubic(factors[0], x);
  if (factors.size() != 2 || !llvm::is_contained(factors, x))
    return false;
  Value rest = oneMore(factors[0] == x ? factors[1] : factors[0]);
  return rest && isMonomial(rest, 0.044715, x, 2);
}

/// x * 0.5 * (1 + erf(x / sqrt(2))), and the same with tanh, or with the
/// sigmoid that it is of twice the argument.
struct RaiseGelu : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  static std::optional<UnaryKind> match(Value x, Value factor, double number) {
    Value term = isNear(number, 0.5) ? oneMore(factor)
                 : isNear(number, 1) ? halfOneMore(factor)
                                     : Value();
    if (auto sigmoid = factor.getDefiningOp<qgraph::UnaryOp>();
        sigmoid && sigmoid.getKind() == UnaryKind::Sigmoid &&
        isNear(number, 1) && isTanhArgument(sigmoid.getInput(), x, 2))
      return UnaryKind::GeluTanh;
    auto function =
        term ? term.getDefiningOp<qgraph::UnaryOp>() : qgraph::UnaryOp();
    if (!function)
      return std::nullopt;
    if (function.getKind() == UnaryKind::Erf &&
        isMonomial(function.getInput(), std::sqrt(0.5), x, 1))
      return UnaryKind::Gelu;
    if (function.getKind() == UnaryKind::Tanh &&
        isTanhArgument(function.getInput(), x))
      return UnaryKind::GeluTanh;
    return std::nullopt;
  }

  LogicalResult matchAndRewrite(qgraph::MulOp op,
                                PatternRewriter &rewriter) const override {
    Product product = productOf(op.getResult());
    // When the network multiplies twice, only the second product is 0.5.
    if (product.factors.size() != 2)
      return failure();
    for (int i : {0, 1}) {
      Value x = product.factors[i];
      std::optional<UnaryKind> kind =
          match(x, product.factors[1 - i], product.number);
      if (!kind || x.getType() != op.getType())
        continue;
      rewriter.replaceOp(op,
                         qgraph::build::unary(rewriter, op.getLoc(), *kind, x));
      return success();
    }
    return failure();
  }
};

} // namespace

void addGeluPatterns(RewritePatternSet &patterns) {
  patterns.add<RaiseGelu>(patterns.getContext());
}

} // namespace qcc::legalize
