// Every elementwise operation of every type, in every layout, at lengths that meet and miss whole vectors.
#include <stdio.h>

#include "case.h"

typedef struct operation {
  int op;
  sgk_dtype from, to;
  layout x, out;
  int64_t rows, columns;
  double low, high;
} operation;

static sgk_view operand(const operation *o, layout way) {
  return input_between(o->from, way, SHAPE(o->rows, o->columns), o->low, o->high);
}

static void call_unary(const void *parameters) {
  const operation *o = parameters;
  sgk_view x = operand(o, o->x), out = output(o->to, o->out, SHAPE(o->rows, o->columns));
  sgk_unary((sgk_unary_op)o->op, &x, &out);
}

static void call_in_place(const void *parameters) {
  const operation *o = parameters;
  sgk_view x = update(o->from, o->x, SHAPE(o->rows, o->columns));
  sgk_unary((sgk_unary_op)o->op, &x, &x);
}

static void call_binary(const void *parameters) {
  const operation *o = parameters;
  sgk_view a = operand(o, o->x), b = operand(o, o->out), out = output(o->to, PLAIN, SHAPE(o->rows, o->columns));
  sgk_view row = input_between(o->from, PLAIN, SHAPE(1, o->columns), o->low, o->high);
  sgk_view column = input_between(o->from, PLAIN, SHAPE(o->rows, 1), o->low, o->high);
  sgk_view more[] = {output(o->to, o->out, SHAPE(o->rows, o->columns)), output(o->to, PLAIN, SHAPE(o->rows, o->columns))};
  row.shape[0] = o->rows, row.strides[0] = 0;
  column.shape[1] = o->columns, column.strides[1] = 0;
  sgk_binary((sgk_binary_op)o->op, &a, &b, &out);
  sgk_binary((sgk_binary_op)o->op, &a, &row, &more[0]);
  sgk_binary((sgk_binary_op)o->op, &column, &b, &more[1]);
}

static void call_select(const void *parameters) {
  const operation *o = parameters;
  sgk_view condition = input(SGK_BOOL, o->x, SHAPE(o->rows, o->columns)), a = operand(o, o->out), b = operand(o, o->x);
  sgk_view out = output(o->from, o->out, SHAPE(o->rows, o->columns));
  sgk_select(&condition, &a, &b, &out);
}

static void call_cast(const void *parameters) {
  const operation *o = parameters;
  sgk_view x = operand(o, o->x), out = output(o->to, o->out, SHAPE(o->rows, o->columns));
  sgk_cast(&x, &out);
}

static void call_fill(const void *parameters) {
  const operation *o = parameters;
  sgk_view value = operand(o, PLAIN), out = output(o->from, o->out, SHAPE(o->rows, o->columns));
  if (o->rows * o->columns == 0) return;
  sgk_fill(value.data, &out);
  if (o->from == SGK_BOOL) return;
  sgk_view range = output(o->from, PLAIN, SHAPE(o->columns));
  sgk_arange(3, 2, &range);
}

static bool is_float(int dtype) { return dtype == SGK_FLOAT32 || dtype == SGK_FLOAT64; }
static bool has_unary(int op, int dtype) {
  if (op == SGK_NOT) return !is_float(dtype);
  if (op >= SGK_EXP && op <= SGK_ATANH) return is_float(dtype);
  return op == SGK_IS_FINITE ? is_float(dtype) : dtype != SGK_BOOL;
}
static bool has_binary(int op, int dtype) {
  if (op >= SGK_ATAN2 && op <= SGK_LOGADDEXP) return is_float(dtype);
  if (op == SGK_LEFT_SHIFT || op == SGK_RIGHT_SHIFT) return !is_float(dtype) && dtype != SGK_BOOL;
  if (op >= SGK_EQ && op <= SGK_GE) return true;
  if (op >= SGK_AND) return !is_float(dtype);
  return dtype != SGK_BOOL;
}

static void run(const char *what, void (*call)(const void *), operation o) {
  char name[96];
  snprintf(name, sizeof name, "%s %d, types %d %d, layouts %d %d, %lld x %lld", what, o.op, o.from, o.to, o.x, o.out,
           (long long)o.rows, (long long)o.columns);
  run_case(name, call, &o);
}

void test_elementwise(void) {
  static const int64_t shapes[][2] = {{1, 1}, {1, 67}, {5, 33}, {1, 1031}, {3, 0}, {7, 16}};
  // Also beyond what functions are defined on and integers can hold: nothing may trap.
  static const double ranges[][2] = {{-2, 2}, {-3e38, 3e38}, {0, 1e-40}};
  int turn = 0;
  for (int from = SGK_FLOAT32; from <= SGK_BOOL; ++from)
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s) {
      for (int op = 0; op <= SGK_IS_FINITE; ++op) {
        if (!has_unary(op, from)) continue;
        const double *range = ranges[is_float(from) ? turn++ % 3 : 0];
        operation o = {op, (sgk_dtype)from, op == SGK_IS_FINITE ? SGK_BOOL : (sgk_dtype)from, (layout)(turn % LAYOUTS),
                       (layout)(turn / 3 % LAYOUTS), shapes[s][0], shapes[s][1], range[0], range[1]};
        if (!is_float(from)) turn++, o.low = from == SGK_UINT8 ? 0 : -100, o.high = 100;
        run("unary", call_unary, o);
        if (o.to == o.from) run("unary in place", call_in_place, o);
      }
      for (int op = 0; op <= SGK_XOR; ++op) {
        if (!has_binary(op, from)) continue;
        const double *range = ranges[is_float(from) ? turn++ % 3 : 0];
        bool compares = op >= SGK_EQ && op <= SGK_GE;
        operation o = {op, (sgk_dtype)from, compares ? SGK_BOOL : (sgk_dtype)from, (layout)(turn % LAYOUTS),
                       (layout)(turn / 3 % LAYOUTS), shapes[s][0], shapes[s][1], range[0], range[1]};
        if (!is_float(from)) turn++, o.low = from == SGK_UINT8 ? 0 : -70, o.high = 70;
        run("binary", call_binary, o);
      }
      for (int to = SGK_FLOAT32; to <= SGK_BOOL; ++to) {
        ++turn;
        operation o = {0, (sgk_dtype)from, (sgk_dtype)to, (layout)(turn % LAYOUTS), (layout)(turn / 3 % LAYOUTS),
                       shapes[s][0], shapes[s][1], from == SGK_UINT8 ? 0 : -1e4, is_float(from) ? 1e4 : 100};
        run("cast", call_cast, o);
        if (is_float(from)) o.low = -1e30, o.high = 1e30, run("cast of large numbers", call_cast, o);
      }
      ++turn;
      operation o = {0, (sgk_dtype)from, (sgk_dtype)from, (layout)(turn % LAYOUTS), (layout)(turn / 3 % LAYOUTS),
                     shapes[s][0], shapes[s][1], 0, 9};
      run("select", call_select, o);
      run("fill", call_fill, o);
    }
  operation large = {SGK_TANH, SGK_FLOAT32, SGK_FLOAT32, PLAIN, PLAIN, 1, 70001, -2, 2};
  run("unary of several items", call_unary, large);
  large.op = SGK_MUL;
  run("binary of several items", call_binary, large);
}
