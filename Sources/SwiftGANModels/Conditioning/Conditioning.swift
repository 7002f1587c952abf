import SwiftGANCore

/// How what is known of a sample enters a game: what the generator is given beside its noise, what the discriminator is shown
/// beside samples, and what its numbers say.
///
/// A condition is one tensor whose first axis counts the samples: labels (``ClassConditioning``), or the coarse image that a
/// finer one is to fit (``CoarseImage``). Each conditional GAN of the literature is one value of this type.
public protocol Conditioning: Sendable {
  /// How many numbers the discriminator gives for each sample.
  var outputs: Int { get }

  /// What the generator is given for noise `[N, d]` and a condition.
  func told(_ noise: Tensor, _ condition: Tensor) -> Tensor

  /// The shape of one example of that, for noise of a size and samples of a shape.
  func givenShape(latent: Int, shape: [Int]) -> [Int]

  /// The samples that the generator's output stands for.
  func samples(_ output: Tensor, _ condition: Tensor) -> Tensor

  /// The shape of what the discriminator is shown for samples of a shape.
  func shownShape(_ shape: [Int]) -> [Int]

  /// What the discriminator is shown for samples `[N, ...]` under these conditions.
  func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor

  /// The logit of each sample, `[N]`, in the discriminator's numbers `[N, outputs]`.
  func logit(_ numbers: Tensor, _ condition: Tensor) -> Tensor

  /// Whether the discriminator's numbers tell the class, so that there is a ``classLoss(_:_:)``.
  var tellsClasses: Bool { get }

  /// What is added to a player's loss when these are the discriminator's numbers for samples of these classes, a scalar.
  func classLoss(_ numbers: Tensor, _ condition: Tensor) -> Tensor
}

extension Conditioning {
  /// One.
  public var outputs: Int { 1 }
  /// The output itself.
  public func samples(_ output: Tensor, _ condition: Tensor) -> Tensor { output }
  /// The same.
  public func shownShape(_ shape: [Int]) -> [Int] { shape }
  /// The samples alone.
  public func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor { samples }
  /// The only number.
  public func logit(_ numbers: Tensor, _ condition: Tensor) -> Tensor { numbers.reshape([-1]) }
  /// No.
  public var tellsClasses: Bool { false }
  /// 0.
  public func classLoss(_ numbers: Tensor, _ condition: Tensor) -> Tensor { Tensor(0) }
}

/// A conditioning by labels: int32 `[N]`, indices of classes. The generator is told those of the batch. See ``JoinedLabels``,
/// ``AuxiliaryClassifier``, ``LabelProjection``.
public protocol ClassConditioning: Conditioning {
  /// How many classes there are.
  var classes: Int { get }
}

extension ClassConditioning {
  /// The size of the noise and the number of classes.
  public func givenShape(latent: Int, shape: [Int]) -> [Int] { [latent + classes] }

  /// What the generator is given: the noise `[N, d]` and behind it a one in the place of the class, `[N, d + classes]`.
  public func told(_ noise: Tensor, _ condition: Tensor) -> Tensor {
    .concatenate([noise, indicators(condition, classes: classes)], axis: 1)
  }
}
