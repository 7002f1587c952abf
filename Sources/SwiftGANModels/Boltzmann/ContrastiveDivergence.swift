import SwiftGANCore
import SwiftGANNN

/// Contrastive divergence as a loss: mean F(x) - mean F(v), where v are k Gibbs steps away from the data (CD-k, Hinton 2002)
/// or from chains that go on from update to update (persistent CD, Tieleman 2008). With v held fixed its gradient is the
/// rule's; its value is a difference of free energies and no measure of progress.
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

  /// What the game remembers: for persistent chains their visible units, (chains, visible), drawn at first from the machine's
  /// visible biases alone.
  public func initialState(chains: Int, key: RandomKey) throws -> GameState {
    guard isPersistent else { return GameState() }
    guard chains >= 1 else { throw TensorError(.value, "there must be at least 1 chain, not \(chains)") }
    let machine = rbm.machine
    let idle = Tensor.zeros([chains, machine.hiddenCount], dtype: machine.weight.dtype)
    return GameState([(ContrastiveDivergence.chains, try machine.sampleVisible(idle, key: key).checked())])
  }

  /// The loss; records `reconstruction_error`, and `pseudo_likelihood` of binary units.
  public func loss(_ context: RoundContext) throws -> Tensor {
    let machine = rbm.machine
    let x = try context.batch.real.checked()
    let start = isPersistent ? context.state[ContrastiveDivergence.chains] ?? x : x
    let fantasy = try machine.gibbs(from: start, steps: steps, key: context.key("gibbs")).checked()
    if isPersistent { context.state[ContrastiveDivergence.chains] = fantasy }
    try record(machine, x, context)
    return machine.freeEnergy(x).mean() - machine.freeEnergy(fantasy.stopGradient()).mean()
  }

  private func record(_ machine: BoltzmannMachine, _ x: Tensor, _ context: RoundContext) throws {
    try withoutGradient {
      let reconstruction = machine.visibleMean(machine.hiddenProbabilities(x))
      context.record("reconstruction_error", (x - reconstruction).square().mean())
      guard machine.visible == .bernoulli else { return }
      let scores = try machine.stochasticPseudoLikelihood(x, key: context.key("pseudo-likelihood"))
      context.record("pseudo_likelihood", scores.mean())
    }
  }
}
