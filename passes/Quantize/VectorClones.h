// Code for wider vectors beside the portable one, chosen when the program
// starts. Results are the same where -ffp-contract=off is in force.
#ifndef QCC_PASSES_QUANTIZE_VECTORCLONES_H
#define QCC_PASSES_QUANTIZE_VECTORCLONES_H

#if defined(__x86_64__) && defined(__linux__) &&                               \
    !__has_feature(address_sanitizer)
#define QCC_VECTOR_CLONES                                                      \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define QCC_VECTOR_CLONES
#endif

#endif // QCC_PASSES_QUANTIZE_VECTORCLONES_H
