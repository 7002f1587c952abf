import SwiftGANCore

/// Normalises each feature of each example over its positions (Ulyanov et al. 2016): the norm of style transfer, pix2pix
/// and CycleGAN.
///
/// Input and output (batch, ..., features) with at least one axis of positions between. Parameters, if affine: `weight`,
/// `bias`, both (features). The same in training and in use.
///
/// ```swift
/// let layer = try InstanceNorm(64, in: scope["norm1"])
/// ```
public struct InstanceNorm: Layer {
  /// The scale, starting at 1; nil without an affine map.
  public let weight: Parameter?
  /// The shift, starting at 0; nil without an affine map.
  public let bias: Parameter?
  private let features: Int
  private let epsilon: Double
  private let label: LayerLabel

  /// Normalises `features` features.
  /// - Parameter affine: off by default, as in PyTorch.
  /// - Throws: `.value` for a number out of range or a taken name.
  public init(_ features: Int, epsilon: Double = 1e-5, affine: Bool = false, in scope: Scope) throws {
    label = LayerLabel("instance_norm", scope)
    try label.require("features", features)
    try label.requirePositive(epsilon: epsilon)
    self.features = features
    self.epsilon = epsilon
    weight = affine ? try scope.parameter("weight", [features], .ones) : nil
    bias = affine ? try scope.parameter("bias", [features], .zeros) : nil
  }

  /// The normalised `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(features, of: "features", in: x, rank: 3...Int.max)
      return SwiftGANNN.affine(x.standardized(axes: Array(1..<(x.rank - 1)), epsilon: epsilon), weight, bias)
    }
  }

  static let registration = LayerRegistration(
    "instance_norm", "Normalises each feature of each example over its positions (Ulyanov et al. 2016).",
    options: [.features(), .epsilon(), .affine(false)]
  ) { options, scope in
    try InstanceNorm(
      options.int("features"), epsilon: options.double("epsilon"), affine: options.bool("affine"), in: scope)
  }
}
