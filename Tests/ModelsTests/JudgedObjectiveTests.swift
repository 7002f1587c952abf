import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Objectives that look at more than one side's logits, against their papers' formulas written out in Doubles.
@Suite struct JudgedObjectiveTests {
  typealias Rows = [[Double]]

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
  private static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
  private static func tensor(_ rows: Rows) -> Tensor {
    Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }

  private static func rows(_ count: Int, _ size: Int, seed: UInt64, scale: Double = 1) throws -> Rows {
    let numbers = try Support.numbers(count * size, seed: seed, scale: scale)
    return (0..<count).map { Array(numbers[($0 * size)..<(($0 + 1) * size)]) }
  }

  // MARK: Relativistic

  struct RelativisticCase: CustomTestStringConvertible, Sendable {
    let loss: Relativistic.Loss
    let wantsLarge: @Sendable (Double) -> Double
    let wantsSmall: @Sendable (Double) -> Double
    var testDescription: String { loss.rawValue }

    /// Equations 11 to 14: the loss of whoever wants `a` to be more real than `b`.
    func value(_ a: [Double], _ b: [Double], onAverage: Bool) -> Double {
      guard onAverage else { return mean(zip(a, b).map { wantsLarge($0 - $1) }) }
      return mean(a.map { wantsLarge($0 - mean(b)) }) + mean(b.map { wantsSmall($0 - mean(a)) })
    }
  }

  static let relativistic = [
    RelativisticCase(loss: .crossEntropy, wantsLarge: { softplus(-$0) }, wantsSmall: { softplus($0) }),
    RelativisticCase(
      loss: .leastSquares, wantsLarge: { ($0 - 1) * ($0 - 1) }, wantsSmall: { ($0 + 1) * ($0 + 1) }),
    RelativisticCase(loss: .hinge, wantsLarge: { max(0, 1 - $0) }, wantsSmall: { max(0, 1 + $0) }),
  ]

  @Test func pairsAreOfOneShape() throws {
    let (column, row) = (
      Tensor([1, 2, 3] as [Double], shape: [3, 1]), Tensor([0, 1, 2] as [Double])
    )
    for pairs in [Relativistic(), Relativistic(loss: .hinge)] {
      let message = Support.message { try pairs.discriminatorLoss(real: column, fake: row).checked() }
      #expect(message.contains("(3, 1)") && message.contains("(3,)"), "\(message)")
      #expect(Support.message { try pairs.generatorLoss(real: row, fake: column).checked() }.contains("same shape"))
    }
    // A mean has no shape.
    let average = Relativistic(onAverage: true)
    let expected = try average.discriminatorLoss(real: column.reshape([3]), fake: row).item()
    #expect(try average.discriminatorLoss(real: column, fake: row).item() == expected)
  }

  @Test(arguments: relativistic, [false, true]) func relativisticIsThePapers(
    _ one: RelativisticCase, _ onAverage: Bool
  ) throws {
    let objective = Relativistic(loss: one.loss, onAverage: onAverage)
    for scale in [0.5, 20] {
      let (real, fake) = (try Support.numbers(6, seed: 1, scale: scale), try Support.numbers(6, seed: 2, scale: scale))
      let d = try objective.discriminatorLoss(real: Tensor(real), fake: Tensor(fake)).item()
      #expect(Support.isClose(d, one.value(real, fake, onAverage: onAverage), 1e-12))
      let g = try objective.generatorLoss(real: Tensor(real), fake: Tensor(fake)).item()
      #expect(Support.isClose(g, one.value(fake, real, onAverage: onAverage), 1e-12))
    }
    let (real, fake) = (try Support.numbers(5, seed: 3), try Support.numbers(5, seed: 4))
    let gradients = try valueAndGrad(at: [Tensor(real), Tensor(fake)]) {
      objective.generatorLoss(real: $0[0], fake: $0[1])
    }.gradients
    let byReal = Support.numericGradient(real) { one.value(fake, $0, onAverage: onAverage) }
    let byFake = Support.numericGradient(fake) { one.value($0, real, onAverage: onAverage) }
    #expect(Support.isClose(try gradients[0].scalars(), byReal, 1e-7))
    #expect(Support.isClose(try gradients[1].scalars(), byFake, 1e-7))
    for dtype in [DType.float32, .float64] {
      let logits = Tensor([-1e4, 1e4, -88, 88, 0] as [Double]).cast(to: dtype)
      let extreme = try valueAndGrad(at: [logits, -logits]) {
        objective.discriminatorLoss(real: $0[0], fake: $0[1]) + objective.generatorLoss(real: $0[0], fake: $0[1])
      }
      #expect(try extreme.value.item().isFinite)
      for gradient in extreme.gradients { #expect(try gradient.isFinite().all().item() == 1) }
    }
  }

  // MARK: Energies

  private func judged(
    _ real: (samples: Rows, output: Rows), _ fake: (samples: Rows, output: Rows), features: Rows? = nil,
    state: GameState = GameState()
  ) -> Judgements {
    Judgements(
      real: Judgement(samples: Self.tensor(real.samples), output: Self.tensor(real.output)),
      fake: Judgement(
        samples: Self.tensor(fake.samples), output: Self.tensor(fake.output), features: features.map(Self.tensor)),
      state: state)
  }

  @Test(arguments: [0.3, 2, 1e4]) func energiesAreThePapers(_ scale: Double) throws {
    let real = (samples: try Self.rows(4, 3, seed: 1), output: try Self.rows(4, 3, seed: 2, scale: scale))
    let fake = (samples: try Self.rows(4, 3, seed: 3), output: try Self.rows(4, 3, seed: 4, scale: scale))
    let codes = try Self.rows(4, 2, seed: 5)
    func energy(_ side: (samples: Rows, output: Rows)) -> [Double] {
      zip(side.samples, side.output).map { Self.squaredDistance($0, $1) / 3 }
    }
    let objective = EnergyBased(margin: 1.5, pullingAway: 0.1)
    let judged = judged(real, fake, features: codes)
    let expected = Self.mean(energy(real)) + Self.mean(energy(fake).map { max(0, 1.5 - $0) })
    #expect(Support.isClose(try objective.discriminatorLoss(judged).item(), expected, 1e-12))
    var term = 0.0
    for i in 0..<4 {
      for j in 0..<4 where j != i {
        let dot = zip(codes[i], codes[j]).reduce(0) { $0 + $1.0 * $1.1 }
        let squares = [codes[i], codes[j]].map { $0.reduce(0) { $0 + $1 * $1 } }
        term += dot * dot / (squares[0] * squares[1])
      }
    }
    let generator = Self.mean(energy(fake)) + 0.1 * term / 12
    #expect(Support.isClose(try objective.generatorLoss(judged).item(), generator, 1e-12))
  }

  @Test func codesOfZerosArePulledNowhere() throws {
    let result = try valueAndGrad(at: [Tensor([0, 0, 3, 4] as [Double], shape: [2, 2])]) {
      try EnergyBased.pullingAwayTerm($0[0])
    }
    #expect(try result.value.item() == 0 && result.gradients[0].isFinite().all().item() == 1)
    #expect(Support.message { _ = try EnergyBased.pullingAwayTerm(Tensor.zeros([1, 2])) }.contains("1"))
  }

  @Test func theControlKeepsTheBalance() throws {
    let objective = BoundaryEquilibrium(diversity: 0.5, rate: 0.1)
    let real = (samples: try Self.rows(4, 3, seed: 1), output: try Self.rows(4, 3, seed: 2, scale: 3))
    let fake = (samples: try Self.rows(4, 3, seed: 3), output: try Self.rows(4, 3, seed: 4))
    func error(_ side: (samples: Rows, output: Rows)) -> Double {
      Self.mean(zip(side.samples, side.output).map { a, b in Self.mean(zip(a, b).map { abs($0 - $1) }) })
    }
    let judged = judged(real, fake, state: GameState(objective.initialState))
    var k = 0.0
    for _ in 0..<3 {
      let loss = try objective.discriminatorLoss(judged).item()
      #expect(Support.isClose(loss, error(real) - k * error(fake), 1e-6))
      _ = try objective.discriminatorEstimates(judged)
      let estimates = try objective.generatorEstimates(judged)
      k = min(max(k + 0.1 * (0.5 * error(real) - error(fake)), 0), 1)
      let measure = error(real) + abs(0.5 * error(real) - error(fake))
      #expect(estimates.map(\.name) == ["convergence", "balance"])
      #expect(Support.isClose(try estimates[0].value.item(), measure, 1e-6))
      #expect(Support.isClose(try estimates[1].value.item(), k, 1e-5))
    }
    #expect(k > 0, "the case must move the control")
    #expect(Support.isClose(try objective.generatorLoss(judged).item(), error(fake), 1e-12))
  }

  @Test func aClassifierIsNoAutoencoder() throws {
    let judged = judged(
      (samples: [[1, 2], [3, 4]], output: [[1], [2]]), (samples: [[1, 2], [3, 4]], output: [[1], [2]]))
    let message = Support.message { _ = try EnergyBased().discriminatorLoss(judged) }
    #expect(message.contains("autoencoder") && message.contains("(2, 2)") && message.contains("(2, 1)"))
  }

  // MARK: Features and kernels

  @Test func lookingAheadTheWholeValueCounts() throws {
    let (real, fake) = (try Support.numbers(5, seed: 1), try Support.numbers(5, seed: 2))
    let judged = Judgements(real: Judgement(output: Tensor(real)), fake: Judgement(output: Tensor(fake)))
    let value = Self.mean(real.map { -Self.softplus(-$0) }) + Self.mean(fake.map { -Self.softplus($0) })
    #expect(Support.isClose(try Minimax().lookAheadGeneratorLoss(judged).item(), value, 1e-12))
    let other = try NonSaturating().lookAheadGeneratorLoss(judged).item()
    #expect(Support.isClose(other, Self.mean(fake.map { Self.softplus(-$0) }), 1e-12))
  }

  @Test func meanFeaturesAreMatched() throws {
    let (real, fake) = (try Self.rows(5, 3, seed: 1), try Self.rows(4, 3, seed: 2))
    let judged = Judgements(
      real: Judgement(output: Tensor([0.5]), features: Self.tensor(real)),
      fake: Judgement(output: Tensor([-0.25]), features: Self.tensor(fake)))
    let means = [real, fake].map { rows in (0..<3).map { j in Self.mean(rows.map { $0[j] }) } }
    let loss = try FeatureMatching().generatorLoss(judged).item()
    #expect(Support.isClose(loss, Self.squaredDistance(means[0], means[1]), 1e-12))
    let expected = Self.softplus(-0.5) + Self.softplus(-0.25)
    #expect(Support.isClose(try FeatureMatching().discriminatorLoss(judged).item(), expected, 1e-12))
  }

  static func kernel(_ family: KernelStatistic.Family, _ scale: Double, _ square: Double) -> Double {
    switch family {
    case .gaussian: exp(-square / (2 * scale * scale))
    case .rationalQuadratic: pow(1 + square / (2 * scale), -scale)
    }
  }

  /// Gretton et al. 2012, equation 3.
  static func statistic(_ kernel: KernelStatistic, _ x: Rows, _ y: Rows) -> Double {
    func k(_ a: [Double], _ b: [Double]) -> Double {
      kernel.scales.reduce(0) { $0 + Self.kernel(kernel.family, $1, squaredDistance(a, b)) }
    }
    func among(_ rows: Rows) -> Double {
      var sum = 0.0
      for i in rows.indices { for j in rows.indices where i != j { sum += k(rows[i], rows[j]) } }
      return sum / Double(rows.count * (rows.count - 1))
    }
    return among(x) + among(y) - 2 * mean(x.flatMap { a in y.map { k(a, $0) } })
  }

  @Test(arguments: KernelStatistic.Family.allCases) func theStatisticIsTheUnbiasedOne(
    _ family: KernelStatistic.Family
  ) throws {
    let kernel = KernelStatistic(family)
    #expect(kernel.scales == (family == .gaussian ? [1, 2, 4, 8, 16] : [0.2, 0.5, 1, 2, 5]))
    for scale in [0.1, 3, 1e4] {
      let (x, y) = (try Self.rows(5, 3, seed: 1, scale: scale), try Self.rows(4, 3, seed: 2, scale: scale))
      let value = try kernel.unbiased(Self.tensor(x), Self.tensor(y)).item()
      #expect(abs(value - Self.statistic(kernel, x, y)) < 1e-9)
    }
    let (x, y) = (try Self.rows(4, 2, seed: 3), try Self.rows(3, 2, seed: 4))
    let gradients = try valueAndGrad(at: [Self.tensor(x), Self.tensor(y)]) {
      try kernel.unbiased($0[0], $0[1])
    }.gradients
    let byX = Support.numericGradient(x.flatMap { $0 }) { flat in
      Self.statistic(kernel, (0..<4).map { Array(flat[($0 * 2)..<($0 * 2 + 2)]) }, y)
    }
    #expect(Support.isClose(try gradients[0].scalars(), byX, 1e-6))
    #expect(
      Support.message { _ = try kernel.unbiased(Tensor.zeros([1, 2]), Tensor.zeros([3, 2])) }.contains("(1, 2)"))
  }

  @Test func aCriticMaximisesWhatTheGeneratorMinimises() throws {
    let (x, y) = (try Self.rows(4, 2, seed: 1), try Self.rows(4, 2, seed: 2))
    let judged = Judgements(
      real: Judgement(output: Self.tensor(x)), fake: Judgement(output: Self.tensor(y)))
    let objective = MomentMatching(.critic, kernel: KernelStatistic(.rationalQuadratic))
    let value = Self.statistic(objective.kernel, x, y)
    #expect(Support.isClose(try objective.generatorLoss(judged).item(), value, 1e-10))
    #expect(Support.isClose(try objective.discriminatorLoss(judged).item(), -value, 1e-10))
    // The witness of a point is how much nearer it is to the data than to the samples.
    let witness = try objective.critic(Self.tensor([x[0]]), of: Tensor(0), judged).item()
    func near(_ rows: Rows) -> Double {
      Self.mean(
        rows.map { row in
          objective.kernel.scales.reduce(0) {
            $0 + Self.kernel(.rationalQuadratic, $1, Self.squaredDistance(x[0], row))
          }
        })
    }
    #expect(Support.isClose(witness, near(x) - near(y), 1e-10))
  }

  @Test func withoutADiscriminatorThereIsNoneToPunish() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 2], seed: 1)
    let player = try Player("generator", trains: [network], optimizer: "adam", batchUse: .latest)
    let parts = AdversarialGame(
      generator: network, discriminator: nil, latent: Latent(size: 2), objective: MomentMatching(.samples))
    #expect(try parts.game(generator: player, discriminator: nil).players.map(\.name) == ["generator"])
    let punished = AdversarialGame(
      generator: network, discriminator: nil, latent: Latent(size: 2), objective: MomentMatching(.samples),
      penalties: [("r1", ZeroCentered())])
    #expect(
      Support.message { _ = try punished.game(generator: player, discriminator: nil) }.contains("no discriminator"))
    let needy = AdversarialGame(
      generator: network, discriminator: nil, latent: Latent(size: 2), objective: Hinge())
    #expect(Support.message { _ = try needy.game(generator: player, discriminator: nil) }.contains("discriminator"))
  }
}
