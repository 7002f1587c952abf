import SwiftGANCore
import SwiftGANNN

/// Least squares (Mao et al. 2017, equation 9): the logits are drawn towards the codes b (real) and a (fake), the
/// generator draws those of its samples towards c.
///
/// (a, b, c) = (0, 1, 1) is the common choice; with (-1, 1, 0), where b - c = 1 and b - a = 2, the generator minimises the
/// Pearson chi-squared divergence.
///
/// ```swift
/// let objective = LeastSquares(a: -1, b: 1, c: 0)
/// ```
public struct LeastSquares: LogitObjective {
  /// The code of a generated sample in the discriminator's loss.
  public let a: Double
  /// The code of a real sample in the discriminator's loss.
  public let b: Double
  /// What the generator wants the discriminator to say of its samples.
  public let c: Double

  /// Least squares with these codes.
  public init(a: Double = 0, b: Double = 1, c: Double = 1) {
    self.a = a
    self.b = b
    self.c = c
  }

  /// 1/2 E[(d(x) - b)^2] + 1/2 E[(d(G(z)) - a)^2], a scalar.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor {
    0.5 * (real - b).square().mean() + 0.5 * (fake - a).square().mean()
  }

  /// 1/2 E[(d(G(z)) - c)^2], a scalar.
  public func generatorLoss(fake: Tensor) -> Tensor { 0.5 * (fake - c).square().mean() }

  /// 1/2 E[(d(x) - (a + b - c))^2], a scalar: a's and b's parts are exchanged, so c is mirrored between them.
  public func encoderLoss(real: Tensor) -> Tensor { 0.5 * (real - (a + b - c)).square().mean() }

  static let registration = ObjectiveRegistration(
    "least_squares", aliases: ["lsgan"], "Logits are drawn to codes by squared error (Mao et al. 2017).",
    options: [
      OptionDescription("a", .number(), default: 0, "Code of a generated sample."),
      OptionDescription("b", .number(), default: 1, "Code of a real sample."),
      OptionDescription("c", .number(), default: 1, "What the generator wants to be told of its samples."),
    ]
  ) { options, _ in LeastSquares(a: try options.double("a"), b: try options.double("b"), c: try options.double("c")) }
}
