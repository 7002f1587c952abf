import SwiftGANCore

/// Sets elements before and after sequences: zeros, another number, or a mirror of the sequence.
///
/// Input (batch, length, channels), output (batch, before + length + after, channels).
public struct Pad1D: Layer {
  private let sides: [Int]
  private let mode: PaddingMode
  private let value: Double
  private let label: LayerLabel

  /// - Parameters:
  ///   - sides: elements before and after.
  ///   - mode: what they hold.
  ///   - value: for `.constant`.
  /// - Throws: `.value` unless there are two numbers of at least 0.
  public init(_ sides: [Int], mode: PaddingMode = .constant, value: Double = 0, in scope: Scope? = nil) throws {
    label = LayerLabel("pad1d", scope)
    guard sides.count == 2 else {
      throw label.error("padding needs one number or two (before, after), not \(sides)")
    }
    for side in sides { try label.require("padding", side, atLeast: 0) }
    self.sides = sides
    self.mode = mode
    self.value = value
  }

  /// The padded sequences.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireSequences(x)
      return x.pad([(0, 0), (sides[0], sides[1]), (0, 0)], mode: mode, value: value)
    }
  }

  static let registration = LayerRegistration(
    "pad1d", "Sets elements before and after sequences (batch, length, channels).",
    options: [
      OptionDescription(
        "padding",
        .integers(
          0...OptionKind.largestSize, words: "a whole number, or a list of two (before, after)"),
        "Elements before and after."),
      .mode("mode", "What they hold; reflect mirrors the sequence without repeating its ends."),
      OptionDescription("value", .number(), default: 0, "For the mode constant."),
    ]
  ) { options, scope in
    let given = try options.ints("padding")
    return try Pad1D(
      given.count == 1 ? given + given : given, mode: PaddingMode(named: options.string("mode")),
      value: options.double("value"), in: scope)
  }
}
