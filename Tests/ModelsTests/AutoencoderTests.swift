import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Autoencoders, plain, denoising, hashing and variational.
@Suite struct AutoencoderTests {
  private func train(_ name: String, _ options: JSONObject, epochs: Int) throws -> (Model, Digits.Piece) {
    var options = options
    options["range"] = [0, 16]
    let model = try Model.make(name, options)
    let (train, test) = (try Digits.piece(0..<1_400), try Digits.piece(1_400..<1_797))
    try model.fit(train.images, targets: train.target(for: model), epochs: epochs)
    return (model, test)
  }

  /// Mean squared error of pixels in [0, 1] against that of the mean picture.
  private func unexplained(_ model: Model, _ images: Tensor, from input: Tensor? = nil) throws -> Double {
    let made = try model.call("reconstruct", [input ?? images]).cast(to: .float64)
    let real = images.cast(to: .float64)
    let spread = (real - real.mean(axes: [0], keepDims: true)).square().mean()
    return try ((made - real).square().mean() / spread).item()
  }

  @Test(arguments: ["mlp", "conv"]) func codesKeepWhatMatters(_ architecture: String) throws {
    let (model, test) = try train("autoencoder", ["architecture": JSON(architecture), "code": 16], epochs: 30)
    let rest = try unexplained(model, test.images)
    #expect(rest < 0.2, "\(rest) of the variance is lost")
    let codes = try model.call("transform", [test.images])
    #expect(codes.shape == [397, 16])
    let back = try model.call("inverse_transform", [codes])
    #expect(back.dtype == .uint8)
    #expect(try Support.bytes(back) == Support.bytes(model.call("reconstruct", [test.images])))
    // Noise is no digit.
    let noise = Tensor.randomIntegers([397, 8, 8, 1], low: 0, high: 17, key: RandomKey(seed: 1)).cast(to: .uint8)
    let (real, strange) = (try model.call("score_samples", [test.images]), try model.call("score_samples", [noise]))
    #expect(real.shape == [397])
    #expect(try real.mean().item() > strange.max().item())
    #expect(Support.message { _ = try model.call("inverse_transform", [Tensor.zeros([2, 5])]) }.contains("(N, 16)"))
  }

  /// A denoising autoencoder brings spoiled digits nearer to the clean ones than a plain one does.
  @Test func denoisingTakesNoiseAway() throws {
    let options: JSONObject = ["code": 32, "hidden": [128]]
    let (plain, test) = try train("autoencoder", options, epochs: 25)
    var noisy = options
    (noisy["noise"], noisy["noise_level"]) = ("masking", 0.3)
    let (denoising, _) = try train("autoencoder", noisy, epochs: 25)
    let kept = (Tensor.randomUniform(test.images.shape, key: RandomKey(seed: 5)) .>= 0.3).cast(to: .uint8)
    let spoiled = test.images * kept
    let (before, after) = (
      try unexplained(plain, test.images, from: spoiled), try unexplained(denoising, test.images, from: spoiled)
    )
    #expect(after < 0.8 * before, "\(after) against \(before)")
  }

  @Test func corruptionDoesWhatItSays() throws {
    let x = Tensor.full(0.5, [4_000])
    func spoiled(_ kind: Corruption) throws -> [Float] {
      try kind(x, level: 0.4, bounds: 0...1, key: RandomKey(seed: 3)).scalars()
    }
    let masked = try spoiled(.masking)
    #expect(Set(masked) == [0, 0.5] && abs(masked.filter { $0 == 0 }.count - 1_600) < 130)
    let salted = try spoiled(.saltAndPepper)
    #expect(Set(salted) == [0, 0.5, 1] && abs(salted.filter { $0 == 1 }.count - 800) < 110)
    let noisy = try Tensor(spoiled(.gaussian))
    #expect(try abs(noisy.mean().item() - 0.5) < 0.03 && abs(noisy.variance().sqrt().item() - 0.4) < 0.02)
    #expect(try spoiled(.none) == [Float](repeating: 0.5, count: 4_000))
  }

  @Test func optionsThatDoNotFitTheDataAreRefused() throws {
    func message(_ name: String, _ options: JSONObject, _ data: Tensor = Support.points) -> String {
      Support.message { try Model.make(name, options).fit(data, steps: 1) }
    }
    #expect(message("autoencoder", ["loss": "cross_entropy"]).contains("cross_entropy"))
    #expect(message("autoencoder", ["noise": "salt_and_pepper"]).contains("gaussian"))
    #expect(message("autoencoder", ["noise": "masking", "noise_level": 2]).contains("from 0 to 1, not 2"))
    #expect(message("autoencoder", ["architecture": "conv"]).contains("images"))
    #expect(message("vae", ["likelihood": "bernoulli"]).contains("bernoulli"))
    #expect(Support.message { _ = try Model.make("semantic_hashing", ["code": 12]) }.contains("multiple of 8"))
  }

  // MARK: Hashing

  @Test(arguments: [0, 1, 2, 3], [1, 2, 9, 16]) func pairsAreThoseOfAllComparisons(_ radius: Int, _ bytes: Int) throws {
    // Few distinct bits, so that there are pairs at every distance.
    let codes = Tensor.randomIntegers([150, bytes], low: 0, high: bytes > 2 ? 2 : 256, key: RandomKey(seed: 7))
      .cast(to: .uint8)
    let rows = try codes.scalars(as: UInt8.self)
    var expected: [Int64] = []
    for a in 0..<150 {
      for b in (a + 1)..<150 {
        let distance = (0..<bytes).reduce(0) { $0 + (rows[a * bytes + $1] ^ rows[b * bytes + $1]).nonzeroBitCount }
        if distance <= radius { expected += [Int64(a), Int64(b)] }
      }
    }
    let pairs = try NearDuplicates(codes, radius: radius).pairs()
    #expect(pairs.shape == [expected.count / 2, 2])
    #expect(try pairs.scalars(as: Int64.self) == expected)
  }

  @Test func bitsArePackedAsNumPyDoes() throws {
    let bits = Tensor(
      [true, false, false, false, false, false, true, true, false, true] + [Bool](repeating: false, count: 6))
    #expect(try packedBits(bits.reshape([1, 16])).scalars(as: UInt8.self) == [131, 64])
  }

  @Test func plantedDuplicatesAreFound() throws {
    let digits = try Digits.piece(0..<1_200)
    let model = try Model.make("semantic_hashing", ["range": [0, 16], "code": 64, "batch_size": 32])
    try model.fit(digits.images, epochs: 30)
    let hashes = try model.call("hash", [digits.images])
    #expect(hashes.shape == [1_200, 8] && hashes.dtype == .uint8)
    // One grey level more or less in a few pixels.
    let originals = digits.images.sliced(axis: 0, from: 0, to: 100)
    let change = (Tensor.randomUniform(originals.shape, key: RandomKey(seed: 2)) .< 0.1).cast(to: .int32)
    let copies = (originals.cast(to: .int32) + change).clip(min: 0, max: 16).cast(to: .uint8)
    let all = Tensor.concatenate([digits.images, copies], axis: 0)
    let pairs = try model.call("find_duplicates", [all], ["radius": 2]).scalars(as: Int64.self)
    let found = stride(from: 0, to: pairs.count, by: 2).map { (pairs[$0], pairs[$0 + 1]) }
    let right = found.filter { $0.1 == $0.0 + 1_200 }
    #expect(right.count >= 80, "\(right.count) of 100 copies")
    // Digits as small as these have a few natural twins.
    #expect(Double(right.count) / Double(max(1, found.count)) > 0.7, "\(found.count) pairs")
  }

  // MARK: Variational

  @Test(arguments: ["mlp", "conv"]) func theBoundRisesAndSamplesAreLikeDigits(_ architecture: String) throws {
    let options: JSONObject = ["architecture": JSON(architecture), "latent": 8, "hidden": [128], "validation": 0.1]
    let (model, test) = try train("vae", options, epochs: 40)
    let history = try model.built.trainer.history
    let elbo = try #require(history["elbo"])
    #expect(try #require(history["validation_elbo"]?.last) > -27)
    #expect(elbo[0] < -35 && (elbo.last ?? 0) > -27, "\(elbo[0]) to \(elbo.last ?? 0)")
    let one = try model.call("score_samples", [test.images])
    let many = try model.call("score_samples", [test.images], ["k": 50])
    // The tighter bound is above in the mean.
    #expect(try many.mean().item() > one.mean().item() + 0.05)
    let noise = Tensor.randomIntegers([397, 8, 8, 1], low: 0, high: 17, key: RandomKey(seed: 1)).cast(to: .uint8)
    let samples = try model.sample(397, seed: 3)
    func score(_ x: Tensor) throws -> Double { try model.call("score_samples", [x], ["k": 10]).mean().item() }
    #expect(try score(samples) > score(noise) + 20)
    #expect(try model.call("transform", [test.images]).shape == [397, 8])
    #expect(try unexplained(model, test.images) < 0.65)
  }

  /// With a decoder that ignores the noise the bound is the likelihood itself: the law of each feature alone.
  @Test func theBoundIsInTheUnitsOfTheData() throws {
    let data = Tensor.randomNormal([2_000, 2], key: RandomKey(seed: 1), dtype: .float64) * Tensor([10.0, 0.1]) + 3
    let model = try Model.make("vae", ["latent": 1, "hidden": [32]])
    try model.fit(data, epochs: 15)
    // Minus the entropy of two normal laws with standard deviations 10 and 0.1: -(1 + log 2 pi).
    let score = try model.call("score_samples", [data], ["k": 20]).mean().item()
    #expect(abs(score + 2.8379) < 0.1, "\(score)")
    let samples = try model.sample(2_000, seed: 1)
    let deviation = try samples.variance(axes: [0]).sqrt().scalars(as: Double.self)
    #expect(abs(deviation[0] - 10) < 1.2 && abs(deviation[1] - 0.1) < 0.012, "\(deviation)")
  }

  /// Samples of a class are read as that class by a classifier that saw real digits only.
  @Test func samplesOfAClassAreOfThatClass() throws {
    let (model, test) = try train("cvae", ["latent": 8, "hidden": [256]], epochs: 40)
    let (classifier, _) = try train("mlp_classifier", [:], epochs: 40)
    let labels = Tensor((0..<500).map { Int32($0 % 10) })
    let samples = try model.sample(500, labels: labels, seed: 1)
    let read = try classifier.call("predict", [samples])
    let share = try (read .== labels).cast(to: .float64).mean().item()
    #expect(share > 0.9, "\(share)")
    // A digit is likelier under its own label than under the next.
    let wrong = (test.labels + 1).cast(to: .int32)
    let others = Tensor.select(wrong .== 10, wrong.zerosLike, wrong)
    let right = try model.call("score_samples", [test.images, test.labels], ["k": 5])
    let mistaken = try model.call("score_samples", [test.images, others], ["k": 5])
    #expect(try (right .> mistaken).cast(to: .float64).mean().item() > 0.9)
    #expect(
      try Support.bytes(model.sample(5, labels: labels.sliced(axis: 0, from: 0, to: 5), seed: 1))
        != Support.bytes(model.sample(5, seed: 1)))
    #expect(Support.message { _ = try model.sample(3, labels: labels, seed: 1) }.contains("(3,)"))
    #expect(Support.message { _ = try model.call("transform", [test.images]) }.contains("X, y"))
    let fewer = test.labels.sliced(axis: 0, from: 0, to: 3)
    #expect(Support.message { _ = try model.call("transform", [test.images, fewer]) }.contains("397"))
  }
}
