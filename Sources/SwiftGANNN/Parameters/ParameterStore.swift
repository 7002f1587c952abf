import SwiftGANCore
import Synchronization

/// The parameters of one network in the order of their making, with the network's mode and its random numbers.
///
/// Safe to use from several threads.
public final class ParameterStore: Sendable {
  /// Source of initial values and dropout masks; its state belongs into a checkpoint.
  public let random: RandomGenerator
  private let training = Atomic<Bool>(true)
  private let contents = Mutex(Contents())

  private struct Contents {
    var ordered: [Parameter] = []
    var byName: [String: Parameter] = [:]
  }

  /// An empty store in training mode.
  /// - Parameter seed: the same seed and the same layers give the same initial values, bit for bit.
  public init(seed: UInt64 = 0) { random = RandomGenerator(seed: seed) }

  /// All parameters and buffers in the order in which layers made them.
  public var parameters: [Parameter] { contents.withLock { $0.ordered } }

  /// The parameters that optimisers change.
  public var trainableParameters: [Parameter] { parameters.filter(\.isTrainable) }

  /// The parameter of that name.
  public subscript(name: String) -> Parameter? { contents.withLock { $0.byName[name] } }

  /// Whether layers behave as in training (batch statistics, dropout) or as in use. Starts as true.
  public var isTraining: Bool {
    get {
      ThreadBindings.existing?.modes[ObjectIdentifier(self)]?.last ?? training.load(ordering: .relaxed)
    }
    set { training.store(newValue, ordering: .relaxed) }
  }

  /// Runs `body` in one mode on the current thread only: another thread may sample from a network that is in training.
  public func withTraining<Result>(_ isTraining: Bool, _ body: () throws -> Result) rethrows -> Result {
    let bindings = ThreadBindings.current
    let key = ObjectIdentifier(self)
    bindings.modes[key, default: []].append(isTraining)
    defer {
      _ = bindings.modes[key]?.popLast()
      if bindings.modes[key]?.isEmpty ?? false { bindings.modes[key] = nil }
    }
    return try body()
  }

  func insert(_ parameter: Parameter) throws {
    try contents.withLock { contents in
      guard contents.byName[parameter.name] == nil else {
        throw TensorError(
          .value, "there is already a parameter '\(parameter.name)'; give each layer a scope of its own, as in scope[\"fc2\"]"
        )
      }
      contents.byName[parameter.name] = parameter
      contents.ordered.append(parameter)
    }
  }
}
