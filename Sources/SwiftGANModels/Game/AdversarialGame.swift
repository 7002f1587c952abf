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
  /// to real and generated samples, and gradients flow through it to the generator; and with the same key to an image that
  /// samples are conditioned on, where the discriminator is shown it.
  public typealias View = (_ samples: Tensor, _ key: RandomKey) throws -> Tensor

  /// What a game plays for, found in the batch of an update.
  public struct Source: Sendable {
    /// The real samples.
    public let real: @Sendable (Batch) throws -> Tensor
    /// The condition of each; asked for where there is a ``Conditioning``.
    public let condition: @Sendable (Batch) throws -> Tensor

    /// A source of one's own.
    public init(
      real: @escaping @Sendable (Batch) throws -> Tensor, condition: @escaping @Sendable (Batch) throws -> Tensor
    ) {
      self.real = real
      self.condition = condition
    }

    /// The batch's first tensor, and what was given to `fit` beside it.
    public static let batch = Source(real: { $0.real }, condition: { try $0.target() })
  }

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
  /// What the generator is told, and what the discriminator says beside real or generated; nil for nothing.
  public let conditioning: (any Conditioning)?
  /// Where real samples and their conditions come from.
  public let source: Source
  /// What follows the names of networks and figures: where several such games are one, as levels of a pyramid are.
  public let suffix: String
  /// How many discriminator updates the generator looks ahead; see ``Player/lookingAhead(_:on:_:)``.
  public let unrolledSteps: Int
  /// The weight of ``HistoricalAveraging`` for both players; 0 for none.
  public let historicalWeight: Double

  /// The parts of a game.
  /// - Parameters:
  ///   - conditioning: how labels that come with the batch, or other conditions, take part: see ``Conditioning``.
  ///   - source: where real samples and conditions come from.
  ///   - suffix: what follows the names of networks, and those of players that do not name themselves.
  public init(
    generator: Network, discriminator: Network?, latent: Latent, objective: any Objective,
    penalties: [(name: String, penalty: any Penalty)] = [], unrolledSteps: Int = 0, historicalWeight: Double = 0,
    conditioning: (any Conditioning)? = nil, source: Source = .batch, suffix: String = "",
    view: @escaping View = { samples, _ in samples }
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.latent = latent
    self.objective = objective
    self.penalties = penalties
    self.view = view
    self.conditioning = conditioning
    self.source = source
    self.suffix = suffix
    self.unrolledSteps = max(0, unrolledSteps)
    self.historicalWeight = historicalWeight
  }

  /// The game: algorithm 1 of Goodfellow et al. (2014) with the discriminator moving first. Networks are called
  /// `generator` and `discriminator`; the history has `<player>_loss`, the penalties and the objective's estimates.
  /// - Parameter judging: nil only for an objective that needs no discriminator.
  /// - Throws: `TensorError` (`.value`) when the players do not train these networks, there is no discriminator for an
  ///   objective that needs one, there are parts that need one for an objective without, there is a conditioning and the
  ///   objective is not of logits, or a penalty is on the slope at single samples (``Penalty/isOnSingleSamples``) of a
  ///   discriminator with layers that look at the whole batch.
  public func game(generator generating: Player, discriminator judging: Player?) throws -> Game {
    guard conditioning == nil || objective.output == .logits else {
      let other = objective.output == .nothing ? "has no discriminator" : "is of \(objective.output.rawValue)"
      throw TensorError(
        .value,
        "a conditional game needs an objective of logits, beside which the discriminator tells what the generator made; "
          + "this one \(other)"
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
      Game.Term(entry.name + suffix, player: judging.name) { try parts.value(of: entry.penalty, named: entry.name, $0) }
    }
    penalties += (conditioning?.terms(discriminator, player: judging.name) ?? []).map { term in
      Game.Term(term.name + suffix, player: term.player, value: term.value)
    }
    for player in [judging, generating] where historicalWeight > 0 {
      let history = HistoricalAveraging(weight: historicalWeight, of: player)
      state += history.initialState
      penalties.append(history.term)
    }
    return try Game(
      networks: [("generator\(suffix)", generator), ("discriminator\(suffix)", discriminator)],
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
      networks: [("generator\(suffix)", generator)], players: [generating],
      losses: [generating.name: { try parts.generatorLoss($0, against: nil) }],
      penalties: history.map { [$0.term] } ?? [],
      state: GameState(objective.initialState + (history?.initialState ?? [])))
  }

  // MARK: Losses

  private func discriminatorLoss(_ context: RoundContext) throws -> Tensor {
    let judged = discriminatorsJudgements(context)
    let loss = try objective.discriminatorLoss(judged)
    let told = try toldLosses(judged, fake: condition(context), context)
    try withoutGradient {
      for (name, value) in try objective.discriminatorEstimates(judged) + told { context.record(name + suffix, value) }
    }
    return told.reduce(loss) { $0 + $1.value }
  }

  private func generatorLoss(_ context: RoundContext, against judging: Player?) throws -> Tensor {
    let (noise, condition) = (noise(context), try condition(context))
    func loss() throws -> Tensor {
      let judged = judgements(
        context, condition: condition, real: { try realView(context) },
        fake: {
          // Named for whoever looks on, where no discriminator's update has samples of its own.
          try view(
            context.shared("generator's samples") { try samples(of: noise, condition) }, viewKey(context, "fake view"))
        })
      let isAhead = judging != nil && unrolledSteps > 0
      let loss = try isAhead ? objective.lookAheadGeneratorLoss(judged) : objective.generatorLoss(judged)
      let told = try toldLoss(.generator, judged.fake, condition)
      try withoutGradient {
        let figures =
          try objective.generatorEstimates(judged) + (told.map { [$0] } ?? []) + toldFigures(judged, condition)
        for (name, value) in figures { context.record(name + suffix, value) }
      }
      return told.map { loss + $0.value } ?? loss
    }
    guard let judging, unrolledSteps > 0 else { return try loss() }
    let answer = { try lookAheadLoss(context) }
    return try judging.lookingAhead(unrolledSteps, on: answer, loss)
  }

  /// The discriminator's loss as the generator's look ahead sees it: here the samples lead back to the generator.
  private func lookAheadLoss(_ context: RoundContext) throws -> Tensor {
    let real = try realView(context)
    let purpose = "look-ahead noise"
    let (noise, condition) = (noise(context, purpose), try condition(context, purpose))
    let fake = try view(samples(of: noise, condition), viewKey(context, "look-ahead view"))
    let judged = judgements(context, condition: condition, real: { real }, fake: { fake })
    let told = try toldLosses(judged, fake: condition, context).map(\.value) + furtherLosses(context)
    let loss = told.reduce(try objective.discriminatorLoss(judged), +)
    return try penalties.reduce(loss) { sum, entry in
      sum
        + (try entry.penalty(
          critic: { try critic($0, judged, context) }, real: real, fake: fake, key: context.key(entry.name)))
    }
  }

  private func value(of penalty: any Penalty, named name: String, _ context: RoundContext) throws -> Tensor {
    let judged = discriminatorsJudgements(context)
    return try penalty(
      critic: { try critic($0, judged, context) }, real: realView(context), fake: fakeView(context),
      key: context.key(name))
  }

  // MARK: What the discriminator sees and says

  /// - Parameter condition: of the generated samples.
  private func judgements(
    _ context: RoundContext, condition: Tensor, real: @escaping () throws -> Tensor,
    fake: @escaping () throws -> Tensor
  ) -> Judgements {
    Judgements(
      real: Judgement(real) { try judge($0, viewed(realCondition(context), context)) },
      fake: Judgement(fake) { try judge($0, viewed(condition, context)) }, state: context.state)
  }

  /// What the discriminator says in its own update; computed once for its loss, penalties and estimates.
  private func discriminatorsJudgements(_ context: RoundContext) -> Judgements {
    func side(
      _ name: String, _ condition: @escaping () throws -> Tensor,
      _ samples: @escaping (RoundContext) throws -> Tensor
    ) -> Judgement {
      func judgeOnce(_ shown: Tensor) throws -> Judgement.Answer {
        var said: Judgement.Answer?
        func answer() throws -> Judgement.Answer {
          let answer = try said ?? judge(shown, viewed(condition(), context))
          said = answer
          return answer
        }
        let output = try context.shared("\(name) output") { try answer().output }
        return Judgement.Answer(
          output: output,
          features: objective.usesFeatures
            ? try context.shared("\(name) features") { try answer().features ?? output } : nil,
          numbers: conditioning == nil
            ? nil : try context.shared("\(name) numbers") { try answer().numbers ?? output })
      }
      return Judgement({ try samples(context) }, judge: judgeOnce)
    }
    return Judgements(
      real: side("real", { try realCondition(context) }, realView),
      fake: side("fake", { try condition(context) }, fakeView), state: context.state)
  }

  /// The discriminator's answer for samples of these conditions, with features where the objective looks at them.
  private func judge(_ samples: Tensor, _ condition: Tensor) throws -> Judgement.Answer {
    guard let discriminator else { throw TensorError(.state, "the game has no discriminator") }
    guard let conditioning else {
      guard objective.usesFeatures else { return Judgement.Answer(output: discriminator(samples)) }
      let (output, features) = try discriminator.outputWithFeatures(samples)
      return Judgement.Answer(output: output, features: features)
    }
    let shown = conditioning.shown(samples, condition)
    let said = objective.usesFeatures ? try discriminator.outputWithFeatures(shown) : nil
    let numbers = said?.output ?? discriminator(shown)
    return Judgement.Answer(
      output: conditioning.logit(numbers, condition), features: said?.features, numbers: numbers)
  }

  /// The function whose slope penalties hold in bounds; slopes are those along samples, with conditions held.
  private func critic(_ samples: Tensor, _ judged: Judgements, _ context: RoundContext) throws -> Tensor {
    guard let discriminator else { throw TensorError(.state, "the game has no discriminator") }
    guard let conditioning else { return try objective.critic(discriminator(samples), of: samples, judged) }
    let condition = try viewed(realCondition(context), context)
    let output = conditioning.logit(discriminator(conditioning.shown(samples, condition)), condition)
    return try objective.critic(output, of: samples, judged)
  }

  private func realView(_ context: RoundContext) throws -> Tensor {
    try context.shared("real view") {
      // Named for whoever looks on, as the generated ones are.
      try view(context.shared("real samples") { try source.real(context.batch) }, viewKey(context, "real view"))
    }
  }

  /// Samples for the discriminator's update: the generator is evaluated without a record, so nothing of it is
  /// differentiated or kept.
  private func fakeView(_ context: RoundContext) throws -> Tensor {
    try context.shared("fake view") {
      try withoutGradient {
        // Named for whoever looks on: what the view makes of samples says little of how they differ.
        let samples = try context.shared("fake samples") {
          try self.samples(of: noise(context), condition(context))
        }
        return try view(samples, viewKey(context, "fake view"))
      }
    }
  }
}
