import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Layers with other weights") struct WrapperTests {
  private static let dense: JSON = ["name": "dense", "in_features": 5, "out_features": 4]
  private static let conv: JSON = ["name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": [3, 2]]
  private static let up: JSON = ["name": "conv_transpose2d", "in_channels": 2, "out_channels": 3, "kernel_size": 2]
  private static let table: JSON = ["name": "embedding", "num_embeddings": 6, "embedding_dim": 3]

  /// A layer, the shape of its input, and a weight's matrix by its definition: one column for each output.
  struct Case: Sendable, CustomTestStringConvertible {
    let layer: JSON
    let input: [Int]
    let shape: [Int]
    let axis: Int
    var testDescription: String { layer["name"]?.stringValue ?? "" }

    /// The largest singular value, by many steps of power iteration on plain numbers.
    func largestSingularValue(_ values: [Double]) -> Double {
      let columns = shape[axis]
      let inner = shape[(axis + 1)...].reduce(1, *)
      var matrix = [[Double]](repeating: [], count: columns)
      for (index, value) in values.enumerated() { matrix[index / inner % columns].append(value) }
      var vector = [Double](repeating: 1, count: matrix[0].count)
      var length = 0.0
      for _ in 0..<2000 {
        let image = matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
        length = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var next = [Double](repeating: 0, count: vector.count)
        for (row, weight) in zip(matrix, image) { for (i, value) in row.enumerated() { next[i] += value * weight } }
        let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vector = next.map { $0 / norm }
      }
      return length
    }
  }

  static let cases = [
    Case(layer: dense, input: [3, 5], shape: [5, 4], axis: 1),
    Case(layer: conv, input: [1, 4, 4, 2], shape: [3, 2, 2, 3], axis: 3),
    Case(layer: up, input: [1, 2, 2, 2], shape: [2, 2, 3, 2], axis: 2),
  ]

  @Test("spectral norm: after some steps the weight used is W / sigma", arguments: cases)
  func spectralNorm(_ one: Case) throws {
    let plain = try Network(one.layer, seed: 3, dtype: .float64)
    let network = try Network(["name": "spectral_norm", "layer": one.layer], seed: 3, dtype: .float64)
    let weight = network.parameters[0]
    #expect(weight.name == "weight" && weight.shape == one.shape)
    weight.value = .sample(one.shape, 8)
    let x = Tensor.sample(one.input, 9)
    for _ in 0..<300 { _ = network(x) }
    let sigma = one.largestSingularValue(try weight.value.doubles())
    plain.parameters[0].value = weight.value / sigma
    let expected = try plain(x).doubles()
    expectClose(try network(x).doubles(), expected, 1e-9)
    network.isTraining = false
    expectClose(try network(x).doubles(), expected, 1e-9)
    #expect(try weight.value.doubles() == Tensor.sample(one.shape, 8).doubles())
  }

  @Test("spectral norm starts from good vectors, moves them once per application in training, and never in use")
  func powerIteration() throws {
    let network = try Network(["name": "spectral_norm", "layer": Self.dense], seed: 3, dtype: .float64)
    let (weight, x) = (network.parameters[0], Tensor.sample([3, 5]))
    let (u, v) = (try #require(network.store["weight_u"]), try #require(network.store["weight_v"]))
    #expect(u.shape == [4] && v.shape == [5] && !u.isTrainable && !v.isTrainable)
    weight.value = .sample([5, 4], 7)
    func unit(_ x: Tensor) -> Tensor { x / x.square().sum().sqrt() }
    let nextV = unit(weight.value.matmul(u.value))
    let nextU = unit(nextV.matmul(weight.value))
    let y = network(x)
    expectClose(try u.value.doubles(), try nextU.doubles())
    expectClose(try v.value.doubles(), try nextV.doubles())
    let sigma = try nextV.matmul(weight.value).matmul(nextU).item()
    expectClose(try y.doubles(), try x.matmul(weight.value / sigma).doubles())
    network.isTraining = false
    let (before, beside) = (try u.value.doubles(), try v.value.doubles())
    #expect(try network(x).doubles() == y.doubles())
    #expect(try u.value.doubles() == before && v.value.doubles() == beside)
  }

  @Test("spectral norm: gradients in training are those in use with the vectors that training left", arguments: cases)
  func spectralGradient(_ one: Case) throws {
    let network = try Network(["name": "spectral_norm", "layer": one.layer], seed: 4, dtype: .float64)
    let x = Tensor.sample(one.input, 2)
    func slopes() throws -> [[Double]] {
      let slope = try valueAndGrad(of: network.trainableParameters) { network(x).square().sum() }.gradients
      return try slope.map { try $0.doubles() }
    }
    let trained = try slopes()
    network.isTraining = false
    #expect(try slopes() == trained)
  }

  @Test("spectral norm of a table and of all weights in a network; other parameters are left alone") func nested()
    throws
  {
    let network = try Network(
      [
        "name": "spectral_norm", "n_power_iterations": 3,
        "layer": [
          "name": "sequential", "layers": [Self.table, ["name": "layer_norm", "shape": [2, 3]], "tanh", Self.head],
        ],
      ], dtype: .float64)
    #expect(
      network.parameters.map(\.name) == [
        "0.weight", "1.weight", "1.bias", "3.weight", "3.bias", "0.weight_u", "0.weight_v", "3.weight_u", "3.weight_v",
      ])
    let labels = Tensor([0, 5, 3, 1] as [Int32], shape: [2, 2])
    for _ in 0..<200 { _ = network(labels) }
    let used = try #require(network.store["0.weight"]).value
    let sigma = Case(layer: Self.table, input: [], shape: [6, 3], axis: 1).largestSingularValue(try used.doubles())
    network.store["3.weight"]?.value = Tensor.zeros([3, 2], dtype: .float64)
    expectClose(try network(labels).doubles(), [Double](repeating: 0, count: 8))
    let bare = try Network(["name": "spectral_norm", "layer": Self.table], dtype: .float64)
    bare.store["weight"]?.value = used
    for _ in 0..<200 { _ = bare(labels) }
    expectClose(try bare(labels).doubles(), try (used / sigma).gather(labels).doubles(), 1e-9)
  }

  private static let head: JSON = ["name": "dense", "in_features": 3, "out_features": 2]

  @Test("weight norm changes nothing at first, then lengths are g", arguments: cases) func weightNorm(_ one: Case)
    throws
  {
    let plain = try Network(one.layer, seed: 6, dtype: .float64)
    let network = try Network(["name": "weight_norm", "layer": one.layer], seed: 6, dtype: .float64)
    let x = Tensor.sample(one.input, 5)
    expectClose(try network(x).doubles(), try plain(x).doubles())
    let length = try #require(network.store["weight_g"])
    #expect(length.shape == [one.shape[one.axis]] && length.isTrainable)
    length.value = Tensor.sample(length.shape, 1) + 2
    let v = network.parameters[0].value * 3
    network.parameters[0].value = v
    let others = one.shape.indices.filter { $0 != one.axis }
    let shape = one.shape.indices.map { $0 == one.axis ? one.shape[$0] : 1 }
    plain.parameters[0].value = v / v.square().sum(axes: others, keepDims: true).sqrt() * length.value.reshape(shape)
    expectClose(try network(x).doubles(), try plain(x).doubles())
  }

  @Test("the equalised learning rate changes nothing at first and stores weights of unit scale", arguments: cases)
  func equalized(_ one: Case) throws {
    let plain = try Network(one.layer, seed: 6, dtype: .float64)
    let network = try Network(["name": "equalized_learning_rate", "layer": one.layer], seed: 6, dtype: .float64)
    let x = Tensor.sample(one.input, 5)
    expectClose(try network(x).doubles(), try plain(x).doubles())
    let inputs = Double(one.shape.reduce(1, *) / one.shape[one.axis])
    let stored = plain.parameters[0].value * (inputs / 2).squareRoot()
    expectClose(try network.parameters[0].value.doubles(), try stored.doubles())
  }

  @Test("unrolled steps differentiate through the wrappers", arguments: ["spectral_norm", "weight_norm"])
  func unrolled(_ name: String) throws {
    let network = try Network(["name": JSON(name), "layer": Self.head], seed: 1, dtype: .float64)
    network.isTraining = false
    let parameters = network.trainableParameters
    let x = Tensor.sample([4, 3])
    func loss(_ values: [Tensor]) throws -> Tensor {
      try withParameters(parameters, setTo: values) { network(x).tanh().square().sum() }
    }
    try checkGradient(at: parameters.map(\.value), "one step of descent through \(name)") { values in
      let slopes = try grad(at: values, loss)
      return try loss(zip(values, slopes).map { $0 - $1 * 0.1 })
    }
  }

  @Test("what a wrapper's layer takes and gives besides passes through, and mistakes are said") func around() throws {
    let norm: JSON = ["name": "conditional_batch_norm", "features": 2, "num_classes": 3]
    let network = try Network(
      ["name": "spectral_norm", "layer": ["name": "sequential", "layers": [Self.head, norm]]], dtype: .float64)
    #expect(network.layer.requiredInputNames == ["labels"])
    #expect(network(Tensor.sample([4, 3]), ["labels": Tensor([0, 1, 2, 0] as [Int32])]).shape == [4, 2])
    #expect(network(Tensor.sample([4, 3])).error?.message.contains("'labels' is missing") == true)
    let none = failure { _ = try Network(["name": "spectral_norm", "layer": "relu"]) }
    #expect(none?.message.contains("spectral_norm: the layer has no weight") == true)
    #expect(failure { _ = try Network(["name": "weight_norm", "layer": "rel"]) }?.message.contains("'relu'") == true)
    // A weight of zeros stays one.
    for name in ["spectral_norm", "weight_norm"] {
      let network = try Network(["name": JSON(name), "layer": Self.head])
      network.parameters[0].value = Tensor.zeros([3, 2])
      let gradients = try valueAndGrad(of: network.trainableParameters) { network(Tensor.ones([1, 3])).sum() }.gradients
      for gradient in gradients { #expect(try gradient.isFinite().all().item() == 1) }
    }
  }

  @Test func filesHoldTheVectors() throws {
    try withTemporaryDirectory { folder in
      let network = try Network(["name": "spectral_norm", "layer": Self.conv], seed: 2)
      let x = Tensor.sample([1, 4, 4, 2], dtype: .float32)
      _ = network(x)
      try network.save(to: folder + "/net.safetensors")
      let other = try Network(contentsOf: folder + "/net.safetensors")
      for _ in 0..<3 { #expect(try other(x).doubles() == network(x).doubles()) }
    }
  }
}
