/// A sum of matrix products is one product of longer rows: A B + C D = [A C] [B; D].
///
/// The gradient of a recurrent layer's weights is such a sum, with a term for every step in time. One product is done
/// closer to the machine's speed than many short ones, and nothing is left to be added up. Its sums run in another order,
/// so results differ from those of single ops by rounding.
struct ProductSums {
  private var graph: Graph
  private var producer: [Int: Int] = [:]
  private var readers: [Int: Int] = [:]

  /// Puts the joined products into a graph.
  static func apply(to graph: inout Graph) {
    var pass = ProductSums(graph: graph)
    pass.rewrite()
    graph = pass.graph
  }

  private init(graph: Graph) {
    self.graph = graph
    for result in graph.results { if let variable = result.variable { readers[variable, default: 0] += 2 } }
    for (index, instruction) in graph.instructions.enumerated() {
      producer[instruction.output] = index
      for input in instruction.inputs { if let variable = input.variable { readers[variable, default: 0] += 1 } }
    }
  }

  private mutating func rewrite() {
    let instructions = graph.instructions
    var result: [Instruction] = []
    var isInner: Set<Int> = []
    var isGone: Set<Int> = []
    // From the last to the first, so that the outermost addition of a sum is met before those inside it.
    var sums: [Int: (terms: [Operand], products: [Instruction], inner: [Int])] = [:]
    for index in instructions.indices.reversed() where !isInner.contains(index) {
      guard let found = sum(endingAt: index, isInner: &isInner) else { continue }
      sums[index] = found
      isGone.formUnion(found.inner)
    }
    guard !sums.isEmpty else { return }
    let replaced = Set(sums.values.flatMap { $0.products.map(\.output) })
    for (index, instruction) in instructions.enumerated() {
      if let sum = sums[index] {
        result += joined(sum.products, sum.terms, into: instruction)
      } else if !isGone.contains(index) && !replaced.contains(instruction.output) {
        result.append(instruction)
      }
    }
    graph.instructions = result
  }

  /// The terms and the products of the sum that an addition completes, if it pays to join them.
  private func sum(
    endingAt index: Int, isInner: inout Set<Int>
  ) -> (terms: [Operand], products: [Instruction], inner: [Int])? {
    let root = graph.instructions[index]
    guard root.primitive.name == "add", graph.specs[root.output].shape.count == 2 else { return nil }
    var (terms, products, inner): ([Operand], [Instruction], [Int]) = ([], [], [])
    var open = Array(root.inputs.reversed())
    while let operand = open.popLast() {
      guard let step = inside(operand, of: root) else {
        terms.append(operand)
        continue
      }
      let instruction = graph.instructions[step]
      if instruction.primitive.name == "add" {
        inner.append(step)
        open += instruction.inputs.reversed()
      } else if let first = products.first, first.attributes != instruction.attributes {
        // Of another precision.
        terms.append(operand)
      } else {
        products.append(instruction)
      }
    }
    // Those inside are a part of this sum and no sums of their own: a long one is walked once.
    isInner.formUnion(inner)
    guard products.count > 1 else { return nil }
    let shape = graph.specs[root.output].shape
    let depth = products.reduce(0) { $0 + ($1.inputs[0].layout.shape.last ?? 0) }
    // What is copied, against what is read and written to add the products up.
    guard 2 * depth * (shape[0] + shape[1]) < 3 * (products.count - 1) * shape[0] * shape[1] else { return nil }
    return (terms, products, inner)
  }

  /// The instruction behind an operand, if it is an addition or a product that only this sum reads.
  private func inside(_ operand: Operand, of root: Instruction) -> Int? {
    guard let variable = operand.variable, readers[variable] == 1, let step = producer[variable] else { return nil }
    let spec = graph.specs[root.output]
    guard graph.specs[variable] == spec, operand.layout == Layout(contiguous: spec.shape) else { return nil }
    let instruction = graph.instructions[step]
    guard ["add", "batch_matmul"].contains(instruction.primitive.name),
      instruction.inputs.allSatisfy({ $0.dtype == spec.dtype && ($0.layout.rank == 2 || $0.layout.count == 1) })
    else { return nil }
    return step
  }

  private mutating func joined(
    _ products: [Instruction], _ terms: [Operand], into root: Instruction
  ) -> [Instruction] {
    var made: [Instruction] = []
    let dtype = graph.specs[root.output].dtype
    func variable(_ shape: [Int], _ origin: String) -> Int {
      graph.specs.append(TensorSpec(shape, dtype))
      graph.origins.append(origin)
      return graph.specs.count - 1
    }
    func concatenated(_ operands: [Operand]) -> Operand {
      let rows = operands.reduce(0) { $0 + $1.layout.shape[0] }
      let shape = [rows, operands[0].layout.shape[1]]
      let output = variable(shape, "concatenate")
      made.append(
        Instruction(
          primitive: .named("concatenate"), attributes: ["axis": .int(0)], inputs: operands, output: output))
      return .variable(output, Layout(contiguous: shape), dtype)
    }
    let left = concatenated(products.map { $0.inputs[0].transposed }).transposed
    let right = concatenated(products.map { $0.inputs[1] })
    var sum = terms.isEmpty ? root.output : variable(graph.specs[root.output].shape, "batch_matmul")
    made.append(
      Instruction(
        primitive: .batchMatmul, attributes: products[0].attributes, inputs: [left, right], output: sum))
    let layout = Layout(contiguous: graph.specs[root.output].shape)
    for (index, term) in terms.enumerated() {
      let output = index == terms.count - 1 ? root.output : variable(layout.shape, "add")
      made.append(
        Instruction(
          primitive: root.primitive, attributes: root.attributes, inputs: [term, .variable(sum, layout, dtype)],
          output: output))
      sum = output
    }
    return made
  }
}
