import SwiftGANCore

/// Both players are told the class (Mirza and Osindero 2014): the discriminator judges samples and labels together, so that a
/// sample of another class than it was asked for is told from real ones.
///
/// Vectors `[N, d]` get the class's indicator as further features, `[N, d + classes]`, and images `[N, H, W, C]` as further
/// planes, `[N, H, W, C + classes]`, which a convolution embeds.
public struct JoinedLabels: ClassConditioning {
  /// How many classes there are.
  public let classes: Int
  private let flattens: Bool

  /// - Parameter flattens: whether images are joined as vectors too, for networks of dense layers.
  public init(classes: Int, flattens: Bool = false) {
    self.classes = classes
    self.flattens = flattens
  }

  /// The samples' shape with the classes' indicator: further features, or planes.
  public func shownShape(_ shape: [Int]) -> [Int] {
    guard !flattens, let channels = shape.last else { return [shape.reduce(1, *) + classes] }
    return shape.dropLast() + [channels + classes]
  }

  /// The samples with the classes' indicators.
  public func shown(_ samples: Tensor, _ labels: Tensor) -> Tensor {
    guard samples.error == nil, let count = samples.shape.first else { return samples }
    let rows = flattens ? samples.reshape([count, -1]) : samples
    let inner = Array(rows.shape.dropFirst().dropLast())
    let planes = indicators(labels, classes: classes).reshape([count] + inner.map { _ in 1 } + [classes])
      .broadcast(to: [count] + inner + [classes])
    return .concatenate([rows, planes], axis: rows.rank - 1)
  }
}
