import SwiftGANCore
import SwiftGANNN

/// Looks at a game between two rounds and measures how it stands, on two batches aside from training. Nothing of the game
/// changes: training goes on with the same bits as without.
///
/// In a game of several generators and discriminators, such as a pyramid's levels, each pair has figures of its own, with the
/// suffix of the players' names: `real_accuracy_0` is what `discriminator_0` says.
///
/// For every player that follows a gradient, in its ``Stage``:
/// - `<player>_loss`: its loss, without penalties;
/// - `<player>_gradient`: the norm of the gradient of loss and penalties with respect to all of its parameters;
/// - `<player>_weights`: the norm of its parameters.
///
/// For a discriminator that gives one number d for each sample (or patch):
/// - `real_accuracy`, `fake_accuracy`: the share of each that it takes for what it is: d above 0 where d is a log-odds
///   (``jensenShannonBound(real:fake:)`` applies), above the middle of the two means elsewhere;
/// - `jsd_bound`: log 2 - L_D/2, a lower bound on the Jensen-Shannon divergence (Goodfellow et al. 2014, theorem 1), for
///   objectives whose d is a log-odds;
/// - `wasserstein`: E[d(x)] - E[d(G(z))], which estimates W1 times the critic's Lipschitz constant (Arjovsky et al. 2017);
/// - `separation`: the same in standard deviations of d: free of offset and scale.
///
/// For games of a generator, with or without a discriminator:
/// - `diversity`, `coverage`, `drift` of the samples; see ``SampleSpread``.
///
/// For games of a generator against a discriminator:
/// - `undecided_loss`: the discriminator's loss where each side is half data and half samples, so that there is nothing to
///   tell: what its loss is to be measured by, whatever the objective;
/// - `duality_gap`: max_v' M(u, v') - min_u' M(u', v) with M = -L_D the discriminator's payoff without penalties (Grnarova et
///   al. 2019, equation 2): 0 at an equilibrium. Each best response is sought by a few steps of the player's own optimizer on
///   copies, on the first batch, and judged on the second; the best of all steps counts, so it is a lower bound, at least 0.
public struct GameMeasure: Sendable {
  /// How many steps each player's best response takes; 0 leaves the duality gap out.
  public let gapSteps: Int
  /// The seed of a look's random numbers and rows: the same at every look, so that figures differ by the networks alone.
  public let seed: UInt64
  private let key: RandomKey

  /// A measure.
  public init(gapSteps: Int = 5, seed: UInt64 = 0) {
    self.gapSteps = max(0, gapSteps)
    // Apart from the numbers that training draws with the same seed.
    self.seed = seed ^ stableHash("diagnostics")
    key = RandomKey(seed: self.seed)
  }

  /// Looks at the game.
  /// - Parameters:
  ///   - search: the batch on which best responses are sought.
  ///   - judge: the batch on which everything is measured.
  /// - Throws: what a loss throws; the game is then as before.
  public func figures(
    of trainer: Trainer, search: Batch, judge: Batch
  ) throws -> [(name: String, value: Double)] {
    try trainer.undisturbed {
      try trainer.game.pairSuffixes.flatMap { try self.figures(of: trainer, $0, search: search, judge: judge) }
    }
  }

  /// The figures of the players with a suffix; with none, of all others as well.
  private func figures(
    of trainer: Trainer, _ suffix: String, search: Batch, judge: Batch
  ) throws -> [(name: String, value: Double)] {
    let game = trainer.game
    var (figures, judged) = ([(name: String, value: Double)](), RoundContext?.none)
    var samples: (fake: Tensor, real: Tensor)?
    for player in game.moving(after: trainer.passes)
    where game.losses[player.name] != nil && player.name.pairSuffix == suffix {
      let context = context(player, judge, trainer)
      var loss = Double.nan
      let gradients = try valueAndGrad(of: player.parameters) {
        let own = try scalar(game.losses[player.name]?(context), player)
        loss = try own.detached().item()
        return try penalized(own, game, player, context)
      }.gradients
      figures.append((player.lossName, loss))
      figures.append(("\(player.name)_gradient", try norm(gradients)))
      figures.append(("\(player.name)_weights", try norm(player.parameters.map(\.value))))
      if player.name.hasPrefix("discriminator") { judged = context }
      if let fake = context.known("fake samples") ?? context.known("generator's samples"), samples == nil {
        samples = (fake, context.known("real samples") ?? context.batch.real)
      }
    }
    var ofPair: [(name: String, value: Double)] = []
    if let judged { ofPair += try answers(judged) }
    if let samples, let spread = try SampleSpread(real: samples.real, fake: samples.fake, key: key.folded(1)) {
      ofPair += [("diversity", spread.diversity), ("coverage", spread.coverage), ("drift", spread.drift)]
    }
    if gapSteps > 0, let gap = try dualityGap(trainer, suffix, search, judge) { ofPair.append(("duality_gap", gap)) }
    if let judged, let loss = try undecidedLoss(judged, trainer) { ofPair.append(("undecided_loss", loss)) }
    return figures + ofPair.map { ($0.name + suffix, $0.value) }
  }

  /// The discriminator's loss on what it was shown, with half of the rows changed from one side to the other.
  private func undecidedLoss(_ context: RoundContext, _ trainer: Trainer) throws -> Double? {
    guard let real = context.known("real view")?.detached(), let fake = context.known("fake view")?.detached(),
      real.shape == fake.shape, real.dtype == fake.dtype, let count = real.shape.first, count >= 2,
      let loss = trainer.game.losses[context.player.name]
    else { return nil }
    let mixed = self.context(context.player, context.batch, trainer)
    func halves(_ first: Tensor, _ second: Tensor) -> Tensor {
      Tensor.concatenate(
        [first.sliced(axis: 0, from: 0, to: count / 2), second.sliced(axis: 0, from: count / 2, to: count)], axis: 0)
    }
    return try withoutGradient {
      _ = try mixed.shared("real view") { halves(real, fake) }
      _ = try mixed.shared("fake view") { halves(fake, real) }
      return try scalar(loss(mixed), context.player).item()
    }
  }

  private func context(_ player: Player, _ batch: Batch, _ trainer: Trainer, turn: Int = 0) -> RoundContext {
    RoundContext(
      player: player, batch: batch, state: trainer.game.state, step: trainer.stepCount, key: key.folded(2 + turn))
  }

  private func scalar(_ value: Tensor?, _ player: Player) throws -> Tensor {
    guard let value = try value?.checked(), value.count == 1 else {
      throw TensorError(.shape, "diagnostics: the loss of player '\(player.name)' is not one number")
    }
    return value.reshape([])
  }

  private func penalized(_ loss: Tensor, _ game: Game, _ player: Player, _ context: RoundContext) throws -> Tensor {
    try game.penalties.filter { $0.player == player.name }.reduce(loss) { sum, penalty in
      sum + (try scalar(penalty.value(context), player))
    }
  }

  private func norm(_ tensors: [Tensor]) throws -> Double {
    let squares = try tensors.filter(\.dtype.isFloat).map { tensor in
      try tensor.detached().cast(to: .float64).square().sum().item()
    }
    return squares.reduce(0, +).squareRoot()
  }

  /// What the discriminator says of both sides; nothing where its output is no single number for each sample.
  private func answers(_ context: RoundContext) throws -> [(name: String, value: Double)] {
    guard let real = context.known("real output")?.detached(), let fake = context.known("fake output")?.detached(),
      real.rank <= 1 || real.shape.last == 1, real.count > 0, fake.count > 0
    else { return [] }
    // A reconstruction of grey pictures ends in 1 too.
    if let shown = context.known("real view"), shown.rank > 2, shown.shape == real.shape { return [] }
    let isLogOdds = context.records.contains { $0.name == "jsd_bound" + context.player.name.pairSuffix }
    let (a, b) = (try real.cast(to: .float64).checked(), try fake.cast(to: .float64).checked())
    let (meanA, meanB) = (try a.mean().item(), try b.mean().item())
    let threshold = isLogOdds ? 0 : (meanA + meanB) / 2
    func share(above values: Tensor) throws -> Double {
      let scalars = try values.scalars(as: Double.self)
      let right = scalars.reduce(0.0) { $0 + ($1 > threshold ? 1 : $1 == threshold ? 0.5 : 0) }
      return right / Double(scalars.count)
    }
    let deviation = ((try a.variance().item() + b.variance().item()) / 2).squareRoot()
    var figures = [
      (name: "real_accuracy", value: try share(above: a)), (name: "fake_accuracy", value: 1 - (try share(above: b))),
    ]
    if isLogOdds { figures.append(("jsd_bound", try jensenShannonBound(real: a, fake: b).item())) }
    let difference = meanA - meanB
    // Where d does not vary on either side, any difference separates them wholly.
    let separation = deviation > abs(difference) / 100 ? difference / deviation : difference == 0 ? 0 : 100
    return figures + [
      ("wasserstein", difference), ("separation", difference < 0 ? -abs(separation) : separation),
    ]
  }

  // MARK: The duality gap

  private func dualityGap(
    _ trainer: Trainer, _ suffix: String, _ search: Batch, _ judge: Batch
  ) throws -> Double? {
    let game = trainer.game
    let moving = game.moving(after: trainer.passes)
    guard let judging = moving.first(where: { $0.name == "discriminator\(suffix)" }),
      let generating = moving.first(where: { $0.name == "generator\(suffix)" }),
      let judgingLoss = game.losses[judging.name], let generatingLoss = game.losses[generating.name]
    else { return nil }
    func discriminatorLoss() throws -> Double {
      try withoutGradient { try scalar(judgingLoss(context(judging, judge, trainer)), judging).item() }
    }
    func answers(_ player: Player, _ loss: Game.Loss) throws -> [Double] {
      var (found, turn) = ([Double](), 0)
      func descended() throws -> Tensor {
        turn += 1
        let context = context(player, search, trainer, turn: turn)
        return try penalized(try scalar(loss(context), player), game, player, context)
      }
      func note() throws { found.append(try discriminatorLoss()) }
      try player.lookingAhead(gapSteps, on: descended, afterEach: note, {})
      return found.filter(\.isFinite)
    }
    let now = try discriminatorLoss()
    let best = try answers(judging, judgingLoss).reduce(now, min)
    let worst = try answers(generating, generatingLoss).reduce(now, max)
    return worst - best
  }
}

extension Trainer {
  /// Calls `body` in training mode, as in a round, and leaves weights, running statistics, random numbers and the game's state
  /// as they were.
  func undisturbed<Result>(_ body: () throws -> Result) throws -> Result {
    try betweenRounds {
      let randoms = game.networks.map { ($0.network, $0.network.store.random.state) }
      let entries = game.state.entries
      defer {
        for (network, state) in randoms { network.store.random.state = state }
        for (name, value) in entries { game.state[name] = value }
      }
      var seen: Set<ObjectIdentifier> = []
      let parameters = game.networks.flatMap { $0.network.parameters }.filter { seen.insert($0.identity).inserted }
      return try withParameters(parameters, setTo: parameters.map(\.value)) {
        try training(game.networks[...], body)
      }
    }
  }
}
