import SwiftGANCore

/// An encoder and a decoder of images with skips between layers of equal size (Ronneberger et al. 2015), in the form of
/// pix2pix (Isola et al. 2017, section 6.1.1).
///
/// Input (batch, height, width, in_channels), output (batch, height, width, out_channels). Each number in `channels` is a
/// step down: a 4x4 convolution with stride 2, the norm (but not in the first step, and not in the last, where a small
/// image may have one position left), LeakyReLU 0.2. Each step up: a transposed 4x4 convolution with stride 2, the norm,
/// dropout in the innermost `dropoutLevels` steps, ReLU; then the encoder's features of that size are appended. The outermost
/// step up gives out_channels and the output activation. Heights and widths that 2 does not divide are rounded up on
/// the way down and cut on the way up, so images of any size go through.
///
/// Norms with further inputs (labels, a style) get them from the network's.
///
/// ```swift
/// let generator = try UNet(1, 3, channels: [64, 128, 256], in: scope)
/// ```
public struct UNet: Layer {
  private let parts: LayerParts
  private let steps: Int
  private let inputs: Int
  private let label: LayerLabel

  /// - Parameters:
  ///   - channels: of each step down, from the outermost; (64, 128, 256, 512, 512, 512, 512, 512) in pix2pix for 256x256.
  ///   - norm: the normalisation of each place; `.null` for none.
  ///   - outputActivation: specification of the last layer; `.null` for none.
  ///   - dropout: probability in the innermost steps up: pix2pix' only noise.
  /// - Throws: `.value` for a size out of range; what the norm and activation throw.
  public init(
    _ inputs: Int, _ outputs: Int, channels: [Int] = [64, 128, 256], norm: FeatureLayer = FeatureLayer("batch_norm"),
    outputActivation: JSON = "tanh", dropout: Double = 0.5, dropoutLevels: Int = 3,
    weight: Initializer = .normal(std: 0.02), in scope: Scope
  ) throws {
    label = LayerLabel("unet", scope)
    try label.require("in_channels", inputs)
    try label.require("out_channels", outputs)
    guard (1...30).contains(channels.count) else {
      throw label.error("channels must hold 1 to 30 numbers, one for each step down, not \(channels.count)")
    }
    for count in channels { try label.require("channels", count) }
    self.inputs = inputs
    steps = channels.count
    var down: [(name: String, layer: any Layer)] = []
    var up: [(name: String, layer: any Layer)] = []
    for (level, count) in channels.enumerated() {
      let isOutermost = level == 0
      let isInnermost = level == channels.count - 1
      let place = scope["down\(level)"]
      let before = isOutermost ? inputs : channels[level - 1]
      var step: [any Layer] = [
        try Conv2D(before, count, kernel: 4, stride: 2, padding: .same, weight: weight, in: place["conv"])
      ]
      if !isOutermost && !isInnermost, let norm = try norm.make(count, in: place["norm"]) { step.append(norm) }
      down.append(("down\(level)", Sequential(step + [LeakyReLU(0.2)])))

      let back = scope["up\(level)"]
      let after = isOutermost ? outputs : channels[level - 1]
      // Beside what came up lie the encoder's features, but for the innermost step.
      step = [
        try ConvTranspose2D(
          isInnermost ? count : 2 * count, after, kernel: 4, stride: 2, padding: .same, weight: weight, in: back["conv"]
        )
      ]
      if isOutermost {
        if !outputActivation.isNull {
          step.append(try LayerRegistry.shared.make(outputActivation, in: back["activation"]))
        }
      } else {
        if let norm = try norm.make(after, in: back["norm"]) { step.append(norm) }
        if dropout > 0, channels.count - 1 - level < dropoutLevels {
          step.append(try Dropout(dropout, in: back["dropout"]))
        }
        step.append(ReLU())
      }
      up.append(("up\(level)", Sequential(step)))
    }
    parts = LayerParts(down + up)
  }

  /// The image that the decoder gives.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }
  /// Those of the norms.
  public var inputNames: [String] { parts.inputNames }
  /// Those of the norms.
  public var requiredInputNames: [String] { parts.requiredInputNames }
  /// Those of the norms.
  public var outputNames: [String] { parts.outputNames }

  /// The image that the decoder gives.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    parts.run(label.text, self, further) { run in
      label.run(x) { x in
        try label.requireLast(inputs, of: "channels (batch, height, width, channels)", in: x, rank: 4...4)
        var features = [x]
        for level in 0..<steps { features.append(try run.apply(level, to: features[level]).checked()) }
        var y = features[steps]
        for level in (0..<steps).reversed() {
          let beside = features[level]
          y = run.apply(steps + level, to: y)
            .sliced(axis: 1, to: beside.shape[1]).sliced(axis: 2, to: beside.shape[2])
          if level > 0 { y = .concatenate([y, beside], axis: 3) }
        }
        return y
      }
    }
  }

  static let registration = LayerRegistration(
    "unet", "Encoder and decoder of images with skips between layers of equal size (Isola et al. 2017).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
      OptionDescription(
        "channels", .integers(1...OptionKind.largestSize, words: "a list of channels, one for each step down"),
        default: [64, 128, 256], "Channels of each step down, from the outermost; each halves height and width."),
      OptionDescription("norm", .featureLayer, default: "batch_norm", "The norm, without its features; null for none."),
      OptionDescription(
        "output_activation", .optional(.layer), default: "tanh", "The last layer; null for none."),
      OptionDescription("dropout", .number(.unit), default: 0.5, "Probability of dropout in the innermost steps up."),
      OptionDescription("dropout_levels", .integer(0...30), default: 3, "How many steps up have dropout."),
      OptionDescription(
        "weight_init", .initializer, default: ["name": "normal", "std": 0.02], "First value of the weights."),
    ]
  ) { options, scope in
    try UNet(
      options.int("in_channels"), options.int("out_channels"), channels: options.ints("channels"),
      norm: FeatureLayer(options.json("norm")), outputActivation: options.json("output_activation"),
      dropout: options.double("dropout"), dropoutLevels: options.int("dropout_levels"),
      weight: options.initializer("weight_init"), in: scope)
  }
}
