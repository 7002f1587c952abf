// What moves elements: concatenation, gather and scatter by indices, good ones and bad.
#include <stdio.h>

#include "case.h"

typedef struct move {
  sgk_dtype dtype, index;
  layout way;
  int axis;
  int64_t shape[3];
} move;

static void call_concatenate(const void *parameters) {
  const move *m = parameters;
  sgk_view pieces[3];
  int64_t shape[3] = {m->shape[0], m->shape[1], m->shape[2]}, extent = 0;
  for (int i = 0; i < 3; ++i) {
    shape[m->axis] = m->shape[m->axis] * i + (i == 1);
    extent += shape[m->axis];
    pieces[i] = input(m->dtype, (layout)((m->way + (layout)i) % LAYOUTS), 3, shape);
  }
  shape[m->axis] = extent;
  sgk_view out = output(m->dtype, m->way, 3, shape);
  sgk_concatenate(3, pieces, m->axis, &out);
}

static bool adds(sgk_dtype dtype) { return dtype <= SGK_INT64; }

static void call_slices(const void *parameters) {
  const move *m = parameters;
  int64_t n = m->shape[m->axis], shape[3] = {m->shape[0], m->shape[1], m->shape[2]};
  shape[m->axis] = 11;
  sgk_view x = input(m->dtype, m->way, 3, m->shape);
  sgk_view index = input_between(m->index, PLAIN, SHAPE(11), -(double)n, (double)n);
  sgk_view out = output(m->dtype, PLAIN, 3, shape), updates = input(m->dtype, m->way, 3, shape);
  sgk_view set = update(m->dtype, PLAIN, 3, m->shape), add = update(m->dtype, m->way, 3, m->shape);
  expect_status(sgk_gather(&x, &index, m->axis, &out), SGK_OK);
  expect_status(sgk_scatter(SGK_SCATTER_SET, &updates, &index, m->axis, &set), SGK_OK);
  if (adds(m->dtype)) expect_status(sgk_scatter(SGK_SCATTER_ADD, &updates, &index, m->axis, &add), SGK_OK);
}

static void call_elements(const void *parameters) {
  const move *m = parameters;
  int64_t n = m->shape[m->axis], shape[3] = {m->shape[0], m->shape[1], m->shape[2]};
  shape[m->axis] = 9;
  sgk_view x = input(m->dtype, m->way, 3, m->shape);
  sgk_view index = input_between(m->index, m->way, 3, shape, -(double)n, (double)n);
  sgk_view out = output(m->dtype, PLAIN, 3, shape), updates = input(m->dtype, PLAIN, 3, shape);
  sgk_view set = update(m->dtype, PLAIN, 3, m->shape), add = update(m->dtype, PLAIN, 3, m->shape);
  sgk_view place = output(SGK_INT64, PLAIN, 3, shape);
  expect_status(sgk_take_along(&x, &index, m->axis, &out), SGK_OK);
  expect_status(sgk_scatter_along(SGK_SCATTER_SET, &updates, &index, m->axis, &set), SGK_OK);
  if (adds(m->dtype)) expect_status(sgk_scatter_along(SGK_SCATTER_ADD, &updates, &index, m->axis, &add), SGK_OK);
  __builtin_memset(place.data, 0, (size_t)sgk_view_count(&place) * 8);
  expect_status(sgk_ravel_step(&index, n, &place), SGK_OK);
}

// Indices outside are found, and nothing outside is read or written.
static void call_outside(const void *parameters) {
  const move *m = parameters;
  int64_t n = m->shape[m->axis], shape[3] = {m->shape[0], m->shape[1], m->shape[2]};
  shape[m->axis] = 5;
  sgk_view x = input(m->dtype, m->way, 3, m->shape), same = update(m->dtype, PLAIN, 3, m->shape);
  sgk_view updates = input(m->dtype, PLAIN, 3, shape), out = update(m->dtype, PLAIN, 3, shape);
  for (int side = 0; side < 2; ++side) {
    double far = side ? (double)n : -(double)n - 3;
    sgk_view index = input_between(m->index, PLAIN, SHAPE(5), far, far + 1);
    expect_status(sgk_gather(&x, &index, m->axis, &out), SGK_BAD_INDEX);
    expect_status(sgk_scatter(SGK_SCATTER_SET, &updates, &index, m->axis, &same), SGK_BAD_INDEX);
  }
}

void test_movement(void) {
  static const int64_t shapes[][3] = {{1, 1, 1}, {3, 4, 5}, {2, 7, 33}, {31, 2, 3}};
  char name[96];
  int turn = 0;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s)
    for (int dtype = SGK_FLOAT32; dtype <= SGK_BOOL; ++dtype)
      for (int axis = 0; axis < 3; ++axis) {
        const int64_t *z = shapes[s];
        move m = {(sgk_dtype)dtype, turn % 2 ? SGK_INT32 : SGK_INT64, (layout)(turn % LAYOUTS), axis, {z[0], z[1], z[2]}};
        ++turn;
        snprintf(name, sizeof name, "movement of type %d, axis %d, layout %d, %lld x %lld x %lld", dtype, axis, m.way,
                 (long long)z[0], (long long)z[1], (long long)z[2]);
        run_case(name, call_concatenate, &m);
        run_case(name, call_slices, &m);
        run_case(name, call_elements, &m);
        run_case(name, call_outside, &m);
      }
  move large = {SGK_FLOAT32, SGK_INT64, PLAIN, 0, {200, 1, 700}};
  run_case("large slices", call_slices, &large);
  run_case("large elements", call_elements, &large);
  run_case("large concatenation", call_concatenate, &large);
}
