// Template of scatter_template.h, for one element type T with vectors V (unaligned U) and 16-byte vectors H.

SGK_INLINE void N(add_run)(T *restrict to, const T *restrict from, int64_t count) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) *(U *)(to + i) += *(const U *)(from + i);
  for (; i + HALF_LANES <= count; i += HALF_LANES) *(H *)(to + i) += *(const H *)(from + i);
  for (; i < count; ++i) to[i] += from[i];
}

// Runs of `length` elements from windows that are `step` apart in the row of `line` elements, cut at both of its ends.
// Neighbouring windows overlap: taken in turns, a window is not read while its neighbour's store is still under way.
SGK_INLINE void N(add_line)(T *row, int64_t line, int64_t first, int64_t step, int64_t length, int64_t turns,
                            int64_t windows, const T *z, int64_t ld) {
  for (int64_t turn = 0; turn < turns; ++turn) {
    for (int64_t j = turn; j < windows; j += turns) {
      int64_t at = first + j * step;
      const T *from = z + j * ld;
      if (at >= 0 && at + length <= line) {
        N(add_run)(row + at, from, length);
        continue;
      }
      int64_t low = at < 0 ? -at : 0, high = line - at < length ? line - at : length;
      if (low < high) N(add_run)(row + at + low, from + low, high - low);
    }
  }
}

void SCATTER(const sgk_conv *conv, const void *z, int64_t ld, int64_t i0, int64_t j0, int64_t windows, void *x,
             int64_t first_row, int64_t last_row) {
  int64_t channels = conv->in_channels, line = conv->width * channels, step = conv->stride_width * channels;
  int64_t joined = conv->dilation_width == 1 ? conv->filter_width : 1;  // taps that are one run
  int64_t length = joined * channels, turns = (length + step - 1) / step;
  const T *rows = z;
  for (int64_t i = i0, j = j0; windows > 0; ++i, j = 0) {
    int64_t count = conv->out_width - j < windows ? conv->out_width - j : windows;
    for (int64_t p = 0; p < conv->filter_height; ++p) {
      int64_t a = i * conv->stride_height - conv->pad_top + p * conv->dilation_height;
      if (a < first_row || a >= last_row) continue;
      for (int64_t q = 0; q < conv->filter_width; q += joined) {
        int64_t first = (j * conv->stride_width - conv->pad_left + q * conv->dilation_width) * channels;
        const T *from = rows + (p * conv->filter_width + q) * channels;
        if (length == 3 * HALF_LANES)  // a constant for the commonest case, four taps of three channels
          N(add_line)((T *)x + a * line, line, first, step, 3 * HALF_LANES, turns, count, from, ld);
        else
          N(add_line)((T *)x + a * line, line, first, step, length, turns, count, from, ld);
      }
    }
    rows += count * ld;
    windows -= count;
  }
}
