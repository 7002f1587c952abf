/// An n-dimensional array: a value with a shape, an element type and, where gradients may flow, a memory of how it was
/// made.
///
/// Operations never throw and never trap: one that cannot be done gives a tensor that carries the error, and whatever is
/// computed from it carries the same error on. `checked()` turns it into a Swift error, and reading elements throws it.
///
/// ```swift
/// let x = Tensor([1, 2, 3] as [Float])
/// let y = (x * x).sum()
/// print(try y.item())  // 14.0
/// ```
public struct Tensor: Sendable {
  var node: Node

  init(node: Node) { self.node = node }

  /// Extents of the axes; empty for a scalar.
  public var shape: [Int] { node.layout.shape }
  /// Number of axes.
  public var rank: Int { node.layout.rank }
  /// Number of elements.
  public var count: Int { node.layout.count }
  /// Element type.
  public var dtype: DType { node.dtype }
  /// Steps between neighbours along each axis, in elements.
  public var strides: [Int] { node.layout.strides }
  /// The first error on the way to this tensor; nil for a good one.
  public var error: TensorError? { node.error }
  /// Whether gradients flow through this tensor (it descends from a `tracked()` leaf).
  public var isTracked: Bool { node.isTracked }
  /// Whether elements lie in row-major order without gaps.
  public var isContiguous: Bool { node.layout.isContiguous }
  /// Whether the memory must not be written through: borrowed as read-only, or broadcast.
  public var isReadOnly: Bool { (node.storage?.isReadOnly ?? true) || node.layout.repeatsElements }

  /// The address of element (0, ..., 0), for zero-copy export; nil on a failed tensor and while traced. Valid while the tensor lives.
  public var address: UnsafeMutableRawPointer? {
    guard let storage = node.storage, storage.variable == nil else { return nil }
    return storage.pointer + node.layout.offset * dtype.byteSize
  }

  /// This tensor, or the error that it carries.
  @discardableResult
  public func checked() throws(TensorError) -> Tensor {
    if let error { throw error }
    return self
  }

  /// A tensor that stands for an operation that could not be done.
  public static func failed(_ error: TensorError) -> Tensor { Tensor(node: Node(failed: error)) }

  /// A tensor made by `body`, or one that carries the error which `body` throws.
  static func catching(_ body: () throws -> Tensor) -> Tensor {
    do {
      return try body()
    } catch let error as TensorError {
      return .failed(error)
    } catch {
      return .failed(TensorError(.state, "\(error)"))
    }
  }
}

/// How a tensor was made: kept only while a gradient may ask.
final class Record {
  let primitive: Primitive
  let attributes: Attributes
  /// The precision of its products, which its gradient's have too; nil where it has none.
  let precision: MatmulPrecision?
  var inputs: [Tensor]

  init(
    _ primitive: Primitive, _ attributes: Attributes, _ inputs: [Tensor], _ precision: MatmulPrecision? = nil
  ) {
    self.primitive = primitive
    self.attributes = attributes
    self.precision = precision
    self.inputs = inputs
  }
}

/// The object behind a tensor. Immutable, but for the record, which is taken apart when the node dies.
final class Node: @unchecked Sendable {
  let storage: Storage?
  let layout: Layout
  let dtype: DType
  let error: TensorError?
  let isTracked: Bool
  private(set) var record: Record?

  init(storage: Storage, layout: Layout, dtype: DType, record: Record? = nil, isTracked: Bool = false) {
    self.storage = storage
    self.layout = layout
    self.dtype = dtype
    self.error = nil
    self.record = record
    self.isTracked = isTracked || record != nil
  }

  init(failed error: TensorError) {
    self.storage = nil
    self.layout = Layout(contiguous: [])
    self.dtype = .float32
    self.error = error
    self.record = nil
    self.isTracked = false
  }

  // A long chain of records would release node by node on the stack: 200,000 of them overflow it. So a dying node takes
  // the records of those that die with it and releases them in a loop.
  deinit {
    guard let record else { return }
    self.record = nil
    var dying = record.inputs
    record.inputs = []
    while var tensor = dying.popLast() {
      guard isKnownUniquelyReferenced(&tensor.node), let next = tensor.node.record else { continue }
      tensor.node.record = nil
      dying.append(contentsOf: next.inputs)
      next.inputs = []
    }
  }
}
