import SwiftGANCore

/// Makes images or sequences larger by a whole factor, by nearest neighbours or interpolation (half-pixel centres).
///
/// Input (batch, height, width, channels), output (batch, height * factor, width * factor, channels); or input
/// (batch, length, channels), output (batch, length * factor, channels), for which "bilinear" is linear. Followed by a
/// convolution it enlarges without the chequerboard of transposed convolutions (Odena et al. 2016).
///
/// ```swift
/// let grow = Sequential(try Upsample(2), try Conv2D(64, 32, kernel: 3, padding: .same, in: scope["conv"]))
/// ```
public struct Upsample: Layer {
  private let factor: Size2D
  private let method: Interpolation
  private let label: LayerLabel

  /// - Parameter factor: for height and width.
  /// - Throws: `.value` for a factor below 1.
  public init(_ factor: Size2D = 2, method: Interpolation = .nearest, in scope: Scope? = nil) throws {
    label = LayerLabel("upsample", scope)
    try label.require("scale_factor", factor.height)
    try label.require("scale_factor", factor.width)
    self.factor = factor
    self.method = method
  }

  /// The larger images or sequences.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      if x.rank == 3 { return try enlargedSequences(x) }
      guard x.rank == 4 else {
        throw TensorError(
          .shape,
          "expected images (batch, height, width, channels) or sequences (batch, length, channels), not an input of shape "
            + describe(shape: x.shape))
      }
      guard max(x.shape[1], x.shape[2]) <= OptionKind.largestSize else {
        throw TensorError(.shape, "an image of shape \(describe(shape: x.shape)) is too large to be enlarged")
      }
      return x.resized(to: [x.shape[1] * factor.height, x.shape[2] * factor.width], method: method)
    }
  }

  // A sequence is an image one pixel high.
  private func enlargedSequences(_ x: Tensor) throws -> Tensor {
    guard factor.height == factor.width else {
      throw TensorError(
        .shape,
        "a sequence has one scale_factor, not one for the height (\(factor.height)) and one for the width "
          + "(\(factor.width)); its shape is \(describe(shape: x.shape))")
    }
    guard x.shape[1] <= OptionKind.largestSize else {
      throw TensorError(.shape, "a sequence of shape \(describe(shape: x.shape)) is too long to be enlarged")
    }
    return x.expandDims(at: 1).resized(to: [1, x.shape[1] * factor.width], method: method).squeeze(axes: [1])
  }

  static let options = [
    OptionDescription("scale_factor", .pair(), default: 2, "Factor of height and width, or of a sequence's length."),
    OptionDescription(
      "mode", .choice(Interpolation.allCases.map(\.rawValue)), default: "nearest", "How pixels are computed."),
  ]

  init(_ options: Options, in scope: Scope) throws {
    try self.init(
      Size2D(options.pair("scale_factor")), method: Interpolation(named: options.string("mode")), in: scope)
  }

  static let registration = LayerRegistration(
    "upsample", "Makes NHWC images or sequences larger by a whole factor.", options: options
  ) { options, scope in try Upsample(options, in: scope) }

  static let convolutionRegistration = LayerRegistration(
    "upsample_conv2d", "Makes NHWC images larger, then convolves them: no chequerboard (Odena et al. 2016).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
      OptionDescription("kernel_size", .pair(), default: 3, "Height and width of the kernel."),
    ] + Upsample.options + [
      OptionDescription("padding", .padding, default: "same", "What stands around the larger image."),
      .paddingMode, .bias, .weightInitializer, .biasInitializer,
    ]
  ) { options, scope in
    Sequential(
      try Upsample(options, in: scope),
      try Conv2D(
        options.int("in_channels"), options.int("out_channels"), kernel: Size2D(options.pair("kernel_size")),
        padding: ConvolutionPadding(options.json("padding")),
        paddingMode: PaddingMode(named: options.string("padding_mode")), bias: options.bool("bias"),
        weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope))
  }
}

/// Spreads blocks of channels over space: the sub-pixel convolution's second half (Shi et al. 2016).
///
/// Input (batch, height, width, channels * factor^2), output (batch, height * factor, width * factor, channels). Channel
/// `(c * factor + i) * factor + j` goes to row i and column j of its block. `pixel_unshuffle` is the inverse.
public struct PixelShuffle: Layer {
  private let factor: Int
  private let isInverse: Bool
  private let label: LayerLabel

  /// - Parameter inverse: gather blocks of space in channels.
  /// - Throws: `.value` for a factor below 1.
  public init(_ factor: Int = 2, inverse: Bool = false, in scope: Scope? = nil) throws {
    label = LayerLabel(inverse ? "pixel_unshuffle" : "pixel_shuffle", scope)
    try label.require("factor", factor)
    self.factor = factor
    isInverse = inverse
  }

  /// The rearranged images.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in isInverse ? x.pixelUnshuffle(factor) : x.pixelShuffle(factor) }
  }

  static let registrations = [
    ("pixel_shuffle", "Spreads blocks of channels over space (Shi et al. 2016).", false),
    ("pixel_unshuffle", "Gathers blocks of space in channels: the inverse of pixel_shuffle.", true),
  ].map { name, summary, isInverse in
    LayerRegistration(
      name, summary, options: [OptionDescription("factor", .integer(), default: 2, "Height and width of a block.")]
    ) { options, scope in try PixelShuffle(options.int("factor"), inverse: isInverse, in: scope) }
  }
}

/// Sets rows and columns around images: zeros, another number, or a mirror of the image.
///
/// Input (batch, height, width, channels), output (batch, height + top + bottom, width + left + right, channels).
public struct Pad2D: Layer {
  private let sides: [Int]
  private let mode: PaddingMode
  private let value: Double
  private let label: LayerLabel

  /// - Parameters:
  ///   - sides: rows at the top and bottom, columns left and right.
  ///   - mode: what they hold.
  ///   - value: for `.constant`.
  /// - Throws: `.value` unless there are four numbers of at least 0.
  public init(_ sides: [Int], mode: PaddingMode = .constant, value: Double = 0, in scope: Scope? = nil) throws {
    label = LayerLabel("pad2d", scope)
    guard sides.count == 4 else {
      throw label.error(
        "padding needs one number, two (height, width) or four (top, bottom, left, right), not \(sides)")
    }
    for side in sides { try label.require("padding", side, atLeast: 0) }
    self.sides = sides
    self.mode = mode
    self.value = value
  }

  /// The padded images.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireImages(x)
      return x.pad([(0, 0), (sides[0], sides[1]), (sides[2], sides[3]), (0, 0)], mode: mode, value: value)
    }
  }

  static let registration = LayerRegistration(
    "pad2d", "Sets rows and columns around NHWC images.",
    options: [
      OptionDescription(
        "padding",
        .integers(
          0...OptionKind.largestSize,
          words: "a whole number, or a list of two (height, width) or four (top, bottom, left, right)"),
        "Rows and columns on each side."),
      .mode("mode", "What they hold; reflect mirrors the image without repeating its edge."),
      OptionDescription("value", .number(), default: 0, "For the mode constant."),
    ]
  ) { options, scope in
    let given = try options.ints("padding")
    let sides =
      given.count == 1
      ? [Int](repeating: given[0], count: 4) : given.count == 2 ? [given[0], given[0], given[1], given[1]] : given
    return try Pad2D(
      sides, mode: PaddingMode(named: options.string("mode")), value: options.double("value"), in: scope)
  }
}

extension OptionDescription {
  static func mode(_ name: String, _ summary: String) -> OptionDescription {
    OptionDescription(name, .choice(PaddingMode.allCases.map(\.rawValue)), default: "constant", summary)
  }

  static let paddingMode = mode("padding_mode", "What stands around the image: constant means zeros.")

  static let groups = OptionDescription(
    "groups", .integer(), default: 1, "Channels are cut into so many runs, convolved apart; divides both numbers.")
}
