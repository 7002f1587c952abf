// Reverse mode over recorded ops. The gradient of a tensor is itself made of ops, so it can be differentiated again.

/// How gradient computations nest on this thread, for callers that cannot pass a closure (the C ABI).
public enum Gradient {
  /// Begins a gradient computation: gradients taken within an outer one are recorded for it.
  public static func enter() { ThreadState.current.gradientDepth += 1 }

  /// Ends what `enter()` began.
  public static func exit() { ThreadState.current.gradientDepth = max(0, ThreadState.current.gradientDepth - 1) }

  /// How many gradient computations are under way on this thread.
  public static var depth: Int { ThreadState.current.gradientDepth }

  /// How many pauses are in force on this thread.
  public static var pauseDepth: Int { ThreadState.current.pauseDepth }

  /// Runs `body` between `enter()` and `exit()`.
  public static func scope<R>(_ body: () throws -> R) rethrows -> R {
    enter()
    defer { exit() }
    return try body()
  }

  /// Stops recording until `resume()`; nests.
  public static func pause() { ThreadState.current.pauseDepth += 1 }

  /// Ends what `pause()` began.
  public static func resume() { ThreadState.current.pauseDepth = max(0, ThreadState.current.pauseDepth - 1) }

  /// Runs `body` as if no pause were in force: for what takes gradients of its own within what records none.
  public static func withoutPauses<R>(_ body: () throws -> R) rethrows -> R {
    let depth = pauseDepth
    for _ in 0..<depth { resume() }
    defer { for _ in 0..<depth { pause() } }
    return try body()
  }
}

/// Runs `body` without recording: what it computes has no gradient.
public func withoutGradient<R>(_ body: () throws -> R) rethrows -> R {
  Gradient.pause()
  defer { Gradient.resume() }
  return try body()
}

extension Tensor {
  /// The same memory as a leaf that gradients can be taken with respect to. Inside an outer gradient computation the leaf
  /// still leads back to this tensor.
  public func tracked() -> Tensor {
    guard let storage = node.storage else { return self }
    guard dtype.isFloat else {
      return .failed(TensorError(.type, "gradients flow through float32 and float64, not \(dtype)"))
    }
    let isInner = isTracked && ThreadState.current.isRecording
    let record = isInner ? Record(.identity, Attributes(), [self]) : nil
    return Tensor(node: Node(storage: storage, layout: node.layout, dtype: dtype, record: record, isTracked: true))
  }

  /// The same values, known to no gradient computation: unlike `stopGradient()` it also lets the record go.
  public func detached() -> Tensor {
    guard isTracked, let storage = node.storage else { return self }
    return Tensor(node: Node(storage: storage, layout: node.layout, dtype: dtype))
  }
}

/// The gradients of `y` with respect to tensors that it was computed from.
///
/// - Parameters:
///   - y: any shape; its cotangent must be given unless it has one element.
///   - xs: leaves made by `tracked()`, or any tensors on the way to `y`.
///   - createGraph: record the gradient's own ops, so that it can be differentiated; by default only inside an outer
///     gradient computation.
/// - Returns: one tensor per x, of its shape and type; zeros where `y` does not depend on it. On an error all carry it.
public func gradient(of y: Tensor, withRespectTo xs: [Tensor], cotangent: Tensor? = nil, createGraph: Bool? = nil)
  -> [Tensor]
{
  do {
    let seed = try initialCotangent(y, cotangent)
    for x in xs { try x.checked() }
    let isRecorded = createGraph ?? (Gradient.depth > 1)
    if !isRecorded { Gradient.pause() }
    defer { if !isRecorded { Gradient.resume() } }
    return try Backward(y, xs).run(seed)
  } catch let error as TensorError {
    return xs.map { _ in .failed(error) }
  } catch {
    return xs.map { _ in .failed(TensorError(.state, "\(error)")) }
  }
}

private func initialCotangent(_ y: Tensor, _ given: Tensor?) throws -> Tensor {
  try y.checked()
  guard y.dtype.isFloat else { throw TensorError(.type, "only float tensors have gradients, not \(y.dtype)") }
  if let given {
    try given.checked()
    guard given.shape == y.shape else {
      throw TensorError(
        .shape, "the cotangent has shape \(describe(shape: given.shape)), but the output \(describe(shape: y.shape))")
    }
    return given.cast(to: y.dtype)
  }
  guard y.count == 1 else {
    throw TensorError(
      .shape,
      "the gradient is that of a scalar, but the output has shape \(describe(shape: y.shape)); reduce it, for example "
        + "with sum() or mean(), or give a cotangent")
  }
  return .ones(y.shape, dtype: y.dtype)
}

/// One walk back: which nodes lie between y and the xs, then their rules in reverse order of computation.
private struct Backward {
  private let y: Tensor
  private let xs: [Tensor]
  private var order: [Tensor] = []
  private var leadsToX: Set<ObjectIdentifier> = []
  private let targets: Set<ObjectIdentifier>

  init(_ y: Tensor, _ xs: [Tensor]) {
    self.y = y
    self.xs = xs
    targets = Set(xs.map { ObjectIdentifier($0.node) })
    sort()
  }

  // Depth first without recursion: graphs are deeper than stacks. Nothing before a target is visited unless another path
  // leads there; a target's own past matters only where it leads to another target.
  private mutating func sort() {
    var visited: Set<ObjectIdentifier> = []
    var stack: [(tensor: Tensor, next: Int)] = []
    func push(_ tensor: Tensor) {
      if tensor.isTracked && visited.insert(ObjectIdentifier(tensor.node)).inserted { stack.append((tensor, 0)) }
    }
    push(y)
    while let top = stack.last {
      let inputs = top.tensor.node.record?.inputs ?? []
      if top.next < inputs.count {
        stack[stack.count - 1].next += 1
        push(inputs[top.next])
        continue
      }
      stack.removeLast()
      let id = ObjectIdentifier(top.tensor.node)
      if targets.contains(id) || inputs.contains(where: { leadsToX.contains(ObjectIdentifier($0.node)) }) {
        leadsToX.insert(id)
        order.append(top.tensor)
      }
    }
  }

  func run(_ seed: Tensor) throws -> [Tensor] {
    var cotangents: [ObjectIdentifier: Cotangent] = [:]
    cotangents[ObjectIdentifier(y.node), default: Cotangent()].add(seed)
    var found: [ObjectIdentifier: Tensor] = [:]
    for tensor in order.reversed() {
      // What reaches a leaf is added up at the end: nobody waits for it.
      guard let record = tensor.node.record else { continue }
      let id = ObjectIdentifier(tensor.node)
      guard var reached = cotangents.removeValue(forKey: id) else { continue }
      if targets.contains(id) || !record.primitive.takesParts {
        guard let cotangent = try reached.sum(tensor.shape) else { continue }
        if targets.contains(id) { found[id] = cotangent }
        reached = Cotangent(cotangent)
      }
      guard let vjp = record.primitive.vjp else { continue }
      let needed = record.inputs.map { leadsToX.contains(ObjectIdentifier($0.node)) }
      guard needed.contains(true) else { continue }
      if record.primitive.name == Primitive.slice.name {
        let source = ObjectIdentifier(record.inputs[0].node)
        cotangents[source, default: Cotangent()].add(
          try reached.sum(tensor.shape) ?? tensor.zerosLike, at: try Window(record.attributes))
        continue
      }
      let pullback = Pullback(
        inputs: record.inputs, output: tensor, cotangents: reached, attributes: record.attributes, needed: needed)
      let parts = try Place.within(record.primitive.name, .gradient) {
        func pull() throws -> [Tensor?] { try record.precision?.within { try vjp(pullback) } ?? vjp(pullback) }
        return try Trace.current?.inGradient(of: tensor) { try pull() } ?? pull()
      }
      for (index, part) in parts.enumerated() {
        guard needed[index], let part = try part?.checked() else { continue }
        cotangents[ObjectIdentifier(record.inputs[index].node), default: Cotangent()].add(part)
      }
    }
    return try xs.map { x in
      let id = ObjectIdentifier(x.node)
      if found[id] == nil { found[id] = try cotangents[id]?.sum(x.shape) }
      return found[id] ?? Tensor.zeros(x.shape, dtype: x.dtype)
    }
  }
}
