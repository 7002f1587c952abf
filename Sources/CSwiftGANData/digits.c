#include "CSwiftGANData.h"

#include "digits.inc"

int32_t sgd_digits_count(void) { return SGD_DIGITS_COUNT; }

const char *sgd_digits_labels(void) { return digits_labels; }

const uint64_t *sgd_digits_words(void) { return digits_words; }
