import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Algorithm 1: who moves when, on what, and what each update differentiates.
@Suite struct GameTests {
  /// A generator and a discriminator of one dense layer each.
  private struct Pair {
    let generator: Network
    let discriminator: Network

    init() throws {
      generator = try Network(["name": "dense", "in_features": 3, "out_features": 2], seed: 1)
      discriminator = try Network(["name": "dense", "in_features": 2, "out_features": 1], seed: 2)
    }

    func players(
      steps: Int = 1, projections: [any Projection] = [], rate: JSON = 0.1, averageDecay: Double? = nil
    ) throws -> [Player] {
      let sgd: JSON = ["name": "sgd", "learning_rate": rate]
      return [
        try Player(
          "discriminator", trains: [discriminator], optimizer: sgd, stepsPerRound: steps, projections: projections),
        try Player(
          "generator", trains: [generator], optimizer: sgd, batchUse: .latest, averageDecay: averageDecay),
      ]
    }

    var networks: [(name: String, network: Network)] { [("generator", generator), ("discriminator", discriminator)] }
  }

  private func data() throws -> Dataset { try Dataset(Support.points, batchSize: 10, seed: 4) }

  /// What the updates of a few rounds saw, told by losses that note it.
  @Test func orderOfPlayFreshBatchesAndFreshNoise() throws {
    let pair = try Pair()
    var order: [String] = []
    var noise: [[UInt8]] = []
    var batches: [[UInt8]] = []
    func loss(_ network: Network) -> Game.Loss {
      { context in
        let z = Latent(size: 3).sample(context.batch.count, key: context.key("noise"))
        order.append(context.player.name)
        noise.append(try Support.bytes(z))
        batches.append(try Support.bytes(context.batch.real))
        return pair.discriminator(pair.generator(z)).mean()
      }
    }
    let game = try Game(
      networks: pair.networks, players: pair.players(steps: 3),
      losses: ["discriminator": loss(pair.discriminator), "generator": loss(pair.generator)])
    let trainer = Trainer(game, data: try data(), seed: 9)
    // A traced loss is called once: what it notes would be of no round.
    trainer.isEager = true
    for _ in 0..<2 { _ = try trainer.step() }
    let round = ["discriminator", "discriminator", "discriminator", "generator"]
    #expect(order == round + round)
    #expect(Set(noise).count == 8, "every update, the generator's too, has noise of its own")
    #expect(Set(batches).count == 6, "every discriminator step has a fresh minibatch")
    #expect(batches[3] == batches[2] && batches[7] == batches[6], "the generator draws none")
  }

  @Test func eachUpdateChangesItsOwnNetworkAlone() throws {
    let pair = try Pair()
    func weights(_ network: Network) throws -> [UInt8] {
      try network.parameters.flatMap { try Support.bytes($0.value) }
    }
    var seen: [(player: String, generator: [UInt8], discriminator: [UInt8])] = []
    let parts = AdversarialGame(
      generator: pair.generator, discriminator: pair.discriminator, latent: Latent(size: 3), objective: NonSaturating())
    let players = try pair.players(steps: 2)
    let game = try parts.game(generator: players[1], discriminator: players[0])
    let watched = try Game(
      networks: game.networks, players: game.players, losses: game.losses,
      metrics: players.map { player in
        Game.Term("watch", player: player.name) { _ in
          seen.append((player.name, try weights(pair.generator), try weights(pair.discriminator)))
          return Tensor(0)
        }
      })
    let trainer = Trainer(watched, data: try data(), seed: 1)
    for _ in 0..<2 { _ = try trainer.step() }
    for (before, after) in zip(seen, seen.dropFirst()) {
      if before.player == "discriminator" {
        #expect(before.generator == after.generator && before.discriminator != after.discriminator)
      } else {
        #expect(before.generator != after.generator && before.discriminator == after.discriminator)
      }
    }
  }

  /// The discriminator's update must not differentiate the generator, nor the generator's the discriminator's weights.
  @Test func othersWeightsAreNeverTracked() throws {
    let pair = try Pair()
    var isTracked: [String: [Bool]] = [:]
    let watch: Game.Loss = { context in
      let own = context.player.networks[0]
      isTracked[context.player.name] = [pair.generator, pair.discriminator].map { network in
        network.parameters.contains { $0.value.isTracked }
      }
      return own.parameters[0].value.sum()
    }
    let game = try Game(
      networks: pair.networks, players: pair.players(), losses: ["discriminator": watch, "generator": watch])
    _ = try Trainer(game, data: try data()).step()
    #expect(isTracked == ["generator": [true, false], "discriminator": [false, true]])
  }

  @Test func onePlayersUpdateIsTheHandWrittenOne() throws {
    let pair = try Pair()
    let w = try pair.discriminator.parameters[0].value.scalars(as: Float.self)
    let game = try Game(
      networks: pair.networks, players: pair.players(),
      losses: [
        "discriminator": { _ in 0.5 * pair.discriminator.parameters[0].value.square().sum() },
        "generator": { _ in pair.generator.parameters[0].value.sum() },
      ],
      penalties: [
        Game.Term("weight", player: "discriminator") { _ in pair.discriminator.parameters[0].value.sum() }
      ])
    let report = try Trainer(game, data: try data()).step()
    let after = try pair.discriminator.parameters[0].value.scalars(as: Float.self)
    for (old, new) in zip(w, after) { #expect(abs(new - (old - 0.1 * (old + 1))) < 1e-6) }
    // The loss is reported without the penalty, which has a name of its own.
    let square = w.reduce(0) { $0 + Double($1) * Double($1) } / 2
    #expect(Support.isClose(try #require(report["discriminator_loss"]), square, 1e-6))
    #expect(Support.isClose(try #require(report["weight"]), w.reduce(0) { $0 + Double($1) }, 1e-6))
    #expect(report.metrics.map(\.name) == ["discriminator_loss", "weight", "generator_loss"])
  }

  @Test func clippingKeepsWeightsWithinBounds() throws {
    let pair = try Pair()
    let parts = AdversarialGame(
      generator: pair.generator, discriminator: pair.discriminator, latent: Latent(size: 3), objective: Wasserstein())
    let players = try pair.players(steps: 5, projections: [ClipWeights(0.01)])
    let trainer = Trainer(try parts.game(generator: players[1], discriminator: players[0]), data: try data())
    for _ in 0..<5 {
      _ = try trainer.step()
      for parameter in pair.discriminator.parameters {
        #expect(try parameter.value.abs().max().item() <= Double(Float(0.01)))
      }
    }
    #expect(try pair.generator.parameters[0].value.abs().max().item() > 0.01)
    #expect(Support.message { _ = try ClipWeights(0) }.contains("0"))
  }

  @Test func movingAverageIsTheDebiasedOne() throws {
    let pair = try Pair()
    let decay = 0.9
    let game = try Game(
      networks: pair.networks, players: pair.players(averageDecay: decay),
      losses: [
        "discriminator": { _ in pair.discriminator.parameters[0].value.sum() },
        "generator": { _ in pair.generator.parameters[0].value.square().sum() },
      ])
    let trainer = Trainer(game, data: try data())
    let average = try #require(game.players[1].average)
    var started = [Double](repeating: 0, count: 6)
    for step in 1...4 {
      _ = try trainer.step()
      let w = try pair.generator.parameters[0].value.cast(to: .float64).scalars(as: Double.self)
      started = zip(started, w).map { decay * $0 + (1 - decay) * $1 }
      let correction = 1 - (1...step).reduce(1.0) { power, _ in power * decay }
      let expected = started.map { $0 / correction }
      let actual = try average.averagedValues[0].cast(to: .float64).scalars(as: Double.self)
      #expect(Support.isClose(actual, expected, 1e-5))
      if step == 1 { #expect(Support.isClose(actual, w, 1e-6), "the first average is the first weights") }
    }
  }

  @Test func averageHoldsRunningStatisticsAndLeavesTheNetworkAlone() throws {
    let network = try Network(["name": "batch_norm", "features": 2], seed: 1)
    let average = try WeightAverage(of: [network], decay: 0.5)
    let mean = try #require(network.store["running_mean"])
    for value in [2.0, 4.0] {
      mean.value = Tensor([value, value]).cast(to: .float32)
      try average.update()
    }
    // d_2 = 0.5 (1 - 0.5) / (1 - 0.25) = 1/3, so the average is 2/3 + 8/3.
    try average.withAveragedWeights {
      let averaged = try mean.value.mean().item()
      #expect(Support.isClose(averaged, 10.0 / 3, 1e-6))
    }
    #expect(try mean.value.mean().item() == 4)
    #expect(Support.message { _ = try WeightAverage(of: [network], decay: 1) }.contains("1"))
  }

  @Test func brokenGamesAreRefusedInWords() throws {
    let pair = try Pair()
    let zero: Game.Loss = { _ in Tensor(0) }
    let players = try pair.players()
    #expect(
      Support.message { _ = try Game(networks: pair.networks, players: players, losses: ["discriminator": zero]) }
        .contains("'generator' has no loss"))
    let both: [String: Game.Loss] = ["discriminator": zero, "generator": zero, "judge": zero]
    #expect(
      Support.message { _ = try Game(networks: pair.networks, players: players, losses: both) }.contains("'judge'"))
    #expect(
      Support.message {
        _ = try Game(
          networks: [("generator", pair.generator)], players: players,
          losses: ["discriminator": zero, "generator": zero])
      }.contains("not among"))
    #expect(
      Support.message {
        _ = try Player("x", trains: [pair.generator], optimizer: "adam", stepsPerRound: 0)
      }.contains("at least 1"))
    let vector = try Game(
      networks: pair.networks, players: players,
      losses: ["discriminator": { pair.discriminator($0.batch.real) }, "generator": zero])
    let message = Support.message { _ = try Trainer(vector, data: try data()).step() }
    #expect(message.contains("discriminator") && message.contains("(10, 1)") && message.contains("mean"))
  }

  /// State that a loss keeps from update to update, as BEGAN's balance does.
  @Test func gameStateIsCarriedFromUpdateToUpdate() throws {
    let pair = try Pair()
    let counting: Game.Loss = { context in
      let balance = try #require(context.state["balance"])
      context.state["balance"] = balance + 1
      return pair.discriminator.parameters[0].value.sum() * balance
    }
    let game = try Game(
      networks: pair.networks, players: [try pair.players(steps: 2)[0]], losses: ["discriminator": counting],
      state: GameState([("balance", Tensor(0))]))
    let trainer = Trainer(game, data: try data())
    for _ in 0..<3 { _ = try trainer.step() }
    #expect(try game.state["balance"]?.item() == 6)
  }

  /// Three players, a shared network and two data columns: nothing in the trainer knows of two players.
  @Test func gamesOfMorePlayersNeedNoOtherTrainer() throws {
    let pair = try Pair()
    let encoder = try Network(["name": "dense", "in_features": 2, "out_features": 3], seed: 7)
    let players =
      try pair.players()
      + [try Player("encoder", trains: [encoder, pair.generator], optimizer: "adam", batchUse: .latest)]
    let game = try Game(
      networks: pair.networks + [("encoder", encoder)], players: players,
      losses: [
        "discriminator": { pair.discriminator($0.batch.real).square().mean() },
        "generator": { 1e-3 * pair.generator(Latent(size: 3).sample(4, key: $0.key("noise"))).square().mean() },
        "encoder": { context in
          let labels = try #require(context.batch["y"])
          let restored = pair.generator(encoder(context.batch.real))
          return (restored - context.batch.real).square().mean() + 0 * labels.cast(to: .float32).mean()
        },
      ])
    let labels = Tensor((0..<300).map { Int32($0) })
    let data = try Dataset(Support.points, extras: [("y", labels)], batchSize: 50)
    let trainer = Trainer(game, data: data, seed: 2)
    try trainer.fit(steps: 200)
    let losses = try #require(trainer.history["encoder_loss"])
    #expect(losses[199] < 0.3 * losses[0])
  }
}
