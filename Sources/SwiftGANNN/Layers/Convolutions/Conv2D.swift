import SwiftGANCore

/// 2-D convolution (cross-correlation, as everywhere in the field) of NHWC images.
///
/// Input (batch, height, width, in_channels), output (batch, height', width', out_channels) with
/// `height' = floor((height + padding - dilation * (kernel - 1) - 1) / stride) + 1`. Parameters: `weight`
/// (kernel height, kernel width, in_channels / groups, out_channels), `bias` (out_channels).
///
/// With `groups` the channels are cut into equal runs that are convolved apart; as many groups as input channels are a
/// depthwise convolution (registered as `depthwise_conv2d` too).
///
/// ```swift
/// let layer = try Conv2D(1, 64, kernel: 4, stride: 2, padding: .same, in: scope["conv1"])
/// let y = layer(x)   // (batch, 28, 28, 1) -> (batch, 14, 14, 64)
/// ```
public struct Conv2D: Layer {
  /// The filter, HWIO; I counts the input channels of one group.
  public let weight: Parameter
  /// b, of shape (out_channels); nil for a layer without.
  public let bias: Parameter?
  private let channels: Int
  private let groups: Int
  private let mode: PaddingMode
  private let window: ConvolutionWindow
  private let label: LayerLabel

  /// A convolution from `inputs` to `outputs` channels.
  /// - Parameter paddingMode: what pads: zeros, or a mirror of the image.
  /// - Throws: `.value` for a size out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Size2D, stride: Size2D = 1, padding: ConvolutionPadding = .valid,
    paddingMode: PaddingMode = .constant, dilation: Size2D = 1, groups: Int = 1, bias hasBias: Bool = true,
    weight initializer: Initializer = .glorotUniform(),
    biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("conv2d", scope)
    window = try ConvolutionWindow(kernel: kernel, stride: stride, padding: padding, dilation: dilation, label: label)
    try label.requireGroups(groups, inputs, outputs)
    channels = inputs
    self.groups = groups
    mode = paddingMode
    let field = kernel.height &* kernel.width
    weight = try scope.parameter(
      "weight", kernel.list + [inputs / groups, outputs], initializer,
      fan: Fan(input: field &* (inputs / groups), output: field &* (outputs / groups)))
    bias = hasBias ? try scope.parameter("bias", [outputs], biasInitializer) : nil
  }

  /// The convolved batch (batch, height', width', out_channels).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(channels, of: "channels (batch, height, width, channels)", in: x, rank: 4...4)
      let (image, zeros) = window.padded(x, mode: mode)
      let y = image.conv2d(
        weight.value, stride: window.stride.list, padding: zeros, dilation: window.dilation.list, groups: groups)
      return bias.map { y + $0.value } ?? y
    }
  }

  static let registration = LayerRegistration(
    "conv2d", "2-D convolution of NHWC images: (batch, height, width, in_channels) to (..., out_channels).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
    ] + ConvolutionWindow.options + [.bias, .weightInitializer, .biasInitializer, .groups, .paddingMode]
  ) { options, scope in
    let window = try ConvolutionWindow(options, label: LayerLabel("conv2d", scope))
    return try Conv2D(
      options.int("in_channels"), options.int("out_channels"), kernel: window.kernel, stride: window.stride,
      padding: window.padding, paddingMode: PaddingMode(named: options.string("padding_mode")),
      dilation: window.dilation, groups: options.int("groups"), bias: options.bool("bias"),
      weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope)
  }

  static let depthwiseRegistration = LayerRegistration(
    "depthwise_conv2d", "Convolves each channel of NHWC images apart: (..., channels) to (..., channels * multiplier).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input.")
    ] + ConvolutionWindow.options + [
      OptionDescription("multiplier", .integer(), default: 1, "Output channels for each input channel."), .bias,
      .weightInitializer, .biasInitializer, .paddingMode,
    ]
  ) { options, scope in
    let label = LayerLabel("depthwise_conv2d", scope)
    let window = try ConvolutionWindow(options, label: label)
    let channels = try options.int("in_channels")
    let (outputs, overflow) = channels.multipliedReportingOverflow(by: try options.int("multiplier"))
    guard !overflow else { throw label.error("in_channels * multiplier is too large") }
    return try Conv2D(
      channels, outputs, kernel: window.kernel, stride: window.stride, padding: window.padding,
      paddingMode: PaddingMode(named: options.string("padding_mode")), dilation: window.dilation, groups: channels,
      bias: options.bool("bias"), weight: options.initializer("weight_init"),
      biasInitializer: options.initializer("bias_init"), in: scope)
  }
}
