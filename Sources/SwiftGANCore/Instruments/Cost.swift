/// What an operation costs, as far as shapes tell.
struct Cost: Hashable {
  /// Floating-point operations: two for each product that a matrix product or a convolution sums, one for each element that
  /// an elementwise operation computes or a reduction reads; 0 for what only moves elements, and for sorting and solving.
  var flops = 0.0
  /// Bytes read and written: each input and output once.
  var bytes = 0.0

  init() {}

  /// The cost of a primitive by itself.
  init(_ primitive: Primitive, _ attributes: Attributes, _ inputs: [TensorSpec], _ output: TensorSpec) {
    flops = Cost.flops(primitive, attributes, inputs, output)
    bytes = inputs.reduce(Cost.bytes(output)) { $0 + Cost.bytes($1) }
  }

  /// The cost of a program's step: what stays inside it is neither read nor written.
  init(_ work: Work, _ graph: Graph, _ lifetimes: Lifetimes) {
    let own = Set(work.members.map(\.output))
    var seen: Set<Int> = []
    for member in work.members {
      let output = graph.specs[member.output]
      let inputs = member.inputs.map { TensorSpec($0.layout.shape, $0.dtype) }
      flops += Cost.flops(member.primitive, member.attributes, inputs, output)
      if work.members.count == 1 || lifetimes.isRead(member.output) { bytes += Cost.bytes(output) }
      for input in member.inputs {
        if let variable = input.variable, own.contains(variable) || !seen.insert(variable).inserted { continue }
        bytes += Double(input.layout.distinctCount * input.dtype.byteSize)
      }
    }
  }

  private static func bytes(_ spec: TensorSpec) -> Double { count(spec.shape) * Double(spec.dtype.byteSize) }

  private static func count(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }

  private static func flops(
    _ primitive: Primitive, _ attributes: Attributes, _ inputs: [TensorSpec], _ output: TensorSpec
  ) -> Double {
    guard case .kernel(let kernel) = primitive.execution else { return 0 }
    let shapes = inputs.map(\.shape)
    switch primitive.name {
    case "batch_matmul", "matmul_packed": return 2 * count(output.shape) * Double(shapes.first?.last ?? 0)
    // A filter HWIO meets every element of the result once for each of its rows, columns and inputs.
    case "conv2d": return 2 * count(output.shape) * count(Array(shapes.last?.prefix(3) ?? [0]))
    case "conv2d_input_gradient":
      return 2 * count(shapes.first ?? [0]) * count(Array(shapes.last?.prefix(3) ?? [0]))
    // Products of the input and of the state with weights, of all steps.
    case "lstm", "gru":
      return 2 * shapes[1...2].reduce(0) { $0 + count($1) } * Double(output.shape[0] * output.shape[1])
    // The recurrent product turned; that of the input's gradient, and those of weights' gradients, where they are wanted.
    case "lstm_gradient", "gru_gradient":
      let wanted = (try? attributes.ints("wanted")) ?? []
      let (input, state) = (count(shapes[1]), count(shapes[2]))
      let products = [state] + wanted.map { $0 < 2 ? input : $0 == 2 ? state : 0 }
      return 2 * products.reduce(0, +) * Double(shapes[0][0] * shapes[0][1])
    case "conv2d_filter_gradient": return 2 * count(shapes.last ?? [0]) * count(Array(output.shape.prefix(3)))
    default: break
    }
    if CPU.reductions[kernel] != nil { return count(shapes.first ?? [0]) }
    return CPU.elementwise[kernel] == nil || ["cast", "copy"].contains(primitive.name) ? 0 : count(output.shape)
  }
}

extension Layout {
  /// How many elements there are in memory: those that broadcasting repeats count once.
  fileprivate var distinctCount: Int {
    zip(shape, strides).reduce(1) { $1.1 == 0 && $1.0 > 0 ? $0 : $0 * $1.0 }
  }
}
