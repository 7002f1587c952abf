import SwiftGANCore

/// What a convolutional classifier sees in an image: blocks of 3 by 3 convolutions with ReLU, each followed by pooling
/// that halves height and width, as long as both have at least two pixels.
struct ConvolutionalFeatures {
  /// The layers, from `[N, H, W, C]` to `[N, height, width, channels]`.
  let layers: [JSON]
  /// How many numbers come out for each image.
  let count: Int

  /// - Parameters:
  ///   - shape: of an image, `[H, W, C]`.
  ///   - widths: channels of each block.
  ///   - depth: convolutions in each block.
  ///   - pool: `max` or `average`.
  ///   - isNormed: whether batch norm stands between convolution and ReLU.
  init(shape: [Int], widths: [Int], depth: Int, pool: String, isNormed: Bool) throws {
    var (height, width, channels) = (shape[0], shape[1], shape[2])
    var layers: [JSON] = []
    for next in widths {
      for _ in 0..<depth {
        layers.append([
          "name": "conv2d", "in_channels": JSON(channels), "out_channels": JSON(next), "kernel_size": 3,
          "padding": "same", "bias": JSON(!isNormed), "weight_init": "he_normal",
        ])
        if isNormed { layers.append(["name": "batch_norm", "features": JSON(next)]) }
        layers.append("relu")
        channels = next
      }
      if height >= 2, width >= 2 {
        layers.append(["name": JSON(pool == "max" ? "max_pool2d" : "avg_pool2d"), "kernel_size": 2])
        (height, width) = (height / 2, width / 2)
      }
    }
    self.layers = layers
    count = try elementCount(of: [height, width, channels])
  }
}
