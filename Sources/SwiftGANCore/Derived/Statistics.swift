// Statistics over axes, composed of primitives.

/// How a quantile that falls between two elements is found.
public enum QuantileMethod: String, Sendable, CaseIterable {
  /// On the line between the two.
  case linear
  /// The smaller.
  case lower
  /// The larger.
  case higher
  /// The nearer one; halfway the one of even position.
  case nearest
  /// The mean of the two.
  case midpoint
}

extension Tensor {
  /// The standard deviation over `axes`: the square root of `variance`, whose slope is not finite where all are equal.
  public func standardDeviation(axes: [Int]? = nil, keepDims: Bool = false, correction: Double = 0) -> Tensor {
    variance(axes: axes, keepDims: keepDims, correction: correction).sqrt()
  }

  /// The norm of the elements over `axes` as one vector: (sum |x|^order)^(1/order).
  ///
  /// - Parameter order: 2 is the Euclidean length, 1 the sum and infinity the largest of magnitudes, -infinity the
  ///   smallest, 0 the number of elements that are not 0. Where all elements are 0 the gradient of every order from 1 on
  ///   is 0, one of the subgradients there.
  public func norm(order: Double = 2, axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    let x = floating
    switch order {
    case 2: return x.square().sum(axes: axes, keepDims: keepDims).smoothAtZero { $0.sqrt() }
    case 1: return x.abs().sum(axes: axes, keepDims: keepDims)
    case 0: return (x .!= 0).cast(to: x.dtype).sum(axes: axes, keepDims: keepDims)
    case .infinity: return x.abs().max(axes: axes, keepDims: keepDims)
    case -.infinity: return x.abs().min(axes: axes, keepDims: keepDims)
    default:
      let sum = x.abs().pow(order).sum(axes: axes, keepDims: keepDims)
      return order > 1 ? sum.smoothAtZero { $0.pow(1 / order) } : sum.pow(1 / order)
    }
  }

  /// A root of numbers that are at least 0, whose slope at 0 is taken as 0 in place of infinite.
  private func smoothAtZero(_ root: (Tensor) -> Tensor) -> Tensor {
    let isZero = self .== 0
    // The root is taken of 1 there, because the product of its infinite slope with 0 would be NaN.
    return Tensor.select(isZero, zerosLike, root(Tensor.select(isZero, zerosLike + 1, self)))
  }

  /// The largest minus the smallest element over `axes`.
  public func range(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    max(axes: axes, keepDims: keepDims) - min(axes: axes, keepDims: keepDims)
  }

  /// How many elements over `axes` are not 0 (int64).
  public func countNonzero(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    (dtype == .bool ? self : self .!= 0).cast(to: .int64).sum(axes: axes, keepDims: keepDims)
  }

  /// The mean over `axes`, each element counted by its weight. Weights broadcast to this tensor's shape; where they add up
  /// to 0 the result is NaN or infinite.
  public func average(weights: Tensor, axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    let all = weights.floating.broadcast(to: shape)
    return (floating * all).sum(axes: axes, keepDims: keepDims) / all.sum(axes: axes, keepDims: keepDims)
  }

  /// The middle of the sorted elements over `axes`, or the mean of the two in the middle; NaN where one is NaN.
  public func median(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    quantile(0.5, axes: axes, keepDims: keepDims)
  }

  /// The value below which the fraction `q` of the elements over `axes` lies; integers as float32, NaN where one is NaN.
  /// Gradients flow to the elements that it is made of.
  public func quantile(
    _ q: Double, axes: [Int]? = nil, keepDims: Bool = false, method: QuantileMethod = .linear
  ) -> Tensor {
    quantiles([q], axes: axes, keepDims: keepDims, method: method).squeeze(axes: [0])
  }

  /// As `quantile`, for several fractions: their axis comes first.
  public func quantiles(
    _ fractions: [Double], axes: [Int]? = nil, keepDims: Bool = false, method: QuantileMethod = .linear
  ) -> Tensor {
    .catching {
      let reduced = try normalized(axes: axes, rank: try checked().rank)
      for q in fractions where !(q >= 0 && q <= 1) {
        throw TensorError(.value, "quantile: a fraction lies in 0...1, but one is \(q)")
      }
      guard !fractions.isEmpty else { throw TensorError(.value, "quantile: at least one fraction is needed") }
      let kept = shape.indices.filter { !reduced.contains($0) }
      let count = reduced.reduce(1) { $0 * shape[$1] }
      guard count > 0 else {
        throw TensorError(.value, "quantile: there are no elements over axes \(reduced) of \(describe(shape: shape))")
      }
      let rows = floating.transposed(kept + reduced).reshape(kept.map { shape[$0] } + [count]).sort(axis: -1)
      let last = rows.selected(axis: -1, at: count - 1)
      let found = fractions.map { q in
        let place = q * Double(count - 1)
        let (below, above) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
        func at(_ index: Int) -> Tensor { rows.selected(axis: -1, at: index) }
        let value: Tensor
        switch method {
        case .lower: value = at(below)
        case .higher: value = at(above)
        case .nearest: value = at(Int(place.rounded(.toNearestOrEven)))
        case _ where below == above: value = at(below)
        case .linear: value = at(below) + (at(above) - at(below)) * (place - Double(below))
        case .midpoint: value = (at(below) + at(above)) * 0.5
        }
        return Tensor.select(last.isNaN(), last, value)
      }
      let result = Tensor.stack(found)
      return keepDims ? result.reshape([fractions.count] + keptShape(shape, reducing: reduced)) : result
    }
  }
}
