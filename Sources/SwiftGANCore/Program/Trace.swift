import Synchronization

/// A value that a traced function computes or is given: it has a shape and an element type, and elements only when the
/// program runs.
final class Variable: @unchecked Sendable {
  /// Its number in the trace.
  let index: Int
  /// What it is, in words for messages: an op, "argument 0", "fc1.weight".
  let origin: String
  /// Whose it is: the number of the trace, which no other ever has, also when this one is gone and the value is not.
  let trace: Int

  init(index: Int, origin: String, of trace: Trace) {
    self.index = index
    self.origin = origin
    self.trace = trace.number
  }
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
  let number = Trace.count.wrappingAdd(1, ordering: .relaxed).newValue
  private static let count = Atomic<Int>(0)

  private(set) var instructions: [Instruction] = []
  /// Shape and type of every variable, by its index.
  private(set) var specs: [TensorSpec] = []
  private(set) var origins: [String] = []
  /// How many variables are arguments: they come first.
  private(set) var argumentCount = 0
  private(set) var states: [TracedPlace] = []
  /// What must still hold for the trace to be used again.
  private(set) var conditions: [@Sendable () -> Bool] = []

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

  private static func stranger(_ tensor: Tensor) -> TensorError {
    let origin = tensor.node.storage?.variable?.origin ?? ""
    return TensorError(
      .state,
      "a value of a traced function (\(origin)) is used outside of it: such values have no elements until the function "
        + "runs; return it from the function in place of storing it")
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

  /// Something that a replay could not repeat.
  func refuse(_ why: String) {
    refuse(TensorError(.state, "this cannot be traced: \(why); run it without tracing (eager)"))
  }

  func refuse(_ error: TensorError) { refusal = refusal ?? error }
}

extension Tensor {
  /// Whether this is a value of a function that is being traced: its elements are not known.
  public var isTraced: Bool { node.storage?.variable != nil }

  /// This tensor, unless its elements are not known while a function is traced.
  @discardableResult
  package func known() throws(TensorError) -> Tensor {
    guard let variable = node.storage?.variable else { return self }
    let error = TensorError(
      .state,
      "the values of '\(variable.origin)' are not known while a function is traced, so they cannot be read or decide "
        + "what is done next: use select (where) in place of 'if', return the tensor and read it outside, or run the "
        + "function without tracing (eager)")
    // Also where the error is caught: what the function then does is not what it does with values.
    ThreadState.current.trace?.refuse(error)
    throw error
  }
}
