import SwiftGANCore

/// Differentiable augmentation (Zhao et al. 2020): the discriminator sees real and generated images changed alike, so that
/// it cannot learn a small data set by heart, and the generator learns through the changes without copying them.
///
/// Each sample is changed by random numbers of its own. Images lie in [-1, 1] or [0, 1]; what is shifted in or cut out is 0.
public enum Augmentation: String, Sendable, CaseIterable {
  /// Brightness (up to 0.5 more or less), contrast (0.5 to 1.5 times) and, in colour images, saturation (0 to 2 times).
  case color
  /// A shift by up to an eighth of height and width.
  case translation
  /// A square of half the height and width is blanked.
  case cutout

  /// The changed images, `[N, H, W, C]` as given; gradients flow through.
  public func callAsFunction(_ images: Tensor, key: RandomKey) -> Tensor {
    guard images.rank == 4 else {
      return images.error.map(Tensor.failed)
        ?? .failed(
          TensorError(
            .shape, "augmentation needs images (N, H, W, C), not a batch of shape \(describe(shape: images.shape))"))
    }
    switch self {
    case .color: return Augmentation.recolored(images, key)
    case .translation: return Augmentation.shifted(images, key)
    case .cutout: return Augmentation.cut(images, key)
    }
  }

  private static func recolored(_ images: Tensor, _ key: RandomKey) -> Tensor {
    func random(_ purpose: Int, _ low: Double, _ high: Double) -> Tensor {
      low + (high - low) * uniformPerSample(images, key: key.folded(purpose))
    }
    var result = images + random(0, -0.5, 0.5)
    if images.shape[3] > 1 {
      let grey = result.mean(axes: [3], keepDims: true)
      result = (result - grey) * random(1, 0, 2) + grey
    }
    let mean = result.mean(axes: [1, 2, 3], keepDims: true)
    return (result - mean) * random(2, 0.5, 1.5) + mean
  }

  /// A shift by up to an eighth of height and width.
  private static func shifted(_ images: Tensor, _ key: RandomKey) -> Tensor {
    shifted(images, reach: ((images.shape[1] + 4) / 8, (images.shape[2] + 4) / 8), key)
  }

  /// Images shifted by up to so many pixels each way; what is shifted in is 0.
  static func shifted(_ images: Tensor, upTo reach: Int, key: RandomKey) -> Tensor {
    guard images.rank == 4 else { return images }
    return shifted(images, reach: (min(reach, images.shape[1]), min(reach, images.shape[2])), key)
  }

  /// A shift is a product with a matrix of zeros and ones, one per sample, which has its gradient for free.
  private static func shifted(_ images: Tensor, reach: (rows: Int, columns: Int), _ key: RandomKey) -> Tensor {
    let (count, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
    func shifts(_ length: Int, _ reach: Int, _ purpose: Int) -> Tensor {
      let offsets = Tensor.randomIntegers([count, 1, 1], low: -reach, high: reach + 1, key: key.folded(purpose))
      let places = Tensor.arange(0, Double(length), dtype: .int64)
      return ((places.expandDims(at: 1) - places) .== offsets).cast(to: images.dtype)
    }
    // Pixels keep their bits, whatever precision the networks' products have.
    return MatmulPrecision.highest.within {
      let rows = shifts(height, reach.rows, 0).matmul(images.reshape([count, height, width * channels]))
      return shifts(width, reach.columns, 1).expandDims(at: 1).matmul(rows.reshape([count, height, width, channels]))
    }
  }

  private static func cut(_ images: Tensor, _ key: RandomKey) -> Tensor {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    func isInside(_ length: Int, _ purpose: Int) -> Tensor {
      let start = Tensor.randomIntegers(
        [count, 1], low: -(length / 4), high: length - length / 4, key: key.folded(purpose))
      let places = Tensor.arange(0, Double(length), dtype: .int64)
      return (places .>= start) .& (places .< (start + Double((length + 1) / 2)))
    }
    let hole = isInside(height, 0).reshape([count, height, 1, 1]) .& isInside(width, 1).reshape([count, 1, width, 1])
    return images * (1 - hole.cast(to: images.dtype))
  }
}
