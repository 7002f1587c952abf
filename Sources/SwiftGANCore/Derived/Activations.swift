// Composed of primitives: no gradient of its own.

extension Tensor {
  /// max(x, 0); its gradient at 0 is 0, as in every deep-learning library.
  public func relu() -> Tensor { leakyReLU(0) }

  /// x where x > 0, `slope` x elsewhere.
  public func leakyReLU(_ slope: Double = 0.2) -> Tensor {
    .select(self .> 0, self, slope == 0 ? scalar(0) : self * slope)
  }

  /// x Phi(x), with the standard normal distribution function (Hendrycks & Gimpel 2016); or its tanh approximation.
  public func gelu(approximate: Bool = false) -> Tensor {
    if approximate {
      let inner = (self + self * self.square() * 0.044715) * (2 / Double.pi).squareRoot()
      return self * 0.5 * (inner.tanh() + 1)
    }
    return self * 0.5 * ((self * 0.5.squareRoot()).erf() + 1)
  }

  /// x sigmoid(x).
  public func silu() -> Tensor { self * sigmoid() }

  /// exp(x) normalised to sum 1 along `axis`.
  public func softmax(axis: Int = -1) -> Tensor { logSoftmax(axis: axis).exp() }

  /// log of softmax, without overflow.
  public func logSoftmax(axis: Int = -1) -> Tensor { self - logSumExp(axes: [axis], keepDims: true) }

  /// Limited to [low, high]; nil leaves a side open.
  public func clip(min low: Double? = nil, max high: Double? = nil) -> Tensor {
    var result = self
    if let low { result = .maximum(result, low) }
    if let high { result = .minimum(result, high) }
    return result
  }
}
