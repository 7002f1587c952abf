// What the C tests are written with. A test is a function; every check that does not hold is printed with its place and
// makes its test fail; the run goes on.
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "swiftgan.h"

// NULL where the header rules it out is what many tests are about.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wnonnull"
#endif

// The error that OK and FAILS pass: a call in a test names it `e`. FAILS makes the call once more with e == NULL.
extern sg_error *e;
extern sg_error check_error;
extern int check_failures;

void check_fail(const char *file, int line, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;
// Runs one test and counts it.
void check_run(const char *name, void (*test)(void));

#define CHECK(condition) \
  do { \
    if (!(condition)) check_fail(__FILE__, __LINE__, "%s", #condition); \
  } while (0)

// The call succeeds and leaves the error alone.
#define OK(call) \
  do { \
    e = &check_error; \
    check_error.code = -77; \
    check_error.message[0] = '\0'; \
    if ((call) != SG_OK) check_fail(__FILE__, __LINE__, "%s: %s", #call, check_error.message); \
    else if (check_error.code != -77) check_fail(__FILE__, __LINE__, "%s wrote an error but succeeded", #call); \
  } while (0)

// The call fails with this status, and the message holds `words`; also without a place for the message.
#define FAILS(call, expected, words) \
  do { \
    e = &check_error; \
    check_error.code = SG_OK; \
    memset(check_error.message, 'x', sizeof check_error.message); \
    int status_ = (call); \
    if (status_ != (expected) || check_error.code != (expected)) \
      check_fail(__FILE__, __LINE__, "%s gave %s: %.300s", #call, sg_status_name(status_), \
                 status_ == SG_OK ? "" : check_error.message); \
    else if (memchr(check_error.message, '\0', sizeof check_error.message) == NULL) \
      check_fail(__FILE__, __LINE__, "%s wrote a message without end", #call); \
    else if (strstr(check_error.message, (words)) == NULL) \
      check_fail(__FILE__, __LINE__, "%s: no '%s' in: %s", #call, (words), check_error.message); \
    e = NULL; \
    if ((call) != status_) check_fail(__FILE__, __LINE__, "%s gave another status without an sg_error", #call); \
    e = &check_error; \
  } while (0)

// Small helpers; each fails the test when it cannot do its work.
sg_tensor *floats(const float *values, int32_t rank, const int64_t *shape);
sg_tensor *vector(size_t count, const float *values);
sg_tensor *scalar(double value);
// Applies an operation by name to one or two tensors (b may be NULL).
sg_tensor *op(const char *name, const sg_tensor *a, const sg_tensor *b);
double item(const sg_tensor *tensor);
// Whether the tensor holds these float32 values within 1e-5.
int holds(const sg_tensor *tensor, size_t count, const float *values);
// Whether two tensors have the same shape, dtype and bytes.
int same_bits(const sg_tensor *a, const sg_tensor *b);
// The path of a file of this name in the run's temporary folder; static memory for eight paths at a time.
const char *temporary(const char *name);
void write_file(const char *path, const void *bytes, size_t count);
// The contents of a file, freed by the caller.
char *read_file(const char *path, size_t *count);

void library_tests(void);
void tensor_tests(void);
void operation_tests(void);
void gradient_tests(void);
void random_tests(void);
void parameter_tests(void);
void precision_tests(void);
void layer_tests(void);
void callback_layer_tests(void);
void layer_call_tests(void);
void layer_parts_tests(void);
void optimizer_tests(void);
void game_tests(void);
void objective_tests(void);
void trainer_tests(void);
void model_tests(void);
void zoo_tests(void);
void density_tests(void);
void dataset_tests(void);
void thread_tests(void);
void function_tests(void);
void instrument_tests(void);
void fuzz_tests(void);

#endif
