import SwiftGANCore

/// One option of something that a registry makes.
public struct OptionDescription: Sendable {
  /// The field's name for it, in snake_case: the keyword in Python.
  public let name: String
  /// What it may be.
  public let kind: OptionKind
  /// The value when it is not given; nil when it must be given.
  public let defaultValue: JSON?
  /// One sentence for documentation.
  public let summary: String

  /// An option that has a default.
  public init(_ name: String, _ kind: OptionKind, default value: JSON, _ summary: String) {
    self.name = name
    self.kind = kind
    self.defaultValue = value
    self.summary = summary
  }

  /// An option that must be given.
  public init(_ name: String, _ kind: OptionKind, _ summary: String) {
    self.name = name
    self.kind = kind
    self.defaultValue = nil
    self.summary = summary
  }

  /// Name, type, default (absent when required), what is allowed and the summary, as JSON.
  public var json: JSON {
    var members: JSONObject = ["name": JSON(name), "type": JSON(kind.name), "required": JSON(defaultValue == nil)]
    if let defaultValue { members["default"] = defaultValue }
    members["allowed"] = JSON(kind.allowed)
    members["summary"] = JSON(summary)
    return .object(members)
  }
}

/// Checked options with defaults filled in: every described option is there and of its kind.
public struct Options: Sendable {
  /// Whose options they are, for messages.
  public let owner: String
  /// All options in their described order and normal form.
  public let values: JSONObject

  /// Checks what was given.
  /// - Throws: `.type` for an unknown or missing option or a value of the wrong type; `.value` for one out of range.
  public init(_ given: JSONObject, for descriptions: [OptionDescription], owner: String) throws {
    for name in given.keys where !descriptions.contains(where: { $0.name == name }) {
      let known = descriptions.map(\.name)
      let list = known.isEmpty ? "it has no options" : "it has \(known.joined(separator: ", "))"
      throw TensorError(.type, "\(owner): unknown option '\(name)'; \(list)\(suggestion(for: name, among: known))")
    }
    var values = JSONObject()
    for option in descriptions {
      guard let value = given[option.name] ?? option.defaultValue else {
        throw TensorError(
          .type, "\(owner): option '\(option.name)' is missing; it must be \(option.kind.allowed)")
      }
      values[option.name] = try option.kind.normalised(value, option: option.name, owner: owner)
    }
    self.owner = owner
    self.values = values
  }

  /// The raw value of an option.
  public func json(_ name: String) throws -> JSON {
    guard let value = values[name] else { throw TensorError(.type, "\(owner): there is no option '\(name)'") }
    return value
  }

  /// A whole number.
  public func int(_ name: String) throws -> Int { try read(name, "a whole number", \.intValue) }
  /// A number.
  public func double(_ name: String) throws -> Double { try read(name, "a number", \.doubleValue) }
  /// True or false.
  public func bool(_ name: String) throws -> Bool { try read(name, "true or false", \.boolValue) }
  /// A string.
  public func string(_ name: String) throws -> String { try read(name, "a string", \.stringValue) }
  /// The elements of a list.
  public func array(_ name: String) throws -> [JSON] { try read(name, "a list", \.arrayValue) }

  /// A list of whole numbers.
  public func ints(_ name: String) throws -> [Int] {
    let numbers = try array(name).compactMap(\.intValue)
    guard numbers.count == (try array(name).count) else { throw mismatch(name, "a list of whole numbers") }
    return numbers
  }

  /// Height and width.
  public func pair(_ name: String) throws -> (Int, Int) {
    let numbers = try ints(name)
    guard numbers.count == 2 else { throw mismatch(name, "a list of two") }
    return (numbers[0], numbers[1])
  }

  /// A number, or nil where the option is null.
  public func optionalDouble(_ name: String) throws -> Double? { try json(name).isNull ? nil : double(name) }

  private func read<Value>(_ name: String, _ words: String, _ path: (JSON) -> Value?) throws -> Value {
    guard let value = path(try json(name)) else { throw mismatch(name, words) }
    return value
  }

  private func mismatch(_ name: String, _ words: String) -> TensorError {
    TensorError(.type, "\(owner): option '\(name)' is no \(words): \(values[name]?.text() ?? "absent")")
  }
}

/// `an objective`, `a penalty`.
package func withArticle(_ noun: String) -> String {
  "\(noun.first.map { "aeiou".contains($0) } ?? false ? "an" : "a") \(noun)"
}

/// `; did you mean 'x'?` when one of the known names is a slip of the pen away, else nothing.
package func suggestion(for name: String, among known: [String]) -> String {
  let scored = known.map { (name: $0, distance: editDistance(Array(name.utf8), Array($0.utf8))) }
  guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= max(1, best.name.utf8.count / 3)
  else {
    return ""
  }
  return "; did you mean '\(best.name)'?"
}

/// Number of insertions, deletions, replacements and swaps of neighbours between two names (Damerau; no part edited twice).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  // A name that is not plausible as a slip is not worth the quadratic search.
  guard a.count <= 64, b.count <= 64 else { return max(a.count, b.count) }
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
