// For tests only: what a value must be.
#ifndef QCC_DIALECTS_CHECK_CHECKOPS_TD
#define QCC_DIALECTS_CHECK_CHECKOPS_TD

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::qcc::check";
  let summary = "expected values, for tests only";
}

def Check_ExpectEqOp : Op<Check_Dialect, "expect_eq", [
    TypesMatchWith<"value and expectation have equal types", "expected",
                   "value", "$_self">
  ]> {
  let summary = "the value must equal a constant, element by element";
  let description = [{
    The pass `check-run-reference` executes it on the reference interpreter and
    reports the first element that differs.

    ```mlir
    check.expect_eq %0, dense<[-128, 127]> : tensor<2xi8>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$value, ElementsAttr:$expected);
  let assemblyFormat = "$value `,` $expected attr-dict";
}

#endif
