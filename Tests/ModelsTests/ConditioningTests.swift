import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What labels do in a game, against the papers' formulas.
@Suite struct ConditioningTests {
  private let labels = Tensor([0, 2, 1, 2] as [Int32])

  private func tensor(_ rows: [[Double]]) -> Tensor {
    Tensor(rows.flatMap { $0 }).reshape([rows.count, rows[0].count])
  }

  @Test func projectionsAreOfFeaturesOnTheClasssEmbedding() throws {
    // phi (4, 3), psi's weights (3), embeddings (3 classes, 3).
    let phi = try (0..<4).map { try Support.numbers(3, seed: UInt64($0)) }
    let psi = try Support.numbers(3, seed: 10)
    let embeddings = try (0..<3).map { try Support.numbers(3, seed: 20 + UInt64($0)) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let numbers = phi.map { row in [dot(row, psi)] + embeddings.map { dot(row, $0) } }
    let expected = zip(phi, [0, 2, 1, 2]).map { dot($0, psi) + dot($0, embeddings[$1]) }
    let found = LabelProjection(classes: 3).logit(tensor(numbers).cast(to: .float32), labels)
    #expect(found.shape == [4])
    #expect(Support.isClose(try found.cast(to: .float64).scalars(as: Double.self), expected, 1e-5))
  }

  @Test func joinedLabelsAreFeaturesOrPlanes() throws {
    let joined = JoinedLabels(classes: 3)
    #expect(joined.shownShape([8, 6, 1]) == [8, 6, 4] && joined.shownShape([5]) == [8])
    let image = Tensor.randomUniform([4, 8, 6, 1], key: RandomKey(seed: 1))
    let shown = joined.shown(image, labels)
    #expect(shown.shape == [4, 8, 6, 4])
    #expect(try Support.bytes(shown.sliced(axis: 3, from: 0, to: 1)) == Support.bytes(image))
    let planes = try shown.sliced(axis: 3, from: 1, to: 4).mean(axes: [1, 2]).scalars(as: Float.self)
    #expect(planes == [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1])
    let vectors = JoinedLabels(classes: 3, flattens: true)
    #expect(vectors.shownShape([8, 6, 1]) == [51] && vectors.shown(image, labels).shape == [4, 51])
    #expect(joined.told(Tensor.zeros([4, 2]), labels).shape == [4, 5])
  }

  // MARK: Games

  /// Networks of one dense layer each, their game and a context of the discriminator's update.
  private struct Setup {
    let generator: Network
    let discriminator: Network
    let game: Game
    let latent = Latent(size: 2)
    let real = Tensor.randomNormal([4, 3], key: RandomKey(seed: 5))

    init(_ conditioning: any Conditioning, inputs: Int = 3, penalties: JSON = []) throws {
      generator = try Network(dense(2 + 3, 3, initializer: "glorot_uniform"), seed: 1)
      discriminator = try Network(dense(inputs, conditioning.outputs, initializer: "glorot_uniform"), seed: 2)
      let parts = AdversarialGame(
        generator: generator, discriminator: discriminator, latent: latent, objective: NonSaturating(),
        penalties: try PenaltyRegistry.make(PenaltyRegistry.resolve(penalties)), conditioning: conditioning)
      game = try parts.game(
        generator: Player("generator", trains: [generator], optimizer: "sgd", batchUse: .latest),
        discriminator: Player("discriminator", trains: [discriminator], optimizer: "sgd"))
    }

    func context(_ player: String, _ labels: Tensor) throws -> RoundContext {
      RoundContext(
        player: try game.player(player), batch: try Batch([("x", real), ("y", labels)]), state: game.state, step: 0,
        key: RandomKey(seed: 7))
    }

    func fake(_ context: RoundContext, _ told: [[Float]]) -> Tensor {
      let noise = latent.sample(4, key: context.key("noise"))
      return generator(Tensor.concatenate([noise, Tensor(told.flatMap { $0 }).reshape([4, 3])], axis: 1))
    }
  }

  private let told: [[Float]] = [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]]

  private func rows(_ tensor: Tensor) throws -> [[Double]] {
    let all = try tensor.cast(to: .float64).scalars(as: Double.self)
    let width = tensor.shape[1]
    return stride(from: 0, to: all.count, by: width).map { Array(all[$0..<($0 + width)]) }
  }

  private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  private func crossEntropy(_ rows: [[Double]]) -> Double {
    let picked = zip(rows, [0, 2, 1, 2]).map { row, label in
      log(row.dropFirst().reduce(0) { $0 + exp($1) }) - row[1 + label]
    }
    return picked.reduce(0, +) / Double(rows.count)
  }

  /// Odena et al. 2017: the discriminator's loss is that of its logits plus L_C on both sides, the generator's that of its
  /// samples' logits plus L_C on them.
  @Test func anAuxiliaryClassifiersLossesAreThePapers() throws {
    let setup = try Setup(AuxiliaryClassifier(classes: 3, weight: 0.5))
    let judging = try setup.context("discriminator", labels)
    let loss = try setup.game.losses["discriminator"]?(judging)
    let (real, fake) = (
      try rows(setup.discriminator(setup.real)), try rows(setup.discriminator(setup.fake(judging, told)))
    )
    let logits = real.reduce(0) { $0 + softplus(-$1[0]) / 4 } + fake.reduce(0) { $0 + softplus($1[0]) / 4 }
    let expected = logits + 0.5 * (crossEntropy(real) + crossEntropy(fake))
    #expect(Support.isClose(try loss?.item() ?? .nan, expected, 1e-5))
    #expect(judging.records.map(\.name).filter { $0.contains("class") } == ["class_loss_real", "class_loss_fake"])

    let generating = try setup.context("generator", labels)
    let own = try setup.game.losses["generator"]?(generating)
    let made = try rows(setup.discriminator(setup.fake(generating, told)))
    let wanted = made.reduce(0) { $0 + softplus(-$1[0]) / 4 } + 0.5 * crossEntropy(made)
    #expect(Support.isClose(try own?.item() ?? .nan, wanted, 1e-5))
  }

  /// The slope that a penalty holds is along the sample: the label is held.
  @Test func penaltiesAreOnSlopesAlongSamples() throws {
    let setup = try Setup(
      JoinedLabels(classes: 3), inputs: 6, penalties: ["name": "gradient_penalty", "weight": 1])
    let weights = try setup.discriminator.parameters[0].value.scalars(as: Float.self)
    let slope = weights.prefix(3).reduce(0) { $0 + Double($1 * $1) }.squareRoot()
    let found = try setup.game.penalties[0].value(setup.context("discriminator", labels)).item()
    #expect(Support.isClose(found, (slope - 1) * (slope - 1), 1e-5))
  }

  // MARK: Models

  private func images() throws -> Digits.Piece { try Digits.piece(0..<32) }

  @Test func packedSamplesOfSeveralClassesAreRefused() throws {
    let digits = try images()
    let found = Support.message {
      _ = try Model.make("cgan", ["pack": 2, "batch_size": 8, "width": 4]).prepare(
        digits.images, targets: digits.labels)
    }
    #expect(found.hasPrefix("cgan: pack 2 would show"), "\(found)")
  }

  @Test func objectivesOfOtherThanLogitsAreRefused() throws {
    let digits = try images()
    for objective in ["ebgan", "mmd_gan", "gmmn"] {
      let found = Support.message {
        _ = try Model.make("cgan", ["objective": JSON(objective), "batch_size": 8, "width": 4])
          .prepare(digits.images, targets: digits.labels)
      }
      #expect(found.contains("a conditional game needs an objective of logits"), "\(found)")
    }
  }

  /// Sizes that convolutions cannot halve get dense layers, unless convolutions were asked for.
  @Test func networksFitTheData() throws {
    let odd = Tensor.randomUniform([32, 7, 5, 1], key: RandomKey(seed: 1))
    let labels = Tensor((0..<32).map { Int32($0 % 3) })
    for name in ["cgan", "acgan", "projection_gan"] {
      let model = try Model.make(name, ["batch_size": 8])
      try model.fit(odd, targets: labels, steps: 2)
      #expect(try model.sample(3, labels: Tensor([0, 1, 2] as [Int32]), seed: 1).shape == [3, 7, 5, 1])
      let found = Support.message {
        _ = try Model.make(name, ["batch_size": 8, "architecture": "conv"]).prepare(odd, targets: labels)
      }
      #expect(found.contains("architecture='mlp'"), "\(found)")
      let widths = Support.message {
        _ = try Model.make(name, ["batch_size": 8, "widths": [8, 4]]).prepare(odd, targets: labels)
      }
      #expect(widths.contains("cannot be halved 2 times"), "\(widths)")
    }
  }
}
