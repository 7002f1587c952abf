import SwiftGANCore

/// Transposed ("fractionally strided") 2-D convolution of NHWC images: the adjoint of a convolution, which makes images
/// larger.
///
/// Input (batch, height, width, in_channels), output (batch, height', width', out_channels) with
/// `height' = (height - 1) * stride - padding + dilation * (kernel - 1) + 1 + output_padding`; with `same` padding
/// `height' = height * stride`. Parameters: `weight` (kernel height, kernel width, out_channels / groups,
/// in_channels), the filter of the convolution that this is the adjoint of; `bias` (out_channels).
///
/// ```swift
/// let layer = try ConvTranspose2D(128, 64, kernel: 4, stride: 2, padding: .same, in: scope["up1"])
/// let y = layer(x)   // (batch, 7, 7, 128) -> (batch, 14, 14, 64)
/// ```
public struct ConvTranspose2D: Layer {
  /// The filter: height, width, output channels, input channels.
  public let weight: Parameter
  /// b, of shape (out_channels); nil for a layer without.
  public let bias: Parameter?
  private let channels: Int
  private let groups: Int
  private let window: ConvolutionWindow
  private let outputPadding: Size2D
  private let label: LayerLabel

  /// A transposed convolution from `inputs` to `outputs` channels.
  /// - Parameter outputPadding: rows and columns added at the bottom and right; each less than the stride, because
  ///     a convolution with that stride would not see more.
  /// - Throws: `.value` for a size out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Size2D, stride: Size2D = 1, padding: ConvolutionPadding = .valid,
    outputPadding: Size2D = 0, dilation: Size2D = 1, groups: Int = 1, bias hasBias: Bool = true,
    weight initializer: Initializer = .glorotUniform(), biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("conv_transpose2d", scope)
    window = try ConvolutionWindow(kernel: kernel, stride: stride, padding: padding, dilation: dilation, label: label)
    try label.requireGroups(groups, inputs, outputs)
    for (axis, name) in ["height", "width"].enumerated() {
      guard (0..<stride.list[axis]).contains(outputPadding.list[axis]) else {
        throw label.error(
          "output_padding must be at least 0 and below the stride (\(stride.list[axis])) in \(name), "
            + "not \(outputPadding.list[axis])")
      }
    }
    guard padding != .same || outputPadding == 0 else {
      throw label.error("output_padding goes with padding given as numbers; 'same' already fixes the output's size")
    }
    self.outputPadding = outputPadding
    channels = inputs
    self.groups = groups
    // Seen from here the filter's last two axes are outputs and inputs, so what `Fan(shape:)` would say is swapped.
    let field = kernel.height &* kernel.width
    weight = try scope.parameter(
      "weight", kernel.list + [outputs / groups, inputs], initializer,
      fan: Fan(input: field &* (inputs / groups), output: field &* (outputs / groups)), outputAxis: 2)
    bias = hasBias ? try scope.parameter("bias", [outputs], biasInitializer) : nil
  }

  /// The enlarged batch (batch, height', width', out_channels).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(channels, of: "channels (batch, height, width, channels)", in: x, rank: 4...4)
      guard max(x.shape[1], x.shape[2]) <= OptionKind.largestSize else {
        throw TensorError(.shape, "an image of shape \(describe(shape: x.shape)) is too large to be enlarged")
      }
      let (cut, added) = window.transposedPadding(Array(x.shape[1...2]), extra: outputPadding)
      let y = x.convTranspose2d(
        weight.value, stride: window.stride.list, padding: cut, dilation: window.dilation.list, outputPadding: added,
        groups: groups)
      return bias.map { y + $0.value } ?? y
    }
  }

  static let registration = LayerRegistration(
    "conv_transpose2d", "Transposed 2-D convolution of NHWC images, the adjoint of conv2d: makes images larger.",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
    ] + ConvolutionWindow.options + [
      OptionDescription(
        "output_padding", .pair(0...OptionKind.largestSize), default: 0,
        "Rows and columns added at the bottom and right, each below the stride."),
      .bias, .weightInitializer, .biasInitializer, .groups,
    ]
  ) { options, scope in
    let window = try ConvolutionWindow(options, label: LayerLabel("conv_transpose2d", scope))
    return try ConvTranspose2D(
      options.int("in_channels"), options.int("out_channels"), kernel: window.kernel, stride: window.stride,
      padding: window.padding, outputPadding: Size2D(options.pair("output_padding")), dilation: window.dilation,
      groups: options.int("groups"), bias: options.bool("bias"), weight: options.initializer("weight_init"),
      biasInitializer: options.initializer("bias_init"), in: scope)
  }
}
