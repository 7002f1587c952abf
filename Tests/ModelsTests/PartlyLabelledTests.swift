import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Training on data of which few are labelled.
@Suite struct PartlyLabelledTests {
  private func source(_ batchSize: Int = 4) throws -> PartlyLabelled {
    let all = try Dataset(Tensor.arange(0, 10).reshape([10, 1]), batchSize: batchSize, seed: 1)
    return try PartlyLabelled(
      all, samples: Tensor([100, 101, 102] as [Float]).reshape([3, 1]), labels: Tensor([0, 1, 2] as [Int32]), seed: 2
    ) { $0 }
  }

  /// The labelled ones go round: each is seen as often as another, with its own label.
  @Test func labelledSamplesComeBesideEachBatch() throws {
    let source = try source()
    var seen = [0, 0, 0]
    for _ in 0..<6 {
      let batch = try source.next()
      #expect(batch.columns.map(\.name) == ["x", "labelled", "y"] && batch.count == 4)
      let samples = try #require(batch["labelled"]).scalars(as: Float.self)
      let labels = try #require(batch["y"]).scalars(as: Int32.self)
      #expect(samples == labels.map { 100 + Float($0) })
      for label in labels { seen[Int(label)] += 1 }
    }
    #expect(seen == [8, 8, 8] && source.epoch == 3)
  }

  @Test func itGoesOnWhereItStood() throws {
    let (source, other) = (try source(), try source())
    _ = try source.next()
    try other.restore(source.state)
    for name in ["x", "labelled", "y"] {
      let (one, two) = (try source.next(), try other.next())
      #expect(try Support.bytes(#require(one[name])) == Support.bytes(#require(two[name])))
    }
    let start = try self.source().next()
    try source.restore(source.beginning(seed: 2))
    #expect(try Support.bytes(#require(source.next()["labelled"])) == Support.bytes(#require(start["labelled"])))
    let found = Support.message { try source.restore(["kind": "dataset"]) }
    #expect(found.contains("no position among 3 labelled samples"), "\(found)")
  }

  // MARK: The classifier with "generated" as one more class

  /// Salimans et al. 2016, section 5: with the score of "generated" at 0, p(real) = Z / (Z + 1).
  @Test func theLogitIsOfAllClassesTogether() throws {
    let scores = Tensor.randomNormal([4, 3], key: RandomKey(seed: 1))
    let logits = try ClassScores(classes: 3).logit(scores, Tensor.zeros([0])).cast(to: .float64).scalars(
      as: Double.self)
    let numbers = try scores.cast(to: .float64).scalars(as: Double.self)
    for (row, logit) in logits.enumerated() {
      let all: Double = numbers[(3 * row)..<(3 * row + 3)].reduce(0) { $0 + exp($1) }
      let told: Double = 1 / (1 + exp(-logit))
      #expect(Support.isClose(told, all / (all + 1), 1e-6))
    }
  }

  /// E[H(p(y | x))] - H(E[p(y | x)]), number by number; 0 where the classes are as probable for all samples, and -log K where
  /// each is certain and all are as frequent.
  @Test func informationIsThatOfSampleAndClass() throws {
    let told = ClassScores(classes: 3, informationWeight: 0.5)
    let scores = Tensor.randomNormal([4, 3], key: RandomKey(seed: 1)).cast(to: .float64)
    let numbers = try scores.scalars(as: Double.self)
    let shares = (0..<4).map { row -> [Double] in
      let powers = numbers[(3 * row)..<(3 * row + 3)].map { exp($0) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    func entropy(_ shares: [Double]) -> Double { -shares.reduce(0) { $0 + $1 * log($1) } }
    let mean = (0..<3).map { k in shares.reduce(0) { $0 + $1[k] } / 4 }
    let wanted = shares.reduce(0) { $0 + entropy($1) } / 4 - entropy(mean)
    func loss(_ scores: Tensor) throws -> Double { try told.loss(scores, Tensor.zeros([0])).item() }
    #expect(Support.isClose(try loss(scores), 0.5 * wanted, 1e-6))
    #expect(Support.isClose(try loss(Tensor.zeros([6, 3], dtype: .float64)), 0, 1e-6))
    let certain = 200 * indicators(Tensor([0, 1, 2, 0, 1, 2] as [Int32]), classes: 3)
    #expect(Support.isClose(try loss(certain), -0.5 * log(3.0), 1e-6))
    #expect(told.lossName(.real) == "information_loss" && told.lossName(.fake) == nil)
    #expect(told.lossName(.generator) == nil && ClassScores(classes: 3).lossName(.real) == nil)
  }

  @Test func theDiscriminatorLearnsTheLabelledSamples() throws {
    let latent = Latent(size: 2)
    let generator = try Network(dense(2, 1, initializer: "glorot_uniform"), seed: 1)
    let discriminator = try Network(dense(1, 3, initializer: "glorot_uniform"), seed: 2)
    let game = try AdversarialGame(
      generator: generator, discriminator: discriminator, latent: latent, objective: NonSaturating(),
      conditioning: ClassScores(classes: 3, weight: 0.5)
    ).game(
      generator: Player("generator", trains: [generator], optimizer: "sgd", batchUse: .latest),
      discriminator: Player("discriminator", trains: [discriminator], optimizer: "sgd"))
    let batch = try source().next()
    let context = RoundContext(
      player: try game.player("discriminator"), batch: batch, state: game.state, step: 0, key: RandomKey(seed: 7))
    let term = try #require(game.penalties.first)
    let labels = try #require(batch["y"])
    let wanted = try Losses.crossEntropy(discriminator(#require(batch["labelled"])), labels: labels).item()
    #expect(term.name == "class_loss" && term.player == "discriminator")
    #expect(Support.isClose(try term.value(context).item(), 0.5 * wanted, 1e-5))
    #expect(context.records.map(\.name) == ["labelled_accuracy"])
  }

  @Test func labelsOfMinusOneAreNone() throws {
    let digits = try Digits.piece(0..<64)
    var labels = try digits.labels.cast(to: .int32).scalars(as: Int32.self)
    for row in 20..<64 { labels[row] = -1 }
    let model = try Model.make("semi_supervised_gan", ["hidden": [8], "batch_size": 16])
    try model.fit(digits.images, targets: Tensor(labels), steps: 2)
    let predicted = try model.call("predict", [digits.images]).cast(to: .int32).scalars(as: Int32.self)
    #expect(predicted.count == 64 && predicted.allSatisfy { (0...9).contains($0) })
    let refused = Support.message { _ = try model.sample(2, labels: Tensor([1, 2] as [Int32]), seed: 1) }
    #expect(refused.contains("takes none"), "\(refused)")
    let none = Support.message {
      try Model.make("semi_supervised_gan").prepare(
        digits.images, targets: Tensor([Int32](repeating: -1, count: 64)))
    }
    #expect(none.contains("all 64 are -1"), "\(none)")
    // Once the classes are known, data may have no label.
    let unlabelled = Tensor([Int32](repeating: -1, count: 64))
    try model.fit(digits.images, targets: unlabelled, steps: 2)
    #expect(try model.built.trainer.history["class_loss"]?.suffix(2) == [0, 0])
    let named = try Model.make("semi_supervised_gan", ["hidden": [8], "batch_size": 16])
    try named.fit(digits.images, targets: unlabelled, classNames: ["a", "b", "c"], steps: 1)
    #expect(try named.call("predict_proba", [digits.images]).shape == [64, 3])
    // Others take -1 for a class like any.
    let other = try Model.make("mlp_classifier", ["batch_size": 16])
    try other.fit(digits.images, targets: Tensor(labels), steps: 1)
    #expect(try other.call("predict_proba", [digits.images]).shape == [64, 11])
  }
}
