import SwiftGANCore

// Weights whose variance keeps the size of signals (and gradients) the same from layer to layer. A uniform distribution
// on [-a, a] has variance a^2 / 3, hence the factor 3 under the root of the uniform forms.
extension Initializer {
  /// Uniform with variance 2 / (fan_in + fan_out) times gain^2 (Glorot and Bengio 2010, eq. 16). The default of dense and
  /// convolution layers.
  public static func glorotUniform(gain: Double = 1) -> Initializer {
    scaledUniform(["name": "glorot_uniform", "gain": JSON(gain)]) {
      gain * gain * 2 / (Double($0.input) + Double($0.output))
    }
  }

  /// Normal with variance 2 / (fan_in + fan_out) times gain^2 (Glorot and Bengio 2010, eq. 12).
  public static func glorotNormal(gain: Double = 1) -> Initializer {
    scaledNormal(["name": "glorot_normal", "gain": JSON(gain)]) {
      gain * gain * 2 / (Double($0.input) + Double($0.output))
    }
  }

  /// Uniform with variance 2 / ((1 + slope^2) fan_in): for layers followed by (leaky) ReLU (He et al. 2015, eq. 10, 15).
  /// - Parameter slope: of the leaky ReLU's negative side.
  public static func heUniform(slope: Double = 0) -> Initializer {
    scaledUniform(["name": "he_uniform", "slope": JSON(slope)]) { 2 / ((1 + slope * slope) * Double($0.input)) }
  }

  /// Normal with variance 2 / ((1 + slope^2) fan_in): for layers followed by (leaky) ReLU (He et al. 2015, eq. 10, 15).
  /// - Parameter slope: of the leaky ReLU's negative side.
  public static func heNormal(slope: Double = 0) -> Initializer {
    scaledNormal(["name": "he_normal", "slope": JSON(slope)]) { 2 / ((1 + slope * slope) * Double($0.input)) }
  }

  private static func scaledUniform(
    _ specification: JSON, variance: @escaping @Sendable (Fan) -> Double
  ) -> Initializer {
    Initializer(specification) {
      let limit = (3 * variance($0.fan)).squareRoot()
      return .randomUniform($0.shape, key: $0.key, low: -limit, high: limit, dtype: $0.dtype)
    }
  }

  private static func scaledNormal(
    _ specification: JSON, variance: @escaping @Sendable (Fan) -> Double
  ) -> Initializer {
    Initializer(specification) {
      .randomNormal($0.shape, key: $0.key, mean: 0, std: variance($0.fan).squareRoot(), dtype: $0.dtype)
    }
  }
}

private let gain = OptionDescription("gain", .number(.positive), default: 1, "Factor on the standard deviation.")
private let slope = OptionDescription(
  "slope", .number(.nonNegative), default: 0, "Slope of the leaky ReLU that follows; 0 for ReLU.")

let glorotUniformRegistration = Registration<Void, Initializer>(
  "glorot_uniform", "Uniform, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010).", options: [gain]
) { options, _ in .glorotUniform(gain: try options.double("gain")) }

let glorotNormalRegistration = Registration<Void, Initializer>(
  "glorot_normal", "Normal, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010).", options: [gain]
) { options, _ in .glorotNormal(gain: try options.double("gain")) }

let heUniformRegistration = Registration<Void, Initializer>(
  "he_uniform", "Uniform, variance 2 / fan_in, for ReLU (He et al. 2015).", options: [slope]
) { options, _ in .heUniform(slope: try options.double("slope")) }

let heNormalRegistration = Registration<Void, Initializer>(
  "he_normal", "Normal, variance 2 / fan_in, for ReLU (He et al. 2015).", options: [slope]
) { options, _ in .heNormal(slope: try options.double("slope")) }
