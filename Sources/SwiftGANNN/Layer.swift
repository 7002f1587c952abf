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
///
/// A layer may take further inputs by name ("mask", "labels", "hidden", ...) and give further outputs. It then states
/// their names and computes all of it in ``outputs(_:_:)``:
///
/// ```swift
/// let y = recurrent(x, ["mask": mask])                       // the first output
/// let all = recurrent.outputs(x, ["mask": mask])             // [y, hidden], in the order of outputNames
/// ```
public protocol Layer: Sendable {
  /// The output for input `x`, without further inputs. What shape and type are expected and given is said by each layer.
  func callAsFunction(_ x: Tensor) -> Tensor

  /// The further inputs that the layer takes by name; none by default.
  var inputNames: [String] { get }

  /// Those of ``inputNames`` that must be given; none by default.
  var requiredInputNames: [String] { get }

  /// The outputs after the first; none by default.
  var outputNames: [String] { get }

  /// All outputs for input `x` and further inputs by name: the first, then those of ``outputNames``. On an error all
  /// carry it: a name that the layer does not know, or a required one that is missing, is a `.type`.
  func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor]
}

extension Layer {
  /// None.
  public var inputNames: [String] { [] }
  /// None.
  public var requiredInputNames: [String] { [] }
  /// None.
  public var outputNames: [String] { [] }

  /// The one output of a layer without further inputs and outputs.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    do throws(TensorError) { try checkInputs(further) } catch { return failed(error.prefixed("\(type(of: self))")) }
    return [self(x)]
  }

  /// The first output for input `x` and further inputs by name.
  public func callAsFunction(_ x: Tensor, _ further: [String: Tensor]) -> Tensor {
    outputs(x, further).first ?? .failed(TensorError(.state, "\(type(of: self)) gave no output"))
  }

  /// Throws the error that a further input carries, `.type` for one that the layer does not know, and `.type` for a
  /// required one that is missing.
  public func checkInputs(_ further: [String: Tensor]) throws(TensorError) {
    let known = inputNames
    for name in further.keys.sorted() {
      guard known.contains(name) else { throw unknownInput(name, among: known) }
      try further[name]?.checked()
    }
    for name in requiredInputNames where further[name] == nil {
      throw TensorError(.type, "the further input '\(name)' is missing; it must be given by name")
    }
  }

  /// The error as each of the layer's outputs.
  public func failed(_ error: TensorError) -> [Tensor] {
    [Tensor](repeating: .failed(error), count: 1 + outputNames.count)
  }
}

/// Where a layer stands, for its messages: `fc1 (dense)`.
struct LayerLabel: Sendable {
  let text: String

  init(_ name: String, _ scope: Scope?) {
    let path = scope?.path ?? ""
    text = path.isEmpty ? name : "\(path) (\(name))"
  }

  init(text: String) { self.text = text }

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

  /// What `body` makes of good inputs: all outputs of `layer`. An error that arises there is said to be this layer's.
  func run(
    _ layer: some Layer, _ x: Tensor, _ further: [String: Tensor], _ body: (Tensor) throws -> [Tensor]
  ) -> [Tensor] {
    if let error = x.error { return layer.failed(error) }
    do {
      try layer.checkInputs(further)
      let outputs = try body(x)
      for output in outputs { try output.checked() }
      return outputs
    } catch let error as TensorError {
      return layer.failed(error.prefixed(text))
    } catch {
      return layer.failed(TensorError(.state, "\(text): \(error)"))
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
