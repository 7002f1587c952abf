import SwiftGANCore

/// Some features of those along the last axis: `x[..., start:end]`. Side by side in ``Parallel``, slices take apart what one
/// input was joined of (noise and a label, for one).
///
/// Input (..., features), output (..., end - start).
public struct Slice: Layer {
  private let start: Int
  private let end: Int
  private let label: LayerLabel

  /// The features `start..<end`.
  /// - Throws: `.value` for a negative start, or an end that is not beyond it.
  public init(from start: Int, to end: Int, in scope: Scope? = nil) throws {
    label = LayerLabel("slice", scope)
    try label.require("start", start, atLeast: 0)
    try label.require("end", end, atLeast: start + 1)
    self.start = start
    self.end = end
  }

  /// Those features.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.rank > 0, let last = x.shape.last, last >= end else {
        throw TensorError(
          .shape,
          "\(label.text): an input of shape \(describe(shape: x.shape)) has no features \(start)..<\(end) on its last axis"
        )
      }
      return x.sliced(axis: x.rank - 1, from: start, to: end)
    }
  }

  static let registration = LayerRegistration(
    "slice", "Some features of those along the last axis.",
    options: [
      OptionDescription("start", .integer(0...OptionKind.largestSize), "The first of them."),
      OptionDescription("end", .integer(), "One beyond the last of them."),
    ]
  ) { options, scope in
    try Slice(from: options.int("start"), to: options.int("end"), in: scope)
  }
}
