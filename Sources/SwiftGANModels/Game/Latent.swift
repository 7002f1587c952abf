import SwiftGANCore

/// Where the generator's noise comes from.
///
/// ```swift
/// let z = Latent(size: 100, distribution: .uniform).sample(64, key: key)  // [64, 100]
/// ```
public struct Latent: Sendable, Equatable {
  /// The law of each coordinate; all are independent.
  public enum Distribution: String, Sendable, CaseIterable {
    /// Standard normal.
    case normal
    /// Uniform on [-1, 1).
    case uniform
  }

  /// The number of coordinates.
  public let size: Int
  /// The law of each coordinate.
  public let distribution: Distribution

  /// Noise of this size and law.
  public init(size: Int, distribution: Distribution = .normal) {
    self.size = size
    self.distribution = distribution
  }

  /// `count` vectors of noise, `[count, size]` float32. Row i depends on the key and i alone, not on `count`.
  public func sample(_ count: Int, key: RandomKey) -> Tensor {
    switch distribution {
    case .normal: Tensor.randomNormal([count, size], key: key)
    case .uniform: 2 * Tensor.randomUniform([count, size], key: key) - 1
    }
  }
}
