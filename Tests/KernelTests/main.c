// Tests of the kernels' memory and threads. Usage: tests [FAMILY ...] or tests --except FAMILY ...; all families by
// default. SWIFTGAN_ISA chooses the instruction set. See run.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "case.h"

static const struct {
  const char *name;
  void (*test)(void);
} families[] = {{"products", test_products},       {"precisions", test_precisions},
                {"convolutions", test_convolutions}, {"recurrent", test_recurrent},
                {"elementwise", test_elementwise}, {"chains", test_chains},             {"reductions", test_reductions},
                {"random", test_random},           {"movement", test_movement},         {"order", test_order},
                {"linear", test_linear},           {"threads", test_threads},
                {"fork", test_fork}};

enum { FAMILIES = sizeof families / sizeof *families };

static bool is_named(const char *family, int count, char **names) {
  for (int i = 0; i < count; ++i)
    if (strcmp(names[i], family) == 0) return true;
  return false;
}

int main(int count, char **arguments) {
  bool except = count > 1 && strcmp(arguments[1], "--except") == 0;
  int named = count - 1 - except;
  char **names = arguments + 1 + except;
  for (int i = 0; i < named; ++i) {
    bool known = false;
    for (int k = 0; k < FAMILIES; ++k) known |= strcmp(names[i], families[k].name) == 0;
    if (known) continue;
    fprintf(stderr, "there is no family '%s'\n", names[i]);
    return 2;
  }
  for (int k = 0; k < FAMILIES; ++k)
    if (named == 0 || is_named(families[k].name, named, names) != except) families[k].test();
  return finish_cases();
}
