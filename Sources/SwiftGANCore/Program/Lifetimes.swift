/// From which step of a program to which each variable is there, and which must outlive it.
struct Lifetimes {
  /// Variables that are computed and handed out at the end.
  let results: Set<Int>
  private var first: [Int: Int] = [:]
  private var last: [Int: Int] = [:]
  /// Variables that are read outside the work that computes them, or handed out.
  private var outside: Set<Int>
  private let works: [Work]

  init(_ works: [Work], _ graph: Graph) {
    self.works = works
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
    results = outside.intersection(graph.results.compactMap(\.variable)).intersection(computed)
  }

  /// Whether somebody beyond its work reads a variable: else it needs no memory.
  func isRead(_ variable: Int) -> Bool { outside.contains(variable) }

  /// The variables that need a place in the workspace.
  func lives(_ slots: Slots) -> [MemoryPlan.Life] {
    var lives: [MemoryPlan.Life] = []
    for (step, work) in works.enumerated() {
      var given: Set<Int> = []
      for member in work.members {
        let variable = member.output
        guard isWritten(variable, by: work), !results.contains(variable), let end = last[variable] else { continue }
        var life = MemoryPlan.Life(
          variable: variable, byteCount: slots.byteCount(variable), first: step, last: end)
        let group = work.groups.first { $0.members.contains { $0.output == variable } }
        if let group, let heir = predecessor(of: member, in: group, of: work, step, slots, except: given) {
          life.successorOf = heir
          given.insert(heir)
        }
        lives.append(life)
      }
    }
    return lives
  }

  /// A group writes what others read; a kernel of its own always writes.
  private func isWritten(_ variable: Int, by work: Work) -> Bool {
    if case .single = work { return true }
    return isRead(variable)
  }

  /// A variable that nobody reads after this step and whose memory a member of the group may write over: the group reads
  /// it element by element alone, and not after the member is computed.
  private func predecessor(
    of member: Instruction, in group: FusedGroup, of work: Work, _ step: Int, _ slots: Slots, except given: Set<Int>
  ) -> Int? {
    guard CPU.isElementwise(member.primitive) else { return nil }
    let place = group.members.firstIndex { $0.output == member.output } ?? 0
    for input in group.members[...place].flatMap(\.inputs) {
      guard let variable = input.variable, first[variable] != nil, last[variable] == step, first[variable] != step,
        !results.contains(variable), !given.contains(variable),
        slots.byteCount(variable) == slots.byteCount(member.output)
      else { continue }
      // Other groups of the step may run at any time.
      let readers = work.members.filter { $0.inputs.contains { $0.variable == variable } }
      guard readers.allSatisfy({ reader in group.members.contains { $0.output == reader.output } }) else { continue }
      let isSafe = group.members.enumerated().allSatisfy { index, other in
        other.inputs.allSatisfy {
          $0.variable != variable || (index <= place && $0.layout == Layout(contiguous: group.space))
        }
      }
      if isSafe { return variable }
    }
    return nil
  }
}
