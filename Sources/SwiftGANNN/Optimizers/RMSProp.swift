import SwiftGANCore

/// RMSProp (Hinton 2012, lecture 6e; Graves 2013 for the centred form), in PyTorch's formula.
///
/// `s = alpha * s + (1 - alpha) * g^2`; the direction is `g / (sqrt(s) + epsilon)`, where the centred form subtracts the
/// square of the running mean of `g` from `s`; with momentum `b = momentum * b + g / (sqrt(s) + epsilon)` is. An
/// `epsilon_root` is added under the root.
public struct RMSProp: OptimizerRule {
  private let alpha: Double
  private let epsilon: Double
  private let epsilonRoot: Double
  private let momentum: Double
  private let isCentred: Bool

  /// - Parameter epsilonRoot: added under the root; differentiating through updates needs it above 0, because the root
  ///   has no slope at 0.
  /// - Throws: `.value` for a number out of range.
  public init(
    alpha: Double = 0.99, epsilon: Double = 1e-8, epsilonRoot: Double = 0, momentum: Double = 0, centered: Bool = false
  ) throws {
    for (name, value) in [("alpha", alpha), ("momentum", momentum)] where !NumberRange.decay.contains(value) {
      throw TensorError(.value, "rmsprop: \(name) must be a number\(NumberRange.decay.words), not \(value)")
    }
    guard epsilon > 0 else { throw TensorError(.value, "rmsprop: epsilon must be a number above 0, not \(epsilon)") }
    guard epsilonRoot >= 0 else {
      throw TensorError(.value, "rmsprop: epsilon_root must be a number of at least 0, not \(epsilonRoot)")
    }
    self.alpha = alpha
    self.epsilon = epsilon
    self.epsilonRoot = epsilonRoot
    self.momentum = momentum
    isCentred = centered
  }

  /// The rule and its options.
  public var specification: JSON {
    [
      "name": "rmsprop", "alpha": JSON(alpha), "epsilon": JSON(epsilon), "epsilon_root": JSON(epsilonRoot),
      "momentum": JSON(momentum), "centered": JSON(isCentred),
    ]
  }

  /// The average of squares and, where used, of gradients, and the velocity.
  public var slots: [String] {
    ["square_average"] + (isCentred ? ["gradient_average"] : []) + (momentum > 0 ? ["velocity"] : [])
  }

  /// The gradient over the root of its average square.
  public func direction(
    gradient: Tensor, memory: [Tensor], coefficients: [Tensor]
  ) -> (direction: Tensor, memory: [Tensor]) {
    var rest = memory[...]
    func average(_ value: Tensor) -> Tensor {
      (rest.popFirst() ?? value.zerosLike) * alpha + value * (1 - alpha)
    }
    let squares = average(gradient.square())
    var kept = [squares]
    var spread = squares
    if isCentred {
      let mean = average(gradient)
      kept.append(mean)
      // Rounding can leave the variance of a steady gradient just below 0.
      spread = (squares - mean.square()).clip(min: 0)
    }
    let root = (epsilonRoot > 0 ? spread + epsilonRoot : spread).sqrt()
    var direction = gradient / (root + epsilon)
    if momentum > 0 {
      direction = (rest.popFirst() ?? direction.zerosLike) * momentum + direction
      kept.append(direction)
    }
    return (direction, kept)
  }

  static let registration = OptimizerRegistration(
    "rmsprop", "RMSProp (Hinton 2012).", learningRate: 0.01,
    options: [
      OptionDescription("alpha", .number(.decay), default: 0.99, "Decay of the average of squares."),
      OptionDescription("epsilon", .number(.positive), default: 1e-8, "Added to the root in the denominator."),
      OptionDescription(
        "epsilon_root", .number(.nonNegative), default: 0, "Added under the root: above 0 for unrolled updates."),
      OptionDescription("momentum", .number(.decay), default: 0, "Share of the last step that is kept."),
      OptionDescription("centered", .boolean, default: false, "Divide by the deviation and not by the size."),
    ]
  ) { options in
    try RMSProp(
      alpha: options.double("alpha"), epsilon: options.double("epsilon"),
      epsilonRoot: options.double("epsilon_root"), momentum: options.double("momentum"),
      centered: options.bool("centered"))
  }
}
