import SwiftGANCore
import SwiftGANNN

/// A generator against a discriminator, put together from its parts: the game of nearly every GAN in the zoo.
///
/// ```swift
/// let parts = AdversarialGame(
///   generator: g, discriminator: d, latent: Latent(size: 100), objective: NonSaturating())
/// let game = try parts.game(
///   generator: Player("generator", trains: [g], optimizer: "adam", batchUse: .latest),
///   discriminator: Player("discriminator", trains: [d], optimizer: "adam"))
/// ```
public struct AdversarialGame {
  /// What the discriminator is shown of a batch: the batch itself, or one packed, augmented, noised. It is applied alike
  /// to real and generated samples, and gradients flow through it to the generator.
  public typealias View = (_ samples: Tensor, _ key: RandomKey) throws -> Tensor

  /// Maps `[N, latent size]` to samples.
  public let generator: Network
  /// Maps samples to logits.
  public let discriminator: Network
  /// Where the noise comes from.
  public let latent: Latent
  /// What the two minimise.
  public let objective: any Objective
  /// Penalties on the discriminator, each with its name in the history.
  public let penalties: [(name: String, penalty: any Penalty)]
  /// What the discriminator is shown.
  public let view: View
  /// How many discriminator updates the generator looks ahead; see ``Player/lookingAhead(_:on:_:)``.
  public let unrolledSteps: Int

  /// The parts of a game.
  public init(
    generator: Network, discriminator: Network, latent: Latent, objective: any Objective,
    penalties: [(name: String, penalty: any Penalty)] = [], unrolledSteps: Int = 0,
    view: @escaping View = { samples, _ in samples }
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.latent = latent
    self.objective = objective
    self.penalties = penalties
    self.view = view
    self.unrolledSteps = max(0, unrolledSteps)
  }

  /// The game: algorithm 1 of Goodfellow et al. (2014) with the discriminator moving first. Networks are called
  /// `generator` and `discriminator`; the history has `<player>_loss`, the penalties and the objective's estimates.
  /// - Throws: `TensorError` (`.value`) when the players do not train these networks.
  public func game(generator generating: Player, discriminator judging: Player) throws -> Game {
    let parts = self
    return try Game(
      networks: [("generator", generator), ("discriminator", discriminator)],
      players: [judging, generating],
      losses: [
        judging.name: parts.discriminatorLoss,
        generating.name: { try parts.generatorLoss($0, against: judging) },
      ],
      penalties: penalties.map { entry in
        Game.Term(entry.name, player: judging.name) { try parts.value(of: entry.penalty, named: entry.name, $0) }
      })
  }

  private func discriminatorLoss(_ context: RoundContext) throws -> Tensor {
    let real = try discriminator(realView(context))
    let fake = try discriminator(fakeView(context))
    withoutGradient {
      for (name, value) in objective.estimates(real: real, fake: fake) { context.record(name, value) }
    }
    return objective.discriminatorLoss(real: real, fake: fake)
  }

  private func generatorLoss(_ context: RoundContext, against judging: Player) throws -> Tensor {
    func loss(_ noise: Tensor) throws -> Tensor {
      objective.generatorLoss(fake: discriminator(try view(generator(noise), context.key("fake view"))))
    }
    guard unrolledSteps > 0 else { return try loss(noise(context)) }
    let answer = { try lookAheadLoss(context) }
    return try judging.lookingAhead(unrolledSteps, on: answer) { try loss(noise(context)) }
  }

  /// The discriminator's loss as the generator's look ahead sees it: here the samples lead back to the generator.
  private func lookAheadLoss(_ context: RoundContext) throws -> Tensor {
    let real = try realView(context)
    let noise = latent.sample(context.batch.count, key: context.key("look-ahead noise"))
    let fake = try view(generator(noise), context.key("look-ahead view"))
    let loss = objective.discriminatorLoss(real: discriminator(real), fake: discriminator(fake))
    return try penalties.reduce(loss) { sum, entry in
      sum
        + (try entry.penalty(
          critic: { discriminator($0) }, real: real, fake: fake, key: context.key(entry.name)))
    }
  }

  private func value(of penalty: any Penalty, named name: String, _ context: RoundContext) throws -> Tensor {
    try penalty(
      critic: { discriminator($0) }, real: realView(context), fake: fakeView(context), key: context.key(name))
  }

  private func noise(_ context: RoundContext) -> Tensor {
    latent.sample(context.batch.count, key: context.key("noise"))
  }

  private func realView(_ context: RoundContext) throws -> Tensor {
    try context.shared("real view") { try view(context.batch.real, context.key("real view")) }
  }

  /// Samples for the discriminator's update: the generator is evaluated without a record, so nothing of it is
  /// differentiated or kept.
  private func fakeView(_ context: RoundContext) throws -> Tensor {
    try context.shared("fake view") {
      try withoutGradient { try view(generator(noise(context)), context.key("fake view")) }
    }
  }
}
