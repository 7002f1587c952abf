import SwiftGANCore

/// The condition is a vector of numbers, or an image as one: both players are given it as it is (Mirza and Osindero 2014,
/// section 4.2, where image features stand for an image).
public struct JoinedFeatures: Conditioning {
  /// How many numbers a condition has.
  public let size: Int

  /// A condition of so many numbers.
  public init(size: Int) { self.size = size }

  /// The size of the noise and the condition's.
  public func givenShape(latent: Int, shape: [Int]) -> [Int] { [latent + size] }

  /// The noise `[N, d]` and behind it the condition, `[N, d + size]`.
  public func told(_ noise: Tensor, _ condition: Tensor) -> Tensor {
    .concatenate([noise, condition.flatten(fromAxis: 1)], axis: 1)
  }

  /// The samples' numbers and the condition's.
  public func shownShape(_ shape: [Int]) -> [Int] { [shape.reduce(1, *) + size] }

  /// The samples as vectors and behind them the condition.
  public func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor {
    .concatenate([samples.flatten(fromAxis: 1), condition.flatten(fromAxis: 1)], axis: 1)
  }
}
