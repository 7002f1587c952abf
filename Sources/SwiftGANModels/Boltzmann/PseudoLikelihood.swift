import SwiftGANCore
import SwiftGANNN

extension BoltzmannMachine {
  /// The pseudo-log-likelihood of binary vectors, sum_i log p(v_i | all others), (N) in float64: what BernoulliRBM of
  /// scikit-learn estimates by one random i for each vector, here for all i.
  /// - Throws: `TensorError` (`.value`) for Gaussian visible units, which cannot be flipped.
  public func pseudoLikelihood(_ v: Tensor) throws -> Tensor {
    try requireBernoulli()
    return try withoutGradient {
      let machine = cast(to: .float64)
      let v = try v.cast(to: .float64).checked()
      // All flips of a row at once need (visible, hidden) numbers; so many rows that they stay in the cache.
      let rows = max(1, 1 << 20 / max(1, visibleCount * hiddenCount))
      let parts = try stride(from: 0, to: v.shape[0], by: rows).map { start in
        try machine.flipScores(v.sliced(axis: 0, from: start, to: min(start + rows, v.shape[0]))).checked()
      }
      return parts.isEmpty ? Tensor.zeros([0], dtype: .float64) : try Tensor.concatenate(parts, axis: 0).checked()
    }
  }

  /// sum_i log p(v_i | others) for rows in one go.
  private func flipScores(_ v: Tensor) -> Tensor {
    let change = 1 - 2 * v
    let input = hiddenInput(v)
    let flipped = input.expandDims(at: 1) + change.expandDims(at: 2) * weight.expandDims(at: 0)
    let rise = flipped.softplus().sum(axes: [2]) - input.softplus().sum(axes: [1], keepDims: true)
    // F(v) - F(flip i) = change_i b_i + rise_i, and p(v_i | others) = sigmoid(F(flip i) - F(v)).
    return -(change * visibleBias + rise).softplus().sum(axes: [1])
  }

  /// An unbiased estimate of ``pseudoLikelihood(_:)`` from one random i for each vector, (N): cheap enough for every
  /// step.
  public func stochasticPseudoLikelihood(_ v: Tensor, key: RandomKey) throws -> Tensor {
    try requireBernoulli()
    return withoutGradient {
      let chosen = Tensor.randomIntegers([v.shape.first ?? 0], low: 0, high: visibleCount, key: key)
      let units = Tensor.arange(0, Double(visibleCount), dtype: chosen.dtype)
      let mask = (chosen.expandDims(at: 1) .== units.expandDims(at: 0)).cast(to: v.dtype)
      let flipped = v * (1 - mask) + (1 - v) * mask
      return -(freeEnergy(v) - freeEnergy(flipped)).softplus() * Double(visibleCount)
    }
  }

  private func requireBernoulli() throws {
    guard visible == .bernoulli else {
      throw TensorError(.value, "the pseudo-likelihood is of binary visible units; these are Gaussian")
    }
  }
}
