import SwiftGANCore

/// A layer with its parameters: what is trained, saved and sampled from.
///
/// ```swift
/// let generator = try Network(
///   ["name": "sequential", "layers": [
///     ["name": "dense", "in_features": 2, "out_features": 64], "relu",
///     ["name": "dense", "in_features": 64, "out_features": 2]]],
///   seed: 1)
/// let samples = generator(z)
/// ```
public final class Network: Sendable {
  /// The function.
  public let layer: any Layer
  /// Its parameters, mode and random numbers.
  public let store: ParameterStore
  /// JSON from which the same network can be built, with every default written out; nil for one built in code.
  public let specification: JSON?

  /// Builds the network that a specification describes.
  /// - Parameter parts: networks that exist, which the specification names as `{"part": 0}`, `{"part": 1}`, ... in the place
  ///   of layers. They become part of this one, shared, not copied.
  /// - Throws: `.value` or `.type`, naming what is wrong in the specification; `.memory` for sizes too large.
  public init(_ specification: JSON, seed: UInt64 = 0, dtype: DType = .float32, parts: [Network] = []) throws {
    let resolved = try LayerRegistry.shared.resolve(specification)
    store = ParameterStore(seed: seed)
    layer = try LayerRegistry.shared.make(resolved, in: Scope(store, dtype: dtype, parts: parts))
    self.specification = resolved.replacingParts(by: parts.map(\.specification))
  }

  let replay = NetworkReplay()

  /// Builds a network in code: `Network(seed: 1) { scope in try Dense(2, 64, in: scope["fc1"]) }`.
  /// - Parameter specification: JSON that describes the same network to ``LayerRegistry``, where there is one.
  public init(
    seed: UInt64 = 0, dtype: DType = .float32, specification: JSON? = nil, _ build: (Scope) throws -> any Layer
  ) throws {
    store = ParameterStore(seed: seed)
    layer = try build(Scope(store, dtype: dtype))
    self.specification = try specification.map { try LayerRegistry.shared.resolve($0) }
  }

  /// A network of a layer that exists, and the store that its parameters are in.
  public init(_ layer: any Layer, store: ParameterStore, specification: JSON? = nil) {
    self.layer = layer
    self.store = store
    self.specification = specification
  }

  /// The output for a batch.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    named { NetworkReplay.isWanted ? replay.outputs(layer, x, [:])?.first ?? layer(x) : layer(x) }
  }

  /// The first output for a batch and further inputs by name, such as `["labels": y]`.
  public func callAsFunction(_ x: Tensor, _ further: [String: Tensor]) -> Tensor {
    outputs(x, further).first ?? layer(x, further)
  }

  /// All outputs for a batch and further inputs by name: see ``Layer/outputs(_:_:)``.
  public func outputs(_ x: Tensor, _ further: [String: Tensor] = [:]) -> [Tensor] {
    named { (NetworkReplay.isWanted ? replay.outputs(layer, x, further) : nil) ?? layer.outputs(x, further) }
  }

  /// Runs `body` in the place that debugging and profiles call as the network is called, if it is.
  @inline(__always)
  func named<R>(_ body: () -> R) -> R {
    guard Place.isWatched, let label = store.label else { return body() }
    return Place.within(label, .layer, body)
  }

  /// All parameters and buffers in order.
  public var parameters: [Parameter] { store.parameters }

  /// The parameters that optimisers change.
  public var trainableParameters: [Parameter] { store.trainableParameters }

  /// Number of trainable numbers.
  public var parameterCount: Int { trainableParameters.reduce(0) { $0 + $1.count } }

  /// Whether layers behave as in training. Starts as true.
  public var isTraining: Bool {
    get { store.isTraining }
    set { store.isTraining = newValue }
  }

  /// Runs `body` with the network in evaluation mode on the current thread only.
  public func evaluating<Result>(_ body: () throws -> Result) rethrows -> Result {
    try store.withTraining(false, body)
  }

  // MARK: State

  /// The values of all parameters and buffers by name.
  public var state: NamedTensors {
    var named = NamedTensors()
    for parameter in parameters { named[parameter.name] = parameter.value.detached() }
    return named
  }

  /// Sets all values from a state; on an error all stay as they were. Values are copied.
  /// - Throws: `.value` listing all names that are missing, unexpected, or of another shape.
  public func restore(_ named: NamedTensors) throws {
    try named.check(fits: state, of: "network")
    let parameters = parameters
    let values = try parameters.map { parameter in
      try parameter.accepted(named[parameter.name] ?? parameter.value)
    }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
  }

  // MARK: Files

  private static let specificationKey = "swiftgan.network"

  /// Writes the state, and the specification as metadata, to a safetensors file; the write is atomic.
  /// - Throws: `.io` when the file cannot be written.
  public func save(to path: String, metadata: [String: String] = [:]) throws {
    var metadata = metadata
    if let specification { metadata[Network.specificationKey] = specification.text() }
    try Safetensors.write(state, metadata: metadata, to: path)
  }

  /// Sets all values from a safetensors file; on an error all stay as they were.
  /// - Throws: `.io` for a file that cannot be read or is no safetensors file; as ``restore(_:)``.
  public func load(from path: String) throws {
    let file = try Safetensors.read(path)
    do {
      try restore(file.tensors)
    } catch let error as TensorError {
      throw error.prefixed(JSON.quoted(path))
    }
  }

  /// Builds the network that a file describes, with the values in it.
  /// - Throws: `.io` for a file that cannot be read or was not made by ``save(to:metadata:)``; as ``restore(_:)``.
  public convenience init(contentsOf path: String, dtype: DType = .float32) throws {
    let file = try Safetensors.read(path)
    guard let text = file.metadata[Network.specificationKey] else {
      throw TensorError(
        .io,
        "\(JSON.quoted(path)) holds weights but does not describe a network; build the network and load the file into it"
      )
    }
    do {
      try self.init(JSON.parse(text), dtype: dtype)
      try restore(file.tensors)
    } catch let error as TensorError {
      throw error.prefixed(JSON.quoted(path))
    }
  }
}
