import SwiftGANCore
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The mixtures, the measures of coverage, and a training that covers.
@Suite struct MixtureTests {
  @Test(arguments: [(GaussianMixture2D.ring8, 8), (.grid25, 25)]) func aMixturesOwnSamplesCoverIt(
    _ mixture: GaussianMixture2D, _ count: Int
  ) throws {
    let samples = mixture.sample(20_000, key: RandomKey(seed: 1))
    #expect(samples.shape == [20_000, 2] && samples.dtype == .float32)
    let coverage = try mixture.coverage(of: samples)
    #expect(coverage.coveredModes == count && coverage.modeCount == count && coverage.sampleCount == 20_000)
    // Within 3 deviations of the centre in the plane: 1 - exp(-9/2).
    #expect(abs(coverage.highQualityShare - (1 - exp(-4.5))) < 4 * coverage.standardError)
    #expect(coverage.reverseKL < 0.002 && coverage.histogram.reduce(0, +) == 20_000)
    #expect(
      try Support.bytes(mixture.sample(5, key: RandomKey(seed: 1)))
        != Support.bytes(mixture.sample(5, key: RandomKey(seed: 2))))
  }

  @Test func theModesLieWhereTheyShould() {
    #expect(GaussianMixture2D.ring8.modes.allSatisfy { abs($0.x * $0.x + $0.y * $0.y - 1) < 1e-12 })
    let (first, third) = (GaussianMixture2D.ring8.modes[0], GaussianMixture2D.ring8.modes[2])
    #expect(first == (1, 0) && abs(third.x) < 1e-12 && third.y == 1)
    let grid = GaussianMixture2D.grid25.modes
    #expect(Set(grid.map(\.x)) == [-4, -2, 0, 2, 4] && Set(grid.map { $0.x * 100 + $0.y }).count == 25)
  }

  @Test func measuresOfKnownSamples() throws {
    let mixture = GaussianMixture2D(modes: [(0, 0), (10, 0)], deviation: 1)
    // Two good ones at the first mode, one just too far from the second.
    let coverage = try mixture.coverage(of: Tensor([0, 0, 0, 2.9, 10, 3.1] as [Double], shape: [3, 2]))
    #expect(coverage.coveredModes == 1 && coverage.histogram == [2, 1])
    #expect(Support.isClose(coverage.highQualityShare, 2.0 / 3))
    let expected = 2.0 / 3 * log(4.0 / 3) + 1.0 / 3 * log(2.0 / 3)
    #expect(Support.isClose(coverage.reverseKL, expected, 1e-12))
    let collapsed = try mixture.coverage(of: Tensor.zeros([50, 2]))
    #expect(Support.isClose(collapsed.reverseKL, log(2), 1e-12) && collapsed.highQualityShare == 1)
    #expect(Support.message { _ = try mixture.coverage(of: Tensor.zeros([3])) }.contains("(3,)"))
    #expect(Support.message { _ = try mixture.coverage(of: Tensor.full(.nan, [3, 2])) }.contains("NaN"))
    #expect(Support.message { _ = try mixture.coverage(of: Tensor.zeros([0, 2])) }.contains("at least one"))
  }

  /// A few hundred steps of WGAN-GP, with the authors' penalty weight for points, find the whole ring.
  @Test func trainingFindsAllModesOfTheRing() throws {
    let mixture = GaussianMixture2D.ring8
    let model = try Model.make(
      "wgan_gp",
      [
        "hidden": [64, 64], "batch_size": 128, "learning_rate": 2e-3, "beta1": 0.5, "ema": 0.95,
        "penalty": ["name": "gradient_penalty", "weight": 0.1],
      ])
    let trainer = try model.prepare(mixture.sample(10_000, key: RandomKey(seed: 1))).trainer
    let before = try mixture.coverage(of: model.sample(2_500, seed: 1))
    try trainer.fit(steps: 400)
    let after = try mixture.coverage(of: model.sample(2_500, seed: 1))
    #expect(after.coveredModes == 8 && after.coveredModes > before.coveredModes, "\(before) \(after)")
    #expect(after.reverseKL < 0.05 && after.highQualityShare > 0.1, "\(after)")
    let estimates = try #require(trainer.history["wasserstein"])
    #expect(estimates[399] > 0 && estimates[399] < 0.5 * (estimates.max() ?? 0), "the distance falls as training goes")
  }
}

/// The acceptance figure of WGAN-GP on points: most of the 25 modes, in at most two minutes.
@Suite struct GridTests {
  @Test(.timeLimit(.minutes(4))) func wassersteinWithPenaltyCoversTheGrid() throws {
    let mixture = GaussianMixture2D.grid25
    let model = try Model.make(
      "wgan_gp",
      [
        "hidden": [64, 64, 64], "latent": 4, "batch_size": 256, "learning_rate": 2e-3, "beta1": 0.5, "ema": 0.95,
        "penalty": ["name": "gradient_penalty", "weight": 0.1],
      ])
    let trainer = try model.prepare(mixture.sample(50_000, key: RandomKey(seed: 1))).trainer
    var (coverage, seconds) = (try mixture.coverage(of: model.sample(2_500, seed: 1)), 0.0)
    #expect(coverage.coveredModes < 20, "training has something to do")
    while seconds < 110, coverage.coveredModes < 20 || coverage.highQualityShare < 0.1 {
      seconds += try trainer.fit(steps: 250).seconds
      coverage = try mixture.coverage(of: model.sample(2_500, seed: 1))
    }
    print(
      "GRID25: \(coverage.coveredModes) of 25 modes, high quality \(coverage.highQualityShare), "
        + "reverse KL \(coverage.reverseKL), \(trainer.stepCount) steps, \(seconds) s")
    #expect(coverage.coveredModes >= 20, "\(coverage)")
    #expect(coverage.reverseKL < 0.1, "\(coverage)")
  }
}

/// Pictures.
@Suite struct ImageTests {
  @Test func gridsLayPicturesOutRowByRow() throws {
    let images = Tensor((1...3).flatMap { [UInt8](repeating: UInt8($0), count: 2) }, shape: [3, 1, 2, 1])
    let grid = imageGrid(images, columns: 2)
    #expect(grid.shape == [5, 7, 1])
    #expect(
      try grid.scalars(as: UInt8.self) == [
        0, 0, 0, 0, 0, 0, 0,
        0, 1, 1, 0, 2, 2, 0,
        0, 0, 0, 0, 0, 0, 0,
        0, 3, 3, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0,
      ])
    #expect(imageGrid(Tensor.zeros([2, 2]), columns: 2).error?.message.contains("(2, 2)") == true)
  }

  @Test func netpbmFiles() throws {
    let grey = try Netpbm.bytes(of: Tensor([1, 2, 3, 4, 5, 6] as [UInt8], shape: [2, 3]))
    #expect(grey == Array("P5\n3 2\n255\n".utf8) + [1, 2, 3, 4, 5, 6])
    let colour = try Netpbm.bytes(of: Tensor([9, 8, 7] as [UInt8], shape: [1, 1, 3]))
    #expect(colour == Array("P6\n1 1\n255\n".utf8) + [9, 8, 7])
    #expect(Support.message { _ = try Netpbm.bytes(of: Tensor.zeros([2, 2])) }.contains("float32"))
    #expect(Support.message { _ = try Netpbm.bytes(of: Tensor.zeros([2, 2, 2], dtype: .uint8)) }.contains("(2, 2, 2)"))
  }

  @Test func pathsTakeStepAndEpoch() {
    #expect(expand("a-{step}-{epoch}.pgm", step: 12, epoch: 3) == "a-000012-000003.pgm")
    #expect(expand("{steps}{{step}}", step: 1_234_567, epoch: 0) == "{steps}{1234567}")
  }
}
