import SwiftGANCore

/// The equalised learning rate (Karras et al. 2018, section 4.1): weights are stored at unit scale and multiplied by He's
/// constant `gain / sqrt(inputs)` when they are used, so that Adam moves all of them at one speed.
///
/// The stored weights start as the layer's first weights divided by the constant: wrapping a layer does not change what it
/// computes at first. With He-normal weights they start as N(0, 1), as in the paper.
///
/// ```swift
/// let layer = try EqualizedLearningRate(in: scope["conv1"]) {
///   try Conv2D(16, 32, kernel: 3, padding: .same, weight: .heNormal(), in: $0)
/// }
/// ```
public struct EqualizedLearningRate: LayerWrapper {
  /// The layer that does the work.
  public let wrapped: any Layer

  /// Wraps the layer that `build` makes; of a network of layers, all weights inside.
  /// - Parameter gain: the square root of 2 suits ReLU and its kin.
  /// - Throws: `.value` for a gain that is not above 0 or a layer without weights; what `build` throws.
  public init(gain: Double = 1.4142135623730951, in scope: Scope, _ build: (Scope) throws -> any Layer) throws {
    guard gain > 0, gain.isFinite else {
      throw LayerLabel("equalized_learning_rate", scope).error("gain must be above 0, not \(gain)")
    }
    wrapped = try Reparameterized("equalized_learning_rate", in: scope, build) { weight, _ in
      let scale = gain / Double(max(weight.fan.input, 1)).squareRoot()
      weight.value = try (weight.value * (1 / scale)).checked()
      return { $0 * scale }
    }
  }

  static let registration = LayerRegistration(
    "equalized_learning_rate", "Scales a layer's weights by He's constant at run time (Karras et al. 2018).",
    options: [
      .wrappedLayer,
      OptionDescription("gain", .number(.positive), default: 1.4142135623730951, "Factor; sqrt(2) suits ReLU."),
    ]
  ) { options, scope in
    try EqualizedLearningRate(gain: options.double("gain"), in: scope) {
      try LayerRegistry.shared.make(options.json("layer"), in: $0)
    }
  }
}
