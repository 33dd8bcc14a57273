#ifndef QCC_PASSES_SCHEDULE_PASSES_TD
#define QCC_PASSES_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def HoldUnsigned : Pass<"qcc-hold-unsigned", "::mlir::func::FuncOp"> {
  let summary = "codes between kernels become u8: code + 128";
  let description = [{
    For targets whose dot products take unsigned activations. Zero points,
    bounds, tables, padding and biases follow, so every real value stays what
    it was; arguments and results of the function keep their types behind
    `qint.flip_sign`.
  }];
  let dependentDialects = ["::qcc::qint::QIntDialect"];
}

def ExposeTransposes : Pass<"qcc-expose-transposes", "::mlir::func::FuncOp"> {
  let summary = "brings transpositions next to products of activations";
  let description = [{
    Heads of attention are split off and joined by transpositions, with
    reshapes that only add or drop axes of size 1 between them and the products.
    The reshapes move to the other side of the transpositions, which can then
    be part of the products' kernels (`qcc-form-kernels`).
  }];
  let dependentDialects = ["::qcc::qint::QIntDialect"];
}

def FormKernels : Pass<"qcc-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "ops become kernels: a root and the elementwise ops after it";
  let description = [{
    An elementwise op joins the kernel of its last operand when nothing else
    reads that operand; a transposition joins the product of activations that
    reads it or is all that reads the product. Afterwards the function holds constants, kernels,
    reshapes and its return; every returned value is a kernel's own.
  }];
  let dependentDialects = ["::qcc::qint::QIntDialect"];
}

def AssignLayouts : Pass<"qcc-assign-layouts", "::mlir::func::FuncOp"> {
  let summary = "tensors get the halo that the convolutions after them read";
  let description = [{
    So no kernel tests for the image's border. An argument of the function that
    would need a halo, or that a kernel reads past the end of, is copied first.
  }];
  let constructor = "createAssignLayouts({}, provider)"; // takes the provider
  let options = [
    Option<"targetName", "target", "std::string", "\"generic\"",
           "target whose kernels are asked">
  ];
}

def PlanArena : Pass<"qcc-plan-arena", "::mlir::func::FuncOp"> {
  let summary = "every intermediate tensor gets an offset in one arena";
  let description = [{
    Tensors that live at the same time do not overlap. Leaves `offset`,
    `scratch` and `scratch_offset` on kernels and `qint.arena_bytes` and
    `qint.arena_lower_bound` (the most bytes that live at once) on the
    function.
  }];
  let constructor = "createPlanArena({}, provider)"; // takes the provider
  let options = [
    Option<"targetName", "target", "std::string", "\"generic\"",
           "target whose kernels are asked">
  ];
}

def VerifySchedule : Pass<"qcc-verify-schedule", "::mlir::func::FuncOp"> {
  let summary = "only kernels remain, all placed, none overlapping";
}

#endif
