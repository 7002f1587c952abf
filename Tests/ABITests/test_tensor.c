#include "check.h"

static int deletions;
static void *deleted;

static void count_deletion(void *context) {
  ++deletions;
  deleted = context;
}

static void borrow_sees_the_memory(void) {
  float memory[6] = {1, 2, 3, 4, 5, 6};
  const float seen[6] = {1, 2, 3, 40, 5, 6};
  int64_t shape[2] = {2, 3};
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor_info info;
  sg_tensor *x = NULL, *y;
  buffer.rank = 2;
  buffer.shape = shape;
  buffer.data = memory;
  buffer.deleter = count_deletion;
  buffer.context = memory;
  deletions = 0;
  OK(sg_tensor_borrow(&x, &buffer, e));
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.data == memory && info.dtype == SG_FLOAT32 && info.rank == 2 && info.count == 6 && info.byte_count == 24);
  CHECK(info.shape[0] == 2 && info.shape[1] == 3 && info.strides[0] == 12 && info.strides[1] == 4);
  CHECK(info.contiguous == 1 && info.read_only == 0);
  memory[3] = 40;
  CHECK(holds(x, 6, seen));
  y = sg_tensor_retain(x);
  CHECK(y == x);
  sg_tensor_free(x);
  CHECK(deletions == 0);
  CHECK(holds(y, 6, seen));
  sg_tensor_free(y);
  CHECK(deletions == 1 && deleted == memory);
}

static void borrowed_memory_outlives_the_handle_while_views_use_it(void) {
  float memory[4] = {1, 2, 3, 4};
  int64_t shape[2] = {2, 2};
  const float transposed[4] = {1, 3, 2, 4};
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor *x = NULL, *y;
  buffer.rank = 2;
  buffer.shape = shape;
  buffer.data = memory;
  buffer.deleter = count_deletion;
  deletions = 0;
  OK(sg_tensor_borrow(&x, &buffer, e));
  y = op("transpose", x, NULL);
  sg_tensor_free(x);
  CHECK(deletions == 0);
  CHECK(holds(y, 4, transposed));
  sg_tensor_free(y);
  CHECK(deletions == 1);
}

static void strides_of_any_kind(void) {
  static int32_t memory[6] = {0, 1, 2, 3, 4, 5};
  int64_t shape[2] = {2, 3}, columns[2] = {4, 8}, backwards[2] = {-12, -4}, repeated[2] = {0, 4};
  const int32_t by_column[6] = {0, 2, 4, 1, 3, 5}, reversed[6] = {5, 4, 3, 2, 1, 0}, twice[6] = {0, 1, 2, 0, 1, 2};
  int32_t found[6];
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor_info info;
  sg_tensor *x = NULL;
  buffer.dtype = SG_INT32;
  buffer.rank = 2;
  buffer.shape = shape;
  buffer.data = memory;
  buffer.strides = columns;
  OK(sg_tensor_borrow(&x, &buffer, e));
  OK(sg_tensor_copy_out(found, sizeof found, x, e));
  CHECK(memcmp(found, by_column, sizeof found) == 0);
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.contiguous == 0 && info.strides[0] == 4 && info.strides[1] == 8 && info.data == memory);
  sg_tensor_free(x);
  buffer.data = memory + 5;
  buffer.strides = backwards;
  OK(sg_tensor_copy_in(&x, &buffer, e));
  OK(sg_tensor_copy_out(found, sizeof found, x, e));
  CHECK(memcmp(found, reversed, sizeof found) == 0);
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.contiguous == 1 && info.data != memory + 5);
  sg_tensor_free(x);
  buffer.data = memory;
  buffer.strides = repeated;
  OK(sg_tensor_borrow(&x, &buffer, e));
  OK(sg_tensor_copy_out(found, sizeof found, x, e));
  CHECK(memcmp(found, twice, sizeof found) == 0);
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.read_only == 1);
  sg_tensor_free(x);
}

static void copy_in_copies(void) {
  double memory[2] = {1, 2}, found[2] = {0, 0};
  int64_t shape = 2;
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor *x = NULL;
  buffer.dtype = SG_FLOAT64;
  buffer.rank = 1;
  buffer.shape = &shape;
  buffer.data = memory;
  buffer.deleter = count_deletion;
  deletions = 0;
  OK(sg_tensor_copy_in(&x, &buffer, e));
  memory[0] = 9;
  OK(sg_tensor_copy_out(found, sizeof found, x, e));
  CHECK(found[0] == 1 && found[1] == 2);
  sg_tensor_free(x);
  CHECK(deletions == 0);
}

static void read_only_is_kept(void) {
  static const uint8_t memory[3] = {1, 2, 3};
  int64_t shape = 3;
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor_info info;
  sg_tensor *x = NULL;
  buffer.dtype = SG_UINT8;
  buffer.rank = 1;
  buffer.shape = &shape;
  buffer.data = (void *)memory;
  buffer.read_only = 1;
  OK(sg_tensor_borrow(&x, &buffer, e));
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.read_only == 1 && info.data == memory);
  sg_tensor_free(x);
}

static void scalars_and_empty_tensors(void) {
  static const struct {
    sg_dtype dtype;
    double good, bad;
  } cases[] = {{SG_INT32, -7, 2147483648.0}, {SG_INT64, 4503599627370497.0, 9223372036854775808.0},
               {SG_UINT8, 255, 256},         {SG_BOOL, 1, 2},
               {SG_UINT8, 0, -1},            {SG_INT32, 3, 0.5},
               {SG_INT64, 3, NAN},           {SG_INT32, 3, INFINITY}};
  int64_t empty[2] = {3, 0};
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor_info info;
  sg_tensor *x = NULL;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    OK(sg_tensor_scalar(&x, cases[i].good, cases[i].dtype, e));
    CHECK(item(x) == cases[i].good);
    OK(sg_tensor_info_get(&info, x, e));
    CHECK(info.rank == 0 && info.count == 1 && info.dtype == cases[i].dtype);
    sg_tensor_free(x);
    FAILS(sg_tensor_scalar(&x, cases[i].bad, cases[i].dtype, e), SG_ERROR_VALUE, "is not a value of");
    CHECK(x == NULL);
  }
  OK(sg_tensor_scalar(&x, 0.1, SG_FLOAT64, e));
  CHECK(item(x) == 0.1);
  sg_tensor_free(x);
  buffer.rank = 2;
  buffer.shape = empty;
  OK(sg_tensor_borrow(&x, &buffer, e));
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.count == 0 && info.byte_count == 0 && info.contiguous == 1);
  OK(sg_tensor_copy_out(NULL, 0, x, e));
  FAILS(sg_tensor_item(&(double){0}, x, e), SG_ERROR_VALUE, "(3, 0)");
  sg_tensor_free(x);
  OK(sg_tensor_copy_in(&x, &buffer, e));
  sg_tensor_free(x);
}

// One mistake at a time in an otherwise good sg_buffer.
static void bad_buffers(void) {
  static float memory[8];
  static int64_t shape[2] = {2, 3}, negative[2] = {2, -3}, huge[2] = {INT64_MAX / 2, 8}, odd[2] = {12, 3},
                 far[2] = {INT64_MAX - 3, 4};
  static int64_t wide[17];
  const sg_buffer good = {1, SG_FLOAT32, 2, 0, memory, shape, NULL, count_deletion, NULL};
  sg_buffer b;
  sg_tensor *x = NULL;
  deletions = 0;
#define BAD(change, status, words) \
  do { \
    b = good; \
    change; \
    FAILS(sg_tensor_borrow(&x, &b, e), status, words); \
    FAILS(sg_tensor_copy_in(&x, &b, e), status, words); \
    CHECK(x == NULL); \
  } while (0)
  BAD(b.version = 0, SG_ERROR_VALUE, "_INIT");
  BAD(b.version = 2, SG_ERROR_VALUE, "version 2");
  BAD(b.dtype = 6, SG_ERROR_TYPE, "6 is no sg_dtype");
  BAD(b.dtype = -1, SG_ERROR_TYPE, "-1");
  BAD(b.rank = -1, SG_ERROR_SHAPE, "-1");
  BAD((b.rank = 17, b.shape = wide), SG_ERROR_SHAPE, "17");
  BAD(b.shape = NULL, SG_ERROR_VALUE, "shape is NULL");
  BAD(b.shape = negative, SG_ERROR_SHAPE, "(2, -3)");
  BAD(b.shape = huge, SG_ERROR_MEMORY, "more elements than memory");
  BAD(b.data = NULL, SG_ERROR_VALUE, "data is NULL");
  BAD(b.data = (char *)memory + 2, SG_ERROR_VALUE, "aligned to 4 bytes");
  BAD(b.strides = odd, SG_ERROR_VALUE, "no multiple of the element size");
  BAD(b.strides = far, SG_ERROR_MEMORY, "reaches beyond memory");
#undef BAD
  FAILS(sg_tensor_borrow(&x, NULL, e), SG_ERROR_VALUE, "'buffer' is NULL");
  FAILS(sg_tensor_borrow(NULL, &good, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_tensor_copy_in(NULL, &good, e), SG_ERROR_VALUE, "'out' is NULL");
  CHECK(deletions == 0);
}

static void bad_arguments(void) {
  const float values[2] = {1, 2};
  float found[3];
  sg_tensor *x = vector(2, values);
  sg_tensor_info info;
  double value = 5;
  FAILS(sg_tensor_scalar(NULL, 1, SG_FLOAT32, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_tensor_scalar(&(sg_tensor *){NULL}, 1, 99, e), SG_ERROR_TYPE, "99");
  FAILS(sg_tensor_info_get(NULL, x, e), SG_ERROR_VALUE, "'info' is NULL");
  FAILS(sg_tensor_info_get(&info, NULL, e), SG_ERROR_VALUE, "'tensor' is NULL");
  FAILS(sg_tensor_copy_out(found, 12, x, e), SG_ERROR_VALUE, "shape (2,) has 8");
  FAILS(sg_tensor_copy_out(found, (size_t)-1, x, e), SG_ERROR_VALUE, "18446744073709551615");
  FAILS(sg_tensor_copy_out(NULL, 8, x, e), SG_ERROR_VALUE, "'destination' is NULL");
  FAILS(sg_tensor_copy_out(found, 8, NULL, e), SG_ERROR_VALUE, "'tensor' is NULL");
  FAILS(sg_tensor_item(&value, x, e), SG_ERROR_VALUE, "(2,)");
  FAILS(sg_tensor_item(NULL, x, e), SG_ERROR_VALUE, "'value' is NULL");
  FAILS(sg_tensor_item(&value, NULL, e), SG_ERROR_VALUE, "'tensor' is NULL");
  CHECK(value == 5);
  CHECK(sg_tensor_retain(NULL) == NULL);
  sg_tensor_free(NULL);
  sg_tensor_free(x);
}

static void wrong_handles(void) {
  // Memory that is no handle, a handle of another type, and one that was freed.
  static uint64_t nothing[8];
  sg_generator *generator = NULL;
  sg_tensor *x = scalar(1);
  double value = 0;
  OK(sg_generator_create(&generator, 1, e));
  FAILS(sg_tensor_item(&value, (sg_tensor *)generator, e), SG_ERROR_TYPE, "must be an sg_tensor, not an sg_generator");
  FAILS(sg_tensor_item(&value, (sg_tensor *)(nothing + (((uintptr_t)nothing / 8) & 1)), e), SG_ERROR_TYPE,
        "no handle of swiftgan");
  FAILS(sg_tensor_item(&value, (sg_tensor *)((char *)x + 1), e), SG_ERROR_TYPE, "no handle of swiftgan");
  sg_tensor_free((sg_tensor *)generator);
  CHECK(sg_tensor_retain((sg_tensor *)generator) == (sg_tensor *)generator);
  OK(sg_generator_set_state(generator, 1, 2, e));
  sg_generator_free(generator);
  sg_tensor_free(x);
}

void tensor_tests(void) {
  check_run("a borrowed tensor sees the memory and frees it once", borrow_sees_the_memory);
  check_run("borrowed memory outlives the handle", borrowed_memory_outlives_the_handle_while_views_use_it);
  check_run("strides of any kind", strides_of_any_kind);
  check_run("copy_in copies", copy_in_copies);
  check_run("read-only is kept", read_only_is_kept);
  check_run("scalars and empty tensors", scalars_and_empty_tensors);
  check_run("bad buffers", bad_buffers);
  check_run("bad arguments of tensor functions", bad_arguments);
  check_run("wrong handles", wrong_handles);
}
