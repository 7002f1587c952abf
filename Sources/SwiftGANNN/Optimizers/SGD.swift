import SwiftGANCore

/// Stochastic gradient descent, with momentum or Nesterov's form of it.
///
/// `v = momentum * v + g`; the direction is `v`, with Nesterov `g + momentum * v` (Sutskever et al. 2013 in the form of
/// PyTorch, where the learning rate is outside the velocity); without momentum it is `g`.
public struct SGD: OptimizerRule {
  private let momentum: Double
  private let isNesterov: Bool

  /// - Throws: `.value` for a momentum outside [0, 1), or Nesterov's form without momentum.
  public init(momentum: Double = 0, nesterov: Bool = false) throws {
    guard NumberRange.decay.contains(momentum) else {
      throw TensorError(.value, "sgd: momentum must be a number\(NumberRange.decay.words), not \(momentum)")
    }
    guard momentum > 0 || !nesterov else {
      throw TensorError(.value, "sgd: nesterov needs a momentum above 0, such as 0.9")
    }
    self.momentum = momentum
    isNesterov = nesterov
  }

  /// The rule and its options.
  public var specification: JSON {
    ["name": "sgd", "momentum": JSON(momentum), "nesterov": JSON(isNesterov)]
  }

  /// The velocity, where there is momentum.
  public var slots: [String] { momentum > 0 ? ["velocity"] : [] }

  /// The gradient, or the velocity.
  public func direction(
    gradient: Tensor, memory: [Tensor], coefficients: [Tensor]
  ) -> (direction: Tensor, memory: [Tensor]) {
    guard let last = memory.first else { return (gradient, []) }
    let velocity = last * momentum + gradient
    return (isNesterov ? gradient + velocity * momentum : velocity, [velocity])
  }

  static let registration = OptimizerRegistration(
    "sgd", "Stochastic gradient descent, with momentum or Nesterov's form of it.", learningRate: 0.01,
    options: [
      OptionDescription("momentum", .number(.decay), default: 0, "Share of the last velocity that is kept."),
      OptionDescription("nesterov", .boolean, default: false, "Look ahead along the velocity (Sutskever et al. 2013)."),
    ]
  ) { options in try SGD(momentum: options.double("momentum"), nesterov: options.bool("nesterov")) }
}
