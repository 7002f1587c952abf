import Synchronization

/// A traced function, planned: a list of kernel calls on known shapes whose memory is laid out beforehand. A replay looks
/// nothing up, decides nothing and asks for no memory.
///
/// Safe to use from several threads; runs take turns.
public final class Program: @unchecked Sendable {
  private let arguments: [TensorSpec]
  private let states: [any TracedState]
  private let stateSpecs: [TensorSpec]
  private let stateInputs: [Int]
  private let conditions: [@Sendable () -> Bool]
  private let outputs: [Operand]
  private let writes: [(state: Int, value: Operand)]
  private let slots: Slots
  private let steps: [any ProgramStep]
  private let effects: [@Sendable () -> Void]
  private let times: StepTimes
  private let plan: MemoryPlan
  private let lock = Mutex(())
  private static let changing = Mutex(())
  /// The variables that are handed out, and their memory.
  private let resultVariables: [Int]
  private var results: [ResultBuffers]
  private var boundBase: UnsafeMutableRawPointer?

  /// How many kernel calls a replay makes.
  public var stepCount: Int { steps.count }
  /// What the traced function called its outputs, where it did: see ``Tracing/name(outputs:)``.
  public let outputNames: [String]?
  /// Which of several forms the outputs have, where the traced function said so (``Tracing/mark(form:)``); else 0.
  public let form: Int
  /// How many outputs it gives.
  public var outputCount: Int { outputs.count }
  /// How many ops they stand for.
  public let opCount: Int
  /// Bytes of memory for what is computed on the way.
  public var workspaceBytes: Int { plan.byteCount }
  /// The ops of each step, in order.
  public var stepNames: [String] { steps.map(\.name) }

  /// Each step with the shapes that it reads and writes.
  public var stepDescriptions: [String] { steps.map(\.description) }

  /// Traces `body` on arguments of these shapes and types and plans what it does.
  /// - Throws: what `body` throws; `TensorError` (`.state`) when it reads elements of a value that depends on its arguments
  ///   or on a state.
  public convenience init(
    _ arguments: [TensorSpec], names: [String]? = nil, _ body: ([Tensor]) throws -> [Tensor]
  ) throws {
    let names = names ?? arguments.indices.map { "argument \($0)" }
    let (trace, outputs) = try Trace.run(arguments, names: names, body)
    try self.init(trace, arguments, outputs)
  }

  init(_ trace: Trace, _ arguments: [TensorSpec], _ outputs: [Tensor], isFused: Bool = true) throws {
    var graph = try Graph(trace, outputs: outputs)
    graph.simplify()
    opCount = graph.instructions.count
    if isFused {
      TurnedProducts.apply(to: &graph)
      ProductSums.apply(to: &graph)
      Recomputation.apply(to: &graph)
      graph.dropUnused()
      PackedOperands.apply(to: &graph)
    }
    self.arguments = arguments
    states = trace.states.map(\.state)
    stateInputs = graph.stateInputs
    stateSpecs = graph.stateInputs.map { graph.specs[$0] }
    conditions = trace.conditions
    effects = Array(trace.effects.values)
    outputNames = trace.outputNames
    form = trace.form
    self.outputs = graph.outputs
    writes = graph.writes
    let placement = Placement(
      isFused
        ? Fusion.batched(Chaining.apply(to: Fusion.works(of: graph), graph))
        : graph.instructions.map { .single($0) }, graph)
    let works = placement.works
    let slots = Slots(graph.specs, placement)
    self.slots = slots
    let lifetimes = Lifetimes(placement, graph)
    steps = try works.map { work -> any ProgramStep in
      switch work {
      case .single(let instruction): try KernelStep(instruction, slots)
      case .fused(let group): try FusedStep([group], keeps: lifetimes.isRead, slots)
      case .batch(let groups): try FusedStep(groups, keeps: lifetimes.isRead, slots)
      case .chained(let product, let group):
        try ChainedStep(product, group, keeps: lifetimes.isRead, slots)
      }
    }
    times = StepTimes(
      zip(steps, works).map { StepTimes.Step($0.name, Cost($1, graph, lifetimes), graph.layerPath($1.members)) })
    plan = try MemoryPlan(lifetimes.lives(slots))
    resultVariables = lifetimes.results.sorted()
    results = resultVariables.map { ResultBuffers(byteCount: slots.byteCount($0)) }
  }

  deinit { WorkspacePool.shared.trim() }

  /// Whether what the trace found outside of its arguments is still so: kinds of states, modes of networks.
  public var isCurrent: Bool {
    zip(states, stateSpecs).allSatisfy { state, spec in
      let value = state.heldValue
      return value.shape == spec.shape && value.dtype == spec.dtype && value.error == nil
    } && conditions.allSatisfy { $0() }
  }

  /// Whether a gradient is being recorded of something that the program reads: a replay would hide it.
  package func hidesGradient(_ inputs: [Tensor]) -> Bool {
    ThreadState.current.isRecording
      && (inputs.contains { $0.isTracked } || states.contains { $0.heldValue.isTracked })
  }

  /// Runs the program: the outputs for these arguments; states that the function changes have their new values.
  /// - Throws: `TensorError`: `.shape` or `.type` for arguments of other kinds than those traced, or what a kernel finds
  ///   wrong with the values; nothing has then changed.
  public func callAsFunction(_ inputs: [Tensor]) throws -> [Tensor] {
    guard inputs.count == arguments.count else {
      throw TensorError(.value, "the program takes \(arguments.count) tensors, not \(inputs.count)")
    }
    for (index, input) in inputs.enumerated() {
      guard try input.checked().known().shape == arguments[index].shape, input.dtype == arguments[index].dtype else {
        throw TensorError(
          .shape,
          "argument \(index) was traced as \(arguments[index].dtype) \(describe(shape: arguments[index].shape)) and is "
            + "\(input.dtype) \(describe(shape: input.shape))")
      }
    }
    // What one program changes, another one must not read before: those that change anything take turns.
    guard !writes.isEmpty else { return try lock.withLock { _ in try replay(inputs) } }
    return try Program.changing.withLock { _ in try lock.withLock { _ in try replay(inputs) } }
  }

  private func replay(_ inputs: [Tensor]) throws -> [Tensor] {
    var held: [Int: Tensor] = [:]
    for (index, input) in inputs.enumerated() { held[index] = try place(input, at: index) }
    for (state, variable) in zip(states, stateInputs) { held[variable] = try place(state.heldValue, at: variable) }
    var made: [Int: Storage] = [:]
    for (index, variable) in resultVariables.enumerated() {
      let storage = try results[index].take()
      slots.storage(variable).pointer = storage.pointer
      made[variable] = storage
    }
    let workspace = try WorkspacePool.shared.take(max(plan.byteCount, 64))
    defer { WorkspacePool.shared.give(workspace) }
    if workspace.pointer != boundBase {
      for (variable, offset) in plan.offsets { slots.storage(variable).pointer = workspace.pointer + offset }
      boundBase = workspace.pointer
    }
    let isProfiled = times.begin()
    for step in steps {
      do {
        try step.run()
        if isProfiled { times.mark() }
      } catch let error as TensorError {
        throw error.prefixed(step.name)
      }
    }
    if isProfiled { times.end() }
    func result(_ operand: Operand) throws(TensorError) -> Tensor {
      guard case .variable(let variable, let layout, let dtype) = operand else { return slots.tensor(operand) }
      if let storage = made[variable] { return Tensor(node: Node(storage: storage, layout: layout, dtype: dtype)) }
      guard let source = held[variable], let storage = source.node.storage else {
        throw TensorError(.state, "a result of the program has no memory")
      }
      let window = Layout(
        shape: layout.shape, strides: layout.strides, offset: layout.offset + source.node.layout.offset)
      return Tensor(node: Node(storage: storage, layout: window, dtype: dtype))
    }
    let found = try outputs.map(result)
    for (state, value) in try writes.map({ ($0.state, try result($0.value)) }) { states[state].heldValue = value }
    for effect in effects { effect() }
    return found
  }

  /// Puts a tensor of the caller where the program reads it.
  private func place(_ tensor: Tensor, at variable: Int) throws(TensorError) -> Tensor {
    let source = try tensor.checked().known().contiguousCopyIfNeeded().detached()
    if let address = source.address { slots.storage(variable).pointer = address }
    return source
  }
}
