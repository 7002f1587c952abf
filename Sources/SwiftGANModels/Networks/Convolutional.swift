import SwiftGANCore
import SwiftGANNN

/// Which sizes and widths a convolutional generator passes through on its way to an image, and a discriminator on its way
/// back: `base * 2^n` in height and width.
///
/// An image is halved while both sides are even until it is smaller than 8, but at least twice where it can be: 64 and 32
/// start from 4, 28 from 7, 16 from 4, 8 from 2.
struct ConvolutionalPlan: Equatable {
  /// Height and width of the smallest feature map.
  let base: (height: Int, width: Int)
  /// Channels of the feature maps, from the smallest on; one for each doubling.
  let widths: [Int]
  /// Channels of the image.
  let channels: Int

  /// A plan for images `[H, W, C]`.
  ///
  /// - Parameters:
  ///   - width: channels of the largest feature map; they double with each halving, up to 8 times as many.
  ///   - widths: the channels themselves, smallest map first, in place of `width`; their number sets how often to halve.
  ///   - alternative: what takes data of any shape, for messages.
  /// - Throws: `TensorError`: `.shape` for vectors, `.value` when the size cannot be halved often enough.
  init(shape: [Int], width: Int, widths given: [Int]?, alternative: String) throws {
    guard shape.count == 3 else {
      throw TensorError(
        .shape,
        "convolutional networks need images (N, H, W, C) or (N, H, W), not vectors of shape "
          + "\(describe(shape: shape)); for those use \(alternative)")
    }
    var (height, columns) = (shape[0], shape[1])
    var levels = 0
    func wantsMore() -> Bool {
      given.map { levels < $0.count } ?? (max(height, columns) >= 8 || levels < 2)
    }
    while wantsMore(), height % 2 == 0, columns % 2 == 0, given != nil || min(height, columns) >= 4 {
      (height, columns, levels) = (height / 2, columns / 2, levels + 1)
    }
    guard levels >= 1, levels == given?.count ?? levels else {
      throw TensorError(
        .value,
        "images of \(shape[0]) by \(shape[1]) cannot be halved \(max(1, given?.count ?? 1)) times: height and width "
          + "must be a base size times 2^n; pad or resize them, or use \(alternative)")
    }
    base = (height, columns)
    widths = given ?? (0..<levels).map { width * min(8, 1 << (levels - 1 - $0)) }
    channels = shape[2]
  }

  /// A plan by the options `width` and `widths`.
  init(_ options: Options, shape: [Int], alternative: String) throws {
    let widths = try options.json("widths").isNull ? nil : options.ints("widths")
    try self.init(shape: shape, width: options.int("width"), widths: widths, alternative: alternative)
  }

  static func == (left: ConvolutionalPlan, right: ConvolutionalPlan) -> Bool {
    left.base == right.base && left.widths == right.widths && left.channels == right.channels
  }

  /// DCGAN's generator (Radford et al. 2016, figure 1): noise is projected to the smallest map, then fractionally strided
  /// convolutions double it; batch norm and ReLU after each but the last.
  /// - Parameters:
  ///   - output: the activation at the end; nil for none.
  ///   - isNormed: whether there is batch norm.
  func generator(latent: Int, output: JSON?, initializer: JSON, isNormed: Bool = true) throws -> [JSON] {
    func between(_ features: Int) -> [JSON] { isNormed ? [batchNorm(features), "relu"] : ["relu"] }
    let projected = try elementCount(of: [base.height, base.width, widths[0]])
    var layers: [JSON] =
      [
        dense(latent, projected, bias: !isNormed, initializer: initializer),
        reshape(to: [base.height, base.width, widths[0]]),
      ] + between(widths[0])
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      layers.append(strided("conv_transpose2d", inputs, outputs, bias: !isNormed, initializer: initializer))
      layers += between(outputs)
    }
    layers.append(strided("conv_transpose2d", widths[widths.count - 1], channels, initializer: initializer))
    return layers + (output.map { [$0] } ?? [])
  }

  /// DCGAN's discriminator: strided convolutions with LeakyReLU 0.2, normalised but for the first, then one logit.
  /// - Parameters:
  ///   - channels: of the images that it sees (more than the image's own when samples are packed).
  ///   - outputs: how many numbers come out in place of one logit.
  ///   - norm: gives the normalisation after a convolution from its output `[H, W, C]`; nil for none.
  func discriminator(
    channels: Int, outputs: Int = 1, norm: (_ shape: [Int]) -> JSON?, initializer: JSON
  ) throws -> [JSON] {
    let sizes = Array(widths.reversed())
    var layers: [JSON] = []
    for (level, (inputs, features)) in zip([channels] + sizes, sizes).enumerated() {
      let halvings = sizes.count - 1 - level
      let normalisation = level == 0 ? nil : norm([base.height << halvings, base.width << halvings, features])
      layers.append(
        strided("conv2d", inputs, features, bias: normalisation?["name"] != "batch_norm", initializer: initializer))
      if let normalisation { layers.append(normalisation) }
      layers.append(["name": "leaky_relu", "slope": 0.2])
    }
    return layers + [
      "flatten", dense(try elementCount(of: [base.height, base.width, widths[0]]), outputs, initializer: initializer),
    ]
  }
}
