import SwiftGANKernels

/// The extents that a reduction leaves when the reduced axes stay with extent 1.
func keptShape(_ shape: [Int], reducing axes: [Int]) -> [Int] {
  var kept = shape
  for axis in axes { kept[axis] = 1 }
  return kept
}

@Sendable private func reducedSpec(_ inputs: [TensorSpec], _ attributes: Attributes) throws -> TensorSpec {
  let shape = inputs[0].shape
  let axes = try normalized(axes: attributes["axes"] == nil ? nil : attributes.ints("axes"), rank: shape.count)
  let kept = keptShape(shape, reducing: axes)
  if try attributes.bool("keep_dims", default: false) { return TensorSpec(kept, inputs[0].dtype) }
  return TensorSpec(kept.indices.filter { !axes.contains($0) }.map { kept[$0] }, inputs[0].dtype)
}

/// The mean, and then the biased variance, in one pass: [2] and the extents that are left.
@Sendable private func momentsSpec(_ inputs: [TensorSpec], _ attributes: Attributes) throws -> TensorSpec {
  let spec = try reducedSpec(inputs, attributes)
  return TensorSpec([2] + spec.shape, spec.dtype)
}

/// For n elements of mean m the gradients of mean and variance are 1 / n and 2 (x - m) / n.
@Sendable private func momentsGradient(_ p: Pullback) throws -> [Tensor?] {
  let x = p.inputs[0]
  let axes = try normalized(axes: p.attributes["axes"] == nil ? nil : p.attributes.ints("axes"), rank: x.rank)
  let kept = keptShape(x.shape, reducing: axes)
  let share = 1 / Double(max(axes.reduce(1) { $0 * x.shape[$1] }, 1))
  func part(_ tensor: Tensor, _ index: Int) -> Tensor { tensor.selected(axis: 0, at: index).reshape(kept) }
  let (ofMean, ofVariance) = (part(p.cotangent, 0) * share, part(p.cotangent, 1) * (2 * share))
  return [(x - part(p.output, 0)) * ofVariance + ofMean]
}

/// The output or cotangent of a reduction with the reduced axes put back, and the axes.
private func withReducedAxes(_ tensor: Tensor, of p: Pullback) throws -> Tensor {
  let shape = p.inputs[0].shape
  let axes = try normalized(axes: p.attributes["axes"] == nil ? nil : p.attributes.ints("axes"), rank: shape.count)
  return tensor.reshape(keptShape(shape, reducing: axes))
}

private func reduction(
  _ name: String, check: @escaping @Sendable (TensorSpec, Attributes) throws -> Void = { _, _ in },
  vjp: (@Sendable (Pullback) throws -> [Tensor?])?
) -> Primitive {
  Primitive(
    name, arity: 1...1, attributes: ["axes", "keep_dims"],
    infer: { inputs, attributes in
      try check(inputs[0], attributes)
      return try reducedSpec(inputs, attributes)
    }, execution: .kernel(KernelName(rawValue: name)), vjp: vjp)
}

@Sendable private func checkNotEmpty(_ input: TensorSpec, _ attributes: Attributes) throws {
  if input.dtype == .bool { throw TensorError(.type, "takes numbers, not bool; cast first") }
  let axes = try normalized(axes: attributes["axes"] == nil ? nil : attributes.ints("axes"), rank: input.shape.count)
  for axis in axes where input.shape[axis] == 0 {
    throw TensorError(.value, "no extremum over axis \(axis) of shape \(describe(shape: input.shape)): it is empty")
  }
}

@Sendable private func checkNumeric(_ input: TensorSpec, _: Attributes) throws {
  if input.dtype == .bool { throw TensorError(.type, "takes numbers, not bool; cast first") }
}

@Sendable private func checkBool(_ input: TensorSpec, _: Attributes) throws {
  if input.dtype != .bool { throw TensorError(.type, "takes bool, not \(input.dtype); compare first") }
}

/// Equal extrema share the cotangent evenly, as in JAX.
@Sendable private func extremumGradient(_ p: Pullback) throws -> [Tensor?] {
  let isExtreme = (p.inputs[0] .== (try withReducedAxes(p.output, of: p))).cast(to: p.cotangent.dtype)
  let axes = try normalized(axes: p.attributes["axes"] == nil ? nil : p.attributes.ints("axes"), rank: p.inputs[0].rank)
  let share = isExtreme / isExtreme.sum(axes: axes, keepDims: true)
  return [try withReducedAxes(p.cotangent, of: p) * share]
}

/// The product of all the others, found from the left and from the right: exact also where elements are 0.
@Sendable private func productGradient(_ p: Pullback) throws -> [Tensor?] {
  let x = p.inputs[0]
  let axes = try normalized(axes: p.attributes["axes"] == nil ? nil : p.attributes.ints("axes"), rank: x.rank)
  let cotangent = try withReducedAxes(p.cotangent, of: p)
  if x.count == 0 || axes.isEmpty { return [cotangent.broadcast(to: x.shape)] }
  let order = x.shape.indices.filter { !axes.contains($0) } + axes
  let ordered = x.transposed(order)
  let rows = ordered.reshape(Array(ordered.shape[..<(x.rank - axes.count)]) + [-1])
  let others = rows.productBefore(axis: -1) * rows.productBefore(axis: -1, reverse: true)
  var back = order
  for (to, from) in order.enumerated() { back[from] = to }
  return [cotangent * others.reshape(ordered.shape).transposed(back)]
}

let reducePrimitives: [Primitive] = [
  reduction("sum", check: checkNumeric) { p in
    [try withReducedAxes(p.cotangent, of: p).broadcast(to: p.inputs[0].shape)]
  },
  reduction("prod", check: checkNumeric, vjp: productGradient),
  reduction("max", check: checkNotEmpty, vjp: extremumGradient),
  reduction("min", check: checkNotEmpty, vjp: extremumGradient),
  Primitive(
    "moments", arity: 1...1, attributes: ["axes", "keep_dims"], promotion: .float, infer: momentsSpec,
    execution: .kernel("moments"), vjp: momentsGradient),
  reduction("any", check: checkBool, vjp: nil),
  reduction("all", check: checkBool, vjp: nil),
  argument("argmax"),
  argument("argmin"),
]

private func argument(_ name: String) -> Primitive {
  Primitive(
    name, arity: 1...1, attributes: ["axis", "keep_dims"],
    infer: { inputs, attributes in
      let axis = try normalized(axis: attributes.int("axis"), rank: inputs[0].shape.count)
      let axes: Attributes = [
        "axes": .ints([axis]), "keep_dims": .bool(try attributes.bool("keep_dims", default: false)),
      ]
      try checkNotEmpty(inputs[0], axes)
      return TensorSpec(try reducedSpec(inputs, axes).shape, .int64)
    }, execution: .kernel(KernelName(rawValue: name)), vjp: nil)
}

private func reduceKernel(_ op: sgk_reduce_op) -> CPU.Kernel {
  { call in
    let shape = call.inputs[0].shape
    let axes = try normalized(
      axes: call.attributes["axes"] == nil ? nil : call.attributes.ints("axes"), rank: shape.count)
    var x = CPU.view(call.inputs[0])
    var out = CPU.view(call.output, Layout(contiguous: keptShape(shape, reducing: axes)))
    try CPU.check(sgk_reduce(op, &x, &out))
  }
}

private typealias ArgumentKernel =
  @Sendable (UnsafePointer<sgk_view>, Int32, UnsafePointer<sgk_view>) -> sgk_status

private func argumentKernel(_ function: @escaping ArgumentKernel) -> CPU.Kernel {
  { call in
    let shape = call.inputs[0].shape
    let axis = try normalized(axis: call.attributes.int("axis"), rank: shape.count)
    var x = CPU.view(call.inputs[0])
    var out = CPU.view(call.output, Layout(contiguous: keptShape(shape, reducing: [axis])))
    try CPU.check(function(&x, Int32(axis), &out))
  }
}

/// The reductions by kernel: of elements to one, or (moments) to two that lie apart.
let reductionOps: [KernelName: sgk_reduce_op] = [
  "sum": SGK_SUM, "prod": SGK_PROD, "max": SGK_MAX, "min": SGK_MIN, "any": SGK_ANY, "all": SGK_ALL,
  "moments": SGK_MOMENTS,
]

let reduceKernels: [KernelName: CPU.Kernel] = reductionOps.mapValues(reduceKernel).merging([
  "argmax": argumentKernel { sgk_argmax($0, $1, $2) }, "argmin": argumentKernel { sgk_argmin($0, $1, $2) },
]) { first, _ in first }
