import SwiftGANKernels

let matmulPrimitives: [Primitive] = [
  // out[..., m, n] = sum over k of a[..., m, k] b[..., k, n]; the leading axes broadcast.
  Primitive(
    "batch_matmul", arity: 2...2, promotion: .float, hasPrecision: true,
    infer: { inputs, _ in
      let (a, b) = (inputs[0].shape, inputs[1].shape)
      guard a.count >= 2, b.count >= 2, a[a.count - 1] == b[b.count - 2] else {
        throw TensorError(
          .shape,
          "shapes \(describe(shape: a)) and \(describe(shape: b)) do not fit: the last axis of the first and the "
            + "second last of the other must be equal")
      }
      let batch = try broadcastShape([Array(a.dropLast(2)), Array(b.dropLast(2))])
      return TensorSpec(batch + [a[a.count - 2], b[b.count - 1]], inputs[0].dtype)
    },
    execution: .kernel("batch_matmul"),
    vjp: { p in
      let (a, b) = (p.inputs[0], p.inputs[1])
      return [
        p.needed[0] ? apply(.batchMatmul, [p.cotangent, b.swapAxes(-1, -2)]).summed(to: a.shape) : nil,
        p.needed[1] ? rightGradient(a, b, p.cotangent) : nil,
      ]
    })
]

/// a^T g, summed over what b was repeated along. For one matrix b (a weight) and many a, all rows of a meet in one product,
/// in place of one product per matrix and their sum.
private func rightGradient(_ a: Tensor, _ b: Tensor, _ g: Tensor) -> Tensor {
  guard b.rank == 2, a.rank > 2 else { return apply(.batchMatmul, [a.swapAxes(-1, -2), g]).summed(to: b.shape) }
  let rows = a.shape.dropLast().reduce(1, *)
  let (left, right) = (a.reshape([rows, b.shape[0]]), g.reshape([rows, b.shape[1]]))
  return apply(.batchMatmul, [left.transposed(), right])
}

extension Primitive {
  static let batchMatmul = named("batch_matmul")
}

let matmulKernels: [KernelName: CPU.Kernel] = [
  "batch_matmul": { call in
    let (a, b, shape) = (call.inputs[0], call.inputs[1], call.output.shape)
    let batch = shape.dropLast(2)
    var left = CPU.view(a, broadcastTo: batch + a.shape.suffix(2))
    var right = CPU.view(b, broadcastTo: batch + b.shape.suffix(2))
    var out = CPU.view(call.output)
    try CPU.check(sgk_matmul_then(call.attributes.precision, &left, &right, &out, call.then))
  }
]
