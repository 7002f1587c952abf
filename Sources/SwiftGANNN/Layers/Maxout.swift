import SwiftGANCore

/// The largest of several affine maps, feature by feature: `h_i = max_j (x W_ij + b_ij)` (Goodfellow et al. 2013, eq. 1);
/// the hidden layer of the first GAN's discriminator.
///
/// Input (..., in_features), output (..., out_features). Parameters: `weight` (in_features, out_features * pieces), in
/// which the pieces of one output are neighbours, and `bias` (out_features * pieces).
///
/// ```swift
/// let layer = try Maxout(784, 240, pieces: 5, in: scope["hidden"])
/// ```
public struct Maxout: Layer {
  /// W of all pieces.
  public let weight: Parameter
  /// b of all pieces.
  public let bias: Parameter
  private let inputs: Int
  private let outputs: Int
  private let pieces: Int
  private let label: LayerLabel

  /// A layer from `inputs` to `outputs` features, each the largest of `pieces`.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, pieces: Int = 2, weight initializer: Initializer = .glorotUniform(),
    biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("maxout", scope)
    try label.require("in_features", inputs)
    try label.require("out_features", outputs)
    try label.require("pieces", pieces)
    self.inputs = inputs
    self.outputs = outputs
    self.pieces = pieces
    // Each piece is a dense layer of its own, and scaled as one.
    weight = try scope.parameter(
      "weight", [inputs, outputs * pieces], initializer, fan: Fan(input: inputs, output: outputs))
    bias = try scope.parameter("bias", [outputs * pieces], biasInitializer)
  }

  /// The largest piece of each output, of shape (..., out_features).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(inputs, of: "features", in: x, rank: 1...Int.max)
      let all = x.matmul(weight.value) + bias.value
      return all.reshape(Array(x.shape.dropLast()) + [outputs, pieces]).max(axes: [-1])
    }
  }

  static let registration = LayerRegistration(
    "maxout", "The largest of several affine maps (Goodfellow et al. 2013).",
    options: [
      OptionDescription("in_features", .integer(), "Extent of the input's last axis."),
      OptionDescription("out_features", .integer(), "Extent of the output's last axis."),
      OptionDescription("pieces", .integer(), default: 2, "Affine maps per output."),
      .weightInitializer, .biasInitializer,
    ]
  ) { options, scope in
    try Maxout(
      options.int("in_features"), options.int("out_features"), pieces: options.int("pieces"),
      weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope)
  }
}
