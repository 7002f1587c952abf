import SwiftGANCore

/// What an option may be: how its JSON value is checked and brought to one form, and how that is said in words.
public struct OptionKind: Sendable {
  /// The word for other languages' signatures: `integer`, `number`, `boolean`, `choice`, `pair`, ...
  public let name: String
  /// What is allowed, to complete the sentence "must be ...".
  public let allowed: String
  private let check: @Sendable (JSON) throws -> Verdict

  /// What a check says of a value.
  public enum Verdict: Sendable {
    case good(JSON)
    case wrongType
    case outOfRange
  }

  /// A kind of one's own; `check` gives the value in its normal form.
  public init(_ name: String, allowed: String, check: @escaping @Sendable (JSON) throws -> Verdict) {
    self.name = name
    self.allowed = allowed
    self.check = check
  }

  /// Sizes stay below this, so that products of a few of them are caught as too large and never overflow.
  public static let largestSize = Int(Int32.max)

  /// What the kind says of a value, for kinds made of other kinds.
  public func verdict(of value: JSON) throws -> Verdict { try check(value) }

  /// The value in its normal form.
  /// - Throws: `.type` for the wrong kind of value, `.value` for one out of range; both name option, value and what is
  ///   allowed.
  func normalised(_ value: JSON, option: String, owner: String) throws -> JSON {
    let kind: TensorError.Kind
    do {
      switch try check(value) {
      case .good(let normal): return normal
      case .wrongType: kind = .type
      case .outOfRange: kind = .value
      }
    } catch let error as TensorError {
      throw error.prefixed("\(owner): option '\(option)'")
    }
    throw TensorError(kind, "\(owner): option '\(option)' must be \(allowed), not \(value.wordsWithParts)")
  }

  // MARK: Plain values

  /// A whole number.
  public static func integer(_ range: ClosedRange<Int> = 1...largestSize) -> OptionKind {
    OptionKind("integer", allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      guard let number = value.doubleValue else { return .wrongType }
      guard let whole = value.intValue else { return number.rounded() == number ? .outOfRange : .wrongType }
      return range.contains(whole) ? .good(value) : .outOfRange
    }
  }

  /// A number.
  public static func number(_ range: NumberRange = .any) -> OptionKind {
    OptionKind("number", allowed: "a number\(range.words)") { value in
      guard let number = value.doubleValue else { return .wrongType }
      return range.contains(number) ? .good(value) : .outOfRange
    }
  }

  /// True or false.
  public static let boolean = OptionKind("boolean", allowed: "true or false") { value in
    value.boolValue == nil ? .wrongType : .good(value)
  }

  /// One of a few words.
  public static func choice(_ words: [String]) -> OptionKind {
    OptionKind("choice", allowed: "one of \(words.map { "'\($0)'" }.joined(separator: ", "))") { value in
      guard let word = value.stringValue else { return .wrongType }
      return words.contains(word) ? .good(value) : .outOfRange
    }
  }

  /// Any value of this kind, or null.
  public static func optional(_ kind: OptionKind) -> OptionKind {
    OptionKind(kind.name, allowed: "\(kind.allowed), or null") { value in
      value.isNull ? .good(value) : try kind.check(value)
    }
  }

  // MARK: Lists

  /// One whole number, or two: for height and width. The normal form is two.
  public static func pair(_ range: ClosedRange<Int> = 1...largestSize) -> OptionKind {
    let words = "a whole number from \(range.lowerBound) to \(range.upperBound) or a list of two (height, width)"
    return OptionKind("pair", allowed: words) { value in
      if let one = value.intValue { return range.contains(one) ? .good(.array([value, value])) : .outOfRange }
      guard let two = value.arrayValue else { return .wrongType }
      guard two.allSatisfy({ $0.intValue != nil }) else { return .wrongType }
      return two.count == 2 && two.allSatisfy { range.contains($0.intValue ?? -1) } ? .good(value) : .outOfRange
    }
  }

  /// Sizes of axes. A single number stands for a list of one.
  /// - Parameter words: the list in words, to which the bounds of each number are added.
  public static func integers(_ range: ClosedRange<Int>, words: String) -> OptionKind {
    let bounds =
      range.upperBound == largestSize
      ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    return OptionKind("integers", allowed: "\(words), each \(bounds)") { value in
      if let one = value.intValue { return range.contains(one) ? .good(.array([value])) : .outOfRange }
      guard let list = value.arrayValue, list.allSatisfy({ $0.intValue != nil }) else { return .wrongType }
      return list.allSatisfy { range.contains($0.intValue ?? 0) } ? .good(value) : .outOfRange
    }
  }

  /// `"same"`, `"valid"`, a number of rows and columns, or a pair of such numbers.
  public static let padding = OptionKind(
    "padding", allowed: "'same', 'valid', a whole number of at least 0 or a list of two (height, width)"
  ) { value in
    if let word = value.stringValue { return word == "same" || word == "valid" ? .good(value) : .outOfRange }
    return try pair(0...largestSize).check(value)
  }

  /// A list of so many values of one kind.
  /// - Parameter words: the list in words, such as "two rates [discriminator, generator]".
  public static func tuple(of kind: OptionKind, count: Int, words: String) -> OptionKind {
    OptionKind("\(kind.name)s", allowed: "\(words), each \(kind.allowed)") { value in
      guard let values = value.arrayValue else { return .wrongType }
      guard values.count == count else { return .outOfRange }
      var normal: [JSON] = []
      for value in values {
        switch try kind.check(value) {
        case .good(let one): normal.append(one)
        case .wrongType: return .wrongType
        case .outOfRange: return .outOfRange
        }
      }
      return .good(.array(normal))
    }
  }

  // MARK: Things made by a registry

  /// A name or an object with a name and options, checked by the registry of such things.
  public static func made(
    _ name: String, like example: String, _ resolve: @escaping @Sendable (JSON) throws -> JSON
  ) -> OptionKind {
    OptionKind(
      name,
      allowed: "the name of \(withArticle(name)) or an object such as \(example)"
    ) { value in
      switch value {
      case .string, .object: return .good(try resolve(value))
      default: return .wrongType
      }
    }
  }
}

/// Bounds of a number, each of them belonging to the range or not.
public struct NumberRange: Sendable {
  let words: String
  let contains: @Sendable (Double) -> Bool

  /// All numbers.
  public static let any = NumberRange(words: "") { _ in true }
  /// Above 0.
  public static let positive = NumberRange(words: " above 0") { $0 > 0 }
  /// 0 and above.
  public static let nonNegative = NumberRange(words: " of at least 0") { $0 >= 0 }
  /// From 0 to 1, both allowed.
  public static let unit = NumberRange(words: " from 0 to 1") { $0 >= 0 && $0 <= 1 }
  /// Above 0, at most one half: the share of outliers, as scikit-learn's detectors take it.
  public static let outlierShare = NumberRange(words: " above 0 and at most 0.5") { $0 > 0 && $0 <= 0.5 }
  /// From 0 to below 1: the decay rates of running averages.
  public static let decay = NumberRange(words: " from 0 to below 1") { $0 >= 0 && $0 < 1 }
}
