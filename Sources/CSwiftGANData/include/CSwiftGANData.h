// Data sets that ship inside the library, as packed constants. Functions, because Swift imports a C array as a tuple
// and gives up on one of this size.
#ifndef CSWIFTGANDATA_H
#define CSWIFTGANDATA_H

#include <stdint.h>

// How many handwritten digits there are.
int32_t sgd_digits_count(void);

// Their classes as characters '0' to '9', sgd_digits_count() of them and a closing NUL.
const char *sgd_digits_labels(void);

// Five words for each digit: 64 pixels of 5 bits, row by row, the first pixel in the highest bits of the first word.
const uint64_t *sgd_digits_words(void);

#endif
