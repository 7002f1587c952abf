// The fold to mean and variance. Read by fold_template.h, inside the region of an instruction set.
//
// Four planes for each column: a shift s near the mean; the sum of (x - s)^2; the sum of x - s; and the count. The first
// rows of a run are read twice, once for their mean, which is the run's shift; the others once. Since the shift is the
// mean of a good part of the run, few bits are lost to it: four, unless that part is far from the rest. Runs are merged
// as Chan, Golub and LeVeque (1979) do: squares = squares_a + squares_b + (mean_b - mean_a)^2 m n / (m + n) about the
// means. The difference of means is that of shifts, which is exact where they are close, and of what is left over them:
// so it keeps the digits of the deviations where the mean is large beside them. Counts above 2^24 are rounded in float32,
// which changes the weight of a merge by an ulp. Products are not contracted, so that all instruction sets make the same
// bits.

enum { SGK_MOMENTS_ROWS = 8 };  // that are summed up before they are added to what is kept; divides SGK_FOLD_ROWS

// A shift must be finite: infinite elements make the sums infinite, and so the mean.
#define MOMENTS_FINITE(bits, a, otherwise) CHOOSE((a) - (a) == (a) - (a), bits, a, otherwise)

// At most SGK_MOMENTS_ROWS rows of the columns that fit one vector of `bytes`; `is_first`: there are no rows before.
#define MOMENTS_STRIP(name, T, bits, bytes)                                                                           \
  SGK_INLINE void name(int64_t rows, const T *from, int64_t row_stride, T *to, bool is_first) {                       \
    _Pragma("clang fp contract(off)");                                                                                \
    typedef T wide __attribute__((vector_size(bytes)));                                                               \
    typedef T wide_at_any_address __attribute__((vector_size(bytes), aligned(sizeof(T)), may_alias));                 \
    wide_at_any_address *shifts = (wide_at_any_address *)to;                                                          \
    wide_at_any_address *squares = (wide_at_any_address *)(to + SGK_FOLD_COLUMNS);                                    \
    wide_at_any_address *sums = (wide_at_any_address *)(to + 2 * SGK_FOLD_COLUMNS);                                   \
    wide shift, sum = {0}, square = {0};                                                                              \
    if (is_first) {                                                                                                   \
      for (int64_t i = 0; i < rows; ++i) sum += *(const wide_at_any_address *)(from + i * row_stride);                \
      shift = sum * ((T)1 / (T)rows);                                                                                 \
      *shifts = shift = MOMENTS_FINITE(bits, shift, (wide){0});                                                       \
      *squares = *sums = sum = (wide){0};                                                                             \
    } else {                                                                                                          \
      shift = *shifts;                                                                                                \
    }                                                                                                                 \
    for (int64_t i = 0; i < rows; ++i) {                                                                              \
      wide deviation = *(const wide_at_any_address *)(from + i * row_stride) - shift;                                 \
      sum += deviation;                                                                                               \
      square += deviation * deviation;                                                                                \
    }                                                                                                                 \
    *sums += sum;                                                                                                     \
    *squares += square;                                                                                               \
  }

#define MOMENTS(suffix, T, bits)                                                                                      \
  static const T nothing_##suffix = (T)__builtin_nan("");                                                             \
  /* The squares about the mean of those about a shift; infinite where squares of finite deviations are. */            \
  SGK_INLINE T about_mean_##suffix(T squares, T sum, T rest) {                                                        \
    _Pragma("clang fp contract(off)");                                                                                \
    T own = squares - sum * rest;                                                                                     \
    return own != own && sum - sum == 0 ? squares : own;                                                              \
  }                                                                                                                   \
  MOMENTS_STRIP(moments_strip_##suffix, T, bits, 128)                                                                 \
  MOMENTS_STRIP(moments_end_##suffix, T, bits, 16)                                                                    \
  MOMENTS_STRIP(moments_single_##suffix, T, bits, sizeof(T))                                                          \
  static void columns_moments_##suffix(int64_t rows, int64_t columns, const void *x, int64_t row_stride, void *out,   \
                                       bool first) {                                                                  \
    enum { strip = 128 / sizeof(T), end = 16 / sizeof(T) };                                                           \
    const T *from = x;                                                                                                \
    T *to = out, *counts = to + 3 * SGK_FOLD_COLUMNS, count = (first ? 0 : counts[0]) + (T)rows;                      \
    for (int64_t done = 0; done < rows; done += SGK_MOMENTS_ROWS, from += SGK_MOMENTS_ROWS * row_stride) {            \
      int64_t part = rows - done < SGK_MOMENTS_ROWS ? rows - done : SGK_MOMENTS_ROWS, i = 0;                          \
      for (; i + strip <= columns; i += strip) moments_strip_##suffix(part, from + i, row_stride, to + i, first);     \
      for (; i + end <= columns; i += end) moments_end_##suffix(part, from + i, row_stride, to + i, first);           \
      for (; i < columns; ++i) moments_single_##suffix(part, from + i, row_stride, to + i, first);                    \
      first = false;                                                                                                  \
    }                                                                                                                 \
    for (int64_t i = 0; i < columns; ++i) counts[i] = count;                                                          \
  }                                                                                                                   \
  static void run_moments_##suffix(int64_t n, const void *x, void *out) {                                             \
    _Pragma("clang fp contract(off)");                                                                                \
    enum { lanes = 128 / sizeof(T), steps = 16 };                                                                     \
    typedef T wide __attribute__((vector_size(128)));                                                                 \
    typedef T wide_at_any_address __attribute__((vector_size(128), aligned(sizeof(T)), may_alias));                   \
    const T *from = x;                                                                                                \
    T *to = out, mean;                                                                                                \
    int64_t part = n < steps * lanes ? n : steps * lanes;                                                             \
    run_sum_##suffix(part, x, &mean);                                                                                 \
    mean *= (T)1 / (T)part;                                                                                           \
    *to = mean - mean == mean - mean ? mean : 0;                                                                      \
    wide shift = (wide){0} + *to, sums = {0}, squares = {0};                                                          \
    for (int64_t i = 0; i < n;) {                                                                                     \
      wide sum = {0}, square = {0};                                                                                   \
      for (int64_t end = i + steps * lanes; i < end && i < n; i += lanes) {                                           \
        wide deviation = shift;                                                                                       \
        if (i + lanes <= n)                                                                                           \
          deviation = *(const wide_at_any_address *)(from + i);                                                       \
        else                                                                                                          \
          memcpy(&deviation, from + i, (size_t)(n - i) * sizeof(T));                                                  \
        deviation -= shift;                                                                                           \
        sum += deviation;                                                                                             \
        square += deviation * deviation;                                                                              \
      }                                                                                                               \
      sums += sum;                                                                                                    \
      squares += square;                                                                                              \
    }                                                                                                                 \
    run_sum_##suffix(lanes, &squares, to + SGK_FOLD_COLUMNS);                                                         \
    run_sum_##suffix(lanes, &sums, to + 2 * SGK_FOLD_COLUMNS);                                                        \
    to[3 * SGK_FOLD_COLUMNS] = (T)n;                                                                                  \
  }                                                                                                                   \
  /* The shift becomes the mean of both, rounded, so that what is left over it is small. */                           \
  static void combine_moments_##suffix(int64_t n, void *into, const void *other, int64_t apart) {                     \
    _Pragma("clang fp contract(off)");                                                                                \
    T *to = into;                                                                                                     \
    const T *from = other;                                                                                            \
    SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                                                   \
      T shift = to[i], sum = to[i + 2 * apart], count = to[i + 3 * apart];                                            \
      T more_sum = from[i + 2 * apart], more = from[i + 3 * apart], all = count + more;                               \
      T rest = sum / count, more_rest = more_sum / more;                                                              \
      T step = (from[i] - shift) + (more_rest - rest);                                                                \
      T squares = about_mean_##suffix(to[i + apart], sum, rest) +                                                     \
                  about_mean_##suffix(from[i + apart], more_sum, more_rest) +                                         \
                  step * step * (count * (more / all));                                                               \
      rest = (sum + (more_sum + (from[i] - shift) * more)) / all;                                                     \
      T mean = shift + rest, moved = mean - mean == mean - mean ? mean : shift;                                       \
      rest -= moved - shift;                                                                                          \
      to[i] = moved;                                                                                                  \
      to[i + apart] = squares + rest * rest * all;                                                                    \
      to[i + 2 * apart] = rest * all;                                                                                 \
      to[i + 3 * apart] = all;                                                                                        \
    }                                                                                                                 \
  }                                                                                                                   \
  static void finish_moments_##suffix(int64_t n, int64_t count, void *state, int64_t apart) {                         \
    _Pragma("clang fp contract(off)");                                                                                \
    T *to = state;                                                                                                    \
    for (int64_t i = 0; i < n; ++i) {                                                                                 \
      T sum = to[i + 2 * apart], rest = sum / (T)count;                                                               \
      T variance = about_mean_##suffix(to[i + apart], sum, rest) / (T)count;                                          \
      to[i] += rest;                                                                                                  \
      to[i + apart] = variance < 0 ? 0 : variance;                                                                    \
    }                                                                                                                 \
  }
