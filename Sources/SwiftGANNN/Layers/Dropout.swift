import SwiftGANCore

/// Sets elements to 0 with probability `p` in training and scales the rest by `1 / (1 - p)`, so that the expected value
/// stays; does nothing in use (Srivastava et al. 2014).
///
/// Input and output of any shape. The masks come from the store's random generator: the same seed, the same masks.
///
/// ```swift
/// let layer = try Dropout(0.5, in: scope["drop1"])
/// ```
public struct Dropout: Layer {
  private let probability: Double
  private let store: ParameterStore
  private let label: LayerLabel

  /// Drops with probability `p`.
  /// - Throws: `.value` for a probability outside [0, 1].
  public init(_ p: Double = 0.5, in scope: Scope) throws {
    label = LayerLabel("dropout", scope)
    guard p >= 0, p <= 1 else { throw label.error("p must be from 0 to 1, not \(p)") }
    probability = p
    store = scope.store
  }

  /// `x` with elements dropped, or in use `x` itself.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard store.isTraining, probability > 0 else { return x }
    return label.run(x) { x in
      guard probability < 1 else { return x * 0 }
      let kept = Tensor.randomBernoulli(x.shape, p: 1 - probability, key: store.random.next())
      return x * (kept.cast(to: x.dtype.isFloat ? x.dtype : .float32) * (1 / (1 - probability)))
    }
  }

  static let registration = LayerRegistration(
    "dropout", "Sets elements to 0 with probability p in training (Srivastava et al. 2014).",
    options: [OptionDescription("p", .number(.unit), default: 0.5, "Probability of an element to be dropped.")]
  ) { options, scope in try Dropout(options.double("p"), in: scope) }
}
