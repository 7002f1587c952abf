import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// RBM, MADE and ELM from the outside: options, data, functions, files.
@Suite struct DensityModelTests {
  private let states = BoltzmannMachine.states(6, from: 0, to: 64).cast(to: .float32)
  private let points = Tensor.randomNormal([200, 3], key: RandomKey(seed: 4), mean: 50, std: 7)

  private func sum(_ model: Model, _ options: JSONObject = [:]) throws -> Double {
    try model.call("score_samples", [states], options).exp().sum().item()
  }

  /// Digits as 0 and 1, for training and for judging.
  static func digits() -> (train: Tensor, test: Tensor) {
    let all = (Tensor(Digits.images(), shape: [Digits.count, 64]) .> 7).cast(to: .float32)
    return (all[0..<1347], all[1347..<1797])
  }

  // MARK: Every option

  static let settings: [(String, JSONObject)] = [
    ("rbm", ["hidden": 5]), ("rbm", ["hidden": 5, "persistent": true, "gibbs_steps": 3]),
    ("rbm", ["hidden": 8, "persistent": true, "chains": 7, "momentum": 0, "ema": 0.9, "weight_decay": 0]),
    ("rbm", ["hidden": 5, "optimizer": "adam", "learning_rate": 1e-2]),
    ("rbm", ["hidden": 5, "binarize": "stochastic"]),
    ("made", ["hidden": [20]]), ("made", ["hidden": [20, 20], "masks": 3, "ordering": "random"]),
    ("made", ["hidden": [], "ordering": "random"]),
    ("made", ["hidden": [9], "connectivity": "random", "direct": true]),
    ("made", ["hidden": [9], "activation": "tanh", "ema": 0.9, "binarize": "threshold"]),
  ]

  @Test(arguments: settings) func likelihoodsSumToOneThroughTheModel(_ setting: (String, JSONObject)) throws {
    var options = setting.1
    options["batch_size"] = 16
    let model = try Model.make(setting.0, options)
    try model.fit(states[0..<40], epochs: 3)
    #expect(abs(try sum(model) - 1) < 1e-5)
    let samples = try model.sample(7, seed: 2)
    #expect(samples.shape == [7, 6] && samples.dtype == .float32)
    #expect(try ((samples .== 0) .| (samples .== 1)).all().item() == 1)
    #expect(try Support.bytes(samples) == Support.bytes(model.sample(7, seed: 2)))
  }

  @Test(arguments: settings) func filesResumeToTheSameBits(_ setting: (String, JSONObject)) throws {
    var options = setting.1
    options["batch_size"] = 16
    let path = Support.temporaryPath("density.safetensors")
    defer { unlink(path) }
    let (straight, stopped) = (try Model.make(setting.0, options), try Model.make(setting.0, options))
    try straight.fit(states, steps: 9)
    try stopped.fit(states, steps: 4)
    try stopped.save(to: path)
    let resumed = try Model.load(path)
    #expect(try Support.bytes(resumed.sample(9, seed: 1)) == Support.bytes(stopped.sample(9, seed: 1)))
    try resumed.fit(states, steps: 5)
    #expect(try Support.bytes(resumed.sample(9, seed: 1)) == Support.bytes(straight.sample(9, seed: 1)))
    #expect(
      try Support.bytes(resumed.call("score_samples", [states]))
        == Support.bytes(straight.call("score_samples", [states])))
  }

  // MARK: RBM

  @Test func rbmFunctionsAgreeWithTheirFormulas() throws {
    let model = try Model.make("rbm", ["hidden": 5, "batch_size": 16, "learning_rate": 0.3])
    try model.fit(states[0..<40], epochs: 20)
    let network = try model.built.network("network")
    let rbm = try #require(network.layer as? RBM)
    let machine = rbm.machine.cast(to: .float64)
    let z = try model.call("log_partition").item()
    #expect(Support.isClose(z, try machine.exactLogPartition(), 1e-12))
    #expect(try model.call("log_partition", [], ["return_std": true]).scalars(as: Double.self) == [z, 0])
    let energies = try model.call("free_energy", [states])
    #expect(
      Support.isClose(
        try energies.scalars(as: Double.self),
        try machine.freeEnergy(states.cast(to: .float64)).scalars(as: Double.self), 1e-12))
    let scores = try model.call("score_samples", [states])
    #expect(Support.isClose(try scores.scalars(as: Double.self), try (-energies - z).scalars(as: Double.self), 1e-12))
    let hidden = try model.call("transform", [states])
    #expect(hidden.shape == [64, 5] && hidden.dtype == .float32)
    let back = try model.call("reconstruct", [states])
    #expect(
      Support.isClose(
        try back.cast(to: .float64).scalars(as: Double.self),
        try machine.visibleMean(hidden.cast(to: .float64)).scalars(as: Double.self), 1e-5))
    #expect(try Support.bytes(model.call("gibbs", [states], ["steps": 0])) == Support.bytes(states))
    #expect(try Support.bytes(model.call("gibbs", [states], ["steps": 5])) != Support.bytes(states))
    #expect(try model.call("pseudo_likelihood", [states]).shape == [64])
  }

  /// Log Z by annealed importance sampling starts from the data's own means.
  @Test func largeRBMsAreScoredByAnnealedImportanceSampling() throws {
    let (train, test) = DensityModelTests.digits()
    let model = try Model.make("rbm", ["hidden": 24])
    try model.fit(train, epochs: 20)
    let pair = try model.call("log_partition", [], ["return_std": true]).scalars(as: Double.self)
    #expect(pair[1] > 0 && pair[1] < 0.5)
    let again = try model.call("log_partition", [], ["seed": 9, "chains": 400, "steps": 3000]).item()
    #expect(abs(pair[0] - again) < 4 * pair[1] + 0.1)
    let mean = try model.call("score_samples", [test]).mean().item()
    // Independent pixels with the training data's means have about -26 nats.
    #expect(mean > -24 && mean < -10, "\(mean)")
  }

  @Test func gaussianUnitsModelRealNumbersInTheirOwnUnits() throws {
    let model = try Model.make("rbm", ["visible": "gaussian", "hidden": 4, "learning_rate": 0.01])
    try model.fit(points, epochs: 20)
    let mean = try model.call("score_samples", [points]).mean().item()
    // Independent normal numbers of deviation 7: -3 (log 7 + log(2 pi e) / 2).
    #expect(abs(mean + 3 * (1.9459 + 1.4189)) < 0.3, "\(mean)")
    let samples = try model.sample(2_000, seed: 1)
    #expect(abs(try samples.mean().item() - 50) < 1.5)
    #expect(abs(try samples.variance(axes: [0]).mean().sqrt().item() - 7) < 1)
    #expect(Support.message { _ = try model.call("pseudo_likelihood", [points]) }.contains("Gaussian"))
  }

  // MARK: MADE

  @Test func madeOfRealNumbersScoresInTheirOwnUnits() throws {
    let model = try Model.make("made", ["distribution": "gaussian", "hidden": [32], "learning_rate": 5e-3])
    // The second feature follows the first closely, which independent features cannot say.
    let first = Tensor.randomNormal([600, 1], key: RandomKey(seed: 1), mean: 300, std: 20)
    let data = Tensor.concatenate(
      [first, 2 * first + Tensor.randomNormal([600, 1], key: RandomKey(seed: 2), std: 4)], axis: 1)
    try model.fit(data, epochs: 80)
    let mean = try model.call("score_samples", [data]).mean().item()
    // The entropy of the truth: log 20 + log 4 + log(2 pi e).
    #expect(abs(mean + 2.9957 + 1.3863 + 2.8379) < 0.15, "\(mean)")
    let samples = try model.sample(3_000, seed: 3)
    #expect(abs(try samples.selected(axis: 1, at: 0).mean().item() - 300) < 3)
    let rest = samples.selected(axis: 1, at: 1) - 2 * samples.selected(axis: 1, at: 0)
    #expect(try rest.variance().sqrt().item() < 8)
  }

  /// Better than independent pixels by more than 3 nats a digit (about 24.9 against 20).
  @Test(arguments: [1, 4]) func madeLearnsDigits(_ masks: Int) throws {
    let (train, test) = DensityModelTests.digits()
    let model = try Model.make(
      "made", ["hidden": [200], "masks": JSON(masks), "ordering": JSON(masks > 1 ? "random" : "natural")])
    try model.fit(train, epochs: 25)
    let share = (train.sum(axes: [0]) + 1) / Double(train.shape[0] + 2)
    let independent = try (test * share.log() + (1 - test) * (1 - share).log()).sum(axes: [1]).mean().item()
    let own = try model.call("score_samples", [test]).mean().item()
    #expect(own > independent + 3, "\(own) against \(independent)")
  }

  @Test func greyPixelsAreRefusedUnlessTheyAreMadeBinary() throws {
    let images = Tensor(Digits.images(), shape: [Digits.count, 8, 8])[0..<64]
    let options: JSONObject = ["range": [0, 16], "hidden": [16], "batch_size": 32]
    let refused = Support.message { try Model.make("made", options).fit(images, steps: 1) }
    #expect(refused.contains("binarize='threshold'") && refused.contains("gaussian"))
    for way in ["threshold", "stochastic"] {
      var options = options
      options["binarize"] = JSON(way)
      let model = try Model.make("made", options)
      try model.fit(images, epochs: 1)
      let samples = try model.sample(4, seed: 1)
      #expect(samples.shape == [4, 8, 8] && samples.dtype == .uint8)
      #expect(try ((samples .== 0) .| (samples .== 16)).all().item() == 1)
      let scores = try model.call("score_samples", [images], ["seed": 1])
      let others = try model.call("score_samples", [images], ["seed": 2])
      let isSame = try Support.bytes(scores) == Support.bytes(others)
      #expect(isSame == (way == "threshold"))
    }
  }

  @Test func binaryDataOfAnyTypeAreTakenAsTheyAre() throws {
    for dtype in [DType.uint8, .int32, .int64, .float32, .float64] {
      for name in ["rbm", "made"] {
        let hidden: JSON = name == "rbm" ? 4 : [4]
        let model = try Model.make(name, ["hidden": hidden, "batch_size": 16])
        try model.fit(states.cast(to: dtype), epochs: 1)
        let samples = try model.sample(5, seed: 1)
        #expect(samples.dtype == dtype)
        #expect(try ((samples .== 0) .| (samples .== 1)).all().item() == 1)
      }
    }
  }

  // MARK: ELM

  @Test func elmIsTheRidgeSolutionInOnePass() throws {
    let x = Tensor.randomNormal([300, 4], key: RandomKey(seed: 1))
    let y = (x.square().sum(axes: [1]) + x.selected(axis: 1, at: 0)) * 10
    func predictions(_ batch: Int) throws -> Tensor {
      let model = try Model.make("elm_regressor", ["hidden": 60, "alpha": 0.1, "batch_size": JSON(batch)])
      try model.fit(x, targets: y, epochs: 1)
      #expect(model.name == "elm_regressor")
      return try model.call("predict", [x]).checked()
    }
    let (whole, parts) = (try predictions(300), try predictions(37))
    #expect(whole.shape == [300] && whole.dtype == .float32)
    #expect(try (whole - parts).abs().max().item() < 1e-3)
    let rest = try (whole - y).square().mean().item() / y.variance().item()
    #expect(rest < 0.08, "\(rest)")
  }

  @Test func elmTellsDigits() throws {
    let images = Tensor(Digits.images(), shape: [Digits.count, 8, 8])
    let labels = Tensor(Digits.labels().map { Int32($0) })
    let model = try Model.make("elm_classifier", ["range": [0, 16]])
    try model.fit(images[0..<1347], targets: labels[0..<1347], epochs: 1)
    let found = try model.call("predict", [images[1347..<1797]])
    let share = try (found .== labels[1347..<1797]).cast(to: .float32).mean().item()
    #expect(share >= 0.95, "\(share)")
    #expect(try model.call("decision_function", [images[0..<3]]).shape == [3, 10])
    let path = Support.temporaryPath("elm.safetensors")
    defer { unlink(path) }
    try model.save(to: path)
    #expect(
      try Support.bytes(Model.load(path).call("predict", [images])) == Support.bytes(model.call("predict", [images])))
    // Labels in the trainer's history.
    #expect(try #require(model.built.trainer.history.last("accuracy")) > 0.95)
  }

  /// More data later: sums go on, so that the order of arrival does not matter.
  @Test func elmGoesOnWithLaterData() throws {
    let x = Tensor.randomNormal([240, 3], key: RandomKey(seed: 5), dtype: .float64)
    let y = x.matmul(Tensor([1, -2, 3] as [Double]))
    // 'raw' so that both have one scale; targets are scaled by the first data that a model sees, so give it all.
    let options: JSONObject = ["hidden": 30, "alpha": 1e-3, "range": "raw"]
    let (once, twice) = (try Model.make("elm_regressor", options), try Model.make("elm_regressor", options))
    try once.fit(x, targets: y, epochs: 1)
    try twice.prepare(x, targets: y)
    try twice.fit(x[0..<100], targets: y[0..<100], epochs: 1)
    try twice.fit(x[100..<240], targets: y[100..<240], epochs: 1)
    #expect(try (once.call("predict", [x]) - twice.call("predict", [x])).abs().max().item() < 1e-4)
  }

  /// Random features with a trainable readout as a discriminator: it tells a ring from noise, and its features stay.
  @Test func randomFeaturesServeADiscriminator() throws {
    let features: JSON = ["name": "random_features", "in_features": 2, "out_features": 256, "activation": "tanh"]
    let critic = try Network(
      ["name": "sequential", "layers": [features, ["name": "dense", "in_features": 256, "out_features": 1]]], seed: 1)
    let generator = try Network(["name": "dense", "in_features": 2, "out_features": 2], seed: 2)
    let parts = AdversarialGame(
      generator: generator, discriminator: critic, latent: Latent(size: 2), objective: NonSaturating())
    let before = try #require(critic.store["0.weight"]).value
    let game = try parts.game(
      generator: Player(
        "generator", trains: [generator], optimizer: ["name": "sgd", "learning_rate": 0], batchUse: .latest),
      discriminator: Player("discriminator", trains: [critic], optimizer: ["name": "adam", "learning_rate": 1e-2]))
    let trainer = Trainer(game, data: try Dataset(Support.points, batchSize: 100, seed: 1), seed: 2)
    try trainer.fit(steps: 300)
    let losses = try #require(trainer.history["discriminator_loss"])
    // Chance is log 4 = 1.39.
    #expect(losses.suffix(20).reduce(0, +) / 20 < 0.9)
    #expect(try Support.bytes(before) == Support.bytes(try #require(critic.store["0.weight"]).value))
  }
}
