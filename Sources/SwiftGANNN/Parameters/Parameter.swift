import SwiftGANCore
import Synchronization

/// A named tensor that belongs to a network: a weight that training changes, or a buffer (such as a running mean) that
/// the network changes itself.
///
/// Reading and writing `value` is safe from several threads. Inside ``withParameters(_:setTo:_:)`` (and so inside
/// ``valueAndGrad(of:_:)``) the thread sees the values bound there, and other threads go on seeing the parameter's own.
public final class Parameter: Sendable {
  /// The dotted path under which the parameter is saved, such as `fc1.weight`. Unique in its store.
  public let name: String
  /// Whether optimisers change it; false for buffers.
  public let isTrainable: Bool
  /// The shape, which never changes.
  public let shape: [Int]
  /// The element type, which never changes.
  public let dtype: DType
  /// For the weight of a linear map, which axis counts its outputs: the last, but for transposed convolutions. Nil for what
  /// is no linear map, such as a bias or the scale of a normalisation. ``SpectralNorm`` and ``WeightNorm`` go by it.
  public let outputAxis: Int?
  private let cell: Cell

  /// Where the value is kept: one place for all names that a parameter has in different stores.
  private final class Cell: TracedState {
    let value: Mutex<Tensor>
    let stateName: String
    let birth = Tracing.identity

    init(_ value: Tensor, name: String) {
      self.value = Mutex(value)
      stateName = name
    }

    /// What a program reads and changes: the value bound around it, or the parameter's own.
    var heldValue: Tensor {
      get { ParameterBinding.value(of: identity) ?? value.withLock { $0 } }
      set { if !ParameterBinding.replace(identity, with: newValue) { value.withLock { $0 = newValue } } }
    }
  }

  init(name: String, value: Tensor, isTrainable: Bool, outputAxis: Int?) {
    self.name = name
    self.outputAxis = outputAxis
    self.isTrainable = isTrainable
    self.shape = value.shape
    self.dtype = value.dtype
    self.cell = Cell(value, name: name)
  }

  /// A parameter of one's own with a copy of `value`, for ``ParameterStore/adopt(_:as:)-(Parameter,_)``. Layers make
  /// theirs in a ``Scope``.
  /// - Throws: `TensorError`: the tensor's own error, or `.type` for a trainable parameter of integers or booleans.
  public convenience init(_ name: String, copying value: Tensor, isTrainable: Bool = true) throws {
    guard try value.checked().dtype.isFloat || !isTrainable else {
      throw TensorError(
        .type, "parameter '\(name)' is trainable, so it must be float32 or float64, not \(value.dtype)")
    }
    let outputAxis = isTrainable && value.rank > 1 ? value.rank - 1 : nil
    self.init(name: name, value: try value.copied(as: value.dtype), isTrainable: isTrainable, outputAxis: outputAxis)
  }

  /// Another name for the same parameter, in the store of a network that contains the parameter's own.
  init(name: String, sharing other: Parameter) {
    self.name = name
    self.isTrainable = other.isTrainable
    self.shape = other.shape
    self.dtype = other.dtype
    self.outputAxis = other.outputAxis
    self.cell = other.cell
  }

  /// What tells parameters apart: the same for all names of one parameter.
  public var identity: ObjectIdentifier { cell.identity }

  /// The value as the current thread sees it. A setter cannot throw: to set what comes from outside use ``assign(_:)``,
  /// which checks shape and type.
  public var value: Tensor {
    get {
      guard Tracing.isActive else { return cell.heldValue }
      return ParameterBinding.value(of: identity, inTrace: true) ?? Tracing.read(cell)
    }
    set {
      if !Tracing.isActive {
        cell.heldValue = newValue
      } else if !ParameterBinding.replace(identity, with: newValue, inTrace: true) {
        Tracing.write(cell, newValue)
      }
    }
  }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Sets the value to a copy of `tensor`, converted to the parameter's type, so that no memory is shared with the giver.
  /// - Throws: `TensorError`: the tensor's own error, or `.shape` when its shape is another one.
  public func assign(_ tensor: Tensor) throws {
    value = try accepted(tensor)
  }

  /// The copy of `tensor` that `assign` would store.
  func accepted(_ tensor: Tensor) throws -> Tensor {
    try tensor.checked()
    guard tensor.shape == shape else {
      throw TensorError(
        .shape,
        "parameter '\(name)' has shape \(describe(shape: shape)); a tensor of shape \(describe(shape: tensor.shape)) "
          + "does not fit")
    }
    // While a function is traced the copy is one of its steps: a replay sets the parameter as the function did.
    if tensor.isTraced {
      guard let copy = Primitive.find("copy") else { throw TensorError(.state, "there is no primitive 'copy'") }
      return try apply(copy, [tensor.detached().cast(to: dtype)]).checked()
    }
    return try tensor.copied(as: dtype)
  }
}
