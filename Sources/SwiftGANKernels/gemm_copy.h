// Template of gemm_template.h: copies rectangles of a source into the blocks that the tiles read. T: the source's element;
// D: the block's. N(move), N(move_half) and N(move_one) bring LANES, HALF_LANES and one element from T to D.

// Short runs are the rule (a tap row of an RGB image is 12 floats): whole vectors, the last one overlapping the one before.
SGK_INLINE void N(copy_run)(D *restrict to, const T *restrict from, int64_t count) {
  if (count >= LANES) {
    for (int64_t i = 0; i + LANES <= count; i += LANES) N(move)(to + i, from + i);
    N(move)(to + count - LANES, from + count - LANES);
  } else if (count >= HALF_LANES) {
    for (int64_t i = 0; i + HALF_LANES <= count; i += HALF_LANES) N(move_half)(to + i, from + i);
    N(move_half)(to + count - HALF_LANES, from + count - HALF_LANES);
  } else {
    for (int64_t i = 0; i < count; ++i) N(move_one)(to + i, from + i);
  }
}

SGK_INLINE void N(zero_run)(D *to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = 0;
}

static void N(copy_matrix)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, D *to,
                           int64_t ld) {
  int64_t step = source->column_stride;
  for (int64_t r = 0; r < rows; ++r) {
    const T *from = (const T *)source->data + (row + r) * source->row_stride + column * step;
    if (step == 1) {
      N(copy_run)(to + r * ld, from, columns);
    } else {
      for (int64_t c = 0; c < columns; ++c) N(move_one)(to + r * ld + c, from + c * step);
    }
  }
}

static void N(copy_filters)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, D *to,
                            int64_t ld) {
  int64_t done = 0;
  while (done < columns) {
    int64_t tap = (column + done) / source->channels, channel = (column + done) % source->channels;
    int64_t run = source->channels - channel < columns - done ? source->channels - channel : columns - done;
    const T *from = (const T *)source->data + tap / source->taps_x * source->tap_stride_y +
                    tap % source->taps_x * source->tap_stride_x + channel;
    for (int64_t r = 0; r < rows; ++r) N(copy_run)(to + r * ld + done, from + (row + r) * source->row_stride, run);
    done += run;
  }
}

// A stretch of columns that is contiguous in a row of the image: `length` elements that start `first` elements after the
// window's first, `dy` rows below it. Adjacent taps of a tap row are one stretch.
typedef struct N(run) {
  int64_t dy, first, length, at;
} N(run);

static int64_t N(find_runs)(const sgk_source *source, int64_t column, int64_t columns, N(run) *runs) {
  int64_t channels = source->channels, pixel = source->pixel;
  int64_t joined = source->step_x == 1 && pixel == channels ? source->taps_x : 1;
  int64_t segment = joined * channels, segments_x = source->taps_x / joined;
  int64_t count = 0;
  for (int64_t done = 0; done < columns;) {
    int64_t index = (column + done) / segment, offset = (column + done) % segment;
    int64_t length = segment - offset < columns - done ? segment - offset : columns - done;
    int64_t first = index % segments_x * source->step_x * pixel + offset;
    runs[count++] = (N(run)){index / segments_x * source->step_y, first, length, done};
    done += length;
  }
  return count;
}

// A run that may reach over either end of a row of `line` elements.
static void N(copy_clipped)(D *to, const T *row, int64_t first, int64_t length, int64_t line) {
  int64_t before = first < 0 ? (first < -length ? length : -first) : 0;
  int64_t after = line - first < length ? (line > first ? line - first : 0) : length;
  if (after < before) after = before;
  N(zero_run)(to, before);
  N(copy_run)(to + before, row + first + before, after - before);
  N(zero_run)(to + after, length - after);
}

// `count` runs of one length, at even distances. They are spread over the image, where no hardware prefetcher follows;
// `ahead` leads to the elements that a later run will want.
SGK_INLINE void N(copy_runs)(int64_t count, int64_t length, const T *from, int64_t step, int64_t ahead, D *to,
                             int64_t ld) {
  if (length >= LANES) {
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t line = 0; line < length; line += 64 / (int64_t)sizeof(T))
        __builtin_prefetch(from + i * step + ahead + line);
      N(copy_run)(to + i * ld, from + i * step, length);
    }
  } else if (length == 3 * HALF_LANES) {
    for (int64_t i = 0; i < count; ++i) N(copy_run)(to + i * ld, from + i * step, 3 * HALF_LANES);
  } else if (length == HALF_LANES) {
    for (int64_t i = 0; i < count; ++i) N(copy_run)(to + i * ld, from + i * step, HALF_LANES);
  } else {
    for (int64_t i = 0; i < count; ++i) N(copy_run)(to + i * ld, from + i * step, length);
  }
}

// The smallest j >= 0 with j * step >= distance.
SGK_INLINE int64_t N(first_window)(int64_t distance, int64_t step) {
  return distance <= 0 ? 0 : (distance + step - 1) / step;
}

#define MAX_RUN_COLUMNS 256

// Windows of one line (j0..<j1), run by run: a run's windows in the middle of the line need no clipping.
static void N(copy_line)(const sgk_source *source, const N(run) *runs, int64_t count, const T *image, int64_t i,
                         int64_t j0, int64_t j1, D *to, int64_t ld) {
  int64_t line = source->width * source->pixel, step = source->stride_x * source->pixel;
  // A few windows ahead, or where lines are short the same window one line ahead.
  int64_t ahead = j1 - j0 >= 12 ? 6 * step : source->stride_y * line;
  int64_t y0 = i * source->stride_y + source->origin_y, x0 = source->origin_x * source->pixel;
  for (int64_t s = 0; s < count; ++s) {
    int64_t length = runs[s].length, y = y0 + runs[s].dy, x = x0 + runs[s].first;
    D *at = to + runs[s].at;
    if ((uint64_t)y >= (uint64_t)source->height) {
      for (int64_t j = j0; j < j1; ++j) N(zero_run)(at + (j - j0) * ld, length);
      continue;
    }
    const T *row = image + y * line;
    int64_t low = j0, high = j1;
    if (x + j0 * step < 0) low = N(first_window)(-x, step);
    if (x + (j1 - 1) * step + length > line) high = N(first_window)(line - length - x + 1, step);
    low = low < j0 ? j0 : low > j1 ? j1 : low;
    high = high < low ? low : high > j1 ? j1 : high;
    for (int64_t j = j0; j < low; ++j) N(copy_clipped)(at + (j - j0) * ld, row, x + j * step, length, line);
    N(copy_runs)(high - low, length, row + x + low * step, step, ahead, at + (low - j0) * ld, ld);
    for (int64_t j = high; j < j1; ++j) N(copy_clipped)(at + (j - j0) * ld, row, x + j * step, length, line);
  }
}

static void N(copy_patches)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, D *to,
                            int64_t ld) {
  while (columns > MAX_RUN_COLUMNS) {
    N(copy_patches)(source, row, rows, column, MAX_RUN_COLUMNS, to, ld);
    column += MAX_RUN_COLUMNS;
    columns -= MAX_RUN_COLUMNS;
    to += MAX_RUN_COLUMNS;
  }
  N(run) runs[MAX_RUN_COLUMNS];
  int64_t count = N(find_runs)(source, column, columns, runs);
  int64_t image = source->height * source->width * source->pixel;
  int64_t j = row % source->windows_x, i = row / source->windows_x % source->windows_y;
  const T *base = (const T *)source->data + row / source->windows_x / source->windows_y * image;
  while (rows > 0) {
    int64_t windows = source->windows_x - j < rows ? source->windows_x - j : rows;
    N(copy_line)(source, runs, count, base, i, j, j + windows, to, ld);
    rows -= windows;
    to += windows * ld;
    j = 0;
    if (++i == source->windows_y) {
      i = 0;
      base += image;
    }
  }
}

// to[(r - row) * ld + (c - column)] = source(r, c)
static void N(copy_elements)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, D *to,
                             int64_t ld) {
  if (source->kind == SGK_SOURCE_MATRIX) N(copy_matrix)(source, row, rows, column, columns, to, ld);
  if (source->kind == SGK_SOURCE_FILTERS) N(copy_filters)(source, row, rows, column, columns, to, ld);
  if (source->kind == SGK_SOURCE_PATCHES) N(copy_patches)(source, row, rows, column, columns, to, ld);
}
