// float32 functions on vectors, for every instruction set. Read inside a region of isa_begin.h.
//
// Ours: range reduction, then a polynomial found by a weighted Remez exchange with its coefficients rounded to float32
// one by one. The bounds in ulp (of the exact result, denormals included) are what the tests check against float64.
// A lane's result depends on that lane alone, so a tail computed in a padded vector has the same bits as the body.
#if SGK_LEVEL_EXISTS

SGK_INLINE sgk_f32v sgk_splat(float x) { return (sgk_f32v){0} + x; }

SGK_INLINE sgk_f32v sgk_where(sgk_i32v mask, sgk_f32v yes, sgk_f32v no) {
  return (sgk_f32v)((mask & (sgk_i32v)yes) | (~mask & (sgk_i32v)no));
}

SGK_INLINE sgk_f32v sgk_abs(sgk_f32v x) { return (sgk_f32v)((sgk_i32v)x & 0x7fffffff); }

SGK_INLINE sgk_f32v sgk_with_sign(sgk_f32v magnitude, sgk_f32v sign) {
  return (sgk_f32v)(((sgk_i32v)magnitude & 0x7fffffff) | ((sgk_i32v)sign & INT32_MIN));
}

// x unless it is beyond the bound; NaN stays.
SGK_INLINE sgk_f32v sgk_at_most(sgk_f32v x, float bound) { return sgk_where(x > bound, sgk_splat(bound), x); }
SGK_INLINE sgk_f32v sgk_at_least(sgk_f32v x, float bound) { return sgk_where(x < bound, sgk_splat(bound), x); }

// 2^n for -126 <= n <= 127.
SGK_INLINE sgk_f32v sgk_power_of_two(sgk_i32v n) { return (sgk_f32v)((n + 127) << 23); }

// x 2^n for a whole number n, |n| <= 252, and x from 1/2 to 2: a result that is a denormal is rounded once.
SGK_INLINE sgk_f32v sgk_scale(sgk_f32v x, sgk_i32v n, sgk_f32v n_as_float) {
#if SGK_LEVEL == 2
  (void)n;
  enum { ALL_LANES = -1, ROUND_AS_SET = 4 };
  return (sgk_f32v)__builtin_ia32_scalefps512_mask(x, n_as_float, x, (uint16_t)ALL_LANES, ROUND_AS_SET);
#else
  (void)n_as_float;
  sgk_i32v half = n >> 1;  // 2^n itself may be out of range
  return x * sgk_power_of_two(half) * sgk_power_of_two(n - half);
#endif
}

// x = n ln 2 + r with |r| <= ln 2 / 2, for |x| < 2^15. The high part of ln 2 has 16 bits: its multiples are exact.
SGK_INLINE sgk_f32v sgk_exp_reduce(sgk_f32v x, sgk_i32v *n, sgk_f32v *n_as_float) {
  const float round = 0x1.8p23f;
  sgk_f32v shifted = x * 0x1.715476p0f + round;
  sgk_f32v whole = shifted - round;
  *n = (sgk_i32v)shifted - (sgk_i32v)sgk_splat(round);
  *n_as_float = whole;
  return (x - whole * 0x1.62e4p-1f) - whole * 0x1.7f7d1cp-20f;
}

// e^r - 1 for |r| <= ln 2 / 2.
SGK_INLINE sgk_f32v sgk_expm1_polynomial(sgk_f32v r) {
  sgk_f32v p = r * 0x1.9c9e1cp-13f + 0x1.6d525ep-10f;
  p = p * r + 0x1.111398p-7f;
  p = p * r + 0x1.5554e6p-5f;
  p = p * r + 0x1.555554p-3f;
  p = p * r + 0.5f;
  return r * r * p + r;
}

// 1 ulp, for -104 <= x <= 89, beyond which the result is 0 or infinity.
SGK_INLINE sgk_f32v sgk_exp_within(sgk_f32v x) {
  sgk_i32v n;
  sgk_f32v whole, r = sgk_exp_reduce(x, &n, &whole);
  return sgk_scale(sgk_expm1_polynomial(r) + 1, n, whole);
}

SGK_INLINE sgk_f32v sgk_exp(sgk_f32v x) { return sgk_exp_within(sgk_at_least(sgk_at_most(x, 89), -104)); }

// 1.5 ulp.
SGK_INLINE sgk_f32v sgk_expm1(sgk_f32v x) {
  sgk_i32v n;
  sgk_f32v whole, p = sgk_expm1_polynomial(sgk_exp_reduce(sgk_at_least(sgk_at_most(x, 89), -30), &n, &whole));
  sgk_f32v half = sgk_power_of_two(n - 1);  // half of the result, which may overflow only when doubled
  sgk_f32v result = (half * p + (half - 0.5f)) * 2;
  result = sgk_where(n == 0, p, result);
  return sgk_where(x == 0, x, result);
}

// x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), for normal x > 0.
SGK_INLINE sgk_f32v sgk_log_reduce(sgk_f32v x, sgk_f32v *e) {
  const int32_t sqrt_half = 0x3f3504f3;
  sgk_i32v bits = (sgk_i32v)x - sqrt_half;
  *e = __builtin_convertvector(bits >> 23, sgk_f32v);
  return (sgk_f32v)((bits & 0x7fffff) + sqrt_half) - 1;
}

// log(1 + f) + e ln 2 + small, for the f and e of the reduction.
SGK_INLINE sgk_f32v sgk_log_polynomial(sgk_f32v f, sgk_f32v e, sgk_f32v small) {
  sgk_f32v p = f * 0x1.b39c4ap-5f - 0x1.bea218p-4f;
  p = p * f + 0x1.f01cd8p-4f;
  p = p * f - 0x1.011138p-3f;
  p = p * f + 0x1.230252p-3f;
  p = p * f - 0x1.552e44p-3f;
  p = p * f + 0x1.99a544p-3f;
  p = p * f - 0x1.000072p-2f;
  p = p * f + 0x1.555548p-2f;
  sgk_f32v square = f * f;
  sgk_f32v rest = f * square * p + (e * 0x1.7f7d1cp-20f + small);
  return (f + (rest - square * 0.5f)) + e * 0x1.62e4p-1f;
}

// log at 0, infinity, negative numbers and NaN; elsewhere the result given.
SGK_INLINE sgk_f32v sgk_log_limits(sgk_f32v x, sgk_f32v result) {
  result = sgk_where(x < __builtin_inff(), result, x);  // infinity and NaN
  result = sgk_where(x == 0, sgk_splat(-__builtin_inff()), result);
  return sgk_where(x < 0, sgk_splat(__builtin_nanf("")), result);
}

// 1 ulp.
SGK_INLINE sgk_f32v sgk_log(sgk_f32v x) {
  sgk_i32v tiny = x < 0x1p-126f;
  sgk_f32v e, f = sgk_log_reduce(sgk_where(tiny, x * 0x1p23f, x), &e);
  return sgk_log_limits(x, sgk_log_polynomial(f, sgk_where(tiny, e - 23, e), sgk_splat(0)));
}

// 1 ulp. log(1 + x) = log(u) + c / u with u = 1 + x rounded and c what the rounding lost.
SGK_INLINE sgk_f32v sgk_log1p(sgk_f32v x) {
  sgk_f32v u = x + 1;
  sgk_f32v lost = sgk_where(sgk_abs(x) < 1, x - (u - 1), 1 - (u - x));
  sgk_f32v e, f = sgk_log_reduce(u, &e);
  f = sgk_where(e == 0, x, f);
  sgk_f32v small = sgk_where(e == 0, sgk_splat(0), lost / u);
  sgk_f32v result = sgk_log_polynomial(f, e, small);
  result = sgk_where(sgk_abs(x) < 0x1p-40f, x, result);
  result = sgk_where(x < __builtin_inff(), result, x);
  result = sgk_where(x == -1, sgk_splat(-__builtin_inff()), result);
  return sgk_where(x < -1, sgk_splat(__builtin_nanf("")), result);
}

// 1.5 ulp. An odd polynomial near 0, 1 - 2 / (e^2x + 1) beyond.
SGK_INLINE sgk_f32v sgk_tanh(sgk_f32v x) {
  sgk_f32v a = sgk_abs(x), square = x * x;
  sgk_f32v p = square * -0x1.750ce2p-8f + 0x1.51f8cep-6f;
  p = p * square - 0x1.b835a4p-5f;
  p = p * square + 0x1.1106f6p-3f;
  p = p * square - 0x1.555532p-2f;
  sgk_f32v near = a * square * p + a;
  sgk_f32v far = 1 - 2 / (sgk_exp_within(sgk_at_most(a, 10) * 2) + 1);
  return sgk_with_sign(sgk_where(a < 0.625f, near, far), x);
}

// 2.1 ulp. Both branches use e^-|x|, which cannot overflow.
SGK_INLINE sgk_f32v sgk_sigmoid(sgk_f32v x) {
  sgk_f32v e = sgk_exp_within(sgk_at_least(-sgk_abs(x), -104));
  return sgk_where(x < 0, e, sgk_splat(1)) / (e + 1);
}

// 2 ulp. log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
SGK_INLINE sgk_f32v sgk_softplus(sgk_f32v x) {
  return sgk_where(x > 0, x, sgk_splat(0)) + sgk_log1p(sgk_exp(-sgk_abs(x)));
}

// 2.5 ulp. An odd polynomial up to 1; 1 - g(x)^8 beyond, g a polynomial for the eighth root of erfc(x).
SGK_INLINE sgk_f32v sgk_erf(sgk_f32v x) {
  sgk_f32v a = sgk_abs(x), square = x * x;
  sgk_f32v p = square * 0x1.4771fep-14f - 0x1.a3515ep-11f;
  p = p * square + 0x1.53f224p-8f;
  p = p * square - 0x1.b7f71ap-6f;
  p = p * square + 0x1.ce2ce6p-4f;
  p = p * square - 0x1.81273ep-2f;
  p = p * square + 0x1.06eba8p-3f;
  sgk_f32v b = sgk_at_most(a, 4);
  sgk_f32v g = b * 0x1.3a4126p-13f - 0x1.43b612p-9f;
  g = g * b + 0x1.a78da6p-7f;
  g = g * b - 0x1.74af9cp-7f;
  g = g * b - 0x1.f73496p-5f;
  g = g * b - 0x1.291580p-3f;
  g = g * b + 0x1.0036b4p0f;
  g *= g;
  g *= g;
  return sgk_with_sign(sgk_where(a < 1, a * p + a, 1 - g * g), x);
}

// sin(r) and cos(r) for |r| <= pi / 4.
SGK_INLINE sgk_f32v sgk_sin_polynomial(sgk_f32v r) {
  sgk_f32v square = r * r;
  sgk_f32v p = (square * -0x1.9951eap-13f + 0x1.110774p-7f) * square - 0x1.555546p-3f;
  return r * square * p + r;
}
SGK_INLINE sgk_f32v sgk_cos_polynomial(sgk_f32v r) {
  sgk_f32v square = r * r;
  sgk_f32v p = (square * 0x1.99e80cp-16f - 0x1.6c0c28p-10f) * square + 0x1.55554ap-5f;
  return square * square * p + (1 - square * 0.5f);
}

// The sine of r + quadrant pi / 2.
SGK_INLINE sgk_f32v sgk_sin_quadrant(sgk_f32v r, sgk_i32v quadrant) {
  sgk_f32v value = sgk_where((quadrant & 1) == 0, sgk_sin_polynomial(r), sgk_cos_polynomial(r));
  return (sgk_f32v)((sgk_i32v)value ^ (quadrant & 2) << 30);
}

// x = quadrant pi / 2 + r for |x| <= SGK_SIN_BOUND, in float64: the high part of pi / 2 has 33 bits and the quotient at
// most 20, so their product is exact and r is right to 2^-24 of itself even beside a multiple of pi / 2.
#define SGK_SIN_BOUND 0x1p20f
SGK_INLINE sgk_f32v sgk_sin_reduce(sgk_f32v x, sgk_i32v *quadrant) {
  typedef double wide __attribute__((vector_size(2 * SGK_VECTOR_BYTES)));
  const double round = 0x1.8p52;
  wide y = __builtin_convertvector(x, wide);
  wide whole = y * 0x1.45f306dc9c883p-1 + round - round;
  wide r = (y - whole * 0x1.921fb544p0) - whole * 0x1.0b4611a626331p-34;
  *quadrant = __builtin_convertvector(__builtin_convertvector(whole, sgk_f32v), sgk_i32v);
  return __builtin_convertvector(r, sgk_f32v);
}

// 1.5 ulp; lanes beyond the bound (infinity and NaN too) are left to the C library.
SGK_INLINE sgk_f32v sgk_sin_or_cos(sgk_f32v x, int32_t quarter_turns) {
  sgk_i32v outside = ~(sgk_abs(x) <= SGK_SIN_BOUND), quadrant;
  sgk_f32v r = sgk_sin_reduce(sgk_where(outside, sgk_splat(0), x), &quadrant);
  sgk_f32v result = sgk_sin_quadrant(r, quadrant + quarter_turns);
  if (quarter_turns == 0) result = sgk_where(x == 0, x, result);
  if (__builtin_reduce_or(outside) != 0)
    for (unsigned i = 0; i < SGK_VECTOR_BYTES / 4; ++i)
      if (outside[i]) result[i] = quarter_turns == 0 ? sinf(x[i]) : cosf(x[i]);
  return result;
}
SGK_INLINE sgk_f32v sgk_sin(sgk_f32v x) { return sgk_sin_or_cos(x, 0); }
SGK_INLINE sgk_f32v sgk_cos(sgk_f32v x) { return sgk_sin_or_cos(x, 1); }

#endif
