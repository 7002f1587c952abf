import SwiftGANCore

/// Batch normalisation by a fixed batch (virtual batch normalisation, Salimans et al. 2016, section 3.5): each example is
/// normalised with the mean and variance of the reference batch and itself, so that it does not depend on the other examples
/// of its batch.
///
/// Input and output (reference + batch, ..., features): the first `reference` examples are the reference batch, which a
/// ``ReferenceBatch`` around the network puts there; they are normalised with their own statistics. For another example
/// `mean = (R mean_ref + mean_x) / (R + 1)`, and the mean of squares likewise; means are taken over all axes between. The same
/// in training and in use. Parameters: `weight`, `bias` (features).
public struct VirtualBatchNorm: Layer {
  /// The scale, starting at 1.
  public let weight: Parameter
  /// The shift, starting at 0.
  public let bias: Parameter
  private let features: Int
  private let reference: Int
  private let epsilon: Double
  private let label: LayerLabel

  /// - Parameters:
  ///   - features: extent of the last axis.
  ///   - reference: examples of the reference batch, which come first.
  ///   - epsilon: added to the variance under the root.
  /// - Throws: `.value` for a number out of range or a taken name.
  public init(
    _ features: Int, reference: Int, epsilon: Double = 1e-5, weight initializer: Initializer = .ones, in scope: Scope
  ) throws {
    label = LayerLabel("virtual_batch_norm", scope)
    try label.require("features", features)
    try label.require("reference", reference)
    try label.requirePositive(epsilon: epsilon)
    self.features = features
    self.reference = reference
    self.epsilon = epsilon
    weight = try scope.parameter("weight", [features], initializer)
    bias = try scope.parameter("bias", [features], .zeros)
  }

  /// The normalised examples, the reference batch first.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(features, of: "features", in: x, rank: 2...Int.max)
      guard x.shape[0] >= reference else {
        throw TensorError(
          .shape,
          "the first \(reference) examples must be the reference batch, but there are only \(x.shape[0]); put the "
            + "network into a 'reference_batch'")
      }
      let inner = Array(1..<(x.rank - 1))
      let known = x.sliced(axis: 0, to: reference)
      let axes = [0] + inner
      let (mean, square) = (known.mean(axes: axes, keepDims: true), known.square().mean(axes: axes, keepDims: true))
      let fresh = x.sliced(axis: 0, from: reference)
      let share = 1 / Double(reference + 1)
      let ownMean = share * (inner.isEmpty ? fresh : fresh.mean(axes: inner, keepDims: true)) + (1 - share) * mean
      let ownSquare =
        share * (inner.isEmpty ? fresh.square() : fresh.square().mean(axes: inner, keepDims: true))
        + (1 - share) * square
      let normalised = Tensor.concatenate([
        (known - mean) * inverseDeviation(mean, square), (fresh - ownMean) * inverseDeviation(ownMean, ownSquare),
      ])
      return normalised * weight.value + bias.value
    }
  }

  private func inverseDeviation(_ mean: Tensor, _ square: Tensor) -> Tensor {
    // Rounding may leave less than no variance.
    ((square - mean.square()).relu() + epsilon).rsqrt()
  }

  static let registration = LayerRegistration(
    "virtual_batch_norm", "Normalises by a fixed batch, which comes first, and each example (Salimans et al. 2016).",
    options: [
      OptionDescription("features", .integer(), "Extent of the last axis."),
      OptionDescription("reference", .integer(), "Examples of the reference batch, which come first."),
      OptionDescription("epsilon", .number(.positive), default: 1e-5, "Added to the variance under the root."),
      OptionDescription("weight_init", .initializer, default: "ones", "First value of the scale."),
    ]
  ) { options, scope in
    try VirtualBatchNorm(
      options.int("features"), reference: options.int("reference"), epsilon: options.double("epsilon"),
      weight: options.initializer("weight_init"), in: scope)
  }
}

/// Puts a fixed batch before every batch that goes through a network, and takes its outputs and ``Features`` away again: what
/// ``VirtualBatchNorm`` inside normalises by.
///
/// Input (batch, ...) and output as of the network. The reference batch is the first `size` examples of the first batch seen
/// in training, kept in the buffers `reference` and `has_reference` (0 or 1), and so in checkpoints; until then it is zeros.
public struct ReferenceBatch: Layer {
  private let reference: Parameter
  private let isKnown: Parameter
  private let size: Int
  private let shape: [Int]
  private let store: ParameterStore
  private let parts: LayerParts
  private let label: LayerLabel

  /// - Parameters:
  ///   - size: examples in the reference batch.
  ///   - shape: of one example.
  ///   - build: makes the network in the scope that it is given.
  /// - Throws: `.value` for a size out of range; what `build` throws.
  public init(_ size: Int, shape: [Int], in scope: Scope, _ build: (Scope) throws -> any Layer) throws {
    label = LayerLabel("reference_batch", scope)
    try label.require("size", size)
    for extent in shape { try label.require("shape", extent) }
    self.size = size
    self.shape = shape
    store = scope.store
    reference = try scope.buffer("reference", [size] + shape, .zeros)
    isKnown = try scope.buffer("has_reference", [], .zeros)
    parts = LayerParts([("layer", try build(scope))])
  }

  /// What the network makes of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard Array(x.shape.dropFirst()) == shape, x.rank == shape.count + 1 else {
        throw TensorError(
          .shape, "expected examples of shape \(describe(shape: shape)), not an input \(describe(shape: x.shape))")
      }
      if store.isTraining { try remember(x) }
      let all = Tensor.concatenate([reference.value.cast(to: x.dtype), x])
      return FeatureTap.skipping(size) { parts.within(0) { parts.layers[0](all) } }.sliced(axis: 0, from: size)
    }
  }

  /// Keeps the first batch; a trace of it holds for later ones, which leave the buffers as they are.
  private func remember(_ x: Tensor) throws {
    guard x.shape[0] >= size else {
      // A later, smaller batch is fine; whether one was seen is known only outside of a trace.
      if !Tracing.isActive, try isKnown.value.item() == 1 { return }
      throw TensorError(
        .shape, "the reference batch has \(size) examples, but only \(x.shape[0]) are given; make size smaller")
    }
    try withoutGradient {
      let first = x.sliced(axis: 0, to: size).stopGradient().cast(to: reference.dtype)
      reference.value = try Tensor.select(isKnown.value .> 0.5, reference.value, first).checked()
      isKnown.value = isKnown.value.onesLike
    }
  }

  static let registration = LayerRegistration(
    "reference_batch", "Puts a fixed batch before every other, for virtual_batch_norm inside (Salimans et al. 2016).",
    options: [
      OptionDescription("size", .integer(), "Examples in the reference batch: the first ones seen in training."),
      OptionDescription(
        "shape", .integers(1...OptionKind.largestSize, words: "the shape of an example"),
        "The shape of one example."),
      .wrappedLayer,
    ]
  ) { options, scope in
    try ReferenceBatch(options.int("size"), shape: options.ints("shape"), in: scope) {
      try LayerRegistry.shared.make(options.json("layer"), in: $0)
    }
  }
}
