import SwiftGANCore

/// Adds to each position of a sequence waves that tell where it is (Vaswani et al. 2017, section 3.5):
/// `sin(p / period^(2i/d))` to feature 2i and `cos(p / period^(2i/d))` to feature 2i + 1 of d.
///
/// Input and output (..., time, features). No parameters; sequences may have any length.
public struct PositionalEncoding: Layer {
  private let period: Double
  private let label: LayerLabel

  /// - Parameters:
  ///   - period: 2 pi times this is the longest wave.
  ///   - scope: only for messages.
  /// - Throws: `.value` for a period that is not above 0.
  public init(period: Double = 10000, in scope: Scope? = nil) throws {
    label = LayerLabel("positional_encoding", scope)
    guard period > 0, period.isFinite else { throw label.error("max_period must be above 0, not \(period)") }
    self.period = period
  }

  /// `x` with the waves added.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.rank >= 2 else {
        throw TensorError(
          .shape, "expected an input (..., time, features), not one of shape \(describe(shape: x.shape))")
      }
      let dtype = x.dtype.isFloat ? x.dtype : .float32
      let (time, features) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
      // In float64, since sin and cos of large positions lose what their argument lost.
      let exponents = Tensor.arange(0, Double((features + 1) / 2), dtype: .float64) * (-2 / Double(max(features, 1)))
      let rates = Tensor.full(period, [], dtype: .float64).pow(exponents)
      let angles = Tensor.arange(0, Double(time), dtype: .float64).expandDims(at: 1) * rates
      let waves = Tensor.stack([angles.sin(), angles.cos()], axis: 2)
      let flat = waves.reshape([time, 2 * ((features + 1) / 2)]).sliced(axis: 1, to: features)
      return x + flat.cast(to: dtype)
    }
  }

  static let registration = LayerRegistration(
    "positional_encoding", "Adds sines and cosines of the position (Vaswani et al. 2017) to (..., time, features).",
    options: [
      OptionDescription(
        "max_period", .number(.positive), default: 10000, "2 pi times this is the longest wave, in positions.")
    ]
  ) { options, scope in try PositionalEncoding(period: options.double("max_period"), in: scope) }
}

/// Adds to each position of a sequence a vector of its own that is learned.
///
/// Input and output (..., time, features) with at most `max_length` positions. Parameter: `weight` (max_length, features),
/// starting as N(0, 0.02^2).
public struct LearnedPositionalEncoding: Layer {
  /// The vectors, (max_length, features).
  public let weight: Parameter
  private let length: Int
  private let features: Int
  private let label: LayerLabel

  /// Vectors of `features` for up to `length` positions.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ length: Int, _ features: Int, weight initializer: Initializer = .normal(std: 0.02), in scope: Scope
  ) throws {
    label = LayerLabel("learned_positional_encoding", scope)
    try label.require("max_length", length)
    try label.require("features", features)
    self.length = length
    self.features = features
    weight = try scope.parameter("weight", [length, features], initializer, outputAxis: nil)
  }

  /// `x` with the positions' vectors added.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(features, of: "features", in: x, rank: 2...Int.max)
      let time = x.shape[x.rank - 2]
      guard time <= length else {
        throw TensorError(
          .shape,
          "expected at most max_length = \(length) positions, not an input of shape \(describe(shape: x.shape))")
      }
      return x + weight.value.sliced(axis: 0, to: time)
    }
  }

  static let registration = LayerRegistration(
    "learned_positional_encoding", "Adds to each position of (..., time, features) a learned vector.",
    options: [
      OptionDescription("max_length", .integer(), "Positions that have a vector."), .features,
      OptionDescription(
        "weight_init", .initializer, default: ["name": "normal", "std": 0.02], "First value of the vectors."),
    ]
  ) { options, scope in
    try LearnedPositionalEncoding(
      options.int("max_length"), options.int("features"), weight: options.initializer("weight_init"), in: scope)
  }
}
