import SwiftGANCore

// What the normalisations share.

/// `y * weight + bias`, where there are such.
func affine(_ y: Tensor, _ weight: Parameter?, _ bias: Parameter?) -> Tensor {
  let scaled = weight.map { y * $0.value } ?? y
  return bias.map { scaled + $0.value } ?? scaled
}

extension LayerLabel {
  /// Throws unless epsilon is above 0.
  func requirePositive(epsilon: Double) throws {
    guard epsilon > 0, epsilon.isFinite else { throw error("epsilon must be above 0, not \(epsilon)") }
  }
}

extension OptionDescription {
  static func features(_ summary: String = "Extent of the last axis.") -> OptionDescription {
    OptionDescription("features", .integer(), summary)
  }

  static func epsilon(_ value: JSON = 1e-5) -> OptionDescription {
    OptionDescription("epsilon", .number(.positive), default: value, "Added to the variance under the root.")
  }

  static func affine(_ value: JSON = true) -> OptionDescription {
    OptionDescription("affine", .boolean, default: value, "Whether there are a weight and a bias.")
  }
}
