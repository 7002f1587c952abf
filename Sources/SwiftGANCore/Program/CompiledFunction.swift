import Synchronization

/// A function of tensors that is traced once for each kind of arguments and then replayed.
///
/// ```swift
/// let step = CompiledFunction("step") { x in [x[0].tanh().sum()] }
/// let first = try step([x])   // traced, planned and run
/// let later = try step([y])   // replayed, when y has the shape and type of x
/// ```
///
/// The body sees its arguments without their elements, so it must do the same whatever they hold. What else it reads is
/// constant, but for parameters, optimisers, random numbers and other ``TracedState``. It runs anew, and is traced again,
/// for arguments of other shapes or types, for another static key, and when a mode that it read has changed. Inside
/// another traced function, or where a gradient of it is being recorded, it runs as if it were not compiled.
public final class CompiledFunction: @unchecked Sendable {
  /// Computes the outputs from the arguments, in which static values may be captured.
  public typealias Body = ([Tensor]) throws -> [Tensor]

  /// What it is called in messages.
  public let name: String
  /// How many traces are kept; the one used longest ago gives way.
  public let mostTraces: Int
  /// Called when traces keep being given up, with a sentence that says which argument keeps changing.
  public var onThrash: (@Sendable (String) -> Void)?

  private let body: Body
  private let lock = Mutex(())
  private var entries: [Entry] = []
  private var clock = 0
  private var traceTotal = 0
  private var hasWarned = false

  private struct Signature: Hashable {
    let arguments: [TensorSpec]
    let staticKey: String
  }

  private struct Entry {
    let signature: Signature
    let program: Program
    var lastUse: Int
  }

  /// A compiled form of `body`.
  public init(_ name: String, mostTraces: Int = 16, _ body: @escaping Body) {
    self.name = name
    self.mostTraces = max(1, mostTraces)
    self.body = body
  }

  /// The program that was used last; nil before the first call.
  public var latest: Program? { lock.withLock { _ in entries.max { $0.lastUse < $1.lastUse }?.program } }

  /// How often the function was traced.
  public var traceCount: Int { lock.withLock { _ in traceTotal } }

  /// How many traces there are now.
  public var keptTraces: Int { lock.withLock { _ in entries.count } }

  /// Lets all programs go: for when something has changed that they took for constant.
  public func clear() {
    // What they hold is let go of only after the lock: borrowed memory has deleters, which may call anything.
    let gone = lock.withLock { _ in
      defer { entries = [] }
      return entries
    }
    _ = gone
  }

  /// Whether functions that are called now on this thread may run their bodies in place of programs: while another one is
  /// traced, while a gradient is recorded, and while values are checked (``Debug``).
  public static var runsBodies: Bool {
    let thread = ThreadState.current
    return thread.trace != nil || (thread.gradientDepth > 0 && thread.isRecording) || Debug.isOn
  }

  /// The outputs for these arguments.
  /// - Parameter staticKey: what the body's captured values come down to: another key is another trace.
  /// - Throws: what the body throws while it is traced, or what a replay finds wrong.
  public func callAsFunction(_ inputs: [Tensor], staticKey: String = "") throws -> [Tensor] {
    for input in inputs { try input.checked() }
    if Tracing.isActive || Debug.isOn { return try body(inputs) }
    let program = try program(for: inputs, staticKey)
    return program.hidesGradient(inputs) ? try body(inputs) : try program(inputs)
  }

  /// The outputs as the body computes them, op by op: where a trace cannot be made.
  public func callingBody(_ inputs: [Tensor]) throws -> [Tensor] { try body(inputs).map { try $0.checked() } }

  /// The program for arguments like these, traced now if need be.
  public func program(for inputs: [Tensor], _ staticKey: String = "") throws -> Program {
    let signature = Signature(arguments: inputs.map { TensorSpec($0.shape, $0.dtype) }, staticKey: staticKey)
    if let known = known(signature) { return known }
    // Not under the lock: the body may be a user's, and take as long as it likes.
    let program: Program
    do {
      program = try Program(signature.arguments) { inputs in
        Tracing.name(function: name)
        return try body(inputs)
      }
    } catch let error as TensorError {
      throw error.prefixed("tracing \(name)")
    }
    let (kept, gone, warning) = lock.withLock { _ -> (Program, Entry?, String?) in
      clock += 1
      traceTotal += 1
      // Another thread may have been as quick.
      if let known = entries.firstIndex(where: { $0.signature == signature && $0.program.isCurrent }) {
        return (entries[known].program, nil, nil)
      }
      var (gone, warning): (Entry?, String?) = (nil, nil)
      // One that holds no longer may hold again, when a mode is set back.
      if entries.count >= mostTraces,
        let oldest = entries.indices.min(by: { entries[$0].lastUse < entries[$1].lastUse })
      {
        warning = thrash(signature)
        gone = entries.remove(at: oldest)
      }
      entries.append(Entry(signature: signature, program: program, lastUse: clock))
      return (program, gone, warning)
    }
    // Outside of the lock: a warning may ask the function what it knows, and memory that is let go may tell its giver.
    _ = gone
    if let warning { onThrash?(warning) }
    return kept
  }

  private func known(_ signature: Signature) -> Program? {
    lock.withLock { _ in
      clock += 1
      guard let index = entries.firstIndex(where: { $0.signature == signature && $0.program.isCurrent }) else {
        return nil
      }
      entries[index].lastUse = clock
      return entries[index].program
    }
  }

  /// Says once that traces are made faster than they are used, and why.
  private func thrash(_ newest: Signature) -> String? {
    guard !hasWarned, onThrash != nil else { return nil }
    hasWarned = true
    let all = entries.map(\.signature) + [newest]
    var reasons: [String] = []
    for index in newest.arguments.indices {
      let kinds = Set(all.compactMap { index < $0.arguments.count ? $0.arguments[index] : nil })
      guard kinds.count > 1 else { continue }
      let shown = kinds.prefix(3).map { "\($0.dtype) \(describe(shape: $0.shape))" }.sorted().joined(separator: ", ")
      reasons.append("argument \(index) came in \(kinds.count) kinds (\(shown), ...)")
    }
    if Set(all.map(\.staticKey)).count > 1 { reasons.append("static arguments keep changing") }
    if reasons.isEmpty { reasons.append("a mode or a state that it reads keeps changing") }
    return "\(name) has been traced \(traceTotal) times and keeps only \(mostTraces) traces: "
      + reasons.joined(separator: "; ") + ". Keep shapes and static arguments few, pad batches, or raise the limit"
  }
}
