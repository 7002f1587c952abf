import SwiftGANCore
import SwiftGANNN
import Synchronization

/// Plays a ``Game``: the only training loop there is.
///
/// ```swift
/// let trainer = Trainer(game, data: dataset, seed: 1)
/// let report = try trainer.step()                 // one round
/// let grid = try SampleGrid("samples-{epoch}.ppm", every: .epochs(1)) { try model.samplePixels(64, key: key) }
/// try trainer.fit(epochs: 20, callbacks: [grid])
/// print(trainer.history.last("generator_loss") ?? .nan)
/// ```
///
/// One thread trains at a time; others may meanwhile sample or save, which then happens between two rounds.
public final class Trainer {
  /// What is played.
  public let game: Game
  /// Where minibatches come from; nil until there are any (after loading a model, for sampling alone).
  public var data: (any BatchSource)? { betweenRounds { progress.data } }
  /// Every round's losses, penalties and estimates.
  public var history: History { betweenRounds { progress.history } }
  /// How many rounds have been played.
  public var stepCount: Int { betweenRounds { progress.step } }
  /// What ended the last `fit`, where that was a loss or parameter that was no longer finite; else nil.
  public var notFinite: NotFinite? { betweenRounds { progress.notFinite } }
  /// Whether a `fit` is running.
  public var isTraining: Bool { isFitting.load(ordering: .acquiring) }
  /// Whether `fit` watches for NaN and infinity; see ``NaNGuard``. On by default.
  public var guardsAgainstNaN = true

  /// Whether updates run op by op, as they are written, in place of being traced once and replayed: slower, and every loss is
  /// called at every update, so that one can look into it. Off by default. Set it between rounds.
  public var isEager = false

  /// Figures of data held out from training, measured at the end of each epoch.
  public typealias Validation = () throws -> [(name: String, value: Double)]

  /// The precision of the updates' float32 products, whatever is in force where training is called from; nil, the default:
  /// what is in force there (``MatmulPrecision/current``). Set it between rounds.
  public var precision: MatmulPrecision?

  /// Source of all noise and mixing numbers.
  let random: RandomGenerator
  /// What training changes here; other threads ask for it, so it is only touched under the lock.
  private struct Progress {
    var data: (any BatchSource)?
    var validation: Validation?
    var history = History()
    var step = 0
    var passes = 0
    var notFinite: NotFinite?
    /// Where a loaded checkpoint stood in its data, until data are given.
    var savedPosition: JSON?
  }
  private var progress: Progress
  private let moment = Moment()
  private let traced = TracedUpdates()
  private let lock = FairLock()
  private let isStopRequested = Atomic<Bool>(false)
  private let isFitting = Atomic<Bool>(false)

  /// A trainer at the start of training.
  ///
  /// The same game, data and seed give the same bits on any number of threads.
  public init(_ game: Game, data: (any BatchSource)? = nil, seed: UInt64 = 0) {
    self.game = game
    self.progress = Progress(data: data)
    self.random = RandomGenerator(seed: seed)
  }

  /// How many passes through the data are complete.
  public var epoch: Int {
    betweenRounds { progress.data?.epoch ?? progress.savedPosition?["epoch"]?.intValue ?? 0 }
  }

  /// How many passes through data are complete in all, also through others than those of the moment: what players' stages
  /// go by. See ``Stage``.
  public var passes: Int { betweenRounds { progress.passes } }

  /// Calls `body` between two rounds: no other thread trains, samples or saves while it runs.
  public func betweenRounds<Result>(_ body: () throws -> Result) rethrows -> Result { try lock.withLock(body) }

  /// Goes on with these data. They start at the position of those before, or of the checkpoint that was loaded, so that
  /// training goes on with the very next batch; data of another kind or length start where they stand.
  /// - Parameter validation: figures for the round that completes an epoch, in the history beside its losses (rounds
  ///   between have NaN there); it may use ``withSamplingWeights(of:_:)``.
  public func use(_ data: any BatchSource, validation: Validation? = nil) {
    betweenRounds {
      if let position = progress.data?.state ?? progress.savedPosition { try? data.restore(position) }
      progress.savedPosition = nil
      progress.data = data
      progress.validation = validation
    }
  }

  // MARK: Playing

  /// Plays one round (all critic steps and the generator's) and records it in the history.
  ///
  /// All networks of the game are in training mode during the round, on this thread alone; the mode that the user chose
  /// for each stays as it was. A loss that needs a network in use, such as a frozen judge with batch norm, calls it in
  /// ``Network/evaluating(_:)``.
  ///
  /// Values that are not finite are recorded as they are; only `fit` reacts to them.
  /// - Throws: `TensorError`: what the data source, a loss or an update throws, with the player's name. The round is then
  ///   not counted; players that had already moved keep their new weights.
  public func step() throws -> RoundReport {
    try betweenRounds {
      guard let data = progress.data else {
        throw TensorError(.state, "there are no data to train on: give the trainer some with use(_:)")
      }
      let startEpoch = data.epoch
      // A checkpoint does not hold the mode, so what a round computes must not depend on it either.
      let metrics = try Place.within("step \(progress.step + 1)", .step) {
        try training(game.networks[...]) { try precision?.within { try playRound(data) } ?? playRound(data) }
      }
      progress.step += 1
      let endsEpoch = data.epoch > startEpoch
      if endsEpoch { progress.passes += data.epoch - startEpoch }
      let report = RoundReport(
        step: progress.step, epoch: data.epoch, endsEpoch: endsEpoch,
        metrics: metrics.means + (endsEpoch ? try progress.validation?() ?? [] : []))
      progress.history.append(step: progress.step, report.metrics)
      return report
    }
  }

  /// All updates of one round.
  private func playRound(_ data: any BatchSource) throws -> MetricMeans {
    var metrics = MetricMeans()
    var round: [(batch: Batch, endsEpoch: Bool)] = []
    func draw() throws -> (batch: Batch, endsEpoch: Bool) {
      let epoch = data.epoch
      let batch = try data.next()
      return (batch, data.epoch > epoch)
    }
    let moving = game.moving(after: progress.passes)
    guard !moving.isEmpty else { throw game.standstill(after: progress.passes) }
    for player in moving {
      for step in 0..<player.stepsPerRound {
        let seen: (batch: Batch, endsEpoch: Bool)?
        switch player.batchUse {
        case .fresh: seen = nil
        case .latest: seen = round.last
        case .again: seen = step < round.count ? round[step] : nil
        }
        let drawn = try seen ?? draw()
        if seen == nil { round.append(drawn) }
        do {
          metrics.add(
            try Place.within(player.name, .player) { try update(player, drawn.batch, endsEpoch: drawn.endsEpoch) })
        } catch let error as TensorError {
          // A check says by itself where it found something.
          let place = "step \(progress.step + 1), \(player.name)"
          throw error.mentions(place) ? error : error.prefixed(place)
        }
      }
    }
    return metrics
  }

  /// Calls `body` with the networks in training mode on this thread.
  func training<Result>(
    _ networks: ArraySlice<(name: String, network: Network)>, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let first = networks.first else { return try body() }
    return try first.network.store.withTraining(true) { try training(networks.dropFirst(), body) }
  }

  /// One update of one player.
  private func update(
    _ player: Player, _ batch: Batch, endsEpoch: Bool
  ) throws -> [(name: String, value: Double)] {
    moment.now = Moment.Now(step: progress.step, endsEpoch: endsEpoch)
    let update = { [self] batch in try play(player, batch) }
    let records = try isEager || Debug.isOn ? update(batch) : traced.run(player.name, batch, update)
    return try records.map { ($0.name, try $0.value.item()) }
  }

  /// An update in ops: at once, or for a trace.
  private func play(_ player: Player, _ batch: Batch) throws -> [(name: String, value: Tensor)] {
    let context = RoundContext(
      player: player, batch: batch, state: game.state, moment: moment, key: random.next())
    if let move = game.moves[player.name] {
      try withoutGradient {
        try move(context)
        try measure(player, context)
      }
      try player.endUpdate()
    } else {
      let result = try valueAndGrad(of: player.parameters) { try totalLoss(of: player, context) }
      try player.apply(result.gradients)
    }
    return context.records
  }

  /// The program of a player's updates; nil before the first, and where they run op by op.
  public func program(of player: String) -> Program? { betweenRounds { traced.program(player) } }

  /// Why the updates of a player run op by op although the trainer is not eager: nil when they are programs, or before
  /// the first.
  public func reasonForEager(_ player: String) -> String? { betweenRounds { traced.refusal(of: player) } }

  private func totalLoss(of player: Player, _ context: RoundContext) throws -> Tensor {
    guard let loss = game.losses[player.name] else {
      throw TensorError(.state, "player '\(player.name)' has no loss")
    }
    var total = try scalar(try loss(context), "the loss")
    context.record(player.lossName, total)
    for penalty in game.penalties where penalty.player == player.name {
      let value = try scalar(try penalty.value(context), "the penalty '\(penalty.name)'")
      context.record(penalty.name, value)
      total = total + value
    }
    try withoutGradient { try measure(player, context) }
    return total
  }

  private func measure(_ player: Player, _ context: RoundContext) throws {
    for metric in game.metrics where metric.player == player.name {
      context.record(metric.name, try scalar(try metric.value(context), "the metric '\(metric.name)'"))
    }
  }

  private func scalar(_ value: Tensor, _ noun: String) throws -> Tensor {
    guard try value.checked().count == 1 else {
      throw TensorError(
        .shape, "\(noun) has shape \(describe(shape: value.shape)), but one number is needed; reduce it with mean()")
    }
    return value.rank == 0 ? value : value.reshape([])
  }

  // MARK: Fitting

  /// Plays until so many more rounds are played, or so many more epochs complete; with both, whichever comes first.
  ///
  /// Training can be stopped at any step boundary by a callback or ``requestStop()`` and goes on with another `fit`.
  /// - Parameters:
  ///   - eager: in place of ``isEager``, for this fit.
  ///   - precision: in place of ``precision``, for this fit.
  /// - Throws: `TensorError`: `.value` when neither or a negative limit is given, `.state` when a fit is already running or
  ///   a loss or parameter is no longer finite (the last good state, of at most 20 steps before, is then restored), or what
  ///   a step or callback throws.
  @discardableResult
  public func fit(
    steps: Int? = nil, epochs: Int? = nil, callbacks: [any Callback] = [], eager: Bool? = nil,
    precision: MatmulPrecision? = nil
  ) throws -> FitOutcome {
    guard steps != nil || epochs != nil else { throw TensorError(.value, "fit: say how many steps or epochs to train") }
    for (name, limit) in [("steps", steps), ("epochs", epochs)] {
      if let limit, limit < 0 { throw TensorError(.value, "fit: \(name) must be at least 0, not \(limit)") }
    }
    guard !isFitting.exchange(true, ordering: .acquiringAndReleasing) else {
      throw TensorError(.state, "fit: training is already running in another thread or callback")
    }
    defer { isFitting.store(false, ordering: .releasing) }
    isStopRequested.store(false, ordering: .releasing)
    let (wasEager, ownPrecision) = (isEager, self.precision)
    betweenRounds {
      progress.notFinite = nil
      isEager = eager ?? wasEager
      self.precision = precision ?? ownPrecision
    }
    defer {
      betweenRounds {
        if eager != nil { isEager = wasEager }
        if precision != nil { self.precision = ownPrecision }
      }
    }

    let watchers: [any Callback] = (guardsAgainstNaN ? [NaNGuard()] : []) + callbacks
    let (start, firstStep) = (SteadyClock.now, stepCount)
    for watcher in watchers { try watcher.trainingBegan(self) }
    let reason = try play(
      untilStep: steps.map { firstStep.addingReportingOverflow($0) }.map { $0.overflow ? .max : $0.partialValue },
      epoch: epochs.map { epoch.addingReportingOverflow($0) }.map { $0.overflow ? .max : $0.partialValue }, watchers)
    let seconds = Double(SteadyClock.now - start) * 1e-9
    let outcome = FitOutcome(reason: reason, steps: stepCount - firstStep, seconds: seconds)
    for watcher in watchers { try watcher.trainingEnded(self, outcome) }
    return outcome
  }

  private func play(
    untilStep lastStep: Int?, epoch lastEpoch: Int?, _ watchers: [any Callback]
  ) throws -> FitOutcome.Reason {
    while stepCount < lastStep ?? .max, epoch < lastEpoch ?? .max {
      if isStopRequested.load(ordering: .acquiring) { return .interrupted }
      let report = try step()
      // All callbacks hear of a round, also those after one that asks to stop.
      var stop: String?
      for watcher in watchers {
        if case .stop(let why) = try watcher.stepEnded(self, report) { stop = stop ?? why }
      }
      for watcher in watchers where report.endsEpoch {
        if case .stop(let why) = try watcher.epochEnded(self, report) { stop = stop ?? why }
      }
      if let stop { return .stopped(stop) }
    }
    return .completed
  }

  /// Notes what ends the fit that is running.
  func note(_ notFinite: NotFinite) { betweenRounds { progress.notFinite = notFinite } }

  /// Asks a running `fit` to stop at the next step boundary; from any thread, and from a signal handler.
  public func requestStop() { isStopRequested.store(true, ordering: .releasing) }

  // MARK: State

  /// Steps, random numbers and position in the data, as a checkpoint keeps them; asked for under the lock.
  var position: JSON {
    [
      "step": JSON(progress.step), "passes": JSON(progress.passes), "seed": JSON(String(random.state.seed)),
      "draws": JSON(String(random.state.counter)),
      "data": progress.data?.state ?? progress.savedPosition ?? .null,
    ]
  }

  /// Goes to where ``position`` says, with that history; on an error nothing changes.
  func move(to position: JSON, history: History) throws {
    guard let step = position["step"]?.intValue, step >= 0,
      let seed = position["seed"]?.stringValue.flatMap({ UInt64($0) }),
      let counter = position["draws"]?.stringValue.flatMap({ UInt64($0) })
    else { throw TensorError(.io, "this is no position of a trainer: \(position.text())") }
    let place = position["data"] ?? .null
    if let data = progress.data, !place.isNull {
      try data.restore(place)
    } else {
      progress.savedPosition = place.isNull ? .none : place
    }
    progress.step = step
    // Files of before there were stages have none: their players move in all of training.
    progress.passes = position["passes"]?.intValue ?? place["epoch"]?.intValue ?? 0
    random.state = RandomGenerator.State(seed: seed, counter: counter)
    progress.history = history
  }
}

/// The means of what a round's updates recorded, in the order of first appearance.
private struct MetricMeans {
  private var names: [String] = []
  private var sums: [String: (sum: Double, count: Int)] = [:]

  mutating func add(_ records: [(name: String, value: Double)]) {
    for (name, value) in records {
      if sums[name] == nil { names.append(name) }
      let old = sums[name] ?? (0, 0)
      sums[name] = (old.sum + value, old.count + 1)
    }
  }

  var means: [(name: String, value: Double)] {
    names.map { name in
      let entry = sums[name] ?? (0, 1)
      return (name, entry.sum / Double(entry.count))
    }
  }
}
