import SwiftGANCore

/// Divides by the root of the mean square over the last axes (Zhang and Sennrich 2019): layer normalisation without the
/// mean.
///
/// Input and output (..., shape). `y = x / sqrt(mean(x^2) + epsilon) * weight`. Parameter: `weight` of the normalised
/// shape. The same in training and in use.
public struct RMSNorm: Layer {
  /// The scale, starting at 1; nil without one.
  public let weight: Parameter?
  private let shape: [Int]
  private let epsilon: Double
  private let label: LayerLabel

  /// Normalises over the last axes, which have this shape.
  /// - Throws: `.value` for a number out of range or a taken name.
  public init(_ shape: [Int], epsilon: Double = 1e-6, affine: Bool = true, in scope: Scope) throws {
    label = LayerLabel("rms_norm", scope)
    guard !shape.isEmpty else { throw label.error("shape must name at least one axis") }
    for extent in shape { try label.require("shape", extent) }
    try label.requirePositive(epsilon: epsilon)
    self.shape = shape
    self.epsilon = epsilon
    weight = affine ? try scope.parameter("weight", shape, .ones, outputAxis: nil) : nil
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
      return affine(x * (x.square().mean(axes: axes, keepDims: true) + epsilon).rsqrt(), weight, nil)
    }
  }

  static let registration = LayerRegistration(
    "rms_norm", "Divides by the root of the mean square over the last axes (Zhang and Sennrich 2019).",
    options: [
      OptionDescription(
        "shape",
        .integers(1...OptionKind.largestSize, words: "the size of the last axis, or a list of the last axes' sizes"),
        "Shape of the axes that are normalised."),
      OptionDescription("epsilon", .number(.positive), default: 1e-6, "Added to the mean square under the root."),
      OptionDescription("affine", .boolean, default: true, "Whether there is a weight."),
    ]
  ) { options, scope in
    try RMSNorm(options.ints("shape"), epsilon: options.double("epsilon"), affine: options.bool("affine"), in: scope)
  }
}

/// Divides each position's features by the root of their mean square, without parameters (Karras et al. 2018, section
/// 4.2): keeps a generator's signal from escalating.
///
/// Input and output (..., features); a latent vector is normalised to the sphere of radius `sqrt(features)`.
public struct PixelNorm: Layer {
  private let epsilon: Double
  private let label: LayerLabel

  /// - Parameter epsilon: added to the mean square under the root.
  /// - Throws: `.value` for an epsilon that is not above 0.
  public init(epsilon: Double = 1e-8, in scope: Scope? = nil) throws {
    label = LayerLabel("pixel_norm", scope)
    try label.requirePositive(epsilon: epsilon)
    self.epsilon = epsilon
  }

  /// The normalised `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.rank > 0 else { throw TensorError(.shape, "expected an axis of features, not a scalar") }
      return x * (x.square().mean(axes: [-1], keepDims: true) + epsilon).rsqrt()
    }
  }

  static let registration = LayerRegistration(
    "pixel_norm", "Divides each position's features by the root of their mean square (Karras et al. 2018).",
    options: [OptionDescription("epsilon", .number(.positive), default: 1e-8, "Added to the mean square.")]
  ) { options, scope in try PixelNorm(epsilon: options.double("epsilon"), in: scope) }
}
