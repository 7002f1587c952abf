import SwiftGANCore
import SwiftGANNN

/// Contrastive divergence as a loss: mean F(x) - mean F(v), where v are k Gibbs steps away from the data (CD-k, Hinton
/// 2002) or from chains that go on from update to update (persistent CD, Tieleman 2008). With v held fixed its gradient
/// is the rule's; its value is a difference of free energies and no measure of progress.
///
/// ```swift
/// let rule = ContrastiveDivergence(rbm, steps: 1, isPersistent: true)
/// let game = try Game(
///   networks: [("rbm", network)], players: [player], losses: ["rbm": rule.loss],
///   state: rule.initialState(chains: 64, key: key))
/// ```
public struct ContrastiveDivergence: Sendable {
  /// The machine that is trained.
  public let rbm: RBM
  /// Gibbs steps at each update: k.
  public let steps: Int
  /// Whether chains go on from update to update.
  public let isPersistent: Bool

  /// The name under which the game's state keeps the chains.
  public static let chains = "chains"

  /// CD-k, or persistent CD-k.
  public init(_ rbm: RBM, steps: Int = 1, isPersistent: Bool = false) {
    self.rbm = rbm
    self.steps = max(1, steps)
    self.isPersistent = isPersistent
  }

  /// What the game remembers: the mean of the data seen (from which ``base(_:)`` is made) and how many rows that were;
  /// and for persistent chains their visible units, (chains, visible), drawn at first from the visible biases alone.
  public func initialState(chains: Int, key: RandomKey) throws -> GameState {
    let machine = rbm.machine
    let state = GameState([
      ("visible_mean", Tensor.zeros([machine.visibleCount], dtype: .float64)),
      ("rows_seen", Tensor(0, dtype: .float64)),
    ])
    guard isPersistent else { return state }
    guard chains >= 1 else { throw TensorError(.value, "there must be at least 1 chain, not \(chains)") }
    state[ContrastiveDivergence.chains] = try unbound(chains, key: key)
    return state
  }

  /// Visible units drawn from the visible biases alone.
  private func unbound(_ count: Int, key: RandomKey) throws -> Tensor {
    let machine = rbm.machine
    let idle = Tensor.zeros([count, machine.hiddenCount], dtype: machine.weight.dtype)
    return try machine.annealed(0, base: machine.visibleBias).sampleVisible(idle, key: key).checked()
  }

  /// Where Gibbs sampling starts for new samples, (count, visible): chains drawn with replacement where there are some,
  /// else draws from the visible biases. Row i depends on the key and i alone.
  public func start(_ count: Int, _ state: GameState, key: RandomKey) throws -> Tensor {
    guard isPersistent, let chains = state[ContrastiveDivergence.chains] else { return try unbound(count, key: key) }
    let rows = Tensor.randomIntegers([count], low: 0, high: chains.shape[0], key: key)
    return try chains.gather(rows, axis: 0).checked()
  }

  /// Visible biases that alone would give the data their means: the first machine of annealed importance sampling
  /// (Salakhutdinov and Murray 2008, section 4.3). nil before there were data.
  public func base(_ state: GameState) throws -> Tensor? {
    guard let mean = state["visible_mean"], let seen = state["rows_seen"], try seen.item() > 0 else { return nil }
    let machine = rbm.machine
    guard machine.visible == .bernoulli else { return mean.cast(to: machine.visibleBias.dtype) }
    // Away from 0 and 1, so that a unit that was never on can still be so.
    let share = mean.clip(min: 0.01, max: 0.99)
    return (share / (1 - share)).log().cast(to: machine.visibleBias.dtype)
  }

  /// The loss for the batch's samples; see ``loss(_:on:)``.
  public func loss(_ context: RoundContext) throws -> Tensor { try loss(context, on: context.batch.real) }

  /// The loss for the visible vectors `x`, (N, visible), of this update. Records `free_energy` and
  /// `reconstruction_error` of the data, and `pseudo_likelihood` of binary units.
  public func loss(_ context: RoundContext, on x: Tensor) throws -> Tensor {
    let machine = rbm.machine
    let x = try x.checked()
    let start = isPersistent ? context.state[ContrastiveDivergence.chains] ?? x : x
    let fantasy = try machine.gibbs(from: start, steps: steps, key: context.key("gibbs")).checked().stopGradient()
    if isPersistent { context.state[ContrastiveDivergence.chains] = fantasy }
    try withoutGradient {
      try take(x, into: context.state)
      for (name, value) in try ContrastiveDivergence.figures(machine, x, key: context.key("figures")) {
        context.record(name, value)
      }
    }
    return machine.freeEnergy(x).mean() - machine.freeEnergy(fantasy).mean()
  }

  /// Takes rows into the mean of the data seen.
  private func take(_ x: Tensor, into state: GameState) throws {
    guard let mean = state["visible_mean"], let seen = state["rows_seen"] else { return }
    let rows = Double(x.shape.first ?? 0)
    let all = seen + rows
    state["visible_mean"] = try (mean + (x.cast(to: .float64).mean(axes: [0]) - mean) * (rows / all)).checked()
    state["rows_seen"] = all
  }

  /// What says how well visible vectors (N, visible) are modelled, each a mean over rows: `free_energy`,
  /// `reconstruction_error` (squared, per unit) and `pseudo_likelihood` (an estimate from one unit of each row).
  public static func figures(
    _ machine: BoltzmannMachine, _ x: Tensor, key: RandomKey
  ) throws -> [(name: String, value: Tensor)] {
    let reconstruction = machine.visibleMean(machine.hiddenProbabilities(x))
    let common = [
      ("free_energy", machine.freeEnergy(x).mean()), ("reconstruction_error", (x - reconstruction).square().mean()),
    ]
    guard machine.visible == .bernoulli else { return common }
    return common + [("pseudo_likelihood", try machine.stochasticPseudoLikelihood(x, key: key).mean())]
  }
}
