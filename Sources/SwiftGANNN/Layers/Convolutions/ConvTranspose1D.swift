import SwiftGANCore

/// Transposed 1-D convolution of sequences: the adjoint of ``Conv1D``, which makes sequences longer.
///
/// Input (batch, length, in_channels), output (batch, length', out_channels) with
/// `length' = (length - 1) * stride - padding + dilation * (kernel - 1) + 1 + output_padding`; with `same` padding
/// `length' = length * stride`. Parameters: `weight` (kernel, out_channels / groups, in_channels), the filter of the
/// convolution that this is the adjoint of; `bias` (out_channels).
///
/// ```swift
/// let layer = try ConvTranspose1D(32, 16, kernel: 4, stride: 2, padding: .same, in: scope["up1"])
/// ```
public struct ConvTranspose1D: Layer {
  /// The filter: length, output channels of a group, input channels.
  public let weight: Parameter
  /// b, of shape (out_channels); nil for a layer without.
  public let bias: Parameter?
  private let channels: Int
  private let groups: Int
  private let window: ConvolutionWindow
  private let outputPadding: Int
  private let label: LayerLabel

  /// A transposed convolution from `inputs` to `outputs` channels.
  /// - Parameters:
  ///   - padding: elements cut off at each end; of numbers in pairs the second counts, as for the columns of an image.
  ///   - outputPadding: elements added at the end, fewer than the stride.
  /// - Throws: `.value` for a size out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: ConvolutionPadding = .valid,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1, bias hasBias: Bool = true,
    weight initializer: Initializer = .glorotUniform(), biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("conv_transpose1d", scope)
    window = try ConvolutionWindow(
      length: kernel, stride: stride, padding: padding, dilation: dilation, label: label)
    try label.requireGroups(groups, inputs, outputs)
    guard (0..<stride).contains(outputPadding) else {
      throw label.error("output_padding must be at least 0 and below the stride (\(stride)), not \(outputPadding)")
    }
    guard padding != .same || outputPadding == 0 else {
      throw label.error("output_padding goes with padding given as a number; 'same' already fixes the output's length")
    }
    self.outputPadding = outputPadding
    channels = inputs
    self.groups = groups
    // Seen from here the filter's last two axes are outputs and inputs, so what `Fan(shape:)` would say is swapped.
    weight = try scope.parameter(
      "weight", [kernel, outputs / groups, inputs], initializer,
      fan: Fan(input: kernel &* (inputs / groups), output: kernel &* (outputs / groups)), outputAxis: 1)
    bias = hasBias ? try scope.parameter("bias", [outputs], biasInitializer) : nil
  }

  /// The longer sequences (batch, length', out_channels).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(channels, of: "channels (batch, length, channels)", in: x, rank: 3...3)
      guard x.shape[1] <= OptionKind.largestSize else {
        throw TensorError(.shape, "a sequence of shape \(describe(shape: x.shape)) is too long to be enlarged")
      }
      let (cut, added) = window.transposedPadding([1, x.shape[1]], extra: Size2D(0, outputPadding))
      let y = x.convTranspose1d(
        weight.value, stride: window.stride.width, padding: Array(cut.suffix(2)), dilation: window.dilation.width,
        outputPadding: added[1], groups: groups)
      return bias.map { y + $0.value } ?? y
    }
  }

  static let registration = LayerRegistration(
    "conv_transpose1d", "Transposed 1-D convolution of sequences, the adjoint of conv1d: makes sequences longer.",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
      OptionDescription("kernel_size", .integer(), "Length of the kernel."),
      OptionDescription("stride", .integer(), default: 1, "Step between positions."),
      OptionDescription("padding", .sequencePadding, default: "valid", "Elements cut off at each end of the output."),
      OptionDescription("dilation", .integer(), default: 1, "Step between the kernel's elements."),
      OptionDescription(
        "output_padding", .integer(0...OptionKind.largestSize), default: 0,
        "Elements added at the end, fewer than the stride."),
      .bias, .weightInitializer, .biasInitializer, .groups,
    ]
  ) { options, scope in
    try ConvTranspose1D(
      options.int("in_channels"), options.int("out_channels"), kernel: options.int("kernel_size"),
      stride: options.int("stride"), padding: options.sequencePadding("padding"),
      outputPadding: options.int("output_padding"), dilation: options.int("dilation"), groups: options.int("groups"),
      bias: options.bool("bias"), weight: options.initializer("weight_init"),
      biasInitializer: options.initializer("bias_init"), in: scope)
  }
}
