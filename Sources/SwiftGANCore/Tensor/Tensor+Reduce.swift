extension Tensor {
  private func reduce(_ primitive: Primitive, _ axes: [Int]?, _ keepDims: Bool) -> Tensor {
    var attributes: Attributes = ["keep_dims": .bool(keepDims)]
    if let axes { attributes = attributes.setting("axes", .ints(axes)) }
    return apply(primitive, [self], attributes)
  }

  /// The sum over `axes` (all when nil); the reduced axes stay with extent 1 when `keepDims`.
  public func sum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor { reduce(.sum, axes, keepDims) }

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
      let centred = self - mean(axes: reduced, keepDims: true)
      return centred.square().sum(axes: reduced, keepDims: keepDims) * (1 / Swift.max(Double(count) - correction, 0))
    }
  }

  /// The Euclidean norm over `axes`. Its gradient at 0 is not finite: add a small number under the root where 0 occurs.
  public func norm(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    floating.square().sum(axes: axes, keepDims: keepDims).sqrt()
  }

  /// The index (int64) of the first largest element along `axis`.
  public func argmax(axis: Int, keepDims: Bool = false) -> Tensor {
    apply(.argmax, [self], ["axis": .int(axis), "keep_dims": .bool(keepDims)])
  }

  /// The index (int64) of the first smallest element along `axis`.
  public func argmin(axis: Int, keepDims: Bool = false) -> Tensor {
    apply(.argmin, [self], ["axis": .int(axis), "keep_dims": .bool(keepDims)])
  }

  /// log sum exp over `axes`, shifted by the maximum so that it neither overflows nor underflows.
  public func logSumExp(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    .catching {
      let reduced = try normalized(axes: axes, rank: try checked().rank)
      let floats = floating
      let peak = floats.max(axes: reduced, keepDims: true).stopGradient()
      let shift = Tensor.select(peak.isFinite(), peak, peak.zerosLike)
      let sum = (floats - shift).exp().sum(axes: reduced, keepDims: true).log() + shift
      return keepDims ? sum : sum.squeeze(axes: reduced)
    }
  }
}

extension Primitive {
  static let sum = named("sum")
  static let max = named("max")
  static let min = named("min")
  static let any = named("any")
  static let all = named("all")
  static let argmax = named("argmax")
  static let argmin = named("argmin")
}
