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
      for member in work.members {
        let variable = member.output
        // A value that nobody reads is still written by a kernel of its own.
        let isWritten: Bool
        if case .single = work { isWritten = true } else { isWritten = isRead(variable) }
        guard isWritten, !results.contains(variable), let end = last[variable] else { continue }
        lives.append(
          MemoryPlan.Life(variable: variable, byteCount: slots.byteCount(variable), first: step, last: end))
      }
    }
    return lives
  }
}
