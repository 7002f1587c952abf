/// Losses as functions of tensors. All are computed from logits and logarithms, so that no value and no gradient
/// overflows where the loss itself is finite; all have gradients of any order.
///
/// ```swift
/// let loss = Losses.crossEntropy(network(x), labels: y)
/// ```
public enum Losses {
  /// How the losses of elements become one number.
  public enum Reduction: String, Sendable, CaseIterable {
    /// Not at all: a loss of the shape of the elements.
    case none
    /// Their mean.
    case mean
    /// Their sum.
    case sum
    /// The sum within each example: over all axes but the first, giving (batch).
    case perExample = "per_example"
    /// The sum divided by the extent of the first axis: the mean over a batch of each example's sum, as in the evidence
    /// lower bound of a variational autoencoder.
    case batchMean = "batch_mean"
  }

  /// The elements' losses, reduced. `count` is what a mean divides by where that is not the number of elements.
  static func reduced(_ losses: Tensor, _ reduction: Reduction, count: Tensor? = nil) throws -> Tensor {
    switch reduction {
    case .none: return losses
    case .sum: return losses.sum()
    case .mean: return count.map { losses.sum() / $0 } ?? losses.mean()
    case .perExample:
      try requireBatch(losses, reduction)
      return losses.sum(axes: Array(1..<losses.rank))
    case .batchMean:
      try requireBatch(losses, reduction)
      return losses.sum() * (1 / Double(losses.shape[0]))
    }
  }

  private static func requireBatch(_ losses: Tensor, _ reduction: Reduction) throws {
    guard try losses.checked().rank > 0 else {
      throw TensorError(.shape, "the reduction '\(reduction.rawValue)' needs a batch axis, but the loss is a scalar")
    }
  }

  /// The body of a loss: errors are said to be that loss's.
  static func named(_ name: String, _ body: () throws -> Tensor) -> Tensor {
    .catching {
      do {
        return try body().checked()
      } catch let error as TensorError {
        throw error.prefixed(name)
      }
    }
  }

  /// Predictions as floats: integers count as float32.
  static func prediction(_ x: Tensor) throws -> Tensor {
    try x.checked().dtype.isFloat ? x : x.cast(to: .float32)
  }

  /// What a prediction is compared with, in the prediction's type. Shapes must be equal: (n) beside (n, 1) would broadcast
  /// to (n, n) without a word. A scalar stands for itself everywhere.
  static func target(_ target: Tensor, like prediction: Tensor, _ what: String = "target") throws -> Tensor {
    try target.checked()
    guard target.shape == prediction.shape || target.rank == 0 else {
      throw TensorError(
        .shape,
        "the \(what) has shape \(describe(shape: target.shape)), but the prediction \(describe(shape: prediction.shape)); "
          + "they must be equal, or the \(what) a scalar")
    }
    return target.cast(to: prediction.dtype)
  }

  /// A parameter of a distribution, in the type of `x` and broadcast to its shape.
  static func parameter(_ parameter: Tensor, _ what: String, like x: Tensor) throws -> Tensor {
    let spread = try parameter.checked().cast(to: x.dtype).broadcast(to: x.shape)
    if spread.error != nil {
      throw TensorError(
        .shape,
        "the \(what) of shape \(describe(shape: parameter.shape)) does not broadcast to \(describe(shape: x.shape))")
    }
    return spread
  }
}
