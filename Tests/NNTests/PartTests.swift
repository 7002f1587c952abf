import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Layers made around layers that exist") struct PartTests {
  private let dense: JSON = ["name": "dense", "in_features": 3, "out_features": 2]

  @Test("parts are shared: values, names, mode and random numbers") func shared() throws {
    let inner = try Network(dense, seed: 5)
    let whole = try Network(["name": "weight_norm", "layer": ["part": 0]], seed: 9, parts: [inner])
    #expect(whole.parameters.map(\.name) == ["weight", "bias", "weight_g"])
    #expect(whole.parameters[0].identity == inner.parameters[0].identity)
    let x = Tensor.sample([4, 3], dtype: .float32)
    expectClose(try whole(x).doubles(), try inner(x).doubles(), 1e-6)
    inner.store["bias"]?.value = Tensor([1, 2] as [Float])
    expectClose(try whole(x).doubles(), try inner(x).doubles(), 1e-6)
    whole.isTraining = false
    #expect(!inner.isTraining)
  }

  @Test("several parts, at any depth, each under its own name") func several() throws {
    let parts = [try Network(dense), try Network("tanh"), try Network(dense, seed: 1)]
    let whole = try Network(
      [
        "name": "sequential",
        "layers": [["name": "parallel", "branches": [["part": 0], ["part": 2]], "merge": "sum"], ["part": 1]],
      ], parts: parts)
    #expect(whole.parameters.map(\.name) == ["0.0.weight", "0.0.bias", "0.1.weight", "0.1.bias"])
    let x = Tensor.sample([4, 3], dtype: .float32)
    expectClose(try whole(x).doubles(), try (parts[0](x) + parts[2](x)).tanh().doubles(), 1e-6)
    // The whole can be described, and so saved and made anew.
    let specification = try #require(whole.specification)
    #expect(!specification.text().contains("part\""))
    let again = try Network(specification)
    try again.restore(whole.state)
    #expect(try again(x).doubles() == whole(x).doubles())
  }

  @Test("a layer used twice is one layer") func twice() throws {
    let square = try Network(["name": "dense", "in_features": 3, "out_features": 3])
    let whole = try Network(["name": "sequential", "layers": [["part": 0], ["part": 0]]], parts: [square])
    #expect(whole.parameters.map(\.name) == ["0.weight", "0.bias"])
    let x = Tensor.sample([4, 3], dtype: .float32)
    #expect(try whole(x).doubles() == square(square(x)).doubles())
  }

  @Test("what cannot be described leaves the whole without a description") func undescribed() throws {
    let coded = try Network(seed: 1) { scope in try Dense(3, 2, in: scope) }
    let whole = try Network(["name": "spectral_norm", "layer": ["part": 0]], parts: [coded])
    #expect(whole.specification == nil)
    #expect(whole.store["weight_u"] != nil)
  }

  @Test func mistakes() throws {
    let missing = failure {
      _ = try Network(["name": "spectral_norm", "layer": ["part": 1]], parts: [try Network(dense)])
    }
    #expect(missing?.message.contains("there is no part 1; 1 layers were given as parts") == true)
    #expect(failure { _ = try Network(["part": 0]) }?.kind == .value)
    #expect(failure { _ = try OptimizerRegistry.shared.resolve(["part": 0]) }?.kind == .type)
  }
}
