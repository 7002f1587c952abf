import SwiftGANCore

/// Height and width. An integer literal stands for both: `kernel: 4`.
public struct Size2D: Sendable, Equatable, ExpressibleByIntegerLiteral {
  /// Along the rows: the second axis of NHWC.
  public let height: Int
  /// Along the columns: the third axis of NHWC.
  public let width: Int

  /// Height first, as in a shape.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  /// The same for height and width.
  public init(_ both: Int) { self.init(both, both) }

  /// The same for height and width.
  public init(integerLiteral both: Int) { self.init(both, both) }

  init(_ pair: (Int, Int)) { self.init(pair.0, pair.1) }

  var list: [Int] { [height, width] }
}

/// Zeros around an image.
public enum ConvolutionPadding: Sendable, Equatable, ExpressibleByIntegerLiteral {
  /// None: a convolution's output shrinks by the kernel's reach.
  case valid
  /// So many that a convolution's output is `ceil(size / stride)`, and a transposed one's `size * stride`. An odd one out
  /// goes to the bottom and right, as in TensorFlow.
  case same
  /// Rows at top and at bottom, columns left and right; for a transposed convolution, so many are cut off the output, as
  /// in PyTorch.
  case explicit(Size2D)

  /// As many rows and columns on each side.
  public init(integerLiteral both: Int) { self = .explicit(Size2D(both)) }

  init(_ json: JSON) throws {
    switch json {
    case "same": self = .same
    case "valid": self = .valid
    default:
      let numbers = json.arrayValue?.compactMap(\.intValue) ?? []
      guard numbers.count == 2 else {
        throw TensorError(.type, "padding must be \(OptionKind.padding.allowed), not \(json.text())")
      }
      self = .explicit(Size2D(numbers[0], numbers[1]))
    }
  }
}

/// The numbers that a convolution and its transpose share.
struct ConvolutionWindow: Sendable {
  let kernel: Size2D
  let stride: Size2D
  let padding: ConvolutionPadding
  let dilation: Size2D

  /// Throws unless all sizes are good ones.
  init(
    kernel: Size2D, stride: Size2D, padding: ConvolutionPadding, dilation: Size2D, label: LayerLabel
  ) throws {
    for (name, size) in [("kernel_size", kernel), ("stride", stride), ("dilation", dilation)] {
      try label.require(name, size.height)
      try label.require(name, size.width)
    }
    if case .explicit(let size) = padding {
      try label.require("padding", size.height, atLeast: 0)
      try label.require("padding", size.width, atLeast: 0)
    }
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// Rows or columns that the kernel reaches over.
  private func reach(_ axis: Int) -> Int { dilation.list[axis] * (kernel.list[axis] - 1) + 1 }

  /// Zeros at the top, bottom, left and right of an image of this height and width.
  func padding(around size: [Int]) -> [Int] {
    switch padding {
    case .valid: return [0, 0, 0, 0]
    case .explicit(let zeros): return [zeros.height, zeros.height, zeros.width, zeros.width]
    case .same:
      return (0..<2).flatMap { axis in
        let step = stride.list[axis]
        let output = (size[axis] + step - 1) / step
        let total = max((output - 1) * step + reach(axis) - size[axis], 0)
        return [total / 2, total - total / 2]
      }
    }
  }

  /// An image with all padding around it but zeros, and the zeros that remain for the convolution to add.
  func padded(_ x: Tensor, mode: PaddingMode) -> (image: Tensor, zeros: [Int]) {
    let sides = padding(around: Array(x.shape[1...2]))
    guard mode != .constant, sides.contains(where: { $0 > 0 }) else { return (x, sides) }
    return (x.pad([(0, 0), (sides[0], sides[1]), (sides[2], sides[3]), (0, 0)], mode: mode), [0, 0, 0, 0])
  }

  /// For a transposed convolution of an image of this size: what is cut off its output, and what is added at the end.
  func transposedPadding(_ size: [Int], extra: Size2D) -> (cut: [Int], added: [Int]) {
    guard padding == .same else { return (padding(around: size), extra.list) }
    // The adjoint of a convolution with `same` padding of an image `stride` times as large. Where the stride is larger
    // than the kernel's reach, that convolution skips rows at the end: they come back as zeros.
    let larger = (0..<2).map { size[$0] * stride.list[$0] }
    return (padding(around: larger), (0..<2).map { max(stride.list[$0] - reach($0), 0) })
  }

  static let options = [
    OptionDescription("kernel_size", .pair(), "Height and width of the kernel."),
    OptionDescription("stride", .pair(), default: 1, "Step between positions."),
    OptionDescription("padding", .padding, default: "valid", "Zeros around the image."),
    OptionDescription("dilation", .pair(), default: 1, "Step between the kernel's elements."),
  ]

  init(_ options: Options, label: LayerLabel) throws {
    try self.init(
      kernel: Size2D(options.pair("kernel_size")), stride: Size2D(options.pair("stride")),
      padding: ConvolutionPadding(options.json("padding")), dilation: Size2D(options.pair("dilation")), label: label)
  }
}
