import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Features of networks") struct FeatureTests {
  private let norm: JSON = [
    "name": "sequential",
    "layers": [
      ["name": "dense", "in_features": 3, "out_features": 4],
      ["name": "virtual_batch_norm", "features": 4, "reference": 6],
      "tanh", ["name": "dense", "in_features": 4, "out_features": 1],
    ],
  ]
  private let marked: JSON = [
    "name": "sequential",
    "layers": [
      ["name": "dense", "in_features": 3, "out_features": 4], "features",
      ["name": "virtual_batch_norm", "features": 4, "reference": 6], "tanh",
      ["name": "dense", "in_features": 4, "out_features": 1],
    ],
  ]

  private func behindReference(_ layer: JSON) -> JSON {
    ["name": "reference_batch", "size": 6, "shape": [3], "layer": layer]
  }

  /// The fixed batch is none of the examples: there is a row of features for each of those that were given, and it leads to the
  /// output.
  @Test func featuresAreOfTheBatchAlone() throws {
    let network = try Network(behindReference(norm), seed: 1)
    let x = Tensor.randomNormal([9, 3], key: RandomKey(seed: 1))
    _ = network(x)
    network.isTraining = false
    let (output, features) = try network.outputWithFeatures(x)
    #expect(output.shape == [9, 1] && features.shape == [9, 4])
    let named = network.parameters.suffix(2).map(\.value)
    let expected = features.matmul(named[0]) + named[1]
    #expect(try (output - expected).abs().max().item() < 1e-6)
    // A row does not depend on the others.
    let alone = try network.outputWithFeatures(x.sliced(axis: 0, from: 4, to: 5)).features
    #expect(try (alone - features.sliced(axis: 0, from: 4, to: 5)).abs().max().item() < 1e-6)
  }

  @Test func marksInsideAndOutsideAreOfTheBatchAlone() throws {
    let x = Tensor.randomNormal([9, 3], key: RandomKey(seed: 1))
    let inside = try Network(behindReference(marked), seed: 1)
    let first = inside.parameters.filter { $0.isTrainable }.prefix(2).map(\.value)
    let expected = x.matmul(first[0]) + first[1]
    #expect(try (inside.outputWithFeatures(x).features - expected).abs().max().item() < 1e-6)
    let outside = try Network(
      ["name": "sequential", "layers": ["features", behindReference(norm), "tanh"]], seed: 1)
    let features = try outside.outputWithFeatures(x).features
    #expect(try features.shape == [9, 3] && (features - x).abs().max().item() == 0)
    let before = try Network(["name": "sequential", "layers": [behindReference(norm), "tanh"]], seed: 1)
    #expect(try before.outputWithFeatures(x).features.shape == [9, 1])
  }
}
