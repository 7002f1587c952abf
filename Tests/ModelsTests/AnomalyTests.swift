import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Anomaly scores against the papers' formulas, on networks small enough to compute by hand.
@Suite struct AnomalyTests {
  // G(z) = A z + a, f(x) = B x + b, one logit behind it.
  private let a = [[0.5, -1], [2, 0.25], [-0.75, 1]]
  private let b = [[1.0, 0.5, -0.25], [-0.5, 2, 0.75]]
  private let biasA = [0.1, -0.2, 0.3]
  private let biasB = [0.4, -0.6]

  private func dense(_ rows: [[Double]], _ bias: [Double], _ seed: UInt64) throws -> Network {
    let network = try Network(
      sequential([SwiftGANModels.dense(rows[0].count, rows.count, initializer: "zeros")]), seed: seed)
    try set(network.parameters, rows, bias)
    return network
  }

  private func set(_ parameters: [Parameter], _ rows: [[Double]], _ bias: [Double]) throws {
    // Weights are stored as (in, out).
    let flat = rows[0].indices.flatMap { column in rows.map { $0[column] } }
    parameters[0].value = Tensor(flat).reshape([rows[0].count, rows.count]).cast(to: .float32)
    parameters[1].value = Tensor(bias).cast(to: .float32)
  }

  private func applied(_ rows: [[Double]], _ bias: [Double], _ x: [Double]) -> [Double] {
    zip(rows, bias).map { row, bias in zip(row, x).reduce(bias) { $0 + $1.0 * $1.1 } }
  }

  private func parts(_ latent: Latent = Latent(size: 2)) throws -> AdversarialGame {
    let discriminator = try Network(
      sequential([
        SwiftGANModels.dense(3, 2, initializer: "zeros"), SwiftGANModels.dense(2, 1, initializer: "glorot_uniform"),
      ]), seed: 2)
    try set(Array(discriminator.parameters[..<2]), b, biasB)
    return AdversarialGame(
      generator: try dense(a, biasA, 1), discriminator: discriminator, latent: latent, objective: NonSaturating())
  }

  private func tensor(_ rows: [[Double]]) -> Tensor {
    Tensor(rows.flatMap { $0 }).reshape([rows.count, rows[0].count]).cast(to: .float32)
  }

  private func mismatch(_ parts: AdversarialGame, _ norm: Mismatch.Norm) throws -> Mismatch {
    Mismatch(discriminator: try #require(parts.discriminator), norm: norm)
  }

  private func values(_ tensor: Tensor) throws -> [Double] { try tensor.cast(to: .float64).scalars(as: Double.self) }

  @Test func theLatentLossIsThePapers() throws {
    let parts = try parts()
    let loss = LatentLoss(parts: parts, mismatch: try mismatch(parts, .sumOfMagnitudes), weight: 0.1)
    let (z, x) = ([[0.3, -0.7], [1.5, 0.2]], [[1.0, 2, 3], [-1, 0.5, 0.25]])
    let expected = zip(z, x).map { z, x in
      let made = applied(a, biasA, z)
      let residual = zip(x, made).reduce(0) { $0 + abs($1.0 - $1.1) }
      let features = zip(applied(b, biasB, x), applied(b, biasB, made)).reduce(0) { $0 + abs($1.0 - $1.1) }
      return 0.9 * residual + 0.1 * features
    }
    let found = try loss(tensor(z), tensor(x), loss.mismatch.features(tensor(x)))
    #expect(Support.isClose(try values(found), expected, 1e-5))
  }

  @Test(arguments: EncoderLoss.Form.allCases) func theEncoderLossIsThePapers(_ form: EncoderLoss.Form) throws {
    let parts = try parts()
    // E(x) = C x + c.
    let (c, biasC) = ([[0.2, -0.4, 0.6], [0.1, 0.3, -0.5]], [0.05, -0.15])
    let encoder = try dense(c, biasC, 3)
    let loss = EncoderLoss(
      parts: parts, encoder: encoder, mismatch: try mismatch(parts, .meanOfSquares), form: form, weight: 0.7)
    let x = [[1.0, 2, 3], [-1, 0.5, 0.25], [0, 1, 0]]
    func mean(_ p: [Double], _ q: [Double]) -> Double {
      zip(p, q).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(p.count)
    }
    let residuals = x.map { mean($0, applied(a, biasA, applied(c, biasC, $0))) }
    let features = x.map {
      mean(applied(b, biasB, $0), applied(b, biasB, applied(a, biasA, applied(c, biasC, $0))))
    }
    #expect(
      Support.isClose(try values(loss.score(tensor(x))), zip(residuals, features).map { $0 + 0.7 * $1 }, 1e-5))

    let player = try Player("encoder", trains: [encoder], optimizer: "adam")
    let context = RoundContext(
      player: player, batch: try Batch([("x", tensor(x))]), state: GameState(), step: 0, key: RandomKey(seed: 5))
    let expected: Double
    switch form {
    case .images: expected = residuals.reduce(0, +) / 3
    case .imagesAndFeatures: expected = zip(residuals, features).reduce(0) { $0 + $1.0 + 0.7 * $1.1 } / 3
    case .noise:
      let noise = try values(parts.latent.sample(3, key: context.key("noise")))
      expected =
        (0..<3).map { row in
          let z = Array(noise[(2 * row)..<(2 * row + 2)])
          return mean(z, applied(c, biasC, applied(a, biasA, z)))
        }.reduce(0, +) / 3
    }
    #expect(Support.isClose(try values(loss(context)), [expected], 1e-5))
  }

  @Test func theSearchFindsWhatTheGeneratorMade() throws {
    let parts = try parts()
    let loss = LatentLoss(parts: parts, mismatch: try mismatch(parts, .sumOfMagnitudes), weight: 0.1)
    let rate: JSON = ["name": "cosine", "initial": 0.1, "steps": 300]
    let search = try LatentSearch(
      loss, steps: 300, learningRate: rate, starts: parts.latent.sample(8, key: RandomKey(seed: 1)))
    let noise = tensor([[0.3, -0.7], [1.5, 0.2], [-2, 1]])
    let (found, rest) = try withoutGradient { try search(parts.samples(of: noise)) }
    #expect(try (found - noise).abs().max().item() < 1e-2)
    #expect(try rest.max().item() < 1e-2)
    // Nothing that the generator makes is near to this.
    let far = try withoutGradient { try search(tensor([[9, 9, 9]])).loss }
    #expect(try far.item() > 5)
  }

  @Test func noiseOfALimitedRangeStaysInIt() throws {
    let parts = try parts(Latent(size: 2, distribution: .uniform))
    let loss = LatentLoss(parts: parts, mismatch: try mismatch(parts, .sumOfMagnitudes), weight: 0)
    let search = try LatentSearch(loss, steps: 60, learningRate: 0.1, starts: Tensor.zeros([1, 2]))
    let found = try withoutGradient { try search(tensor([[50, 50, 50]])).noise }
    #expect(try found.abs().max().item() == 1)
  }

  // MARK: Models

  private let small: [String: JSONObject] = [
    "anogan": ["width": 4, "batch_size": 16, "latent": 8, "search_steps": 5],
    "f_anogan": ["width": 4, "batch_size": 16, "latent": 8, "critic_steps": 1, "gan_epochs": nil],
  ]

  private func fitted(_ name: String, _ more: JSONObject = [:]) throws -> (Model, Tensor) {
    var options = small[name] ?? [:]
    for (key, value) in more { options[key] = value }
    let model = try Model.make(name, options)
    let images = try Digits.piece(0..<100).images
    try model.fit(images, steps: 4)
    return (model, images)
  }

  @Test(arguments: ["anogan", "f_anogan"]) func aRowsScoreIsItsOwnToTheBit(_ name: String) throws {
    let (model, images) = try fitted(name)
    for function in ["score_samples", "transform", "reconstruct", "decision_function"] {
      let all = try model.call(function, [images])
      for range in [0..<1, 7..<8, 5..<75, 99..<100] {
        let part = images.sliced(axis: 0, from: range.lowerBound, to: range.upperBound)
        let same = all.sliced(axis: 0, from: range.lowerBound, to: range.upperBound)
        #expect(try Support.bytes(model.call(function, [part])) == Support.bytes(same), "\(function) \(range)")
      }
    }
  }

  @Test(arguments: ["anogan", "f_anogan"]) func theThresholdIsAQuantileOfTheTrainingScores(_ name: String) throws {
    let (model, images) = try fitted(name, ["contamination": 0.25])
    let scores = try values(model.call("score_samples", [images])).sorted()
    // 0.25 of 99 intervals.
    let expected = 0.25 * scores[24] + 0.75 * scores[25]
    let offset = try values(model.call("offset"))[0]
    #expect(min(abs(offset - expected), abs(offset - (0.75 * scores[24] + 0.25 * scores[25]))) < 1e-6)
    #expect(offset > scores[24] && offset < scores[25])
    let predicted = try values(model.call("predict", [images]))
    #expect(predicted.filter { $0 == -1 }.count == 25 && predicted.filter { $0 == 1 }.count == 75)
    let (few, _) = try fitted(name, ["contamination": 0.25, "threshold_rows": 10])
    #expect(try values(few.call("offset"))[0] != offset)
  }

  @Test func aThresholdOfOtherWeightsIsRefused() throws {
    struct Enough: Error {}
    let (model, images) = try fitted("f_anogan")
    let stop = try PeriodicCallback(.steps(1)) { _, report in
      if report.step == 6 { throw Enough() }
    }
    #expect(throws: Enough.self) { try model.fit(images, steps: 9, callbacks: [stop]) }
    #expect(try model.call("score_samples", [images]).shape == [100])
    #expect(Support.message { _ = try model.call("predict", [images]) }.contains("no threshold for these weights"))
    try model.fit(images, steps: 0)
    _ = try model.call("predict", [images])
  }

  @Test func whatScoresCannotBeOfIsRefused() throws {
    let images = try Digits.piece(0..<64).images
    for (option, value) in [("pack", 2), ("minibatch_discrimination", 4)] as [(String, JSON)] {
      let model = try Model.make("anogan", ["width": 4, "batch_size": 16, option: value])
      #expect(Support.message { try model.fit(images, steps: 1) }.contains("\(option) \(value.text())"))
    }
    let model = try Model.make("anogan", ["width": 4, "batch_size": 16, "objective": "mmd"])
    #expect(Support.message { try model.fit(images, steps: 1) }.contains("discriminator"))
  }
}
