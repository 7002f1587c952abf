import SwiftGANCore

/// A fully connected layer: `y = x W + b`.
///
/// Input (..., in_features), output (..., out_features). Parameters: `weight` (in_features, out_features), `bias`
/// (out_features).
///
/// ```swift
/// let layer = try Dense(2, 64, in: scope["fc1"])
/// let y = layer(x)   // (batch, 2) -> (batch, 64)
/// ```
public struct Dense: Layer {
  /// W, of shape (in_features, out_features).
  public let weight: Parameter
  /// b, of shape (out_features); nil for a layer without.
  public let bias: Parameter?
  private let inputs: Int
  private let label: LayerLabel

  /// A layer from `inputs` to `outputs` features.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, bias hasBias: Bool = true, weight initializer: Initializer = .glorotUniform(),
    biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("dense", scope)
    try label.require("in_features", inputs)
    try label.require("out_features", outputs)
    self.inputs = inputs
    weight = try scope.parameter("weight", [inputs, outputs], initializer)
    bias = hasBias ? try scope.parameter("bias", [outputs], biasInitializer) : nil
  }

  /// `x W + b`, of shape (..., out_features).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(inputs, of: "features", in: x, rank: 1...Int.max)
      let product = x.matmul(weight.value)
      return bias.map { product + $0.value } ?? product
    }
  }

  static let registration = LayerRegistration(
    "dense", "Fully connected: y = x W + b. Input (..., in_features), output (..., out_features).",
    options: [
      OptionDescription("in_features", .integer(), "Extent of the input's last axis."),
      OptionDescription("out_features", .integer(), "Extent of the output's last axis."),
      .bias, .weightInitializer, .biasInitializer,
    ]
  ) { options, scope in
    try Dense(
      options.int("in_features"), options.int("out_features"), bias: options.bool("bias"),
      weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope)
  }
}

// Options that several layers have.
extension OptionDescription {
  static let bias = OptionDescription("bias", .boolean, default: true, "Whether a bias is added.")

  static let weightInitializer = OptionDescription(
    "weight_init", .initializer, default: "glorot_uniform", "First value of the weight.")

  static let biasInitializer = OptionDescription(
    "bias_init", .initializer, default: "zeros", "First value of the bias.")
}
