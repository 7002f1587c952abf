import SwiftGANCore

/// What one update sees of the data: named tensors whose first axis counts the samples.
public struct Batch: Sendable {
  /// The tensors by name; the first holds the real samples.
  public let columns: [(name: String, value: Tensor)]

  /// A batch of these tensors.
  /// - Throws: `TensorError`: `.value` when there is none, `.shape` when one has no first axis or their lengths differ, or
  ///   the error that a tensor carries.
  public init(_ columns: [(name: String, value: Tensor)]) throws {
    guard let first = columns.first else { throw TensorError(.value, "a batch needs at least one tensor") }
    for (name, value) in columns {
      try value.checked()
      guard let length = value.shape.first else {
        throw TensorError(.shape, "batch: '\(name)' is a scalar; its first axis must count the samples")
      }
      guard length == first.value.shape.first else {
        throw TensorError(
          .shape,
          "batch: '\(name)' has shape \(describe(shape: value.shape)) and '\(first.name)' "
            + "\(describe(shape: first.value.shape)); their first axes must agree")
      }
    }
    self.columns = columns
    self.real = first.value
    self.count = first.value.shape.first ?? 0
  }

  /// The real samples, `[count, ...]`.
  public let real: Tensor

  /// How many samples there are.
  public let count: Int

  /// The tensor of this name; nil when there is none.
  public subscript(name: String) -> Tensor? { columns.first { $0.name == name }?.value }
}

/// Where a trainer gets its minibatches.
///
/// A source is a sequence of epochs, each a sequence of batches, and says in `state` where it stands, so that training
/// resumes with the very next batch.
public protocol BatchSource: AnyObject {
  /// How many samples a batch holds.
  var batchSize: Int { get }
  /// How many passes through the data are complete.
  var epoch: Int { get }
  /// The next batch.
  func next() throws -> Batch
  /// Where the source stands.
  var state: JSON { get }
  /// Goes to where a state says.
  /// - Throws: `TensorError` (`.state`) when the state is of another kind of source or of other data; nothing has then
  ///   changed.
  func restore(_ state: JSON) throws
  /// A state at the start of the data in an order that a seed decides.
  func beginning(seed: UInt64) -> JSON
  /// Batches of other rows in place of the data's, brought to what networks see in the same way.
  /// - Throws: `TensorError` (`.state`) for a source that is more than data in memory; else as ``Dataset/with(_:)``.
  func heldOut(_ tensors: [Tensor]) throws -> any BatchSource
}

extension BatchSource {
  /// Where the source stands: it has no other order.
  public func beginning(seed: UInt64) -> JSON { state }
  /// None: only data in memory can be exchanged.
  public func heldOut(_ tensors: [Tensor]) throws -> any BatchSource {
    throw TensorError(.state, "held-out rows go with data in memory; this trainer has a source of its own")
  }
}
