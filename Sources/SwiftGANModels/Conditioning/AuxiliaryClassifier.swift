import SwiftGANCore

/// The discriminator also tells the class (AC-GAN, Odena et al. 2017): it gives a logit and as many class scores as there are
/// classes, and both players minimise `weight` times their cross-entropy, on real samples and on generated ones:
///
///     L_C = -E[log P(c | X_real)] - E[log P(c | X_fake)]
///
/// The discriminator is not told the class, so nothing but L_C holds generated samples to it.
public struct AuxiliaryClassifier: ClassConditioning {
  /// How many classes there are.
  public let classes: Int
  /// Of the cross-entropy in both losses.
  public let weight: Double

  /// A classifier beside the logit.
  public init(classes: Int, weight: Double = 1) {
    self.classes = classes
    self.weight = weight
  }

  /// The logit, and a number for each class.
  public var outputs: Int { 1 + classes }

  /// Of both sides.
  public func lossName(_ side: JudgedSide) -> String? {
    switch side {
    case .real: "class_loss_real"
    case .fake: "class_loss_fake"
    case .generator: "generator_class_loss"
    }
  }

  /// The first number.
  public func logit(_ numbers: Tensor, _ labels: Tensor) -> Tensor {
    numbers.sliced(axis: 1, from: 0, to: 1).reshape([-1])
  }

  /// The classes' cross-entropy times the weight.
  public func loss(_ numbers: Tensor, _ labels: Tensor) -> Tensor {
    weight * Losses.crossEntropy(numbers.sliced(axis: 1, from: 1, to: outputs), labels: labels)
  }
}
