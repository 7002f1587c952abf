import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Generator and encoder against a discriminator of pairs, and encoders of a conditional GAN, against the papers' formulas.
@Suite struct JointGameTests {
  private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  @Test func theLossesAreThePapers() throws {
    let x = Tensor(try Support.numbers(12, seed: 1)).reshape([4, 3]).cast(to: .float32)
    func linear(_ inputs: Int, _ outputs: Int, _ seed: UInt64) throws -> Network {
      try Network(sequential([dense(inputs, outputs, initializer: "glorot_uniform")]), seed: seed)
    }
    let (g, e, d) = (try linear(2, 3, 1), try linear(3, 2, 2), try linear(5, 1, 3))
    let joint = JointGame(
      generator: g, encoder: e, discriminator: d, latent: Latent(size: 2), objective: NonSaturating())
    let generating = try Player("generator", trains: [g, e], optimizer: "adam")
    let judging = try Player("discriminator", trains: [d], optimizer: "adam")
    let game = try joint.game(generator: generating, discriminator: judging)
    func context(_ player: Player) throws -> RoundContext {
      RoundContext(
        player: player, batch: try Batch([("x", x)]), state: game.state, step: 0, key: RandomKey(seed: 9))
    }
    let z = joint.latent.sample(4, key: try context(judging).key("noise"))
    func logits(_ samples: Tensor, _ codes: Tensor) throws -> [Double] {
      try d(.concatenate([samples, codes], axis: 1)).cast(to: .float64).scalars(as: Double.self)
    }
    let (real, fake) = (try logits(x, e(x)), try logits(g(z), z))
    func mean(_ values: [Double], _ f: (Double) -> Double) -> Double {
      values.reduce(0) { $0 + f($1) } / Double(values.count)
    }
    // -E[log D(x, E(x))] - E[log(1 - D(G(z), z))], and with the sides exchanged.
    let judged = mean(real) { softplus(-$0) } + mean(fake) { softplus($0) }
    let made = mean(real) { softplus($0) } + mean(fake) { softplus(-$0) }
    func loss(_ player: Player) throws -> Tensor {
      let loss = try #require(game.losses[player.name])
      return try loss(context(player))
    }
    #expect(Support.isClose(try loss(judging).item(), judged, 1e-5))
    #expect(Support.isClose(try loss(generating).item(), made, 1e-5))
    // Both of the player's networks learn.
    let gradients = try valueAndGrad(of: generating.parameters) { try loss(generating) }.gradients
    for gradient in gradients { #expect(try gradient.abs().max().item() > 0) }
  }

  @Test func codesAreDrawnAroundTheirMean() throws {
    let e = try Network(sequential([dense(3, 4, initializer: "zeros")]), seed: 1)
    e.parameters[1].value = Tensor([1, -1, -2, 0.5] as [Float])
    let d = try Network(sequential([dense(5, 1, initializer: "glorot_uniform")]), seed: 2)
    let g = try Network(sequential([dense(2, 3, initializer: "glorot_uniform")]), seed: 3)
    let joint = JointGame(
      generator: g, encoder: e, discriminator: d, latent: Latent(size: 2), objective: Wasserstein(), isStochastic: true)
    #expect(try joint.code(Tensor.zeros([2, 3])).scalars(as: Float.self) == [1, -1, 1, -1])
    let judging = try Player("discriminator", trains: [d], optimizer: "adam")
    let game = try joint.game(
      generator: Player("generator", trains: [g, e], optimizer: "adam"), discriminator: judging)
    let context = RoundContext(
      player: judging, batch: try Batch([("x", Tensor.zeros([4000, 3]))]), state: game.state, step: 0,
      key: RandomKey(seed: 4))
    let loss = try #require(game.losses["discriminator"])
    _ = try loss(context)
    let codes = try #require(context.known("real view")).sliced(axis: 1, from: 3, to: 5)
    let (means, variances) = (codes.mean(axes: [0]), codes.variance(axes: [0]))
    #expect(try (means - Tensor([1, -1] as [Float])).abs().max().item() < 0.1)
    let deviations = try variances.sqrt().scalars(as: Float.self)
    #expect(abs(deviations[0] - 0.135) < 0.01 && abs(deviations[1] - 1.649) < 0.1)
  }

  /// Where noise is uniform on [-1, 1], codes lie there too, and may fill it.
  @Test func drawnCodesLieWhereTheNoiseDoes() throws {
    let e = try Network(sequential([dense(3, 4, initializer: "zeros")]), seed: 1)
    e.parameters[1].value = Tensor([3, -1, -2, -0.1] as [Float])
    let d = try Network(sequential([dense(5, 1, initializer: "glorot_uniform")]), seed: 2)
    let g = try Network(sequential([dense(2, 3, initializer: "glorot_uniform")]), seed: 3)
    let joint = JointGame(
      generator: g, encoder: e, discriminator: d, latent: Latent(size: 2, distribution: .uniform),
      objective: Wasserstein(), isStochastic: true)
    let middle = try joint.code(Tensor.zeros([1, 3])).cast(to: .float64).scalars(as: Double.self)
    #expect(Support.isClose(middle, [tanh(3), tanh(-1)], 1e-6))
    let judging = try Player("discriminator", trains: [d], optimizer: "adam")
    let game = try joint.game(
      generator: Player("generator", trains: [g, e], optimizer: "adam"), discriminator: judging)
    let context = RoundContext(
      player: judging, batch: try Batch([("x", Tensor.zeros([4001, 3]))]), state: game.state, step: 0,
      key: RandomKey(seed: 4))
    let loss = try #require(game.losses["discriminator"])
    _ = try loss(context)
    let codes = try #require(context.known("real view")).sliced(axis: 1, from: 3, to: 5)
    #expect(try codes.abs().max().item() <= 1)
    // The middle of the drawn ones is the code: as many above as below.
    let below = codes.cast(to: .float64) .< Tensor(middle).reshape([1, 2])
    let shares = try below.cast(to: .float64).mean(axes: [0]).scalars(as: Double.self)
    for share in shares { #expect(abs(share - 0.5) < 0.03) }
  }

  /// Whoever makes the real side gains by what the discriminator loses of it.
  @Test func encodersMinimiseTheOtherSide() throws {
    let d = Tensor(try Support.numbers(7, seed: 3))
    func values(_ tensor: Tensor) throws -> Double { try tensor.item() }
    for (objective, expected) in [
      (NonSaturating() as any LogitObjective, try values(d.softplus().mean())),
      (Minimax(), try values(-(-d).softplus().mean())),
      (Wasserstein(), try values(d.mean())), (Hinge(), try values(d.mean())),
      (LeastSquares(), try values(0.5 * d.square().mean())),
      (LeastSquares(a: -1, b: 1, c: 0), try values(0.5 * d.square().mean())),
      (LeastSquares(a: -1, b: 2, c: 2), try values(0.5 * (d + 1).square().mean())),
    ] {
      #expect(Support.isClose(try values(objective.encoderLoss(real: d)), expected, 1e-9), "\(objective)")
    }
  }

  // MARK: Models

  private func fitted(_ name: String, _ more: JSONObject, steps: Int = 3) throws -> (Model, Digits.Piece) {
    var options: JSONObject = ["width": 4, "batch_size": 16, "latent": 6]
    for (key, value) in more { options[key] = value }
    let model = try Model.make(name, options)
    let digits = try Digits.piece(0..<64)
    try model.fit(digits.images, targets: digits.target(for: model), steps: steps)
    return (model, digits)
  }

  @Test(
    arguments: [
      ["objective": "wasserstein", "penalty": "gradient_penalty", "encoder_norm": "none"],
      ["stochastic_encoder": true, "objective": "least_squares", "spectral_norm": true],
      ["architecture": "mlp", "hidden": [8], "latent_distribution": "uniform", "ema": 0.9],
    ] as [JSONObject])
  func bigansOptionsGoTogether(_ options: JSONObject) throws {
    let (model, digits) = try fitted("bigan", options)
    #expect(try model.call("transform", [digits.images]).shape == [64, 6])
    #expect(try model.call("reconstruct", [digits.images]).shape == digits.images.shape)
    for player in try model.built.trainer.game.players {
      #expect(try model.built.trainer.reasonForEager(player.name) == nil)
    }
  }

  @Test func objectivesWithoutLogitsAreRefused() throws {
    let message = Support.message { _ = try fitted("bigan", ["objective": "ebgan"]) }
    #expect(message.contains("one of logits") && message.contains("ebgan"))
  }

  @Test func theEncodersOfIcGANLearnThePapersLosses() throws {
    let (model, digits) = try fitted("icgan", ["gan_epochs": nil], steps: 4)
    let built = try model.built
    let (game, z) = (built.trainer.game, try built.network("encoder_z"))
    let samples = try model.call("to_network", [digits.images])
    let classes = Tensor((0..<64).map { Int32($0 % 10) })
    let context = RoundContext(
      player: try game.player("encoder_z"), batch: try Batch([("x", samples), ("y", classes)]), state: game.state,
      step: 0, key: RandomKey(seed: 3))
    let loss = try #require(game.losses["encoder_z"])
    let found = try loss(context).item()
    let noise = Latent(size: 6).sample(64, key: context.key("noise"))
    let generator = try built.network("generator")
    let made = generator.evaluating {
      generator(.concatenate([noise, indicators(classes, classes: 10)], axis: 1))
    }
    let expected = try (z(made) - noise).square().mean().item()
    #expect(Support.isClose(found, expected, 1e-5))
  }

  @Test func editsAreOfTheRowsOwnNoise() throws {
    let (model, digits) = try fitted("icgan", ["gan_epochs": nil])
    let images = digits.images.sliced(axis: 0, from: 0, to: 5)
    let codes = try model.call("encode", [images])
    let sevens = Tensor([Int32](repeating: 7, count: 5))
    let edited = try model.call("edit", [images, sevens])
    #expect(try Support.bytes(edited) == Support.bytes(model.call("generate", [codes, sevens])))
    let all = try model.call("edit", [images])
    #expect(all.shape == [5, 10, 8, 8, 1])
    #expect(try Support.bytes(all.selected(axis: 1, at: 7)) == Support.bytes(edited))
    let own = try model.call("predict", [images])
    #expect(
      try Support.bytes(model.call("reconstruct", [images])) == Support.bytes(model.call("edit", [images, own])))
  }
}
