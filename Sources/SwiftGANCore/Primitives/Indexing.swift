import SwiftGANKernels

@Sendable private func checkIndex(_ index: TensorSpec) throws {
  guard index.dtype == .int32 || index.dtype == .int64 else {
    throw TensorError(.type, "indices must be int32 or int64, not \(index.dtype); cast first")
  }
  guard index.shape.count == 1 else {
    throw TensorError(.shape, "indices must have one axis, not shape \(describe(shape: index.shape)); flatten first")
  }
}

let indexPrimitives: [Primitive] = [
  // out[..., j, ...] = x[..., index[j], ...]
  Primitive(
    "gather", arity: 2...2, attributes: ["axis"],
    infer: { inputs, attributes in
      try checkIndex(inputs[1])
      var shape = inputs[0].shape
      let axis = try normalized(axis: attributes.int("axis", default: 0), rank: shape.count)
      shape[axis] = inputs[1].shape[0]
      return TensorSpec(shape, inputs[0].dtype)
    },
    execution: .kernel("gather"),
    vjp: { p in
      let axis = try p.attributes.int("axis", default: 0)
      return [p.inputs[0].zerosLike.scatterAdd(p.cotangent, at: p.inputs[1], axis: axis), nil]
    }),
  // out = x; out[..., index[j], ...] += updates[..., j, ...]
  Primitive(
    "scatter_add", arity: 3...3, attributes: ["axis"],
    infer: { inputs, attributes in
      let (x, updates, index) = (inputs[0], inputs[1], inputs[2])
      try checkIndex(index)
      let axis = try normalized(axis: attributes.int("axis", default: 0), rank: x.shape.count)
      guard x.dtype == updates.dtype, x.dtype != .uint8, x.dtype != .bool else {
        throw TensorError(
          .type, "adds \(updates.dtype) to \(x.dtype); both must be one of float32, float64, int32, int64")
      }
      var expected = x.shape
      expected[axis] = index.shape[0]
      guard updates.shape == expected else {
        throw TensorError(
          .shape, "updates must have shape \(describe(shape: expected)), not \(describe(shape: updates.shape))")
      }
      return x
    },
    execution: .kernel("scatter_add"),
    vjp: { p in
      let axis = try p.attributes.int("axis", default: 0)
      return [p.cotangent, p.needed[1] ? p.cotangent.gather(p.inputs[2], axis: axis) : nil, nil]
    }),
]

private func rangeError(_ index: Tensor, _ extent: Int) -> TensorError {
  let indices = (try? index.cast(to: .int64).scalars(as: Int64.self)) ?? []
  let first = indices.first { !(-Int64(extent)..<Int64(extent)).contains($0) }
  return TensorError(.index, "index \(first.map(String.init) ?? "?") is out of range for an axis of size \(extent)")
}

let indexKernels: [KernelName: CPU.Kernel] = [
  "gather": { call in
    let x = call.inputs[0]
    let axis = try normalized(axis: call.attributes.int("axis", default: 0), rank: x.rank)
    var (source, index, out) = (CPU.view(x), CPU.view(call.inputs[1]), CPU.view(call.output))
    let status = sgk_gather(&source, &index, Int32(axis), &out)
    if status == SGK_BAD_INDEX { throw rangeError(call.inputs[1], x.shape[axis]) }
    try CPU.check(status)
  },
  "scatter_add": { call in
    let x = call.inputs[0]
    let axis = try normalized(axis: call.attributes.int("axis", default: 0), rank: x.rank)
    var (source, out) = (CPU.view(x), CPU.view(call.output))
    sgk_cast(&source, &out)
    var (updates, index) = (CPU.view(call.inputs[1]), CPU.view(call.inputs[2]))
    let status = sgk_scatter_add(&updates, &index, Int32(axis), &out)
    if status == SGK_BAD_INDEX { throw rangeError(call.inputs[2], x.shape[axis]) }
    try CPU.check(status)
  },
]
