import SwiftGANKernels

// h[t] = a[t] h[t-1] + b[t] with h[0] = b[0]: running sums (a = 1), running products (b = 0 after the first), discounted
// returns and linear recurrences. Closed under differentiation: the cotangent runs through the same recurrence the other
// way.

let scanPrimitives: [Primitive] = [
  Primitive(
    "linear_scan", arity: 2...2, attributes: ["axis", "reverse"], promotion: .common,
    infer: { inputs, attributes in
      let type = inputs[0].dtype
      if type == .bool || type == .uint8 {
        throw TensorError(.type, "takes float32, float64, int32 or int64, not \(type); cast first")
      }
      let shape = try broadcastShape([inputs[0].shape, inputs[1].shape])
      _ = try normalized(axis: attributes.int("axis"), rank: shape.count)
      return TensorSpec(shape, type)
    },
    execution: .kernel("linear_scan"),
    vjp: { p in
      let shape = p.output.shape
      let axis = try normalized(axis: p.attributes.int("axis"), rank: shape.count)
      let isReverse = try p.attributes.bool("reverse", default: false)
      let extent = shape[axis]
      if extent == 0 { return p.inputs.map { $0.zerosLike } }
      /// The elements moved one place along the recurrence, or back; zeros come in.
      func moved(_ x: Tensor, back: Bool) -> Tensor {
        let towardsEnd = back == isReverse
        let kept = x.sliced(axis: axis, from: towardsEnd ? 0 : 1, to: towardsEnd ? extent - 1 : extent)
        var widths = [(Int, Int)](repeating: (0, 0), count: shape.count)
        widths[axis] = towardsEnd ? (1, 0) : (0, 1)
        return kept.pad(widths)
      }
      let a = p.inputs[0].broadcast(to: shape)
      let overB = Tensor.linearScan(moved(a, back: true), p.cotangent, axis: axis, reverse: !isReverse)
      return [
        p.needed[0] ? (overB * moved(p.output, back: false)).summed(to: p.inputs[0].shape) : nil,
        p.needed[1] ? overB.summed(to: p.inputs[1].shape) : nil,
      ]
    })
]

let scanKernels: [KernelName: CPU.Kernel] = [
  "linear_scan": { call in
    let shape = call.output.shape
    let axis = try normalized(axis: call.attributes.int("axis"), rank: shape.count)
    let isReverse = try call.attributes.bool("reverse", default: false)
    var a = CPU.view(call.inputs[0], broadcastTo: shape)
    var b = CPU.view(call.inputs[1], broadcastTo: shape)
    var out = CPU.view(call.output)
    sgk_linear_scan(&a, &b, Int32(axis), isReverse ? 1 : 0, &out)
  }
]

extension Primitive {
  static let linearScan = named("linear_scan")
}
