import SwiftGANCore
import SwiftGANNN

/// How a penalty is made by name.
public typealias PenaltyRegistration = Registration<Void, any Penalty>

/// The penalties by name: what C, Python and files find them by.
///
/// ```swift
/// let penalty = try PenaltyRegistry.shared.make(["name": "gradient_penalty", "one_sided": true])
/// ```
public enum PenaltyRegistry {
  /// All penalties. A new one adds its line here; users add theirs with `register`.
  public static let shared = Registry<Void, any Penalty>(
    "penalty",
    [
      GradientPenalty.registration,
      Dragan.registration,
      ZeroCentered.r1Registration,
      ZeroCentered.r2Registration,
    ])
}

extension OptionKind {
  /// A penalty, by name or with options.
  public static let penalty = made("penalty", like: #"{"name": "gradient_penalty", "weight": 10}"#) {
    try PenaltyRegistry.shared.resolve($0)
  }

  /// A penalty, "auto" for the model's choice by the kind of data, or null.
  static let automaticPenalty = OptionKind(penalty.name, allowed: "'auto', \(penalty.allowed), or null") { value in
    switch value {
    case "auto", .null: return .good(value)
    case .string, .object: return .good(try PenaltyRegistry.shared.resolve(value))
    default: return .wrongType
    }
  }
}
