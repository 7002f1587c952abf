import SwiftGANCore

/// The line between the user's numbers and the networks': internal = factor * x + offset, and back.
///
/// Samples come back in the range and the element type of the data that the networks were trained on.
public struct DataScaling: Sendable, Equatable {
  /// One factor for all values, or one per feature (last axis). Never 0.
  public let factor: [Double]
  /// One offset for all values, or one per feature.
  public let offset: [Double]
  /// The user's range, to which samples are cut; nil where the data have none.
  public let bounds: ClosedRange<Double>?
  /// The element type of the user's data and of the samples handed back.
  public let dtype: DType

  /// Maps the user's `bounds` to the interval `output` of the generator.
  public init(_ bounds: ClosedRange<Double>, to output: ClosedRange<Double>, dtype: DType) {
    let factor = (output.upperBound - output.lowerBound) / (bounds.upperBound - bounds.lowerBound)
    self.init(
      factor: [factor], offset: [output.lowerBound - factor * bounds.lowerBound], bounds: bounds, dtype: dtype)
  }

  /// Gives every feature mean 0 and standard deviation 1 (features that never vary are only centred).
  public init(standardizing mean: [Double], deviation: [Double], dtype: DType) {
    let factor = deviation.map { $0 > 0 ? 1 / $0 : 1 }
    self.init(factor: factor, offset: zip(mean, factor).map { -$0 * $1 }, bounds: nil, dtype: dtype)
  }

  /// Leaves values as they are.
  public static func identity(dtype: DType) -> DataScaling {
    DataScaling(factor: [1], offset: [0], bounds: nil, dtype: dtype)
  }

  private init(factor: [Double], offset: [Double], bounds: ClosedRange<Double>?, dtype: DType) {
    self.factor = factor
    self.offset = offset
    self.bounds = bounds
    self.dtype = dtype
  }

  /// The widths and standard deviations that data of a type may have: with others, the factor, the values or samples a few
  /// deviations out overflow in the arithmetic that ``internalValues(_:)`` and ``userValues(_:)`` use.
  static func scales(of dtype: DType) -> ClosedRange<Double> {
    arithmetic(for: dtype) == .float32 ? 1e-36...1e36 : 1e-150...1e150
  }

  /// Types that hold more than float32 are scaled before they are narrowed: a timestamp would lose its seconds.
  private static func arithmetic(for dtype: DType) -> DType {
    dtype == .uint8 || dtype == .float32 ? .float32 : .float64
  }

  /// The user's values as the networks see them: float32 of the same shape.
  public func internalValues(_ values: Tensor) -> Tensor {
    let wide = DataScaling.arithmetic(for: values.dtype)
    let input = values.cast(to: wide)
    return (input * coefficients(factor, wide) + coefficients(offset, wide)).cast(to: .float32)
  }

  /// The networks' values in the user's range and element type.
  public func userValues(_ values: Tensor) -> Tensor {
    let wide = DataScaling.arithmetic(for: dtype)
    var output = (values.cast(to: wide) - coefficients(offset, wide)) / coefficients(factor, wide)
    if let bounds { output = output.clip(min: bounds.lowerBound, max: bounds.upperBound) }
    return dtype.isFloat ? output.cast(to: dtype) : output.round().cast(to: dtype)
  }

  private func coefficients(_ values: [Double], _ dtype: DType) -> Tensor {
    values.count == 1 ? Tensor(values[0], dtype: dtype) : Tensor(values).cast(to: dtype)
  }

  /// The scaling as JSON, for checkpoints.
  public var json: JSON {
    [
      "factor": .array(factor.map { JSON($0) }), "offset": .array(offset.map { JSON($0) }),
      "bounds": bounds.map { [JSON($0.lowerBound), JSON($0.upperBound)] } ?? nil, "dtype": JSON(dtype.name),
    ]
  }

  /// The scaling that ``json`` describes.
  /// - Throws: `TensorError` (`.io`) when the JSON describes none.
  public init(json: JSON) throws {
    func numbers(_ name: String) -> [Double]? {
      guard let values = json[name]?.arrayValue?.map(\.doubleValue), !values.contains(nil) else { return nil }
      return values.compactMap { $0 }
    }
    guard let factor = numbers("factor"), let offset = numbers("offset"), factor.count == offset.count, !factor.isEmpty,
      !factor.contains(0), let dtype = json["dtype"]?.stringValue.flatMap(DType.init(name:))
    else { throw TensorError(.io, "this is no scaling of data: \(json.text())") }
    var bounds: ClosedRange<Double>?
    if let ends = numbers("bounds") {
      guard ends.count == 2, ends[0] < ends[1] else {
        throw TensorError(.io, "the bounds of the data's scaling are damaged: \(json.text())")
      }
      bounds = ends[0]...ends[1]
    }
    self.init(factor: factor, offset: offset, bounds: bounds, dtype: dtype)
  }
}
