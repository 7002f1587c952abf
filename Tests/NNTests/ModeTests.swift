import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Training and evaluation") struct ModeTests {
  @Test("batch normalisation: biased variance normalises, unbiased variance moves the running statistics")
  func batchNorm() throws {
    let network = try Network(
      ["name": "batch_norm", "features": 2, "momentum": 0.3, "epsilon": 0.001], dtype: .float64)
    let names = ["weight", "bias", "running_mean", "running_var"]
    #expect(network.parameters.map(\.name) == names)
    #expect(network.parameters.map(\.isTrainable) == [true, true, false, false])
    try network.parameters[0].assign(Tensor([2, -1] as [Double]))
    try network.parameters[1].assign(Tensor([0.5, 3] as [Double]))
    var (runningMean, runningVariance) = ([0.0, 0.0], [1.0, 1.0])

    for batch in 0..<3 {
      let x = Tensor.sample([3, 2, 2], UInt64(batch)) * 2 + 1
      let values = try x.doubles()
      var expected = values
      for feature in 0..<2 {
        let column = stride(from: feature, to: 12, by: 2).map { values[$0] }
        let mean = column.reduce(0, +) / 6
        let squares = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        for index in stride(from: feature, to: 12, by: 2) {
          expected[index] =
            (values[index] - mean) / (squares / 6 + 0.001).squareRoot() * [2, -1][feature] + [0.5, 3][feature]
        }
        runningMean[feature] = 0.7 * runningMean[feature] + 0.3 * mean
        runningVariance[feature] = 0.7 * runningVariance[feature] + 0.3 * squares / 5
      }
      expectClose(try network(x).doubles(), expected)
      expectClose(try network.parameters[2].value.doubles(), runningMean)
      expectClose(try network.parameters[3].value.doubles(), runningVariance)
    }

    network.isTraining = false
    let x = Tensor.sample([4, 2], 9)
    let expected = try x.doubles().enumerated().map { index, value in
      let f = index % 2
      return (value - runningMean[f]) / (runningVariance[f] + 0.001).squareRoot() * [2, -1][f] + [0.5, 3][f]
    }
    expectClose(try network(x).doubles(), expected)
    expectClose(try network.parameters[2].value.doubles(), runningMean)
    #expect(network(x[0..<1]).error == nil)
    network.isTraining = true
    #expect(network(x[0..<1]).error?.message.contains("more than one value per feature") == true)
  }

  @Test("running statistics hold no gradient and survive a bad batch") func batchNormIsSafe() throws {
    let network = try Network(["name": "batch_norm", "features": 2])
    let (_, gradients) = try valueAndGrad(of: network.trainableParameters) {
      network(Tensor.sample([4, 2], dtype: .float32)).square().sum()
    }
    #expect(gradients.count == 2)
    #expect(network.parameters.allSatisfy { !$0.value.isTracked })
    let before = try network.parameters[2].value.doubles()
    #expect(network(Tensor.zeros([4, 3])).error?.kind == .shape)
    #expect(network(.failed(TensorError(.value, "bad"))).error == TensorError(.value, "bad"))
    #expect(try network.parameters[2].value.doubles() == before)
  }

  @Test("dropout drops its share, scales the rest, repeats with its seed, and rests in evaluation") func dropout()
    throws
  {
    let network = try Network(["name": "dropout", "p": 0.25], seed: 8)
    let x = Tensor.ones([200, 200])
    let y = try network(x).doubles()
    let dropped = y.count { $0 == 0 }
    #expect(y.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-6 })
    // Five standard deviations of a binomial count of 40,000.
    #expect(abs(Double(dropped) - 10_000) < 5 * (40_000 * 0.25 * 0.75).squareRoot())
    let next = try network(x).doubles()
    #expect(next != y)
    #expect(try Network(["name": "dropout", "p": 0.25], seed: 8)(x).doubles() == y)
    #expect(try network.evaluating { try network(x).doubles() } == x.doubles())
    #expect(network.isTraining)
    network.isTraining = false
    #expect(try network(x).doubles() == x.doubles())
    #expect(try Network(["name": "dropout", "p": 1])(x).doubles().allSatisfy { $0 == 0 })
    #expect(try Network(["name": "dropout", "p": 0])(x).doubles() == x.doubles())
  }

  @Test("the mode and the bindings of one thread are not seen by another") func threads() throws {
    let network = try Network(["name": "dense", "in_features": 1, "out_features": 1], dtype: .float64)
    let weight = network.parameters[0]
    let own = try weight.value.item()
    try withParameters([weight], setTo: [Tensor([7] as [Double], shape: [1, 1])]) { () throws in
      #expect(try weight.value.item() == 7)
      network.evaluating {
        let seen = onAnotherThread { (try weight.value.item(), network.isTraining) }
        #expect(seen?.0 == own)
        #expect(seen?.1 == true)
        #expect(!network.isTraining)
      }
      // An assignment inside stays inside.
      weight.value = Tensor([8] as [Double], shape: [1, 1])
      #expect(try weight.value.item() == 8)
    }
    #expect(try weight.value.item() == own)
  }

  @Test("threads that train networks of their own and sample a shared one give the bits of one thread alone")
  func sideBySide() throws {
    let shared = try Network(["name": "dense", "in_features": 3, "out_features": 2], seed: 1)
    let specification: JSON = [
      "name": "sequential",
      "layers": [
        ["name": "dense", "in_features": 3, "out_features": 8], ["name": "batch_norm", "features": 8], "tanh",
        ["name": "dropout", "p": 0.2], ["name": "dense", "in_features": 8, "out_features": 2],
      ],
    ]
    @Sendable func train(_ seed: UInt64) throws -> [Double] {
      let network = try Network(specification, seed: seed)
      let optimizer = try Optimizer("adam", of: network.trainableParameters)
      let x = Tensor.sample([16, 3], dtype: .float32)
      for _ in 0..<30 {
        // Others change the shared network meanwhile: what is sampled is one of its values, whole.
        try shared.parameters[1].assign(Tensor([Float(seed), Float(seed)]))
        let bias = try shared.parameters[1].value.doubles()
        guard bias[0] == bias[1], shared(x).error == nil else { throw TensorError(.state, "a torn parameter") }
        let (_, gradients) = try valueAndGrad(of: optimizer.parameters) { network(x).square().mean() }
        try optimizer.step(gradients)
      }
      return try network.parameters.flatMap { try $0.value.doubles() }
    }
    let alone = try (0..<4).map { try train($0) }
    let together = onThreads(4) { try train(UInt64($0)) }
    for (index, result) in together.enumerated() { #expect(try result?.get() == alone[index], "thread \(index)") }
  }

  @Test("bindings nest, give back what was assigned, and refuse what does not fit") func bindings() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1])
    let (weight, bias) = (network.parameters[0], network.parameters[1])
    func column(_ value: Double) -> Tensor { .full(value, [2, 1]) }
    try ParameterBinding.enter([weight], [column(1)])
    try ParameterBinding.enter([weight], [column(2)])
    weight.value = column(3)
    #expect(try ParameterBinding.exit([weight])[0].doubles() == [3, 3])
    #expect(try weight.value.doubles() == [1, 1])
    #expect(try ParameterBinding.exit([weight])[0].doubles() == [1, 1])
    let shape = failure { try ParameterBinding.enter([weight], [Tensor.zeros([3])]) }
    #expect(shape?.message == "parameter 'weight' has shape (2, 1); a value of shape (3,) does not fit")
    #expect(failure { try ParameterBinding.enter([weight, bias], [column(1)]) }?.kind == .value)
    #expect(ThreadBindings.current.stacks.isEmpty)
  }
}
