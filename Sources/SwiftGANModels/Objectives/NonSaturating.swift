import SwiftGANCore
import SwiftGANNN

/// The non-saturating game (Goodfellow et al. 2014, section 3): the generator ascends E[log D(G(z))], which has the same
/// fixed point as ``Minimax`` and strong gradients where the samples are still bad.
///
/// ```swift
/// let objective = NonSaturating()
/// let loss = objective.generatorLoss(fake: discriminator(generator(z)))  // E[softplus(-d(G(z)))]
/// ```
public struct NonSaturating: Objective {
  /// The non-saturating objective; it has no options.
  public init() {}

  /// E[softplus(-d(x))] + E[softplus(d(G(z)))], a scalar.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor { crossEntropyLoss(real: real, fake: fake) }

  /// -E[log D(G(z))] = E[softplus(-d(G(z)))], a scalar.
  public func generatorLoss(fake: Tensor) -> Tensor { (-fake).softplus().mean() }

  /// `jsd_bound`: a lower bound on the Jensen-Shannon divergence in nats.
  public func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)] {
    [("jsd_bound", jensenShannonBound(real: real, fake: fake))]
  }

  static let registration = ObjectiveRegistration(
    "non_saturating", "The generator ascends E[log D(G(z))] (Goodfellow et al. 2014)."
  ) { _, _ in NonSaturating() }
}
