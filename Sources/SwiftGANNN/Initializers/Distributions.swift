import SwiftGANCore

extension Initializer {
  /// All zeros: the usual first bias.
  public static let zeros = constant(0)

  /// All ones: the usual first scale of a normalisation.
  public static let ones = constant(1)

  /// Every element `value`.
  public static func constant(_ value: Double) -> Initializer {
    Initializer(["name": "constant", "value": JSON(value)]) { .full(value, $0.shape, dtype: $0.dtype) }
  }

  /// Normal numbers; the default standard deviation is the one DCGAN starts all its weights from (Radford et al. 2016).
  public static func normal(mean: Double = 0, std: Double = 0.02) -> Initializer {
    Initializer(["name": "normal", "mean": JSON(mean), "std": JSON(std)]) {
      .randomNormal($0.shape, key: $0.key, mean: mean, std: std, dtype: $0.dtype)
    }
  }

  /// Uniform numbers in [low, high).
  public static func uniform(low: Double = -0.05, high: Double = 0.05) -> Initializer {
    Initializer(["name": "uniform", "low": JSON(low), "high": JSON(high)]) {
      .randomUniform($0.shape, key: $0.key, low: low, high: high, dtype: $0.dtype)
    }
  }
}

let zerosRegistration = Registration<Void, Initializer>("zeros", "All zeros.") { _, _ in .zeros }

let onesRegistration = Registration<Void, Initializer>("ones", "All ones.") { _, _ in .ones }

let constantRegistration = Registration<Void, Initializer>(
  "constant", "Every element the same value.",
  options: [OptionDescription("value", .number(), "The value.")]
) { options, _ in .constant(try options.double("value")) }

let normalRegistration = Registration<Void, Initializer>(
  "normal", "Normal numbers, as DCGAN starts its weights.",
  options: [
    OptionDescription("mean", .number(), default: 0, "The mean."),
    OptionDescription("std", .number(.nonNegative), default: 0.02, "The standard deviation."),
  ]
) { options, _ in .normal(mean: try options.double("mean"), std: try options.double("std")) }

let uniformRegistration = Registration<Void, Initializer>(
  "uniform", "Uniform numbers from low to high.",
  options: [
    OptionDescription("low", .number(), default: -0.05, "The lower end."),
    OptionDescription("high", .number(), default: 0.05, "The upper end, above low."),
  ]
) { options, _ in
  let low = try options.double("low")
  let high = try options.double("high")
  guard low < high else {
    throw TensorError(.value, "uniform: option 'high' (\(high)) must be above option 'low' (\(low))")
  }
  return .uniform(low: low, high: high)
}
