import SwiftGANCore
import SwiftGANNN

/// The hinge game (Lim and Ye 2017; Miyato et al. 2018, equation 17): the discriminator stops caring about samples that it
/// already tells apart by a margin of 1.
///
/// ```swift
/// let objective = Hinge()
/// ```
public struct Hinge: LogitObjective {
  /// The hinge objective; it has no options.
  public init() {}

  /// E[max(0, 1 - d(x))] + E[max(0, 1 + d(G(z)))], a scalar.
  public func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor {
    (1 - real).relu().mean() + (1 + fake).relu().mean()
  }

  /// -E[d(G(z))], a scalar.
  public func generatorLoss(fake: Tensor) -> Tensor { -fake.mean() }

  static let registration = ObjectiveRegistration(
    "hinge", "The discriminator asks for a margin of 1 (Lim and Ye 2017)."
  ) { _, _ in Hinge() }
}
