/// What went wrong, and enough of it to mend the call: the offending value, what was expected, what to do.
public struct TensorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind decides the C status code and the Python exception.
  public enum Kind: String, Sendable, CaseIterable {
    case value, shape, type, index, memory, state, io, interrupted
  }

  /// What kind of thing went wrong.
  public let kind: Kind
  /// What, where, and what to do, in one sentence or two.
  public let message: String

  /// An error of this kind.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// The same error, said to come from `context` (an op, a layer, a file). A name of one word that the message begins with
  /// already, as when a layer is called like its op, is not said twice; places such as "layer 0" may be nested.
  public func prefixed(_ context: String) -> TensorError {
    if !context.contains(" "), message.hasPrefix("\(context): ") { return self }
    return TensorError(kind, "\(context): \(message)")
  }

  /// Whether the message has this text in it.
  package func mentions(_ text: String) -> Bool {
    // Not String.contains: for that one call the whole of Swift's regular expressions would be linked, a megabyte.
    let (whole, part) = (Array(message.utf8), Array(text.utf8))
    guard part.count <= whole.count else { return false }
    return (0...whole.count - part.count).contains { whole[$0...].starts(with: part) }
  }
}

/// A shape as Python writes it: `(2, 3)`, `(5,)`, `()`.
public func describe(shape: [Int]) -> String {
  if shape.count == 1 { return "(\(shape[0]),)" }
  return "(" + shape.map(String.init).joined(separator: ", ") + ")"
}
