import SwiftGANKernels

// One row per op: the name, its derivative in ops, and the C kernel behind it.

func unary(
  _ name: String, _ promotion: Primitive.Promotion = .float,
  result: @escaping @Sendable (DType) throws -> DType = { $0 },
  vjp: (@Sendable (_ x: Tensor, _ y: Tensor, _ ct: Tensor) -> Tensor)?
) -> Primitive {
  var rule: (@Sendable (Pullback) throws -> [Tensor?])?
  if let vjp { rule = { p in [vjp(p.inputs[0], p.output, p.cotangent)] } }
  return Primitive(
    name, arity: 1...1, promotion: promotion,
    infer: { inputs, _ in TensorSpec(inputs[0].shape, try result(inputs[0].dtype)) },
    execution: .kernel(KernelName(rawValue: name)), vjp: rule)
}

@Sendable func numeric(_ type: DType) throws -> DType {
  if type == .bool { throw TensorError(.type, "takes numbers, not bool; cast first") }
  return type
}

let unaryPrimitives: [Primitive] = [
  unary("negative", .none, result: numeric) { _, _, ct in -ct },
  unary("absolute", .none, result: numeric) { x, _, ct in ct * x.sign() },
  unary("sign", .none, result: numeric) { x, _, _ in x.zerosLike },
  unary("square", .none, result: numeric) { x, _, ct in ct * (x * 2) },
  unary("floor", .none, result: numeric) { x, _, _ in x.zerosLike },
  unary("ceil", .none, result: numeric) { x, _, _ in x.zerosLike },
  unary("round", .none, result: numeric) { x, _, _ in x.zerosLike },
  unary("exp") { _, y, ct in ct * y },
  unary("expm1") { _, y, ct in ct * (y + 1) },
  unary("log") { x, _, ct in ct / x },
  unary("log1p") { x, _, ct in ct / (x + 1) },
  unary("sqrt") { _, y, ct in ct * 0.5 / y },
  unary("rsqrt") { x, y, ct in ct * y / x * -0.5 },
  unary("reciprocal") { _, y, ct in -(ct * y.square()) },
  unary("tanh") { _, y, ct in ct * (1 - y.square()) },
  unary("sigmoid") { _, y, ct in ct * y * (1 - y) },
  unary("softplus") { x, _, ct in ct * x.sigmoid() },
  unary("erf") { x, _, ct in ct * (x.square() * -1).exp() * (2 / Double.pi.squareRoot()) },
  unary("sin") { x, _, ct in ct * x.cos() },
  unary("cos") { x, _, ct in -(ct * x.sin()) },
  // Where the output is 0: of the input nothing need be kept.
  unary("relu", .none, result: numeric) { _, y, ct in .select(y .<= 0, .zeros([], dtype: ct.dtype), ct) },
  unary("is_finite", result: { _ in .bool }, vjp: nil),
]

func binary(
  _ name: String, _ promotion: Primitive.Promotion = .common,
  vjp: @escaping @Sendable (Pullback) -> [Tensor?]
) -> Primitive {
  Primitive(
    name, arity: 2...2, promotion: promotion,
    infer: { inputs, _ in
      TensorSpec(try broadcastShape([inputs[0].shape, inputs[1].shape]), try numeric(inputs[0].dtype))
    },
    execution: .kernel(KernelName(rawValue: name)),
    vjp: { p in zip(vjp(p), p.inputs).map { gradient, input in gradient?.summed(to: input.shape) } })
}

let binaryPrimitives: [Primitive] = [
  binary("add") { p in [p.cotangent, p.cotangent] },
  binary("subtract") { p in [p.cotangent, p.needed[1] ? -p.cotangent : nil] },
  binary("multiply") { p in
    [
      p.needed[0] ? p.cotangent * p.inputs[1] : nil,
      p.needed[1] ? p.cotangent * p.inputs[0] : nil,
    ]
  },
  binary("divide", .float) { p in
    [
      p.needed[0] ? p.cotangent / p.inputs[1] : nil,
      p.needed[1] ? -(p.cotangent * p.output / p.inputs[1]) : nil,
    ]
  },
  binary("power", .float) { p in
    let (base, exponent) = (p.inputs[0], p.inputs[1])
    // d/da a^b = b a^(b-1) is 0 where b = 0, and d/db a^b = a^b log a is 0 where a = 0: neither may become 0 * inf.
    let overBase: Tensor? =
      p.needed[0]
      ? p.cotangent * Tensor.select(exponent .== 0, exponent.zerosLike, exponent * base.pow(exponent - 1)) : nil
    let overExponent: Tensor? =
      p.needed[1]
      ? p.cotangent * p.output * Tensor.select(base .> 0, base, base.onesLike).log() : nil
    return [overBase, overExponent]
  },
  // Where both are equal each gets half, as in JAX: the gradient stays that of a symmetric function.
  binary("maximum") { p in extremumGradients(p, isFirst: p.inputs[0] .> p.inputs[1]) },
  binary("minimum") { p in extremumGradients(p, isFirst: p.inputs[0] .< p.inputs[1]) },
]

@Sendable private func extremumGradients(_ p: Pullback, isFirst: Tensor) -> [Tensor?] {
  let type = p.cotangent.dtype
  let share = isFirst.cast(to: type) + (p.inputs[0] .== p.inputs[1]).cast(to: type) * 0.5
  return [p.needed[0] ? p.cotangent * share : nil, p.needed[1] ? p.cotangent * (1 - share) : nil]
}

private func comparison(_ name: String) -> Primitive {
  Primitive(
    name, arity: 2...2, promotion: .common,
    infer: { inputs, _ in TensorSpec(try broadcastShape([inputs[0].shape, inputs[1].shape]), .bool) },
    execution: .kernel(KernelName(rawValue: name)), vjp: nil)
}

let comparisonPrimitives = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"].map(comparison)

@Sendable private func logical(_ inputs: [TensorSpec], _: Attributes) throws -> TensorSpec {
  for input in inputs where input.dtype != .bool {
    throw TensorError(.type, "takes bool tensors, not \(input.dtype); compare or cast first")
  }
  return TensorSpec(try broadcastShape(inputs.map(\.shape)), .bool)
}

let logicalPrimitives: [Primitive] =
  ["logical_and", "logical_or", "logical_xor"].map {
    Primitive(
      $0, arity: 2...2, infer: logical, execution: .kernel(KernelName(rawValue: $0)), vjp: nil)
  } + [Primitive("logical_not", arity: 1...1, infer: logical, execution: .kernel("logical_not"), vjp: nil)]

let conversionPrimitives: [Primitive] = [
  Primitive(
    "select", arity: 3...3,
    infer: { inputs, _ in
      guard inputs[0].dtype == .bool else {
        throw TensorError(.type, "the condition must be bool, not \(inputs[0].dtype); compare it, as in x != 0")
      }
      guard inputs[1].dtype == inputs[2].dtype else {
        throw TensorError(.type, "the two choices have types \(inputs[1].dtype) and \(inputs[2].dtype); cast one")
      }
      return TensorSpec(try broadcastShape(inputs.map(\.shape)), inputs[1].dtype)
    },
    execution: .kernel("select"),
    vjp: { p in
      let zero = Tensor.zeros([], dtype: p.cotangent.dtype)
      return [
        nil,
        p.needed[1] ? Tensor.select(p.inputs[0], p.cotangent, zero).summed(to: p.inputs[1].shape) : nil,
        p.needed[2] ? Tensor.select(p.inputs[0], zero, p.cotangent).summed(to: p.inputs[2].shape) : nil,
      ]
    }),
  Primitive(
    "cast", arity: 1...1, attributes: ["dtype"],
    infer: { inputs, attributes in TensorSpec(inputs[0].shape, try attributes.dtype("dtype")) },
    execution: .kernel("cast"),
    vjp: { p in [p.inputs[0].dtype.isFloat ? p.cotangent.cast(to: p.inputs[0].dtype) : nil] }),
  Primitive(
    "copy", arity: 1...1, infer: { inputs, _ in inputs[0] }, execution: .kernel("cast"), vjp: { p in [p.cotangent] }),
  // A new name for the same memory: where a gradient computation begins, inside another or not.
  Primitive(
    "identity", arity: 1...1, infer: { inputs, _ in inputs[0] }, execution: .view { layout, _, _ in layout },
    vjp: { p in [p.cotangent] }),
  // The same memory with no way back for gradients.
  Primitive(
    "stop_gradient", arity: 1...1, infer: { inputs, _ in inputs[0] }, execution: .view { layout, _, _ in layout },
    vjp: nil),
]

/// What an elementwise op does to each element: by itself, or as one step of a fused kernel.
enum ElementwiseStep: Sendable {
  case unary(sgk_unary_op)
  case binary(sgk_binary_op)
  /// The condition, then the two choices.
  case select
  case cast

  /// The kernel that does this step alone.
  var kernel: CPU.Kernel {
    switch self {
    case .unary(let op):
      { call in
        var (x, out) = (CPU.view(call.inputs[0]), CPU.view(call.output))
        sgk_unary(op, &x, &out)
      }
    case .binary(let op):
      { call in
        let shape = call.output.shape
        var a = CPU.view(call.inputs[0], broadcastTo: shape)
        var b = CPU.view(call.inputs[1], broadcastTo: shape)
        var out = CPU.view(call.output)
        sgk_binary(op, &a, &b, &out)
      }
    case .select:
      { call in
        let shape = call.output.shape
        var condition = CPU.view(call.inputs[0], broadcastTo: shape)
        var a = CPU.view(call.inputs[1], broadcastTo: shape)
        var b = CPU.view(call.inputs[2], broadcastTo: shape)
        var out = CPU.view(call.output)
        sgk_select(&condition, &a, &b, &out)
      }
    case .cast:
      { call in
        var (x, out) = (CPU.view(call.inputs[0]), CPU.view(call.output))
        sgk_cast(&x, &out)
      }
    }
  }
}

let elementwiseSteps: [KernelName: ElementwiseStep] = [
  "negative": .unary(SGK_NEG), "relu": .unary(SGK_RELU), "absolute": .unary(SGK_ABS), "sign": .unary(SGK_SIGN),
  "square": .unary(SGK_SQUARE), "floor": .unary(SGK_FLOOR), "ceil": .unary(SGK_CEIL),
  "round": .unary(SGK_ROUND), "exp": .unary(SGK_EXP), "expm1": .unary(SGK_EXPM1),
  "log": .unary(SGK_LOG), "log1p": .unary(SGK_LOG1P), "sqrt": .unary(SGK_SQRT),
  "rsqrt": .unary(SGK_RSQRT), "reciprocal": .unary(SGK_RECIPROCAL), "tanh": .unary(SGK_TANH),
  "sigmoid": .unary(SGK_SIGMOID), "softplus": .unary(SGK_SOFTPLUS), "erf": .unary(SGK_ERF),
  "sin": .unary(SGK_SIN), "cos": .unary(SGK_COS), "is_finite": .unary(SGK_IS_FINITE),
  "logical_not": .unary(SGK_NOT),
  "add": .binary(SGK_ADD), "subtract": .binary(SGK_SUB), "multiply": .binary(SGK_MUL),
  "divide": .binary(SGK_DIV), "power": .binary(SGK_POW), "maximum": .binary(SGK_MAXIMUM),
  "minimum": .binary(SGK_MINIMUM), "equal": .binary(SGK_EQ), "not_equal": .binary(SGK_NE),
  "less": .binary(SGK_LT), "less_equal": .binary(SGK_LE), "greater": .binary(SGK_GT),
  "greater_equal": .binary(SGK_GE), "logical_and": .binary(SGK_AND), "logical_or": .binary(SGK_OR),
  "logical_xor": .binary(SGK_XOR),
  "select": .select, "cast": .cast,
]
