import SwiftGANCore

/// Joins the axes from `start_axis` on into one: (batch, height, width, channels) to (batch, height * width * channels).
public struct Flatten: Layer {
  private let startAxis: Int
  private let label: LayerLabel

  /// - Parameters:
  ///   - startAxis: the first axis to join; 1 keeps the batch.
  ///   - scope: only for messages.
  /// - Throws: `.value` for a negative axis.
  public init(startAxis: Int = 1, in scope: Scope? = nil) throws {
    label = LayerLabel("flatten", scope)
    try label.require("start_axis", startAxis, atLeast: 0)
    self.startAxis = startAxis
  }

  /// `x` with the axes joined.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.rank > startAxis else {
        // A batch of scalars has one feature each.
        if x.rank == startAxis { return x.expandDims(at: startAxis) }
        throw TensorError(
          .shape, "expected an input of at least \(startAxis) axes, not one of shape \(describe(shape: x.shape))")
      }
      return x.reshape(Array(x.shape[..<startAxis]) + [x.shape[startAxis...].reduce(1, *)])
    }
  }

  static let registration = LayerRegistration(
    "flatten", "Joins the axes from start_axis on into one.",
    options: [
      OptionDescription("start_axis", .integer(0...64), default: 1, "The first axis to join; 1 keeps the batch.")
    ]
  ) { options, scope in try Flatten(startAxis: options.int("start_axis"), in: scope) }
}

/// Gives each example of a batch another shape: (batch, ...) to (batch, shape).
public struct Reshape: Layer {
  private let shape: [Int]
  private let label: LayerLabel

  /// - Parameters:
  ///   - shape: of one example, without the batch; one extent may be -1, and follows from the others.
  ///   - scope: only for messages.
  /// - Throws: `.value` for a bad extent.
  public init(_ shape: [Int], in scope: Scope? = nil) throws {
    label = LayerLabel("reshape", scope)
    for extent in shape where extent != -1 { try label.require("shape", extent) }
    guard shape.count(where: { $0 == -1 }) <= 1 else {
      throw label.error("shape may leave one extent open with -1, not several: \(describe(shape: shape))")
    }
    self.shape = shape
  }

  /// `x` with examples of the new shape.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard let batch = x.shape.first else { throw TensorError(.shape, "expected a batch, not a scalar") }
      // The open extent is worked out for one example, so that an empty batch has one too.
      let size = x.shape.dropFirst().reduce(1, *)
      let known = shape.filter { $0 != -1 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      guard known > 0, shape.contains(-1) ? size % known == 0 : size == known else {
        throw TensorError(
          .shape,
          "an example of shape \(describe(shape: Array(x.shape.dropFirst()))) has \(size) elements and cannot become "
            + "\(describe(shape: shape))")
      }
      return x.reshape([batch] + shape.map { $0 == -1 ? size / known : $0 })
    }
  }

  static let registration = LayerRegistration(
    "reshape", "Gives each example of a batch another shape.",
    options: [
      OptionDescription(
        "shape", .integers(-1...OptionKind.largestSize, words: "a list of sizes, one of which may be -1"),
        "Shape of one example, without the batch axis.")
    ]
  ) { options, scope in try Reshape(options.ints("shape"), in: scope) }
}
