import SwiftGANCore
import SwiftGANNN

/// Relativistic games (Jolicoeur-Martineau 2019): the discriminator says how much more real a real sample is than a
/// generated one, and the generator's loss looks at both sides too.
///
/// With D the difference of logits, u = d(x) - d(G(z)) for pairs (equations 11 and 12), or on average
/// u = d(x) - E[d(G(z))] and v = d(G(z)) - E[d(x)] (equations 13 and 14), and a loss of two sides f (wants large) and
/// g (wants small): the discriminator minimises E[f(u)], on average E[f(u)] + E[g(v)]; the generator the same with the two
/// sides exchanged.
///
/// ```swift
/// let objective = Relativistic(loss: .hinge, onAverage: true)
/// ```
public struct Relativistic: Objective {
  /// Which loss is made relativistic.
  public enum Loss: String, Sendable, CaseIterable {
    /// f(u) = softplus(-u), g(v) = softplus(v): RSGAN and RaSGAN.
    case crossEntropy = "cross_entropy"
    /// f(u) = (u - 1)^2, g(v) = (v + 1)^2: RpLSGAN and RaLSGAN.
    case leastSquares = "least_squares"
    /// f(u) = max(0, 1 - u), g(v) = max(0, 1 + v): RpHingeGAN and RaHingeGAN.
    case hinge

    /// The mean loss of a difference that should be large.
    func callAsFunction(_ difference: Tensor) -> Tensor {
      switch self {
      case .crossEntropy: (-difference).softplus().mean()
      case .leastSquares: (difference - 1).square().mean()
      case .hinge: (1 - difference).relu().mean()
      }
    }
  }

  /// Which loss is made relativistic.
  public let loss: Loss
  /// Whether a sample is compared with the mean of the other side, in place of one sample of it.
  public let onAverage: Bool

  /// The relativistic form of a loss.
  public init(loss: Loss = .crossEntropy, onAverage: Bool = false) {
    self.loss = loss
    self.onAverage = onAverage
  }

  /// E[f(d(x) - d(G(z)))], or E[f(d(x) - E d(G(z)))] + E[g(d(G(z)) - E d(x))]: a scalar.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor { preferring(real, to: fake) }

  /// The discriminator's loss with the two sides exchanged, a scalar.
  public func generatorLoss(real: Tensor, fake: Tensor) -> Tensor { preferring(fake, to: real) }

  /// The loss of whoever wants `better` to be judged the more real. All three losses have g(v) = f(-v).
  private func preferring(_ better: Tensor, to worse: Tensor) -> Tensor {
    if onAverage { return loss(better - worse.mean()) + loss(better.mean() - worse) }
    if let error = better.error ?? worse.error { return .failed(error) }
    // Broadcasting would compare each with all.
    guard better.shape == worse.shape else {
      return .failed(
        TensorError(
          .shape,
          "relativistic: outputs are compared in pairs, so those of real and of generated samples must have the same "
            + "shape, not \(describe(shape: better.shape)) and \(describe(shape: worse.shape)); "
            + "relativistic_average compares with the other side's mean"))
    }
    return loss(better - worse)
  }

  /// The loss of the discriminator's outputs.
  public func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.output
    return discriminatorLoss(real: real, fake: try judged.fake.output)
  }

  /// The loss of the discriminator's outputs for both sides.
  public func generatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.output
    return generatorLoss(real: real, fake: try judged.fake.output)
  }

  static let registration = registration(
    "relativistic", aliases: ["rsgan"], "Real and generated samples are compared in pairs (Jolicoeur-Martineau 2019).",
    onAverage: false)
  static let averageRegistration = registration(
    "relativistic_average", aliases: ["ragan", "rasgan"],
    "Samples are compared with the mean of the other side (Jolicoeur-Martineau 2019).", onAverage: true)

  private static func registration(
    _ name: String, aliases: [String], _ summary: String, onAverage: Bool
  ) -> ObjectiveRegistration {
    ObjectiveRegistration(
      name, aliases: aliases, summary,
      options: [
        OptionDescription(
          "loss", .choice(Loss.allCases.map(\.rawValue)), default: "cross_entropy", "Which loss is made relativistic.")
      ]
    ) { options, _ in
      Relativistic(loss: Loss(rawValue: try options.string("loss")) ?? .crossEntropy, onAverage: onAverage)
    }
  }
}
