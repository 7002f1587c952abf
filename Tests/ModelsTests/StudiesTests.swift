import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// DCGAN's studies against their definitions (Radford et al. 2016; Springenberg et al. 2015).
@Suite struct StudiesTests {
  private func fitted(_ name: String = "dcgan", _ more: JSONObject = [:]) throws -> (Model, Digits.Piece) {
    var options: JSONObject = name == "gan" ? ["batch_size": 16] : ["width": 4, "batch_size": 16]
    for (key, value) in more { options[key] = value }
    let model = try Model.make(name, options)
    let digits = try Digits.piece(0..<64)
    try model.fit(digits.images, targets: digits.target(for: model), steps: 2)
    return (model, digits)
  }

  /// All that the discriminator's layers give, one after the other, in evaluation mode.
  private func layers(_ model: Model, _ images: Tensor) throws -> [Tensor] {
    let network = try model.built.network("discriminator")
    var outputs: [Tensor] = []
    network.evaluating {
      _ = network.output(of: images) { _, output in
        outputs.append(output)
        return output
      }
    }
    return outputs
  }

  @Test func featuresAreAllMapsPooledToAGrid() throws {
    let (model, digits) = try fitted()
    let images = try model.built.data.internalSamples(digits.images)
    #expect(
      try model.built.network("discriminator").layerNames == [
        "conv2d", "leaky_relu", "conv2d", "batch_norm", "leaky_relu", "flatten", "dense",
      ])
    let all = try layers(model, images)
    // Maps of 4 by 4 and 2 by 2, of 4 and 8 channels.
    let expected = Tensor.concatenate([all[1].reshape([64, -1]), all[4].reshape([64, -1])], axis: 1)
    let found = try model.call("features", [digits.images])
    #expect(found.shape == [64, 4 * 4 * 4 + 2 * 2 * 8])
    #expect(try (found - expected).abs().max().item() < 1e-5)
    let coarse = try model.call("features", [digits.images], ["grid": 1])
    let largest = Tensor.concatenate([all[1].max(axes: [1, 2]), all[4].max(axes: [1, 2])], axis: 1)
    #expect(try (coarse - largest).abs().max().item() < 1e-5)
  }

  @Test func featuresOfDenseLayersAreTheirUnits() throws {
    let (model, digits) = try fitted("gan", ["hidden": [8, 5]])
    #expect(try model.call("features", [digits.images]).shape == [64, 13])
    #expect(try model.call("filters").shape == [5, 8, 8, 1])
  }

  @Test func filtersAreTheFirstWeights() throws {
    let (model, _) = try fitted("cgan")
    let weight = try #require(model.built.network("discriminator").trainableParameters.first)
    let filters = try model.call("filters")
    // One plane of pixels, and ten of the label.
    #expect(filters.shape == [4, 4, 4, 1] && weight.shape == [4, 4, 11, 4])
    #expect(
      try Support.bytes(filters.selected(axis: 0, at: 2).contiguous())
        == Support.bytes(weight.value.selected(axis: 3, at: 2).sliced(axis: 2, from: 0, to: 1).contiguous()))
  }

  /// A dense discriminator that is given the class beside the pixels still has images for weights.
  @Test func denseWeightsAreImages() throws {
    let (model, _) = try fitted("cgan", ["architecture": "mlp", "discriminator_hidden": [6]])
    #expect(try model.call("filters").shape == [30, 8, 8, 1])
  }

  @Test func labelsAreForDiscriminatorsThatAreShownThem() throws {
    for (name, count) in [("cgan", 2), ("icgan", 2), ("acgan", 1), ("projection_gan", 1)] {
      let declaration = try Model.make(name).declaration
      for function in ["features", "guided_backprop"] {
        #expect(try declaration.function(function).inputs.count == count, "\(name) \(function)")
      }
    }
    let (model, digits) = try fitted("cgan")
    let expected = try model.call("features", [digits.images, digits.labels])
    let other = try model.call("features", [digits.images, Tensor([Int32](repeating: 3, count: 64))])
    #expect(try (expected - other).abs().max().item() > 0)
    #expect(Support.message { _ = try model.call("features", [digits.images]) }.contains("not 1 tensor"))
  }

  @Test func noiseIsFinite() throws {
    let (model, digits) = try fitted("cgan")
    let noise = Tensor.concatenate([Tensor.zeros([2, 100]), Tensor.full(.nan, [1, 100])], axis: 0)
    let labels = digits.labels.sliced(axis: 0, from: 0, to: 3)
    let told = Support.message { _ = try model.call("generate", [noise, labels]) }
    #expect(told.contains("row 2 of noise holds NaN"), "\(told)")
    let two = Support.message {
      _ = try model.call("arithmetic", [Tensor.zeros([3, 100]), Tensor.zeros([3, 100]), labels])
    }
    #expect(two.contains("y has 3 labels, but the result is of one class"), "\(two)")
  }

  /// Guided back-propagation by hand: back through the layers one by one, with what comes to a rectifier cut at 0.
  @Test func guidedGradientsPassPositiveOnesAlone() throws {
    let (model, digits) = try fitted("dcgan", ["discriminator_norm": "none"])
    let images = try model.built.data.internalSamples(digits.images)
    let network = try model.built.network("discriminator")
    let (first, second) = (network.parameters[0], network.parameters[2])
    let (bias, bias2) = (network.parameters[1], network.parameters[3])
    func convolved(_ x: Tensor, _ weight: Parameter, _ bias: Parameter) -> Tensor {
      x.conv2d(weight.value, stride: [2, 2], padding: [1, 1, 1, 1]) + bias.value
    }
    let before = convolved(images, first, bias)
    let hidden = before.leakyReLU(0.2)
    let top = convolved(hidden, second, bias2)
    let feature = 3
    let map = top.leakyReLU(0.2).selected(axis: 3, at: feature).reshape([64, -1])
    let ones = (Tensor.arange(0, 4, dtype: .int64) .== map.argmax(axis: 1).expandDims(at: 1)).cast(to: .float32)
    let at = Tensor.concatenate(
      (0..<8).map { $0 == feature ? ones.reshape([64, 2, 2, 1]) : Tensor.zeros([64, 2, 2, 1]) }, axis: 3)
    func slope(_ x: Tensor) -> Tensor { 0.2 + 0.8 * (x .> 0).cast(to: .float32) }
    let toHidden = try vjp(at: [hidden]) { convolved($0[0], second, bias2) }.pullback(at * slope(top))[0]
    let toFirst = toHidden.relu() * slope(before)
    let expected = try vjp(at: [images]) { convolved($0[0], first, bias) }.pullback(toFirst)[0]
    let found = try model.call("guided_backprop", [digits.images], ["feature": JSON(feature)])
    #expect(found.shape == digits.images.shape)
    #expect(try (found - expected).abs().max().item() < 1e-5 * max(1, expected.abs().max().item()))
    // The first layer has no rectifier below: its plain gradient.
    let plain = try model.call("guided_backprop", [digits.images], ["layer": 0, "feature": 1])
    #expect(try plain.abs().max().item() > 0)
    #expect(
      Support.message { _ = try model.call("guided_backprop", [digits.images], ["layer": 2]) }.contains(
        "hidden layer 2"))
    #expect(
      Support.message { _ = try model.call("guided_backprop", [digits.images], ["feature": 8]) }.contains("feature 8"))
  }

  @Test func waysBeginAndEndAtTheirNoise() throws {
    for (law, path) in [("uniform", "linear"), ("normal", "spherical")] {
      let (model, _) = try fitted("dcgan", ["latent_distribution": JSON(law)])
      let noise = try model.call("draw_noise", [], ["n": 6, "seed": 3])
      #expect(try Support.bytes(model.generate(from: noise)) == Support.bytes(model.sample(6, seed: 3)))
      let (a, b) = (noise.sliced(axis: 0, from: 0, to: 3), noise.sliced(axis: 0, from: 3, to: 6))
      let way = try model.call("interpolate", [a, b], ["n": 5])
      #expect(way.shape == [3, 5, 8, 8, 1])
      #expect(
        try Support.bytes(way) == Support.bytes(model.call("interpolate", [a, b], ["n": 5, "path": JSON(path)])))
      let ends = (way.selected(axis: 1, at: 0), way.selected(axis: 1, at: 4))
      let expected = try (model.generate(from: a), model.generate(from: b))
      for (end, wanted) in [(ends.0, expected.0), (ends.1, expected.1)] {
        let difference = (end.cast(to: .float32) - wanted.cast(to: .float32)).abs().max()
        #expect(try difference.item() <= 1, "but for the rounding of a pixel")
      }
    }
  }

  /// Shoemake 1985: on the unit sphere, sin((1-t) w) / sin w a + sin(t w) / sin w b; lengths are kept.
  @Test func arcsKeepTheLength() throws {
    let a = Tensor([3, 0, 0, 1] as [Float]).reshape([2, 2])
    let b = Tensor([0, 3, 0, -1] as [Float]).reshape([2, 2])
    let third = try Latent.arc(a, b, 1.0 / 3).scalars(as: Float.self)
    let expected: [Float] = [3 * 0.866_025_4, 1.5, 0, 1.0 / 3]
    #expect(zip(third, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "opposite vectors have no one arc: \(third)")
  }

  @Test func conceptsAreMeansOfNoise() throws {
    let (model, _) = try fitted()
    let noise = try model.call("draw_noise", [], ["n": 9, "seed": 1])
    let (plus, minus) = (noise.sliced(axis: 0, from: 0, to: 6), noise.sliced(axis: 0, from: 6, to: 9))
    let found = try model.call("arithmetic", [plus, minus], ["variations": 4, "seed": 5])
    #expect(found.shape == [5, 8, 8, 1])
    let vector = plus.sum(axes: [0]) / 3 - minus.mean(axes: [0])
    let expected = try model.generate(from: vector.reshape([1, -1]))
    let difference = (found.sliced(axis: 0, from: 0, to: 1).cast(to: .float32) - expected.cast(to: .float32)).abs()
      .max()
    #expect(try difference.item() <= 1)
    #expect(
      Support.message { _ = try model.call("arithmetic", [plus, noise], ["per_concept": 4]) }.contains("no multiple"))
    #expect(
      Support.message { _ = try model.call("arithmetic", [plus.sliced(axis: 1, from: 0, to: 5), minus]) }.contains(
        "plus"))
  }

  @Test func droppedFeaturesAreGone() throws {
    let (model, _) = try fitted()
    let noise = try model.call("draw_noise", [], ["n": 3])
    let whole = try model.generate(from: noise)
    #expect(try Support.bytes(model.call("forget", [noise], ["dropped": []])) == Support.bytes(whole))
    // Without any feature of the last hidden layer, images are the output layer's bias.
    let maps = try model.call("generator_features", [noise])
    #expect(maps.shape == [3, 4, 4, 4])
    let blank = try model.call("forget", [noise], ["dropped": [0, 1, 2, 3]])
    #expect(try (blank.cast(to: .float32) - blank.cast(to: .float32).mean()).abs().max().item() == 0)
    #expect(
      Support.message { _ = try model.call("forget", [noise], ["dropped": [4]]) }.contains("there is no feature 4"))
  }

  @Test func aPackedDiscriminatorIsNotStudied() throws {
    let (model, digits) = try fitted("dcgan", ["pack": 2])
    #expect(Support.message { _ = try model.call("features", [digits.images]) }.contains("2 samples at once"))
  }
}
