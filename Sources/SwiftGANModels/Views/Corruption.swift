import SwiftGANCore
import SwiftGANNN

/// How a denoising autoencoder's input is spoiled (Vincent et al. 2008 and 2010).
enum Corruption: String, CaseIterable {
  /// Not at all.
  case none
  /// Each value becomes 0 with probability `level`.
  case masking
  /// Normal noise with standard deviation `level` is added.
  case gaussian
  /// Each value becomes, with probability `level`, the lowest or the highest, at even odds.
  case saltAndPepper = "salt_and_pepper"

  /// The spoiled samples.
  /// - Parameter bounds: the lowest and highest value, for salt and pepper.
  func callAsFunction(_ samples: Tensor, level: Double, bounds: ClosedRange<Double>, key: RandomKey) -> Tensor {
    guard level > 0, samples.error == nil else { return samples }
    switch self {
    case .none: return samples
    case .masking:
      return samples * (Tensor.randomUniform(samples.shape, key: key) .>= level).cast(to: samples.dtype)
    case .gaussian: return samples + Tensor.randomNormal(samples.shape, key: key, std: level)
    case .saltAndPepper:
      let numbers = Tensor.randomUniform(samples.shape, key: key)
      let low = Tensor.full(bounds.lowerBound, samples.shape)
      let high = Tensor.full(bounds.upperBound, samples.shape)
      return .select(numbers .< level / 2, low, .select(numbers .< level, high, samples))
    }
  }

  /// The options that ask for it.
  static func options(_ kind: Corruption, level: Double) -> [OptionDescription] {
    [
      OptionDescription(
        "noise", .choice(allCases.map(\.rawValue)), default: JSON(kind.rawValue),
        "How training inputs are spoiled: values set to 0 (masking), normal noise (gaussian), or values set to the lowest "
          + "or highest (salt_and_pepper, for data in a range); none for a plain autoencoder."),
      OptionDescription(
        "noise_level", .number(.nonNegative), default: JSON(level),
        "The share of values that are spoiled, or the standard deviation of the noise in the networks' range."),
    ]
  }
}
