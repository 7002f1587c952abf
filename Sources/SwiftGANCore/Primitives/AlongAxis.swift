import SwiftGANKernels

// Single elements along an axis, each by an index of its own: what sorting, top-k, pooling and picking by label are made
// of. take_along_axis and scatter_add_along_axis are each other's gradients.

/// Throws unless the indices have the tensor's shape but for the axis.
@Sendable private func checkAlong(_ x: TensorSpec, _ index: TensorSpec, _ attributes: Attributes) throws {
  try checkIndexType(index)
  let axis = try normalized(axis: attributes.int("axis"), rank: x.shape.count)
  guard index.shape.count == x.shape.count,
    x.shape.indices.allSatisfy({ $0 == axis || x.shape[$0] == index.shape[$0] })
  else {
    throw TensorError(
      .shape,
      "indices of shape \(describe(shape: index.shape)) must agree with shape \(describe(shape: x.shape)) outside axis "
        + "\(axis)")
  }
}

private func scatterAlong(_ name: String, adds: Bool, vjp: @escaping @Sendable (Pullback, Int) throws -> [Tensor?])
  -> Primitive
{
  Primitive(
    name, arity: 3...3, attributes: ["axis"],
    infer: { inputs, attributes in
      let (x, updates, index) = (inputs[0], inputs[1], inputs[2])
      try checkUpdates(updates, into: x, adds: adds)
      try checkAlong(x, index, attributes)
      guard updates.shape == index.shape else {
        throw TensorError(
          .shape,
          "updates must have the indices' shape \(describe(shape: index.shape)), not \(describe(shape: updates.shape))")
      }
      return x
    },
    execution: .kernel(KernelName(rawValue: name)), vjp: { p in try vjp(p, p.attributes.int("axis")) })
}

let alongAxisPrimitives: [Primitive] = [
  // out[..i, j, k..] = x[..i, index[..i, j, k..], k..]
  Primitive(
    "take_along_axis", arity: 2...2, attributes: ["axis"],
    infer: { inputs, attributes in
      try checkAlong(inputs[0], inputs[1], attributes)
      return TensorSpec(inputs[1].shape, inputs[0].dtype)
    },
    execution: .kernel("take_along_axis"),
    vjp: { p in
      let axis = try p.attributes.int("axis")
      return [p.inputs[0].zerosLike.scatterAddAlongAxis(p.cotangent, at: p.inputs[1], axis: axis), nil]
    }),
  // out = x; out[..i, index[..i, j, k..], k..] += updates[..i, j, k..]
  scatterAlong("scatter_add_along_axis", adds: true) { p, axis in
    [p.cotangent, p.needed[1] ? p.cotangent.takeAlongAxis(p.inputs[2], axis: axis) : nil, nil]
  },
  // out = x; out[..i, index[..i, j, k..], k..] = updates[..i, j, k..]; as scatter, the last of repeated indices stays.
  scatterAlong("put_along_axis", adds: false) { p, axis in
    let (x, updates, index) = (p.inputs[0], p.inputs[1], p.inputs[2])
    let axis = try normalized(axis: axis, rank: x.rank)
    var overUpdates: Tensor?
    if p.needed[1] {
      var extents = [Int](repeating: 1, count: x.rank)
      extents[axis] = index.shape[axis]
      let order = Tensor.arange(0, Double(extents[axis]), dtype: .int64).reshape(extents).broadcast(to: index.shape)
      let last = Tensor.zeros(x.shape, dtype: .int64).putAlongAxis(order, at: index, axis: axis)
        .takeAlongAxis(index, axis: axis)
      overUpdates = .select(
        last .== order, p.cotangent.takeAlongAxis(index, axis: axis), .zeros([], dtype: p.cotangent.dtype))
    }
    return [
      p.needed[0] ? p.cotangent.putAlongAxis(updates.zerosLike, at: index, axis: axis) : nil, overUpdates, nil,
    ]
  },
]

private func scatterAlongKernel(_ op: sgk_scatter_op) -> CPU.Kernel {
  { call in
    let (x, index) = (call.inputs[0], call.inputs[2])
    let axis = try normalized(axis: call.attributes.int("axis"), rank: x.rank)
    var (source, out) = (CPU.view(x), CPU.view(call.output))
    sgk_cast(&source, &out)
    var (updates, indexView) = (CPU.view(call.inputs[1]), CPU.view(index))
    let status = sgk_scatter_along(op, &updates, &indexView, Int32(axis), &out)
    if status == SGK_BAD_INDEX { throw rangeError(index, axis: axis, extent: x.shape[axis]) }
    try CPU.check(status)
  }
}

let alongAxisKernels: [KernelName: CPU.Kernel] = [
  "take_along_axis": { call in
    let (x, index) = (call.inputs[0], call.inputs[1])
    let axis = try normalized(axis: call.attributes.int("axis"), rank: x.rank)
    var (source, indexView, out) = (CPU.view(x), CPU.view(index), CPU.view(call.output))
    let status = sgk_take_along(&source, &indexView, Int32(axis), &out)
    if status == SGK_BAD_INDEX { throw rangeError(index, axis: axis, extent: x.shape[axis]) }
    try CPU.check(status)
  },
  "scatter_add_along_axis": scatterAlongKernel(SGK_SCATTER_ADD),
  "put_along_axis": scatterAlongKernel(SGK_SCATTER_SET),
]

extension Primitive {
  static let gather = named("gather")
  static let scatterAdd = named("scatter_add")
  static let scatter = named("scatter")
  static let takeAlongAxis = named("take_along_axis")
  static let scatterAddAlongAxis = named("scatter_add_along_axis")
  static let putAlongAxis = named("put_along_axis")
}
