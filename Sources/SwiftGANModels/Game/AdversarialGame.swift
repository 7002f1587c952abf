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
  /// Maps samples to what the objective needs of a discriminator; nil only for objectives that need none.
  public let discriminator: Network?
  /// Where the noise comes from.
  public let latent: Latent
  /// What the two minimise.
  public let objective: any Objective
  /// Penalties on the discriminator, each with its name in the history.
  public let penalties: [(name: String, penalty: any Penalty)]
  /// What the discriminator is shown.
  public let view: View
  /// How labels take part; nil where there are none.
  public let conditioning: (any Conditioning)?
  /// How many discriminator updates the generator looks ahead; see ``Player/lookingAhead(_:on:_:)``.
  public let unrolledSteps: Int
  /// The weight of ``HistoricalAveraging`` for both players; 0 for none.
  public let historicalWeight: Double

  /// The parts of a game.
  /// - Parameter conditioning: how the labels that come with the batch as `y` take part: see ``Conditioning``.
  public init(
    generator: Network, discriminator: Network?, latent: Latent, objective: any Objective,
    penalties: [(name: String, penalty: any Penalty)] = [], unrolledSteps: Int = 0, historicalWeight: Double = 0,
    conditioning: (any Conditioning)? = nil, view: @escaping View = { samples, _ in samples }
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.latent = latent
    self.objective = objective
    self.penalties = penalties
    self.view = view
    self.conditioning = conditioning
    self.unrolledSteps = max(0, unrolledSteps)
    self.historicalWeight = historicalWeight
  }

  /// The game: algorithm 1 of Goodfellow et al. (2014) with the discriminator moving first. Networks are called
  /// `generator` and `discriminator`; the history has `<player>_loss`, the penalties and the objective's estimates.
  /// - Parameter judging: nil only for an objective that needs no discriminator.
  /// - Throws: `TensorError` (`.value`) when the players do not train these networks, there is no discriminator for an
  ///   objective that needs one, there are parts that need one for an objective without, labels take part and the objective
  ///   is not of logits, or a penalty is on the slope at
  ///   single samples (``Penalty/isOnSingleSamples``) of a discriminator with layers that look at the whole batch.
  public func game(generator generating: Player, discriminator judging: Player?) throws -> Game {
    guard conditioning == nil || objective.output == .logits else {
      let other = objective.output == .nothing ? "has no discriminator" : "is of \(objective.output.rawValue)"
      throw TensorError(
        .value,
        "a conditional game needs an objective of logits, from which the generator hears of its classes; this one \(other)"
      )
    }
    guard let judging, let discriminator, objective.output != .nothing else { return try solo(generating) }
    if let layer = discriminator.store.batchLayer,
      let entry = penalties.first(where: { $0.penalty.isOnSingleSamples })
    {
      throw TensorError(
        .value,
        "the penalty '\(entry.name)' is on the slope at single samples, but the discriminator has a layer '\(layer)', so "
          + "what it says of one sample depends on the whole batch; leave out one of them, or take a layer of single "
          + "samples, such as 'layer_norm'")
    }
    let parts = self
    var state = objective.initialState
    var penalties = penalties.map { entry in
      Game.Term(entry.name, player: judging.name) { try parts.value(of: entry.penalty, named: entry.name, $0) }
    }
    for player in [judging, generating] where historicalWeight > 0 {
      let history = HistoricalAveraging(weight: historicalWeight, of: player)
      state += history.initialState
      penalties.append(history.term)
    }
    return try Game(
      networks: [("generator", generator), ("discriminator", discriminator)],
      players: [judging, generating],
      losses: [
        judging.name: parts.discriminatorLoss,
        generating.name: { try parts.generatorLoss($0, against: judging) },
      ],
      penalties: penalties, state: GameState(state))
  }

  /// The game of a generator alone.
  private func solo(_ generating: Player) throws -> Game {
    guard objective.output == .nothing else {
      throw TensorError(.value, "this objective needs a discriminator, and a player who trains it")
    }
    let idle = penalties.map { "penalty '\($0.name)'" } + (unrolledSteps > 0 ? ["unroll \(unrolledSteps)"] : [])
    guard idle.isEmpty else {
      throw TensorError(
        .value,
        "this objective has no discriminator, so \(idle.joined(separator: ", ")) would do nothing; leave that out")
    }
    let parts = self
    let history = historicalWeight > 0 ? HistoricalAveraging(weight: historicalWeight, of: generating) : nil
    return try Game(
      networks: [("generator", generator)], players: [generating],
      losses: [generating.name: { try parts.generatorLoss($0, against: nil) }],
      penalties: history.map { [$0.term] } ?? [],
      state: GameState(objective.initialState + (history?.initialState ?? [])))
  }

  // MARK: Losses

  private func discriminatorLoss(_ context: RoundContext) throws -> Tensor {
    let judged = discriminatorsJudgements(context)
    let loss = try objective.discriminatorLoss(judged)
    let classes = try classLosses([("class_loss_real", judged.real), ("class_loss_fake", judged.fake)])
    try withoutGradient {
      for (name, value) in try objective.discriminatorEstimates(judged) + classes { context.record(name, value) }
    }
    return classes.reduce(loss) { $0 + $1.value }
  }

  private func generatorLoss(_ context: RoundContext, against judging: Player?) throws -> Tensor {
    let noise = try noise(context)
    func loss() throws -> Tensor {
      let judged = judgements(
        context, real: { try realView(context) },
        fake: {
          // Named for whoever looks on, where no discriminator's update has samples of its own.
          try view(context.shared("generator's samples") { generator(noise) }, context.key("fake view"))
        })
      let isAhead = judging != nil && unrolledSteps > 0
      let loss = try isAhead ? objective.lookAheadGeneratorLoss(judged) : objective.generatorLoss(judged)
      let classes = try classLosses([("generator_class_loss", judged.fake)])
      try withoutGradient {
        for (name, value) in try objective.generatorEstimates(judged) + classes { context.record(name, value) }
      }
      return classes.reduce(loss) { $0 + $1.value }
    }
    guard let judging, unrolledSteps > 0 else { return try loss() }
    let answer = { try lookAheadLoss(context) }
    return try judging.lookingAhead(unrolledSteps, on: answer, loss)
  }

  /// The discriminator's loss as the generator's look ahead sees it: here the samples lead back to the generator.
  private func lookAheadLoss(_ context: RoundContext) throws -> Tensor {
    let real = try realView(context)
    let noise = try self.noise(context, "look-ahead noise")
    let fake = try view(generator(noise), context.key("look-ahead view"))
    let judged = judgements(context, real: { real }, fake: { fake })
    let classes = try classLosses([("real", judged.real), ("fake", judged.fake)])
    let loss = classes.reduce(try objective.discriminatorLoss(judged)) { $0 + $1.value }
    return try penalties.reduce(loss) { sum, entry in
      sum
        + (try entry.penalty(
          critic: { try critic($0, judged, context) }, real: real, fake: fake, key: context.key(entry.name)))
    }
  }

  /// What the classes add to a loss, by a name for each side; nothing where the discriminator tells none.
  private func classLosses(_ sides: [(name: String, side: Judgement)]) throws -> [(name: String, value: Tensor)] {
    guard saysClasses else { return [] }
    return try sides.compactMap { name, side in try side.classLoss.map { (name, $0) } }
  }

  private func value(of penalty: any Penalty, named name: String, _ context: RoundContext) throws -> Tensor {
    let judged = discriminatorsJudgements(context)
    return try penalty(
      critic: { try critic($0, judged, context) }, real: realView(context), fake: fakeView(context),
      key: context.key(name))
  }

  // MARK: What the discriminator sees and says

  private func judgements(
    _ context: RoundContext, real: @escaping () throws -> Tensor, fake: @escaping () throws -> Tensor
  ) -> Judgements {
    Judgements(
      real: Judgement(real) { try judge($0, context) }, fake: Judgement(fake) { try judge($0, context) },
      state: context.state)
  }

  /// What the discriminator says in its own update; computed once for its loss, penalties and estimates.
  private func discriminatorsJudgements(_ context: RoundContext) -> Judgements {
    func side(_ name: String, _ samples: @escaping (RoundContext) throws -> Tensor) -> Judgement {
      func judgeOnce(_ shown: Tensor) throws -> Judgement.Answer {
        var said: Judgement.Answer?
        func answer() throws -> Judgement.Answer {
          let answer = try said ?? judge(shown, context)
          said = answer
          return answer
        }
        let output = try context.shared("\(name) output") { try answer().output }
        return Judgement.Answer(
          output: output,
          features: objective.usesFeatures
            ? try context.shared("\(name) features") { try answer().features ?? output } : nil,
          classLoss: saysClasses
            ? try context.shared("\(name) class loss") { try answer().classLoss ?? Tensor(0) } : nil)
      }
      return Judgement({ try samples(context) }, judge: judgeOnce)
    }
    return Judgements(real: side("real", realView), fake: side("fake", fakeView), state: context.state)
  }

  /// Whether the discriminator's numbers tell classes that its loss asks for.
  private var saysClasses: Bool { conditioning?.tellsClasses ?? false }

  /// The discriminator's answer, with features where the objective looks at them. Samples are of the batch's classes.
  private func judge(_ samples: Tensor, _ context: RoundContext) throws -> Judgement.Answer {
    guard let discriminator else { throw TensorError(.state, "the game has no discriminator") }
    guard let conditioning else {
      guard objective.usesFeatures else { return Judgement.Answer(output: discriminator(samples)) }
      let (output, features) = try discriminator.outputWithFeatures(samples)
      return Judgement.Answer(output: output, features: features)
    }
    let labels = try context.target()
    let shown = conditioning.shown(samples, labels)
    let said = objective.usesFeatures ? try discriminator.outputWithFeatures(shown) : nil
    let numbers = said?.output ?? discriminator(shown)
    return Judgement.Answer(
      output: conditioning.logit(numbers, labels), features: said?.features,
      classLoss: saysClasses ? conditioning.classLoss(numbers, labels) : nil)
  }

  /// The function whose slope penalties hold in bounds; slopes are those along samples, with labels held.
  private func critic(_ samples: Tensor, _ judged: Judgements, _ context: RoundContext) throws -> Tensor {
    guard let discriminator else { throw TensorError(.state, "the game has no discriminator") }
    guard let conditioning else { return try objective.critic(discriminator(samples), of: samples, judged) }
    let labels = try context.target()
    let output = conditioning.logit(discriminator(conditioning.shown(samples, labels)), labels)
    return try objective.critic(output, of: samples, judged)
  }

  /// What the generator makes samples of: noise, and the batch's labels where they take part.
  private func noise(_ context: RoundContext, _ purpose: String = "noise") throws -> Tensor {
    let noise = latent.sample(context.batch.count, key: context.key(purpose))
    return try conditioning?.told(noise, context.target()) ?? noise
  }

  private func realView(_ context: RoundContext) throws -> Tensor {
    try context.shared("real view") { try view(context.batch.real, context.key("real view")) }
  }

  /// Samples for the discriminator's update: the generator is evaluated without a record, so nothing of it is
  /// differentiated or kept.
  private func fakeView(_ context: RoundContext) throws -> Tensor {
    try context.shared("fake view") {
      try withoutGradient {
        // Named for whoever looks on: what the view makes of samples says little of how they differ.
        let samples = try context.shared("fake samples") { try generator(noise(context)) }
        return try view(samples, context.key("fake view"))
      }
    }
  }
}
