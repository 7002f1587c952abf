import SwiftGANCore
import SwiftGANNN

/// The penalty of DRAGAN (Kodali et al. 2017): the slope is held near the target around the real data only, at
/// x_hat = x + e s u, with u uniform on [0, 1] per element, s = `radius` times the batch's standard deviation and e uniform
/// per sample.
public struct Dragan: Penalty {
  /// The factor in front, lambda in the paper.
  public let weight: Double
  /// The slope asked for, k in the paper.
  public let target: Double
  /// How far around the data to look, in standard deviations of the batch.
  public let radius: Double

  /// A DRAGAN penalty with the authors' settings.
  public init(weight: Double = 10, target: Double = 1, radius: Double = 0.5) {
    self.weight = weight
    self.target = target
    self.radius = radius
  }

  /// The weighted penalty, a scalar; see ``Penalty``.
  public func callAsFunction(
    critic: (Tensor) throws -> Tensor, real: Tensor, fake: Tensor, key: RandomKey
  ) throws -> Tensor {
    let deviation = real.variance().sqrt()
    let noise = Tensor.randomUniform(real.shape, key: key.folded(0), dtype: real.dtype)
    let mix = uniformPerSample(real, key: key.folded(1))
    let points = real + mix * (radius * deviation) * noise
    return try GradientPenalty(weight: weight, target: target).value(critic: critic, at: points)
  }

  static let registration = PenaltyRegistration(
    "dragan", "Slope 1 around the real samples (Kodali et al. 2017).",
    options: [
      OptionDescription("weight", .number(.nonNegative), default: 10, "The factor in front."),
      OptionDescription("target", .number(.nonNegative), default: 1, "The slope asked for."),
      OptionDescription("radius", .number(.nonNegative), default: 0.5, "How far to look, in standard deviations."),
    ]
  ) { options, _ in
    Dragan(
      weight: try options.double("weight"), target: try options.double("target"),
      radius: try options.double("radius"))
  }
}
