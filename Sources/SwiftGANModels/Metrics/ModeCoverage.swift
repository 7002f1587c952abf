import SwiftGANCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// How well samples cover the modes of a known mixture (the measures of VEEGAN, Srivastava et al. 2017, and PacGAN, Lin et
/// al. 2018).
public struct ModeCoverage: Sendable, Equatable {
  /// How many samples were judged.
  public let sampleCount: Int
  /// How many modes the mixture has.
  public let modeCount: Int
  /// Modes that at least one high-quality sample fell on.
  public let coveredModes: Int
  /// The share of samples that lie within 3 standard deviations of their nearest mode, from 0 to 1.
  public let highQualityShare: Double
  /// KL(samples || mixture) in nats over the modes, each sample counted for its nearest mode: 0 for equal shares, log of
  /// the number of modes when all samples lie at one.
  public let reverseKL: Double
  /// How many samples have each mode as their nearest.
  public let histogram: [Int]

  /// The standard error of ``highQualityShare``.
  public var standardError: Double {
    (highQualityShare * (1 - highQualityShare) / Double(max(1, sampleCount))).squareRoot()
  }
}

extension GaussianMixture2D {
  /// Judges samples `[N, 2]`. The customary N is 2,500.
  /// - Throws: `TensorError`: `.shape` for samples of another shape, `.value` for none, or for NaN and infinities.
  public func coverage(of samples: Tensor) throws -> ModeCoverage {
    try samples.checked()
    guard samples.rank == 2, samples.shape[1] == 2 else {
      throw TensorError(.shape, "mode coverage needs points of shape (N, 2), not \(describe(shape: samples.shape))")
    }
    let values = try samples.cast(to: .float64).scalars(as: Double.self)
    guard !values.isEmpty else { throw TensorError(.value, "mode coverage needs at least one sample") }
    guard values.allSatisfy(\.isFinite) else { throw TensorError(.value, "the samples hold NaN or infinity") }

    let limit = 9 * deviation * deviation
    var histogram = [Int](repeating: 0, count: modes.count)
    var isCovered = [Bool](repeating: false, count: modes.count)
    var highQuality = 0
    for row in 0..<samples.shape[0] {
      let (x, y) = (values[2 * row], values[2 * row + 1])
      let (mode, distance) = nearestMode(x, y)
      histogram[mode] += 1
      guard distance <= limit else { continue }
      highQuality += 1
      isCovered[mode] = true
    }
    let count = samples.shape[0]
    let divergence = histogram.reduce(0.0) { sum, hits in
      guard hits > 0 else { return sum }
      let share = Double(hits) / Double(count)
      return sum + share * log(share * Double(modes.count))
    }
    return ModeCoverage(
      sampleCount: count, modeCount: modes.count, coveredModes: isCovered.count { $0 },
      highQualityShare: Double(highQuality) / Double(count), reverseKL: max(0, divergence), histogram: histogram)
  }

  private func nearestMode(_ x: Double, _ y: Double) -> (index: Int, squaredDistance: Double) {
    var best = (index: 0, squaredDistance: Double.infinity)
    for (index, mode) in modes.enumerated() {
      let squared = (x - mode.x) * (x - mode.x) + (y - mode.y) * (y - mode.y)
      if squared < best.squaredDistance { best = (index, squared) }
    }
    return best
  }
}
