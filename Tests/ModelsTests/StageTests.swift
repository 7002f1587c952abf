import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Players that move in a part of training only.
@Suite struct StageTests {
  private let images = Tensor.randomUniform([40, 8, 8], key: RandomKey(seed: 1))
  /// Two rounds make a pass.
  private let options: JSONObject = [
    "width": 4, "batch_size": 16, "critic_steps": 1, "gan_epochs": 2, "ema": 0.5, "threshold_rows": 8,
  ]

  private func model() throws -> Model { try Model.make("f_anogan", options) }

  private func bits(_ model: Model, _ networks: [String]) throws -> [UInt8] {
    try networks.flatMap { name in
      try model.built.network(name).parameters.flatMap { try Support.bytes($0.value) }
    }
  }

  @Test func aStageIsTheSameStoppedAndGoneOnThroughAFile() throws {
    let through = try model()
    try through.fit(images, steps: 9)
    for stop in [3, 4, 5] {
      let path = Support.temporaryPath("stages.safetensors")
      defer { unlink(path) }
      let first = try model()
      try first.fit(images, steps: stop)
      try first.save(to: path)
      let second = try Model.load(path)
      try second.fit(images, steps: 9 - stop)
      let all = through.declaration.networks
      #expect(try bits(second, all) == bits(through, all), "stopped at \(stop)")
      #expect(try Support.bytes(second.call("predict", [images])) == Support.bytes(through.call("predict", [images])))
      let (a, b) = (try through.built.trainer.history, try second.built.trainer.history)
      #expect(a.names == b.names)
      for name in a.names { #expect(a[name].map { "\($0)" } == b[name].map { "\($0)" }) }
    }
  }

  @Test func networksStayAsTheyAreBeforeAndAfterTheirStage() throws {
    let model = try model()
    try model.fit(images, steps: 1)
    let untrained = try bits(model, ["encoder"])
    try model.fit(images, steps: 3)
    #expect(try bits(model, ["encoder"]) == untrained)
    #expect(try model.built.trainer.passes == 2)
    let gan = try bits(model, ["generator", "discriminator"])
    try model.fit(images, steps: 3)
    #expect(try bits(model, ["generator", "discriminator"]) == gan, "running statistics among them")
    #expect(try bits(model, ["encoder"]) != untrained)
    let history = try model.built.trainer.history
    let isMissing = { (name: String) in (history[name] ?? []).map(\.isNaN) }
    #expect(isMissing("encoder_loss") == [true, true, true, true, false, false, false])
    #expect(isMissing("generator_loss") == [false, false, false, false, true, true, true])
  }

  @Test func sideBySideAllMoveInAllRounds() throws {
    var options = options
    options["gan_epochs"] = .null
    let model = try Model.make("f_anogan", options)
    try model.fit(images, steps: 3)
    let history = try model.built.trainer.history
    for name in ["encoder_loss", "generator_loss"] { #expect(history[name]?.allSatisfy(\.isFinite) == true) }
    _ = try model.call("score_samples", [images])
  }

  @Test func tracedStagesAreThoseOpByOp() throws {
    let (traced, eager) = (try model(), try model())
    try traced.fit(images, steps: 7)
    try eager.fit(images, steps: 7, eager: true)
    for player in try traced.built.trainer.game.players {
      #expect(try traced.built.trainer.program(of: player.name) != nil, "\(player.name)")
    }
    let all = traced.declaration.networks
    #expect(try bits(traced, all) == bits(eager, all))
  }

  @Test func stagesGoOnWithOtherData() throws {
    let model = try model()
    try model.fit(images, epochs: 2)
    // Of another length, so that the position in the data begins anew.
    try model.fit(images.sliced(axis: 0, from: 0, to: 32), steps: 1)
    #expect(try model.built.trainer.passes == 2 && model.built.trainer.epoch == 0)
    #expect(try model.built.trainer.history.last("encoder_loss")?.isFinite == true)
  }

  @Test func diagnosticsLookAtThoseWhoMove() throws {
    let model = try model()
    let diagnostics = try Diagnostics(every: 2)
    try model.fit(images, steps: 6, callbacks: [diagnostics])
    let (first, last) = (try #require(diagnostics.records.first), try #require(diagnostics.records.last))
    #expect(first["discriminator_loss"] != nil && first["duality_gap"] != nil && first["encoder_loss"] == nil)
    #expect(last["discriminator_loss"] == nil && last["duality_gap"] == nil && last["encoder_gradient"] != nil)
    let quiet = try self.model()
    try quiet.fit(images, steps: 6)
    let all = model.declaration.networks
    #expect(try bits(model, all) == bits(quiet, all), "a look changes nothing")
  }

  @Test func functionsOfNetworksThatHaveNotMovedAreRefused() throws {
    let model = try model()
    try model.fit(images, epochs: 2)
    for name in ["transform", "score_samples", "predict"] {
      let message = Support.message { _ = try model.call(name, [images]) }
      #expect(message.contains("gan_epochs is 2") && message.contains("train on"), "\(message)")
    }
    #expect(try model.sample(3, seed: 1).shape == [3, 8, 8])
    try model.fit(images, epochs: 1)
    #expect(try model.call("score_samples", [images]).shape == [40])
  }

  @Test func roundsInWhichNobodyMovesAreRefused() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1], seed: 1)
    let player = try Player("early", trains: [network], optimizer: "sgd")
    player.stage = Stage(until: 1)
    let game = try Game(
      networks: [("n", network)], players: [player], losses: ["early": { network($0.batch.real).square().mean() }])
    let trainer = Trainer(game, data: try Dataset(Support.points, batchSize: 100))
    try trainer.fit(epochs: 1)
    let message = Support.message { try trainer.fit(steps: 1) }
    #expect(message.contains("no player moves after 1 passes") && message.contains("'early'"))
    #expect(trainer.stepCount == 3)
  }
}
