import SwiftGANCore

/// A place in the tree of parameter names: layers make their parameters in one, and a subscript goes one level down.
///
/// ```swift
/// let scope = Scope(ParameterStore(seed: 1))
/// let hidden = try Dense(2, 64, in: scope["fc1"])   // makes fc1.weight and fc1.bias
/// ```
public struct Scope: Sendable {
  /// Where the parameters go.
  public let store: ParameterStore
  /// Dotted path of this place; empty at the root.
  public let path: String
  /// Element type of the parameters made here.
  public let dtype: DType

  /// Networks that specifications made here can name as `{"part": index}`: their layers become part of what is made, with
  /// their parameters shared, not copied.
  public let parts: [Network]

  /// The root of a store.
  /// - Parameter dtype: `float32`, or `float64` for checks.
  public init(_ store: ParameterStore, dtype: DType = .float32, parts: [Network] = []) {
    self.init(store, path: "", dtype: dtype, parts: parts)
  }

  private init(_ store: ParameterStore, path: String, dtype: DType, parts: [Network]) {
    self.store = store
    self.path = path
    self.dtype = dtype
    self.parts = parts
  }

  /// The layer of a part, whose parameters the store takes in at this place.
  /// - Throws: `.value` when there is no such part or its parameters' names are taken.
  func part(_ index: Int) throws -> any Layer {
    guard parts.indices.contains(index) else {
      throw TensorError(.value, "there is no part \(index); \(parts.count) layers were given as parts")
    }
    try store.adopt(parts[index].store, at: path)
    return parts[index].layer
  }

  /// The place of that name below this one.
  public subscript(name: String) -> Scope { Scope(store, path: joined(name), dtype: dtype, parts: parts) }

  /// The same place, for parameters of another element type.
  public func with(dtype: DType) -> Scope { Scope(store, path: path, dtype: dtype, parts: parts) }

  /// The place number `index` below this one: layers of a list are called `0`, `1`, ...
  public subscript(index: Int) -> Scope { self[String(index)] }

  /// Makes, names and registers a trainable parameter.
  /// - Parameters:
  ///   - name: one name without dots, unique here, such as `weight`.
  ///   - fan: how many inputs and outputs each element connects; nil derives it from the shape (last axis: outputs).
  ///   - outputAxis: which axis counts the outputs of the linear map that the parameter is; nil for what is none. What has
  ///     fewer than two axes never is.
  /// - Throws: `.value` for a bad or taken name or a dtype that is no float; `.shape` or `.memory` for a shape that
  ///   cannot be made.
  public func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, fan: Fan? = nil, outputAxis: Int? = -1
  ) throws -> Parameter {
    let axis = outputAxis.map { $0 < 0 ? $0 + shape.count : $0 }
    return try make(
      name, shape, initializer, fan: fan, isTrainable: true, outputAxis: shape.count > 1 ? axis : nil)
  }

  /// Makes, names and registers a buffer: saved with the network, but left alone by optimisers. Throws as
  /// ``parameter(_:_:_:fan:)``.
  public func buffer(_ name: String, _ shape: [Int], _ initializer: Initializer) throws -> Parameter {
    try make(name, shape, initializer, fan: nil, isTrainable: false, outputAxis: nil)
  }

  private func make(
    _ name: String, _ shape: [Int], _ initializer: Initializer, fan: Fan?, isTrainable: Bool, outputAxis: Int?
  ) throws -> Parameter {
    let full = joined(name)
    guard full.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
      !full.split(separator: ".", omittingEmptySubsequences: false)
        .contains(where: \.isEmpty)
    else {
      throw TensorError(
        .value, "'\(full)' is no name for a parameter: its parts, joined by dots, must not be empty or hold spaces")
    }
    guard dtype.isFloat else {
      throw TensorError(.type, "parameters are float32 or float64, not \(dtype)")
    }
    do {
      let value = try initializer(shape, fan: fan ?? Fan(shape: shape), key: store.random.next(), dtype: dtype)
      let parameter = Parameter(name: full, value: value, isTrainable: isTrainable, outputAxis: outputAxis)
      try store.insert(parameter)
      return parameter
    } catch let error as TensorError {
      throw error.prefixed("parameter '\(full)'")
    }
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
}
