import SwiftGANCore
import SwiftGANKernels
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The zoo from the outside: options, data, samples.
@Suite struct ModelTests {
  private let images = Tensor.randomUniform([40, 8, 8], key: RandomKey(seed: 1))

  // MARK: Options

  @Test func theRegistryKnowsTheZoo() throws {
    #expect(ModelRegistry.shared.names.prefix(3) == ["gan", "dcgan", "wgan_gp"])
    let unknown = Support.message { _ = try Model.make("dc_gan") }
    #expect(unknown.contains("dcgan") && unknown.contains("wgan_gp"))
    let option = Support.message { _ = try Model.make("dcgan", ["learningrate": 1]) }
    #expect(option.contains("learning_rate") && option.contains("widths") && option.contains("critic_steps"))
    #expect(Support.message { _ = try Model.make("gan", ["batch_size": 0]) }.contains("batch_size"))
    #expect(Support.message { _ = try Model.make("gan", ["ema": 1]) }.contains("ema"))
    #expect(Support.message { _ = try Model.make("gan", ["objective": "wasserstien"]) }.contains("wasserstein"))
  }

  @Test func defaultsAreThePapers() throws {
    let dcgan = try Model.make("dcgan").options
    #expect(try dcgan.double("learning_rate") == 2e-4 && dcgan.double("beta1") == 0.5 && dcgan.int("batch_size") == 128)
    #expect(try dcgan.string("latent_distribution") == "uniform" && dcgan.int("latent") == 100)
    let gan = try Model.make("gan").options
    #expect(try gan.double("learning_rate") == 1e-3 && gan.ints("hidden") == [128] && gan.int("batch_size") == 128)
    for name in ["wgan", "mmd_gan"] {
      let clipped = try Model.make(name).options
      #expect(try clipped.double("clip_weights") == 0.01 && clipped.int("critic_steps") == 5)
      #expect(try clipped.string("optimizer") == "rmsprop" && clipped.double("learning_rate") == 5e-5)
    }
    let least = try Model.make("lsgan").options.json("objective")
    #expect(least == ["name": "least_squares", "a": 0, "b": 1, "c": 1], "\(least)")
    let wgan = try Model.make("wgan_gp").options
    #expect(try wgan.json("objective")["name"] == "wasserstein" && wgan.json("penalty") == "auto")
    #expect(try wgan.int("critic_steps") == 5 && wgan.double("beta1") == 0 && wgan.double("beta2") == 0.9)
  }

  /// The authors' code weighs the slope of toys in the plane 0.1, of images 10; what the user sets stays.
  @Test func theDefaultPenaltyOfWGANGPDependsOnTheData() throws {
    func penalty(_ options: JSONObject, _ data: Tensor) throws -> Double {
      var options = options
      (options["batch_size"], options["width"], options["hidden"]) = (4, 4, [4])
      let trainer = try Model.make("wgan_gp", options).prepare(data).trainer
      return try #require(try trainer.step()["gradient_penalty"])
    }
    for (data, expected) in [(images, 10.0), (Support.points, 0.1)] {
      let given: JSON = ["name": "gradient_penalty", "weight": JSON(expected)]
      #expect(try penalty([:], data) == penalty(["penalty": given], data))
      #expect(try penalty(["penalty": "auto"], data) == penalty(["penalty": given], data))
      let ten: JSON = ["name": "gradient_penalty", "weight": 10]
      #expect(try penalty(["penalty": "gradient_penalty"], data) == penalty(["penalty": ten], data))
    }
    #expect(try Model.make("wgan_gp", ["penalty": nil]).options.json("penalty").isNull)
    #expect(Support.message { _ = try Model.make("wgan_gp", ["penalty": 10]) }.contains("'auto'"))
    #expect(Support.message { _ = try Model.make("gan", ["penalty": "auto"]) }.contains("gradient_penalty"))
  }

  // MARK: Networks

  private func parameters(_ network: Network) -> Int { network.parameterCount }

  @Test func dcganFor28IsTheReferenceNetwork() throws {
    let built = try Model.make("dcgan", ["batch_size": 4]).prepare(Tensor.zeros([4, 28, 28]))
    // Dense 100 -> 7*7*128, two transposed convolutions of 4 by 4, two batch norms; no bias before a norm.
    #expect(built.generator.parameterCount == 100 * 6272 + 256 + 16 * 128 * 64 + 128 + 16 * 64 + 1)
    #expect(built.discriminator.parameterCount == 16 * 64 + 64 + 16 * 64 * 128 + 256 + 6272 + 1)
    let names = built.discriminator.parameters.map(\.name)
    #expect(names.contains("0.weight") && names.contains("0.bias") && !names.contains("2.bias"))
    let weight = try #require(built.generator.store["4.weight"]).value
    #expect(abs(try weight.variance().sqrt().item() - 0.02) < 5e-4)
  }

  @Test(arguments: [
    (8, [2, 2]), (16, [4, 2]), (28, [7, 2]), (32, [4, 3]), (64, [4, 4]), (12, [3, 2]), (20, [5, 2]), (6, [3, 1]),
  ]) func planForSize(_ size: Int, _ expected: [Int]) throws {
    let plan = try ConvolutionalPlan(shape: [size, size, 3], width: 16, widths: nil, alternative: "'gan'")
    #expect(plan.base == (expected[0], expected[0]) && plan.widths.count == expected[1])
    #expect(plan.widths.last == 16 && plan.widths.first == 16 << (expected[1] - 1))
  }

  @Test(arguments: [[8, 8, 1], [16, 16, 3], [28, 28, 1], [12, 24, 2], [32, 32, 3]]) func dcganMakesItsDatasShape(
    _ shape: [Int]
  ) throws {
    let data = Tensor.randomUniform([8] + shape, key: RandomKey(seed: 1))
    let model = try Model.make("dcgan", ["width": 4, "batch_size": 4])
    try model.fit(data, steps: 1)
    let samples = try model.sample(3, seed: 1)
    #expect(samples.shape == [3] + shape && samples.dtype == .float32)
    #expect(try samples.min().item() >= 0 && samples.max().item() <= 1)
  }

  @Test func sizesThatCannotBeHalvedAreRefusedInWords() throws {
    let odd = Support.message { try Model.make("dcgan", ["batch_size": 2]).prepare(Tensor.zeros([4, 9, 9])) }
    #expect(odd.contains("9 by 9") && odd.contains("gan"))
    let vectors = Support.message { try Model.make("dcgan", ["batch_size": 2]).prepare(Tensor.zeros([4, 9])) }
    #expect(vectors.contains("(9,)") && vectors.contains("wgan_gp"))
    let widths = Support.message {
      try Model.make("dcgan", ["batch_size": 2, "widths": [8, 8, 8, 8]]).prepare(Tensor.zeros([4, 8, 8]))
    }
    #expect(widths.contains("4 times"))
    let chosen = try Model.make("dcgan", ["batch_size": 2, "widths": [24]]).prepare(images)
    #expect(chosen.generator.parameters.first?.shape == [100, 4 * 4 * 24])
  }

  @Test func pointsGetThePaperToysNetworks() throws {
    let built = try Model.make("wgan_gp").prepare(Support.points)
    #expect(built.latent?.size == 2)
    #expect(built.generator.parameterCount == 2 * 512 + 512 + 2 * (512 * 512 + 512) + 512 * 2 + 2)
    #expect(built.discriminator.parameterCount == 2 * 512 + 512 + 2 * (512 * 512 + 512) + 512 + 1)
  }

  @Test func aCriticWithPenaltyHasNoBatchNorm() throws {
    for norm in ["none", "layer"] {
      let built = try Model.make("wgan_gp", ["width": 4, "batch_size": 4, "critic_norm": JSON(norm)]).prepare(images)
      let names = built.discriminator.parameters.map(\.name)
      #expect(!names.contains { $0.contains("running") })
      #expect(names.count == (norm == "none" ? 6 : 8))
      #expect(built.generator.parameters.contains { $0.name.contains("running") })
    }
  }

  // MARK: Every option on every model

  struct Combination: CustomTestStringConvertible, Sendable {
    let model: String
    let options: JSONObject
    var testDescription: String { "\(model) \(JSON.object(options).text())" }
  }

  static let combinations = ["gan", "dcgan", "wgan_gp"].flatMap { model in
    ([
      ["objective": "minimax"], ["objective": "hinge", "ema": 0.9], ["objective": "least_squares", "penalty": nil],
      ["objective": "wasserstein", "clip_weights": 0.01, "penalty": nil, "critic_steps": 2, "optimizer": "rmsprop"],
      ["penalty": ["name": "gradient_penalty", "one_sided": true]], ["penalty": "dragan", "pack": 2], ["penalty": "r1"],
      ["optimizer": "sgd", "optimizer_options": ["momentum": 0.9], "discriminator_learning_rate": 1e-3],
      ["latent": 3, "latent_distribution": "normal", "last_batch": "wrap", "output": "tanh"],
      ["unroll": 2], ["unroll": 1, "optimizer": "sgd", "pack": 2], ["augment": ["color", "translation", "cutout"]],
    ] as [JSONObject]).map { Combination(model: model, options: $0) }
  }

  @Test(arguments: combinations) func trainsAndSamples(_ one: Combination) throws {
    var options = one.options
    options["batch_size"] = 8
    options["range"] = [0, 1]
    if one.model == "dcgan" || one.model == "wgan_gp" { options["width"] = 4 }
    if one.model == "wgan_gp" { options["critic_steps"] = options["critic_steps"] ?? 2 }
    let model = try Model.make(one.model, options)
    try model.fit(images, steps: 2)
    #expect(try model.sample(5, seed: 1).isFinite().all().item() == 1)
    #expect(try model.discriminate(images).shape == [40 / (options["pack"]?.intValue ?? 1)])
    let names = try model.built.trainer.history.names
    #expect(names.contains("discriminator_loss") && names.contains("generator_loss"))
    if let penalty = one.options["penalty"], !penalty.isNull {
      #expect(names.contains(try #require(penalty.stringValue ?? penalty["name"]?.stringValue)))
    }
  }

  /// The root of a mean square of 0 has no slope: without `epsilon_root` the weights were NaN after a few steps.
  @Test(arguments: ["adam", "rmsprop"]) func unrollingStaysFinite(_ optimizer: String) throws {
    let model = try Model.make("gan", ["hidden": [8], "batch_size": 4, "unroll": 3, "optimizer": JSON(optimizer)])
    try model.fit(images, steps: 12)
    #expect(try model.sample(5, seed: 1).isFinite().all().item() == 1)
  }

  // MARK: Samples

  @Test func samplesComeBackInTheDatasRangeAndType() throws {
    let pixels = Tensor([UInt8](repeating: 9, count: 640), shape: [10, 8, 8])
    let cases: [(Tensor, JSON)] = [
      (pixels, "auto"), (pixels, [0, 16]), (images.cast(to: .float64), "auto"), (images * 2 - 1, "auto"),
      (images.reshape([40, 64]), "auto"),
    ]
    for (data, range) in cases {
      let model = try Model.make("gan", ["batch_size": 4, "range": range])
      try model.fit(data, steps: 1)
      let samples = try model.sample(7, seed: 2)
      #expect(samples.dtype == data.dtype && samples.shape == [7] + data.shape.dropFirst())
      if range != "auto" { #expect(try samples.max().item() <= 16) }
    }
  }

  @Test func samplesDependOnTheirKeyAndPlaceAlone() throws {
    let model = try Support.smallModel()
    try model.fit(Support.points, steps: 1)
    let (few, many) = (try model.sample(10, seed: 4), try model.sample(600, seed: 4))
    #expect(try (many.sliced(axis: 0, from: 0, to: 10) - few).abs().max().item() < 1e-6)
    #expect(try Support.bytes(model.sample(10, seed: 4)) == Support.bytes(few))
    #expect(try Support.bytes(model.sample(10, seed: 5)) != Support.bytes(few))
    // The second chunk is not the first again.
    #expect(try (many.sliced(axis: 0, from: 256, to: 266) - few).abs().max().item() > 1e-3)
  }

  @Test func samplingTakesTheAverageAndEvaluationMode() throws {
    let model = try Model.make("dcgan", ["width": 4, "batch_size": 8, "ema": 0.5])
    try model.fit(images, steps: 3)
    let built = try model.built
    let before = try Support.bytes(built.generator.parameters[1].value)
    let noise = try #require(built.latent).sample(2, key: RandomKey(seed: 1))
    let own = built.data.userSamples(built.generator.evaluating { built.generator(noise) })
    let averaged = try model.generate(from: noise)
    #expect(try (own - averaged).abs().max().item() > 1e-7)
    #expect(try Support.bytes(built.generator.parameters[1].value) == before)
    // In evaluation mode a sample does not depend on its neighbours.
    let alone = try model.generate(from: noise.sliced(axis: 0, from: 0, to: 1))
    #expect(try (alone - averaged.sliced(axis: 0, from: 0, to: 1)).abs().max().item() < 1e-6)
  }

  @Test func misuseIsRefusedInWords() throws {
    let model = try Support.smallModel()
    #expect(Support.message { _ = try model.sample(1, seed: 1) }.contains("not been trained"))
    #expect(Support.message { try model.save(to: Support.temporaryPath("never")) }.contains("not been trained"))
    try model.fit(Support.points, steps: 1)
    #expect(Support.message { _ = try model.sample(0, seed: 1) }.contains("0"))
    #expect(Support.message { _ = try model.sample(-5, seed: 1) }.contains("-5"))
    #expect(Support.message { _ = try model.sample(Int.max / 4, seed: 1) } != "")
    #expect(Support.message { _ = try model.generate(from: Tensor.zeros([2, 5])) }.contains("(N, 4)"))
    #expect(Support.message { _ = try model.samplePixels(1, key: RandomKey(seed: 1)) }.contains("vectors"))
    #expect(Support.message { try model.prepare(Tensor.zeros([50, 3])) }.contains("(2,)"))
    #expect(Support.message { try model.prepare(Tensor.zeros([50, 2], dtype: .float64)) }.contains("float64"))
    #expect(Support.message { try model.prepare(Tensor.full(.nan, [50, 2])) }.contains("row 0"))
    #expect(Support.message { try model.prepare(Tensor.zeros([0, 2])) }.contains("empty"))
    #expect(Support.message { try Support.smallModel(["batch_size": 301]).prepare(Support.points) }.contains("301"))
    #expect(Support.message { try Support.smallModel(["pack": 3]).prepare(Support.points) }.contains("multiple"))
  }

  /// Two fits are one twice as long: positions in the data carry over.
  @Test func fittingAgainGoesOn() throws {
    let (once, twice) = (try Support.smallModel(), try Support.smallModel())
    try once.fit(Support.points, steps: 24)
    try twice.fit(Support.points, steps: 11)
    try twice.fit(Support.points, steps: 13)
    #expect(try Support.bits(of: once) == Support.bits(of: twice))
    let fewer = Support.points.sliced(axis: 0, from: 0, to: 100)
    try twice.fit(fewer, epochs: 2)
    #expect(try twice.built.trainer.stepCount == 24 + 2 * 3)
  }

  // MARK: Packing

  @Test func packingJoinsConsecutiveSamplesByChannels() throws {
    let x = Tensor((0..<24).map { Float($0) }, shape: [4, 3, 2])
    let packed = try Packing.pack(x, 2)
    #expect(packed.shape == [2, 3, 4])
    #expect(
      try packed.sliced(axis: 0, from: 0, to: 1).scalars(as: Float.self) == [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11])
    #expect(try Packing.pack(Tensor.zeros([6, 5]), 3).shape == [2, 15])
    let message = Support.message { _ = try Packing.pack(Tensor.zeros([16, 5]), 3) }
    #expect(message.contains("16 samples") && message.contains("pack 3"), "\(message)")
    #expect(Packing.packedShape([8, 8, 3], 2) == [8, 8, 6])
  }

  // MARK: Reproducibility

  @Test func theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() throws {
    func train(_ name: String, _ options: JSONObject, _ data: Tensor, threads: Int32, steps: Int) throws -> [UInt8] {
      let before = sgk_num_threads()
      sgk_set_num_threads(threads)
      defer { sgk_set_num_threads(before) }
      let model = try Model.make(name, options)
      try model.fit(data, steps: steps)
      return try Support.bits(of: model)
    }
    let points = Support.points
    let gan: JSONObject = ["hidden": [64, 64], "batch_size": 128]
    let one = try train("gan", gan, points, threads: 1, steps: 50)
    #expect(try train("gan", gan, points, threads: 2, steps: 50) == one)
    #expect(
      try train("gan", ["hidden": [64, 64], "batch_size": 128, "seed": 1], points, threads: 1, steps: 50) != one)
    let dcgan: JSONObject = ["width": 8, "batch_size": 16, "ema": 0.9]
    #expect(
      try train("dcgan", dcgan, images, threads: 1, steps: 50) == train("dcgan", dcgan, images, threads: 2, steps: 50))
    let wgan: JSONObject = ["hidden": [64, 64], "batch_size": 64]
    #expect(
      try train("wgan_gp", wgan, points, threads: 1, steps: 50)
        == train("wgan_gp", wgan, points, threads: 2, steps: 50))
  }

  // MARK: Threads

  /// A model that a test shares between threads, which is what it promises to stand.
  private final class Shared: @unchecked Sendable {
    let model: Model
    let lock = FairLock()
    var errors: [String] = []
    var samples = 0
    init(_ model: Model) { self.model = model }
  }

  @Test func samplingWhileAnotherThreadTrainsChangesNothing() throws {
    let alone = try Support.smallModel(["ema": 0.9])
    try alone.fit(Support.points, steps: 200)
    let shared = Shared(try Support.smallModel(["ema": 0.9]))
    try shared.model.prepare(Support.points)
    let threads = (0..<2).map { index in
      Thread {
        do {
          while try shared.model.built.trainer.stepCount < 200 {
            let samples = try shared.model.sample(20, seed: UInt64(index))
            _ = try shared.model.discriminate(samples)
            guard try samples.isFinite().all().item() == 1 else { throw TensorError(.state, "not finite") }
            shared.lock.withLock { shared.samples += 1 }
          }
        } catch {
          shared.lock.withLock { shared.errors.append("\(error)") }
        }
      }
    }
    // Training takes milliseconds, which a thread may need to begin.
    while shared.lock.withLock({ shared.samples == 0 && shared.errors.isEmpty }) { sched_yield() }
    try shared.model.built.trainer.fit(steps: 200)
    for thread in threads { thread.join() }
    #expect(shared.errors.isEmpty && shared.samples > 0)
    #expect(try Support.bits(of: shared.model) == Support.bits(of: alone))
  }

  @Test func onlyOneThreadTrains() throws {
    let shared = Shared(try Support.smallModel())
    try shared.model.prepare(Support.points)
    let second = EventCallback { event in
      guard event.step == 2, event.kind == .step else { return false }
      let thread = Thread {
        shared.errors.append(Support.message { try shared.model.built.trainer.fit(steps: 1) })
      }
      thread.join()
      return false
    }
    try shared.model.fit(Support.points, steps: 4, callbacks: [second])
    #expect(shared.errors.count == 1 && shared.errors[0].contains("already running"))
    #expect(try shared.model.built.trainer.stepCount == 4)
  }
}
