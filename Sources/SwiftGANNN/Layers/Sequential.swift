import SwiftGANCore

/// Layers one after the other.
///
/// A further input goes to every layer that names it, and the further outputs of all layers are the whole's. A name that
/// several layers have can also be said for one of them by its position ("0.hidden"), and their outputs are named so.
///
/// ```swift
/// let scope = Scope(ParameterStore(seed: 1))
/// let critic = try Sequential(Dense(2, 64, in: scope["0"]), LeakyReLU(), Dense(64, 1, in: scope["2"]))
/// ```
public struct Sequential: Layer {
  /// The layers in the order of their application.
  public var layers: [any Layer] { parts.layers }
  private let parts: LayerParts

  /// Layers in the order of their application; none gives the identity.
  public init(_ layers: [any Layer]) {
    parts = LayerParts(layers.enumerated().map { (String($0.offset), $0.element) })
  }

  /// Layers in the order of their application.
  public init(_ layers: any Layer...) { self.init(layers) }

  /// What the last layer makes of what the others made of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard let tap = FeatureTap.current else {
      return layers.indices.reduce(x) { output, index in parts.within(index) { layers[index](output) } }
    }
    tap.depth += 1
    defer { tap.depth -= 1 }
    return layers.indices.reduce(x) { output, index in
      let result = parts.within(index) { layers[index](output) }
      guard tap.depth == 1 else { return result }
      if index == layers.count - 1 { tap.beforeLast = output }
      return tap.visit?(index, result) ?? result
    }
  }

  /// All further inputs of the layers.
  public var inputNames: [String] { parts.inputNames }
  /// What any of the layers must be given.
  public var requiredInputNames: [String] { parts.requiredInputNames }
  /// All further outputs of the layers.
  public var outputNames: [String] { parts.outputNames }

  /// What the last layer makes of what the others made of `x`, and the further outputs of all.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    parts.run("sequential", self, further) { run in
      layers.indices.reduce(x) { run.apply($1, to: $0) }
    }
  }

  static let registration = LayerRegistration(
    "sequential", "Layers one after the other; their parameters are named 0, 1, ... by position.",
    options: [OptionDescription("layers", .layers, "The layers, each by name or as an object with its options.")]
  ) { options, scope in
    try Sequential(
      options.array("layers").enumerated().map { try LayerRegistry.shared.make($1, in: scope[$0]) })
  }
}

extension OptionKind {
  /// A list of layers, by name or with options.
  static let layers: OptionKind = OptionKind("layers", allowed: "a layer or a list of layers") { value in
    let list: [JSON]
    switch value {
    case .array(let several): list = several
    case .string, .object: list = [value]
    default: return .wrongType
    }
    return .good(
      .array(
        try list.enumerated().map { index, layer in
          do {
            return try LayerRegistry.shared.resolve(layer)
          } catch let error as TensorError {
            throw error.prefixed("layer \(index)")
          }
        }))
  }
}
