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

extension PenaltyRegistry {
  /// The penalties that an option asks for, each with all its options: a name, `[name, weight]`, an object, or a list of
  /// such; null is none.
  /// - Throws: `TensorError` saying what is wrong with one of them.
  static func resolve(_ value: JSON) throws -> [JSON] {
    switch value {
    case .null: return []
    case .string, .object: return [try shared.resolve(value)]
    case .array(let parts):
      if let pair = weighted(parts) { return [try shared.resolve(pair)] }
      return try parts.flatMap { part in
        guard !part.isNull else { throw TensorError(.type, "null is no penalty; leave it out of the list") }
        return try resolve(part)
      }
    default:
      throw TensorError(.type, "a penalty is a name, [name, weight] or an object with \"name\", not \(value.text())")
    }
  }

  /// `["r1", 10]` and `["dragan", {"radius": 1}]` as objects; nil for other lists.
  private static func weighted(_ parts: [JSON]) -> JSON? {
    guard parts.count == 2, let name = parts[0].stringValue else { return Optional.none }
    if parts[1].doubleValue != nil { return ["name": JSON(name), "weight": parts[1]] }
    guard let options = parts[1].objectValue, options["name"] == nil else { return Optional.none }
    return .object(JSONObject([("name", JSON(name))] + options.map { ($0.key, $0.value) }))
  }

  /// The penalties with their names in the history.
  static func make(_ resolved: [JSON]) throws -> [(name: String, penalty: any Penalty)] {
    try resolved.reduce(into: []) { made, one in
      let name = historyName(of: one["name"]?.stringValue ?? "penalty", after: made.map(\.name))
      made.append((name, try shared.make(one)))
    }
  }

  /// What the history calls a penalty: its name; of two of one name the second is `<name>_2`. One that is called as a
  /// figure of the game is (``AdversarialGame/figureNames``) is `<name>_penalty`: figures of one name would be averaged.
  ///
  /// What follows a colon tells registrations apart and is left out: neither the history nor the random numbers that a
  /// penalty is given depend on it.
  public static func historyName(of name: String, after others: [String]) -> String {
    let given = String(name.prefix { $0 != ":" })
    let shown = AdversarialGame.figureNames.contains(given) ? "\(given)_penalty" : given
    var (unique, use) = (shown, 1)
    while others.contains(unique) {
      use += 1
      unique = "\(shown)_\(use)"
    }
    return unique
  }
}

extension OptionKind {
  /// A penalty, by name or with options.
  public static let penalty = made("penalty", like: #"{"name": "gradient_penalty", "weight": 10}"#) {
    try PenaltyRegistry.shared.resolve($0)
  }

  /// Penalties on the discriminator. The normal form of one is an object, of several a list of objects.
  static let penalties = OptionKind(
    "penalty",
    allowed: "the name of a penalty, [name, weight] such as [\"r1\", 10], an object such as "
      + #"{"name": "gradient_penalty", "weight": 10}, or a list of them"#
  ) { value in
    switch value {
    case .string, .object, .array:
      let resolved = try PenaltyRegistry.resolve(value)
      return .good(resolved.count == 1 ? resolved[0] : .array(resolved))
    default: return .wrongType
    }
  }

  /// Penalties, "auto" for the model's choice by the kind of data, or null.
  static let automaticPenalty = OptionKind(penalties.name, allowed: "'auto', \(penalties.allowed), or null") { value in
    switch value {
    case "auto", .null: return .good(value)
    default: return try penalties.verdict(of: value)
    }
  }
}
