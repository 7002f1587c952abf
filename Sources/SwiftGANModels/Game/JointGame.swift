import SwiftGANCore
import SwiftGANNN

/// A generator and an encoder against a discriminator of pairs: BiGAN (Donahue et al. 2017) and ALI (Dumoulin et al. 2017).
///
///     min_{G, E} max_D  E_x[log D(x, E(x))] + E_z[log(1 - D(G(z), z))]
///
/// At the optimum G and E are each other's inverses (theorem 2 of BiGAN). The discriminator gives a logit for each pair; any
/// ``LogitObjective`` says what the two sides minimise.
public struct JointGame {
  /// Maps `[N, latent size]` to samples.
  public let generator: Network
  /// Maps samples to codes `[N, latent size]`, or to the means and log standard deviations of a normal distribution, from which
  /// codes are drawn, `[N, 2 latent size]`.
  public let encoder: Network
  /// Maps pairs `[N, values of a sample + latent size]` to one logit for each; see ``pair(_:_:)``.
  public let discriminator: Network
  /// Where the noise comes from.
  public let latent: Latent
  /// What the sides minimise.
  public let objective: any LogitObjective
  /// Penalties on the discriminator's slope along pairs, each with its name in the history.
  public let penalties: [(name: String, penalty: any Penalty)]
  /// Whether codes are drawn from the encoder's distribution, as in ALI, or are what it gives, as in BiGAN. It is normal;
  /// where the noise is uniform, codes are the hyperbolic tangents of normal numbers, so that they lie where the noise does.
  public let isStochastic: Bool

  /// The parts of a game.
  public init(
    generator: Network, encoder: Network, discriminator: Network, latent: Latent, objective: any LogitObjective,
    penalties: [(name: String, penalty: any Penalty)] = [], isStochastic: Bool = false
  ) {
    self.generator = generator
    self.encoder = encoder
    self.discriminator = discriminator
    self.latent = latent
    self.objective = objective
    self.penalties = penalties
    self.isStochastic = isStochastic
  }

  /// The game; generator and encoder are one player, who moves second.
  public func game(generator generating: Player, discriminator judging: Player) throws -> Game {
    let parts = self
    return try Game(
      networks: [("generator", generator), ("discriminator", discriminator), ("encoder", encoder)],
      players: [judging, generating],
      losses: [judging.name: parts.discriminatorLoss, generating.name: parts.generatorLoss],
      penalties: penalties.map { entry in
        Game.Term(entry.name, player: judging.name) { context in
          try entry.penalty(
            critic: { parts.discriminator($0) }, real: parts.real(context), fake: parts.fake(context),
            key: context.key(entry.name))
        }
      })
  }

  // MARK: Pairs

  /// A sample's numbers and behind them its code: `[N, values + latent size]`.
  public func pair(_ samples: Tensor, _ codes: Tensor) -> Tensor {
    guard samples.error == nil, let count = samples.shape.first else { return samples }
    return .concatenate([samples.reshape([count, -1]), codes], axis: 1)
  }

  /// The code of samples, or the middle of their distribution (the median of each coordinate), `[N, latent size]`.
  public func code(_ samples: Tensor) -> Tensor {
    let numbers = encoder(samples)
    return isStochastic ? inRange(numbers.sliced(axis: 1, from: 0, to: latent.size)) : numbers
  }

  /// Normal numbers brought to where the noise lies.
  private func inRange(_ numbers: Tensor) -> Tensor {
    switch latent.distribution {
    case .normal: numbers
    case .uniform: numbers.tanh()
    }
  }

  /// A code as the discriminator sees it: in ALI mu(x) + sigma(x) epsilon.
  private func drawnCode(_ samples: Tensor, _ context: RoundContext) throws -> Tensor {
    guard isStochastic else { return encoder(samples) }
    let numbers = try encoder(samples).checked()
    let deviation = numbers.sliced(axis: 1, from: latent.size, to: 2 * latent.size).exp()
    let epsilon = Tensor.randomNormal([samples.shape[0], latent.size], key: context.key("code"))
    return inRange(numbers.sliced(axis: 1, from: 0, to: latent.size) + deviation * epsilon)
  }

  /// The batch with its codes.
  private func realPair(_ context: RoundContext) throws -> Tensor {
    pair(context.batch.real, try drawnCode(context.batch.real, context))
  }

  /// Generated samples with the noise that they are made of.
  private func fakePair(_ context: RoundContext) throws -> Tensor {
    let noise = latent.sample(context.batch.count, key: context.key("noise"))
    let made = generator(noise)
    // Named for whoever looks on.
    _ = try context.shared("fake samples") { made.stopGradient() }
    return pair(made, noise)
  }

  // MARK: Losses

  private func real(_ context: RoundContext) throws -> Tensor {
    try context.shared("real view") { try withoutGradient { try realPair(context) } }
  }

  private func fake(_ context: RoundContext) throws -> Tensor {
    try context.shared("fake view") { try withoutGradient { try fakePair(context) } }
  }

  private func discriminatorLoss(_ context: RoundContext) throws -> Tensor {
    let real = try context.shared("real output") { discriminator(try self.real(context)).reshape([-1]) }
    let fake = try context.shared("fake output") { discriminator(try self.fake(context)).reshape([-1]) }
    withoutGradient {
      for (name, value) in objective.estimates(real: real, fake: fake) { context.record(name, value) }
    }
    return objective.discriminatorLoss(real: real, fake: fake)
  }

  private func generatorLoss(_ context: RoundContext) throws -> Tensor {
    let fake = discriminator(try fakePair(context)).reshape([-1])
    let real = discriminator(try realPair(context)).reshape([-1])
    return objective.generatorLoss(fake: fake) + objective.encoderLoss(real: real)
  }
}
