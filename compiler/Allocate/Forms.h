// Which form integers compute a function in, by what each costs and loses.
#ifndef QCC_COMPILER_ALLOCATE_FORMS_H
#define QCC_COMPILER_ALLOCATE_FORMS_H

#include "compiler/Driver/Compilation.h"

#include <string>
#include <vector>

namespace qcc::allocate {

/// One form of one function.
struct FormTrial {
  std::string form; ///< see quantize::isFunctionForm()
  /// Signal over error in dB of the integers' results on calibration data,
  /// beside the float function of the same codes.
  double sqnr = 0;
  double cycles = 0; ///< instructions of the layer's kernels
  double flash = 0;  ///< their bytes, code and constants
};

/// The trial with the fewest instructions of those that lose at most 1 dB more
/// than the best; of those within 2 %, the one with the fewest bytes. `trials`
/// must not be empty.
const FormTrial &bestForm(llvm::ArrayRef<FormTrial> trials);

/// Where `options.searchForms` is set, gives every function that has forms, and
/// none in the plan, the best one; the plan says why in a note. Compiles the
/// network once with each form. Mixed non-linear quantization (I-ViT, I-BERT
/// and FQ-ViT have one form each). Errors: whatever compiling reports; no
/// calibration data.
llvm::Error chooseForms(driver::CompileOptions &options);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_FORMS_H
