import SwiftGANCore
import Testing

@testable import SwiftGANModels
@testable import SwiftGANNN

/// Training by replayed programs gives the bits of training op by op.
@Suite struct TracedUpdatesTests {
  private static let names = ModelRegistry.shared.names
  /// Models whose update reads elements: a closed form that solves when the data are through.
  private static let eager: Set<String> = ["elm_classifier", "elm_regressor"]

  private func trained(_ name: String, isEager: Bool, _ more: JSONObject = [:]) throws -> Model {
    var options = ModelFunctionTests.small[name] ?? [:]
    options["batch_size"] = 16
    for (key, value) in more { options[key] = value }
    let model = try Model.make(name, options)
    let digits = try Digits.piece(0..<64)
    let targets = digits.target(for: model)
    try model.fit(digits.images, targets: targets, steps: 1)
    try model.built.trainer.isEager = isEager
    try model.fit(digits.images, targets: targets, steps: 4)
    if !isEager && !TracedUpdatesTests.eager.contains(name) {
      for player in try model.built.trainer.game.players {
        #expect(try model.built.trainer.reasonForEager(player.name) == nil, "\(name), \(player.name)")
        #expect(try model.built.trainer.program(of: player.name) != nil, "\(name), \(player.name)")
      }
    }
    return model
  }

  /// All weights, buffers and averages.
  private func bits(_ model: Model) throws -> [[UInt8]] {
    let game = try model.built.trainer.game
    let values = game.networks.flatMap { $0.network.parameters.map(\.value) }
    return try (values + game.players.flatMap { $0.average?.averagedValues ?? [] }).map { try Support.bytes($0) }
  }

  /// Whose weights' gradients are sums of products that a traced step joins to one: sums in another order, equal but for
  /// rounding.
  private static let joined: Set<String> = ["projection_gan"]

  private func expectNear(_ traced: Model, _ eager: Model) throws {
    let games = try (traced.built.trainer.game, eager.built.trainer.game)
    for (a, b) in zip(games.0.networks, games.1.networks) {
      for (x, y) in zip(a.network.parameters, b.network.parameters) {
        let difference = try (x.value - y.value).abs().max().item()
        #expect(try difference <= 1e-5 * max(1, y.value.abs().max().item()), "\(a.name), \(x.name)")
      }
    }
  }

  private func expectSame(_ name: String, _ more: JSONObject = [:]) throws {
    let (traced, eager) = (try trained(name, isEager: false, more), try trained(name, isEager: true, more))
    if TracedUpdatesTests.joined.contains(name) { return try expectNear(traced, eager) }
    #expect(try bits(traced) == bits(eager), "\(name) \(more)")
    let (a, b) = (try traced.built.trainer.history, try eager.built.trainer.history)
    #expect(a.names == b.names)
    for column in a.names { #expect(a[column].map { "\($0)" } == b[column].map { "\($0)" }, "\(name), \(column)") }
  }

  @Test(arguments: names) func everyModelOfTheZoo(_ name: String) throws { try expectSame(name) }

  @Test(
    arguments: [
      ["unroll": 2], ["ema": 0.9], ["penalty": ["name": "r1"]], ["penalty": ["name": "dragan"]], ["pack": 2],
      ["augment": ["translation"]], ["objective": "wasserstein", "clip_weights": 0.01], ["critic_steps": 3],
    ] as [JSONObject])
  func optionsOfTheGame(_ options: JSONObject) throws {
    let known = try ModelRegistry.shared.find("gan").options.map(\.name)
    try #require(options.keys.allSatisfy(known.contains), "\(known)")
    try expectSame("gan", options)
  }
}

/// Samples and predictions replay the networks; machines and densities that draw element by element run op by op.
@Suite struct TracedUseTests {
  @Test(arguments: ["gan", "dcgan", "mlp_classifier", "vae"])
  func replaysFollowTraining(_ name: String) throws { try expectUseToFollowTraining(name, isReplayed: true) }

  @Test(arguments: ["rbm", "made"])
  func drawsOpByOpFollowTraining(_ name: String) throws { try expectUseToFollowTraining(name, isReplayed: false) }

  private func expectUseToFollowTraining(_ name: String, isReplayed: Bool) throws {
    var options = ModelFunctionTests.small[name] ?? [:]
    options["batch_size"] = 16
    let model = try Model.make(name, options)
    let digits = try Digits.piece(0..<64)
    func use() throws -> Tensor {
      let function = try #require(model.declaration.functions.first { ["sample", "predict_proba"].contains($0.name) })
      return try model.call(function.name, function.name == "sample" ? [] : [digits.images])
    }
    /// Calls that were replayed, and traces made for them, of all networks.
    func counts() throws -> (replays: Int, traces: Int) {
      try model.built.trainer.game.networks.reduce(into: (0, 0)) { sum, part in
        let found = part.network.replay.counts
        sum = (sum.0 + found.replays, sum.1 + found.traces)
      }
    }
    try model.fit(digits.images, targets: digits.target(for: model), steps: 2)
    let before = try counts()
    let first = try Support.bytes(use())
    let once = try counts()
    #expect((once.replays > before.replays) == isReplayed && (once.traces > before.traces) == isReplayed)
    #expect(try Support.bytes(use()) == first)
    let twice = try counts()
    #expect(twice.replays - once.replays == once.replays - before.replays, "each use replays as much")
    #expect(twice.traces == once.traces, "the second use traces nothing")
    for parameter in try model.built.trainer.game.networks.flatMap({ $0.network.trainableParameters }) {
      parameter.value = parameter.value * 1.5 + 0.1
    }
    #expect(try Support.bytes(use()) != first, "a replay sees the parameters of the moment")
    let later = try counts()
    #expect((later.replays > twice.replays) == isReplayed && later.traces == twice.traces, "and is no new trace")
  }
}
