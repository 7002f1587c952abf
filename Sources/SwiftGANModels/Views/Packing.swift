import SwiftGANCore

/// Packing (PacGAN, Lin et al. 2018): the discriminator judges several samples at once, joined along their channels, so
/// that a lack of variety among samples gives them away.
enum Packing {
  /// The shape that a discriminator of packed samples sees.
  static func packedShape(_ shape: [Int], _ size: Int) -> [Int] {
    Array(shape.dropLast()) + [(shape.last ?? 1) * size]
  }

  /// Joins every `size` consecutive samples of `[N, ..., C]` into one of `[N / size, ..., C * size]`.
  /// - Throws: `TensorError` (`.value`) when N is no multiple of `size`.
  static func pack(_ samples: Tensor, _ size: Int) throws -> Tensor {
    guard size > 1, let count = samples.shape.first, let channels = samples.shape.last else { return samples }
    guard count % size == 0 else {
      throw TensorError(
        .value,
        "a batch of \(count) samples cannot be judged \(size) at a time: choose a batch_size that is a multiple of "
          + "pack \(size)")
    }
    let inner = Array(samples.shape[1..<(samples.rank - 1)])
    let axes = [0] + (2..<(2 + inner.count)) + [1, 2 + inner.count]
    return samples.reshape([count / size, size] + inner + [channels]).transposed(axes)
      .reshape([count / size] + inner + [channels * size])
  }
}
