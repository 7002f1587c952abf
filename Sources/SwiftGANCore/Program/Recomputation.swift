/// Computes cheap values again where they are wanted later, in place of keeping them.
///
/// A value that a fused kernel computes on the way and another one wants later (the argument of a relu, for its gradient)
/// would be written to memory and read back for the other's sake. A few operations on what is there anyway cost less.
/// The values are the same bits.
struct Recomputation {
  private var graph: Graph
  private var producer: [Int: Int] = [:]
  /// The work that each instruction is in.
  private var region: [Int] = []
  private var lastRead: [Int: Int] = [:]
  private var isAnchored: Set<Int> = []

  private static let mostOps = 12
  private static let fewElements = 4096
  private static let cheap: Set<String> = [
    "negative", "absolute", "sign", "square", "add", "subtract", "multiply", "maximum", "minimum", "equal", "not_equal",
    "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor", "logical_not",
    "relu", "select", "cast", "copy",
  ]

  /// Puts the repeated ops into a graph.
  static func apply(to graph: inout Graph) {
    var pass = Recomputation(graph: graph)
    pass.analyse()
    pass.rewrite()
    graph = pass.graph
  }

  private init(graph: Graph) { self.graph = graph }

  private mutating func analyse() {
    var workOf: [Int: Int] = [:]
    for (index, work) in Fusion.works(of: graph).enumerated() {
      for member in work.members { workOf[member.output] = index }
    }
    isAnchored = Set(graph.results.compactMap(\.variable))
    for (index, instruction) in graph.instructions.enumerated() {
      let isLight = Fusion.space(of: instruction, graph) != nil
      region.append(workOf[instruction.output] ?? 0)
      producer[instruction.output] = index
      for input in instruction.inputs {
        guard let variable = input.variable else { continue }
        lastRead[variable] = index
        if !isLight || !isWhole(input, of: instruction) { isAnchored.insert(variable) }
      }
    }
    for instruction in graph.instructions where !isCheap(instruction) { isAnchored.insert(instruction.output) }
  }

  private func isCheap(_ instruction: Instruction) -> Bool {
    Recomputation.cheap.contains(instruction.primitive.name)
      && graph.specs[instruction.output].shape.reduce(1, *) >= Recomputation.fewElements
  }

  /// Whether an operand is read element by element.
  private func isWhole(_ operand: Operand, of instruction: Instruction) -> Bool {
    guard let space = Fusion.space(of: instruction, graph), let variable = operand.variable else { return false }
    return operand.layout == Layout(contiguous: space) && graph.specs[variable].shape == space
  }

  private mutating func rewrite() {
    var result: [Instruction] = []
    var copiesOfWork: [Int: [Int: Int]] = [:]
    for (index, original) in graph.instructions.enumerated() {
      var copies = copiesOfWork[region[index]] ?? [:]
      var instruction = original
      for (place, input) in original.inputs.enumerated() {
        guard let variable = input.variable, let from = producer[variable], region[from] < region[index],
          !isAnchored.contains(variable), let chain = chain(to: variable, at: index)
        else { continue }
        for step in chain where copies[graph.instructions[step].output] == nil {
          var copy = graph.instructions[step]
          copy.inputs = copy.inputs.map { renamed($0, copies) }
          let output = graph.specs.count
          graph.specs.append(graph.specs[copy.output])
          graph.origins.append(graph.origins[copy.output])
          copies[copy.output] = output
          result.append(
            Instruction(
              primitive: copy.primitive, attributes: copy.attributes, inputs: copy.inputs, output: output))
        }
        instruction.inputs[place] = renamed(input, copies)
      }
      copiesOfWork[region[index]] = copies
      result.append(instruction)
    }
    graph.instructions = result
  }

  private func renamed(_ operand: Operand, _ copies: [Int: Int]) -> Operand {
    guard case .variable(let index, let layout, let dtype) = operand, let copy = copies[index] else { return operand }
    return .variable(copy, layout, dtype)
  }

  /// The instructions that compute a variable from what is there at `reader`, in order; nil when they are too many or want
  /// more of what would have to be kept for them than they save.
  private func chain(to variable: Int, at reader: Int) -> [Int]? {
    var steps: Set<Int> = []
    var kept: Set<Int> = []
    var open = [variable]
    let count = graph.specs[variable].shape.reduce(1, *)
    while let next = open.popLast() {
      guard let step = producer[next], region[step] < region[reader], !isAnchored.contains(next) else {
        let isLarge = graph.specs[next].shape.reduce(1, *) * 2 > count
        if isLarge, lastRead[next] ?? 0 < reader, producer[next] != nil { kept.insert(next) }
        continue
      }
      guard steps.insert(step).inserted else { continue }
      if steps.count > Recomputation.mostOps { return nil }
      open.append(contentsOf: graph.instructions[step].inputs.compactMap(\.variable))
    }
    return kept.count <= 1 ? steps.sorted() : nil
  }
}
