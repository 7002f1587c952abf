/// Computes the pieces of a concatenation where the whole will lie, so that nothing is left to be copied: the gradients of
/// a recurrent cell's gates, and of all its steps in time.
struct Placement {
  /// Where a piece lies: the variable of the whole, and the piece's window on it.
  struct Window {
    let whole: Int
    let layout: Layout
  }

  /// The works without the concatenations that have become idle.
  private(set) var works: [Work]
  /// By variable of a piece.
  private(set) var windows: [Int: Window] = [:]

  private let graph: Graph
  /// Pieces that any kernel may write: those that it writes to contiguous memory of their own.
  private var isWritten: Set<Int> = []
  /// Those of them that a fused kernel writes, wherever they are to lie.
  private var isElementwise: Set<Int> = []
  /// Reads of a variable outside the work that computes it.
  private var reads: [Int: Int] = [:]

  init(_ works: [Work], _ graph: Graph) {
    (self.works, self.graph) = (works, graph)
    let results = Set(graph.results.compactMap(\.variable))
    for work in works {
      let own = Set(work.members.map(\.output))
      for member in work.members {
        for input in member.inputs {
          if let variable = input.variable, !own.contains(variable) { reads[variable, default: 0] += 1 }
        }
      }
      for member in work.groups.flatMap(\.members) where CPU.isElementwise(member.primitive) {
        isElementwise.insert(member.output)
      }
      // A product's own result may have to give its place to the chain's.
      if case .single(let instruction) = work { isWritten.insert(instruction.output) }
    }
    isElementwise.subtract(results)
    isWritten = isWritten.subtracting(results).union(isElementwise)
    // A whole may be a piece of a larger one, which comes later.
    let idle = works.indices.reversed().filter { place(works[$0]) }
    self.works = works.indices.filter(Set(works.indices).subtracting(idle).contains).map { works[$0] }
  }

  /// Gives the inputs of a concatenation their windows; false if one of them has to be copied.
  private mutating func place(_ work: Work) -> Bool {
    guard case .single(let instruction) = work, instruction.primitive.name == "concatenate" else { return false }
    let whole = Layout(contiguous: graph.specs[instruction.output].shape)
    guard let given = try? instruction.attributes.int("axis"),
      let axis = try? normalized(axis: given, rank: whole.rank), !whole.shape.contains(0)
    else { return false }
    let isContiguous = whole.shape[..<axis].allSatisfy { $0 == 1 }
    var found: [Int: Window] = [:]
    var start = 0
    for input in instruction.inputs {
      guard let piece = input.variable, found[piece] == nil, windows[piece] == nil,
        input.layout == Layout(contiguous: graph.specs[piece].shape), input.dtype == graph.specs[piece].dtype,
        isContiguous ? isWritten.contains(piece) : isElementwise.contains(piece) && reads[piece] == 1
      else { return false }
      found[piece] = Window(
        whole: instruction.output,
        layout: Layout(shape: input.layout.shape, strides: whole.strides, offset: start * whole.strides[axis]))
      start += input.layout.shape[axis]
    }
    windows.merge(found) { first, _ in first }
    return true
  }

  /// The variable whose memory a variable lies in.
  func root(_ variable: Int) -> Int { windows[variable].map { root($0.whole) } ?? variable }

  /// A window on a variable as one on its root.
  func resolved(_ variable: Int, _ layout: Layout) -> (variable: Int, layout: Layout) {
    guard let window = windows[variable] else { return (variable, layout) }
    // Whoever reads a piece that is not contiguous reads all of it; what is contiguous is only moved.
    let isWhole = layout.shape == window.layout.shape && layout.offset == 0
    let strides = isWhole && layout == Layout(contiguous: layout.shape) ? window.layout.strides : layout.strides
    return resolved(
      window.whole, Layout(shape: layout.shape, strides: strides, offset: layout.offset + window.layout.offset))
  }
}
