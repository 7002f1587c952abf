/* Trains small networks through the C interface, to be run on an emulated processor: convolutions, recurrence, products,
 * optimisers, random numbers and sorting all pass by. Prints what instructions the library uses, which must be those of
 * the first argument. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "swiftgan.h"

#define TRY(call)                               \
  do {                                          \
    if ((call) != SG_OK) {                      \
      fprintf(stderr, "%s\n", error.message);   \
      exit(EXIT_FAILURE);                       \
    }                                           \
  } while (0)

static sg_error error;

/* Trains a model for two steps and draws from it. */
static void train(const char *name, const char *options, const sg_tensor *data) {
  const sg_tensor *all[1];
  sg_model *model;
  sg_tensor *samples, *numbers;
  sg_tensor_info info;
  float *values;
  int64_t i;
  all[0] = data;
  TRY(sg_model_create(&model, name, options, &error));
  TRY(sg_model_fit(model, all, 1, "{\"steps\": 2}", NULL, NULL, &error));
  TRY(sg_model_sample(&samples, model, 5, 3, &error));
  TRY(sg_tensor_cast(&numbers, samples, SG_FLOAT32, &error));
  TRY(sg_tensor_info_get(&info, numbers, &error));
  values = malloc((size_t)info.byte_count);
  if (!values) exit(EXIT_FAILURE);
  TRY(sg_tensor_copy_out(values, (size_t)info.byte_count, numbers, &error));
  for (i = 0; i < info.count; ++i)
    if (!isfinite(values[i])) {
      fprintf(stderr, "%s draws what is no number\n", name);
      exit(EXIT_FAILURE);
    }
  printf("  %s: two steps, %lld numbers drawn\n", name, (long long)info.count);
  free(values);
  sg_tensor_free(numbers), sg_tensor_free(samples), sg_model_free(model);
}

int main(int count, char **arguments) {
  sg_tensor *digits;
  if (count != 2 || strcmp(sg_isa_name(), arguments[1]) != 0) {
    fprintf(stderr, "the library uses %s, not %s\n", sg_isa_name(), count == 2 ? arguments[1] : "what an argument names");
    return EXIT_FAILURE;
  }
  TRY(sg_dataset_load(&digits, NULL, "digits", NULL, &error));
  train("gan", "{\"range\": [0, 16], \"batch_size\": 16, \"seed\": 1}", digits);
  train("dcgan", "{\"range\": [0, 16], \"batch_size\": 16, \"width\": 16, \"seed\": 1}", digits);
  sg_tensor_free(digits);
  return EXIT_SUCCESS;
}
