import SwiftGANCore

/// A restricted Boltzmann machine as a value: its three tensors and what they say of visible and hidden vectors.
///
/// With Bernoulli units p(v, h) is proportional to exp(v'b + c'h + v'Wh) for v and h in {0, 1} (Smolensky 1986). With
/// Gaussian visible units of unit variance it is proportional to exp(-|v - b|^2 / 2 + c'h + v'Wh). Vectors are rows: v
/// is (N, visible), h is (N, hidden). Everything is differentiable but the sampling.
public struct BoltzmannMachine: Sendable {
  /// The law of visible units.
  public enum Visible: String, Sendable, CaseIterable {
    /// 0 or 1; numbers between stand for probabilities.
    case bernoulli
    /// Real numbers, normal with variance 1 given the hidden units.
    case gaussian
  }

  /// W, (visible, hidden).
  public let weight: Tensor
  /// b, (visible).
  public let visibleBias: Tensor
  /// c, (hidden).
  public let hiddenBias: Tensor
  /// The law of visible units.
  public let visible: Visible

  /// A machine with these tensors.
  public init(weight: Tensor, visibleBias: Tensor, hiddenBias: Tensor, visible: Visible = .bernoulli) {
    self.weight = weight
    self.visibleBias = visibleBias
    self.hiddenBias = hiddenBias
    self.visible = visible
  }

  /// How many visible units there are.
  public var visibleCount: Int { visibleBias.count }
  /// How many hidden units there are.
  public var hiddenCount: Int { hiddenBias.count }

  /// The machine in another float type.
  public func cast(to dtype: DType) -> BoltzmannMachine {
    BoltzmannMachine(
      weight: weight.cast(to: dtype), visibleBias: visibleBias.cast(to: dtype), hiddenBias: hiddenBias.cast(to: dtype),
      visible: visible)
  }

  // MARK: Conditionals

  /// c + vW, the hidden units' logits given visible ones: (N, hidden).
  public func hiddenInput(_ v: Tensor) -> Tensor { v.matmul(weight) + hiddenBias }

  /// p(h = 1 | v), (N, hidden).
  public func hiddenProbabilities(_ v: Tensor) -> Tensor { hiddenInput(v).sigmoid() }

  /// b + hW', (N, visible): logits, or means of Gaussian units.
  public func visibleInput(_ h: Tensor) -> Tensor { h.matmul(weight.transposed()) + visibleBias }

  /// E[v | h], (N, visible).
  public func visibleMean(_ h: Tensor) -> Tensor {
    visible == .bernoulli ? visibleInput(h).sigmoid() : visibleInput(h)
  }

  /// Hidden units drawn from p(h | v), as 0 and 1 in the machine's float type.
  public func sampleHidden(_ v: Tensor, key: RandomKey) -> Tensor { bernoulli(hiddenInput(v), key) }

  /// Visible units drawn from p(v | h).
  public func sampleVisible(_ h: Tensor, key: RandomKey) -> Tensor { sampleVisible(input: visibleInput(h), key: key) }

  private func sampleVisible(input: Tensor, key: RandomKey) -> Tensor {
    guard visible == .gaussian else { return bernoulli(input, key) }
    return input + Tensor.randomNormal(input.shape, key: key, dtype: input.dtype)
  }

  private func bernoulli(_ logits: Tensor, _ key: RandomKey) -> Tensor {
    (Tensor.randomUniform(logits.shape, key: key, dtype: logits.dtype) .< logits.sigmoid()).cast(to: logits.dtype)
  }

  /// Visible units after so many steps of block Gibbs sampling from `v`, no gradient recorded. Row i depends on row i
  /// of `v`, the key and i alone.
  public func gibbs(from v: Tensor, steps: Int, key: RandomKey) -> Tensor {
    withoutGradient {
      (0..<max(0, steps)).reduce(v) { v, step in
        let key = key.folded(step)
        return sampleVisible(sampleHidden(v, key: key.folded(0)), key: key.folded(1))
      }
    }
  }

  // MARK: Energies

  /// The free energy F(v) = -log sum_h exp(-E(v, h)), (N): -v'b - sum_j softplus(c_j + (vW)_j), and |v - b|^2 / 2 in
  /// place of -v'b for Gaussian units. log p(v) = -F(v) - log Z.
  public func freeEnergy(_ v: Tensor) -> Tensor {
    visibleEnergy(v, bias: visibleBias) - hiddenInput(v).softplus().sum(axes: [-1])
  }

  private func visibleEnergy(_ v: Tensor, bias: Tensor) -> Tensor {
    switch visible {
    case .bernoulli: -(v * bias).sum(axes: [-1])
    case .gaussian: (v - bias).square().sum(axes: [-1]) * 0.5
    }
  }

  /// The free energy of hidden vectors, (N): -log of the sum (or integral) over v of exp(-E(v, h)).
  public func hiddenFreeEnergy(_ h: Tensor) -> Tensor {
    let own = -(h * hiddenBias).sum(axes: [-1])
    switch visible {
    case .bernoulli: return own - visibleInput(h).softplus().sum(axes: [-1])
    case .gaussian:
      let pull = h.matmul(weight.transposed())
      return own - (pull * visibleBias + 0.5 * pull.square()).sum(axes: [-1]) - Double(visibleCount) * 0.5 * logTwoPi
    }
  }

  // MARK: Between a simple machine and this one

  /// A place on the way from the machine with no hidden influence and the visible biases `base` (beta 0) to this one
  /// (beta 1): visible biases mixed linearly, hidden biases and weights times beta (Salakhutdinov and Murray 2008,
  /// equation 15).
  public func annealed(_ beta: Double, base: Tensor) -> BoltzmannMachine {
    BoltzmannMachine(
      weight: weight * beta, visibleBias: visibleBias * beta + base * (1 - beta), hiddenBias: hiddenBias * beta,
      visible: visible)
  }

  /// The free energies of ``annealed(_:base:)`` machines at several betas for the same `v`, from one product with W.
  package func annealedFreeEnergies(_ v: Tensor, betas: [Double], base: Tensor) -> [Tensor] {
    let input = hiddenInput(v)
    return betas.map { beta in
      visibleEnergy(v, bias: visibleBias * beta + base * (1 - beta)) - (input * beta).softplus().sum(axes: [-1])
    }
  }
}

/// log(2 pi).
package let logTwoPi = 1.837877066409345483560659472811
