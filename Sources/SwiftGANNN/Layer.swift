import SwiftGANCore

/// A function of one tensor that may own parameters.
///
/// Layers are structs made in a ``Scope``, and called like functions. They never throw when called: what does not fit
/// gives a tensor that carries the error, naming the layer.
///
/// ```swift
/// struct Residual: Layer {
///   let inner: Sequential
///   func callAsFunction(_ x: Tensor) -> Tensor { x + inner(x) }
/// }
/// ```
public protocol Layer: Sendable {
  /// The output for input `x`. What shape and type are expected and given is said by each layer.
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// Where a layer stands, for its messages: `fc1 (dense)`.
struct LayerLabel: Sendable {
  let text: String

  init(_ name: String, _ scope: Scope?) {
    let path = scope?.path ?? ""
    text = path.isEmpty ? name : "\(path) (\(name))"
  }

  /// A tensor that carries an error of this layer.
  func failure(_ kind: TensorError.Kind, _ message: String) -> Tensor {
    .failed(TensorError(kind, "\(text): \(message)"))
  }

  /// An error to throw while the layer is made.
  func error(_ message: String) -> TensorError { TensorError(.value, "\(text): \(message)") }

  /// Throws unless `value` is at least `minimum` and small enough for a size.
  func require(_ name: String, _ value: Int, atLeast minimum: Int = 1) throws {
    guard value >= minimum, value <= OptionKind.largestSize else {
      throw error("\(name) must be a whole number from \(minimum) to \(OptionKind.largestSize), not \(value)")
    }
  }

  /// What `body` makes of a good `x`; an error that arises there is said to be this layer's.
  func run(_ x: Tensor, _ body: (Tensor) throws -> Tensor) -> Tensor {
    if x.error != nil { return x }
    do {
      return try body(x).checked()
    } catch let error as TensorError {
      return .failed(error.prefixed(text))
    } catch {
      return failure(.state, "\(error)")
    }
  }

  /// Throws unless the last axis of `x` has this extent and there are enough axes.
  func requireLast(_ extent: Int, of what: String, in x: Tensor, rank: ClosedRange<Int>) throws {
    guard rank.contains(x.rank), x.shape.last == extent else {
      let axes =
        rank.lowerBound == rank.upperBound ? "\(rank.lowerBound) axes" : "at least \(rank.lowerBound) axes"
      throw TensorError(
        .shape,
        "expected an input with \(axes), the last of \(extent) \(what), not one of shape \(describe(shape: x.shape))")
    }
  }
}
