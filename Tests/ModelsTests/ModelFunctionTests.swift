import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What every model of the zoo owes its declaration.
@Suite struct ModelFunctionTests {
  private static let names = ModelRegistry.shared.names

  /// Options that make each model small. A model without an entry is built with its defaults.
  static let small: [String: JSONObject] = [
    "gan": ["hidden": [8]], "dcgan": ["width": 4], "wgan_gp": ["width": 4, "critic_steps": 1],
    "lsgan": ["width": 4], "wgan": ["width": 4, "critic_steps": 2], "mmd_gan": ["width": 4, "critic_steps": 2],
    "cgan": ["width": 4], "acgan": ["width": 4], "projection_gan": ["width": 4],
    "info_gan": ["width": 4], "semi_supervised_gan": ["hidden": [8]],
    "anogan": ["width": 4, "search_steps": 3, "threshold_rows": 16],
    "f_anogan": ["width": 4, "critic_steps": 1, "gan_epochs": nil],
    "icgan": ["width": 4, "gan_epochs": nil], "bigan": ["width": 4, "joint_units": 8],
    "lapgan": ["width": 4, "hidden": [8]], "tag_gan": ["hidden": [8], "feature_units": 8, "latent": 4],
    "mlp_classifier": ["hidden": [8]], "mlp_regressor": ["hidden": [8]],
    "cnn_classifier": ["widths": [4], "hidden": [8]],
    "autoencoder": ["hidden": [16], "code": 4], "semantic_hashing": ["code": 16],
    "vae": ["hidden": [16], "latent": 3], "cvae": ["hidden": [16], "latent": 3],
    "rbm": ["hidden": 4], "made": ["hidden": [8], "binarize": "threshold"],
    "elm_classifier": ["hidden": 8], "elm_regressor": ["hidden": 8],
  ]

  private static func isGiven(_ input: ModelFunction.Input) -> Bool { input.kind == .samples || input.kind == .labels }

  private func fitted(_ name: String, _ more: JSONObject = [:], steps: Int = 2) throws -> (Model, Digits.Piece) {
    var options = ModelFunctionTests.small[name] ?? [:]
    options["batch_size"] = 16
    let known = try ModelRegistry.shared.find(name).options.map(\.name)
    for (key, value) in more where known.contains(key) { options[key] = value }
    let model = try Model.make(name, options)
    let digits = try Digits.piece(0..<64)
    try model.fit(digits.images, targets: digits.target(for: model), steps: steps)
    return (model, digits)
  }

  @Test(arguments: names) func whatIsDeclaredIsThere(_ name: String) throws {
    let (model, digits) = try fitted(name)
    let built = try model.built
    // A model whose data decide how many networks there are declares none.
    let networks = built.trainer.game.networks.map(\.name)
    #expect(networks == model.declaration.networks || (model.declaration.networks.isEmpty && !networks.isEmpty))
    let declared = Set(model.declaration.functions.map(\.name))
    let sampling: Set<String> = built.system.sampler == nil ? [] : ["sample"]
    #expect(declared == Set(built.system.functions.keys).union(sampling))
    #expect(model.declaration.functions.count == declared.count, "a function is declared twice")
    for function in model.declaration.functions where function.inputs.allSatisfy({ ModelFunctionTests.isGiven($0) }) {
      let inputs = function.inputs.map { $0.kind == .samples ? digits.images : digits.labels }
      let result = try model.call(function.name, inputs)
      #expect(try result.cast(to: .float64).isFinite().all().item() == 1, "\(function.name)")
      // One result for each row, but for pairs of rows and for filters; a number of the model as a whole is a scalar.
      let rows = function.name == "sample" ? inputs.first?.count ?? 1 : inputs.isEmpty ? 1 : 64
      let many = ["find_duplicates", "traverse", "filters"].contains(function.name)
      #expect(many || result.shape.first ?? 1 == rows, "\(function.name)")
    }
  }

  @Test(arguments: names) func dataComeBackFromTheNetworks(_ name: String) throws {
    let (model, digits) = try fitted(name)
    let inside = try model.call("to_network", [digits.images])
    #expect(inside.dtype == .float32)
    #expect(try Support.bytes(inside) == Support.bytes(model.built.data.internalSamples(digits.images)))
    let back = try model.call("from_network", [inside.reshape([64, -1])])
    #expect(back.shape == digits.images.shape && back.dtype == digits.images.dtype)
    let difference = back.cast(to: .float32) - digits.images.cast(to: .float32)
    #expect(try difference.abs().max().item() < 1e-5)
    #expect(Support.message { _ = try model.call("from_network", [inside.reshape([-1])]) }.contains("64 for each row"))
  }

  @Test func dataOfAnotherRangeAreToldSoAndNoiseIsNot() throws {
    let model = try Model.make("autoencoder", ["hidden": [8], "code": 2, "batch_size": 16])
    let images = try Digits.piece(0..<64).images.cast(to: .float32)
    let data = images / images.max()
    try model.fit(data, steps: 1)
    for name in ["to_network", "transform", "score_samples"] {
      #expect(Support.message { _ = try model.call(name, [data * 255]) }.contains("outside the range"), "\(name)")
      _ = try model.call(name, [data + 0.25])
    }
  }

  @Test(arguments: ["elm_classifier", "elm_regressor"]) func onePassIsNotRepeated(_ name: String) throws {
    let (model, digits) = try fitted(name)
    let target = digits.target(for: model)
    #expect(Support.message { try model.fit(digits.images, targets: target, epochs: 2) }.contains("epochs=1"))
    try model.fit(digits.images, targets: target, epochs: 1)
  }

  /// Stopping and going on, through a file, gives the same bits; so do one thread and two.
  @Test(arguments: names) func savingAndLoadingGoesOnWithTheSameBits(_ name: String) throws {
    let path = Support.temporaryPath("model.safetensors")
    defer { unlink(path) }
    let (through, digits) = try fitted(name, ["ema": 0.5], steps: 6)
    let (stopped, _) = try fitted(name, ["ema": 0.5], steps: 3)
    try stopped.save(to: path)
    let loaded = try Model.load(path)
    #expect(try loaded.description == stopped.description)
    try loaded.fit(digits.images, targets: digits.target(for: loaded), steps: 3)
    #expect(try bits(loaded, digits) == bits(through, digits))
  }

  private func bits(_ model: Model, _ digits: Digits.Piece) throws -> [UInt8] {
    var result: [UInt8] = []
    for (_, network) in try model.built.trainer.game.networks {
      for parameter in network.parameters { result += try Support.bytes(parameter.value) }
    }
    for function in model.declaration.functions where function.inputs.allSatisfy({ ModelFunctionTests.isGiven($0) }) {
      let inputs = function.inputs.map { $0.kind == .samples ? digits.images : digits.labels }
      result += try Support.bytes(model.call(function.name, inputs))
    }
    return result
  }

  @Test(arguments: names) func badCallsAreRefusedInWords(_ name: String) throws {
    let untrained = try Model.make(name)
    let functions = untrained.declaration.functions
    let first = try #require(functions.first)
    #expect(Support.message { _ = try untrained.call(first.name) }.contains("not been trained"))
    let (model, digits) = try fitted(name)
    #expect(Support.message { _ = try model.call("nonsense") }.contains("'\(first.name)'"))
    for function in functions {
      let images = [Tensor](repeating: digits.images, count: function.inputs.count + 1)
      #expect(Support.message { _ = try model.call(function.name, images) }.contains(function.name))
      #expect(Support.message { _ = try model.call(function.name, [], ["nonsense": 1]) }.contains("nonsense"))
      guard function.inputs.first?.kind == .samples else { continue }
      var rest = function.inputs.dropFirst().map { _ in digits.labels }
      rest.insert(digits.images.reshape([64, 64]), at: 0)
      #expect(Support.message { _ = try model.call(function.name, rest) }.contains("(8, 8, 1)"))
      rest[0] = digits.images.cast(to: .float64)
      #expect(Support.message { _ = try model.call(function.name, rest) }.contains("float64"))
    }
  }
}
