import SwiftGANCore

/// Batch normalisation over all axes but the last (Ioffe and Szegedy 2015, algorithm 1).
///
/// Input and output (batch, ..., features). In training each feature is normalised with the mean and the biased variance
/// of the batch, `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, and the running statistics move:
/// `running = (1 - momentum) * running + momentum * batch`, with the unbiased variance (divided by n - 1), as in PyTorch.
/// (Keras calls `1 - momentum` the momentum.) In use the running statistics take the place of the batch's.
///
/// Parameters: `weight`, `bias`; buffers: `running_mean`, `running_var`; all of shape (features).
///
/// ```swift
/// let layer = try BatchNorm(64, in: scope["norm1"])
/// ```
public struct BatchNorm: Layer {
  /// The scale, starting at 1; nil without an affine map.
  public let weight: Parameter?
  /// The shift, starting at 0; nil without an affine map.
  public let bias: Parameter?
  /// Buffer: the running mean, starting at 0.
  public let runningMean: Parameter
  /// Buffer: the running variance, starting at 1.
  public let runningVariance: Parameter
  private let features: Int
  private let epsilon: Double
  private let momentum: Double
  private let store: ParameterStore
  private let label: LayerLabel

  /// Normalises `features` features.
  /// - Parameters:
  ///   - epsilon: added to the variance under the root.
  ///   - momentum: the share of the newest batch in the running statistics.
  ///   - affine: whether there are a weight and a bias.
  ///   - weight: first value of the scale; DCGAN takes `.normal(mean: 1, std: 0.02)`.
  /// - Throws: `.value` for a number out of range or a taken name.
  public init(
    _ features: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = true,
    weight initializer: Initializer = .ones, in scope: Scope
  ) throws {
    label = LayerLabel("batch_norm", scope)
    try label.require("features", features)
    guard epsilon > 0 else { throw label.error("epsilon must be above 0, not \(epsilon)") }
    guard momentum >= 0, momentum <= 1 else { throw label.error("momentum must be from 0 to 1, not \(momentum)") }
    self.features = features
    self.epsilon = epsilon
    self.momentum = momentum
    store = scope.store
    store.noteBatchLayer("batch_norm")
    weight = affine ? try scope.parameter("weight", [features], initializer) : nil
    bias = affine ? try scope.parameter("bias", [features], .zeros) : nil
    runningMean = try scope.buffer("running_mean", [features], .zeros)
    runningVariance = try scope.buffer("running_var", [features], .ones)
  }

  /// The normalised batch; in training the running statistics move too.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(features, of: "features", in: x, rank: 2...Int.max)
      return store.isTraining ? try normalisedByBatch(x) : normalisedByRunning(x)
    }
  }

  private func normalisedByBatch(_ x: Tensor) throws -> Tensor {
    let n = x.count / features
    guard n > 1 else {
      throw TensorError(
        .shape,
        "training needs more than one value per feature, but the input has shape \(describe(shape: x.shape)); use a "
          + "larger batch, or evaluation mode")
    }
    let axes = Array(0..<(x.rank - 1))
    try withoutGradient {
      // As the normalisation computes them: a traced step does it once for both.
      let (mean, variance) = x.moments(axes: axes, keepDims: true)
      try updateRunning(mean.reshape([features]), variance.reshape([features]) * (Double(n) / Double(n - 1)))
    }
    return SwiftGANNN.affine(x.standardized(axes: axes, epsilon: epsilon), weight, bias)
  }

  private func updateRunning(_ mean: Tensor, _ variance: Tensor) throws {
    for (running, batch) in [(runningMean, mean), (runningVariance, variance)] {
      let moved = running.value * (1 - momentum) + batch.detached().cast(to: running.dtype) * momentum
      running.value = try moved.checked()
    }
  }

  // One scale and one shift per feature: two passes over x instead of four.
  private func normalisedByRunning(_ x: Tensor) -> Tensor {
    let inverse = (runningVariance.value + epsilon).rsqrt()
    let scale = weight.map { inverse * $0.value } ?? inverse
    let shift = -(runningMean.value * scale)
    return x * scale + (bias.map { shift + $0.value } ?? shift)
  }

  static let registration = LayerRegistration(
    "batch_norm", "Batch normalisation over all axes but the last (Ioffe and Szegedy 2015).",
    options: [
      OptionDescription("features", .integer(), "Extent of the last axis."),
      OptionDescription("epsilon", .number(.positive), default: 1e-5, "Added to the variance under the root."),
      OptionDescription(
        "momentum", .number(.unit), default: 0.1, "Share of the newest batch in the running statistics (PyTorch's)."),
      OptionDescription("affine", .boolean, default: true, "Whether there are a weight and a bias."),
      OptionDescription("weight_init", .initializer, default: "ones", "First value of the scale."),
    ]
  ) { options, scope in
    try BatchNorm(
      options.int("features"), epsilon: options.double("epsilon"), momentum: options.double("momentum"),
      affine: options.bool("affine"), weight: options.initializer("weight_init"), in: scope)
  }
}
