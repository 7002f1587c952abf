/// Puts the elementwise group that reads a product's result into one work with the product: the kernel runs it on each part of
/// the result while that is in the cache (bias and activation of a layer, the mask of a gradient).
enum Chaining {
  /// Bytes of a result from which it pays: smaller ones are still in the cache when the group comes by itself, with longer
  /// runs and all threads from its beginning.
  fileprivate static let leastBytes = 1 << 20

  /// The same works, products with their chains.
  static func apply(to works: [Work], _ graph: Graph) -> [Work] {
    var result: [Work] = []
    var taken: Set<Int> = []
    for (index, work) in works.enumerated() where !taken.contains(index) {
      guard case .single(let product) = work, CPU.isChainable(product.primitive), graph.isLarge(product.output),
        let follower = follower(of: product, at: index, in: works, graph),
        case .fused(let group) = works[follower]
      else {
        result.append(work)
        continue
      }
      taken.insert(follower)
      result.append(.chained(product, group))
    }
    return result
  }

  /// The group that can come directly after a product, among those that stand before the next kernel of its own.
  private static func follower(of product: Instruction, at index: Int, in works: [Work], _ graph: Graph) -> Int? {
    let space = graph.specs[product.output].shape
    var between: Set<Int> = []
    for next in works.indices.dropFirst(index + 1) {
      guard case .fused(let group) = works[next] else { return nil }
      let inputs = group.members.flatMap(\.inputs)
      let reads = inputs.filter { $0.variable == product.output }
      if group.reducedAxes == nil, group.space == space, !reads.isEmpty,
        reads.allSatisfy({ $0.layout == Layout(contiguous: space) }),
        !inputs.contains(where: { $0.variable.map(between.contains) ?? false })
      {
        return next
      }
      between.formUnion(group.members.map(\.output))
    }
    return nil
  }
}

extension Graph {
  fileprivate func isLarge(_ variable: Int) -> Bool {
    specs[variable].shape.reduce(1, *) * specs[variable].dtype.byteSize >= Chaining.leastBytes
  }
}
