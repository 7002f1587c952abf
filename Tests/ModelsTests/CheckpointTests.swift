import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files: training resumes with the same bits, and a damaged or foreign file does no harm.
@Suite struct CheckpointTests {
  private let images = Tensor.randomUniform([40, 8, 8], key: RandomKey(seed: 1))

  private func withFile(_ body: (String) throws -> Void) throws {
    let path = Support.temporaryPath("checkpoint.safetensors")
    defer { unlink(path) }
    try body(path)
  }

  static let models: [(String, JSONObject)] = [
    ("gan", ["hidden": [16], "batch_size": 32, "ema": 0.9]),
    ("dcgan", ["width": 4, "batch_size": 16, "ema": 0.9, "last_batch": "wrap"]),
    ("wgan_gp", ["width": 4, "batch_size": 8, "critic_steps": 2]),
    (
      "gan",
      [
        "hidden": [16], "batch_size": 32, "optimizer": "rmsprop", "clip_weights": 0.1,
        "learning_rate": ["name": "cosine", "initial": 1e-3, "steps": 15],
      ]
    ),
  ]

  @Test(arguments: 0..<4) func tenAndTenStepsAreTwenty(_ index: Int) throws {
    let (name, options) = CheckpointTests.models[index]
    try withFile { path in
      let through = try Model.make(name, options)
      try through.fit(images, steps: 20)

      let first = try Model.make(name, options)
      try first.fit(images, steps: 10)
      try first.save(to: path)
      let second = try Model.load(path)
      #expect(try Support.bytes(second.sample(4, seed: 1)) == Support.bytes(first.sample(4, seed: 1)))
      #expect(try second.built.trainer.stepCount == 10)
      try second.fit(images, steps: 10)

      #expect(try Support.bits(of: second) == Support.bits(of: through))
      let (a, b) = (try through.built.trainer.history, try second.built.trainer.history)
      #expect(a.steps == b.steps && a.names == b.names)
      for name in a.names { #expect(a[name] == b[name]) }
      #expect(try second.built.trainer.epoch == through.built.trainer.epoch)
    }
  }

  @Test func aFileHoldsNameOptionsAndTheDatasRange() throws {
    try withFile { path in
      let model = try Model.make("gan", ["hidden": [8], "batch_size": 4, "range": [0, 16]])
      try model.fit(Tensor([UInt8](repeating: 9, count: 640), shape: [10, 8, 8]), steps: 2)
      try model.save(to: path)
      let loaded = try Model.load(path)
      #expect(loaded.name == "gan" && loaded.options.values == model.options.values)
      let samples = try loaded.sample(2, seed: 1)
      #expect(samples.dtype == .uint8 && samples.shape == [2, 8, 8])
      #expect(try samples.max().item() <= 16)
    }
  }

  /// Games made by hand have no name; their trainer saves and loads all the same, dropout's random numbers included.
  @Test func aGameMadeByHandResumesToo() throws {
    func trainer() throws -> Trainer {
      let network = try Network(
        sequential([
          dense(2, 8, initializer: "glorot_uniform"), ["name": "dropout", "p": 0.5],
          dense(8, 1, initializer: "glorot_uniform"),
        ]), seed: 1)
      let player = try Player("solo", trains: [network], optimizer: ["name": "adam"], averageDecay: 0.5)
      let game = try Game(
        networks: [("net", network)], players: [player],
        losses: [
          "solo": { context in
            context.state["balance"] = (context.state["balance"] ?? Tensor(0)) * 0.5 + 1
            return (network(context.batch.real).square().mean() - 1).square()
          }
        ],
        state: GameState([("balance", Tensor(0))]))
      return Trainer(game, data: try Dataset(Support.points, batchSize: 64, seed: 2), seed: 3)
    }
    func bits(_ trainer: Trainer) throws -> [UInt8] {
      try TrainingState(of: trainer).tensors.flatMap { try Support.bytes($0.tensor) }
    }
    try withFile { path in
      let through = try trainer()
      try through.fit(steps: 12)
      let first = try trainer()
      try first.fit(steps: 5)
      try first.save(to: path)
      let second = try trainer()
      try second.fit(steps: 3)
      try second.load(from: path)
      try second.fit(steps: 7)
      #expect(try bits(second) == bits(through))
      #expect(Support.message { _ = try Model.load(path) }.contains("made by hand"))
    }
  }

  @Test func damagedAndForeignFilesAreRefusedAndChangeNothing() throws {
    try withFile { path in
      let model = try Support.smallModel()
      try model.fit(Support.points, steps: 3)
      try model.save(to: path)
      let good = try File.read(path)
      let before = try Support.bits(of: model)
      let trainer = try model.built.trainer

      func why(_ bytes: [UInt8]) throws -> String {
        try AtomicFile.write(path, chunks: [bytes])
        let loading = Support.message { _ = try Model.load(path) }
        #expect(loading.contains(path))
        #expect(Support.message { try trainer.load(from: path) }.contains(path))
        return loading
      }
      for length in [0, 5, 8, 100, good.count / 2, good.count - 1] { _ = try why(Array(good.prefix(length))) }
      for position in [good.count - 1, good.count / 2, good.count - 1000] {
        var flipped = good
        flipped[position] ^= 0x40
        #expect(try why(flipped).contains("damaged"))
      }
      #expect(try why(good + [0]).contains("no tensor"))
      #expect(try why(Array("hello, this is no model at all, but some text".utf8)) != "")

      try Safetensors.write(model.built.network("generator").state, to: path)
      #expect(Support.message { _ = try Model.load(path) }.contains("no training state"))
      #expect(Support.message { _ = try Model.load("/nonexistent/x") }.contains("/nonexistent/x"))
      #expect(Support.message { try model.save(to: "/nonexistent/x") }.contains("/nonexistent/x"))
      #expect(try Support.bits(of: model) == before)
    }
  }

  @Test func aTamperedHeaderIsNoticed() throws {
    try withFile { path in
      let model = try Support.smallModel()
      try model.fit(Support.points, steps: 1)
      try model.save(to: path)
      let file = try Safetensors.read(path)
      let text = try #require(file.metadata["swiftgan"])
      var header = try #require(try JSON.parse(text).objectValue)
      header["version"] = 99
      try Safetensors.write(file.tensors, metadata: ["swiftgan": JSON.object(header).text()], to: path)
      #expect(Support.message { _ = try Model.load(path) }.contains("version 99"))
      header["version"] = 1
      header["content"] = ["model": "dcgan"]
      try Safetensors.write(file.tensors, metadata: ["swiftgan": JSON.object(header).text()], to: path)
      #expect(Support.message { _ = try Model.load(path) }.contains("damaged or changed"))
    }
  }

  @Test func aFileOfAnotherGameIsRefusedWhole() throws {
    try withFile { path in
      let model = try Support.smallModel()
      try model.fit(Support.points, steps: 2)
      try model.save(to: path)
      let other = try Support.smallModel(["hidden": [16, 8]])
      try other.fit(Support.points, steps: 1)
      let before = try Support.bits(of: other)
      let message = Support.message { try other.built.trainer.load(from: path) }
      #expect(message.contains("another game") && message.contains("shape"))
      #expect(try Support.bits(of: other) == before)
      #expect(try other.built.trainer.stepCount == 1)
    }
  }

  @Test func callbacksSaveAsTrainingGoes() throws {
    let prefix = Support.temporaryPath("run")
    let model = try Model.make("gan", ["hidden": [8], "batch_size": 20])
    let checkpoint = try CallbackRegistry.shared.make(
      ["name": "checkpoint", "path": JSON(prefix + "-{step}.safetensors"), "every_steps": 2], in: model)
    let grid = try CallbackRegistry.shared.make(
      ["name": "sample_grid", "path": JSON(prefix + "-{epoch}.pgm"), "every_epochs": 1, "count": 4, "columns": 2],
      in: model)
    let files = ["-000002.safetensors", "-000004.safetensors", "-000001.pgm", "-000002.pgm"].map { prefix + $0 }
    defer { for file in files { unlink(file) } }
    try model.fit(images, steps: 5, callbacks: [checkpoint, grid])
    #expect(try Model.load(files[1]).built.trainer.stepCount == 4)
    let picture = try File.read(files[2])
    #expect(picture.starts(with: Array("P5\n19 19\n255\n".utf8)) && picture.count == 13 + 19 * 19)
    let both = Support.message {
      _ = try CallbackRegistry.shared.make(
        ["name": "checkpoint", "path": "x", "every_steps": 2, "every_epochs": 1], in: nil)
    }
    #expect(both.contains("not both"))
    #expect(Support.message { _ = try CallbackRegistry.shared.make("tensorboard", in: nil) }.contains("early_stop"))
  }
}
