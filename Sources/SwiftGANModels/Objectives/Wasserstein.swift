import SwiftGANCore
import SwiftGANNN

/// The Wasserstein game (Arjovsky et al. 2017): the critic maximises E[d(x)] - E[d(G(z))], the generator E[d(G(z))].
///
/// The critic must be Lipschitz: clip its weights (``ClipWeights``, 0.01 in the paper) or add a ``GradientPenalty``.
///
/// ```swift
/// let objective = Wasserstein()
/// let loss = objective.discriminatorLoss(real: critic(x), fake: critic(generator(z)))
/// ```
public struct Wasserstein: LogitObjective {
  /// The Wasserstein objective; it has no options.
  public init() {}

  /// E[d(G(z))] - E[d(x)], a scalar: the negative of the `wasserstein` estimate.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor { fake.mean() - real.mean() }

  /// -E[d(G(z))], a scalar.
  public func generatorLoss(fake: Tensor) -> Tensor { -fake.mean() }

  /// `wasserstein`: E[d(x)] - E[d(G(z))], which estimates the earth mover's distance times the critic's Lipschitz constant.
  public func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)] {
    [("wasserstein", real.mean() - fake.mean())]
  }

  static let registration = ObjectiveRegistration(
    "wasserstein", aliases: ["wgan"], "The critic maximises E[d(x)] - E[d(G(z))] (Arjovsky et al. 2017)."
  ) { _, _ in Wasserstein() }
}
