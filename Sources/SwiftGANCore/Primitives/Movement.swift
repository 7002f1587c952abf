import SwiftGANKernels

let movementPrimitives: [Primitive] = [
  Primitive(
    "reshape", arity: 1...1, attributes: ["shape"],
    infer: { inputs, attributes in
      TensorSpec(try resolved(shape: attributes.ints("shape"), for: inputs[0].shape), inputs[0].dtype)
    },
    execution: .view { layout, _, spec in layout.reshaped(spec.shape) },
    vjp: { p in [p.cotangent.reshape(p.inputs[0].shape)] }),

  Primitive(
    "transpose", arity: 1...1, attributes: ["axes"],
    infer: { inputs, attributes in
      let axes = try permutation(attributes, rank: inputs[0].shape.count)
      return TensorSpec(axes.map { inputs[0].shape[$0] }, inputs[0].dtype)
    },
    execution: .view { layout, attributes, spec in
      let axes = try permutation(attributes, rank: layout.rank)
      return Layout(shape: spec.shape, strides: axes.map { layout.strides[$0] }, offset: layout.offset)
    },
    vjp: { p in
      let axes = try permutation(p.attributes, rank: p.inputs[0].rank)
      var inverse = axes
      for (to, from) in axes.enumerated() { inverse[from] = to }
      return [p.cotangent.transposed(inverse)]
    }),

  Primitive(
    "broadcast_to", arity: 1...1, attributes: ["shape"],
    infer: { inputs, attributes in
      let target = try attributes.ints("shape")
      _ = try elementCount(target)
      guard try broadcastShape([inputs[0].shape, target]) == target else {
        throw TensorError(
          .shape, "shape \(describe(shape: inputs[0].shape)) does not broadcast to \(describe(shape: target))")
      }
      return TensorSpec(target, inputs[0].dtype)
    },
    execution: .view { layout, _, spec in layout.broadcast(to: spec.shape) },
    vjp: { p in [p.cotangent.summed(to: p.inputs[0].shape)] }),

  Primitive(
    "slice", arity: 1...1, attributes: ["start", "size", "step"],
    infer: { inputs, attributes in
      let window = try Window(attributes)
      try window.check(in: inputs[0].shape)
      return TensorSpec(window.size, inputs[0].dtype)
    },
    execution: .view { layout, attributes, _ in try Window(attributes).layout(in: layout) },
    vjp: { p in
      let window = try Window(p.attributes)
      return [
        apply(
          .place, [p.cotangent],
          ["shape": .ints(p.inputs[0].shape), "start": .ints(window.start), "step": .ints(window.step)])
      ]
    }),

  // The adjoint of slice: zeros of a shape with the input set into a window.
  Primitive(
    "place", arity: 1...1, attributes: ["shape", "start", "step"],
    infer: { inputs, attributes in
      let shape = try attributes.ints("shape")
      _ = try elementCount(shape)
      let window = try Window(
        start: attributes.ints("start"), size: inputs[0].shape, step: attributes.ints("step"))
      try window.check(in: shape)
      return TensorSpec(shape, inputs[0].dtype)
    },
    execution: .kernel("place"),
    vjp: { p in
      [
        apply(
          .slice, [p.cotangent],
          [
            "start": .ints(try p.attributes.ints("start")), "size": .ints(p.inputs[0].shape),
            "step": .ints(try p.attributes.ints("step")),
          ])
      ]
    }),

  Primitive(
    "concatenate", arity: 1...Int.max, attributes: ["axis"], promotion: .common,
    infer: { inputs, attributes in
      var shape = inputs[0].shape
      let axis = try normalized(axis: attributes.int("axis"), rank: shape.count)
      for input in inputs.dropFirst() {
        var other = input.shape
        guard other.count == shape.count else {
          throw TensorError(
            .shape, "shapes \(describe(shape: inputs[0].shape)) and \(describe(shape: other)) differ in rank")
        }
        let extent = other[axis]
        other[axis] = shape[axis]
        guard other == shape else {
          throw TensorError(
            .shape,
            "shapes \(describe(shape: inputs[0].shape)) and \(describe(shape: input.shape)) differ outside axis \(axis)"
          )
        }
        shape[axis] += extent
      }
      return TensorSpec(shape, inputs[0].dtype)
    },
    execution: .kernel("concatenate"),
    vjp: { p in
      let axis = try normalized(axis: p.attributes.int("axis"), rank: p.output.rank)
      var from = 0
      return p.inputs.enumerated().map { index, input in
        defer { from += input.shape[axis] }
        return p.needed[index] ? p.cotangent.sliced(axis: axis, from: from, to: from + input.shape[axis]) : nil
      }
    }),
]

/// A window on a tensor: per axis the first index, the number of indices and the step between them (which may be
/// negative).
struct Window {
  var start: [Int]
  var size: [Int]
  var step: [Int]

  init(start: [Int], size: [Int], step: [Int]) {
    self.start = start
    self.size = size
    self.step = step
  }

  init(_ attributes: Attributes) throws {
    let start = try attributes.ints("start")
    self.init(
      start: start, size: try attributes.ints("size"),
      step: try attributes.ints("step", default: [Int](repeating: 1, count: start.count)))
  }

  func check(in shape: [Int]) throws(TensorError) {
    guard start.count == shape.count, size.count == shape.count, step.count == shape.count else {
      throw TensorError(.shape, "start, size and step need \(shape.count) numbers each, one for every axis")
    }
    for axis in shape.indices where size[axis] != 0 {
      let (span, overflow) = (size[axis] - 1).multipliedReportingOverflow(by: step[axis])
      let (last, overflowToo) = start[axis].addingReportingOverflow(span)
      guard size[axis] > 0, step[axis] != 0, !overflow, !overflowToo, (0..<shape[axis]).contains(start[axis]),
        (0..<shape[axis]).contains(last)
      else {
        throw TensorError(
          .index,
          "start \(start[axis]), size \(size[axis]), step \(step[axis]) leave axis \(axis) of \(describe(shape: shape))"
        )
      }
    }
  }

  func layout(in layout: Layout) -> Layout {
    var offset = layout.offset
    var strides = layout.strides
    for axis in size.indices {
      if size[axis] > 0 { offset += start[axis] * layout.strides[axis] }
      strides[axis] &*= step[axis]
    }
    return Layout(shape: size, strides: strides, offset: offset)
  }
}

/// `shape` with one -1 replaced by what the number of elements asks for.
private func resolved(shape: [Int], for source: [Int]) throws(TensorError) -> [Int] {
  let count = source.reduce(1, *)
  var target = shape
  if let open = target.firstIndex(of: -1) {
    target[open] = 1
    let rest = try elementCount(target)
    guard rest != 0, count % rest == 0 else {
      throw TensorError(
        .shape,
        "cannot reshape \(describe(shape: source)) into \(describe(shape: shape)): \(count) is not a multiple of \(rest)"
      )
    }
    target[open] = count / rest
  }
  guard try elementCount(target) == count else {
    throw TensorError(
      .shape,
      "cannot reshape \(describe(shape: source)) with \(count) elements into \(describe(shape: shape))")
  }
  return target
}

private func permutation(_ attributes: Attributes, rank: Int) throws -> [Int] {
  guard attributes["axes"] != nil else { return Array((0..<rank).reversed()) }
  let axes = try attributes.ints("axes").map { try normalized(axis: $0, rank: rank) }
  guard axes.sorted() == Array(0..<rank) else {
    throw TensorError(.value, "axes \(axes) are not a permutation of the \(rank) axes")
  }
  return axes
}

let movementKernels: [KernelName: CPU.Kernel] = [
  "place": { call in
    var zero: UInt64 = 0
    var whole = CPU.view(call.output)
    sgk_fill(&zero, &whole)
    let window = Window(
      start: try call.attributes.ints("start"), size: call.inputs[0].shape, step: try call.attributes.ints("step"))
    var source = CPU.view(call.inputs[0])
    var target = CPU.view(call.output, window.layout(in: call.output.node.layout))
    sgk_cast(&source, &target)
  },
  "concatenate": { call in
    let axis = try normalized(axis: call.attributes.int("axis"), rank: call.output.rank)
    let pieces = call.inputs.map { CPU.view($0) }
    var out = CPU.view(call.output)
    sgk_concatenate(Int64(pieces.count), pieces, Int32(axis), &out)
  },
]
