import SwiftGANCore
import SwiftGANNN

/// Feature matching (Salimans et al. 2016, section 3.1): the generator does not maximise the discriminator's output, but
/// makes samples whose mean features are those of the data, |E f(x) - E f(G(z))|^2. The discriminator is trained as ever.
///
/// f are the discriminator's features; see ``SwiftGANNN/Features``.
///
/// ```swift
/// let objective = FeatureMatching(realLabel: 0.9)
/// ```
public struct FeatureMatching: Objective {
  /// What the discriminator is asked to say of real samples: below 1 it is one-sided label smoothing.
  public let realLabel: Double

  /// Feature matching.
  public init(realLabel: Double = 1) { self.realLabel = realLabel }

  /// Yes.
  public var usesFeatures: Bool { true }

  /// The cross-entropy of ``NonSaturating``, a scalar.
  public func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.output
    return crossEntropyLoss(real: real, fake: try judged.fake.output, label: realLabel)
  }

  /// |E f(x) - E f(G(z))|^2, a scalar.
  public func generatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.features.mean(axes: [0])
    return (real - (try judged.fake.features.mean(axes: [0]))).square().sum()
  }

  /// `jsd_bound`: a lower bound on the Jensen-Shannon divergence in nats.
  public func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] {
    [("jsd_bound", jensenShannonBound(real: try judged.real.output, fake: try judged.fake.output))]
  }

  static let registration = ObjectiveRegistration(
    "feature_matching", "The generator matches the mean of the discriminator's features (Salimans et al. 2016).",
    options: [.realLabel]
  ) { options, _ in FeatureMatching(realLabel: try options.double("real_label")) }
}
