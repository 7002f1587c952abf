import SwiftGANCore

/// How labels enter a game: what the generator is given beside its noise, what the discriminator is shown beside samples, and
/// what its numbers say.
///
/// Labels are int32 `[N]`, indices of classes; the generator is told those of the batch. Each conditional GAN of the
/// literature is one value of this type: ``JoinedLabels``, ``AuxiliaryClassifier``, ``LabelProjection``.
public protocol Conditioning: Sendable {
  /// How many classes there are.
  var classes: Int { get }

  /// How many numbers the discriminator gives for each sample.
  var outputs: Int { get }

  /// The shape of what the discriminator is shown for samples of a shape.
  func shownShape(_ shape: [Int]) -> [Int]

  /// What the discriminator is shown for samples `[N, ...]` of these classes.
  func shown(_ samples: Tensor, _ labels: Tensor) -> Tensor

  /// The logit of each sample, `[N]`, in the discriminator's numbers `[N, outputs]`.
  func logit(_ numbers: Tensor, _ labels: Tensor) -> Tensor

  /// Whether the discriminator's numbers tell the class, so that there is a ``classLoss(_:_:)``.
  var tellsClasses: Bool { get }

  /// What is added to a player's loss when these are the discriminator's numbers for samples of these classes, a scalar.
  func classLoss(_ numbers: Tensor, _ labels: Tensor) -> Tensor
}

extension Conditioning {
  /// One.
  public var outputs: Int { 1 }
  /// The same.
  public func shownShape(_ shape: [Int]) -> [Int] { shape }
  /// The samples alone.
  public func shown(_ samples: Tensor, _ labels: Tensor) -> Tensor { samples }
  /// The only number.
  public func logit(_ numbers: Tensor, _ labels: Tensor) -> Tensor { numbers.reshape([-1]) }
  /// No.
  public var tellsClasses: Bool { false }
  /// 0.
  public func classLoss(_ numbers: Tensor, _ labels: Tensor) -> Tensor { Tensor(0) }

  /// What the generator is given: the noise `[N, d]` and behind it a one in the place of the class, `[N, d + classes]`.
  public func told(_ noise: Tensor, _ labels: Tensor) -> Tensor {
    .concatenate([noise, indicators(labels, classes: classes)], axis: 1)
  }
}
