import SwiftGANCore
import SwiftGANNN

/// A discriminator that is a classifier of K classes with "generated" as one more (Salimans et al. 2016, section 5): of the
/// scores l_1 ... l_K, with the score of "generated" held at 0, the probability of being real is
///
///     D(x) = Z(x) / (Z(x) + 1),   Z(x) = sum_k exp(l_k(x)),   so its logit is logsumexp(l)
///
/// and the discriminator also minimises the cross-entropy of the labelled samples that come with each batch, and may be held
/// to classes that are certain and as frequent as each other. The generator is told nothing.
public struct ClassScores: Conditioning {
  /// How many classes there are.
  public let classes: Int
  /// Of the labelled samples' cross-entropy in the discriminator's loss.
  public let weight: Double

  /// Of the information on the class in all samples, labelled or not; see ``loss(_:_:)``.
  public let informationWeight: Double

  /// Scores of so many classes.
  public init(classes: Int, weight: Double = 1, informationWeight: Double = 0) {
    self.classes = classes
    self.weight = weight
    self.informationWeight = informationWeight
  }

  /// Samples have no conditions.
  public var origin: ConditionOrigin { .nothing }
  /// The noise alone.
  public func givenShape(latent: Int, shape: [Int]) -> [Int] { [latent] }
  /// A score for each class.
  public var outputs: Int { classes }
  /// The noise alone.
  public func told(_ noise: Tensor, _ conditions: Tensor) -> Tensor { noise }
  /// logsumexp of the scores.
  public func logit(_ numbers: Tensor, _ conditions: Tensor) -> Tensor { numbers.logSumExp(axes: [1]) }

  /// Of real samples, where it has a weight.
  public func lossName(_ side: JudgedSide) -> String? {
    switch side {
    case .real: informationWeight > 0 ? "information_loss" : nil
    case .fake, .generator: nil
    }
  }

  /// Less the mutual information of sample and class in a batch, weighted (Krause et al. 2010; Springenberg 2016): the class
  /// of each sample is to be certain, and all classes are to be as frequent.
  ///
  ///     -I = E[H(p(y | x))] - H(E[p(y | x)])
  public func loss(_ numbers: Tensor, _ conditions: Tensor) -> Tensor {
    let logs = numbers.logSoftmax(axis: 1)
    let shares = logs.exp()
    let entropy = -(shares * logs).sum(axes: [1]).mean()
    let mean = shares.mean(axes: [0])
    // The logarithm of a class that no sample may have is finite.
    return informationWeight * (entropy + (mean * (mean + 1e-8).log()).sum())
  }

  /// `class_loss`: the weighted cross-entropy of the labelled samples; 0 where a batch has none.
  public func terms(_ discriminator: Network, player: String) -> [Game.Term] {
    let weight = weight
    return [
      Game.Term("class_loss", player: player) { context in
        guard let samples = context.batch[PartlyLabelled.column] else { return Tensor(0) }
        let (labels, scores) = (try context.target(), discriminator(samples))
        context.record("labelled_accuracy", accuracy(scores, labels))
        return weight * Losses.crossEntropy(scores, labels: labels)
      }
    ]
  }
}
