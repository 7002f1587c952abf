import SwiftGANCore

/// What the discriminator (critic) and the generator of a game each minimise.
///
/// Most are functions of the discriminator's raw outputs alone: a ``LogitObjective`` states those. Others look at
/// features, at reconstructions or at the samples themselves, which ``Judgements`` has too. Losses are scalars.
public protocol Objective: Sendable {
  /// What the discriminator must give.
  var output: DiscriminatorOutput { get }

  /// Whether a loss looks at the discriminator's features; they are gathered only then.
  var usesFeatures: Bool { get }

  /// What the objective remembers from update to update, in ``Judgements/state``, with its first values.
  var initialState: [(name: String, value: Tensor)] { get }

  /// The discriminator's loss, to be minimised: a scalar. It must not change the state: it may be asked for ahead of time.
  func discriminatorLoss(_ judged: Judgements) throws -> Tensor

  /// The generator's loss, to be minimised: a scalar. It must not change the state.
  func generatorLoss(_ judged: Judgements) throws -> Tensor

  /// The generator's loss where it looks ahead at the discriminator's updates, which it brings about: then what is said of
  /// real samples depends on the generator too. As ``generatorLoss(_:)`` unless the objective says otherwise.
  func lookAheadGeneratorLoss(_ judged: Judgements) throws -> Tensor

  /// What an update of the discriminator shows of the game, by name, to be recorded beside the losses: scalars that take no
  /// part in training. Here the state may be changed.
  func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)]

  /// What an update of the generator shows of the game, as ``discriminatorEstimates(_:)``.
  func generatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)]

  /// The function of samples whose slope penalties hold in bounds, a number (or a few) for each sample.
  /// - Parameter output: the discriminator's output for `samples`.
  func critic(_ output: Tensor, of samples: Tensor, _ judged: Judgements) throws -> Tensor
}

/// What an objective needs of a discriminator.
public enum DiscriminatorOutput: String, Sendable, CaseIterable {
  /// One number for each sample, or for each patch of it.
  case logits
  /// A vector of features for each sample, `[N, d]`.
  case features
  /// A reconstruction of what it was shown, in the same shape: the discriminator is an autoencoder.
  case reconstruction
  /// There is no discriminator.
  case nothing
}

extension Objective {
  /// Logits.
  public var output: DiscriminatorOutput { .logits }
  /// No.
  public var usesFeatures: Bool { false }
  /// The generator's loss.
  public func lookAheadGeneratorLoss(_ judged: Judgements) throws -> Tensor { try generatorLoss(judged) }
  /// Nothing.
  public var initialState: [(name: String, value: Tensor)] { [] }
  /// No estimates.
  public func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] { [] }
  /// No estimates.
  public func generatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] { [] }
  /// The discriminator itself.
  public func critic(_ output: Tensor, of samples: Tensor, _ judged: Judgements) throws -> Tensor { output }
}

/// An objective stated once from the discriminator's raw outputs.
///
/// `real` and `fake` are logits d(x) and d(G(z)): floating-point tensors of any shape (commonly `[N]` or `[N, 1]`), one
/// entry per sample (or per patch of a sample). All losses are scalars and finite for every finite logit, because they
/// use softplus and never the logarithm of a sigmoid.
///
/// ```swift
/// struct Exponential: LogitObjective {
///   func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor { (-real).exp().mean() + fake.exp().mean() }
///   func generatorLoss(fake: Tensor) -> Tensor { (-fake).exp().mean() }
/// }
/// ```
public protocol LogitObjective: Objective {
  /// The discriminator's (critic's) loss, to be minimised: a scalar.
  func discriminatorLoss(real: Tensor, fake: Tensor) -> Tensor

  /// The generator's loss, to be minimised: a scalar.
  func generatorLoss(fake: Tensor) -> Tensor

  /// The loss, to be minimised, of whoever makes the side that the discriminator is to take for real: the encoder of a joint
  /// game (see ``JointGame``). A scalar; the generator's loss with the logits turned about, unless the objective says
  /// otherwise.
  func encoderLoss(real: Tensor) -> Tensor

  /// What the logits say about the state of the game, by name, to be recorded beside the losses: scalars that take no
  /// part in training.
  func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)]
}

extension LogitObjective {
  /// The generator's loss of -d(x): what sets the two sides apart is odd in the logit, but for objectives with codes.
  public func encoderLoss(real: Tensor) -> Tensor { generatorLoss(fake: -real) }

  /// No estimates.
  public func estimates(real: Tensor, fake: Tensor) -> [(name: String, value: Tensor)] { [] }

  /// The loss of the discriminator's outputs.
  public func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.output
    return discriminatorLoss(real: real, fake: try judged.fake.output)
  }

  /// The loss of the discriminator's outputs for generated samples; it is not asked about real ones.
  public func generatorLoss(_ judged: Judgements) throws -> Tensor { generatorLoss(fake: try judged.fake.output) }

  /// The estimates that the outputs give.
  public func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] {
    estimates(real: try judged.real.output, fake: try judged.fake.output)
  }
}

/// The discriminator's cross-entropy, E[softplus(-d(x))] + E[softplus(d(G(z)))], which is
/// -E[log D(x)] - E[log(1 - D(G(z)))] with D the sigmoid of d (Goodfellow et al. 2014, equation 1).
///
/// With one-sided label smoothing (Salimans et al. 2016, section 3.4) the target of a real sample is `label` in place of 1:
/// -E[label log D(x) + (1 - label) log(1 - D(x))].
func crossEntropyLoss(real: Tensor, fake: Tensor, label: Double = 1) -> Tensor {
  let taken = (-real).softplus().mean()
  let smoothed = label == 1 ? taken : label * taken + (1 - label) * real.softplus().mean()
  return smoothed + fake.softplus().mean()
}

/// The lower bound log 2 - L/2 on the Jensen-Shannon divergence that a discriminator with cross-entropy loss L proves, in
/// nats: 0 when it cannot tell the two apart, at most log 2 = 0.693.
func jensenShannonBound(real: Tensor, fake: Tensor) -> Tensor {
  0.693_147_180_559_945_3 - 0.5 * crossEntropyLoss(real: real, fake: fake)
}
