import SwiftGANCore

/// Trains the length and the direction of weights apart: `w = g v / |v|` for each output (Salimans and Kingma 2016, eq. 2).
///
/// The layer's parameter `weight` is the direction v; beside it is `weight_g` (outputs), the length, which starts as |v|, so
/// that wrapping a layer does not change it.
///
/// ```swift
/// let layer = try WeightNorm(in: scope["fc1"]) { try Dense(2, 64, in: $0) }
/// ```
public struct WeightNorm: LayerWrapper {
  /// The layer that does the work.
  public let wrapped: any Layer

  /// Wraps the layer that `build` makes; of a network of layers, all weights inside.
  /// - Throws: `.value` for a layer without weights; what `build` throws.
  public init(in scope: Scope, _ build: (Scope) throws -> any Layer) throws {
    wrapped = try Reparameterized("weight_norm", in: scope, build) { weight, scope in
      let outputAxis = weight.outputAxis ?? weight.shape.count - 1
      let axes = weight.shape.indices.filter { $0 != outputAxis }
      let shape = weight.shape.indices.map { $0 == outputAxis ? weight.shape[$0] : 1 }
      try scope.requireFirst("weight_norm", around: weight, known: "\(weight.leafName)_g")
      let length = try scope.parameter("\(weight.leafName)_g", [weight.fan.output], .ones)
      length.value = try weight.value.square().sum(axes: axes).sqrt().checked()
      return { v in
        // A direction of zeros stays one.
        let squared = Tensor.maximum(v.square().sum(axes: axes, keepDims: true), 1e-30)
        return v * (length.value.reshape(shape) * squared.rsqrt())
      }
    }
  }

  static let registration = LayerRegistration(
    "weight_norm", "Trains the length and the direction of a layer's weights apart (Salimans and Kingma 2016).",
    options: [.wrappedLayer]
  ) { options, scope in
    try WeightNorm(in: scope) { try LayerRegistry.shared.make(options.json("layer"), in: $0) }
  }
}
