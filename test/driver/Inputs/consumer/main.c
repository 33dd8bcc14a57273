#include "qcc/qcc.h"
#include "tiny.h"

#include <stdio.h>

int run_files(void);

int main(void) {
  printf("%d outputs, runtime %d.%d.%d\n", TINY_OUTPUT0_ELEMENTS,
         QCC_VERSION_MAJOR, QCC_VERSION_MINOR, QCC_VERSION_PATCH);
  return run_files();
}
