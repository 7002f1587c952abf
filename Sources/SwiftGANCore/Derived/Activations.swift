// Composed of primitives: no gradient of its own.

extension Tensor {
  /// x where x > 0, `slope` x elsewhere.
  public func leakyReLU(_ slope: Double = 0.2) -> Tensor {
    // The comparison is false for NaN, which so comes out as NaN for every slope.
    slope == 0 ? relu() : .select(self .<= 0, self * slope, self)
  }

  /// x Phi(x), with the standard normal distribution function (Hendrycks & Gimpel 2016); or its tanh approximation.
  public func gelu(approximate: Bool = false) -> Tensor {
    if approximate {
      let x = floating
      let inner = (x + x * x.square() * 0.044715) * (2 / Double.pi).squareRoot()
      return x * 0.5 * (inner.tanh() + 1)
    }
    return self * 0.5 * ((self * 0.5.squareRoot()).erf() + 1)
  }

  /// x sigmoid(x).
  public func silu() -> Tensor { self * sigmoid() }

  /// x where x > 0, `alpha (e^x - 1)` elsewhere (Clevert, Unterthiner and Hochreiter 2016).
  public func elu(alpha: Double = 1) -> Tensor {
    // exp never sees the positive side, where it would overflow and spoil the gradient.
    let (x, isPositive) = (floating, self .> 0)
    return .select(isPositive, x, Tensor.select(isPositive, x.zerosLike, x).expm1() * alpha)
  }

  /// The self-normalising unit, `1.0507 elu(x, alpha: 1.6733)`: the constants with which mean 0 and variance 1 are a fixed
  /// point of dense layers (Klambauer et al. 2017).
  public func selu() -> Tensor { elu(alpha: 1.6732632423543772) * 1.0507009873554805 }

  /// x tanh(softplus(x)) (Misra 2020).
  public func mish() -> Tensor { self * softplus().tanh() }

  /// x / (1 + |x|).
  public func softsign() -> Tensor { self / (abs() + 1) }

  /// clip((x + 3) / 6, 0, 1): the sigmoid in straight lines (Howard et al. 2019).
  public func hardSigmoid() -> Tensor { (self * (1.0 / 6) + 0.5).clip(min: 0, max: 1) }

  /// x hardSigmoid(x) (Howard et al. 2019).
  public func hardSwish() -> Tensor { self * hardSigmoid() }

  /// log sigmoid(x), without overflow.
  public func logSigmoid() -> Tensor { -(-floating).softplus() }

  /// The first half of an axis times the sigmoid of the second (Dauphin et al. 2017); the extent of the axis must be even.
  public func glu(axis: Int = -1) -> Tensor {
    .catching {
      let axis = try normalized(axis: axis, rank: try checked().rank)
      guard shape[axis] % 2 == 0 else {
        throw TensorError(
          .shape, "glu: axis \(axis) of shape \(describe(shape: shape)) has an odd extent and cannot be halved")
      }
      let half = shape[axis] / 2
      return sliced(axis: axis, to: half) * sliced(axis: axis, from: half).sigmoid()
    }
  }

  /// exp(x) normalised to sum 1 along `axis`.
  public func softmax(axis: Int = -1) -> Tensor { logSoftmax(axis: axis).exp() }

  /// log of softmax, without overflow. Shifted by the maximum before the logarithm is taken off, so that it is as exact for
  /// logits of 10,000 as for small ones. Along an axis of extent 0 there is nothing to compute.
  public func logSoftmax(axis: Int = -1) -> Tensor {
    let x = floating
    if let at = try? normalized(axis: axis, rank: x.rank), x.error == nil, x.shape[at] == 0 { return x }
    let peak = x.max(axes: [axis], keepDims: true).stopGradient()
    let shifted = x - .select(peak.isFinite(), peak, peak.zerosLike)
    return shifted - shifted.exp().sum(axes: [axis], keepDims: true).log()
  }

  /// Limited to [low, high]; nil leaves a side open. A whole bound beyond what an integer type holds does nothing, and so
  /// keeps the type.
  public func clip(min low: Double? = nil, max high: Double? = nil) -> Tensor {
    var result = self
    if let low, !isBeyond(low, below: true) { result = .maximum(result, low) }
    if let high, !isBeyond(high, below: false) { result = .minimum(result, high) }
    return result
  }

  /// Whether a bound lies outside an integer type on the side on which it limits nothing.
  private func isBeyond(_ bound: Double, below: Bool) -> Bool {
    guard bound.rounded() == bound else { return false }
    return switch dtype {
    case .uint8: below ? bound <= 0 : bound >= 255
    case .int32: below ? bound <= -0x1p31 : bound >= 0x1p31 - 1
    case .int64: below ? bound <= -0x1p63 : bound >= 0x1p63
    default: false
    }
  }
}
