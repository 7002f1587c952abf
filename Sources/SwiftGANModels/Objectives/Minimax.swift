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
public struct Minimax: Objective {
  /// The minimax objective; it has no options.
  public init() {}

  /// E[softplus(-d(x))] + E[softplus(d(G(z)))], a scalar.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor { crossEntropyLoss(real: real, fake: fake) }

  /// E[log(1 - D(G(z)))] = -E[softplus(d(G(z)))], a scalar.
  public func generatorLoss(fake: Tensor) -> Tensor { -fake.softplus().mean() }

  /// `jsd_bound`: a lower bound on the Jensen-Shannon divergence in nats.
  public func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)] {
    [("jsd_bound", jensenShannonBound(real: real, fake: fake))]
  }

  static let registration = ObjectiveRegistration(
    "minimax", "The generator descends E[log(1 - D(G(z)))] (Goodfellow et al. 2014)."
  ) { _, _ in Minimax() }
}
