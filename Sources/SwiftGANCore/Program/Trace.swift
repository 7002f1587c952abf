import Synchronization

/// A value that a traced function computes or is given: it has a shape and an element type, and elements only when the
/// program runs.
final class Variable: @unchecked Sendable {
  /// Its number in the trace.
  let index: Int
  /// What it is, in words for messages: an op, "argument 0", "fc1.weight".
  var origin: String
  /// Whose it is, also when the trace is gone and the value is not.
  let owner: TraceLabel
  /// The number of the trace, which no other ever has.
  var trace: Int { owner.number }

  init(index: Int, origin: String, of trace: Trace) {
    self.index = index
    self.origin = origin
    owner = trace.label
  }
}

/// What is left of a trace in the values that outlive it: enough to say whose they were.
final class TraceLabel: @unchecked Sendable {
  let number: Int
  /// What the traced function is called; set before it runs.
  var name: String?

  init(number: Int) { self.number = number }
}

/// What an instruction reads: a window on a variable, or a tensor that is known.
enum Operand: Hashable {
  case variable(Int, Layout, DType)
  case constant(Tensor)

  var layout: Layout {
    switch self {
    case .variable(_, let layout, _): layout
    case .constant(let tensor): tensor.node.layout
    }
  }

  var dtype: DType {
    switch self {
    case .variable(_, _, let dtype): dtype
    case .constant(let tensor): tensor.dtype
    }
  }

  /// The variable that is read; nil for a constant.
  var variable: Int? {
    if case .variable(let index, _, _) = self { return index }
    return nil
  }

  // A constant is the same where memory and window are: the trace keeps one tensor for equal scalars.
  static func == (a: Operand, b: Operand) -> Bool {
    switch (a, b) {
    case (.variable(let i, let l, let t), .variable(let j, let m, let u)): i == j && l == m && t == u
    case (.constant(let x), .constant(let y)):
      x.node.storage === y.node.storage && x.node.layout == y.node.layout && x.dtype == y.dtype
    default: false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch self {
    case .variable(let index, let layout, _):
      hasher.combine(index)
      hasher.combine(layout)
    case .constant(let tensor): hasher.combine(tensor.node.storage.map { ObjectIdentifier($0) })
    }
  }
}

/// One application of a primitive with a kernel: it fills a variable, which is contiguous.
struct Instruction {
  let primitive: Primitive
  let attributes: Attributes
  var inputs: [Operand]
  let output: Int
}

/// A function being traced: every op on values that are not known yet is written down in place of being done.
///
/// Ops whose inputs are all known are done at once, so what is constant is computed once, while tracing. What the function
/// reads and changes outside its arguments (parameters, optimisers' memory, random numbers) is a ``TracedState``.
final class Trace {
  /// What tells it from all other traces, those that are gone included.
  let label = TraceLabel(number: Trace.count.wrappingAdd(1, ordering: .relaxed).newValue)
  var number: Int { label.number }
  private static let count = Atomic<Int>(0)

  private(set) var instructions: [Instruction] = []
  /// Shape and type of every variable, by its index.
  private(set) var specs: [TensorSpec] = []
  private(set) var origins: [String] = []
  /// The layer in which every variable is computed, by its index.
  private(set) var layers: [Int] = []
  private(set) var layerPaths = LayerPaths()
  /// How many variables are arguments: they come first.
  private(set) var argumentCount = 0
  private(set) var states: [TracedPlace] = []
  /// What must still hold for the trace to be used again.
  private(set) var conditions: [@Sendable () -> Bool] = []
  /// What each run does at its end beside computing, the last for each object.
  private(set) var effects: [ObjectIdentifier: @Sendable () -> Void] = [:]

  /// The precision of products that the trace found in force.
  private let precision = MatmulPrecision.current
  private var dependsOnPrecision = false

  /// What the function calls its outputs.
  var outputNames: [String]?
  /// Which of several forms its outputs have.
  var form = 0
  private var refusal: TensorError?

  private var stateIndex: [ObjectIdentifier: Int] = [:]
  private var scalars: [Scalar: Tensor] = [:]

  private struct Borrowed: Hashable {
    let storage: ObjectIdentifier
    let layout: Layout
  }
  /// Copies of constants, each with the memory that it was copied from, which must stay as long as its identity counts.
  private var copies: [Borrowed: (source: Storage, copy: Tensor)] = [:]

  private struct Scalar: Hashable {
    let shape: [Int]
    let dtype: DType
    let bytes: [UInt8]
  }

  /// A state that the function reads or changes: its value as an input, and the one that it has at the end.
  struct TracedPlace {
    let state: any TracedState
    /// The variable that holds its value at the start.
    let input: Int
    var current: Tensor
    var isWritten = false
  }

  /// The trace on this thread; nil where ops run at once.
  static var current: Trace? { ThreadState.current.trace }

  /// Traces `body` on arguments of these kinds.
  /// - Returns: the finished trace, and what `body` returned.
  static func run(
    _ arguments: [TensorSpec], names: [String], _ body: ([Tensor]) throws -> [Tensor]
  ) throws -> (trace: Trace, outputs: [Tensor]) {
    let thread = ThreadState.current
    let (outer, depth, pauses) = (thread.trace, thread.gradientDepth, thread.pauseDepth)
    let trace = Trace()
    trace.layerPaths.outerPlaces = thread.places.count
    thread.trace = trace
    // A gradient computation around the trace is not the function's: its ops are recorded for gradients inside alone.
    (thread.gradientDepth, thread.pauseDepth) = (0, 0)
    defer {
      thread.trace = outer
      (thread.gradientDepth, thread.pauseDepth) = (depth, pauses)
    }
    let inputs = zip(arguments, names).map { spec, name in trace.makeTensor(spec, origin: name) }
    trace.argumentCount = inputs.count
    let outputs = try body(inputs)
    if let refusal = trace.refusal { throw refusal }
    for output in outputs {
      try output.checked()
      guard output.node.storage?.variable.map({ $0.trace == trace.number }) ?? true else {
        throw Trace.stranger(output)
      }
    }
    return (trace, outputs)
  }

  private func makeStorage(_ spec: TensorSpec, origin: String) -> Storage {
    defer {
      specs.append(spec)
      origins.append(origin)
      layers.append(layerPaths.current(ThreadState.current.places))
    }
    return Storage(for: Variable(index: specs.count, origin: origin, of: self))
  }

  private func makeTensor(_ spec: TensorSpec, origin: String) -> Tensor {
    let storage = makeStorage(spec, origin: origin)
    return Tensor(node: Node(storage: storage, layout: Layout(contiguous: spec.shape), dtype: spec.dtype))
  }

  // MARK: Ops

  /// Writes an op down; its result is the memory returned.
  static func stage(
    _ primitive: Primitive, _ attributes: Attributes, _ inputs: [Tensor], _ spec: TensorSpec, on thread: ThreadState
  ) throws(TensorError) -> Storage {
    let mine = thread.trace?.number
    for input in inputs {
      if let variable = input.node.storage?.variable, variable.trace != mine { throw stranger(input) }
    }
    guard let trace = thread.trace else { throw TensorError(.state, "nothing is being traced on this thread") }
    _ = try elementCount(spec.shape, byteSize: spec.dtype.byteSize)
    var operands: [Operand] = []
    for input in inputs { operands.append(try trace.operand(input)) }
    let storage = trace.makeStorage(spec, origin: primitive.name)
    trace.instructions.append(
      Instruction(primitive: primitive, attributes: attributes, inputs: operands, output: trace.specs.count - 1))
    return storage
  }

  /// What an instruction, or the program's caller, gets for a tensor of the traced function.
  func operand(_ tensor: Tensor) throws(TensorError) -> Operand {
    if let variable = tensor.node.storage?.variable {
      return .variable(variable.index, tensor.node.layout, tensor.dtype)
    }
    // Broadcast scalars are one element, whatever their shape.
    guard tensor.count == 1 || (tensor.count > 0 && tensor.node.layout.strides.allSatisfy({ $0 == 0 })),
      let address = tensor.address
    else { return .constant(try kept(tensor)) }
    let bytes = Array(UnsafeRawBufferPointer(start: address, count: tensor.dtype.byteSize))
    let key = Scalar(shape: tensor.shape, dtype: tensor.dtype, bytes: bytes)
    if let known = scalars[key] { return .constant(known) }
    scalars[key] = tensor.detached()
    return .constant(tensor.detached())
  }

  /// A constant as it is now: memory of the caller's may change before a replay.
  private func kept(_ tensor: Tensor) throws(TensorError) -> Tensor {
    guard let storage = tensor.node.storage, storage.isBorrowed else { return tensor.detached() }
    let key = Borrowed(storage: ObjectIdentifier(storage), layout: tensor.node.layout)
    if let known = copies[key] { return known.copy }
    let memory = try Storage(byteCount: tensor.count * tensor.dtype.byteSize)
    CPU.copy(tensor, to: memory.pointer)
    let copy = Tensor(
      node: Node(storage: memory, layout: Layout(contiguous: tensor.shape), dtype: tensor.dtype))
    copies[key] = (storage, copy)
    return copy
  }

  /// The error for a traced value where its own function is not being traced.
  static func stranger(_ tensor: Tensor) -> TensorError {
    let variable = tensor.node.storage?.variable
    let function = variable?.owner.name.map { "the traced function '\($0)'" } ?? "a traced function"
    let kind = "\(tensor.dtype) \(describe(shape: tensor.shape))"
    return TensorError(
      .state,
      "a value of \(function) (\(variable?.origin ?? ""), \(kind)) is used outside of it: it stands for what each call "
        + "computes and has no elements of its own. Return it from the function and use what a call gives, in place of "
        + "storing it in a list, an attribute or a global variable")
  }

  // MARK: States

  /// The value of a state as the traced function sees it.
  func read(_ state: any TracedState) -> Tensor {
    if let index = stateIndex[state.identity] { return states[index].current }
    let held = state.heldValue
    // What the traced function makes for itself starts anew at every call.
    if state.birth == number { return held }
    if held.error != nil || held.isTraced { return held }
    let value = makeTensor(TensorSpec(held.shape, held.dtype), origin: state.stateName)
    stateIndex[state.identity] = states.count
    states.append(TracedPlace(state: state, input: specs.count - 1, current: value))
    return value
  }

  /// Sets the value that a state has from here on, and when the program has run.
  func write(_ state: any TracedState, _ value: Tensor) {
    if state.birth == number {
      state.heldValue = value
      return
    }
    _ = read(state)
    guard let index = stateIndex[state.identity] else { return }
    states[index].current = value.detached()
    states[index].isWritten = true
  }

  /// Something that the function found to be so: when it no longer is, the function is traced anew.
  func require(_ condition: @escaping @Sendable () -> Bool) { conditions.append(condition) }

  /// Says that the trace has products: under another precision the function is traced anew.
  func requirePrecision() {
    guard !dependsOnPrecision else { return }
    dependsOnPrecision = true
    require { [precision] in MatmulPrecision.current == precision }
  }

  /// Something that each run does at its end; for the same object the last one counts.
  func finish(_ object: AnyObject, _ effect: @escaping @Sendable () -> Void) {
    effects[ObjectIdentifier(object)] = effect
  }

  /// Runs `body`, which computes the gradient of an op whose output is `tensor`: what it writes down is of its layer.
  func inGradient<R>(of tensor: Tensor, _ body: () throws -> R) rethrows -> R {
    let outer = layerPaths.gradientOf
    let variable = tensor.node.storage?.variable
    layerPaths.gradientOf = variable.flatMap { $0.trace == number && $0.index < layers.count ? layers[$0.index] : nil }
    defer { layerPaths.gradientOf = outer }
    return try body()
  }

  /// Something that a replay could not repeat.
  func refuse(_ why: String) {
    refuse(TensorError(.state, "this cannot be traced: \(why); run it without tracing (eager)"))
  }

  func refuse(_ error: TensorError) { refusal = refusal ?? error }
}

extension Tensor {
  /// Whether this is a value of a function that is being traced: its elements are not known.
  public var isTraced: Bool { node.storage?.variable != nil }

  /// Says what messages call this value of a function that is being traced, such as the name of an argument; nothing
  /// happens to other tensors.
  public func name(_ name: String) { node.storage?.variable?.origin = name }

  /// This tensor, unless its elements are not known while a function is traced.
  @discardableResult
  package func known() throws(TensorError) -> Tensor {
    guard let variable = node.storage?.variable else { return self }
    guard let trace = ThreadState.current.trace, trace.number == variable.trace else { throw Trace.stranger(self) }
    let error = TensorError(
      .state,
      "the values of '\(variable.origin)' are not known while a function is traced, so they cannot be read or decide "
        + "what is done next: use where (in Swift select) in place of 'if', return the tensor and read it outside, or run the "
        + "function without tracing (eager)")
    // Also where the error is caught: what the function then does is not what it does with values.
    trace.refuse(error)
    throw error
  }
}
