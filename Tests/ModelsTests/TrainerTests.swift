import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The training loop: where it stops, what it keeps, what it restores.
@Suite struct TrainerTests {
  /// A game of one player whose loss is a function of the step, to bring about anything at will.
  private func trainer(_ loss: @escaping (Int, Tensor) -> Tensor) throws -> Trainer {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1], seed: 1)
    let player = try Player("solo", trains: [network], optimizer: ["name": "sgd", "learning_rate": 0.1])
    let game = try Game(
      networks: [("net", network)], players: [player],
      losses: ["solo": { context in loss(context.step, network(context.batch.real).mean()) }])
    return Trainer(game, data: try Dataset(Support.points, batchSize: 100, seed: 2), seed: 3)
  }

  private final class Recorder: Callback {
    var events: [String] = []
    var stopAtStep: Int?

    func trainingBegan(_ trainer: Trainer) throws { events.append("began") }
    func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
      events.append("step \(report.step)")
      return report.step == stopAtStep ? .stop("enough") : .proceed
    }
    func epochEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
      events.append("epoch \(report.epoch)")
      return .proceed
    }
    func trainingEnded(_ trainer: Trainer, _ outcome: FitOutcome) throws { events.append("ended") }
  }

  // MARK: Modes

  /// Rounds train whatever mode the user left the networks in, and leave that mode as it was.
  @Test func aNetworkLeftInEvaluationModeTrainsTheSame() throws {
    let images = Tensor.randomUniform([40, 8, 8], key: RandomKey(seed: 1))
    let options: JSONObject = ["width": 4, "batch_size": 16]
    let through = try Model.make("dcgan", options)
    try through.fit(images, steps: 6)

    let model = try Model.make("dcgan", options)
    try model.fit(images, steps: 3)
    let built = try model.built
    let training = try Support.bytes(model.sample(4, seed: 1))
    (built.generator.isTraining, built.discriminator.isTraining) = (false, false)
    #expect(try Support.bytes(model.sample(4, seed: 1)) == training, "samples are made in evaluation mode always")
    try model.fit(images, steps: 3)
    #expect(try Support.bits(of: model) == Support.bits(of: through))
    #expect(!built.generator.isTraining && !built.discriminator.isTraining)
  }

  /// Also the parts of a network, and networks that no player trains.
  @Test func aRoundPutsEveryNetworkOfTheGameIntoTrainingMode() throws {
    let dense: JSON = ["name": "dense", "in_features": 2, "out_features": 1]
    let (whole, part, other) = (try Network(dense, seed: 1), try Network(dense, seed: 2), try Network(dense, seed: 3))
    try whole.store.adopt(part.store, as: "part")
    final class Modes { var seen: [Bool] = [] }
    let modes = Modes()
    let game = try Game(
      networks: [("whole", whole), ("other", other)],
      players: [try Player("solo", trains: [whole], optimizer: ["name": "sgd", "learning_rate": 0.1])],
      losses: [
        "solo": { context in
          modes.seen = [whole, part, other].map(\.isTraining) + [other.evaluating { other.isTraining }]
          return (whole(context.batch.real) + part(context.batch.real)).mean().square()
        }
      ])
    let trainer = Trainer(game, data: try Dataset(Support.points, batchSize: 100, seed: 2), seed: 3)
    whole.isTraining = true
    (part.isTraining, other.isTraining) = (false, false)
    _ = try trainer.step()
    #expect(modes.seen == [true, true, true, false])
    #expect(whole.isTraining && !part.isTraining && !other.isTraining)
    let sampling = try trainer.withSamplingWeights(of: "solo") { [whole, part].map(\.isTraining) }
    #expect(sampling == [false, false])
  }

  // MARK: Fitting

  @Test func stepsEpochsAndCallbacksInOrder() throws {
    let trainer = try trainer { _, y in y.square() }
    let recorder = Recorder()
    let outcome = try trainer.fit(epochs: 1, callbacks: [recorder])
    #expect(recorder.events == ["began", "step 1", "step 2", "step 3", "epoch 1", "ended"])
    #expect(outcome.reason == .completed && outcome.steps == 3 && outcome.seconds > 0)
    #expect(try trainer.fit(steps: 2).steps == 2)
    #expect(trainer.stepCount == 5 && trainer.history.steps == [1, 2, 3, 4, 5] && trainer.history.count == 5)
    #expect(try trainer.fit(steps: 100, epochs: 1).steps == 1, "whichever comes first")
    #expect(try trainer.fit(steps: 0).steps == 0)
  }

  @Test func callbacksAndRequestsStopAtAStep() throws {
    let trainer = try trainer { _, y in y.square() }
    let recorder = Recorder()
    recorder.stopAtStep = 4
    #expect(try trainer.fit(steps: 10, callbacks: [recorder]).reason == .stopped("enough"))
    #expect(trainer.stepCount == 4 && recorder.events.last == "ended")
    let interrupting = EventCallback { event in
      if event.kind == .step, event.step == 6 { event.trainer.requestStop() }
      return false
    }
    #expect(try trainer.fit(steps: 10, callbacks: [interrupting]).reason == .interrupted)
    #expect(trainer.stepCount == 6 && trainer.history.count == 6, "state and history are kept")
    #expect(try trainer.fit(steps: 1).reason == .completed, "and training goes on")
    let stopping = EventCallback { $0.kind == .epoch }
    #expect(try trainer.fit(steps: 10, callbacks: [stopping]).steps == 2)
  }

  @Test func misuseIsRefusedInWords() throws {
    let trainer = try trainer { _, y in y.square() }
    #expect(Support.message { try trainer.fit() }.contains("steps or epochs"))
    #expect(Support.message { try trainer.fit(steps: -1) }.contains("-1"))
    let nested = EventCallback { event in
      try event.trainer.fit(steps: 1)
      return false
    }
    #expect(Support.message { try trainer.fit(steps: 1, callbacks: [nested]) }.contains("already running"))
    #expect(try trainer.fit(steps: 1).steps == 1, "an error in a callback ends that fit alone")
    #expect(Support.message { _ = try Trainer(trainer.game).step() }.contains("no data"))
  }

  @Test func anErrorInALossNamesStepAndPlayerAndLeavesTheTrainerUsable() throws {
    let trainer = try trainer { step, y in step == 2 ? y + Tensor.zeros([3]).matmul(Tensor.zeros([4])) : y.square() }
    let message = Support.message { try trainer.fit(steps: 5) }
    #expect(message.contains("step 3, solo"))
    #expect(trainer.stepCount == 2 && trainer.history.count == 2)
  }

  // MARK: NaN guard

  @Test(arguments: [Double.nan, .infinity]) func aBadLossStopsAndTheLastGoodStateReturns(_ bad: Double) throws {
    let trainer = try trainer { step, y in step == 30 ? y * bad : y.square() }
    let weights = trainer.game.networks[0].network.parameters[0]
    var atTwenty: [UInt8] = []
    let watch = EventCallback { event in
      if event.step == 20, event.kind == .step { atTwenty = try Support.bytes(weights.value) }
      return false
    }
    let message = Support.message { try trainer.fit(steps: 100, callbacks: [watch]) }
    #expect(message.contains("step 31") && message.contains("solo_loss") && message.contains("step 20"))
    #expect(trainer.stepCount == 20 && trainer.history.steps == Array(1...20))
    #expect(try Support.bytes(weights.value) == atTwenty && !atTwenty.isEmpty)
    #expect(try trainer.fit(steps: 5).steps == 5, "the trainer is usable")
  }

  @Test func aBadParameterIsNamed() throws {
    // The loss is finite, its gradient is not: the square root at 0.
    let trainer = try trainer { step, y in step == 3 ? (y * 0).square().sqrt() : y.square() }
    let message = Support.message { try trainer.fit(steps: 4) }
    #expect(message.contains("net.weight") && message.contains("state of step 0"))
    #expect(try trainer.game.networks[0].network.parameters[0].value.isFinite().all().item() == 1)
  }

  @Test func theGuardCanBeTurnedOff() throws {
    let trainer = try trainer { _, y in y * Double.nan }
    trainer.guardsAgainstNaN = false
    #expect(try trainer.fit(steps: 3).steps == 3)
    #expect(try #require(trainer.history.last("solo_loss")).isNaN)
  }

  // MARK: Early stop

  @Test func stopsWhenNothingImproves() throws {
    // Falls for 20 steps, then stays.
    let trainer = try trainer { step, y in y * 0 + Double(max(0, 20 - step)) }
    let stop = try EarlyStop("solo_loss", patience: 2, window: 5)
    let outcome = try trainer.fit(steps: 1000, callbacks: [stop])
    #expect(outcome.steps == 35)
    guard case .stopped(let why) = outcome.reason else {
      Issue.record("\(outcome.reason)")
      return
    }
    #expect(why.contains("solo_loss") && stop.best == 0)
    let rising = try EarlyStop("solo_loss", patience: 1, window: 5, direction: .increasing)
    #expect(try trainer.fit(steps: 1000, callbacks: [rising]).steps == 10)
    let unknown = Support.message { try trainer.fit(steps: 1, callbacks: [EarlyStop("fid")]) }
    #expect(unknown.contains("'fid'") && unknown.contains("'solo_loss'"))
    #expect(Support.message { _ = try EarlyStop("x", patience: 0) }.contains("at least 1"))
  }

  // MARK: History

  @Test func columnsStayEquallyLong() {
    var history = History()
    history.append(step: 1, [("a", 1)])
    history.append(step: 2, [("a", 2), ("b", 5), ("a", 9)])
    history.append(step: 3, [("b", 6)])
    #expect(history.names == ["a", "b"] && history.steps == [1, 2, 3])
    #expect(history["a"]?.prefix(2) == [1, 2] && history["a"]?[2].isNaN == true)
    #expect(history["b"]?[0].isNaN == true && history.last("b") == 6 && history["c"] == nil)
    history.truncate(after: 1)
    #expect(history.count == 1 && history["a"] == [1] && history["b"]?.count == 1)
  }

  // MARK: Threads

  /// A thread that wants a sample gets its turn between two rounds, however busy the loop.
  @Test func othersGetTheirTurnWhileOneTrains() throws {
    let trainer = try trainer { _, y in y.square() }
    final class Shared: @unchecked Sendable {
      let trainer: Trainer
      let lock = FairLock()
      var seen: Set<Int> = []
      private var isOver = false
      var isTraining: Bool {
        get { lock.withLock { !isOver } }
        set { lock.withLock { isOver = !newValue } }
      }
      init(_ trainer: Trainer) { self.trainer = trainer }
    }
    let shared = Shared(trainer)
    let threads = (0..<2).map { _ in
      Thread {
        while shared.isTraining {
          let step = shared.trainer.betweenRounds { shared.trainer.stepCount }
          shared.lock.withLock { _ = shared.seen.insert(step) }
        }
      }
    }
    // A step takes microseconds, and a thread may not run for milliseconds: train until turns have come.
    let enough = EventCallback { event in
      event.kind == .step && shared.lock.withLock { shared.seen.count > 10 }
    }
    let outcome = try trainer.fit(steps: 200_000, callbacks: [enough])
    shared.isTraining = false
    for thread in threads { thread.join() }
    #expect(outcome.reason != .completed, "turns come all along")
  }
}

/// A thread, without Foundation.
struct Thread {
  private let handle: pthread_t

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  init(_ run: @escaping () -> Void) {
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    #if canImport(Darwin)
      var handle: pthread_t?
      pthread_create(
        &handle, nil,
        { argument in
          Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
          return nil
        }, body)
      self.handle = handle ?? pthread_self()
    #else
      var handle = pthread_t()
      pthread_create(
        &handle, nil,
        { argument in
          if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
          return nil
        }, body)
      self.handle = handle
    #endif
  }

  func join() { pthread_join(handle, nil) }
}
