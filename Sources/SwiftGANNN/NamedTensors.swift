import SwiftGANCore

/// Tensors by name, in order: the state of a network or an optimiser, and the content of a file.
public struct NamedTensors: Sendable {
  private var entries: [(name: String, tensor: Tensor)] = []
  private var positions: [String: Int] = [:]

  /// No tensors.
  public init() {}

  /// Number of tensors.
  public var count: Int { entries.count }
  /// The names in order.
  public var names: [String] { entries.map(\.name) }

  /// Reads, replaces, appends, or (given nil) removes a tensor.
  public subscript(name: String) -> Tensor? {
    get { positions[name].map { entries[$0].tensor } }
    set {
      switch (positions[name], newValue) {
      case (let position?, let tensor?): entries[position].tensor = tensor
      case (nil, let tensor?):
        positions[name] = entries.count
        entries.append((name, tensor))
      case (let position?, nil):
        entries.remove(at: position)
        positions[name] = nil
        for index in position..<entries.count { positions[entries[index].name] = index }
      case (nil, nil): break
      }
    }
  }

  /// The tensors whose name begins with `prefix`, without it: `generator.` gives one network of several in a file.
  public func under(_ prefix: String) -> NamedTensors {
    var result = NamedTensors()
    for (name, tensor) in entries where name.hasPrefix(prefix) { result[String(name.dropFirst(prefix.count))] = tensor }
    return result
  }

  /// Adds all tensors of another list, each name with `prefix` before it.
  public mutating func merge(_ other: NamedTensors, prefix: String = "") {
    for (name, tensor) in other { self[prefix + name] = tensor }
  }

  /// Throws unless names, shapes and kinds of numbers are those of `expected`; the message lists all that is wrong.
  func check(fits expected: NamedTensors, of owner: String) throws {
    let missing = expected.names.filter { self[$0] == nil }
    let unexpected = names.filter { expected[$0] == nil }
    var mismatched: [String] = []
    for (name, wanted) in expected {
      guard let given = self[name] else { continue }
      try given.checked()
      if given.shape != wanted.shape {
        mismatched.append(
          "\(name) has shape \(describe(shape: given.shape)) where \(describe(shape: wanted.shape)) is expected")
      } else if given.dtype.isFloat != wanted.dtype.isFloat {
        mismatched.append("\(name) has type \(given.dtype) where \(wanted.dtype) is expected")
      }
    }
    var faults: [String] = []
    if !missing.isEmpty { faults.append("missing: \(missing.joined(separator: ", "))") }
    if !unexpected.isEmpty { faults.append("unexpected: \(unexpected.joined(separator: ", "))") }
    if !mismatched.isEmpty { faults.append("mismatched: \(mismatched.joined(separator: ", "))") }
    if !faults.isEmpty {
      throw TensorError(.value, "\(owner): the state does not fit; \(faults.joined(separator: "; "))")
    }
  }
}

extension NamedTensors: Sequence {
  /// Names and tensors in order.
  public func makeIterator() -> IndexingIterator<[(name: String, tensor: Tensor)]> { entries.makeIterator() }
}

extension Tensor {
  /// A copy in memory of its own, known to no gradient.
  func copied(as dtype: DType) throws -> Tensor {
    let source = try detached().cast(to: dtype).checked()
    return try source.withUnsafeBytes { bytes in
      try Tensor(copying: bytes.baseAddress, byteCount: bytes.count, shape: source.shape, dtype: dtype).checked()
    }
  }
}
