import SwiftGANCore

/// A mixture of equally likely Gaussians in the plane, the standard test of whether a GAN finds all modes.
///
/// ```swift
/// let points = GaussianMixture2D.ring8.sample(2_500, key: RandomKey(seed: 1))   // [2500, 2]
/// let coverage = try GaussianMixture2D.ring8.coverage(of: samples)
/// print(coverage.coveredModes, coverage.highQualityShare)
/// ```
public struct GaussianMixture2D: Sendable {
  /// The centres.
  public let modes: [(x: Double, y: Double)]
  /// The standard deviation of each Gaussian, along each axis.
  public let deviation: Double

  /// A mixture with these centres.
  public init(modes: [(x: Double, y: Double)], deviation: Double) {
    self.modes = modes
    self.deviation = deviation
  }

  /// RING8: 8 modes on a circle of radius 1, standard deviation 0.01.
  public static let ring8 = GaussianMixture2D(
    modes: (0..<8).map { index in
      // The cosines and sines of multiples of 45 degrees.
      let half = 0.5.squareRoot()
      let cosines = [1, half, 0, -half, -1, -half, 0, half]
      return (x: cosines[index], y: cosines[(index + 6) % 8])
    },
    deviation: 0.01)

  /// GRID25: modes at {-4, -2, 0, 2, 4} squared, standard deviation 0.05.
  public static let grid25 = GaussianMixture2D(
    modes: (0..<25).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: 5)
      return (x: Double(2 * column - 4), y: Double(2 * row - 4))
    },
    deviation: 0.05)

  /// `count` independent points, `[count, 2]` float32.
  public func sample(_ count: Int, key: RandomKey) -> Tensor {
    let centres = Tensor(modes.flatMap { [Float($0.x), Float($0.y)] }, shape: [modes.count, 2])
    let choice = Tensor.randomIntegers([count], low: 0, high: modes.count, key: key.folded(0))
    return centres.gather(choice, axis: 0) + Tensor.randomNormal([count, 2], key: key.folded(1), std: deviation)
  }
}
