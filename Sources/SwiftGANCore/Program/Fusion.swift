/// Instructions that are done together: elementwise ops on one shape, each element going through all of them while it is
/// in the cache, and reductions of what they compute.
struct FusedGroup {
  /// The shape over which the group runs.
  let space: [Int]
  /// In an order in which they can be done.
  var members: [Instruction]
  /// The axes of the group's reductions; nil while there are none.
  var reducedAxes: [Int]?
}

/// What a program does at one of its steps.
enum Work {
  case single(Instruction)
  case fused(FusedGroup)
  /// Groups that do not read of one another and have no reductions: an optimiser's update of all parameters.
  case batch([FusedGroup])
  /// A product, and a group on its result.
  case chained(Instruction, FusedGroup)

  var members: [Instruction] {
    switch self {
    case .single(let instruction): [instruction]
    case .fused(let group): group.members
    case .batch(let groups): groups.flatMap(\.members)
    case .chained(let product, let group): [product] + group.members
    }
  }

  /// The instruction with a kernel of its own.
  var product: Instruction? {
    switch self {
    case .single(let instruction), .chained(let instruction, _): instruction
    case .fused, .batch: nil
    }
  }

  /// The groups that are done together; none for a kernel of its own.
  var groups: [FusedGroup] {
    switch self {
    case .single: []
    case .fused(let group): [group]
    case .batch(let groups): groups
    case .chained(_, let group): [group]
    }
  }
}

/// Cuts a list of instructions into works.
///
/// A group stays open while nothing outside reads what it computes, so all of it can be done where its last member
/// stands. A member reads its group's values element by element; whoever reads them in another way, or is no
/// elementwise op, comes after the group.
struct Fusion {
  private let graph: Graph
  private var open: [Int: FusedGroup] = [:]
  private var nextGroup = 0
  /// The open group that computes a variable.
  private var groupOf: [Int: Int] = [:]
  private var works: [Work] = []

  /// A kernel keeps no more results than this (`SGK_FUSED_MAX_RESULTS`), and every member may turn out to be one; a group as
  /// large gains nothing from growing.
  private static let mostMembers = 64
  private static let mostInputs = 48
  private static let mostOpen = 24
  private static let mostTogether = 256

  /// The works of a graph, in order.
  static func works(of graph: Graph) -> [Work] {
    var fusion = Fusion(graph: graph)
    for instruction in graph.instructions { fusion.add(instruction) }
    fusion.closeAll()
    return fusion.works
  }

  /// The same works, groups that follow one another put together where they have nothing to do with one another.
  static func batched(_ works: [Work]) -> [Work] {
    var result: [Work] = []
    var together: [FusedGroup] = []
    var written: Set<Int> = []
    func flush() {
      if together.count > 1 { result.append(.batch(together)) } else { result += together.map { .fused($0) } }
      (together, written) = ([], [])
    }
    for work in works {
      guard case .fused(let group) = work, group.reducedAxes == nil else {
        flush()
        result.append(work)
        continue
      }
      let reads = group.members.lazy.flatMap(\.inputs).contains { $0.variable.map(written.contains) ?? false }
      if reads || together.count >= mostTogether { flush() }
      together.append(group)
      written.formUnion(group.members.map(\.output))
    }
    flush()
    return result
  }

  private init(graph: Graph) { self.graph = graph }

  private mutating func add(_ instruction: Instruction) {
    guard let space = Fusion.space(of: instruction, graph) else {
      // Groups do not wait for longer than they must: what they read would stay in memory.
      closeAll()
      works.append(.single(instruction))
      return
    }
    if open.count >= Fusion.mostOpen, let oldest = open.keys.min() { close(oldest) }
    let axes = reducedAxes(of: instruction)
    var partners: Set<Int> = []
    for input in instruction.inputs {
      guard let variable = input.variable, let group = groupOf[variable] else { continue }
      if canRead(input, in: group, space: space) { partners.insert(group) } else { close(group) }
    }
    partners = partners.filter { open[$0] != nil }
    // Ops that share an input read it once.
    if partners.isEmpty {
      if let neighbour = open.keys.sorted().last(where: { open[$0]?.space == space && shares(instruction, with: $0) }) {
        partners.insert(neighbour)
      }
    }
    join(instruction, partners.sorted(), space: space, axes: axes)
  }

  /// The shape over which an instruction can run in a group; nil when it can be in none.
  static func space(of instruction: Instruction, _ graph: Graph) -> [Int]? {
    guard case .kernel(let name) = instruction.primitive.execution else { return nil }
    if CPU.elementwise[name] != nil {
      let shape = graph.specs[instruction.output].shape
      return shape.contains(0) ? nil : shape
    }
    guard CPU.reductions[name] != nil, let input = instruction.inputs.first, !input.layout.shape.contains(0) else {
      return nil
    }
    // Where nothing is reduced, moments are not a copy, as the other reductions are.
    let space = input.layout.shape
    if name == "moments", instruction.attributes["axes"] != nil {
      guard let axes = try? normalized(axes: instruction.attributes.ints("axes"), rank: space.count),
        keptShape(space, reducing: axes) != space
      else { return nil }
    }
    return space
  }

  private func reducedAxes(of instruction: Instruction) -> [Int]? {
    guard case .kernel(let name) = instruction.primitive.execution, CPU.reductions[name] != nil else { return nil }
    let rank = instruction.inputs[0].layout.rank
    return try? normalized(
      axes: instruction.attributes["axes"] == nil ? nil : instruction.attributes.ints("axes"), rank: rank)
  }

  private func canRead(_ input: Operand, in group: Int, space: [Int]) -> Bool {
    guard let found = open[group], found.space == space, let variable = input.variable,
      input.layout == Layout(contiguous: space)
    else { return false }
    return !found.members.contains { $0.output == variable && reducedAxes(of: $0) != nil }
  }

  private func shares(_ instruction: Instruction, with group: Int) -> Bool {
    guard let members = open[group]?.members else { return false }
    return instruction.inputs.contains { input in
      input.variable != nil && input.layout.count > 1 && members.contains { $0.inputs.contains(input) }
    }
  }

  private mutating func join(_ instruction: Instruction, _ partners: [Int], space: [Int], axes: [Int]?) {
    var group = FusedGroup(space: space, members: [], reducedAxes: axes)
    var taken: [Int] = []
    for partner in partners {
      guard let other = open[partner] else { continue }
      let together = group.members + other.members + [instruction]
      let agrees = group.reducedAxes == nil || other.reducedAxes == nil || group.reducedAxes == other.reducedAxes
      guard agrees, together.count <= Fusion.mostMembers, inputCount(together) <= Fusion.mostInputs else { continue }
      group.members += other.members
      group.reducedAxes = group.reducedAxes ?? other.reducedAxes
      taken.append(partner)
    }
    // Groups that cannot take it in come before it, where it reads of them.
    for partner in partners where !taken.contains(partner) {
      let outputs = Set(open[partner]?.members.map(\.output) ?? [])
      if instruction.inputs.contains(where: { $0.variable.map(outputs.contains) ?? false }) { close(partner) }
    }
    for partner in taken { open[partner] = nil }
    group.members.append(instruction)
    open[nextGroup] = group
    for member in group.members { groupOf[member.output] = nextGroup }
    nextGroup += 1
  }

  private func inputCount(_ members: [Instruction]) -> Int {
    let own = Set(members.map(\.output))
    var inputs: Set<Operand> = []
    for member in members {
      for input in member.inputs where !(input.variable.map(own.contains) ?? false) { inputs.insert(input) }
    }
    return inputs.count
  }

  private mutating func close(_ index: Int) {
    guard let group = open.removeValue(forKey: index) else { return }
    for member in group.members { groupOf[member.output] = nil }
    works.append(.fused(group))
  }

  private mutating func closeAll() { for index in open.keys.sorted() { close(index) } }
}
