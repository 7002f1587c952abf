/// A value that parametrises an operation beside its tensors.
public enum AttributeValue: Sendable, Equatable {
  case int(Int)
  case ints([Int])
  case double(Double)
  case bool(Bool)
  case dtype(DType)
  case string(String)
}

/// Named values of one application of an op: few, so a list searched in order.
public struct Attributes: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public private(set) var pairs: [(key: String, value: AttributeValue)]

  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    pairs = elements.map { (key: $0.0, value: $0.1) }
  }

  public init(_ pairs: [(key: String, value: AttributeValue)] = []) { self.pairs = pairs }

  public static func == (a: Attributes, b: Attributes) -> Bool {
    a.pairs.count == b.pairs.count && zip(a.pairs, b.pairs).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }

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

  public func int(_ key: String) throws(TensorError) -> Int {
    switch self[key] {
    case .int(let value): return value
    default: throw missing(key, "an integer")
    }
  }

  public func ints(_ key: String) throws(TensorError) -> [Int] {
    switch self[key] {
    case .ints(let values): return values
    case .int(let value): return [value]
    default: throw missing(key, "integers")
    }
  }

  public func double(_ key: String) throws(TensorError) -> Double {
    switch self[key] {
    case .double(let value): return value
    case .int(let value): return Double(value)
    case .bool(let value): return value ? 1 : 0
    default: throw missing(key, "a number")
    }
  }

  public func bool(_ key: String) throws(TensorError) -> Bool {
    switch self[key] {
    case .bool(let value): return value
    case .int(let value): return value != 0
    default: throw missing(key, "true or false")
    }
  }

  public func dtype(_ key: String) throws(TensorError) -> DType {
    switch self[key] {
    case .dtype(let value): return value
    case .string(let name):
      guard let value = DType(name: name) else { throw missing(key, "a dtype") }
      return value
    default: throw missing(key, "a dtype")
    }
  }

  public func int(_ key: String, default value: Int) throws(TensorError) -> Int { self[key] == nil ? value : try int(key) }
  public func ints(_ key: String, default value: [Int]) throws(TensorError) -> [Int] {
    self[key] == nil ? value : try ints(key)
  }
  public func double(_ key: String, default value: Double) throws(TensorError) -> Double {
    self[key] == nil ? value : try double(key)
  }
  public func bool(_ key: String, default value: Bool) throws(TensorError) -> Bool {
    self[key] == nil ? value : try bool(key)
  }
  public func dtype(_ key: String, default value: DType) throws(TensorError) -> DType {
    self[key] == nil ? value : try dtype(key)
  }
}
