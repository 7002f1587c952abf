import SwiftGANCore

/// The condition is a coarse image, expanded to the samples' size, which a finer one is to fit (LAPGAN, Denton et al. 2015,
/// section 2.3): the generator is given it beside noise and makes the difference, and the discriminator judges the sum of the
/// two, beside the coarse image where ``joins``.
///
/// Noise comes as `[N, height * width * planes]` and is seen as further planes of the image.
public struct CoarseImage: Conditioning {
  /// Planes of noise.
  public let planes: Int
  /// Whether the discriminator is shown the coarse image as well; in the paper only the sum.
  public let joins: Bool

  /// A condition of an image.
  public init(planes: Int = 1, joins: Bool = false) {
    self.planes = planes
    self.joins = joins
  }

  /// The coarse image `[N, H, W, C]` with noise as further planes, `[N, H, W, C + planes]`.
  public func told(_ noise: Tensor, _ condition: Tensor) -> Tensor {
    guard condition.error == nil, noise.error == nil else { return condition.error == nil ? noise : condition }
    return .concatenate([condition, noise.reshape(Array(condition.shape.prefix(3)) + [planes])], axis: 3)
  }

  /// The samples' shape with the planes of noise.
  public func givenShape(latent: Int, shape: [Int]) -> [Int] { shape.dropLast() + [(shape.last ?? 1) + planes] }

  /// The coarse image and the generated difference, summed.
  public func samples(_ output: Tensor, _ condition: Tensor) -> Tensor { condition + output }

  /// The samples' shape, with twice the channels where the coarse image is shown.
  public func shownShape(_ shape: [Int]) -> [Int] {
    joins ? shape.dropLast() + [2 * (shape.last ?? 1)] : shape
  }

  /// Where the coarse image is shown.
  public var showsImages: Bool { joins }

  /// The samples, with the coarse image as further planes where it is shown.
  public func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor {
    joins ? .concatenate([samples, condition], axis: 3) : samples
  }
}
