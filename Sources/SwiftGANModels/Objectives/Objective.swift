import SwiftGANCore

/// What the discriminator and the generator of a game each minimise, stated once from the discriminator's raw outputs.
///
/// `real` and `fake` are logits d(x) and d(G(z)): floating-point tensors of any shape (commonly `[N]` or `[N, 1]`), one
/// entry per sample (or per patch of a sample). All losses are scalars and finite for every finite logit, because they
/// use softplus and never the logarithm of a sigmoid.
public protocol Objective: Sendable {
  /// The discriminator's (critic's) loss, to be minimised: a scalar.
  func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor

  /// The generator's loss, to be minimised: a scalar.
  func generatorLoss(fake: Tensor) -> Tensor

  /// What the logits say about the state of the game, by name, to be recorded beside the losses: scalars that take no
  /// part in training.
  func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)]
}

extension Objective {
  /// No estimates.
  public func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)] { [] }
}

/// The discriminator's cross-entropy, E[softplus(-d(x))] + E[softplus(d(G(z)))], which is
/// -E[log D(x)] - E[log(1 - D(G(z)))] with D the sigmoid of d (Goodfellow et al. 2014, equation 1).
func crossEntropyLoss(real: Tensor, fake: Tensor) -> Tensor {
  (-real).softplus().mean() + fake.softplus().mean()
}

/// The lower bound log 2 - L/2 on the Jensen-Shannon divergence that a discriminator with cross-entropy loss L proves, in
/// nats: 0 when it cannot tell the two apart, at most log 2 = 0.693.
func jensenShannonBound(real: Tensor, fake: Tensor) -> Tensor {
  0.693_147_180_559_945_3 - 0.5 * crossEntropyLoss(real: real, fake: fake)
}
