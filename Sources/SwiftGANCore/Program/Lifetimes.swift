/// From which step of a program to which each variable is there, and which must outlive it.
struct Lifetimes {
  /// Variables that are computed and handed out at the end.
  let results: Set<Int>
  private var first: [Int: Int] = [:]
  private var last: [Int: Int] = [:]
  /// Variables that are read outside the work that computes them, or handed out.
  private var outside: Set<Int>
  private let works: [Work]
  private let placement: Placement

  init(_ placement: Placement, _ graph: Graph) {
    self.placement = placement
    works = placement.works
    var computed: Set<Int> = []
    outside = Set(graph.results.compactMap(\.variable))
    for (step, work) in works.enumerated() {
      let own = Set(work.members.map(\.output))
      for member in work.members {
        computed.insert(member.output)
        first[member.output] = step
        last[member.output] = step
        for input in member.inputs {
          guard let variable = input.variable, !own.contains(variable) else { continue }
          last[variable] = step
          outside.insert(variable)
        }
      }
    }
    // Pieces are written for the sake of the whole, which is there from the first of them to its last reader.
    for piece in placement.windows.keys {
      let whole = placement.root(piece)
      outside.insert(piece)
      computed.insert(whole)
      first[whole] = min(first[whole] ?? .max, first[piece] ?? .max)
      last[whole] = max(last[whole] ?? 0, last[piece] ?? 0)
    }
    results = outside.intersection(graph.results.compactMap(\.variable)).intersection(computed)
  }

  /// Whether somebody beyond its work reads a variable: else it needs no memory.
  func isRead(_ variable: Int) -> Bool { outside.contains(variable) }

  /// The variables that need a place in the workspace.
  func lives(_ slots: Slots) -> [MemoryPlan.Life] {
    var lives: [MemoryPlan.Life] = []
    for whole in Set(placement.windows.keys.map(placement.root)).sorted() {
      if let start = first[whole], let life = life(of: whole, start, slots) { lives.append(life) }
    }
    for (step, work) in works.enumerated() {
      // A kernel of its own always writes.
      if let product = work.product, let life = life(of: product.output, step, slots) { lives.append(life) }
      var heirs = Heirs(work, placement)
      for (index, group) in work.groups.enumerated() {
        for (place, member) in group.members.enumerated() where isRead(member.output) {
          guard var life = life(of: member.output, step, slots) else { continue }
          if CPU.isElementwise(member.primitive) {
            life.successorOf = heirs.take(before: place, in: index, of: group) { variable in
              (isFree(variable, after: step) || isPassing(variable, work, step))
                && slots.byteCount(variable) == life.byteCount
            }
          }
          lives.append(life)
        }
      }
    }
    return lives
  }

  private func life(of variable: Int, _ step: Int, _ slots: Slots) -> MemoryPlan.Life? {
    guard !results.contains(variable), placement.windows[variable] == nil, let end = last[variable] else { return nil }
    return MemoryPlan.Life(variable: variable, byteCount: slots.byteCount(variable), first: step, last: end)
  }

  /// Whether a variable is a product's result that nobody reads but the chain on it.
  private func isPassing(_ variable: Int, _ work: Work, _ step: Int) -> Bool {
    work.product?.output == variable && last[variable] == step && !results.contains(variable)
  }

  /// Whether a variable lies in the workspace and is not read after this step.
  private func isFree(_ variable: Int, after step: Int) -> Bool {
    guard let start = first[variable], start != step, placement.windows[variable] == nil else { return false }
    return last[variable] == step && !results.contains(variable)
  }
}

/// The inputs of a work whose memory its results may take over: those that one group alone reads, element by element, and of
/// which nobody reads a piece by its own name.
private struct Heirs {
  /// By variable: the group that reads it, and the last of its members that does; nil when several groups read it, or
  /// one of them otherwise than element by element.
  private var readers: [Int: (group: Int, member: Int)?] = [:]
  private var taken: Set<Int> = []

  init(_ work: Work, _ placement: Placement) {
    // Parts of a chain run while others still read the product's operands.
    for input in work.product?.inputs ?? [] {
      if let variable = input.variable { readers[placement.root(variable)] = .some(nil) }
    }
    // What is read is memory, whatever its name: a piece lies in its whole, in another place for each element.
    for input in work.members.flatMap(\.inputs) {
      if let variable = input.variable, placement.root(variable) != variable {
        readers[placement.root(variable)] = .some(nil)
      }
    }
    for (index, group) in work.groups.enumerated() {
      let whole = Layout(contiguous: group.space)
      for (place, member) in group.members.enumerated() {
        for input in member.inputs {
          guard let variable = input.variable else { continue }
          if let known = readers[variable] {
            readers[variable] = .some(known?.group == index && input.layout == whole ? (index, place) : nil)
          } else {
            readers[variable] = .some(input.layout == whole ? (index, place) : nil)
          }
        }
      }
    }
  }

  /// A variable that no member after `place` reads and that is good for the purpose; it is not given twice.
  mutating func take(
    before place: Int, in index: Int, of group: FusedGroup, where isGood: (Int) -> Bool
  ) -> Int? {
    for input in group.members[...place].flatMap(\.inputs) {
      guard let variable = input.variable, !taken.contains(variable), let reader = readers[variable] ?? nil,
        reader.group == index, reader.member <= place, isGood(variable)
      else { continue }
      taken.insert(variable)
      return variable
    }
    return nil
  }
}
