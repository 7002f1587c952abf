import SwiftGANCore

/// Normalises groups of features over each example's positions (Wu and He 2018): independent of the batch.
///
/// Input and output (batch, ..., features). Features are cut into `groups` runs of neighbours; mean and biased variance are
/// those of one example's positions and one group's features. Parameters: `weight`, `bias`, both (features). The same in
/// training and in use. One group is layer normalisation over all axes but the batch.
///
/// ```swift
/// let layer = try GroupNorm(64, groups: 8, in: scope["norm1"])
/// ```
public struct GroupNorm: Layer {
  /// The scale, starting at 1; nil without an affine map.
  public let weight: Parameter?
  /// The shift, starting at 0; nil without an affine map.
  public let bias: Parameter?
  private let features: Int
  private let groups: Int
  private let epsilon: Double
  private let label: LayerLabel

  /// Normalises `features` features in `groups` groups.
  /// - Throws: `.value` for a number out of range, groups that do not divide the features, or a taken name.
  public init(
    _ features: Int, groups: Int, epsilon: Double = 1e-5, affine: Bool = true, in scope: Scope
  ) throws {
    label = LayerLabel("group_norm", scope)
    try label.require("features", features)
    try label.require("num_groups", groups)
    guard features % groups == 0 else {
      throw label.error("num_groups must divide features; \(groups) does not divide \(features)")
    }
    try label.requirePositive(epsilon: epsilon)
    self.features = features
    self.groups = groups
    self.epsilon = epsilon
    weight = affine ? try scope.parameter("weight", [features], .ones) : nil
    bias = affine ? try scope.parameter("bias", [features], .zeros) : nil
  }

  /// The normalised `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(features, of: "features", in: x, rank: 2...Int.max)
      let positions = x.shape.dropFirst().dropLast().reduce(1, *)
      let grouped = x.reshape([x.shape[0], positions, groups, features / groups])
      let y = standardised(grouped, axes: [1, 3], epsilon: epsilon).reshape(x.shape)
      return SwiftGANNN.affine(y, weight, bias)
    }
  }

  static let registration = LayerRegistration(
    "group_norm", "Normalises groups of features over each example's positions (Wu and He 2018).",
    options: [
      .features(),
      OptionDescription("num_groups", .integer(), default: 8, "Number of groups; divides the features."),
      .epsilon(), .affine(),
    ]
  ) { options, scope in
    try GroupNorm(
      options.int("features"), groups: options.int("num_groups"), epsilon: options.double("epsilon"),
      affine: options.bool("affine"), in: scope)
  }
}
