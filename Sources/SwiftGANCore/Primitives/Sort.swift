import SwiftGANKernels

// Positions, which have no gradient: sorted values are taken along the axis by them, and gradients flow through that.

let sortPrimitives: [Primitive] = [
  Primitive(
    "argsort", arity: 1...1, attributes: ["axis", "descending"],
    infer: { inputs, attributes in
      _ = try normalized(axis: attributes.int("axis", default: -1), rank: inputs[0].shape.count)
      return TensorSpec(inputs[0].shape, .int64)
    },
    execution: .kernel("argsort"), vjp: nil),
  Primitive(
    "searchsorted", arity: 2...2, attributes: ["side"], promotion: .common,
    infer: { inputs, attributes in
      guard inputs[0].shape.count == 1 else {
        throw TensorError(
          .shape, "searches in a tensor of one axis, sorted ascending, not of shape \(describe(shape: inputs[0].shape))"
        )
      }
      _ = try isRightSide(attributes)
      return TensorSpec(inputs[1].shape, .int64)
    },
    execution: .kernel("searchsorted"), vjp: nil),
  // The position in row-major order that one index per axis names.
  Primitive(
    "ravel_multi_index", arity: 1...Int.max, attributes: ["shape", "axes"],
    infer: { inputs, attributes in
      let shape = try attributes.ints("shape")
      _ = try elementCount(shape)
      guard shape.count == inputs.count else {
        throw TensorError(
          .shape, "\(inputs.count) tensors of indices do not fit shape \(describe(shape: shape)): one for every axis")
      }
      if attributes["axes"] != nil, try attributes.ints("axes").count != shape.count {
        throw TensorError(.value, "axes must name one axis for each of \(shape.count) tensors of indices")
      }
      for input in inputs { try checkIndexType(input) }
      return TensorSpec(try broadcastShape(inputs.map(\.shape)), .int64)
    },
    execution: .kernel("ravel_multi_index"), vjp: nil),
]

private func isRightSide(_ attributes: Attributes) throws -> Bool {
  switch attributes["side"] {
  case nil, .string("left"): return false
  case .string("right"): return true
  default: throw TensorError(.value, "side must be 'left' or 'right'")
  }
}

let sortKernels: [KernelName: CPU.Kernel] = [
  "argsort": { call in
    let axis = try normalized(axis: call.attributes.int("axis", default: -1), rank: call.output.rank)
    let isDescending = try call.attributes.bool("descending", default: false)
    var (x, out) = (CPU.view(call.inputs[0]), CPU.view(call.output))
    try CPU.check(sgk_argsort(&x, Int32(axis), isDescending ? 1 : 0, &out))
  },
  "searchsorted": { call in
    var (sorted, values, out) = (CPU.view(call.inputs[0]), CPU.view(call.inputs[1]), CPU.view(call.output))
    sgk_search_sorted(&sorted, &values, try isRightSide(call.attributes) ? 1 : 0, &out)
  },
  "ravel_multi_index": { call in
    let shape = try call.attributes.ints("shape")
    let axes = try call.attributes.ints("axes", default: Array(shape.indices))
    var zero: UInt64 = 0
    var out = CPU.view(call.output)
    sgk_fill(&zero, &out)
    for (number, index) in call.inputs.enumerated() {
      var view = CPU.view(index, broadcastTo: call.output.shape)
      let status = sgk_ravel_step(&view, Int64(shape[number]), &out)
      if status == SGK_BAD_INDEX { throw rangeError(index, axis: axes[number], extent: shape[number]) }
      try CPU.check(status)
    }
  },
]

extension Primitive {
  static let argsort = named("argsort")
  static let searchSorted = named("searchsorted")
  static let ravelMultiIndex = named("ravel_multi_index")
}
