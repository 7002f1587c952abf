extension Tensor {
  private func reduce(_ primitive: Primitive, _ axes: [Int]?, _ keepDims: Bool) -> Tensor {
    var attributes: Attributes = ["keep_dims": .bool(keepDims)]
    if let axes { attributes = attributes.setting("axes", .ints(axes)) }
    return apply(primitive, [self], attributes)
  }

  /// The sum over `axes` (all when nil); the reduced axes stay with extent 1 when `keepDims`.
  public func sum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.sum, axes, keepDims) }

  /// The product over `axes`; that of nothing is 1. Its gradient is exact also where elements are 0.
  public func prod(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.prod, axes, keepDims) }

  /// The largest element over `axes`; NaN wins.
  public func max(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.max, axes, keepDims) }

  /// The smallest element over `axes`; NaN wins.
  public func min(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.min, axes, keepDims) }

  /// Whether any element over `axes` is true.
  public func any(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.any, axes, keepDims) }

  /// Whether all elements over `axes` are true.
  public func all(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.all, axes, keepDims) }

  /// The mean over `axes`; integers give float32. The mean of nothing is NaN.
  public func mean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    .catching {
      let reduced = try normalized(axes: axes, rank: try checked().rank)
      let count = reduced.reduce(1) { $0 * shape[$1] }
      return floating.sum(axes: reduced, keepDims: keepDims) * (1 / Double(count))
    }
  }

  /// The tensor itself, and integers and bools as float32: their own arithmetic would wrap around.
  var floating: Tensor { dtype.isFloat ? self : cast(to: .float32) }

  /// The mean squared distance from the mean over `axes`; `correction` is subtracted from the count (1 for the unbiased
  /// estimate).
  public func variance(axes: [Int]? = nil, keepDims: Bool = false, correction: Double = 0) -> Tensor {
    .catching {
      let reduced = try normalized(axes: axes, rank: try checked().rank)
      let count = reduced.reduce(1) { $0 * shape[$1] }
      let biased = moments(axes: reduced, keepDims: keepDims).variance
      return correction == 0 ? biased : biased * (Double(count) / Swift.max(Double(count) - correction, 0))
    }
  }

  /// The mean and the biased variance over `axes` in one pass; integers give float32. Those of nothing are NaN.
  ///
  /// What is in the cache is summed up about a mean of its own and merged with the rest by the formula of Chan, Golub and
  /// LeVeque (1979), so that a mean far from 0 costs the variance no digits.
  public func moments(axes: [Int]? = nil, keepDims: Bool = false) -> (mean: Tensor, variance: Tensor) {
    do {
      let reduced = try normalized(axes: axes, rank: try checked().rank)
      let x = floating
      if reduced.isEmpty { return (x, x - x) }
      // Without the reduced axes, so that there is always one left for the two.
      let both = x.reduce(.moments, reduced, false)
      let kept = keptShape(shape, reducing: reduced)
      func part(_ index: Int) -> Tensor {
        let part = both.selected(axis: 0, at: index)
        return keepDims ? part.reshape(kept) : part
      }
      return (part(0), part(1))
    } catch {
      let failed = Tensor.catching { throw error }
      return (failed, failed)
    }
  }

  /// The index (int64) of the first largest element along `axis`, or (nil) among all in row-major order; NaN wins.
  public func argmax(axis: Int? = nil, keepDims: Bool = false) -> Tensor { argument(.argmax, axis, keepDims) }

  /// The index (int64) of the first smallest element along `axis`, or (nil) among all in row-major order; NaN wins.
  public func argmin(axis: Int? = nil, keepDims: Bool = false) -> Tensor { argument(.argmin, axis, keepDims) }

  private func argument(_ primitive: Primitive, _ axis: Int?, _ keepDims: Bool) -> Tensor {
    if let axis { return apply(primitive, [self], ["axis": .int(axis), "keep_dims": .bool(keepDims)]) }
    let found = apply(primitive, [flatten()], ["axis": .int(0)])
    return keepDims ? found.reshape([Int](repeating: 1, count: rank)) : found
  }

  /// log sum exp over `axes`, shifted by the maximum so that it neither overflows nor underflows. Where all are -infinity
  /// it is -infinity, with a gradient of 0.
  public func logSumExp(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    .catching {
      let reduced = try normalized(axes: axes, rank: try checked().rank)
      let floats = floating
      let isEmpty = reduced.contains { shape[$0] == 0 }
      let peak =
        isEmpty
        ? floats.sum(axes: reduced, keepDims: true) : floats.max(axes: reduced, keepDims: true).stopGradient()
      let shift = Tensor.select(peak.isFinite(), peak, peak.zerosLike)
      let sum = (floats - shift).exp().sum(axes: reduced, keepDims: true)
      // log has no finite slope at 0, which would meet the slope 0 of exp(-infinity) on the way back.
      let isNothing = sum .== 0
      let logarithm = Tensor.select(isNothing, sum.onesLike, sum).log() + shift
      let result = Tensor.select(isNothing, .full(-.infinity, [], dtype: logarithm.dtype), logarithm)
      return keepDims ? result : result.squeeze(axes: reduced)
    }
  }
}

extension Primitive {
  static let sum = named("sum")
  static let prod = named("prod")
  static let max = named("max")
  static let min = named("min")
  static let moments = named("moments")
  static let any = named("any")
  static let all = named("all")
  static let argmax = named("argmax")
  static let argmin = named("argmin")
}
