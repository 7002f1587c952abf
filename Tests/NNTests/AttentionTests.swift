import SwiftGANCore
import Testing

@testable import SwiftGANNN

private func make(_ specification: JSON) throws -> Network { try Network(specification, seed: 3, dtype: .float64) }

@Suite("Attention") struct AttentionTests {
  let x = Tensor.sample([2, 4, 6])

  @Test("weights are shares of what may be looked at") func weights() throws {
    let network = try make(["name": "multi_head_attention", "features": 6, "num_heads": 2])
    let mask = Tensor([true, true, false, true, false, false, false, false], shape: [2, 4])
    let weights = network.outputs(x, ["mask": mask])[1]
    #expect(weights.shape == [2, 2, 4, 4])
    // The second example may look at nothing: no NaN, no weight.
    expectClose(
      try weights.sum(axes: [3]).doubles(), [Double](repeating: 1, count: 8) + [Double](repeating: 0, count: 8))
    #expect(try weights.selected(axis: 3, at: 2).abs().max().item() == 0)
  }

  @Test("an example's output does not depend on what it may not look at") func maskedAndCausal() throws {
    let network = try make(["name": "multi_head_attention", "features": 6, "num_heads": 3, "causal": true])
    let changed = x + Tensor([0, 0, 0, 5] as [Double], shape: [4, 1])
    let (before, after) = (network(x), network(changed))
    #expect(try before.sliced(axis: 1, to: 3).doubles() == after.sliced(axis: 1, to: 3).doubles())
    #expect(try before.sliced(axis: 1, from: 3).doubles() != after.sliced(axis: 1, from: 3).doubles())
    // Fewer queries than keys: the last query stands at the last key.
    let last = network(x.sliced(axis: 1, from: 2), ["context": x])
    expectClose(try last.doubles(), try before.sliced(axis: 1, from: 2).doubles())
  }

  @Test("masks of two, three and four axes mean the same") func maskShapes() throws {
    let network = try make(["name": "multi_head_attention", "features": 6, "num_heads": 2])
    let mask = Tensor([1, 1, 0, 1, 1, 0, 1, 1] as [Float], shape: [2, 4])
    let expected = try network(x, ["mask": mask]).doubles()
    // Two axes: the batch's first; else they are the queries'.
    let causal = causalMask(queries: 4, keys: 4)
    #expect(
      try network(x, ["mask": causal]).doubles() == network(x, ["mask": causal.reshape([1, 4, 4])]).doubles())
    let four = Tensor.sample([4, 4, 6])
    #expect(
      try network(four, ["mask": causal]).doubles() == network(four, ["mask": causal.reshape([4, 1, 4])]).doubles())
    #expect(try network(x, ["mask": mask.reshape([2, 1, 4])]).doubles() == expected)
    #expect(try network(x, ["mask": mask.reshape([2, 1, 1, 4]).broadcast(to: [2, 2, 4, 4])]).doubles() == expected)
  }

  @Test("what no query may look at, NaN too, reaches no gradient") func unseenKeys() throws {
    let network = try make(["name": "multi_head_attention", "features": 6, "num_heads": 2])
    let mask = Tensor([true, true, false, true, false, true, true, false], shape: [2, 4])
    let parameters = network.trainableParameters
    func gradients(_ hidden: Double) throws -> [[Double]] {
      let context = Tensor.select(mask.expandDims(at: 2), Tensor.sample([2, 4, 6], 7), Tensor(hidden, dtype: .float64))
      return try grad(at: [x, context] + parameters.map(\.value)) { leaves in
        try withParameters(parameters, setTo: Array(leaves.dropFirst(2))) {
          network(leaves[0], ["context": leaves[1], "mask": mask]).square().sum()
        }
      }.map { try $0.doubles() }
    }
    let clean = try gradients(0)
    #expect(clean.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(try gradients(.nan) == clean)
    #expect(try gradients(.infinity) == clean)
  }

  @Test("sequences and contexts of nothing") func empty() throws {
    let nothing = Tensor.zeros([2, 0, 6], dtype: .float64)
    let network = try make(["name": "multi_head_attention", "features": 6, "num_heads": 2, "causal": true])
    #expect(network.outputs(nothing, [:]).map(\.shape) == [[2, 0, 6], [2, 2, 0, 0]])
    // Queries that find no key get no values: the bias of the output's layer, 0 at first.
    let alone = network.outputs(x, ["context": nothing])
    #expect(alone.map(\.shape) == [[2, 4, 6], [2, 2, 4, 0]])
    #expect(try alone[0].abs().max().item() == 0)
    let block = try make(["name": "transformer_encoder_block", "features": 6, "num_heads": 2])
    #expect(block(nothing).shape == [2, 0, 6])
    #expect(block(nothing, ["mask": Tensor.zeros([2, 0], dtype: .bool)]).shape == [2, 0, 6])
    #expect(try make(["name": "self_attention2d", "channels": 8])(Tensor.zeros([1, 0, 3, 8])).shape == [1, 0, 3, 8])
  }

  @Test("gradients by the input, the context and the weights, of orders 1 and 2, with a row of nothing")
  func gradients() throws {
    let network = try make(
      ["name": "multi_head_attention", "features": 2, "num_heads": 2, "context_features": 3])
    let parameters = network.trainableParameters
    let mask = Tensor([true, false, false, false], shape: [2, 2])
    try checkGradient(
      at: [Tensor.sample([2, 2, 2]), Tensor.sample([2, 2, 3], 4)] + parameters.map(\.value), "attention"
    ) {
      leaves in
      let y = try withParameters(parameters, setTo: Array(leaves.dropFirst(2))) {
        network(leaves[0], ["context": leaves[1], "mask": mask])
      }
      return (y.square() * Tensor.sample(y.shape, 8)).sum()
    }
  }

  @Test("attention of images starts as the identity, and its pooled keys are a quarter") func images() throws {
    let image = Tensor.sample([2, 4, 6, 8])
    let network = try make(["name": "self_attention2d", "channels": 8, "pool": true])
    let outputs = network.outputs(image, [:])
    #expect(try outputs[0].doubles() == image.doubles())
    #expect(outputs[1].shape == [2, 24, 6])
    expectClose(try outputs[1].sum(axes: [2]).doubles(), [Double](repeating: 1, count: 48))
    network.store["gamma"]?.value = Tensor(0.5, dtype: .float64)
    #expect(try network(image).doubles() != image.doubles())
    // Odd sizes, and a single row.
    #expect(network(Tensor.sample([1, 1, 3, 8])).shape == [1, 1, 3, 8])
    #expect(network.outputs(Tensor.sample([1, 5, 3, 8]), [:])[1].shape == [1, 15, 2])
  }

  @Test("positional encodings") func positions() throws {
    let waves = try make("positional_encoding")(Tensor.zeros([1, 3, 4], dtype: .float64)).doubles()
    expectClose(Array(waves[..<4]), [0, 1, 0, 1])
    expectClose(
      Array(waves[4..<8]), [0.8414709848078965, 0.5403023058681398, 0.009999833334166664, 0.9999500004166653])
    #expect(try make("positional_encoding")(Tensor.zeros([5, 3])).shape == [5, 3])
    let learned = try make(["name": "learned_positional_encoding", "max_length": 5, "features": 6])
    let weight = try #require(learned.store["weight"]).value
    expectClose(try learned(x).doubles(), try (x + weight[0..<4]).doubles())
    #expect(learned(Tensor.zeros([1, 6, 6])).error?.message.contains("at most max_length = 5") == true)
  }

  @Test("the encoder's block in both orders of normalisation") func block() throws {
    for normFirst in [true, false] {
      let network = try make([
        "name": "transformer_encoder_block", "features": 6, "num_heads": 2, "hidden_features": 5,
        "norm_first": JSON(normFirst), "causal": true,
      ])
      let outputs = network.outputs(x, ["mask": Tensor.full(1, [2, 4], dtype: .bool)])
      #expect(outputs[0].shape == x.shape && outputs[1].shape == [2, 2, 4, 4])
      #expect(try outputs[0].doubles() == network(x).doubles())
      if !normFirst { expectClose(try outputs[0].mean(axes: [2]).doubles(), [Double](repeating: 0, count: 8), 1e-10) }
    }
  }

  @Test("what does not fit is said") func mistakes() throws {
    let network = try make(["name": "multi_head_attention", "features": 6, "num_heads": 2])
    func message(_ further: [String: Tensor]) -> String { network(x, further).error?.message ?? "" }
    #expect(message(["mask": Tensor.zeros([3, 4])]).contains("(queries, keys), (batch, queries, keys) or"))
    #expect(message(["mask": Tensor.zeros([3, 4])]).contains("here of (2, 2, 4, 4), not (3, 4)"))
    #expect(message(["context": Tensor.zeros([2, 4, 5])]).contains("(2, keys, 6), not (2, 4, 5)"))
    #expect(message(["labels": x]).contains("it has context, mask"))
    let odd = failure { _ = try make(["name": "multi_head_attention", "features": 6, "num_heads": 4]) }
    #expect(odd?.message.contains("features (6) must be a multiple of num_heads (4)") == true)
  }
}
