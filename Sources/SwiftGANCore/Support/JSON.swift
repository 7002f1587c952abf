/// A JSON value (RFC 8259): how options, specifications and file headers travel between the languages.
///
/// Objects keep the order in which their members were written, so that text made from the same value is always the
/// same bytes. Numbers are `Double`: integers are exact up to 2^53, which ``intValue`` insists on.
///
/// ```swift
/// let options = try JSON.parse(#"{"units": 64, "bias": false}"#)
/// options["units"]?.intValue      // 64
/// options.text()                  // {"units": 64, "bias": false}
/// ```
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// Nesting beyond this depth is refused, because each level of it costs stack.
  public static let maximumDepth = 128

  /// The largest magnitude below which every integer is a `Double`: 2^53.
  public static let maximumExactInteger = 9_007_199_254_740_992.0

  /// Reads one JSON text.
  /// - Throws: `TensorError` (`.value`) with line, column and what was expected there.
  public static func parse(_ text: String) throws -> JSON {
    try parse(utf8: Array(text.utf8))
  }

  /// Reads one JSON text given as UTF-8.
  /// - Throws: `TensorError` (`.value`) with line, column and what was expected there; also for text that is not UTF-8.
  public static func parse(utf8 bytes: [UInt8]) throws -> JSON {
    var parser = JSONParser(bytes: bytes)
    return try parser.parseDocument()
  }

  // MARK: What a value is

  /// The boolean; nil for other kinds.
  public var boolValue: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// The number; nil for other kinds.
  public var doubleValue: Double? {
    if case .number(let value) = self { return value }
    return nil
  }

  /// The number as an integer; nil unless it is whole and small enough (2^53) to be exact.
  public var intValue: Int? {
    guard case .number(let value) = self, value.magnitude <= JSON.maximumExactInteger else { return nil }
    return Int(exactly: value)
  }

  /// The string; nil for other kinds.
  public var stringValue: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  /// The elements; nil for other kinds.
  public var arrayValue: [JSON]? {
    if case .array(let value) = self { return value }
    return nil
  }

  /// The members; nil for other kinds.
  public var objectValue: JSONObject? {
    if case .object(let value) = self { return value }
    return nil
  }

  /// Whether this is null.
  public var isNull: Bool { self == .null }

  /// The member of an object with this name; nil when there is none or this is no object.
  public subscript(name: String) -> JSON? { objectValue?[name] }

  /// The kind of value in words, for messages: "a number", "an object".
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object in the order in which they were written, found by name in constant time.
public struct JSONObject: Sendable, Equatable {
  private var entries: [(key: String, value: JSON)] = []
  private var positions: [String: Int] = [:]

  /// No members.
  public init() {}

  /// Members in this order; of two with one name the later value wins, in the place of the first.
  public init(_ members: some Sequence<(String, JSON)>) {
    for (key, value) in members { self[key] = value }
  }

  /// Number of members.
  public var count: Int { entries.count }
  /// Whether there are no members.
  public var isEmpty: Bool { entries.isEmpty }
  /// The names in order.
  public var keys: [String] { entries.map(\.key) }

  /// Reads, replaces, appends, or (given nil) removes a member.
  public subscript(key: String) -> JSON? {
    get { positions[key].map { entries[$0].value } }
    set {
      switch (positions[key], newValue) {
      case (let position?, let value?): entries[position].value = value
      case (nil, let value?):
        positions[key] = entries.count
        entries.append((key, value))
      case (let position?, nil):
        entries.remove(at: position)
        positions[key] = nil
        for index in position..<entries.count { positions[entries[index].key] = index }
      case (nil, nil): break
      }
    }
  }

  /// Equal members in the same order: the order is part of the text, so it is part of the value.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.entries.count == right.entries.count
      && zip(left.entries, right.entries).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }
}

extension JSONObject: Sequence {
  /// The members in order.
  public func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { entries.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Members in the order of the literal.
  public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// null.
  public init(nilLiteral: ()) { self = .null }
  /// true or false.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object with members in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }

  /// A number; integers beyond 2^53 are rounded.
  public init(_ value: Int) { self = .number(Double(value)) }
  /// A number.
  public init(_ value: Double) { self = .number(value) }
  /// true or false.
  public init(_ value: Bool) { self = .bool(value) }
  /// A string.
  public init(_ value: String) { self = .string(value) }
  /// An array of numbers.
  public init(_ values: [Int]) { self = .array(values.map { JSON($0) }) }
  /// An array of strings.
  public init(_ values: [String]) { self = .array(values.map { .string($0) }) }
}
