import SwiftGANCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs `body` while the parameters have these values on the current thread, and gives their own values back afterwards,
/// also when `body` throws. Other threads do not see it.
///
/// This makes a network a function of its parameters: gradients with respect to them, unrolled updates and averaged
/// weights (EMA) all call the same layers with other values.
///
/// ```swift
/// let sample = try withParameters(generator.parameters, setTo: averaged) { generator(z) }
/// ```
/// - Throws: `.value` when the counts differ or a parameter is listed twice; `.shape` when a value does not fit its
///   parameter; a value's own error; what `body` throws.
public func withParameters<Result>(
  _ parameters: [Parameter], setTo values: [Tensor], _ body: () throws -> Result
) throws -> Result {
  try ParameterBinding.enter(parameters, values)
  defer { ParameterBinding.exit(parameters) }
  return try body()
}

/// The bindings in force on each thread. ``withParameters(_:setTo:_:)`` is the form to use; `enter` and `exit` are for
/// callers (a C interface) that cannot nest a closure.
public enum ParameterBinding {
  /// Binds values from now on, until the matching `exit` on the same thread. Throws as ``withParameters(_:setTo:_:)``.
  public static func enter(_ parameters: [Parameter], _ values: [Tensor]) throws {
    guard parameters.count == values.count else {
      throw TensorError(.value, "\(values.count) values were given for \(parameters.count) parameters")
    }
    var seen: Set<ObjectIdentifier> = []
    for (parameter, value) in zip(parameters, values) {
      try value.checked()
      guard value.shape == parameter.shape else {
        throw TensorError(
          .shape,
          "parameter '\(parameter.name)' has shape \(describe(shape: parameter.shape)); a value of shape "
            + "\(describe(shape: value.shape)) does not fit")
      }
      guard seen.insert(parameter.identity).inserted else {
        throw TensorError(.value, "parameter '\(parameter.name)' is listed twice; list each parameter once")
      }
    }
    let bound = ThreadBindings.current
    for (parameter, value) in zip(parameters, values) {
      bound.stacks[parameter.identity, default: []].append(BoundValue(value: value, trace: Tracing.identity))
    }
  }

  /// Ends the innermost binding of these parameters.
  /// - Returns: the values bound at the end: those given, or what was assigned meanwhile (a buffer's update).
  @discardableResult
  public static func exit(_ parameters: [Parameter]) -> [Tensor] {
    let bound = ThreadBindings.current
    return parameters.map { parameter in
      let key = parameter.identity
      let last = bound.stacks[key]?.popLast()
      if bound.stacks[key]?.isEmpty ?? false { bound.stacks[key] = nil }
      return last?.value ?? parameter.value
    }
  }

  /// The bound value; in a trace, that of a binding which the traced function itself made: those around it are inputs of
  /// the program.
  static func value(of identity: ObjectIdentifier, inTrace: Bool = false) -> Tensor? {
    guard let bound = ThreadBindings.existing, !bound.stacks.isEmpty, let top = bound.stacks[identity]?.last else {
      return nil
    }
    return inTrace && top.trace != Tracing.identity ? nil : top.value
  }

  /// Replaces the bound value; false when none is bound, or in a trace none by the traced function itself.
  static func replace(_ identity: ObjectIdentifier, with value: Tensor, inTrace: Bool = false) -> Bool {
    guard let bound = ThreadBindings.existing, !bound.stacks.isEmpty else { return false }
    guard let stack = bound.stacks[identity], let top = stack.last else { return false }
    if inTrace && top.trace != Tracing.identity { return false }
    bound.stacks[identity]?[stack.count - 1].value = value
    return true
  }
}

/// A value bound to a parameter, and the trace in which that was done.
struct BoundValue {
  var value: Tensor
  let trace: Int?
}

/// A mode set for a store, and the trace in which that was done.
struct BoundMode {
  let isTraining: Bool
  let trace: Int?
}

/// What is bound on one thread: values of parameters, and the mode (train or evaluate) of stores.
final class ThreadBindings {
  var stacks: [ObjectIdentifier: [BoundValue]] = [:]
  var modes: [ObjectIdentifier: [BoundMode]] = [:]
  /// How many requests to replay networks are in force.
  var replayDepth = 0
  /// Where the network that is called puts its features, if anyone wants them.
  var featureTap: FeatureTap?

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { object in
      #if canImport(Darwin)
        Unmanaged<ThreadBindings>.fromOpaque(object).release()
      #else
        if let object { Unmanaged<ThreadBindings>.fromOpaque(object).release() }
      #endif
    }
    return key
  }()

  /// Nil on a thread that never bound anything: reading a parameter there costs one look-up.
  static var existing: ThreadBindings? {
    pthread_getspecific(key).map { Unmanaged<ThreadBindings>.fromOpaque($0).takeUnretainedValue() }
  }

  static var current: ThreadBindings {
    if let existing { return existing }
    let bindings = ThreadBindings()
    pthread_setspecific(key, Unmanaged.passRetained(bindings).toOpaque())
    return bindings
  }
}
