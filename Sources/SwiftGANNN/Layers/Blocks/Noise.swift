import SwiftGANCore

/// Adds Gaussian noise in training, and nothing in use: what softens a discriminator's task (Sønderby et al. 2017) or
/// corrupts a denoising autoencoder's input.
///
/// Input and output of any shape. The noise comes from the store's random generator: the same seed, the same noise.
public struct GaussianNoise: Layer {
  private let deviation: Double
  private let store: ParameterStore
  private let label: LayerLabel

  /// - Parameter std: standard deviation of the noise.
  /// - Throws: `.value` for a negative one.
  public init(_ std: Double = 0.1, in scope: Scope) throws {
    label = LayerLabel("gaussian_noise", scope)
    guard std >= 0, std.isFinite else { throw label.error("std must be at least 0, not \(std)") }
    deviation = std
    store = scope.store
  }

  /// `x` with noise, or in use `x` itself.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard store.isTraining, deviation > 0 else { return x }
    return label.run(x) { x in
      x
        + Tensor.randomNormal(
          x.shape, key: store.random.next(), std: deviation, dtype: x.dtype.isFloat ? x.dtype : .float32)
    }
  }

  static let registration = LayerRegistration(
    "gaussian_noise", "Adds Gaussian noise in training.",
    options: [OptionDescription("std", .number(.nonNegative), default: 0.1, "Standard deviation of the noise.")]
  ) { options, scope in try GaussianNoise(options.double("std"), in: scope) }
}

/// Drops whole examples with probability `p` in training and scales the rest by `1 / (1 - p)`: at the end of a residual
/// branch it makes the network's depth random (Huang et al. 2016).
///
/// Input and output (batch, ...).
public struct DropPath: Layer {
  private let probability: Double
  private let store: ParameterStore
  private let label: LayerLabel

  /// - Parameter p: probability of an example to be dropped.
  /// - Throws: `.value` for a probability outside [0, 1].
  public init(_ p: Double = 0.1, in scope: Scope) throws {
    label = LayerLabel("drop_path", scope)
    guard p >= 0, p <= 1 else { throw label.error("p must be from 0 to 1, not \(p)") }
    probability = p
    store = scope.store
  }

  /// `x` with examples set to 0, or in use `x` itself.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard store.isTraining, probability > 0 else { return x }
    return label.run(x) { x in
      guard x.rank > 0 else { throw TensorError(.shape, "expected a batch, not a scalar") }
      guard probability < 1 else { return x * 0 }
      let shape = [x.shape[0]] + [Int](repeating: 1, count: x.rank - 1)
      let kept = Tensor.randomBernoulli(shape, p: 1 - probability, key: store.random.next())
      return x * (kept.cast(to: x.dtype.isFloat ? x.dtype : .float32) * (1 / (1 - probability)))
    }
  }

  static let registration = LayerRegistration(
    "drop_path", "Drops whole examples with probability p in training (Huang et al. 2016).",
    options: [OptionDescription("p", .number(.unit), default: 0.1, "Probability of an example to be dropped.")]
  ) { options, scope in try DropPath(options.double("p"), in: scope) }
}
