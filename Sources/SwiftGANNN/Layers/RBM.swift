import SwiftGANCore

/// A restricted Boltzmann machine as a layer: hidden probabilities `sigmoid(c + x W)`, for stacking and as features.
///
/// Input (..., in_features), output (..., out_features). Parameters: `weight` (in_features, out_features),
/// `visible_bias` (in_features), `hidden_bias` (out_features). All else that such a machine does is in ``machine``.
///
/// ```swift
/// let rbm = try RBM(64, 100, in: scope)
/// let energies = rbm.machine.freeEnergy(v)   // (batch)
/// ```
public struct RBM: Layer {
  /// W, (in_features, out_features).
  public let weight: Parameter
  /// b, (in_features).
  public let visibleBias: Parameter
  /// c, (out_features).
  public let hiddenBias: Parameter
  /// The law of visible units.
  public let visible: BoltzmannMachine.Visible
  private let label: LayerLabel

  /// A machine of so many visible and hidden units.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ visibleCount: Int, _ hiddenCount: Int, visible: BoltzmannMachine.Visible = .bernoulli,
    weight initializer: Initializer = .normal(std: 0.01), in scope: Scope
  ) throws {
    label = LayerLabel("rbm", scope)
    try label.require("in_features", visibleCount)
    try label.require("out_features", hiddenCount)
    self.visible = visible
    weight = try scope.parameter("weight", [visibleCount, hiddenCount], initializer)
    visibleBias = try scope.parameter("visible_bias", [visibleCount], .zeros)
    hiddenBias = try scope.parameter("hidden_bias", [hiddenCount], .zeros)
  }

  /// The machine with the parameters' present values.
  public var machine: BoltzmannMachine {
    BoltzmannMachine(
      weight: weight.value, visibleBias: visibleBias.value, hiddenBias: hiddenBias.value, visible: visible)
  }

  /// p(h = 1 | x), of shape (..., out_features).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(weight.shape[0], of: "features", in: x, rank: 1...Int.max)
      return machine.hiddenProbabilities(x)
    }
  }

  static let registration = LayerRegistration(
    "rbm", "The hidden probabilities of a restricted Boltzmann machine: sigmoid(c + x W) (Smolensky 1986).",
    options: [
      OptionDescription("in_features", .integer(), "Visible units: extent of the input's last axis."),
      OptionDescription("out_features", .integer(), "Hidden units: extent of the output's last axis."),
      OptionDescription(
        "visible", .choice(BoltzmannMachine.Visible.allCases.map(\.rawValue)), default: "bernoulli",
        "The law of visible units."),
      OptionDescription(
        "weight_init", .initializer, default: ["name": "normal", "std": 0.01], "First value of the weights."),
    ]
  ) { options, scope in
    try RBM(
      options.int("in_features"), options.int("out_features"),
      visible: BoltzmannMachine.Visible(rawValue: options.string("visible")) ?? .bernoulli,
      weight: options.initializer("weight_init"), in: scope)
  }
}
