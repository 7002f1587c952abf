// Template of linear_template.h, for one element type T.

// to -= factor * from
SGK_INLINE void N(subtract)(int64_t n, T factor, const T *from, T *to) {
  SGK_VECTORIZE
  for (int64_t i = 0; i < n; ++i) to[i] -= factor * from[i];
}

SGK_INLINE void N(divide)(int64_t n, T by, T *x) {
  SGK_VECTORIZE
  for (int64_t i = 0; i < n; ++i) x[i] /= by;
}

static void N(solve)(const sgk_triangle *triangle, int64_t n, int64_t k, void *x, int64_t ldx) {
  const T *a = triangle->a;
  T *rows = x;
  for (int64_t step = 0; step < n; ++step) {
    int64_t i = triangle->lower ? step : n - 1 - step;
    for (int64_t done = 0; done < step; ++done) {
      int64_t j = triangle->lower ? done : n - 1 - done;
      N(subtract)(k, a[i * triangle->row + j * triangle->column], rows + j * ldx, rows + i * ldx);
    }
    if (!triangle->unit) N(divide)(k, a[i * (triangle->row + triangle->column)], rows + i * ldx);
  }
}

static void N(solve_right)(int64_t m, int64_t n, const void *l, int64_t ldl, void *x, int64_t ldx) {
  for (int64_t r = 0; r < m; ++r) {
    T *row = (T *)x + r * ldx;
    for (int64_t j = 0; j < n; ++j) {
      const T *factors = (const T *)l + j * ldl;
      T value = row[j];
      for (int64_t p = 0; p < j; ++p) value -= row[p] * factors[p];
      row[j] = value / factors[j];
    }
  }
}

static int64_t N(cholesky)(int64_t n, void *a, int64_t lda) {
  for (int64_t i = 0; i < n; ++i) {
    T *row = (T *)a + i * lda;
    N(solve_right)(1, i, a, lda, row, lda);
    T pivot = row[i];
    for (int64_t p = 0; p < i; ++p) pivot -= row[p] * row[p];
    if (!(pivot > 0)) return i;
    row[i] = ROOT(pivot);
  }
  return -1;
}

static int64_t N(lu)(int64_t m, int64_t n, void *a, int64_t lda, int64_t *pivots) {
  int64_t failed = -1;
  for (int64_t k = 0; k < n; ++k) {
    T *pivot_row = (T *)a + k * lda;
    int64_t best = k;
    T largest = MAGNITUDE(pivot_row[k]);
    for (int64_t i = k + 1; i < m; ++i) {
      T size = MAGNITUDE(((T *)a)[i * lda + k]);
      if (size > largest) largest = size, best = i;
    }
    pivots[k] = best;
    if (largest == 0) {
      if (failed < 0) failed = k;
      continue;
    }
    T *other = (T *)a + best * lda;
    for (int64_t j = 0; best != k && j < n; ++j) {
      T value = pivot_row[j];
      pivot_row[j] = other[j];
      other[j] = value;
    }
    for (int64_t i = k + 1; i < m; ++i) {
      T *row = (T *)a + i * lda;
      T factor = row[k] / pivot_row[k];
      row[k] = factor;
      N(subtract)(n - k - 1, factor, pivot_row + k + 1, row + k + 1);
    }
  }
  return failed;
}

static void N(diagonal)(int64_t n, const void *a, int64_t lda, const int64_t *pivots, void *out) {
  T sign = 1;
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    T value = ((const T *)a)[i * lda + i];
    if (pivots[i] != i) sign = -sign;
    sign = value != value ? value : value < 0 ? -sign : value == 0 ? 0 : sign;
    sum += log(fabs((double)value));
  }
  ((T *)out)[0] = sign;
  ((T *)out)[1] = (T)sum;
}

const sgk_linear_kernels TABLE = {N(solve), N(solve_right), N(cholesky), N(lu), N(diagonal)};
