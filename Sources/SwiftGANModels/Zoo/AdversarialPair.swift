import SwiftGANCore
import SwiftGANNN

/// A generator against a discriminator as a model's options ask for them: what most GANs have one of, and a pyramid one for
/// each level.
struct AdversarialPair {
  /// What a pair is to make, and of what.
  struct Wish {
    /// The shape of one sample.
    let shape: [Int]
    /// Where the noise comes from.
    let latent: Latent
    /// How labels, or another condition, take part.
    var conditioning: (any Conditioning)?
    /// The generator's last activation; nil for none.
    var output: JSON?
    /// The penalties; null for none.
    var penalty: JSON = .null
    /// Where real samples come from.
    var source = AdversarialGame.Source.batch
    /// What follows the names of networks and players.
    var suffix = ""
    /// Which batches the discriminator sees.
    var batchUse = Player.BatchUse.fresh
  }

  /// The networks, and what they are put together to.
  let parts: AdversarialGame
  /// The players' game.
  let game: Game

  /// Builds the networks and their players.
  /// - Parameters:
  ///   - descriptions: of all options of the model.
  ///   - networks: the layers for a shape.
  /// - Throws: `TensorError` for options that do not go together.
  init(
    _ request: ModelRequest, _ wish: Wish, descriptions: [OptionDescription],
    _ networks: (AdversarialModel.Request) throws -> AdversarialModel.Networks
  ) throws {
    let (options, conditioning, suffix) = (request.options, wish.conditioning, wish.suffix)
    let pack = try options.int("pack")
    guard conditioning == nil || pack == 1 else {
      throw TensorError(
        .value,
        "\(request.name): pack \(pack) would show the discriminator samples of several conditions (classes, "
          + "codes, coarse images) at once; leave it out")
    }
    let objective = try ObjectiveRegistry.shared.make(options.json("objective"))
    if objective.output == .nothing { try AdversarialOptions.requireNoDiscriminator(options, like: descriptions) }
    let penalties =
      objective.output == .nothing ? [] : try PenaltyRegistry.make(PenaltyRegistry.resolve(wish.penalty))
    try AdversarialOptions.requireSingleSamples(options, penalties.first { $0.penalty.isOnSingleSamples }?.name)
    let given = conditioning?.givenShape(latent: wish.latent.size, shape: wish.shape) ?? [wish.latent.size]
    let layers = try AdversarialModel.specifications(
      AdversarialModel.Request(
        options: options, shape: wish.shape,
        judgedShape: conditioning?.shownShape(wish.shape) ?? Packing.packedShape(wish.shape, pack),
        latent: elementCount(of: given), givenShape: given,
        classes: (conditioning as? any ClassConditioning)?.classes ?? 0, output: wish.output),
      networks, objective: objective, outputs: conditioning?.outputs ?? 1, owner: request.name)
    let generator = try request.network("generator\(suffix)", layers.generator)
    let discriminator = try layers.discriminator.map { try request.network("discriminator\(suffix)", $0) }
    let rates = try AdversarialOptions.rates(options)
    parts = try AdversarialGame(
      generator: generator, discriminator: discriminator, latent: wish.latent, objective: objective,
      penalties: penalties, conditioning: conditioning, source: wish.source, suffix: suffix, options: options)
    game = try parts.game(
      generator: Player(
        "generator\(suffix)", trains: [generator],
        optimizer: AdversarialOptions.optimizer(options, rate: rates.generator), batchUse: .latest,
        averageDecay: options.averageDecay()),
      discriminator: discriminator.map {
        try Player(
          "discriminator\(suffix)", trains: [$0],
          optimizer: AdversarialOptions.optimizer(options, rate: rates.discriminator),
          stepsPerRound: options.int("critic_steps"), batchUse: wish.batchUse,
          projections: options.optionalDouble("clip_weights").map { [try ClipWeights($0)] } ?? [])
      })
  }
}
