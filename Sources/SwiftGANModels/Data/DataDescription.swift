import SwiftGANCore

/// How the user says what range the data lie in.
public enum DataRange: Sendable, Equatable {
  /// Find out; see ``DataDescription``.
  case auto
  /// The values lie in this interval.
  case interval(ClosedRange<Double>)
  /// Vectors whose features are given mean 0 and standard deviation 1.
  case standardize
  /// The values are used as they are.
  case raw

  /// The range that an option gives: `"auto"`, `"standardize"`, `"raw"` or `[low, high]`.
  /// - Throws: `TensorError` (`.value`) saying what is allowed.
  public init(json: JSON) throws {
    if let ends = json.arrayValue, ends.count == 2, let low = ends[0].doubleValue, let high = ends[1].doubleValue,
      low < high
    {
      self = .interval(low...high)
      return
    }
    switch json {
    case "auto": self = .auto
    case "standardize": self = .standardize
    case "raw": self = .raw
    default:
      throw TensorError(
        .value, "range must be 'auto', 'standardize', 'raw' or [low, high] with low < high, not \(json.text())")
    }
  }
}

/// The shape and the scale of a data set: all that networks must know of it, and all that turns samples back into data.
///
/// With `range` "auto":
/// - uint8 is taken to lie in [0, 255];
/// - floating-point images (rank 3 and 4) in [0, 1] or in [-1, 1] are taken for such, others are an error, which says the
///   range seen (no guess is better than a wrong one that silently compares reals in one range with fakes in another);
/// - vectors `[N, d]` of other types are standardized, feature by feature.
///
/// Data in an interval are mapped to the interval of the generator's output.
public struct DataDescription: Sendable, Equatable {
  /// The shape of one sample as the user gives it: `[H, W, C]`, `[H, W]` or `[d]`.
  public let sampleShape: [Int]
  /// Between the user's numbers and the networks'.
  public let scaling: DataScaling

  /// The shape of one sample as networks see it: `[H, W, C]` or `[d]`.
  public var networkShape: [Int] { sampleShape.count == 2 ? sampleShape + [1] : sampleShape }
  /// Whether samples are images rather than vectors.
  public var isImage: Bool { sampleShape.count > 1 }

  /// Looks at data and describes them.
  ///
  /// - Parameters:
  ///   - data: `[N, H, W, C]`, `[N, H, W]` or `[N, d]`.
  ///   - output: the interval of a bounded generator's output.
  /// - Throws: `TensorError`: `.shape` for another rank or an empty axis, `.value` for no samples, NaN, infinity or values
  ///   outside the range, `.type` for booleans.
  public init(of data: Tensor, range: DataRange = .auto, output: ClosedRange<Double> = -1...1) throws {
    try data.checked()
    let shape = describe(shape: data.shape)
    guard (2...4).contains(data.rank) else {
      throw TensorError(
        .shape,
        "the data must have shape (N, d), (N, H, W) or (N, H, W, C), not \(shape)"
          + (data.rank == 1 ? "; for one feature per sample reshape to (N, 1)" : ""))
    }
    guard data.dtype != .bool else {
      throw TensorError(.type, "the data are booleans; cast them to uint8 or a float type")
    }
    guard data.count > 0 else { throw TensorError(.value, "the data are empty: their shape is \(shape)") }
    sampleShape = Array(data.shape.dropFirst())
    scaling = try DataDescription.scaling(of: data, range, output)
  }

  private static func scaling(
    of data: Tensor, _ range: DataRange, _ output: ClosedRange<Double>
  ) throws -> DataScaling {
    if data.dtype == .uint8, range == .auto { return DataScaling(0...255, to: output, dtype: .uint8) }
    let seen = try DataSummary(data).range
    let scales = DataScaling.scales(of: data.dtype)
    switch range {
    case .raw:
      // Networks compute in float32, whatever the type of the data.
      guard max(-seen.lowerBound, seen.upperBound) <= DataScaling.scales(of: .float32).upperBound else {
        throw TensorError(
          .value,
          "the data hold values from \(text(seen.lowerBound)) to \(text(seen.upperBound)), too large to be used "
            + "as they are; rescale them or let the model do so with range='standardize' or [low, high]")
      }
      return .identity(dtype: data.dtype)
    case .interval(let allowed):
      guard scales.contains(allowed.upperBound - allowed.lowerBound) else {
        throw TensorError(
          .value,
          "range [\(text(allowed.lowerBound)), \(text(allowed.upperBound))]: \(data.dtype.name) data can be scaled "
            + "if their range is \(text(scales.lowerBound)) to \(text(scales.upperBound)) wide; rescale them")
      }
      try require(seen, within: allowed)
      return DataScaling(allowed, to: output, dtype: data.dtype)
    case .auto where data.rank > 2:
      for interval in [0.0...1.0, -1.0...1.0]
      where data.dtype.isFloat && interval.lowerBound <= seen.lowerBound && seen.upperBound <= interval.upperBound {
        return DataScaling(interval, to: output, dtype: data.dtype)
      }
      let (low, high) = (text(seen.lowerBound), text(seen.upperBound))
      throw TensorError(
        .value,
        "the images are \(data.dtype.name) with values from \(low) to \(high); floats in [0, 1] or [-1, 1] or uint8 "
          + "are understood: rescale them, or say what range they lie in, as in range=[\(low), \(high)]")
    case .auto, .standardize:
      guard data.rank == 2 else {
        throw TensorError(.value, "range 'standardize' is for vectors (N, d), not images; use [low, high]")
      }
      let features = try DataSummary.features(data)
      for (index, feature) in features.enumerated()
      where feature.deviation != 0 || feature.range.lowerBound < feature.range.upperBound {
        guard scales.contains(feature.deviation) else {
          throw TensorError(
            .value,
            "feature \(index) of the data (X[:, \(index)]) has values from \(text(feature.range.lowerBound)) to "
              + "\(text(feature.range.upperBound)); \(data.dtype.name) features can be standardized if their standard "
              + "deviation is \(text(scales.lowerBound)) to \(text(scales.upperBound)): rescale it")
        }
      }
      return DataScaling(
        standardizing: features.map(\.mean), deviation: features.map(\.deviation), dtype: data.dtype)
    }
  }

  private static func require(_ seen: ClosedRange<Double>, within allowed: ClosedRange<Double>) throws {
    guard allowed.lowerBound <= seen.lowerBound, seen.upperBound <= allowed.upperBound else {
      throw TensorError(
        .value,
        "the data hold values from \(text(seen.lowerBound)) to \(text(seen.upperBound)), outside their "
          + "range [\(text(allowed.lowerBound)), \(text(allowed.upperBound))]; rescale them, or give the range that they lie "
          + "in")
    }
  }

  private static func text(_ value: Double) -> String { JSON(value).text() }

  /// Throws unless `data` are of the described kind: samples of the same shape and type.
  public func check(_ data: Tensor) throws {
    try data.checked()
    guard Array(data.shape.dropFirst()) == sampleShape, data.rank > 0 else {
      let remedy =
        data.shape == sampleShape
        ? ", one sample without the axis of samples; make that \(describe(shape: [1] + sampleShape))" : ""
      throw TensorError(
        .shape,
        "the model was made for samples of shape \(describe(shape: sampleShape)); these data have shape "
          + "\(describe(shape: data.shape))\(remedy)")
    }
    guard data.dtype == scaling.dtype else {
      throw TensorError(
        .type, "the model was made for \(scaling.dtype.name) data, these are \(data.dtype.name); convert them first")
    }
  }

  /// Throws when a value of `data` is NaN or infinite, naming its row.
  public func checkFinite(_ data: Tensor) throws {
    if data.dtype.isFloat, data.count > 0 { _ = try DataSummary(data) }
  }

  /// Throws when a value of `data` is NaN or infinite, naming its row, or when values reach as far beyond the described
  /// range as that is wide: then they are of another range, such as 0 to 255 in place of 0 to 1. Data with some noise are
  /// good.
  public func checkPlausible(_ data: Tensor) throws {
    guard data.count > 0, data.dtype != .uint8 || scaling.bounds != 0...255 else { return }
    let seen = try DataSummary(data).range
    guard let bounds = scaling.bounds else { return }
    let width = bounds.upperBound - bounds.lowerBound
    guard seen.lowerBound <= bounds.lowerBound - width || seen.upperBound >= bounds.upperBound + width else { return }
    throw outside(bounds, seen)
  }

  /// Throws unless all values of `data`, which are of the described kind, are finite and in the described range: later
  /// data may be worse than the first, and one NaN ends all training.
  public func checkValues(_ data: Tensor) throws {
    guard data.count > 0, data.dtype != .uint8 || scaling.bounds != 0...255 else { return }
    let seen = try DataSummary(data).range
    guard let bounds = scaling.bounds, !(bounds.contains(seen.lowerBound) && bounds.contains(seen.upperBound)) else {
      return
    }
    throw outside(bounds, seen)
  }

  private func outside(_ bounds: ClosedRange<Double>, _ seen: ClosedRange<Double>) -> TensorError {
    func text(_ value: Double) -> String { DataDescription.text(value) }
    return TensorError(
      .value,
      "the data hold values from \(text(seen.lowerBound)) to \(text(seen.upperBound)), outside the range "
        + "[\(text(bounds.lowerBound)), \(text(bounds.upperBound))] of the data that the model was made for; rescale them as "
        + "those were")
  }

  /// The networks' samples `[n] + networkShape` as the user's data: own shape, range and type.
  public func userSamples(_ samples: Tensor) -> Tensor {
    scaling.userValues(samples.reshape([samples.shape.first ?? 0] + sampleShape))
  }

  /// The user's data `[n] + sampleShape` as the networks see them.
  public func internalSamples(_ samples: Tensor) -> Tensor {
    scaling.internalValues(samples.reshape([samples.shape.first ?? 0] + networkShape))
  }

  /// The networks' images as uint8 pixels of the same shape: the data's range, or where there is none that of these very
  /// images, stretched to 0...255.
  func pixels(_ images: Tensor) -> Tensor {
    var (low, high) = (images.min(), images.max())
    if let bounds = scaling.bounds {
      low = scaling.internalValues(Tensor(bounds.lowerBound, dtype: .float64))
      high = scaling.internalValues(Tensor(bounds.upperBound, dtype: .float64))
    }
    let span = Tensor.maximum(high - low, Tensor(1e-12))
    return ((images - low) * 255 / span).clip(min: 0, max: 255).round().cast(to: .uint8)
  }

  /// The description as JSON, for checkpoints.
  public var json: JSON { ["sample_shape": JSON(sampleShape), "scaling": scaling.json] }

  /// The description that ``json`` gives.
  /// - Throws: `TensorError` (`.io`) when the JSON gives none.
  public init(json: JSON) throws {
    guard let extents = json["sample_shape"]?.arrayValue?.map(\.intValue), (1...3).contains(extents.count),
      extents.allSatisfy({ ($0 ?? 0) > 0 }), let scaling = json["scaling"]
    else { throw TensorError(.io, "this is no description of data: \(json.text())") }
    self.sampleShape = extents.compactMap { $0 }
    self.scaling = try DataScaling(json: scaling)
  }
}
