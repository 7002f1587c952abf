import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Options that say something of a discriminator, where it could not mean what it says.
@Suite struct DiscriminatorOptionTests {
  private let images = Tensor.randomUniform([32, 8, 8, 1], key: RandomKey(seed: 1))

  private func message(_ model: String, _ options: JSONObject) -> String {
    var options = options
    options["batch_size"] = 8
    return Support.message { _ = try Model.make(model, options).prepare(images) }
  }

  @Test(arguments: ["gradient_penalty", "dragan", "r1", "r2"])
  func slopesAtSingleSamplesWantADiscriminatorOfSingleSamples(_ penalty: String) throws {
    for (model, options) in [
      ("gan", ["minibatch_discrimination": 4]), ("wgan_gp", ["minibatch_discrimination": 4]),
      ("dcgan", ["width": 4, "discriminator_norm": "batch"]),
    ] as [(String, JSONObject)] {
      var options = options
      options["penalty"] = JSON(penalty)
      let found = message(model, options)
      #expect(found.hasPrefix("\(model): penalty '\(penalty)'") && found.contains("the whole batch"), "\(found)")
      options["penalty"] = nil as JSON
      _ = try Model.make(model, options.adding("batch_size", 8)).prepare(images)
    }
  }

  /// |E f(x) - E f(G(z))|^2 is of the samples alone, also where a fixed batch goes before them.
  @Test func meansOfFeaturesAreOfTheSamplesBesideVirtualBatchNorm() throws {
    let model = try Model.make(
      "dcgan", ["width": 4, "batch_size": 8, "objective": "feature_matching", "virtual_batch_norm": "both"])
    try model.fit(images, steps: 2)
    let built = try model.built
    let (game, data) = (built.trainer.game, built.data)
    let real = try data.internalSamples(images.sliced(axis: 0, from: 8, to: 16)).checked()
    let context = RoundContext(
      player: try game.player("generator"), batch: try Batch([("x", real)]), state: game.state, step: 2,
      key: RandomKey(seed: 3))
    let value = try #require(game.losses["generator"])
    let loss = try value(context).item()
    let fake = try #require(context.known("generator's samples"))
    /// What the discriminator's last layer is given: what the last but one gives, without the fixed batch's rows.
    func means(_ samples: Tensor) throws -> Tensor {
      var hidden: [Tensor] = []
      _ = try game.network("discriminator").output(of: samples) { _, output in
        hidden.append(output)
        return output
      }
      let last = hidden[hidden.count - 2]
      return last.sliced(axis: 0, from: last.shape[0] - samples.shape[0]).reshape([samples.shape[0], -1]).mean(axes: [0]
      )
    }
    #expect(Support.isClose(loss, try (means(real) - means(fake)).square().sum().item(), 1e-5))
  }

  /// A term of the user's own may look at what it likes.
  /// A critic that is an autoencoder (MMD-GAN, EBGAN) has batch norm in both halves or in neither.
  @Test func decodersHaveBatchNormAsTheirEncodersDo() throws {
    let digits = try Digits.piece(0..<64).images
    func layers(_ objective: JSON, _ name: String = "penalty", _ value: JSON = nil) throws -> [String] {
      let common: JSONObject = ["width": 8, "batch_size": 16, "critic_features": 8, "objective": objective]
      let model = try Model.make("dcgan", value.isNull ? common : common.adding(name, value))
      try model.fit(digits, steps: 2)
      let discriminator = try model.built.network("discriminator")
      let layers = try #require(discriminator.specification?["layers"]?.arrayValue)
      // A layer without a bias of its own has batch norm behind it.
      let isNormed = layers.contains { $0["name"] == "batch_norm" }
      #expect(isNormed || layers.allSatisfy { $0["bias"] != false })
      return layers.compactMap { $0["name"]?.stringValue ?? $0.stringValue }
    }
    let objectives: [JSON] = [["name": "mmd_gan", "reconstruction": 8], "ebgan"]
    for objective in objectives {
      #expect(try layers(objective).contains("batch_norm"))
      for penalty in ["gradient_penalty", "r1", "r2", "dragan"] {
        #expect(try !layers(objective, "penalty", JSON(penalty)).contains("batch_norm"))
      }
      #expect(try !layers(objective, "discriminator_norm", "layer").contains("batch_norm"))
    }
  }

  @Test func otherPenaltiesAreNotAskedAbout() throws {
    struct Size: Penalty {
      let isOnSingleSamples = false
      func callAsFunction(
        critic: (Tensor) throws -> Tensor, real: Tensor, fake: Tensor, key: RandomKey
      ) throws -> Tensor { try critic(real).square().mean() }
    }
    try PenaltyRegistry.shared.replace(PenaltyRegistration("size_of_outputs", "For a test.") { _, _ in Size() })
    let model = try Model.make(
      "gan", ["penalty": "size_of_outputs", "minibatch_discrimination": 4, "hidden": [8], "batch_size": 8])
    try model.fit(images, steps: 2)
    #expect(try model.built.trainer.history.names.contains("size_of_outputs"))
  }

  @Test func withoutADiscriminatorItsOptionsAreRefused() throws {
    for options in [
      ["spectral_norm": true], ["critic_steps": 3], ["clip_weights": 0.1], ["minibatch_discrimination": 4],
      ["discriminator_learning_rate": 1e-3], ["ttur": [1e-3, 1e-3]], ["unroll": 2], ["penalty": "r1"],
      ["discriminator_hidden": [8]],
    ] as [JSONObject] {
      let found = message("gan", options.adding("objective", "gmmn"))
      #expect(found.hasPrefix("gan: the objective 'gmmn' has no discriminator"), "\(found)")
      #expect(options.keys.allSatisfy { found.contains($0) }, "\(found)")
    }
    // What a model has by itself was not asked for.
    for model in ["gan", "dcgan", "wgan_gp"] {
      _ = try Model.make(model, ["objective": "gmmn", "batch_size": 8]).prepare(images)
    }
  }
}

extension JSONObject {
  fileprivate func adding(_ name: String, _ value: JSON) -> JSONObject {
    var result = self
    result[name] = value
    return result
  }
}
