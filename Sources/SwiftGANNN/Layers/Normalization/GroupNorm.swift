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
      let rows = x.reshape([x.shape[0], positions, features])
      // A single position is its own mean and has no variance.
      let moments = positions == 1 ? nil : rows.moments(axes: [1], keepDims: true)
      let means = moments?.mean ?? rows
      let mean = spread(groupMeans(means))
      let between = (means - mean).square()
      let scale = (groupMeans(moments.map { $0.variance + between } ?? between) + epsilon).rsqrt()
      let y = (rows - mean) * (weight.map { spread(scale) * $0.value } ?? spread(scale))
      return (bias.map { y + $0.value } ?? y).reshape(x.shape)
    }
  }

  // Groups are as large as each other, so a group's mean is that of its features' means, and its variance the mean of their
  // variances about it: passes over the input go along its rows, and what knows of groups has one number for each example
  // and feature.
  private func groupMeans(_ means: Tensor) -> Tensor {
    means.reshape([means.shape[0], groups, features / groups]).mean(axes: [2], keepDims: true)
  }

  /// (batch, groups, 1) to (batch, 1, features).
  private func spread(_ perGroup: Tensor) -> Tensor {
    let shape = [perGroup.shape[0], groups, features / groups]
    return perGroup.broadcast(to: shape).reshape([shape[0], 1, features])
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
