import SwiftGANCore

/// Adam (Kingma and Ba 2015, algorithm 1), and AdamW, which decays weights past the rule (Loshchilov and Hutter 2019,
/// algorithm 2).
///
/// `m = beta1 * m + (1 - beta1) * g`, `v = beta2 * v + (1 - beta2) * g^2`; the direction is
/// `m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t) + epsilon_root) + epsilon)`.
public struct Adam: OptimizerRule {
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let epsilonRoot: Double
  /// True for AdamW.
  public let decouplesWeightDecay: Bool

  /// - Parameters:
  ///   - epsilonRoot: added under the root; 0 in the paper. Differentiating through updates needs it above 0, because the
  ///     root has no slope at 0.
  ///   - decoupled: AdamW.
  /// - Throws: `.value` for a number out of range.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, epsilonRoot: Double = 0, decoupled: Bool = false
  ) throws {
    let name = decoupled ? "adamw" : "adam"
    for (option, value) in [("beta1", beta1), ("beta2", beta2)] where !NumberRange.decay.contains(value) {
      throw TensorError(.value, "\(name): \(option) must be a number\(NumberRange.decay.words), not \(value)")
    }
    guard epsilon > 0 else { throw TensorError(.value, "\(name): epsilon must be a number above 0, not \(epsilon)") }
    guard epsilonRoot >= 0 else {
      throw TensorError(.value, "\(name): epsilon_root must be a number of at least 0, not \(epsilonRoot)")
    }
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonRoot = epsilonRoot
    decouplesWeightDecay = decoupled
  }

  /// The rule and its options.
  public var specification: JSON {
    [
      "name": decouplesWeightDecay ? "adamw" : "adam", "beta1": JSON(beta1), "beta2": JSON(beta2),
      "epsilon": JSON(epsilon), "epsilon_root": JSON(epsilonRoot),
    ]
  }

  /// Running averages of the gradient and of its square.
  public var slots: [String] { ["first_moment", "second_moment"] }

  /// The corrections of the averages' bias, `1 / (1 - beta^t)`.
  public func coefficients(step: Tensor) -> [Tensor] {
    [beta1, beta2].map { beta in (1 - (step * 0 + beta).pow(step)).reciprocal() }
  }

  /// The corrected first moment over the root of the second.
  public func direction(
    gradient: Tensor, memory: [Tensor], coefficients: [Tensor]
  ) -> (direction: Tensor, memory: [Tensor]) {
    guard memory.count == 2, coefficients.count == 2 else {
      return (.failed(TensorError(.state, "adam needs two moments and two corrections")), memory)
    }
    let first = memory[0] * beta1 + gradient * (1 - beta1)
    let second = memory[1] * beta2 + gradient.square() * (1 - beta2)
    let spread = second * coefficients[1]
    let root = (epsilonRoot > 0 ? spread + epsilonRoot : spread).sqrt()
    return (first * coefficients[0] / (root + epsilon), [first, second])
  }

  static let registration = OptimizerRegistration(
    "adam", "Adam (Kingma and Ba 2015).", learningRate: 0.001, options: options
  ) { try Adam($0, decoupled: false) }

  static let decoupledRegistration = OptimizerRegistration(
    "adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2019).", learningRate: 0.001,
    weightDecay: 0.01, options: options
  ) { try Adam($0, decoupled: true) }

  private init(_ options: Options, decoupled: Bool) throws {
    try self.init(
      beta1: options.double("beta1"), beta2: options.double("beta2"), epsilon: options.double("epsilon"),
      epsilonRoot: options.double("epsilon_root"), decoupled: decoupled)
  }

  private static let options = [
    OptionDescription("beta1", .number(.decay), default: 0.9, "Decay of the average of gradients."),
    OptionDescription("beta2", .number(.decay), default: 0.999, "Decay of the average of squares."),
    OptionDescription("epsilon", .number(.positive), default: 1e-8, "Added to the root in the denominator."),
    OptionDescription(
      "epsilon_root", .number(.nonNegative), default: 0, "Added under the root: above 0 for unrolled updates."),
  ]
}
