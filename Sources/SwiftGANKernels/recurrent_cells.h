// Template of recurrent_template.h: the cells' functions on the rows of a step, for one element type.
// T, V, U, LANES as in gemm_template.h; SIGMOID and TANH on vectors.

SGK_INLINE V N(load)(const T *from, int64_t n) {
  if (n == LANES) return *(const U *)from;
  V x = {0};
  __builtin_memcpy(&x, from, (size_t)n * sizeof(T));
  return x;
}

SGK_INLINE void N(store)(T *to, V x, int64_t n) {
  if (n == LANES)
    *(U *)to = x;
  else
    __builtin_memcpy(to, &x, (size_t)n * sizeof(T));
}

// Past the caches, where a step's planes are too many to be still there when the gradient wants them: writing would fetch
// their lines first.
SGK_INLINE void N(leave)(const sgk_cell_step *s, T *to, V x, int64_t n) {
  if (s->streams)
    __builtin_nontemporal_store(x, (V *)to);
  else
    N(store)(to, x, n);
}

// Row i of some values; NULL where there are none.
SGK_INLINE T *N(row)(sgk_cell_rows rows, int64_t i) { return rows.data ? (T *)rows.data + i * rows.ld : (T *)0; }

#define EACH_VECTOR(s)                                      \
  for (int64_t i = 0; i < (s)->rows; ++i)                    \
    for (int64_t j = 0, v = 0; j < (s)->units; j += LANES, ++v)
#define LEFT(s) ((s)->units - j < LANES ? (s)->units - j : LANES)

// Product p of row i, with the bias of gate g and what plane `plane` holds of it already.
SGK_INLINE V N(before)(const sgk_cell_step *s, int64_t i, int64_t j, int64_t n, int p, int g, int plane) {
  V x = *(const U *)((const T *)s->sums + p * s->part + i * s->ld + j);
  if (s->adds_planes) x += N(load)(N(row)(s->out, i) + plane * s->hidden + j, n);
  if (s->bias) x += N(load)((const T *)s->bias + g * s->hidden + j, n);
  return x;
}

SGK_INLINE void N(put_next)(const sgk_cell_step *s, int64_t i, int64_t v, int p, V x, int64_t n) {
  N(store)((T *)s->next.data + s->at[p][v] + i * s->next.ld, x, n);
}

// Whether a row has no step.
SGK_INLINE bool N(is_held)(const sgk_cell_step *s, int64_t i) {
  return s->mask.data && ((const T *)s->mask.data)[i * s->mask.ld] == 0;
}

// What has flowed back to h: by the product, beside it, and from the cotangents.
SGK_INLINE V N(to_hidden)(const sgk_cell_step *s, sgk_cell_rows carry, int64_t i, int64_t j, int64_t n) {
  V x = *(const U *)((const T *)s->sums + i * s->ld + j);
  if (carry.data) x += *(const U *)(N(row)(carry, i) + j);
  if (s->hidden_cotangent.data) x += N(load)(N(row)(s->hidden_cotangent, i) + j, n);
  return x;
}

// What reaches the states before the first step.
SGK_INLINE void N(start)(const sgk_cell_step *s, bool has_cell) {
  EACH_VECTOR(s) {
    int64_t n = LEFT(s);
    T *to_hidden = N(row)(s->start[0], i), *to_cell = N(row)(s->start[1], i);
    if (to_hidden) N(store)(to_hidden + j, N(to_hidden)(s, has_cell ? s->held_carry : s->carry, i, j, n), n);
    if (to_cell) N(store)(to_cell + j, *(const U *)(N(row)(s->carry, i) + j), n);
  }
}

static void N(lstm)(const sgk_cell_step *s) {
  int64_t h = s->hidden;
  EACH_VECTOR(s) {
    int64_t n = LEFT(s);
    T *out = N(row)(s->out, i) + j;
    const T *before = N(row)(s->state, i);
    V in = SIGMOID(N(before)(s, i, j, n, 0, 0, 2)), forget = SIGMOID(N(before)(s, i, j, n, 1, 1, 3));
    V candidate = TANH(N(before)(s, i, j, n, 2, 2, 4)), open = SIGMOID(N(before)(s, i, j, n, 3, 3, 5));
    V cell = in * candidate;
    if (before) cell += forget * N(load)(before + j, n);
    V state = open * TANH(cell);
    if (N(is_held)(s, i)) {
      cell = before ? N(load)(before + j, n) : (V){0};
      state = s->held.data ? N(load)(N(row)(s->held, i) + j, n) : (V){0};
    }
    N(store)(out, state, n);
    N(store)(out + h, cell, n);
    N(leave)(s, out + 2 * h, in, n);
    N(leave)(s, out + 3 * h, forget, n);
    N(leave)(s, out + 4 * h, candidate, n);
    N(leave)(s, out + 5 * h, open, n);
    N(put_next)(s, i, v, 0, state, n);
  }
}

static void N(lstm_back)(const sgk_cell_step *s) {
  if (s->is_start) {
    N(start)(s, true);
    return;
  }
  int64_t h = s->hidden;
  EACH_VECTOR(s) {
    int64_t n = LEFT(s);
    const T *planes = N(row)(s->planes, i) + j, *before = N(row)(s->state, i);
    const T *to_others = N(row)(s->other_cotangents, i);
    T *out = N(row)(s->out, i), *carry = N(row)(s->carry, i) + j;
    V cell = N(load)(planes + h, n), in = N(load)(planes + 2 * h, n), forget = N(load)(planes + 3 * h, n);
    V candidate = N(load)(planes + 4 * h, n), open = N(load)(planes + 5 * h, n);
    V previous = before ? N(load)(before + j, n) : (V){0};
    V bent = TANH(cell);
    V of_hidden = N(to_hidden)(s, s->held_carry, i, j, n), of_cell = *(const U *)carry;
    V of_in = {0}, of_forget = {0}, of_candidate = {0}, of_open = {0};
    if (to_others) {
      of_cell += N(load)(to_others + j, n);
      of_in = N(load)(to_others + h + j, n);
      of_forget = N(load)(to_others + 2 * h + j, n);
      of_candidate = N(load)(to_others + 3 * h + j, n);
      of_open = N(load)(to_others + 4 * h + j, n);
    }
    V passed = of_cell, held = of_hidden;
    if (N(is_held)(s, i)) {
      of_cell = of_hidden = (V){0};
    } else {
      of_cell += of_hidden * open * (1 - bent * bent);
      passed = of_cell * forget;
      held = (V){0};
    }
    *(U *)carry = passed;
    if (s->held_carry.data) *(U *)(N(row)(s->held_carry, i) + j) = held;
    of_in = (of_in + of_cell * candidate) * in * (1 - in);
    of_forget = (of_forget + of_cell * previous) * forget * (1 - forget);
    of_candidate = (of_candidate + of_cell * in) * (1 - candidate * candidate);
    of_open = (of_open + of_hidden * bent) * open * (1 - open);
    if (out) {
      N(store)(out + j, of_in, n);
      N(store)(out + h + j, of_forget, n);
      N(store)(out + 2 * h + j, of_candidate, n);
      N(store)(out + 3 * h + j, of_open, n);
    }
    N(put_next)(s, i, v, 0, of_in, n);
    N(put_next)(s, i, v, 1, of_forget, n);
    N(put_next)(s, i, v, 2, of_candidate, n);
    N(put_next)(s, i, v, 3, of_open, n);
  }
}

// Products: r, z, q, and n's with the input where it is not in out's plane.
static void N(gru)(const sgk_cell_step *s) {
  int64_t h = s->hidden;
  EACH_VECTOR(s) {
    int64_t n = LEFT(s);
    T *out = N(row)(s->out, i) + j;
    const T *before = N(row)(s->state, i);
    V reset = SIGMOID(N(before)(s, i, j, n, 0, 0, 1)), update = SIGMOID(N(before)(s, i, j, n, 1, 1, 2));
    V kept = *(const U *)((const T *)s->sums + 2 * s->part + i * s->ld + j);
    if (s->candidate_bias) kept += N(load)((const T *)s->candidate_bias + j, n);
    V given;
    if (s->adds_planes) {
      given = N(load)(out + 3 * h, n);
      if (s->bias) given += N(load)((const T *)s->bias + 2 * h + j, n);
    } else {
      given = N(before)(s, i, j, n, 3, 2, 3);
    }
    V candidate = TANH(given + reset * kept);
    V previous = before ? N(load)(before + j, n) : (V){0};
    V state = N(is_held)(s, i) ? previous : candidate + update * (previous - candidate);
    N(store)(out, state, n);
    N(leave)(s, out + h, reset, n);
    N(leave)(s, out + 2 * h, update, n);
    N(leave)(s, out + 3 * h, candidate, n);
    N(leave)(s, out + 4 * h, kept, n);
    N(put_next)(s, i, v, 0, state, n);
  }
}

static void N(gru_back)(const sgk_cell_step *s) {
  if (s->is_start) {
    N(start)(s, false);
    return;
  }
  int64_t h = s->hidden;
  EACH_VECTOR(s) {
    int64_t n = LEFT(s);
    const T *planes = N(row)(s->planes, i) + j, *before = N(row)(s->state, i);
    const T *to_others = N(row)(s->other_cotangents, i);
    T *out = N(row)(s->out, i), *carry = N(row)(s->carry, i) + j;
    V reset = N(load)(planes + h, n), update = N(load)(planes + 2 * h, n);
    V candidate = N(load)(planes + 3 * h, n), kept = N(load)(planes + 4 * h, n);
    V previous = before ? N(load)(before + j, n) : (V){0};
    V of_hidden = N(to_hidden)(s, s->carry, i, j, n), passed = of_hidden;
    V of_reset = {0}, of_update = {0}, of_candidate = {0}, of_kept = {0};
    if (to_others) {
      of_reset = N(load)(to_others + j, n);
      of_update = N(load)(to_others + h + j, n);
      of_candidate = N(load)(to_others + 2 * h + j, n);
      of_kept = N(load)(to_others + 3 * h + j, n);
    }
    if (N(is_held)(s, i))
      of_hidden = (V){0};
    else
      passed = of_hidden * update;
    *(U *)carry = passed;
    of_candidate = (of_candidate + of_hidden * (1 - update)) * (1 - candidate * candidate);
    of_kept += of_candidate * reset;
    of_reset = (of_reset + of_candidate * kept) * reset * (1 - reset);
    of_update = (of_update + of_hidden * (previous - candidate)) * update * (1 - update);
    if (out) {
      N(store)(out + j, of_reset, n);
      N(store)(out + h + j, of_update, n);
      N(store)(out + 2 * h + j, of_candidate, n);
      N(store)(out + 3 * h + j, of_kept, n);
    }
    // W takes the first three, the input's weights the last three.
    N(put_next)(s, i, v, 0, of_kept, n);
    N(put_next)(s, i, v, 1, of_reset, n);
    N(put_next)(s, i, v, 2, of_update, n);
    N(put_next)(s, i, v, 3, of_candidate, n);
  }
}

#undef EACH_VECTOR
#undef LEFT
