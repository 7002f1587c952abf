import SwiftGANCore

/// A hidden layer with random weights that are never trained: `h = g(x W + b)`, the hidden layer of an extreme learning
/// machine (Huang, Zhu and Siew 2006).
///
/// Input (..., in_features), output (..., out_features). Buffers, so that optimisers leave them alone and files keep
/// them: `weight` (in_features, out_features), `bias` (out_features). Gradients flow through to the input.
///
/// ```swift
/// let critic = try Sequential(RandomFeatures(784, 1000, in: scope["0"]), Dense(1000, 1, in: scope["1"]))
/// ```
public struct RandomFeatures: Layer {
  /// W, of shape (in_features, out_features).
  public let weight: Parameter
  /// b, of shape (out_features).
  public let bias: Parameter
  private let inputs: Int
  private let activation: any Layer
  private let label: LayerLabel

  /// A layer from `inputs` numbers to `outputs` random features.
  /// - Throws: `.value` for a size below 1, an unknown activation or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, activation: JSON = "sigmoid",
    weight initializer: Initializer = .randomFeatures, biasInitializer: Initializer = .uniform(low: -1, high: 1),
    in scope: Scope
  ) throws {
    label = LayerLabel("random_features", scope)
    try label.require("in_features", inputs)
    try label.require("out_features", outputs)
    self.inputs = inputs
    weight = try scope.buffer("weight", [inputs, outputs], initializer)
    bias = try scope.buffer("bias", [outputs], biasInitializer)
    self.activation = try LayerRegistry.shared.make(activation, in: scope["activation"])
  }

  /// `g(x W + b)`, of shape (..., out_features).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(inputs, of: "features", in: x, rank: 1...Int.max)
      return activation(x.matmul(weight.value) + bias.value)
    }
  }

  /// The activations by name.
  public static let activations = ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu", "identity"]

  static let registration = LayerRegistration(
    "random_features",
    "Random features that are never trained, the hidden layer of an extreme learning machine (Huang et al. 2006).",
    options: [
      OptionDescription("in_features", .integer(), "Extent of the input's last axis."),
      OptionDescription("out_features", .integer(), "Extent of the output's last axis."),
      OptionDescription("activation", .choice(activations), default: "sigmoid", "g."),
      OptionDescription(
        "weight_init", .initializer, default: Initializer.randomFeatures.specification, "The weights, once and for all."
      ),
      OptionDescription(
        "bias_init", .initializer, default: ["name": "uniform", "low": -1, "high": 1], "The bias, once and for all."),
    ]
  ) { options, scope in
    try RandomFeatures(
      options.int("in_features"), options.int("out_features"), activation: options.json("activation"),
      weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope)
  }
}

extension Initializer {
  /// Normal weights of variance 2 / in_features: inputs of unit variance reach the bent part of the activation.
  public static let randomFeatures = heNormal()
}
