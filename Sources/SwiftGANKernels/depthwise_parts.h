// Template of depthwise_template.h: a block of LANES channels (V; unaligned U) of element type T.

// `count` windows side by side from `v` on, the taps s0..<s1 and t0..<t1 of which lie inside the image.
SGK_INLINE void N(windows)(const int count, const sgk_depthwise *pass, const T *image, T *out_row, int64_t y, int64_t v,
                           int64_t s0, int64_t s1, int64_t t0, int64_t t1, int64_t c) {
  V sum[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < count; ++i) sum[i] = (V){0};
  int64_t pixel = pass->channels, apart = pass->stride_x * pixel;
  for (int64_t s = s0; s < s1; ++s) {
    const T *row = image + ((y + s * pass->step_y) * pass->width + v * pass->stride_x + pass->origin_x) * pixel + c;
    const T *w = (const T *)pass->w + s * pass->w_tap_y + c;
    for (int64_t t = t0; t < t1; ++t) {
      V factor = *(const U *)(w + t * pass->w_tap_x);
      const T *from = row + t * pass->step_x * pixel;
#pragma clang loop unroll(full)
      for (int i = 0; i < count; ++i) sum[i] += factor * *(const U *)(from + i * apart);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < count; ++i) *(U *)(out_row + (v + i) * pass->out_pixel + c) = sum[i];
}

static void N(block)(const sgk_depthwise *pass, const T *image, T *out_row, int64_t u, int64_t c) {
  int64_t y = u * pass->stride_y + pass->origin_y, s0, s1, t0, t1;
  sgk_depthwise_taps(y, pass->step_y, pass->taps_y, pass->height, &s0, &s1);
  for (int64_t v = 0; v < pass->count_x;) {
    sgk_depthwise_taps(v * pass->stride_x + pass->origin_x, pass->step_x, pass->taps_x, pass->width, &t0, &t1);
    int64_t last0 = 1, last1 = 0;
    if (t0 == 0 && t1 == pass->taps_x && v + 4 <= pass->count_x)
      sgk_depthwise_taps((v + 3) * pass->stride_x + pass->origin_x, pass->step_x, pass->taps_x, pass->width, &last0,
                         &last1);
    // Windows between two that lie inside lie inside.
    if (last0 == 0 && last1 == pass->taps_x) {
      N(windows)(4, pass, image, out_row, y, v, s0, s1, t0, t1, c);
      v += 4;
    } else {
      N(windows)(1, pass, image, out_row, y, v, s0, s1, t0, t1, c);
      v += 1;
    }
  }
}

// sums[i] += in * y for `count` taps (s, t0 + i) over the windows low..<high, inside the image for all of them.
SGK_INLINE void N(taps)(const int count, const sgk_depthwise *pass, const T *row, const T *y_row, int64_t low,
                        int64_t high, int64_t c, T *w) {
  V sum[4];
  int64_t pixel = pass->channels, tap = pass->step_x * pixel;
#pragma clang loop unroll(full)
  for (int i = 0; i < count; ++i) sum[i] = *(const U *)(w + i * pixel);
  for (int64_t v = low; v < high; ++v) {
    V factor = *(const U *)(y_row + v * pixel + c);
    const T *from = row + v * pass->stride_x * pixel;
#pragma clang loop unroll(full)
    for (int i = 0; i < count; ++i) sum[i] += factor * *(const U *)(from + i * tap);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < count; ++i) *(U *)(w + i * pixel) = sum[i];
}

static void N(filter_block)(const sgk_depthwise *pass, const T *image, const T *y_row, int64_t u, int64_t c, T *w) {
  int64_t y = u * pass->stride_y + pass->origin_y, s0, s1, pixel = pass->channels;
  sgk_depthwise_taps(y, pass->step_y, pass->taps_y, pass->height, &s0, &s1);
  for (int64_t s = s0; s < s1; ++s) {
    for (int64_t t = 0; t < pass->taps_x;) {
      int64_t at = pass->origin_x + t * pass->step_x, low, high, last_low = -1, last_high = -1;
      const T *row = image + ((y + s * pass->step_y) * pass->width + at) * pixel + c;
      T *to = w + (s * pass->taps_x + t) * pixel + c;
      sgk_depthwise_taps(at, pass->stride_x, pass->count_x, pass->width, &low, &high);
      if (t + 4 <= pass->taps_x)
        sgk_depthwise_taps(at + 3 * pass->step_x, pass->stride_x, pass->count_x, pass->width, &last_low, &last_high);
      // A later tap leaves the image earlier at its end and enters it earlier at its start.
      int64_t all_low = low, all_high = last_high;
      if (last_high < 0 || all_low >= all_high) {
        N(taps)(1, pass, row, y_row, low, high, c, to);
        t += 1;
        continue;
      }
      N(taps)(4, pass, row, y_row, all_low, all_high, c, to);
      for (int64_t i = 0; i < 4; ++i) {
        int64_t one_low, one_high;
        sgk_depthwise_taps(at + i * pass->step_x, pass->stride_x, pass->count_x, pass->width, &one_low, &one_high);
        const T *from = row + i * pass->step_x * pixel;
        N(taps)(1, pass, from, y_row, one_low, all_low, c, to + i * pixel);
        N(taps)(1, pass, from, y_row, all_high, one_high, c, to + i * pixel);
      }
      t += 4;
    }
  }
}
