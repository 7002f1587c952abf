import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Networks and their parameters") struct NetworkTests {
  private let specification: JSON = [
    "name": "sequential",
    "layers": [
      ["name": "dense", "in_features": 2, "out_features": 3], ["name": "batch_norm", "features": 3], "tanh",
      ["name": "dense", "in_features": 3, "out_features": 1],
    ],
  ]

  @Test("layers made in scopes name their parameters") func scopes() throws {
    let network = try Network(seed: 1) { scope in
      try Sequential(Dense(2, 4, in: scope["fc1"]), ReLU(), Dense(4, 1, bias: false, in: scope["head"]["fc2"]))
    }
    #expect(network.parameters.map(\.name) == ["fc1.weight", "fc1.bias", "head.fc2.weight"])
    #expect(network.store["fc1.bias"]?.shape == [4])
    #expect(network.specification == nil)
    let taken = failure { _ = try Dense(2, 4, in: Scope(network.store)["fc1"]) }
    #expect(taken?.message.contains("there is already a parameter 'fc1.weight'") == true)
    let bad = failure { _ = try Dense(2, 4, in: Scope(network.store)["a..b"]) }
    #expect(bad?.message.contains("is no name for a parameter") == true)
    #expect(failure { _ = try Dense(2, 4, in: Scope(network.store)["a"][""]) }?.kind == .value)
    #expect(failure { _ = try Dense(2, 4, in: Scope(ParameterStore(), dtype: .int32)) }?.kind == .type)
  }

  @Test("sizes out of range are refused, and huge ones are an error, not a crash") func sizes() {
    let scope = Scope(ParameterStore())["x"]
    #expect(
      failure { _ = try Dense(0, 3, in: scope) }?.message
        == "x (dense): in_features must be a whole number from 1 to 2147483647, not 0")
    #expect(failure { _ = try Dense(-1, 3, in: scope) }?.kind == .value)
    #expect(failure { _ = try Dense(Int.max, 3, in: scope) }?.kind == .value)
    let huge = failure { _ = try Dense(2_000_000_000, 2_000_000_000, in: scope["h"]) }
    #expect(
      huge.map { $0.kind == .memory || $0.kind == .shape || $0.kind == .value } == true, "\(String(describing: huge))")
    let orthogonal = failure {
      _ = try Dense(2_000_000_000, 2_000_000_000, weight: .orthogonal(), in: scope["o"])
    }
    #expect(orthogonal != nil)
    #expect(
      failure { _ = try Conv2D(1, 1, kernel: Size2D(3, 0), in: scope["c"]) }?.message.contains("kernel_size") == true)
    #expect(
      failure { _ = try Conv2D(1, 1, kernel: 3, padding: -1, in: scope["p"]) }?.message.contains("padding") == true)
    #expect(failure { _ = try BatchNorm(2, momentum: 2, in: scope["b"]) }?.message.contains("momentum") == true)
    #expect(failure { _ = try LayerNorm([], in: scope["l"]) }?.message.contains("at least one axis") == true)
    #expect(scope.store.parameters.isEmpty)
  }

  @Test("an input that does not fit names the layer, what it expects and what it got") func badInputs() throws {
    let network = try Network(specification)
    #expect(
      network(Tensor.zeros([4, 5])).error
        == TensorError(
          .shape,
          "0 (dense): expected an input with at least 1 axes, the last of 2 features, not one of shape (4, 5)"))
    let conv = try Network(["name": "conv2d", "in_channels": 3, "out_channels": 1, "kernel_size": 5])
    #expect(
      conv(Tensor.zeros([8, 8, 3])).error?.message
        == "conv2d: expected an input with 4 axes, the last of 3 channels (batch, height, width, channels), "
        + "not one of shape (8, 8, 3)")
    #expect(conv(Tensor.zeros([1, 3, 3, 3])).error?.kind == .shape)
    let reshape = try Network(["name": "reshape", "shape": [2, 2]])
    #expect(
      reshape(Tensor.zeros([3, 5])).error?.message
        == "reshape: an example of shape (5,) has 5 elements and cannot become (2, 2)")
    #expect(reshape(Tensor(1)).error?.message == "reshape: expected a batch, not a scalar")
    let first = TensorError(.memory, "first")
    #expect(network(.failed(first)).error == first)
  }

  @Test("the state round-trips through a file with the specification") func files() throws {
    let network = try Network(specification, seed: 7)
    _ = network(Tensor.sample([8, 2], dtype: .float32))
    network.isTraining = false
    let x = Tensor.sample([3, 2], 1, dtype: .float32)
    let expected = try network(x).doubles()
    try withTemporaryDirectory { directory in
      let path = directory + "/net.safetensors"
      try network.save(to: path, metadata: ["epoch": "3"])
      #expect(fileNames(in: directory) == ["net.safetensors"])
      #expect(try Safetensors.read(path).metadata["epoch"] == "3")
      let rebuilt = try Network(contentsOf: path)
      rebuilt.isTraining = false
      #expect(try rebuilt(x).doubles() == expected)
      let other = try Network(specification, seed: 8)
      other.isTraining = false
      #expect(try other(x).doubles() != expected)
      try other.load(from: path)
      #expect(try other(x).doubles() == expected)

      try Safetensors.write(network.state, to: path)
      let foreign = failure { _ = try Network(contentsOf: path) }
      #expect(foreign?.kind == .io)
      #expect(foreign?.message.contains("does not describe a network") == true)
    }
  }

  @Test("a state that does not fit is refused whole, and every fault is listed") func badState() throws {
    let network = try Network(specification, seed: 7)
    let before = try network.parameters.map { try $0.value.doubles() }
    var state = try Network(specification, seed: 9).state
    state["0.bias"] = nil
    state["1.running_mean"] = nil
    state["extra"] = Tensor(1)
    state["0.weight"] = Tensor.zeros([3, 2])
    state["3.bias"] = Tensor([1] as [Int32])
    let error = failure { try network.restore(state) }
    #expect(
      error
        == TensorError(
          .value,
          "network: the state does not fit; missing: 0.bias, 1.running_mean; unexpected: extra; mismatched: 0.weight has "
            + "shape (3, 2) where (2, 3) is expected, 3.bias has type int32 where float32 is expected"))
    #expect(try network.parameters.map { try $0.value.doubles() } == before)
  }

  @Test("assigning copies, converts and checks") func assign() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1])
    let bias = network.parameters[1]
    try bias.assign(Tensor([2.5] as [Double]))
    #expect(bias.value.dtype == .float32)
    #expect(try bias.value.item() == 2.5)
    let source = Tensor([1.5] as [Float])
    try bias.assign(source)
    #expect(bias.value.address != source.address)
    #expect(
      failure { try bias.assign(Tensor.zeros([2])) }?.message
        == "parameter 'bias' has shape (1,); a tensor of shape (2,) does not fit")
    #expect(failure { try bias.assign(.failed(TensorError(.io, "x"))) }?.kind == .io)
    #expect(try bias.value.item() == 1.5)
  }

  @Test("named tensors: order, prefixes, removal") func namedTensors() {
    var named = NamedTensors()
    for (index, name) in ["g.a", "d.a", "g.b"].enumerated() { named[name] = Tensor(Double(index)) }
    #expect(named.under("g.").names == ["a", "b"])
    named["d.a"] = nil
    #expect(named.names == ["g.a", "g.b"])
    named["g.b"] = Tensor(9)
    #expect(named.count == 2)
    var merged = NamedTensors()
    merged.merge(named, prefix: "model.")
    #expect(merged.names == ["model.g.a", "model.g.b"])
  }
}
