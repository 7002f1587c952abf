/// A value that parametrises an operation beside its tensors.
public enum AttributeValue: Sendable, Hashable, CustomStringConvertible {
  case int(Int)
  case ints([Int])
  case double(Double)
  case bool(Bool)
  case dtype(DType)
  case string(String)

  /// The value as Python writes it.
  public var description: String {
    switch self {
    case .int(let value): "\(value)"
    case .ints(let values): "\(values)"
    case .double(let value): "\(value)"
    case .bool(let value): value ? "True" : "False"
    case .dtype(let value): "\(value)"
    case .string(let value): "'\(value)'"
    }
  }
}

/// Named values of one application of an op: few, so a list searched in order.
public struct Attributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// The values in the order given.
  public private(set) var pairs: [(key: String, value: AttributeValue)]

  /// Attributes written as a dictionary.
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    pairs = elements.map { (key: $0.0, value: $0.1) }
  }

  /// Attributes from pairs; names must differ.
  public init(_ pairs: [(key: String, value: AttributeValue)] = []) { self.pairs = pairs }

  /// Whether both hold the same pairs in the same order.
  public static func == (a: Attributes, b: Attributes) -> Bool {
    a.pairs.count == b.pairs.count && zip(a.pairs, b.pairs).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }

  /// Equal attributes have equal hashes.
  public func hash(into hasher: inout Hasher) {
    for pair in pairs {
      hasher.combine(pair.key)
      hasher.combine(pair.value)
    }
  }

  /// The value of that name; nil when there is none.
  public subscript(key: String) -> AttributeValue? {
    for pair in pairs where pair.key == key { return pair.value }
    return nil
  }

  /// A copy with one value added or replaced.
  public func setting(_ key: String, _ value: AttributeValue) -> Attributes {
    Attributes(pairs.filter { $0.key != key } + [(key: key, value: value)])
  }

  private func missing(_ key: String, _ expected: String) -> TensorError {
    guard let value = self[key] else { return TensorError(.type, "needs the attribute '\(key)' (\(expected))") }
    return TensorError(.type, "the attribute '\(key)' must be \(expected), not \(value)")
  }

  /// The whole number of that name.
  /// - Throws: `.type` when it is missing or another kind of value; so for all readers below.
  public func int(_ key: String) throws(TensorError) -> Int {
    switch self[key] {
    case .int(let value): return value
    default: throw missing(key, "an integer")
    }
  }

  /// The whole numbers of that name; a single one counts as a list.
  public func ints(_ key: String) throws(TensorError) -> [Int] {
    switch self[key] {
    case .ints(let values): return values
    case .int(let value): return [value]
    default: throw missing(key, "integers")
    }
  }

  /// The number of that name.
  public func double(_ key: String) throws(TensorError) -> Double {
    switch self[key] {
    case .double(let value): return value
    case .int(let value): return Double(value)
    case .bool(let value): return value ? 1 : 0
    default: throw missing(key, "a number")
    }
  }

  /// The truth value of that name.
  public func bool(_ key: String) throws(TensorError) -> Bool {
    switch self[key] {
    case .bool(let value): return value
    case .int(let value): return value != 0
    default: throw missing(key, "true or false")
    }
  }

  /// The text of that name.
  public func text(_ key: String) throws(TensorError) -> String {
    switch self[key] {
    case .string(let value): return value
    default: throw missing(key, "a text")
    }
  }

  /// The element type of that name, also by its own name.
  public func dtype(_ key: String) throws(TensorError) -> DType {
    switch self[key] {
    case .dtype(let value): return value
    case .string(let name):
      guard let value = DType(name: name) else { throw missing(key, "a dtype") }
      return value
    default: throw missing(key, "a dtype")
    }
  }

  /// As `int(_:)`, or `value` when there is none.
  public func int(_ key: String, default value: Int) throws(TensorError) -> Int {
    self[key] == nil ? value : try int(key)
  }
  /// As `ints(_:)`, or `value` when there is none.
  public func ints(_ key: String, default value: [Int]) throws(TensorError) -> [Int] {
    self[key] == nil ? value : try ints(key)
  }
  /// As `double(_:)`, or `value` when there is none.
  public func double(_ key: String, default value: Double) throws(TensorError) -> Double {
    self[key] == nil ? value : try double(key)
  }
  /// As `bool(_:)`, or `value` when there is none.
  public func bool(_ key: String, default value: Bool) throws(TensorError) -> Bool {
    self[key] == nil ? value : try bool(key)
  }
  /// As `text(_:)`, or `value` when there is none.
  public func text(_ key: String, default value: String) throws(TensorError) -> String {
    self[key] == nil ? value : try text(key)
  }
  /// As `dtype(_:)`, or `value` when there is none.
  public func dtype(_ key: String, default value: DType) throws(TensorError) -> DType {
    self[key] == nil ? value : try dtype(key)
  }
}
