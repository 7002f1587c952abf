extension Losses {
  /// The squared error `(x - t)^2`.
  /// - Parameter targets: of the predictions' shape, or one number for all; so for the losses below.
  public static func meanSquaredError(_ predictions: Tensor, _ targets: Tensor, reduction: Reduction = .mean) -> Tensor
  {
    named("mse") { try reduced(try residual(predictions, targets).square(), reduction) }
  }

  /// The absolute error `|x - t|`; its gradient where both are equal is 0.
  public static func meanAbsoluteError(_ predictions: Tensor, _ targets: Tensor, reduction: Reduction = .mean) -> Tensor
  {
    named("l1") { try reduced(try residual(predictions, targets).abs(), reduction) }
  }

  /// Quadratic near 0 and linear beyond (Huber 1964): with `r = x - t`, `r^2 / 2` where `|r| <= delta` and
  /// `delta (|r| - delta / 2)` elsewhere. Divided by delta it is what PyTorch calls smooth L1.
  public static func huber(
    _ predictions: Tensor, _ targets: Tensor, delta: Double = 1, reduction: Reduction = .mean
  ) -> Tensor {
    named("huber") {
      guard delta > 0, delta.isFinite else { throw TensorError(.value, "delta must be above 0, not \(delta)") }
      let size = try residual(predictions, targets).abs()
      // With the quadratic part cut off at delta neither branch overflows where the loss does not.
      let near = Tensor.minimum(size, delta)
      return try reduced(near.square() * 0.5 + (size - near) * delta, reduction)
    }
  }

  private static func residual(_ predictions: Tensor, _ targets: Tensor) throws -> Tensor {
    let x = try prediction(predictions)
    return x - (try target(targets, like: x))
  }

  /// The cosine of the angle between vectors: `a . b / (max(|a|, epsilon) max(|b|, epsilon))` along `axis`; a and b
  /// broadcast. It is 0, with finite gradients, for a vector of zeros.
  public static func cosineSimilarity(_ a: Tensor, _ b: Tensor, axis: Int = -1, epsilon: Double = 1e-8) -> Tensor {
    named("cosine_similarity") {
      guard epsilon > 0 else { throw TensorError(.value, "epsilon must be above 0, not \(epsilon)") }
      let (a, b) = (try prediction(a), try prediction(b))
      func inverseNorm(_ x: Tensor) -> Tensor {
        Tensor.maximum(x.square().sum(axes: [axis]), epsilon * epsilon).rsqrt()
      }
      return (a * b).sum(axes: [axis]) * inverseNorm(a) * inverseNorm(b)
    }
  }
}
