import SwiftGANCore
import SwiftGANNN
import Testing

/// Networks made of networks: what a store that takes in another one shares with it.
@Suite struct AdoptTests {
  private let dense: JSON = ["name": "dense", "in_features": 2, "out_features": 2]

  @Test func parametersAreSharedUnderNewNames() throws {
    let part = try Network(dense, seed: 1)
    let whole = ParameterStore(seed: 2)
    try whole.adopt(part.store, as: "0")
    #expect(whole.parameters.map(\.name) == ["0.weight", "0.bias"])
    #expect(part.parameters.map(\.name) == ["weight", "bias"])
    let weight = try #require(whole["0.weight"])
    try weight.assign(Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]))
    #expect(try part.parameters[0].value.scalars(as: Float.self) == [1, 2, 3, 4])
    #expect(weight.identity == part.parameters[0].identity)
  }

  @Test func gradientsReachThePart() throws {
    let part = try Network(dense, seed: 1)
    let whole = ParameterStore(seed: 2)
    try whole.adopt(part.store, as: "0")
    let x = Tensor.ones([1, 2])
    let (_, gradients) = try valueAndGrad(of: whole.trainableParameters) { part(x).sum() }
    #expect(try gradients[1].scalars(as: Float.self) == [1, 1])
  }

  @Test func modeAndRandomNumbersReachAllParts() throws {
    let inner = try Network(["name": "dropout", "p": 0.5], seed: 1)
    let middle = ParameterStore(seed: 2)
    try middle.adopt(inner.store, as: "a")
    let outer = ParameterStore(seed: 3)
    try outer.adopt(middle, as: "b")
    outer.isTraining = false
    #expect(!inner.isTraining)
    outer.withTraining(true) { #expect(inner.isTraining) }
    #expect(!inner.isTraining)
    #expect(inner.store.random === outer.random)
  }

  @Test func sharedParametersCountOnce() throws {
    let part = try Network(dense, seed: 1)
    let whole = ParameterStore(seed: 2)
    try whole.adopt(part.store, as: "0")
    try whole.adopt(part.store, as: "1")
    #expect(whole.parameters.count == 2)
  }

  @Test func aTakenNameLeavesTheStoreAsItWas() throws {
    let whole = ParameterStore(seed: 2)
    _ = try Scope(whole)["0"].parameter("bias", [3], .zeros)
    let error = failure { try whole.adopt(Network(dense).store, as: "0") }
    #expect(error?.message.contains("there is already a parameter '0.bias'") == true)
    #expect(whole.parameters.map(\.name) == ["0.bias"])
  }

  @Test func mistakesAreNamed() throws {
    let part = try Network(dense, seed: 1)
    let whole = ParameterStore(seed: 2)
    #expect(throws: TensorError.self) { try whole.adopt(part.store, as: "a.b") }
    #expect(throws: TensorError.self) { try whole.adopt(part.store, as: "") }
    try whole.adopt(part.store, as: "0")
    #expect(throws: TensorError.self) { try whole.adopt(ParameterStore(), as: "0") }
    #expect(throws: TensorError.self) { try part.store.adopt(whole, as: "0") }
    #expect(throws: TensorError.self) { try whole.adopt(whole, as: "0") }
    #expect(throws: TensorError.self) { try Parameter("index", copying: Tensor([1] as [Int32])) }
  }
}
