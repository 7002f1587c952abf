import SwiftGANCore

/// Layers one after the other.
///
/// ```swift
/// let scope = Scope(ParameterStore(seed: 1))
/// let critic = try Sequential(Dense(2, 64, in: scope["0"]), LeakyReLU(), Dense(64, 1, in: scope["2"]))
/// ```
public struct Sequential: Layer {
  /// The layers in the order of their application.
  public let layers: [any Layer]

  /// Layers in the order of their application; none gives the identity.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Layers in the order of their application.
  public init(_ layers: any Layer...) { self.layers = layers }

  /// What the last layer makes of what the others made of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }

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
  static let layers: OptionKind = OptionKind("layers", allowed: "a list of layers") { value in
    guard let list = value.arrayValue else { return .wrongType }
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
