import SwiftGANCore
import SwiftGANNN

/// The R1 and R2 penalties (Mescheder et al. 2018, equations 9 and 10): weight / 2 * E[||grad d||^2] at the real samples
/// (R1) or at the generated ones (R2). They need no square root and make training converge locally.
public struct ZeroCentered: Penalty {
  /// Where the slope is punished.
  public enum Place: String, Sendable, CaseIterable {
    case real
    case fake
  }

  /// The factor in front, gamma in the paper (which halves it).
  public let weight: Double
  /// Where the slope is punished: at the real samples (R1) or the generated ones (R2).
  public let place: Place

  /// R1 (at the real samples, the default) or R2.
  public init(weight: Double = 10, at place: Place = .real) {
    self.weight = weight
    self.place = place
  }

  /// The weighted penalty, a scalar; see ``Penalty``.
  public func callAsFunction(
    critic: (Tensor) throws -> Tensor, real: Tensor, fake: Tensor, key: RandomKey
  ) throws -> Tensor {
    let points = place == .real ? real : fake
    return weight / 2 * squaredNorms(try inputGradients(of: critic, at: points)).mean()
  }

  static let r1Registration = registration("r1", "Slope 0 at the real samples (Mescheder et al. 2018).", .real)
  static let r2Registration = registration("r2", "Slope 0 at the generated samples (Mescheder et al. 2018).", .fake)

  private static func registration(_ name: String, _ summary: String, _ place: Place) -> PenaltyRegistration {
    PenaltyRegistration(
      name, summary,
      options: [OptionDescription("weight", .number(.nonNegative), default: 10, "The factor, which is halved.")]
    ) { options, _ in ZeroCentered(weight: try options.double("weight"), at: place) }
  }
}
