import SwiftGANCore
import SwiftGANNN

/// How numbers in [0, 1] become 0 or 1 for models of binary data.
public enum Binarization: String, Sendable, CaseIterable {
  /// They are used as they are: binary data, or probabilities where the model allows them.
  case none
  /// Above one half is 1.
  case threshold
  /// 1 with that probability, drawn anew each time (Salakhutdinov and Murray 2008).
  case stochastic

  /// The rows as the model sees them.
  public func callAsFunction(_ x: Tensor, key: RandomKey) -> Tensor {
    switch self {
    case .none: x
    case .threshold: (x .> 0.5).cast(to: x.dtype)
    case .stochastic: (Tensor.randomUniform(x.shape, key: key, dtype: x.dtype) .< x).cast(to: x.dtype)
    }
  }

  /// The rows where nothing is drawn: numbers that would be drawn from stand for their own probabilities.
  public func expected(_ x: Tensor) -> Tensor { self == .threshold ? (x .> 0.5).cast(to: x.dtype) : x }

  /// The option `binarize`.
  static func option(_ summary: String) -> OptionDescription {
    OptionDescription("binarize", .choice(allCases.map(\.rawValue)), default: "none", summary)
  }
}

extension Options {
  /// The value of the option `binarize`.
  func binarization() throws -> Binarization { Binarization(rawValue: try string("binarize")) ?? .none }
}

extension DataRange {
  /// The range of data for a model of numbers in [0, 1]: what is given, or where that is `auto` [0, 255] for pixels
  /// (uint8 above 1) and [0, 1] for all else.
  /// - Throws: `TensorError` (`.value`) for other data, saying what to do.
  static func unit(_ given: JSON, _ data: Tensor) throws -> DataRange {
    let range = try DataRange(json: given)
    // Data that are no data at all are refused where they are described.
    guard range == .auto, try data.checked().count > 0, data.dtype != .bool else { return range }
    let seen = try DataSummary(data).range
    if data.dtype == .uint8, seen.upperBound > 1 { return .auto }
    guard seen.lowerBound >= 0, seen.upperBound <= 1 else {
      let (low, high) = (JSON(seen.lowerBound).text(), JSON(seen.upperBound).text())
      throw TensorError(
        .value,
        "the data hold values from \(low) to \(high), but the model is one of numbers in [0, 1]: rescale them, or "
          + "say what range they lie in, as in range=[\(low), \(high)]")
    }
    return .interval(0...1)
  }
}
