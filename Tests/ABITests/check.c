#include "check.h"

#include <stdarg.h>

sg_error check_error;
sg_error *e = &check_error;
int check_failures;
static int passed, failed;

void check_fail(const char *file, int line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s:%d: ", file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  ++check_failures;
}

void check_run(const char *name, void (*test)(void)) {
  check_failures = 0;
  test();
  if (check_failures == 0) {
    ++passed;
  } else {
    ++failed;
    fprintf(stderr, "FAILED: %s\n", name);
  }
}

sg_tensor *floats(const float *values, int32_t rank, const int64_t *shape) {
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor *tensor = NULL;
  buffer.rank = rank;
  buffer.shape = shape;
  buffer.data = (void *)values;
  OK(sg_tensor_copy_in(&tensor, &buffer, e));
  return tensor;
}

sg_tensor *vector(size_t count, const float *values) {
  int64_t shape = (int64_t)count;
  return floats(values, 1, &shape);
}

sg_tensor *scalar(double value) {
  sg_tensor *tensor = NULL;
  OK(sg_tensor_scalar(&tensor, value, SG_FLOAT32, e));
  return tensor;
}

sg_tensor *op(const char *name, const sg_tensor *a, const sg_tensor *b) {
  const sg_operation *operation = NULL;
  const sg_tensor *inputs[2];
  sg_tensor *out = NULL;
  inputs[0] = a;
  inputs[1] = b;
  OK(sg_operation_find(&operation, name, e));
  OK(sg_apply(&out, operation, inputs, b == NULL ? 1 : 2, NULL, 0, e));
  return out;
}

double item(const sg_tensor *tensor) {
  double value = NAN;
  OK(sg_tensor_item(&value, tensor, e));
  return value;
}

int holds(const sg_tensor *tensor, size_t count, const float *values) {
  float *found = malloc(count * sizeof *found + 1);
  int equal;
  OK(sg_tensor_copy_out(found, count * sizeof *found, tensor, e));
  equal = check_failures == 0;
  for (size_t i = 0; i < count && equal; ++i) equal = fabsf(found[i] - values[i]) < 1e-5f;
  free(found);
  return equal;
}

int same_bits(const sg_tensor *a, const sg_tensor *b) {
  sg_tensor_info x, y;
  void *p, *q;
  int equal;
  OK(sg_tensor_info_get(&x, a, e));
  OK(sg_tensor_info_get(&y, b, e));
  if (x.dtype != y.dtype || x.rank != y.rank || memcmp(x.shape, y.shape, sizeof x.shape) != 0) return 0;
  p = malloc((size_t)x.byte_count + 1);
  q = malloc((size_t)x.byte_count + 1);
  OK(sg_tensor_copy_out(p, (size_t)x.byte_count, a, e));
  OK(sg_tensor_copy_out(q, (size_t)x.byte_count, b, e));
  equal = memcmp(p, q, (size_t)x.byte_count) == 0;
  free(p);
  free(q);
  return equal;
}

const char *temporary(const char *name) {
  static char paths[8][1024];
  static unsigned next;
  char *path = paths[next++ % 8];
  const char *folder = getenv("ABITESTS_DIR");
  snprintf(path, sizeof paths[0], "%s/%s", folder == NULL ? "." : folder, name);
  return path;
}

void write_file(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, count, file) == count);
  if (file != NULL) fclose(file);
}

char *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  char *bytes = NULL;
  *count = 0;
  CHECK(file != NULL);
  if (file == NULL) return calloc(1, 1);
  fseek(file, 0, SEEK_END);
  *count = (size_t)ftell(file);
  rewind(file);
  bytes = malloc(*count + 1);
  CHECK(fread(bytes, 1, *count, file) == *count);
  fclose(file);
  return bytes;
}

int main(void) {
  library_tests();
  precision_tests();
  tensor_tests();
  operation_tests();
  gradient_tests();
  random_tests();
  parameter_tests();
  layer_tests();
  callback_layer_tests();
  layer_call_tests();
  layer_parts_tests();
  optimizer_tests();
  game_tests();
  objective_tests();
  trainer_tests();
  model_tests();
  zoo_tests();
  density_tests();
  dataset_tests();
  thread_tests();
  function_tests();
  instrument_tests();
  fuzz_tests();
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
