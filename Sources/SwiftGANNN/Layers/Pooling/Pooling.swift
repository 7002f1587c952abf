import SwiftGANCore

/// The largest element of each window of images.
///
/// Input (batch, height, width, channels), output (batch, height', width', channels) with
/// `height' = floor((height + padding - dilation * (kernel - 1) - 1) / stride) + 1`. What pads belongs to no window.
///
/// ```swift
/// let layer = try MaxPool2D(kernel: 2)   // halves height and width
/// ```
public struct MaxPool2D: Layer {
  private let window: ConvolutionWindow
  private let label: LayerLabel

  /// - Parameter stride: steps between windows; nil for the window's size.
  /// - Throws: `.value` for a size out of range.
  public init(
    kernel: Size2D, stride: Size2D? = nil, padding: ConvolutionPadding = .valid, dilation: Size2D = 1,
    in scope: Scope? = nil
  ) throws {
    label = LayerLabel("max_pool2d", scope)
    window = try ConvolutionWindow(
      kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation, label: label)
  }

  /// The pooled images.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireImages(x)
      return x.maxPool2d(
        window: window.kernel.list, stride: window.stride.list, padding: window.padding(around: Array(x.shape[1...2])),
        dilation: window.dilation.list)
    }
  }

  static let registration = LayerRegistration(
    "max_pool2d", "The largest element of each window of NHWC images.",
    options: poolOptions + [OptionDescription("dilation", .pair(), default: 1, "Step between a window's elements.")]
  ) { options, scope in
    try MaxPool2D(
      kernel: Size2D(options.pair("kernel_size")), stride: options.optionalSize("stride"),
      padding: ConvolutionPadding(options.json("padding")), dilation: Size2D(options.pair("dilation")), in: scope)
  }
}

/// The mean of each window of images; sizes as for ``MaxPool2D``.
public struct AvgPool2D: Layer {
  private let window: ConvolutionWindow
  private let countsPadding: Bool
  private let label: LayerLabel

  /// - Parameters:
  ///   - stride: steps between windows; nil for the window's size.
  ///   - countsPadding: whether padding counts as zeros (PyTorch's default), or the mean is that of the image's elements.
  /// - Throws: `.value` for a size out of range.
  public init(
    kernel: Size2D, stride: Size2D? = nil, padding: ConvolutionPadding = .valid, countsPadding: Bool = true,
    in scope: Scope? = nil
  ) throws {
    label = LayerLabel("avg_pool2d", scope)
    window = try ConvolutionWindow(
      kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: 1, label: label)
    self.countsPadding = countsPadding
  }

  /// The pooled images.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireImages(x)
      return x.avgPool2d(
        window: window.kernel.list, stride: window.stride.list, padding: window.padding(around: Array(x.shape[1...2])),
        countIncludePad: countsPadding)
    }
  }

  static let registration = LayerRegistration(
    "avg_pool2d", "The mean of each window of NHWC images.",
    options: poolOptions + [
      OptionDescription("count_include_pad", .boolean, default: true, "Whether padding counts as zeros.")
    ]
  ) { options, scope in
    try AvgPool2D(
      kernel: Size2D(options.pair("kernel_size")), stride: options.optionalSize("stride"),
      padding: ConvolutionPadding(options.json("padding")), countsPadding: options.bool("count_include_pad"), in: scope)
  }
}

/// The mean or the largest element of each of so many windows that cover an image evenly, whatever its size.
///
/// Input (batch, height, width, channels), output (batch, height', width', channels) with the size given.
public struct AdaptivePool2D: Layer {
  private let size: Size2D
  private let takesMaximum: Bool
  private let label: LayerLabel

  /// - Parameters:
  ///   - size: height and width of the output.
  ///   - maximum: take the largest element, not the mean.
  /// - Throws: `.value` for a size below 1.
  public init(_ size: Size2D, maximum: Bool = false, in scope: Scope? = nil) throws {
    label = LayerLabel(maximum ? "adaptive_max_pool2d" : "adaptive_avg_pool2d", scope)
    try label.require("output_size", size.height)
    try label.require("output_size", size.width)
    self.size = size
    takesMaximum = maximum
  }

  /// The pooled images.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireImages(x)
      return takesMaximum ? x.adaptiveMaxPool2d(size.list) : x.adaptiveAvgPool2d(size.list)
    }
  }

  static let registrations = [("avg", "mean", false), ("max", "largest element", true)].map { word, what, isMaximum in
    LayerRegistration(
      "adaptive_\(word)_pool2d", "The \(what) of each of so many windows that cover an image evenly.",
      options: [OptionDescription("output_size", .pair(), "Height and width of the output.")]
    ) { options, scope in
      try AdaptivePool2D(Size2D(options.pair("output_size")), maximum: isMaximum, in: scope)
    }
  }
}

/// The mean or the largest element of each feature over all positions: (batch, ..., features) to (batch, features).
public struct GlobalPool: Layer {
  private let takesMaximum: Bool
  private let label: LayerLabel

  /// - Parameter maximum: take the largest element, not the mean.
  public init(maximum: Bool = false, in scope: Scope? = nil) {
    label = LayerLabel(maximum ? "global_max_pool" : "global_avg_pool", scope)
    takesMaximum = maximum
  }

  /// One vector for each example.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.rank >= 2 else {
        throw TensorError(
          .shape, "expected an input (batch, ..., features), not one of shape \(describe(shape: x.shape))")
      }
      let axes = Array(1..<(x.rank - 1))
      return takesMaximum ? x.max(axes: axes) : x.mean(axes: axes)
    }
  }

  static let registrations = [("avg", "mean", false), ("max", "largest element", true)].map { word, what, isMaximum in
    LayerRegistration("global_\(word)_pool", "The \(what) of each feature over all positions.") { _, scope in
      GlobalPool(maximum: isMaximum, in: scope)
    }
  }
}

private let poolOptions = [
  OptionDescription("kernel_size", .pair(), default: 2, "Height and width of the window."),
  OptionDescription("stride", .optional(.pair()), default: nil, "Step between windows; null for the window's size."),
  OptionDescription("padding", .padding, default: "valid", "Rows and columns around the image."),
]

extension Options {
  /// Height and width, or nil where the option is null.
  func optionalSize(_ name: String) throws -> Size2D? { try json(name).isNull ? nil : Size2D(pair(name)) }
}

extension LayerLabel {
  /// Throws unless `x` has the axes of images.
  func requireImages(_ x: Tensor) throws {
    guard x.rank == 4 else {
      throw TensorError(
        .shape,
        "expected images (batch, height, width, channels), not an input of shape \(describe(shape: x.shape))")
    }
  }
}
