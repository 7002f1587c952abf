import SwiftGANKernels

// Slices by index: gather, and its adjoint. Single elements by indices of their own are in AlongAxis.swift.

@Sendable func checkIndexType(_ index: TensorSpec) throws(TensorError) {
  guard index.dtype == .int32 || index.dtype == .int64 else {
    throw TensorError(.type, "indices must be int32 or int64, not \(index.dtype); cast first")
  }
}

/// What the slices of `x` at an index look like: the axis replaced by the index's axes.
private func gatheredShape(_ x: TensorSpec, _ index: TensorSpec, _ attributes: Attributes) throws -> [Int] {
  try checkIndexType(index)
  let axis = try normalized(axis: attributes.int("axis", default: 0), rank: x.shape.count)
  let shape = Array(x.shape[..<axis]) + index.shape + Array(x.shape[(axis + 1)...])
  _ = try elementCount(shape, byteSize: x.dtype.byteSize)
  return shape
}

private func scatter(_ name: String, adds: Bool, vjp: @escaping @Sendable (Pullback, Int) throws -> [Tensor?])
  -> Primitive
{
  Primitive(
    name, arity: 3...3, attributes: ["axis"],
    infer: { inputs, attributes in
      try checkUpdates(inputs[1], into: inputs[0], adds: adds)
      let expected = try gatheredShape(inputs[0], inputs[2], attributes)
      guard inputs[1].shape == expected else {
        throw TensorError(
          .shape, "updates must have shape \(describe(shape: expected)), not \(describe(shape: inputs[1].shape))")
      }
      return inputs[0]
    },
    execution: .kernel(KernelName(rawValue: name)),
    vjp: { p in try vjp(p, p.attributes.int("axis", default: 0)) })
}

/// Throws unless values of the updates' type can be set into, or added to, elements of `x`.
func checkUpdates(_ updates: TensorSpec, into x: TensorSpec, adds: Bool) throws(TensorError) {
  guard x.dtype == updates.dtype else {
    throw TensorError(.type, "the updates are \(updates.dtype), but the tensor is \(x.dtype); cast one")
  }
  if adds && (x.dtype == .uint8 || x.dtype == .bool) {
    throw TensorError(.type, "adds float32, float64, int32 or int64, not \(x.dtype); cast first")
  }
}

let indexPrimitives: [Primitive] = [
  // out[..., j..., ...] = x[..., index[j...], ...]
  Primitive(
    "gather", arity: 2...2, attributes: ["axis"],
    infer: { inputs, attributes in
      TensorSpec(try gatheredShape(inputs[0], inputs[1], attributes), inputs[0].dtype)
    },
    execution: .kernel("gather"),
    vjp: { p in
      let axis = try p.attributes.int("axis", default: 0)
      return [p.inputs[0].zerosLike.scatterAdd(p.cotangent, at: p.inputs[1], axis: axis), nil]
    }),
  // out = x; out[..., index[j...], ...] += updates[..., j..., ...]
  scatter("scatter_add", adds: true) { p, axis in
    [p.cotangent, p.needed[1] ? p.cotangent.gather(p.inputs[2], axis: axis) : nil, nil]
  },
  // out = x; out[..., index[j...], ...] = updates[..., j..., ...]. The last of repeated indices stays, so it alone has a
  // gradient: each index looks up who came last.
  scatter("scatter", adds: false) { p, axis in
    let (x, updates, index) = (p.inputs[0], p.inputs[1], p.inputs[2])
    let axis = try normalized(axis: axis, rank: x.rank)
    var overUpdates: Tensor?
    if p.needed[1] {
      let order = Tensor.arange(0, Double(index.count), dtype: .int64).reshape(index.shape)
      let last = Tensor.zeros([x.shape[axis]], dtype: .int64).scatter(order, at: index).gather(index)
      let trailing = [Int](repeating: 1, count: x.rank - axis - 1)
      overUpdates = .select(
        (last .== order).reshape(index.shape + trailing), p.cotangent.gather(index, axis: axis),
        .zeros([], dtype: p.cotangent.dtype))
    }
    return [p.needed[0] ? p.cotangent.scatter(updates.zerosLike, at: index, axis: axis) : nil, overUpdates, nil]
  },
]

/// The error that names the first index outside `-extent..<extent`, its place and the axis.
func rangeError(_ index: Tensor, axis: Int, extent: Int) -> TensorError {
  let indices = (try? index.cast(to: .int64).scalars(as: Int64.self)) ?? []
  guard let at = indices.firstIndex(where: { !(-Int64(extent)..<Int64(extent)).contains($0) }) else {
    return TensorError(.index, "an index is out of range for axis \(axis) of size \(extent)")
  }
  var place: [Int] = []
  var rest = at
  for size in index.shape.reversed() {
    place.insert(rest % size, at: 0)
    rest /= size
  }
  let whereabouts = index.count > 1 ? " (at \(describe(shape: place)) of the indices)" : ""
  return TensorError(
    .index, "index \(indices[at])\(whereabouts) is out of range for axis \(axis) of size \(extent)")
}

/// The tensor with the axes `axis..<axis + count` as one: contiguous memory where its strides do not allow a view.
private func merged(_ tensor: Tensor, _ axis: Int, _ count: Int) throws -> (tensor: Tensor, layout: Layout) {
  if count == 1 { return (tensor, tensor.node.layout) }
  let extents = tensor.shape[axis..<axis + count]
  let shape = Array(tensor.shape[..<axis]) + [extents.reduce(1, *)] + Array(tensor.shape[(axis + count)...])
  if let layout = tensor.node.layout.reshaped(shape) { return (tensor, layout) }
  let copy = try tensor.contiguousCopyIfNeeded()
  return (copy, Layout(contiguous: shape))
}

private func scatterKernel(_ op: sgk_scatter_op) -> CPU.Kernel {
  { call in
    let (x, updates, index) = (call.inputs[0], call.inputs[1], call.inputs[2])
    let axis = try normalized(axis: call.attributes.int("axis", default: 0), rank: x.rank)
    var (source, out) = (CPU.view(x), CPU.view(call.output))
    sgk_cast(&source, &out)
    let (flatIndex, flatUpdates) = (try merged(index, 0, index.rank), try merged(updates, axis, index.rank))
    var indexView = CPU.view(flatIndex.tensor, flatIndex.layout)
    var updateView = CPU.view(flatUpdates.tensor, flatUpdates.layout)
    let status = withExtendedLifetime((flatIndex.tensor, flatUpdates.tensor)) {
      sgk_scatter(op, &updateView, &indexView, Int32(axis), &out)
    }
    if status == SGK_BAD_INDEX { throw rangeError(index, axis: axis, extent: x.shape[axis]) }
    try CPU.check(status)
  }
}

let indexKernels: [KernelName: CPU.Kernel] = [
  "gather": { call in
    let (x, index) = (call.inputs[0], call.inputs[1])
    let axis = try normalized(axis: call.attributes.int("axis", default: 0), rank: x.rank)
    let (flatIndex, flatOut) = (try merged(index, 0, index.rank), try merged(call.output, axis, index.rank))
    var (source, out) = (CPU.view(x), CPU.view(call.output, flatOut.layout))
    var indexView = CPU.view(flatIndex.tensor, flatIndex.layout)
    let status = withExtendedLifetime(flatIndex.tensor) { sgk_gather(&source, &indexView, Int32(axis), &out) }
    if status == SGK_BAD_INDEX { throw rangeError(index, axis: axis, extent: x.shape[axis]) }
    try CPU.check(status)
  },
  "scatter_add": scatterKernel(SGK_SCATTER_ADD),
  "scatter": scatterKernel(SGK_SCATTER_SET),
]
