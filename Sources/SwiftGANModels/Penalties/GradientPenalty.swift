import SwiftGANCore
import SwiftGANNN

/// The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3):
/// weight * E[(||grad d(x_hat)|| - target)^2] at x_hat = e x + (1 - e) G(z), e uniform on [0, 1], one e per sample.
///
/// The one-sided form punishes only slopes above the target (Petzka et al. 2018). Where a gradient vanishes exactly, the
/// norm's gradient is taken to be 0, so the penalty never gives NaN.
///
/// ```swift
/// let penalty = GradientPenalty(weight: 10)
/// let loss = try penalty(critic: { critic($0) }, real: x, fake: samples, key: key)
/// ```
public struct GradientPenalty: Penalty {
  /// The factor in front, lambda in the paper.
  public let weight: Double
  /// The slope asked for.
  public let target: Double
  /// Whether slopes below the target go unpunished.
  public let isOneSided: Bool

  /// A gradient penalty; the defaults are the paper's.
  public init(weight: Double = 10, target: Double = 1, isOneSided: Bool = false) {
    self.weight = weight
    self.target = target
    self.isOneSided = isOneSided
  }

  /// The weighted penalty, a scalar; see ``Penalty``.
  public func callAsFunction(
    critic: (Tensor) throws -> Tensor, real: Tensor, fake: Tensor, key: RandomKey
  ) throws -> Tensor {
    let mix = uniformPerSample(real, key: key)
    return try value(critic: critic, at: mix * real + (1 - mix) * fake)
  }

  /// The weighted penalty at given points, a scalar.
  func value(critic: (Tensor) throws -> Tensor, at points: Tensor) throws -> Tensor {
    let excess = safeNorms(try inputGradients(of: critic, at: points)) - target
    return weight * (isOneSided ? excess.relu() : excess).square().mean()
  }

  static let registration = PenaltyRegistration(
    "gradient_penalty", aliases: ["gp", "wgan_gp"],
    "Slope 1 between real and generated samples (Gulrajani et al. 2017).",
    options: [
      OptionDescription("weight", .number(.nonNegative), default: 10, "The factor in front."),
      OptionDescription("target", .number(.nonNegative), default: 1, "The slope asked for."),
      OptionDescription("one_sided", .boolean, default: false, "Punish only slopes above the target."),
    ]
  ) { options, _ in
    GradientPenalty(
      weight: try options.double("weight"), target: try options.double("target"),
      isOneSided: try options.bool("one_sided"))
  }
}
