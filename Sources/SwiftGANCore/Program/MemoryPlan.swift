/// Where the variables of a program lie in its workspace: each from the step that computes it to the last that reads it, and
/// two that are never there together may share memory.
struct MemoryPlan {
  /// Bytes from the start of the workspace, by variable.
  private(set) var offsets: [Int: Int] = [:]
  /// Bytes of the workspace.
  private(set) var byteCount = 0

  /// A variable's life, in steps of the program.
  struct Life {
    let variable: Int
    let byteCount: Int
    var first: Int
    var last: Int
    /// A variable that ends where this one begins and whose memory may be written over by the step, element by element.
    var successorOf: Int?
  }

  private static let alignment = 64
  private static let most = 1 << 60

  private static func error(_ byteCount: Int) -> TensorError {
    TensorError(.memory, "what is computed on the way takes more than \(byteCount) bytes, which no memory holds")
  }

  /// Large ones first, each at the lowest place that is free for its whole life: the usual greedy method, which comes
  /// within a few per cent of the least memory for networks.
  /// - Throws: `TensorError` (`.memory`) when there are more bytes than addresses.
  init(_ lives: [Life]) throws(TensorError) {
    var chains = MemoryPlan.joined(lives)
    chains.sort { ($0.byteCount, $1.first) > ($1.byteCount, $0.first) }
    var placed: [(first: Int, last: Int, start: Int, end: Int)] = []
    for chain in chains {
      // Above that, sums of a few sizes would no longer be numbers.
      guard chain.byteCount < MemoryPlan.most else { throw MemoryPlan.error(chain.byteCount) }
      let size = (chain.byteCount + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
      var start = 0
      for other in placed where other.first <= chain.last && chain.first <= other.last {
        if start + size <= other.start { break }
        start = max(start, other.end)
      }
      guard start < MemoryPlan.most else { throw MemoryPlan.error(start) }
      for variable in chain.variables { offsets[variable] = start }
      byteCount = max(byteCount, start + size)
      let at = placed.firstIndex { $0.start > start } ?? placed.count
      placed.insert((chain.first, chain.last, start, start + size), at: at)
    }
  }

  private struct Chain {
    var variables: [Int]
    var byteCount: Int
    var first: Int
    var last: Int
  }

  /// Variables that follow one another in the same memory, as one.
  private static func joined(_ lives: [Life]) -> [Chain] {
    var chains: [Chain] = []
    var chainOf: [Int: Int] = [:]
    for life in lives.sorted(by: { $0.first < $1.first }) {
      if let before = life.successorOf, let index = chainOf[before], chains[index].last == life.first,
        chains[index].byteCount == life.byteCount
      {
        chains[index].variables.append(life.variable)
        chains[index].last = life.last
        chainOf[life.variable] = index
      } else {
        chainOf[life.variable] = chains.count
        chains.append(
          Chain(variables: [life.variable], byteCount: life.byteCount, first: life.first, last: life.last))
      }
    }
    return chains
  }
}
