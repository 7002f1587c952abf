import SwiftGANCore

/// The largest element of each window of sequences.
///
/// Input (batch, length, channels), output (batch, length', channels) with
/// `length' = floor((length + padding - dilation * (kernel - 1) - 1) / stride) + 1`. What pads belongs to no window.
///
/// ```swift
/// let layer = try MaxPool1D(kernel: 2)   // halves the length
/// ```
public struct MaxPool1D: Layer {
  private let window: ConvolutionWindow
  private let label: LayerLabel

  /// - Parameters:
  ///   - stride: steps between windows; nil for the window's size.
  ///   - padding: elements on each side; of numbers in pairs the second counts, as for the columns of an image.
  /// - Throws: `.value` for a size out of range.
  public init(
    kernel: Int, stride: Int? = nil, padding: ConvolutionPadding = .valid, dilation: Int = 1, in scope: Scope? = nil
  ) throws {
    label = LayerLabel("max_pool1d", scope)
    window = try ConvolutionWindow(
      length: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation, label: label)
  }

  /// The pooled sequences.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireSequences(x)
      return x.maxPool1d(
        window: window.kernel.width, stride: window.stride.width, padding: window.padding(around: x.shape[1]),
        dilation: window.dilation.width)
    }
  }

  static let registration = LayerRegistration(
    "max_pool1d", "The largest element of each window of sequences (batch, length, channels).",
    options: poolOptions + [OptionDescription("dilation", .integer(), default: 1, "Step between a window's elements.")]
  ) { options, scope in
    try MaxPool1D(
      kernel: options.int("kernel_size"), stride: options.optionalInt("stride"),
      padding: options.sequencePadding("padding"), dilation: options.int("dilation"), in: scope)
  }
}

/// The mean of each window of sequences; sizes as for ``MaxPool1D``.
public struct AvgPool1D: Layer {
  private let window: ConvolutionWindow
  private let countsPadding: Bool
  private let label: LayerLabel

  /// - Parameters:
  ///   - stride: steps between windows; nil for the window's size.
  ///   - padding: elements on each side; of numbers in pairs the second counts, as for the columns of an image.
  ///   - countsPadding: whether padding counts as zeros (PyTorch's default), or the mean is that of the sequence's elements.
  /// - Throws: `.value` for a size out of range.
  public init(
    kernel: Int, stride: Int? = nil, padding: ConvolutionPadding = .valid, countsPadding: Bool = true,
    in scope: Scope? = nil
  ) throws {
    label = LayerLabel("avg_pool1d", scope)
    window = try ConvolutionWindow(
      length: kernel, stride: stride ?? kernel, padding: padding, dilation: 1, label: label)
    self.countsPadding = countsPadding
  }

  /// The pooled sequences.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireSequences(x)
      return x.avgPool1d(
        window: window.kernel.width, stride: window.stride.width, padding: window.padding(around: x.shape[1]),
        countIncludePad: countsPadding)
    }
  }

  static let registration = LayerRegistration(
    "avg_pool1d", "The mean of each window of sequences (batch, length, channels).",
    options: poolOptions + [
      OptionDescription("count_include_pad", .boolean, default: true, "Whether padding counts as zeros.")
    ]
  ) { options, scope in
    try AvgPool1D(
      kernel: options.int("kernel_size"), stride: options.optionalInt("stride"),
      padding: options.sequencePadding("padding"), countsPadding: options.bool("count_include_pad"), in: scope)
  }
}

private let poolOptions = [
  OptionDescription("kernel_size", .integer(), default: 2, "Length of the window."),
  OptionDescription("stride", .optional(.integer()), default: nil, "Step between windows; null for the window's size."),
  OptionDescription("padding", .sequencePadding, default: "valid", "Elements before and after the sequence."),
]

extension ConvolutionWindow {
  /// A window of sequences, as one of images one pixel high.
  init(
    length: Int, stride: Int, padding: ConvolutionPadding, dilation: Int, label: LayerLabel
  ) throws {
    try self.init(
      kernel: Size2D(1, length), stride: Size2D(1, stride), padding: padding, dilation: Size2D(1, dilation),
      label: label)
  }

  /// Elements before and after a sequence of this length.
  func padding(around length: Int) -> [Int] { Array(padding(around: [1, length]).suffix(2)) }
}

extension LayerLabel {
  /// Throws unless `x` has the axes of sequences.
  func requireSequences(_ x: Tensor) throws {
    guard x.rank == 3 else {
      throw TensorError(
        .shape, "expected sequences (batch, length, channels), not an input of shape \(describe(shape: x.shape))")
    }
  }
}
