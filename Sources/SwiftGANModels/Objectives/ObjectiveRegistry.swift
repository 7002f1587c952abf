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
    ])
}

extension OptionKind {
  /// An objective, by name or with options.
  public static let objective = made("objective", like: #"{"name": "least_squares", "a": -1, "b": 1, "c": 0}"#) {
    try ObjectiveRegistry.shared.resolve($0)
  }
}
