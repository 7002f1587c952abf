import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// The pyramid of GANs against the formulas of Denton et al. (2015).
@Suite struct LAPGANTests {
  private func fitted(_ more: JSONObject = [:], steps: Int = 2) throws -> (Model, Digits.Piece) {
    var options: JSONObject = ["width": 4, "hidden": [8], "batch_size": 16]
    for (key, value) in more { options[key] = value }
    let model = try Model.make("lapgan", options)
    let digits = try Digits.piece(0..<64)
    try model.fit(digits.images, steps: steps)
    return (model, digits)
  }

  private func softplus(_ x: Tensor) -> Tensor { x.softplus().mean() }

  /// Equation 2 and section 2.3: at level k the generator makes h_k of noise and l_k = u(I_(k+1)); the discriminator judges
  /// l_k + h_k, real or generated, beside l_k.
  @Test(arguments: ["sum", "both"]) func lossesOfAFinerLevelAreThePapers(_ sees: String) throws {
    let (model, digits) = try fitted(["discriminator_sees": JSON(sees), "batch_norm": "none"])
    let built = try model.built
    let game = built.trainer.game
    let images = try built.data.internalSamples(digits.images).checked()
    let batch = try Batch([("x", images)])
    let (generator, discriminator) = (try game.network("generator_0"), try game.network("discriminator_0"))
    let coarse = images.pyramidDown().pyramidUp()
    func context(_ player: String) throws -> RoundContext {
      RoundContext(
        player: try game.player(player), batch: batch, state: game.state, step: 0, key: RandomKey(seed: 7))
    }
    func logits(_ samples: Tensor) -> Tensor {
      discriminator(sees == "sum" ? samples : Tensor.concatenate([samples, coarse], axis: 3)).reshape([-1])
    }
    func generated(_ context: RoundContext) -> Tensor {
      let noise = Latent(size: 64, distribution: .uniform).sample(64, key: context.key("noise")).reshape([64, 8, 8, 1])
      return coarse + generator(Tensor.concatenate([coarse, noise], axis: 3))
    }
    let judging = try context("discriminator_0")
    let loss = try game.losses["discriminator_0"]?(judging).item()
    let expected = try (softplus(-logits(images)) + softplus(logits(generated(judging)))).item()
    #expect(Support.isClose(try #require(loss), expected, 1e-5))
    let generating = try context("generator_0")
    let own = try game.losses["generator_0"]?(generating).item()
    #expect(Support.isClose(try #require(own), try softplus(-logits(generated(generating))).item(), 1e-5))
  }

  /// Notes what a discriminator is shown.
  private struct Watched: Conditioning {
    final class Notes: @unchecked Sendable { var shown: [(samples: Tensor, coarse: Tensor)] = [] }
    let own = CoarseImage(planes: 1, joins: true)
    let notes = Notes()

    var showsImages: Bool { own.showsImages }
    func told(_ noise: Tensor, _ condition: Tensor) -> Tensor { own.told(noise, condition) }
    func givenShape(latent: Int, shape: [Int]) -> [Int] { own.givenShape(latent: latent, shape: shape) }
    func samples(_ output: Tensor, _ condition: Tensor) -> Tensor { own.samples(output, condition) }
    func shownShape(_ shape: [Int]) -> [Int] { own.shownShape(shape) }
    func shown(_ samples: Tensor, _ condition: Tensor) -> Tensor {
      notes.shown.append((samples, condition))
      return own.shown(samples, condition)
    }
  }

  /// Where the discriminator sees both, the coarse image moves with the sum: with differences of nothing the two stay equal.
  @Test func augmentationMovesTheCoarseImageWithTheSum() throws {
    let images = Tensor.randomUniform([12, 8, 8, 1], key: RandomKey(seed: 1))
    let watched = Watched()
    func flat(_ channels: Int, _ outputs: Int, _ initializer: JSON) throws -> Network {
      let size = 64 * channels
      return try Network(
        sequential(
          ["flatten", dense(size, outputs, initializer: initializer)] + (outputs > 1 ? [reshape(to: [8, 8, 1])] : [])),
        seed: 1)
    }
    let (g, d) = (try flat(2, 64, "zeros"), try flat(2, 1, "glorot_uniform"))
    let parts = AdversarialGame(
      generator: g, discriminator: d, latent: Latent(size: 64), objective: NonSaturating(),
      penalties: [("r1", try PenaltyRegistry.shared.make("r1")), ("gp", try PenaltyRegistry.shared.make("gp"))],
      conditioning: watched, source: AdversarialGame.Source(real: { $0.real }, condition: { $0.real }),
      view: { samples, key in
        Augmentation.allCases.enumerated().reduce(samples) { $1.element($0, key: key.folded($1.offset)) }
      })
    let (generating, judging) = (
      try Player("generator", trains: [g], optimizer: "adam"),
      try Player("discriminator", trains: [d], optimizer: "adam")
    )
    let game = try parts.game(generator: generating, discriminator: judging)
    for player in [judging, generating] {
      watched.notes.shown = []
      let context = RoundContext(
        player: player, batch: try Batch([("x", images)]), state: game.state, step: 0, key: RandomKey(seed: 9))
      let loss = try #require(game.losses[player.name])
      _ = try loss(context).checked()
      for term in game.penalties where term.player == player.name { _ = try term.value(context).checked() }
      #expect(watched.notes.shown.count == (player.name == "generator" ? 1 : 4))
      for (samples, coarse) in watched.notes.shown {
        #expect(try (samples - images).abs().max().item() > 0.1, "it is augmented")
        #expect(try (samples - coarse).abs().max().item() < 1e-6, "\(player.name)")
      }
    }
  }

  /// Equation 1: from the coarsest image on, I_k = u(I_(k+1)) + G_k(z_k, u(I_(k+1))).
  @Test func samplesGoThroughAllLevels() throws {
    let (model, digits) = try fitted(["levels": 3, "batch_norm": "none", "output": "linear"])
    let built = try model.built
    let noise = Tensor.randomUniform([5, 100 + 16 + 64], key: RandomKey(seed: 2))
    var image = try built.network("generator_2")(noise.sliced(axis: 1, from: 0, to: 100))
    for (level, range) in [(1, 100..<116), (0, 116..<180)] {
      let expanded = image.pyramidUp()
      let planes = noise.sliced(axis: 1, from: range.lowerBound, to: range.upperBound)
        .reshape(Array(expanded.shape[0...2]) + [1])
      image = try expanded + built.network("generator_\(level)")(Tensor.concatenate([expanded, planes], axis: 3))
    }
    let expected = built.data.userSamples(image)
    #expect(try Support.bytes(model.call("generate", [noise])) == Support.bytes(expected))
    #expect(built.latent?.size == 180)
    #expect(try model.call("discriminate", [digits.images]).shape == [64, 3])
    #expect(
      Support.message { _ = try model.call("generate", [noise.sliced(axis: 1, from: 0, to: 100)]) }.contains("180"))
  }

  /// Levels do not hear of each other: what a level learns does not depend on how another one is built.
  @Test func levelsAreTrainedOnTheSameBatchesApart() throws {
    let (a, _) = try fitted(steps: 5)
    let (b, _) = try fitted(["hidden": [12]], steps: 5)
    for name in ["generator_0", "discriminator_0"] {
      let pairs = try zip(a.built.network(name).parameters, b.built.network(name).parameters)
      for (x, y) in pairs { #expect(try Support.bytes(x.value) == Support.bytes(y.value), "\(name).\(x.name)") }
    }
    #expect(try a.built.trainer.epoch == 1, "one batch for all players of a step")
  }

  @Test func playersThatSeeBatchesAgainSeeThoseOfTheirSteps() throws {
    let (model, _) = try fitted(["critic_steps": 2], steps: 4)
    // Two batches of 16 in each step: two steps for the 64 samples.
    #expect(try model.built.trainer.epoch == 2)
  }

  @Test func whatIsKeptIsALevelOfThePyramid() throws {
    let (model, digits) = try fitted(["levels": 3])
    let one = try model.call("refine", [digits.images], ["seed": 1])
    #expect(try Support.bytes(one) == Support.bytes(model.call("refine", [digits.images], ["seed": 1, "level": 2])))
    #expect(try Support.bytes(one) != Support.bytes(model.call("refine", [digits.images], ["seed": 2])))
    #expect(try Support.bytes(one) != Support.bytes(model.call("refine", [digits.images], ["seed": 1, "level": 1])))
    #expect(Support.message { _ = try model.call("refine", [digits.images], ["level": 3]) }.contains("at most 2"))
  }

  @Test func diagnosticsAreOfEachLevel() throws {
    let (model, _) = try fitted()
    let before = try model.built.trainer.game.networks.map {
      try $0.network.parameters.map { try Support.bytes($0.value) }
    }
    let record = try model.built.trainer.diagnose(heldOut: [])
    for name in ["discriminator_0_loss", "generator_1_gradient", "real_accuracy_0", "duality_gap_1", "diversity_0"] {
      #expect(record[name] != nil, "\(name)")
    }
    let after = try model.built.trainer.game.networks.map {
      try $0.network.parameters.map { try Support.bytes($0.value) }
    }
    #expect(before == after)
  }

  /// An alarm names the level that it is of.
  @Test func alarmsAreOfTheLevelThatCollapsed() throws {
    let records = (1...8).map { look in
      DiagnosticRecord(
        step: 100 * look,
        figures: [
          ("discriminator_0_loss", 1), ("generator_0_loss", 1), ("diversity_0", 1), ("coverage_0", 0.9),
          ("discriminator_1_loss", 1), ("generator_1_loss", 1), ("diversity_1", look > 2 ? 0.05 : 1),
          ("coverage_1", 0.9),
        ])
    }
    let warnings = try Alarms().warnings(Array(records.prefix(7)))
    #expect(warnings.map(\.kind) == [.modeCollapse] && warnings.map(\.figure) == ["diversity_1"])
    #expect(warnings.first?.message.hasPrefix("step 700, generator_1: samples are all alike") == true)
    #expect(try Alarms().warnings(records).isEmpty, "an alarm that goes on is raised once")
  }

  @Test func whatDoesNotDoIsToldSo() throws {
    let digits = try Digits.piece(0..<32)
    func message(_ options: JSONObject, _ data: Tensor) -> String {
      Support.message { _ = try Model.make("lapgan", options).prepare(data) }
    }
    let vectors = digits.images.reshape([32, 64])
    #expect(message(["batch_size": 8], vectors).contains("pyramids are of images"))
    #expect(message(["levels": 5, "batch_size": 8], digits.images).contains("1 to 4 levels"))
    #expect(message(["pack": 2, "batch_size": 8], digits.images).contains("pack 2"))
    #expect(message(["objective": "ebgan", "batch_size": 8], digits.images).contains("objective of logits"))
  }

  @Test func oddSizesAreHalvedToo() throws {
    let images = Tensor.randomUniform([32, 7, 5, 3], key: RandomKey(seed: 1))
    let model = try Model.make("lapgan", ["width": 4, "hidden": [8], "batch_size": 16, "levels": 3])
    try model.fit(images, steps: 2)
    #expect(try model.sample(3, seed: 1).shape == [3, 7, 5, 3])
  }

  @Test func gamesOfTheSameNamesAreNotJoined() throws {
    let (model, _) = try fitted()
    let game = try model.built.trainer.game
    #expect(Support.message { _ = try Game.joined([game, game]) }.contains("player"))
  }
}
