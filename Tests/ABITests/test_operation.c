#include "check.h"

static const sg_operation *find(const char *name) {
  const sg_operation *operation = NULL;
  OK(sg_operation_find(&operation, name, e));
  return operation;
}

static void find_by_name(void) {
  const sg_operation *operation = find("matmul");
  CHECK(operation != NULL && operation == find("matmul"));
  CHECK(strcmp(sg_operation_name(operation), "matmul") == 0);
  CHECK(strcmp(sg_operation_name(NULL), "") == 0);
  FAILS(sg_operation_find(&operation, "matmull", e), SG_ERROR_VALUE, "no operation named 'matmull'");
  CHECK(operation == NULL);
  FAILS(sg_operation_find(&operation, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_operation_find(&operation, "\x80", e), SG_ERROR_VALUE, "UTF-8");
  FAILS(sg_operation_find(NULL, "add", e), SG_ERROR_VALUE, "'out' is NULL");
}

static void primitives_and_derived(void) {
  const float a[3] = {-1, 0, 2}, b[3] = {4, 5, 6}, sum[3] = {3, 5, 8}, positive[3] = {0, 0, 2};
  sg_tensor *x = vector(3, a), *y = vector(3, b);
  sg_tensor *z = op("add", x, y), *r = op("relu", x, NULL);
  CHECK(holds(z, 3, sum));
  CHECK(holds(r, 3, positive));
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_tensor_free(z);
  sg_tensor_free(r);
}

static void attributes_of_every_type(void) {
  const float values[6] = {1, 2, 3, 4, 5, 6}, by_row[2] = {6, 15}, widened[4] = {7, 1, 2, 7};
  const int64_t shape[2] = {2, 3}, axes[1] = {-1}, widths[2] = {1, 1};
  sg_tensor *x = floats(values, 2, shape), *y = NULL;
  const sg_tensor *in = x;
  sg_tensor_info info;
  sg_attribute given[3];
  given[0] = sg_attribute_integers("axes", axes, 1);
  given[1] = sg_attribute_bool("keep_dims", 1);
  OK(sg_apply(&y, find("sum"), &in, 1, given, 2, e));
  OK(sg_tensor_info_get(&info, y, e));
  CHECK(info.rank == 2 && info.shape[0] == 2 && info.shape[1] == 1 && holds(y, 2, by_row));
  sg_tensor_free(y);
  given[0] = sg_attribute_dtype("dtype", SG_INT64);
  OK(sg_apply(&y, find("cast"), &in, 1, given, 1, e));
  OK(sg_tensor_info_get(&info, y, e));
  CHECK(info.dtype == SG_INT64);
  sg_tensor_free(y);
  given[0] = sg_attribute_text("dtype", "float64");
  OK(sg_apply(&y, find("cast"), &in, 1, given, 1, e));
  OK(sg_tensor_info_get(&info, y, e));
  CHECK(info.dtype == SG_FLOAT64);
  sg_tensor_free(y);
  sg_tensor_free(x);
  x = vector(2, values);
  in = x;
  given[0] = sg_attribute_integers("widths", widths, 2);
  given[1] = sg_attribute_number("value", 7);
  OK(sg_apply(&y, find("pad"), &in, 1, given, 2, e));
  CHECK(holds(y, 4, widened));
  sg_tensor_free(y);
  given[0] = sg_attribute_integer("axis", 0);
  OK(sg_apply(&y, find("softmax"), &in, 1, given, 1, e));
  sg_tensor_free(y);
  sg_tensor_free(x);
  given[0] = sg_attribute_integers("shape", NULL, 0);
  given[1] = sg_attribute_number("value", 2.5);
  OK(sg_apply(&y, find("full"), NULL, 0, given, 2, e));
  CHECK(item(y) == 2.5);
  sg_tensor_free(y);
}

static void bad_calls(void) {
  const float three[3] = {1, 2, 3};
  sg_tensor *x = vector(3, three), *z = vector(2, three), *y = NULL;
  const sg_tensor *in[2];
  sg_attribute a;
  in[0] = x;
  in[1] = z;
  FAILS(sg_apply(&y, find("add"), in, 2, NULL, 0, e), SG_ERROR_SHAPE, "(3,) and (2,)");
  CHECK(y == NULL);
  FAILS(sg_apply(&y, find("add"), in, 1, NULL, 0, e), SG_ERROR_TYPE, "takes 2 tensors, not 1");
  FAILS(sg_apply(&y, find("add"), NULL, 2, NULL, 0, e), SG_ERROR_VALUE, "'inputs' is NULL");
  FAILS(sg_apply(&y, find("add"), in, (size_t)-1, NULL, 0, e), SG_ERROR_VALUE, "out of range");
  FAILS(sg_apply(&y, NULL, in, 2, NULL, 0, e), SG_ERROR_VALUE, "'operation' is NULL");
  FAILS(sg_apply(&y, (const sg_operation *)x, in, 2, NULL, 0, e), SG_ERROR_TYPE, "not an sg_tensor");
  FAILS(sg_apply(NULL, find("add"), in, 2, NULL, 0, e), SG_ERROR_VALUE, "'out' is NULL");
  in[1] = NULL;
  FAILS(sg_apply(&y, find("add"), in, 2, NULL, 0, e), SG_ERROR_VALUE, "element 1");
  FAILS(sg_apply(&y, find("exp"), in, 1, NULL, 1, e), SG_ERROR_VALUE, "'attributes' is NULL");
  a = sg_attribute_integer("axis", 3);
  FAILS(sg_apply(&y, find("softmax"), in, 1, &a, 1, e), SG_ERROR_INDEX, "axis 3");
  a = sg_attribute_integer("colour", 3);
  FAILS(sg_apply(&y, find("exp"), in, 1, &a, 1, e), SG_ERROR_TYPE, "'colour'");
  a = sg_attribute_integer("axis", 0);
  a.key = NULL;
  FAILS(sg_apply(&y, find("softmax"), in, 1, &a, 1, e), SG_ERROR_VALUE, "NULL");
  a = sg_attribute_integer("axis", 0);
  a.type = 6;
  FAILS(sg_apply(&y, find("softmax"), in, 1, &a, 1, e), SG_ERROR_TYPE, "type 6");
  a = sg_attribute_integers("axes", NULL, 2);
  FAILS(sg_apply(&y, find("sum"), in, 1, &a, 1, e), SG_ERROR_VALUE, "NULL");
  a = sg_attribute_integers("axes", NULL, (size_t)-2);
  FAILS(sg_apply(&y, find("sum"), in, 1, &a, 1, e), SG_ERROR_VALUE, "out of range");
  a = sg_attribute_dtype("dtype", 77);
  FAILS(sg_apply(&y, find("cast"), in, 1, &a, 1, e), SG_ERROR_TYPE, "77");
  a = sg_attribute_text("dtype", "complex64");
  FAILS(sg_apply(&y, find("cast"), in, 1, &a, 1, e), SG_ERROR_TYPE, "complex64");
  {
    sg_attribute twice[2];
    twice[0] = twice[1] = sg_attribute_integer("axis", 0);
    FAILS(sg_apply(&y, find("softmax"), in, 1, twice, 2, e), SG_ERROR_VALUE, "twice");
  }
  {
    const int64_t huge[2] = {INT64_MAX, 2}, big[2] = {1 << 30, 1 << 30};
    a = sg_attribute_integers("shape", huge, 2);
    FAILS(sg_apply(&y, find("reshape"), in, 1, &a, 1, e), SG_ERROR_MEMORY, "9223372036854775807");
    {
      sg_attribute full[2];
      full[0] = sg_attribute_integers("shape", big, 2);
      full[1] = sg_attribute_number("value", 0);
      FAILS(sg_apply(&y, find("full"), NULL, 0, full, 2, e), SG_ERROR_MEMORY, "memory");
    }
  }
  sg_tensor_free(x);
  sg_tensor_free(z);
}

void operation_tests(void) {
  check_run("operations are found by name", find_by_name);
  check_run("primitives and derived operations", primitives_and_derived);
  check_run("attributes of every type", attributes_of_every_type);
  check_run("bad calls of operations", bad_calls);
}
