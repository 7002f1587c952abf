import SwiftGANKernels

/// Matrices that several products have on their right (a layer's weights: for real and generated samples, at every step in
/// time) are brought into the products' own order once, in place of once for each.
///
/// The values are the same bits.
enum PackedOperands {
  /// Puts the packed matrices into a graph.
  static func apply(to graph: inout Graph) {
    var uses: [Use: [Int]] = [:]
    for (index, instruction) in graph.instructions.enumerated() {
      if let use = Use(instruction) { uses[use, default: []].append(index) }
    }
    var packing: [Int: (use: Use, output: Int)] = [:]
    var packedOf: [Int: Operand] = [:]
    let several = uses.filter { $0.value.count > 1 && $0.key.packedCount > 0 }
    for (use, places) in several.sorted(by: { $0.value[0] < $1.value[0] }) {
      let first = places[0]
      let output = graph.specs.count
      graph.specs.append(TensorSpec([use.packedCount], use.right.dtype))
      graph.origins.append(graph.origins[graph.instructions[first].output])
      packing[first] = (use, output)
      let packed = Operand.variable(output, Layout(contiguous: [use.packedCount]), use.right.dtype)
      for place in places { packedOf[place] = packed }
    }
    guard !packing.isEmpty else { return }
    var result: [Instruction] = []
    for (index, instruction) in graph.instructions.enumerated() {
      if let (use, output) = packing[index] {
        result.append(
          Instruction(
            primitive: pack, attributes: use.attributes.setting("rows", .int(use.rows)), inputs: [use.right],
            output: output))
      }
      guard let packed = packedOf[index] else {
        result.append(instruction)
        continue
      }
      result.append(
        Instruction(
          primitive: product, attributes: instruction.attributes, inputs: [instruction.inputs[0], packed],
          output: instruction.output))
    }
    graph.instructions = result
  }

  /// A matrix, and how many rows and what precision the products have that it is the right side of: the order depends on
  /// both.
  private struct Use: Hashable {
    let right: Operand
    let rows: Int
    let attributes: Attributes

    init?(_ instruction: Instruction) {
      guard instruction.primitive.name == "batch_matmul", case .variable(_, let layout, _) = instruction.inputs[1],
        layout.rank == 2, instruction.inputs[0].layout.rank == 2
      else { return nil }
      right = instruction.inputs[1]
      rows = instruction.inputs[0].layout.shape[0]
      attributes = instruction.attributes
    }

    /// Elements of the packed matrix; 0 where packing it has no use.
    var packedCount: Int {
      let shape = right.layout.shape
      return Int(
        sgk_matmul_packed_count(
          sgk_dtype(UInt32(right.dtype.rawValue)), Int64(rows), Int64(shape[1]), Int64(shape[0])))
    }
  }

  private static let pack = internalPrimitive("pack_operand")
  private static let product = internalPrimitive("matmul_packed")

  /// What only programs make, after tracing: it has no shapes to infer and no gradient.
  private static func internalPrimitive(_ name: String) -> Primitive {
    Primitive(
      name, arity: 1...2,
      infer: { _, _ in throw TensorError(.state, "\(name) is made by programs alone") },
      execution: .kernel(KernelName(rawValue: name)), vjp: nil)
  }
}

let packedKernels: [KernelName: CPU.Kernel] = [
  "pack_operand": { call in
    var right = CPU.view(call.inputs[0])
    try CPU.check(
      sgk_matmul_pack(call.attributes.precision, &right, Int64(call.attributes.int("rows")), call.output.address))
  },
  "matmul_packed": { call in
    var left = CPU.view(call.inputs[0])
    var out = CPU.view(call.output)
    try CPU.check(sgk_matmul_packed(call.attributes.precision, &left, call.inputs[1].address, &out, call.then))
  },
]
