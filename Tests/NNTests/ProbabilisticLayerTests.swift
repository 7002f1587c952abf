import SwiftGANCore
import Testing

@testable import SwiftGANNN

/// Layers of density models: masks, fixed features, hidden probabilities.
@Suite struct ProbabilisticLayerTests {
  private func network(_ specification: JSON) throws -> Network { try Network(specification, seed: 3, dtype: .float64) }

  @Test("a masked layer is a dense layer whose forbidden weights are 0", arguments: [false, true])
  func maskedDense(_ isStrict: Bool) throws {
    let (inputs, outputs) = ([1, 3, 2], [2, 0, 3, 1])
    let network = try network([
      "name": "masked_dense", "in_degrees": JSON(inputs), "out_degrees": JSON(outputs), "strict": JSON(isStrict),
      "bias_init": ["name": "normal", "std": 1],
    ])
    #expect(network.parameters.map(\.name) == ["in_degrees", "out_degrees", "weight", "bias"])
    #expect(network.trainableParameters.map(\.name) == ["weight", "bias"])
    let x = Tensor.sample([5, 3])
    let (w, b) = (
      try #require(network.store["weight"]).value.doubles, try #require(network.store["bias"]).value.doubles
    )
    let (weights, biases, input) = (try w(), try b(), try x.doubles())
    var expected: [Double] = []
    for row in 0..<5 {
      for o in 0..<4 {
        expected.append(
          biases[o]
            + (0..<3).reduce(0) { sum, i in
              let sees = isStrict ? outputs[o] > inputs[i] : outputs[o] >= inputs[i]
              return sees ? sum + input[row * 3 + i] * weights[i * 4 + o] : sum
            })
      }
    }
    expectClose(try network(x).doubles(), expected)
    // A mask survives files: it is rebuilt from the specification and read back from the state.
    let again = try Network(try #require(network.specification), seed: 9, dtype: .float64)
    try again.restore(network.state)
    #expect(try again(x).doubles() == network(x).doubles())
  }

  @Test func maskedDenseRefusesBadDegrees() throws {
    #expect(
      failure { _ = try network(["name": "masked_dense", "in_degrees": [1, -2], "out_degrees": [1]]) }?.kind == .value)
    #expect(
      failure { _ = try network(["name": "masked_dense", "in_degrees": [], "out_degrees": [1]]) }?.message.contains(
        "empty")
        == true)
    #expect(
      failure { _ = try network(["name": "masked_dense", "in_degrees": "x", "out_degrees": [1]]) }?.kind == .type)
    let layer = try network(["name": "masked_dense", "in_degrees": [1, 2], "out_degrees": [1]])
    #expect(layer(Tensor.sample([2, 3])).error?.message.contains("(2, 3)") == true)
  }

  @Test func madeNamesItsParametersAndKeepsItsMasksInFiles() throws {
    let specification: JSON = [
      "name": "made", "in_features": 5, "hidden": [6, 4], "masks": 2, "ordering": "random", "connectivity": "random",
      "direct": true,
    ]
    let network = try network(specification)
    #expect(
      network.parameters.map(\.name) == [
        "degrees", "hidden_degrees_0", "hidden_degrees_1", "0.weight", "0.bias", "1.weight", "1.bias", "2.weight",
        "2.bias", "direct.weight",
      ])
    let other = try Network(specification, seed: 8, dtype: .float64)
    try other.restore(network.state)
    let x = Tensor.sample([3, 5])
    let (made, copy) = (try #require(network.layer as? MADE), try #require(other.layer as? MADE))
    for mask in 0..<2 {
      #expect(try made(x, mask: mask).doubles() == copy(x, mask: mask).doubles())
      #expect(try made.order(mask: mask) == copy.order(mask: mask))
    }
    #expect(try made(x, mask: 0).doubles() != made(x, mask: 1).doubles())
    #expect(failure { _ = try made.order(mask: 2) } != nil)
    let huge: JSON = [
      "name": "made", "in_features": 9, "hidden": [1_000_000], "masks": 1024, "ordering": "random",
    ]
    #expect(failure { _ = try self.network(huge) }?.kind == .memory)
    #expect(try made(x, ["mask_index": Tensor([1] as [Int32])]).doubles() == made(x, mask: 1).doubles())
    #expect(try made(x, [:]).doubles() == made(x, mask: 0).doubles())
    #expect(made(x, ["mask_index": Tensor([2] as [Int64])]).error?.kind == .index)
    #expect(made(x, ["mask_index": Tensor([0.5])]).error?.message.contains("one integer") == true)
    #expect(
      failure { _ = try MADE(3, hidden: [2], ordering: "reverse", in: Scope(ParameterStore())) }?.message
        .contains("'natural', 'random'") == true)
  }

  @Test func randomFeaturesAreNeverTrained() throws {
    let network = try network([
      "name": "sequential",
      "layers": [
        ["name": "random_features", "in_features": 3, "out_features": 50, "activation": "tanh"],
        ["name": "dense", "in_features": 50, "out_features": 1],
      ],
    ])
    #expect(network.trainableParameters.map(\.name) == ["1.weight", "1.bias"])
    let x = Tensor.sample([4, 3])
    let features = try #require((network.layer as? Sequential)?.layers.first as? RandomFeatures)
    expectClose(
      try features(x).doubles(), try (x.matmul(features.weight.value) + features.bias.value).tanh().doubles())
    // Gradients reach the input: a generator can be trained against it.
    let slope = try grad(at: [x]) { network($0[0]).sum() }[0]
    #expect(try slope.abs().max().item() > 0)
  }

  @Test func rbmLayerGivesHiddenProbabilities() throws {
    let network = try network([
      "name": "rbm", "in_features": 3, "out_features": 2, "weight_init": ["name": "normal", "std": 1],
    ])
    #expect(network.parameters.map(\.name) == ["weight", "visible_bias", "hidden_bias"])
    try #require(network.store["hidden_bias"]).value = Tensor([0.5, -1] as [Double])
    let x = Tensor.sample([4, 3])
    let expected = (x.matmul(try #require(network.store["weight"]).value) + Tensor([0.5, -1] as [Double])).sigmoid()
    expectClose(try network(x).doubles(), try expected.doubles())
  }
}
