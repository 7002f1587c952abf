import SwiftGANCore

/// Layer normalisation over the last axes of each example (Ba, Kiros and Hinton 2016).
///
/// Input and output (..., shape). `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, with mean and biased
/// variance over the normalised axes. Parameters: `weight`, `bias`, both of the normalised shape. The same in training
/// and in use.
///
/// ```swift
/// let layer = try LayerNorm([64], in: scope["norm1"])
/// ```
public struct LayerNorm: Layer {
  /// The scale, starting at 1; nil without an affine map.
  public let weight: Parameter?
  /// The shift, starting at 0; nil without an affine map.
  public let bias: Parameter?
  private let shape: [Int]
  private let epsilon: Double
  private let label: LayerLabel

  /// Normalises over the last axes, which have this shape.
  /// - Throws: `.value` for a number out of range or a taken name.
  public init(_ shape: [Int], epsilon: Double = 1e-5, affine: Bool = true, in scope: Scope) throws {
    label = LayerLabel("layer_norm", scope)
    guard !shape.isEmpty else { throw label.error("shape must name at least one axis") }
    for extent in shape { try label.require("shape", extent) }
    guard epsilon > 0 else { throw label.error("epsilon must be above 0, not \(epsilon)") }
    self.shape = shape
    self.epsilon = epsilon
    weight = affine ? try scope.parameter("weight", shape, .ones, outputAxis: nil) : nil
    bias = affine ? try scope.parameter("bias", shape, .zeros, outputAxis: nil) : nil
  }

  /// The normalised `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.shape.suffix(shape.count) == shape[...] else {
        throw TensorError(
          .shape,
          "expected an input whose last axes are \(describe(shape: shape)), not one of shape \(describe(shape: x.shape))"
        )
      }
      let axes = Array((x.rank - shape.count)..<x.rank)
      return affine(x.standardized(axes: axes, epsilon: epsilon), weight, bias)
    }
  }

  static let registration = LayerRegistration(
    "layer_norm", "Layer normalisation over the last axes (Ba, Kiros and Hinton 2016).",
    options: [
      OptionDescription(
        "shape",
        .integers(1...OptionKind.largestSize, words: "the size of the last axis, or a list of the last axes' sizes"),
        "Shape of the axes that are normalised."),
      OptionDescription("epsilon", .number(.positive), default: 1e-5, "Added to the variance under the root."),
      OptionDescription("affine", .boolean, default: true, "Whether there are a weight and a bias."),
    ]
  ) { options, scope in
    try LayerNorm(
      options.ints("shape"), epsilon: options.double("epsilon"), affine: options.bool("affine"), in: scope)
  }
}
