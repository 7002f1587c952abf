/* Trains small networks through the C interface, to be run on an emulated processor: convolutions, products, batch norm,
 * optimisers and random numbers all pass by, in Swift and in C. The first argument is the instruction set that the
 * library must have found. */
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

/* The digits as float32, so that what is not a number would show in samples. */
static sg_tensor *float_digits(void) {
  sg_tensor *digits, *result;
  sg_tensor_info info;
  sg_buffer buffer = SG_BUFFER_INIT;
  uint8_t *bytes;
  float *pixels;
  int64_t i;
  TRY(sg_dataset_load(&digits, NULL, "digits", NULL, &error));
  TRY(sg_tensor_info_get(&info, digits, &error));
  bytes = malloc((size_t)info.byte_count);
  pixels = malloc((size_t)info.count * sizeof *pixels);
  if (!bytes || !pixels) exit(EXIT_FAILURE);
  TRY(sg_tensor_copy_out(bytes, (size_t)info.byte_count, digits, &error));
  for (i = 0; i < info.count; ++i) pixels[i] = bytes[i];
  buffer.dtype = SG_FLOAT32;
  buffer.rank = info.rank;
  buffer.shape = info.shape;
  buffer.data = pixels;
  TRY(sg_tensor_copy_in(&result, &buffer, &error));
  free(bytes), free(pixels), sg_tensor_free(digits);
  return result;
}

/* Trains a model for two steps and draws from it. */
static void train(const char *name, const char *options, const sg_tensor *data) {
  const sg_tensor *all[1];
  sg_model *model;
  sg_tensor *samples;
  sg_tensor_info info;
  float *values;
  int64_t i;
  all[0] = data;
  TRY(sg_model_create(&model, name, options, &error));
  TRY(sg_model_fit(model, all, 1, "{\"steps\": 2}", NULL, NULL, &error));
  TRY(sg_model_sample(&samples, model, 5, 3, &error));
  TRY(sg_tensor_info_get(&info, samples, &error));
  values = malloc((size_t)info.byte_count);
  if (!values) exit(EXIT_FAILURE);
  TRY(sg_tensor_copy_out(values, (size_t)info.byte_count, samples, &error));
  for (i = 0; i < info.count; ++i)
    if (!isfinite(values[i])) {
      fprintf(stderr, "%s draws what is no number\n", name);
      exit(EXIT_FAILURE);
    }
  printf("  %s: two steps, %lld numbers drawn\n", name, (long long)info.count);
  free(values);
  sg_tensor_free(samples), sg_model_free(model);
}

int main(int count, char **arguments) {
  sg_tensor *digits;
  if (count != 2 || strcmp(sg_isa_name(), arguments[1]) != 0) {
    fprintf(stderr, "the library uses %s, not %s\n", sg_isa_name(), count == 2 ? arguments[1] : "what an argument names");
    return EXIT_FAILURE;
  }
  digits = float_digits();
  train("gan", "{\"range\": [0, 16], \"batch_size\": 16, \"seed\": 1}", digits);
  train("dcgan", "{\"range\": [0, 16], \"batch_size\": 16, \"width\": 16, \"seed\": 1}", digits);
  sg_tensor_free(digits);
  return EXIT_SUCCESS;
}
