/// A product that is only read turned is computed turned: (A B)' = B' A'.
///
/// The gradient of a gradient with respect to weights is such a product: an optimizer's chain would read it crosswise, which
/// is several times slower than along its rows, while a product's kernel takes its sides either way. Its sums may then run
/// in another order, so small products, which gain nothing, stay as they are.
enum TurnedProducts {
  private static let leastCount = 1 << 16

  /// Turns the products of a graph that it pays to turn.
  static func apply(to graph: inout Graph) {
    let turned = found(in: graph)
    guard !turned.isEmpty else { return }
    for variable in turned { graph.specs[variable].shape.reverse() }
    func read(_ operand: Operand) -> Operand {
      guard case .variable(let index, let layout, let dtype) = operand, turned.contains(index) else { return operand }
      let shape = graph.specs[index].shape
      let along = layout.strides == [shape[0], 1] ? [1, shape[1]] : [shape[1], 1]
      return .variable(index, Layout(shape: layout.shape, strides: along, offset: 0), dtype)
    }
    graph.instructions = graph.instructions.map { instruction in
      var changed = instruction
      changed.inputs = instruction.inputs.map(read)
      if turned.contains(instruction.output) { changed.inputs = changed.inputs.reversed().map(\.transposed) }
      return changed
    }
  }

  /// Variables that hold a matrix product, are read whole, and turned by all that is no product itself.
  private static func found(in graph: Graph) -> Set<Int> {
    var products: Set<Int> = []
    var wanted: Set<Int> = []
    // A right side that several products read is brought into their order once, and would be a left side.
    var rights: [Operand: Int] = [:]
    for instruction in graph.instructions where instruction.primitive.name == "batch_matmul" {
      rights[instruction.inputs[1], default: 0] += 1
    }
    for instruction in graph.instructions
    where instruction.primitive.name == "batch_matmul" && graph.specs[instruction.output].shape.count == 2
      && graph.specs[instruction.output].shape.reduce(1, *) >= leastCount
      && !graph.specs[instruction.output].shape.contains(1)
      && instruction.inputs.allSatisfy({ $0.layout.rank == 2 })
    {
      products.insert(instruction.output)
    }
    for result in graph.results { if let variable = result.variable { products.remove(variable) } }
    for instruction in graph.instructions {
      for input in instruction.inputs {
        guard let variable = input.variable, products.contains(variable) else { continue }
        let straight = Layout(contiguous: graph.specs[variable].shape)
        let isTurned = input.layout == straight.transposed
        let isProduct = instruction.primitive.name == "batch_matmul"
        if isTurned && !isProduct {
          wanted.insert(variable)
        } else if !(isProduct && (isTurned || input.layout == straight)) {
          products.remove(variable)
        }
      }
    }
    return products.intersection(wanted)
  }
}

extension Layout {
  /// The same elements with the axes in reverse order.
  var transposed: Layout { Layout(shape: shape.reversed(), strides: strides.reversed(), offset: offset) }
}

extension Operand {
  /// The same elements with the axes in reverse order.
  var transposed: Operand {
    switch self {
    case .variable(let index, let layout, let dtype): return .variable(index, layout.transposed, dtype)
    case .constant(let tensor):
      guard let storage = tensor.node.storage else { return self }
      return .constant(Tensor(node: Node(storage: storage, layout: tensor.node.layout.transposed, dtype: tensor.dtype)))
    }
  }
}
