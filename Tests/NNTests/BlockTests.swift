import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Blocks") struct BlockTests {
  private func network(_ specification: JSON) throws -> Network {
    let network = try Network(specification, seed: 4, dtype: .float64)
    for (index, parameter) in network.trainableParameters.enumerated() {
      parameter.value = .sample(parameter.shape, 40 + UInt64(index))
    }
    return network
  }

  private func conv(_ x: Tensor, _ network: Network, _ name: String, padding: Int = 1) throws -> Tensor {
    let (weight, bias) = (try #require(network.store["\(name).weight"]), try #require(network.store["\(name).bias"]))
    return x.conv2d(weight.value, padding: [padding, padding, padding, padding]) + bias.value
  }

  private func halved(_ x: Tensor) -> Tensor { x.avgPool2d(window: [2, 2]) }

  @Test("residual block before the convolutions: up, down, same size, and as a discriminator's first")
  func residualPre() throws {
    let x = Tensor.sample([2, 4, 4, 2])
    var options: JSONObject = ["name": "residual_block", "in_channels": 2, "out_channels": 3, "norm": nil]
    var net = try network(.object(options))
    var body = try conv(try conv(x.relu(), net, "conv1").relu(), net, "conv2")
    expectClose(try net(x).doubles(), try (body + conv(x, net, "shortcut", padding: 0)).doubles())

    options["resample"] = "down"
    options["activate_input"] = false
    net = try network(.object(options))
    body = halved(try conv(try conv(x, net, "conv1").relu(), net, "conv2"))
    expectClose(try net(x).doubles(), try (body + halved(conv(x, net, "shortcut", padding: 0))).doubles())

    options = [
      "name": "residual_block", "in_channels": 2, "out_channels": 2, "resample": "up", "norm": "instance_norm",
    ]
    net = try network(.object(options))
    let norm = try Network(["name": "instance_norm", "features": 2])
    let enlarge = try Network("upsample")
    let first = try conv(enlarge(norm(x).relu()), net, "conv1")
    expectClose(try net(x).doubles(), try (conv(norm(first).relu(), net, "conv2") + enlarge(x)).doubles())
    #expect(net(x).shape == [2, 8, 8, 2])
  }

  @Test("residual block after the convolutions (SRGAN)") func residualPost() throws {
    let net = try network([
      "name": "residual_block", "in_channels": 2, "out_channels": 2, "order": "post", "norm": "instance_norm",
      "activation": ["name": "prelu"],
    ])
    let norm = try Network(["name": "instance_norm", "features": 2])
    let slope = try #require(net.store["act1.weight"]).value
    let x = Tensor.sample([2, 4, 3, 2])
    let first = norm(try conv(x, net, "conv1"))
    let active = Tensor.select(first .> 0, first, first * slope)
    expectClose(try net(x).doubles(), try (x + norm(conv(active, net, "conv2"))).doubles())
  }

  @Test("groups and padding modes of convolutions") func convolutions() throws {
    let x = Tensor.sample([1, 4, 5, 4])
    let net = try network([
      "name": "conv2d", "in_channels": 4, "out_channels": 6, "kernel_size": 3, "groups": 2, "padding": "same",
      "padding_mode": "reflect", "bias": false,
    ])
    let weight = net.parameters[0].value
    #expect(weight.shape == [3, 3, 2, 6])
    let around = x.pad([(0, 0), (1, 1), (1, 1), (0, 0)], mode: .reflect)
    let halves = (0..<2).map { group in
      around.sliced(axis: 3, from: 2 * group, to: 2 * group + 2)
        .conv2d(weight.sliced(axis: 3, from: 3 * group, to: 3 * group + 3))
    }
    expectClose(try net(x).doubles(), try Tensor.concatenate(halves, axis: 3).doubles())
    let depthwise = try network(["name": "depthwise_conv2d", "in_channels": 4, "multiplier": 2, "kernel_size": 1])
    #expect(depthwise.parameters[0].shape == [1, 1, 1, 8])
    let spread = x.reshape([1, 4, 5, 4, 1]) * depthwise.parameters[0].value.reshape([4, 2])
    expectClose(
      try depthwise(x).doubles(), try (spread.reshape([1, 4, 5, 8]) + depthwise.parameters[1].value).doubles())
    let wrong = failure {
      _ = try Network(["name": "conv1d", "in_channels": 4, "out_channels": 3, "kernel_size": 1, "groups": 2])
    }
    #expect(wrong?.message.contains("groups (2) must divide in_channels (4) and out_channels (3)") == true)
  }

  @Test("norms of blocks: by name, with options, or none; mistakes are said when the block is described")
  func featureLayers() throws {
    func make(_ norm: JSON) throws -> Network {
      try Network(["name": "residual_block", "in_channels": 2, "out_channels": 4, "norm": norm])
    }
    #expect(try make(nil).store["norm1.weight"] == nil)
    #expect(try make(["name": "group_norm", "num_groups": 2]).store["norm2.weight"]?.shape == [4])
    #expect(try make("layer_norm").store["norm2.weight"]?.shape == [4])
    #expect(failure { _ = try make("batchnorm") }?.message.contains("batch_norm") == true)
    #expect(failure { _ = try make(["name": "group_norm", "groups": 2]) }?.message.contains("num_groups") == true)
    #expect(failure { _ = try make(["name": "group_norm", "num_groups": 3]) }?.message.contains("divide") == true)
  }
}
