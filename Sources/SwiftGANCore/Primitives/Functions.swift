import SwiftGANKernels

// Functions beyond those of the training loop, with their derivatives in ops.

let functionPrimitives: [Primitive] = [
  unary("log2") { x, _, ct in ct / x * (1 / 0.693147180559945309417) },
  unary("log10") { x, _, ct in ct / x * (1 / 2.302585092994045684018) },
  unary("exp2") { _, y, ct in ct * y * 0.693147180559945309417 },
  unary("cbrt") { _, y, ct in ct / (y.square() * 3) },
  unary("tan") { _, y, ct in ct * (y.square() + 1) },
  // (1 - x)(1 + x) keeps what 1 - x^2 loses near 1.
  unary("asin") { x, _, ct in ct * ((1 - x) * (1 + x)).rsqrt() },
  unary("acos") { x, _, ct in -(ct * ((1 - x) * (1 + x)).rsqrt()) },
  unary("atan") { x, _, ct in ct / (x.square() + 1) },
  unary("sinh") { x, _, ct in ct * x.cosh() },
  unary("cosh") { x, _, ct in ct * x.sinh() },
  unary("asinh") { x, _, ct in ct / Tensor.hypot(x, x.onesLike) },
  unary("acosh") { x, _, ct in ct * (x - 1).rsqrt() * (x + 1).rsqrt() },
  unary("atanh") { x, _, ct in ct / ((1 - x) * (1 + x)) },
  unary("trunc", .none, result: numeric) { x, _, _ in x.zerosLike },

  // The remainder is a - b n with n constant but for jumps.
  binary("remainder") { p in
    [p.cotangent, p.needed[1] ? -(p.cotangent * Tensor.floorDivide(p.inputs[0], p.inputs[1])) : nil]
  },
  binary("fmod") { p in
    [p.cotangent, p.needed[1] ? -(p.cotangent * (p.inputs[0] / p.inputs[1]).trunc()) : nil]
  },
  binary("floor_divide") { p in [p.cotangent.zerosLike, p.cotangent.zerosLike] },
  binary("atan2", .float) { p in
    let (y, x) = (p.inputs[0], p.inputs[1])
    let radius = Tensor.hypot(y, x)
    return [
      p.needed[0] ? p.cotangent * (x / radius / radius) : nil,
      p.needed[1] ? -(p.cotangent * (y / radius / radius)) : nil,
    ]
  },
  // At the origin, where there is no slope, it is taken as 0.
  binary("hypot", .float) { p in
    let isOrigin = p.output .== 0
    let radius = Tensor.select(isOrigin, p.output.onesLike, p.output)
    return p.inputs.enumerated().map { p.needed[$0] ? p.cotangent * ($1 / radius) : nil }
  },
  binary("copysign", .float) { p in
    let (a, b) = (p.inputs[0], p.inputs[1])
    return [
      p.needed[0] ? p.cotangent * (a.sign() * Tensor.copysign(a.onesLike, b)) : nil, p.cotangent.zerosLike,
    ]
  },
  binary("nextafter", .float) { p in [p.cotangent, p.cotangent.zerosLike] },
  binary("logaddexp", .float) { p in
    let (a, b) = (p.inputs[0], p.inputs[1])
    // Equal infinities have no difference, but share evenly.
    let isSame = Tensor.select(a.isFinite(), .full(0, [], dtype: .bool), a .== b)
    let difference = Tensor.select(isSame, a.zerosLike, a - b)
    return [
      p.needed[0] ? p.cotangent * difference.sigmoid() : nil, p.needed[1] ? p.cotangent * (-difference).sigmoid() : nil,
    ]
  },
]

let functionSteps: [KernelName: ElementwiseStep] = [
  "log2": .unary(SGK_LOG2), "log10": .unary(SGK_LOG10), "exp2": .unary(SGK_EXP2),
  "cbrt": .unary(SGK_CBRT), "tan": .unary(SGK_TAN), "asin": .unary(SGK_ASIN),
  "acos": .unary(SGK_ACOS), "atan": .unary(SGK_ATAN), "sinh": .unary(SGK_SINH),
  "cosh": .unary(SGK_COSH), "asinh": .unary(SGK_ASINH), "acosh": .unary(SGK_ACOSH),
  "atanh": .unary(SGK_ATANH), "trunc": .unary(SGK_TRUNC),
  "remainder": .binary(SGK_REMAINDER), "fmod": .binary(SGK_FMOD),
  "floor_divide": .binary(SGK_FLOOR_DIVIDE), "atan2": .binary(SGK_ATAN2),
  "hypot": .binary(SGK_HYPOT), "copysign": .binary(SGK_COPYSIGN),
  "nextafter": .binary(SGK_NEXTAFTER), "logaddexp": .binary(SGK_LOGADDEXP),
]
