// Tests of the kernels' memory and threads. Usage: kernels [FAMILY ...]; all families by default. SWIFTGAN_ISA chooses
// the instruction set. See run.
#include <stdio.h>
#include <string.h>

#include "case.h"

static const struct {
  const char *name;
  void (*test)(void);
} families[] = {{"products", test_products},       {"convolutions", test_convolutions}, {"recurrent", test_recurrent},
                {"elementwise", test_elementwise}, {"chains", test_chains},             {"reductions", test_reductions},
                {"random", test_random},           {"movement", test_movement},         {"order", test_order},
                {"linear", test_linear},           {"threads", test_threads}};

enum { FAMILIES = sizeof families / sizeof *families };

int main(int count, char **arguments) {
  for (int i = 1; i < count; ++i) {
    int found = 0;
    for (int k = 0; k < FAMILIES; ++k) found += strcmp(arguments[i], families[k].name) == 0;
    if (found > 0) continue;
    fprintf(stderr, "there is no family '%s'\n", arguments[i]);
    return 2;
  }
  for (int k = 0; k < FAMILIES; ++k) {
    int wanted = count == 1;
    for (int i = 1; i < count; ++i) wanted += strcmp(arguments[i], families[k].name) == 0;
    if (wanted > 0) families[k].test();
  }
  return finish_cases();
}
