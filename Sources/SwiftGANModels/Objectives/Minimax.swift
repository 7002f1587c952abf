import SwiftGANCore
import SwiftGANNN

/// The minimax game (Goodfellow et al. 2014, equation 1): the generator descends E[log(1 - D(G(z)))].
///
/// Its gradient vanishes while the discriminator rejects the samples with confidence; ``NonSaturating`` is what the same
/// paper recommends in practice.
///
/// ```swift
/// let objective = Minimax()
/// let loss = objective.generatorLoss(fake: discriminator(generator(z)))  // -E[softplus(d(G(z)))]
/// ```
public struct Minimax: LogitObjective {
  /// What the discriminator is asked to say of real samples: below 1 it is one-sided label smoothing (Salimans et al. 2016).
  public let realLabel: Double

  /// The objective; with a `realLabel` below 1 the discriminator's loss has smoothed labels.
  public init(realLabel: Double = 1) { self.realLabel = realLabel }

  /// E[softplus(-d(x))] + E[softplus(d(G(z)))], a scalar; with smoothed labels see ``realLabel``.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor {
    crossEntropyLoss(real: real, fake: fake, label: realLabel)
  }

  /// E[log(1 - D(G(z)))] = -E[softplus(d(G(z)))], a scalar.
  public func generatorLoss(fake: Tensor) -> Tensor { -fake.softplus().mean() }

  /// The whole value of the game, E[log D(x)] + E[log(1 - D(G(z)))] (Metz et al. 2017, equation 9): the discriminator that the
  /// generator brings about says something of real samples too.
  public func lookAheadGeneratorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.output
    return -crossEntropyLoss(real: real, fake: try judged.fake.output)
  }

  /// `jsd_bound`: a lower bound on the Jensen-Shannon divergence in nats.
  public func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)] {
    [("jsd_bound", jensenShannonBound(real: real, fake: fake))]
  }

  static let registration = ObjectiveRegistration(
    "minimax", aliases: ["mm"], "The generator descends E[log(1 - D(G(z)))] (Goodfellow et al. 2014).",
    options: [.realLabel]
  ) { options, _ in Minimax(realLabel: try options.double("real_label")) }
}
