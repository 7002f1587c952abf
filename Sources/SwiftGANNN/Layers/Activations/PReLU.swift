import SwiftGANCore

/// `x` where positive, else `weight * x` with a slope that is learned (He et al. 2015).
///
/// Input and output (..., features). Parameter: `weight`, one slope for all (shape (1)) or one for each feature.
///
/// ```swift
/// let layer = try PReLU(64, in: scope["act1"])
/// ```
public struct PReLU: Layer {
  /// The slopes of the negative side.
  public let weight: Parameter
  private let label: LayerLabel

  /// - Parameters:
  ///   - features: 1 for one slope in common, else the extent of the last axis.
  ///   - slope: first value of the slopes.
  /// - Throws: `.value` for a number below 1 or a taken name.
  public init(_ features: Int = 1, slope: Double = 0.25, in scope: Scope) throws {
    label = LayerLabel("prelu", scope)
    try label.require("features", features)
    weight = try scope.parameter("weight", [features], .constant(slope))
  }

  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      if weight.count > 1 { try label.requireLast(weight.count, of: "features", in: x, rank: 1...Int.max) }
      let scaled = x * weight.value
      return .select(x .> 0, x.cast(to: scaled.dtype), scaled)
    }
  }

  static let registration = LayerRegistration(
    "prelu", "x where positive, else weight * x with learned slopes (He et al. 2015).",
    options: [
      OptionDescription("features", .integer(), default: 1, "1 for one slope, else the extent of the last axis."),
      OptionDescription("slope", .number(), default: 0.25, "First value of the slopes."),
    ]
  ) { options, scope in try PReLU(options.int("features"), slope: options.double("slope"), in: scope) }
}
