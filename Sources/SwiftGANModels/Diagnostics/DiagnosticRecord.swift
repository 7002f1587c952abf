import SwiftGANCore

/// What one look at a game found: see ``GameMeasure`` for the figures.
public struct DiagnosticRecord: Sendable {
  /// How many rounds had been played.
  public let step: Int
  /// The figures by name, in a fixed order.
  public let figures: [(name: String, value: Double)]
  /// What gave alarm at this look and not at the one before.
  public internal(set) var warnings: [DiagnosticWarning]

  /// A record.
  public init(step: Int, figures: [(name: String, value: Double)], warnings: [DiagnosticWarning] = []) {
    self.step = step
    self.figures = figures
    self.warnings = warnings
  }

  /// A figure; nil when the record has none of that name, or one that is not finite.
  public subscript(name: String) -> Double? {
    figures.first { $0.name == name }.flatMap { $0.value.isFinite ? $0.value : nil }
  }

  /// `{"step": 100, "figures": {...}, "warnings": [...]}`; a figure that is not finite is null.
  public var json: JSON {
    var values: JSONObject = [:]
    for (name, value) in figures { values[name] = value.isFinite ? .number(value) : .null }
    return ["step": JSON(step), "figures": .object(values), "warnings": .array(warnings.map(\.json))]
  }

  /// The record that ``json`` gave; its warnings are left out.
  /// - Throws: `TensorError` (`.value`) for anything else.
  public init(json: JSON) throws {
    guard let step = json["step"]?.intValue, let values = json["figures"]?.objectValue else {
      throw TensorError(.value, "this is no record of diagnostics: \(json.text())")
    }
    self.init(step: step, figures: values.map { ($0.key, $0.value.doubleValue ?? .nan) })
  }
}

/// An alarm: what it is about, and the figure that raised it.
public struct DiagnosticWarning: Sendable, Equatable {
  /// What is wrong.
  public enum Kind: String, Sendable, CaseIterable {
    /// The samples are all alike, cover much less of the data than they did, or never get to cover half of them.
    case modeCollapse = "mode_collapse"
    /// The generator learns nothing any more: the discriminator has won, or the generator is dead.
    case vanishedGradient = "vanished_gradient"
    /// The players chase each other in circles.
    case oscillation = "oscillation"
  }

  /// What is wrong.
  public let kind: Kind
  /// At which step.
  public let step: Int
  /// The figure that raised it.
  public let figure: String
  /// Its value there.
  public let value: Double
  /// All of it in words, with what may help.
  public let message: String

  var json: JSON {
    [
      "kind": .string(kind.rawValue), "step": JSON(step), "figure": .string(figure), "value": .number(value),
      "message": .string(message),
    ]
  }
}
