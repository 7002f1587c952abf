import SwiftGANCore
import SwiftGANNN

/// How an objective is made by name.
public typealias ObjectiveRegistration = Registration<Void, any Objective>

/// The objectives by name: what C, Python and files find them by.
///
/// ```swift
/// let objective = try ObjectiveRegistry.shared.make(["name": "least_squares", "a": -1, "c": 0])
/// ```
public enum ObjectiveRegistry {
  /// All objectives. A new one adds its line here; users add theirs with `register`.
  public static let shared = Registry<Void, any Objective>(
    "objective",
    [
      Minimax.registration,
      NonSaturating.registration,
      LeastSquares.registration,
      Wasserstein.registration,
      Hinge.registration,
      Relativistic.registration,
      Relativistic.averageRegistration,
      FeatureMatching.registration,
      EnergyBased.registration,
      BoundaryEquilibrium.registration,
      MomentMatching.registration,
      MomentMatching.gameRegistration,
    ])
}

extension Registration where Product == any Objective, Context == Void {
  /// An objective for which no discriminator is needed says so, that games can be put together without one.
  static let withoutDiscriminator: JSONObject = ["players": ["generator"]]
}

extension OptionDescription {
  /// One-sided label smoothing.
  static let realLabel = OptionDescription(
    "real_label", .number(.unit), default: 1,
    "What the discriminator is to say of real samples: 1, or 0.9 for one-sided label smoothing (Salimans et al. 2016).")
}

extension OptionKind {
  /// An objective, by name or with options.
  public static let objective = made("objective", like: #"{"name": "least_squares", "a": -1, "b": 1, "c": 0}"#) {
    try ObjectiveRegistry.shared.resolve($0)
  }
}
