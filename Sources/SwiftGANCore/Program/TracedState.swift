import Synchronization

/// Something outside a function's arguments that holds a tensor from call to call: a parameter, an optimiser's memory, the
/// position of a source of random numbers.
///
/// While a function is traced, what it reads of a state becomes an input of the program and what it writes an output, so a
/// replay goes on from the values of the moment. Getters and setters of such things go through ``Tracing``.
public protocol TracedState: AnyObject, Sendable {
  /// What tells states apart.
  var identity: ObjectIdentifier { get }
  /// What it is called in messages.
  var stateName: String { get }
  /// The trace in which it was made (``Tracing/identity`` then), nil for none: a function makes such a state anew at every
  /// call, so that it is no input of the program.
  var birth: Int? { get }
  /// The value outside of any trace. Shape and element type must not change while programs use it.
  var heldValue: Tensor { get set }
}

extension TracedState {
  /// The object itself.
  public var identity: ObjectIdentifier { ObjectIdentifier(self) }
}

/// What is being traced on this thread.
public enum Tracing {
  /// Whether ops are written down in place of being done.
  public static var isActive: Bool { ThreadState.current.trace != nil }

  /// What tells the traces apart that may be under way, one inside the other; nil where there is none.
  public static var identity: Int? { ThreadState.current.trace?.number }

  /// The value of a state as the current thread sees it.
  public static func read(_ state: any TracedState) -> Tensor {
    ThreadState.current.trace?.read(state) ?? state.heldValue
  }

  /// Sets the value of a state: now, or when the function that is being traced runs.
  public static func write(_ state: any TracedState, _ value: Tensor) {
    if let trace = ThreadState.current.trace { trace.write(state, value) } else { state.heldValue = value }
  }

  /// Says that what is traced is only good while `condition` holds: it is asked before each replay, and a function is
  /// traced anew when it does not. Nothing happens outside of a trace.
  public static func require(_ condition: @escaping @Sendable () -> Bool) {
    ThreadState.current.trace?.require(condition)
  }

  /// Says that what is traced cannot be replayed, and why: tracing then ends with that error. Nothing happens outside of a
  /// trace.
  public static func refuse(_ why: String) { ThreadState.current.trace?.refuse(why) }

  /// What the function that is being traced is called in messages about values that got out of it. Nothing happens outside
  /// of a trace.
  public static func name(function: String) { ThreadState.current.trace?.label.name = function }

  /// Says that each run of what is traced ends with `effect`, a change of `object` that is no tensor, such as a network's
  /// mode; for one object the last effect counts. Nothing happens outside of a trace.
  public static func finish(_ object: AnyObject, _ effect: @escaping @Sendable () -> Void) {
    ThreadState.current.trace?.finish(object, effect)
  }

  /// Names what the traced function returns; see ``Program/outputNames``.
  public static func name(outputs: [String]) { ThreadState.current.trace?.outputNames = outputs }

  /// Says which of several forms the outputs of the traced function have; see ``Program/form``.
  public static func mark(form: Int) { ThreadState.current.trace?.form = form }

  /// Runs `body` at once, also while a function is traced: for what is constant there.
  public static func suspended<Result>(_ body: () throws -> Result) rethrows -> Result {
    let thread = ThreadState.current
    let trace = thread.trace
    thread.trace = nil
    defer { thread.trace = trace }
    return try body()
  }
}

/// A place for one tensor that steps read and change; safe to use from several threads.
public final class TensorCell: TracedState {
  /// What it is called in messages.
  public let stateName: String
  /// The trace in which it was made; nil for none.
  public let birth = Tracing.identity
  private let held: Mutex<Tensor>

  /// A cell that holds `value`.
  public init(_ value: Tensor, name: String) {
    held = Mutex(value)
    stateName = name
  }

  /// The value, as the current thread sees it.
  public var value: Tensor {
    get { Tracing.read(self) }
    set { Tracing.write(self, newValue) }
  }

  /// The value outside of any trace.
  public var heldValue: Tensor {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }
}
