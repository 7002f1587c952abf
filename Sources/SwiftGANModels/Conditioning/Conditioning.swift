import SwiftGANCore
import SwiftGANNN

/// How what is known of a sample enters a game: what the generator is given beside its noise, what the discriminator is shown
/// beside samples, and what its numbers say beyond real or generated.
///
/// A condition is one tensor whose first axis counts the samples: labels (``ClassConditioning``), the coarse image that a
/// finer one is to fit (``CoarseImage``), or codes that were drawn with the noise (``LatentCodes``). Each GAN of the
/// literature that knows more of a sample than whether it is real is one value of this type.
public protocol Conditioning: Sendable {
  /// Where conditions come from.
  var origin: ConditionOrigin { get }

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

  /// Whether the discriminator is shown the condition as an image that lies on the sample: then what moves or recolours the one
  /// does so with the other.
  var showsImages: Bool { get }

  /// What the discriminator is shown for samples `[N, ...]` under these conditions.
  func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor

  /// The logit of each sample, `[N]`, in the discriminator's numbers `[N, outputs]`.
  func logit(_ numbers: Tensor, _ condition: Tensor) -> Tensor

  /// Conditions of samples to be generated, where they are drawn: `[count, ...]`. Row i depends on the key and i alone.
  func draw(_ count: Int, key: RandomKey) -> Tensor

  /// The name in the history of what is added to a loss for samples of a side; nil for nothing.
  func lossName(_ side: JudgedSide) -> String?

  /// What is added to a player's loss when these are the discriminator's numbers for samples of these conditions, a scalar.
  func loss(_ numbers: Tensor, _ condition: Tensor) -> Tensor

  /// Figures for the history, of the generator's samples.
  func figures(_ numbers: Tensor, _ condition: Tensor) -> [(name: String, value: Tensor)]

  /// What is added to the discriminator's loss for further samples in the batch.
  func terms(_ discriminator: Network, player: String) -> [Game.Term]
}

/// Where samples' conditions come from. Samples that have none are given an empty one, `[0]`.
public enum ConditionOrigin: Sendable {
  /// They come with the data: of real samples, and of the generated ones beside them.
  case given
  /// They are drawn with the noise; real samples have none.
  case drawn
  /// There are none.
  case nothing
}

/// Whose samples a discriminator's numbers are about, and in whose update.
public enum JudgedSide: Sendable {
  /// Real ones, in the discriminator's update.
  case real
  /// Generated ones, in the discriminator's update.
  case fake
  /// Generated ones, in the generator's update.
  case generator
}

extension Conditioning {
  /// With the data.
  public var origin: ConditionOrigin { .given }
  /// One.
  public var outputs: Int { 1 }
  /// The output itself.
  public func samples(_ output: Tensor, _ condition: Tensor) -> Tensor { output }
  /// The same.
  public func shownShape(_ shape: [Int]) -> [Int] { shape }
  /// No.
  public var showsImages: Bool { false }
  /// The samples alone.
  public func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor { samples }
  /// The first number.
  public func logit(_ numbers: Tensor, _ condition: Tensor) -> Tensor {
    numbers.sliced(axis: -1, from: 0, to: 1).reshape([-1])
  }
  /// None.
  public func draw(_ count: Int, key: RandomKey) -> Tensor { Tensor.zeros([0]) }
  /// Nothing.
  public func lossName(_ side: JudgedSide) -> String? { nil }
  /// 0.
  public func loss(_ numbers: Tensor, _ condition: Tensor) -> Tensor { Tensor(0) }
  /// None.
  public func figures(_ numbers: Tensor, _ condition: Tensor) -> [(name: String, value: Tensor)] { [] }
  /// None.
  public func terms(_ discriminator: Network, player: String) -> [Game.Term] { [] }
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
