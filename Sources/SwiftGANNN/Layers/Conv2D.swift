import SwiftGANCore

/// 2-D convolution (cross-correlation, as everywhere in the field) of NHWC images.
///
/// Input (batch, height, width, in_channels), output (batch, height', width', out_channels) with
/// `height' = floor((height + padding - dilation * (kernel - 1) - 1) / stride) + 1`. Parameters: `weight`
/// (kernel height, kernel width, in_channels, out_channels), `bias` (out_channels).
///
/// ```swift
/// let layer = try Conv2D(1, 64, kernel: 4, stride: 2, padding: .same, in: scope["conv1"])
/// let y = layer(x)   // (batch, 28, 28, 1) -> (batch, 14, 14, 64)
/// ```
public struct Conv2D: Layer {
  /// The filter, HWIO.
  public let weight: Parameter
  /// b, of shape (out_channels); nil for a layer without.
  public let bias: Parameter?
  private let channels: Int
  private let window: ConvolutionWindow
  private let label: LayerLabel

  /// A convolution from `inputs` to `outputs` channels.
  /// - Throws: `.value` for a size out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Size2D, stride: Size2D = 1, padding: ConvolutionPadding = .valid,
    dilation: Size2D = 1, bias hasBias: Bool = true, weight initializer: Initializer = .glorotUniform(),
    biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("conv2d", scope)
    window = try ConvolutionWindow(kernel: kernel, stride: stride, padding: padding, dilation: dilation, label: label)
    try label.require("in_channels", inputs)
    try label.require("out_channels", outputs)
    channels = inputs
    weight = try scope.parameter("weight", kernel.list + [inputs, outputs], initializer)
    bias = hasBias ? try scope.parameter("bias", [outputs], biasInitializer) : nil
  }

  /// The convolved batch (batch, height', width', out_channels).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(channels, of: "channels (batch, height, width, channels)", in: x, rank: 4...4)
      let y = x.conv2d(
        weight.value, stride: window.stride.list, padding: window.padding(around: Array(x.shape[1...2])),
        dilation: window.dilation.list)
      return bias.map { y + $0.value } ?? y
    }
  }

  static let registration = LayerRegistration(
    "conv2d", "2-D convolution of NHWC images: (batch, height, width, in_channels) to (..., out_channels).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
    ] + ConvolutionWindow.options + [.bias, .weightInitializer, .biasInitializer]
  ) { options, scope in
    let window = try ConvolutionWindow(options, label: LayerLabel("conv2d", scope))
    return try Conv2D(
      options.int("in_channels"), options.int("out_channels"), kernel: window.kernel, stride: window.stride,
      padding: window.padding, dilation: window.dilation, bias: options.bool("bias"),
      weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope)
  }
}
