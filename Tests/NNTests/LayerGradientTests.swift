import SwiftGANCore
import Testing

@testable import SwiftGANNN

/// A layer to check: how it is made, the shape of its input (integers below `classes` for a look-up) and its further inputs.
struct LayerSample: Sendable, CustomTestStringConvertible {
  /// A further input: floats of a shape, or one class below `classes` for each element.
  struct Further: Sendable {
    let shape: [Int]
    var classes: Int?
  }

  let specification: JSON
  let input: [Int]
  let classes: Int?
  let further: [String: Further]
  /// Whether to check it in training, in use, or both.
  let modes: [Bool]

  init(
    _ specification: JSON, _ input: [Int], classes: Int? = nil, further: [String: Further] = [:],
    modes: [Bool] = [true, false]
  ) {
    self.specification = specification
    self.input = input
    self.classes = classes
    self.further = further
    self.modes = modes
  }

  /// An input of the sample: numbers in [-1, 1), or classes.
  static func make(_ shape: [Int], classes: Int?, _ stream: UInt64 = 0) -> Tensor {
    let x = Tensor.sample(shape, stream)
    return classes.map { ((x + 1) * (Double($0) / 2)).floor().cast(to: .int32) } ?? x
  }

  var name: String { specification["name"]?.stringValue ?? "" }
  var testDescription: String { specification.text() }
}

private let conv: JSONObject = ["in_channels": 2, "out_channels": 3, "bias_init": ["name": "normal", "std": 0.5]]

private func layer(_ name: String, _ options: JSONObject, _ more: JSONObject = [:]) -> JSON {
  var members: JSONObject = ["name": JSON(name)]
  for (key, value) in options { members[key] = value }
  for (key, value) in more { members[key] = value }
  return .object(members)
}

/// At least one of each registered layer.
private let basicSamples: [LayerSample] = [
  LayerSample(
    layer("dense", ["in_features": 3, "out_features": 4, "bias_init": ["name": "normal", "std": 1]]), [5, 3]),
  LayerSample(layer("dense", ["in_features": 3, "out_features": 2, "bias": false]), [2, 2, 3]),
  LayerSample(layer("conv2d", conv, ["kernel_size": 3]), [2, 5, 4, 2]),
  LayerSample(layer("conv2d", conv, ["kernel_size": [3, 2], "stride": [2, 1], "padding": "same"]), [1, 5, 4, 2]),
  LayerSample(layer("conv2d", conv, ["kernel_size": 2, "padding": [1, 0], "dilation": 2]), [1, 4, 5, 2]),
  LayerSample(layer("conv_transpose2d", conv, ["kernel_size": 3, "stride": 2]), [1, 3, 2, 2]),
  LayerSample(layer("conv_transpose2d", conv, ["kernel_size": 4, "stride": 2, "padding": "same"]), [1, 2, 3, 2]),
  LayerSample(
    layer("conv_transpose2d", conv, ["kernel_size": 3, "stride": [2, 3], "padding": 1, "output_padding": [1, 2]]),
    [1, 3, 2, 2]),
  LayerSample(
    ["name": "batch_norm", "features": 3, "weight_init": ["name": "normal", "mean": 1, "std": 0.5]], [6, 3]),
  LayerSample(["name": "batch_norm", "features": 2, "affine": false], [2, 2, 2, 2]),
  LayerSample(["name": "layer_norm", "shape": 4], [3, 4]),
  LayerSample(["name": "layer_norm", "shape": [2, 3], "affine": false], [2, 2, 3]),
  LayerSample(["name": "dropout", "p": 0.3], [4, 5]),
  LayerSample(["name": "embedding", "num_embeddings": 4, "embedding_dim": 3], [5], classes: 4),
  LayerSample("flatten", [2, 3, 2]),
  LayerSample(["name": "reshape", "shape": [3, -1]], [2, 6]),
  LayerSample("relu", [3, 4]),
  LayerSample(["name": "leaky_relu", "slope": 0.3], [3, 4]),
  LayerSample("tanh", [3, 4]),
  LayerSample("sigmoid", [3, 4]),
  LayerSample("softplus", [3, 4]),
  LayerSample("gelu", [3, 4]),
  LayerSample(["name": "gelu", "approximate": true], [3, 4]),
  LayerSample("softmax", [3, 4]),
  LayerSample(["name": "softmax", "axis": 0], [3, 4]),
  LayerSample(["name": "maxout", "in_features": 3, "out_features": 2, "pieces": 3], [4, 3]),
  LayerSample(["name": "masked_dense", "in_degrees": [1, 2, 3], "out_degrees": [1, 1, 2, 2]], [4, 3]),
  LayerSample(
    ["name": "masked_dense", "in_degrees": [2, 1], "out_degrees": [2, 1], "strict": true, "bias": false], [3, 2]),
  LayerSample(["name": "made", "in_features": 3, "hidden": [4, 5], "activation": "tanh", "direct": true], [3, 3]),
  LayerSample(
    ["name": "made", "in_features": 3, "hidden": [4], "parameters": 2, "ordering": "random", "activation": "gelu"],
    [2, 3]),
  LayerSample(["name": "random_features", "in_features": 3, "out_features": 4, "activation": "tanh"], [2, 3]),
  LayerSample(
    ["name": "rbm", "in_features": 3, "out_features": 4, "weight_init": ["name": "normal", "std": 1]], [2, 3]),
  LayerSample("identity", [2, 2]),
  LayerSample(["name": "rnn", "input_size": 2, "hidden_size": 3], [2, 3, 2]),
  LayerSample(
    ["name": "rnn", "input_size": 2, "hidden_size": 2, "nonlinearity": "linear", "return_sequences": false], [2, 3, 2]),
  LayerSample(["name": "lstm", "input_size": 2, "hidden_size": 2, "batch_first": false], [3, 2, 2]),
  LayerSample(["name": "gru", "input_size": 2, "hidden_size": 2, "num_layers": 2, "dropout": 0.3], [2, 3, 2]),
  LayerSample(["name": "gru", "input_size": 2, "hidden_size": 2, "reset_after": false], [1, 3, 2]),
  LayerSample(["name": "rnn_cell", "input_size": 2, "hidden_size": 3], [2, 2]),
  LayerSample(["name": "lstm_cell", "input_size": 2, "hidden_size": 2], [2, 2]),
  LayerSample(["name": "gru_cell", "input_size": 2, "hidden_size": 2], [2, 2]),
  LayerSample(["name": "multi_head_attention", "features": 4, "num_heads": 2, "dropout": 0.2], [2, 3, 4]),
  LayerSample(["name": "self_attention2d", "channels": 3], [1, 2, 3, 3]),
  LayerSample(["name": "self_attention2d", "channels": 2, "pool": true], [1, 3, 4, 2]),
  LayerSample("positional_encoding", [2, 3, 5]),
  LayerSample(["name": "learned_positional_encoding", "max_length": 4, "features": 3], [2, 3, 3]),
  LayerSample(["name": "transformer_encoder_block", "features": 2, "num_heads": 1, "hidden_features": 3], [2, 2, 2]),
  LayerSample(
    ["name": "transformer_encoder_block", "features": 2, "num_heads": 2, "activation": "tanh", "norm_first": false],
    [1, 2, 2]),
  LayerSample(
    [
      "name": "sequential",
      "layers": [
        ["name": "dense", "in_features": 2, "out_features": 3], "tanh",
        ["name": "batch_norm", "features": 3], ["name": "dense", "in_features": 3, "out_features": 1],
      ],
    ], [4, 2]),
]

/// All of them, each with its specification as an object. A new family adds its list here.
private let samples: [LayerSample] = [
  basicSamples, activationSamples, normalizationSamples, wrapperSamples, convolutionSamples,
  blockSamples,
].joined().map { sample in
  guard let word = sample.specification.stringValue else { return sample }
  return LayerSample(["name": JSON(word)], sample.input)
}

@Suite("Gradients of layers") struct LayerGradientTests {
  @Test("every registered layer has a sample") func samplesAreComplete() {
    for name in LayerRegistry.shared.names {
      #expect(samples.contains { $0.name == name }, "add a sample of the layer '\(name)' to LayerGradientTests")
    }
  }

  @Test("parameters and input, orders 1 and 2, in training and in use", arguments: samples)
  func gradients(_ sample: LayerSample) throws {
    let network = try Network(sample.specification, seed: 5, dtype: .float64)
    // Statistics of their own, so that evaluation differs from training and from the identity.
    for buffer in network.parameters where !buffer.isTrainable { buffer.value = Tensor.sample(buffer.shape, 3) + 1.5 }
    let random = network.store.random.state
    let parameters = network.trainableParameters
    let isLookUp = sample.classes != nil
    let input = LayerSample.make(sample.input, classes: sample.classes)
    let names = sample.further.keys.sorted()
    var further: [String: Tensor] = [:]
    for (index, name) in names.enumerated() {
      guard let one = sample.further[name] else { continue }
      further[name] = LayerSample.make(one.shape, classes: one.classes, 30 + UInt64(index))
    }
    let fixed = further
    let differentiable = names.filter { fixed[$0]?.dtype.isFloat == true }
    let weights = Tensor.sample(try network.evaluating { network(input, fixed) }.checked().shape, 77)

    for isTraining in sample.modes {
      network.isTraining = isTraining
      try checkGradient(
        at: parameters.map(\.value) + differentiable.compactMap { fixed[$0] } + (isLookUp ? [] : [input]),
        "\(sample.testDescription) \(isTraining ? "in training" : "in use")"
      ) { leaves in
        // The same dropout mask at every evaluation, and statistics that stay.
        network.store.random.state = random
        let x = isLookUp ? input : leaves[leaves.count - 1]
        var given = fixed
        for (name, leaf) in zip(differentiable, leaves.dropFirst(parameters.count)) { given[name] = leaf }
        let y = try withParameters(parameters, setTo: Array(leaves.prefix(parameters.count))) { network(x, given) }
        // Not linear in y, so that the second derivative of linear layers is seen too.
        return ((y * weights).sum() + (y.square() * weights).sum() * 0.5)
      }
    }
  }

  @Test("valueAndGrad gives the gradient of each parameter in order and restores the parameters")
  func valueAndGradient() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1], seed: 3, dtype: .float64)
    let x = Tensor([1, 2, 3, 4, 5, 6] as [Double], shape: [3, 2])
    let before = try network.parameters.map { try $0.value.doubles() }
    let (value, gradients) = try valueAndGrad(of: network.trainableParameters) { network(x).sum() }
    expectClose(try gradients[0].doubles(), [9, 12])
    expectClose(try gradients[1].doubles(), [3])
    expectClose([try value.item()], [9 * before[0][0] + 12 * before[0][1] + 3 * before[1][0]])
    #expect(try network.parameters.map { try $0.value.doubles() } == before)
    #expect(network.parameters.allSatisfy { !$0.value.isTracked })
    #expect(!value.isTracked && gradients.allSatisfy { !$0.isTracked })
  }

  @Test("valueAndGrad restores the parameters when the loss throws or carries an error")
  func restoresOnError() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1], seed: 3)
    let thrown = failure {
      _ = try valueAndGrad(of: network.trainableParameters) { throw TensorError(.interrupted, "stop") }
    }
    #expect(thrown == TensorError(.interrupted, "stop"))
    let carried = failure {
      _ = try valueAndGrad(of: network.trainableParameters) { network(Tensor.zeros([3, 5])).sum() }
    }
    #expect(carried?.kind == .shape)
    #expect(network.parameters.allSatisfy { !$0.value.isTracked })
    #expect(ThreadBindings.current.stacks.isEmpty)
    let twice = network.trainableParameters + network.trainableParameters
    #expect(failure { _ = try valueAndGrad(of: twice) { Tensor(0) } }?.message.contains("listed twice") == true)
  }

  @Test("a gradient penalty: the gradient of the input's gradient reaches the parameters") func penalty() throws {
    let network = try Network(
      ["name": "sequential", "layers": [["name": "dense", "in_features": 2, "out_features": 3], "tanh"]], seed: 2,
      dtype: .float64)
    let parameters = network.trainableParameters
    let x = Tensor.sample([4, 2])
    func penalty(_ values: [Tensor]) throws -> Tensor {
      try withParameters(parameters, setTo: values) {
        let slope = try grad(at: [x]) { network($0[0]).sum() }[0]
        return (slope.square().sum(axes: [1]).sqrt() - 1).square().mean()
      }
    }
    try checkGradient(at: parameters.map(\.value), "gradient penalty", penalty)
    // The same through the form that trainers use.
    let (_, gradients) = try valueAndGrad(of: parameters) { try penalty(parameters.map(\.value)) }
    let expected = try grad(at: parameters.map(\.value), penalty)
    for (a, b) in zip(gradients, expected) { #expect(try a.doubles() == b.doubles()) }
  }
}
