import SwiftGANCore

/// 1-D convolution (cross-correlation) of sequences.
///
/// Input (batch, length, in_channels), output (batch, length', out_channels) with
/// `length' = floor((length + padding - dilation * (kernel - 1) - 1) / stride) + 1`. Parameters: `weight`
/// (kernel, in_channels / groups, out_channels), `bias` (out_channels).
///
/// ```swift
/// let layer = try Conv1D(16, 32, kernel: 5, padding: .same, in: scope["conv1"])
/// ```
public struct Conv1D: Layer {
  /// The filter: length, input channels of a group, output channels.
  public let weight: Parameter
  /// b, of shape (out_channels); nil for a layer without.
  public let bias: Parameter?
  private let channels: Int
  private let groups: Int
  private let mode: PaddingMode
  private let window: ConvolutionWindow
  private let label: LayerLabel

  /// A convolution from `inputs` to `outputs` channels.
  /// - Throws: `.value` for a size out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: ConvolutionPadding = .valid,
    paddingMode: PaddingMode = .constant, dilation: Int = 1, groups: Int = 1, bias hasBias: Bool = true,
    weight initializer: Initializer = .glorotUniform(), biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("conv1d", scope)
    window = try ConvolutionWindow(
      kernel: Size2D(1, kernel), stride: Size2D(1, stride), padding: padding, dilation: Size2D(1, dilation),
      label: label)
    try label.requireGroups(groups, inputs, outputs)
    channels = inputs
    self.groups = groups
    mode = paddingMode
    weight = try scope.parameter(
      "weight", [kernel, inputs / groups, outputs], initializer,
      fan: Fan(input: kernel &* (inputs / groups), output: kernel &* (outputs / groups)))
    bias = hasBias ? try scope.parameter("bias", [outputs], biasInitializer) : nil
  }

  /// The convolved batch (batch, length', out_channels).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(channels, of: "channels (batch, length, channels)", in: x, rank: 3...3)
      let (image, zeros) = window.padded(x.expandDims(at: 1), mode: mode)
      let y = image.squeeze(axes: [1]).conv1d(
        weight.value, stride: window.stride.width, padding: Array(zeros.suffix(2)), dilation: window.dilation.width,
        groups: groups)
      return bias.map { y + $0.value } ?? y
    }
  }

  static let registration = LayerRegistration(
    "conv1d", "1-D convolution of sequences: (batch, length, in_channels) to (..., out_channels).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
      OptionDescription("kernel_size", .integer(), "Length of the kernel."),
      OptionDescription("stride", .integer(), default: 1, "Step between positions."),
      OptionDescription("padding", .sequencePadding, default: "valid", "What stands before and after."),
      OptionDescription("dilation", .integer(), default: 1, "Step between the kernel's elements."),
      .groups, .paddingMode, .bias, .weightInitializer, .biasInitializer,
    ]
  ) { options, scope in
    try Conv1D(
      options.int("in_channels"), options.int("out_channels"), kernel: options.int("kernel_size"),
      stride: options.int("stride"), padding: options.sequencePadding("padding"),
      paddingMode: PaddingMode(named: options.string("padding_mode")), dilation: options.int("dilation"),
      groups: options.int("groups"), bias: options.bool("bias"), weight: options.initializer("weight_init"),
      biasInitializer: options.initializer("bias_init"), in: scope)
  }
}

extension OptionKind {
  /// `"same"`, `"valid"`, or a number for both ends of a sequence.
  static let sequencePadding = OptionKind(
    "padding", allowed: "'same', 'valid' or a whole number of at least 0"
  ) { value in
    if let word = value.stringValue { return word == "same" || word == "valid" ? .good(value) : .outOfRange }
    guard let number = value.intValue else { return .wrongType }
    return (0...largestSize).contains(number) ? .good(value) : .outOfRange
  }
}

extension Options {
  /// Padding of a sequence, as that of an image one pixel high.
  func sequencePadding(_ name: String) throws -> ConvolutionPadding {
    switch try json(name) {
    case "same": return .same
    case "valid": return .valid
    default: return .explicit(Size2D(0, try int(name)))
    }
  }
}

extension LayerLabel {
  /// Throws unless the channels are good numbers that `groups` divides.
  func requireGroups(_ groups: Int, _ inputs: Int, _ outputs: Int) throws {
    try require("in_channels", inputs)
    try require("out_channels", outputs)
    try require("groups", groups)
    guard inputs % groups == 0, outputs % groups == 0 else {
      throw error("groups (\(groups)) must divide in_channels (\(inputs)) and out_channels (\(outputs))")
    }
  }
}
