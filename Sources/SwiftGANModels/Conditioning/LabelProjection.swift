import SwiftGANCore

/// The discriminator's features are projected on an embedding of the class (Miyato and Koyama 2018, equation 3):
///
///     f(x, y) = v_y . phi(x) + psi(phi(x))
///
/// The last layer, linear in the features phi, gives psi as the first of its numbers and the products with all classes'
/// embeddings as the others (each with a bias of its own, which the paper leaves out); the class picks one of them.
public struct LabelProjection: ClassConditioning {
  /// How many classes there are.
  public let classes: Int

  /// A projection on embeddings of so many classes.
  public init(classes: Int) { self.classes = classes }

  /// The logit, and a number for each class.
  public var outputs: Int { 1 + classes }

  /// psi(phi(x)) + v_y . phi(x).
  public func logit(_ numbers: Tensor, _ labels: Tensor) -> Tensor {
    // psi always, and the class's product: picked by zeros and ones.
    let picked = indicators(labels, classes: classes).pad([(0, 0), (1, 0)], value: 1)
    return (numbers * picked).sum(axes: [1])
  }
}
