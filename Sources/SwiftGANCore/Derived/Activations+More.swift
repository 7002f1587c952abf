// Further activations, composed of primitives.

extension Tensor {
  /// x where x > 0, `alpha (e^(x / alpha) - 1)` elsewhere: `elu` with a smooth derivative for every alpha (Barron 2017).
  public func celu(alpha: Double = 1) -> Tensor {
    // exp never sees the positive side, where it would overflow and spoil the gradient.
    .select(self .> 0, floating, (Tensor.minimum(self, 0) / alpha).expm1() * alpha)
  }

  /// x limited to 0...6 (Krizhevsky 2010).
  public func relu6() -> Tensor { clip(min: 0, max: 6) }

  /// x limited to -1...1.
  public func hardTanh() -> Tensor { clip(min: -1, max: 1) }
}
