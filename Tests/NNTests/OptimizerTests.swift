import SwiftGANCore
import Testing

@testable import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A rule in plain doubles, written from its paper: gets the parameter, the gradient, the number of the update (from 1)
/// and what it remembers, and gives the new parameter.
private typealias Reference = @Sendable (_ p: Double, _ g: Double, _ t: Int, _ memory: inout [Double]) -> Double

private struct RuleSample: Sendable, CustomTestStringConvertible {
  let specification: JSON
  let reference: Reference
  var testDescription: String { specification.text() }

  init(_ specification: JSON, _ reference: @escaping Reference) {
    self.specification = specification
    self.reference = reference
  }
}

private func adam(_ rate: Double, _ b1: Double, _ b2: Double, _ epsilon: Double, l2: Double = 0, decay: Double = 0)
  -> Reference
{
  { p, g, t, memory in
    let g = g + l2 * p
    memory[0] = b1 * memory[0] + (1 - b1) * g
    memory[1] = b2 * memory[1] + (1 - b2) * g * g
    let m = memory[0] / (1 - pow(b1, Double(t)))
    let v = memory[1] / (1 - pow(b2, Double(t)))
    return p - rate * (m / (v.squareRoot() + epsilon) + decay * p)
  }
}

private let rules: [RuleSample] = [
  RuleSample("sgd") { p, g, _, _ in p - 0.01 * g },
  RuleSample(["name": "sgd", "learning_rate": 0.1, "weight_decay": 0.02]) { p, g, _, _ in p - 0.1 * (g + 0.02 * p) },
  RuleSample(["name": "sgd", "learning_rate": 0.1, "momentum": 0.9]) { p, g, _, memory in
    memory[0] = 0.9 * memory[0] + g
    return p - 0.1 * memory[0]
  },
  RuleSample(["name": "sgd", "learning_rate": 0.1, "momentum": 0.8, "nesterov": true]) { p, g, _, memory in
    memory[0] = 0.8 * memory[0] + g
    return p - 0.1 * (g + 0.8 * memory[0])
  },
  RuleSample("rmsprop") { p, g, _, memory in
    memory[0] = 0.99 * memory[0] + 0.01 * g * g
    return p - 0.01 * g / (memory[0].squareRoot() + 1e-8)
  },
  RuleSample([
    "name": "rmsprop", "learning_rate": 0.05, "alpha": 0.9, "epsilon": 1e-3, "momentum": 0.5, "centered": true,
  ]) { p, g, _, memory in
    memory[0] = 0.9 * memory[0] + 0.1 * g * g
    memory[1] = 0.9 * memory[1] + 0.1 * g
    memory[2] = 0.5 * memory[2] + g / ((memory[0] - memory[1] * memory[1]).squareRoot() + 1e-3)
    return p - 0.05 * memory[2]
  },
  RuleSample("adam", adam(0.001, 0.9, 0.999, 1e-8)),
  RuleSample(
    ["name": "adam", "learning_rate": 2e-4, "beta1": 0.5, "beta2": 0.99, "epsilon": 1e-6, "weight_decay": 0.3],
    adam(2e-4, 0.5, 0.99, 1e-6, l2: 0.3)),
  RuleSample(["name": "adam", "learning_rate": 1e-4, "beta1": 0, "beta2": 0.9], adam(1e-4, 0, 0.9, 1e-8)),
  RuleSample("adamw", adam(0.001, 0.9, 0.999, 1e-8, decay: 0.01)),
  RuleSample(["name": "adamw", "learning_rate": 0.1, "weight_decay": 0.5], adam(0.1, 0.9, 0.999, 1e-8, decay: 0.5)),
]

/// Two parameters of a network that exists only for its names.
func twoParameters(_ seed: UInt64 = 1) throws -> [Parameter] {
  try Network(["name": "dense", "in_features": 3, "out_features": 2, "bias_init": "ones"], seed: seed, dtype: .float64)
    .trainableParameters
}

@Suite("Optimisers") struct OptimizerTests {
  @Test("every registered optimiser has a sample") func samplesAreComplete() {
    for name in OptimizerRegistry.shared.names {
      #expect(
        rules.contains { $0.specification.stringValue == name || $0.specification["name"]?.stringValue == name },
        "add a sample of the optimizer '\(name)' to OptimizerTests")
    }
  }

  @Test("six updates follow the paper's formula", arguments: rules) private func formula(_ sample: RuleSample) throws {
    let parameters = try twoParameters()
    let optimizer = try Optimizer(sample.specification, of: parameters)
    var expected = try parameters.map { try $0.value.doubles() }
    var memory = expected.map { $0.map { _ in [0.0, 0.0, 0.0] } }
    for t in 1...6 {
      let gradients = parameters.enumerated().map { Tensor.sample($1.shape, UInt64(10 * t + $0)) * 3 }
      try optimizer.step(gradients)
      for (index, gradient) in gradients.enumerated() {
        for (element, g) in try gradient.doubles().enumerated() {
          expected[index][element] = sample.reference(expected[index][element], g, t, &memory[index][element])
        }
        expectClose(try parameters[index].value.doubles(), expected[index], 1e-13, "update \(t)")
      }
    }
    #expect(try optimizer.stepCount == 6)
  }

  @Test("float32 parameters follow within float32's accuracy", arguments: rules)
  private func singlePrecision(_ sample: RuleSample) throws {
    let network = try Network(["name": "dense", "in_features": 3, "out_features": 2], seed: 1)
    let optimizer = try Optimizer(sample.specification, of: network.trainableParameters)
    var expected = try network.parameters[0].value.doubles()
    var memory = expected.map { _ in [0.0, 0.0, 0.0] }
    for t in 1...4 {
      let gradients = network.parameters.map { Tensor.sample($0.shape, UInt64(t), dtype: .float32) }
      try optimizer.step(gradients)
      for (element, g) in try gradients[0].doubles().enumerated() {
        expected[element] = sample.reference(expected[element], g, t, &memory[element])
      }
    }
    #expect(network.parameters.allSatisfy { $0.value.dtype == .float32 })
    expectClose(try network.parameters[0].value.doubles(), expected, 2e-6)
  }

  @Test("clipping by value, then by global norm") func clipping() throws {
    let parameters = try twoParameters()
    let plan = try OptimizerPlan(["name": "sgd", "learning_rate": 1, "clip_norm": 2, "clip_value": 1.5])
    let gradients = [
      Tensor([3, -0.5, 0, 1, -4, 0.25] as [Double], shape: [3, 2]), Tensor([2, -2] as [Double]),
    ]
    let limited = [[1.5, -0.5, 0, 1, -1.5, 0.25], [1.5, -1.5]]
    let norm = limited.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    let before = try parameters.map { try $0.value.doubles() }
    try Optimizer(plan, of: parameters).step(gradients)
    for index in 0..<2 {
      let moved = zip(before[index], limited[index]).map { $0 - $1 * 2 / norm }
      expectClose(try parameters[index].value.doubles(), moved)
    }
    // Within the limits the gradient keeps its bits.
    let small = gradients.map { $0 * 0.1 }
    for (clipped, given) in zip(plan.clipped(small), small) { #expect(try clipped.doubles() == given.doubles()) }
    let zero = plan.clipped(gradients.map { $0 * 0 })
    #expect(try zero[0].doubles().allSatisfy { $0 == 0 })
  }

  @Test("groups have their own rate and decay") func groups() throws {
    let parameters = try twoParameters()
    let optimizer = try Optimizer(
      [
        "name": "sgd", "learning_rate": 0.5, "weight_decay": 0.1,
        "groups": [["parameters": ["*bias"], "learning_rate": 0.25, "weight_decay": 0]],
      ], of: parameters)
    let before = try parameters.map { try $0.value.doubles() }
    let gradients = parameters.map { Tensor.ones($0.shape, dtype: .float64) }
    try optimizer.step(gradients)
    expectClose(try parameters[0].value.doubles(), before[0].map { $0 - 0.5 * (1 + 0.1 * $0) })
    expectClose(try parameters[1].value.doubles(), before[1].map { $0 - 0.25 })
    let again = try Optimizer(JSON.parse(optimizer.plan.specification.text()), of: parameters)
    #expect(again.plan.specification == optimizer.plan.specification)
    let error = failure {
      _ = try Optimizer(["name": "sgd", "groups": [["parameters": ["*.gamma"]]]], of: parameters)
    }
    #expect(error?.message == "group 0 (*.gamma) holds no parameter; there are bias, weight")
  }

  @Test(
    "patterns",
    arguments: [
      ("*", "a.b", true), ("*.bias", "fc.bias", true), ("*.bias", "fc.bias2", false), ("fc*.b*s", "fc1.0.bias", true),
      ("fc", "fc1", false), ("", "", true), ("a*b*c", "aXbXbXc", true), ("a*b", "a", false), ("**", "x", true),
    ])
  func patterns(_ pattern: String, _ name: String, _ fits: Bool) {
    #expect(ParameterGroup([pattern], OptimizerSettings(learningRate: 1)).contains(name) == fits)
  }

  @Test("a schedule moves the rate with the step") func scheduled() throws {
    let parameters = try twoParameters()
    let optimizer = try Optimizer(
      ["name": "sgd", "learning_rate": ["name": "step", "initial": 1, "every": 2, "factor": 0.5]], of: parameters)
    var expected = try parameters[1].value.doubles()
    for rate in [1, 1, 0.5, 0.5, 0.25] {
      #expect(try optimizer.learningRate == rate)
      try optimizer.step(parameters.map { Tensor.ones($0.shape, dtype: .float64) })
      expected = expected.map { $0 - rate }
      expectClose(try parameters[1].value.doubles(), expected)
    }
  }

  @Test("state: saving, restoring and going on gives the same bits", arguments: rules)
  private func resume(_ sample: RuleSample) throws {
    func gradients(_ t: Int, _ parameters: [Parameter]) -> [Tensor] {
      parameters.enumerated().map { Tensor.sample($1.shape, UInt64(10 * t + $0)) }
    }
    let through = try twoParameters()
    let first = try Optimizer(sample.specification, of: through)
    for t in 0..<3 { try first.step(gradients(t, through)) }
    let resumed = try twoParameters(99)
    let second = try Optimizer(first.plan.specification, of: resumed)
    for (parameter, source) in zip(resumed, through) { try parameter.assign(source.value) }
    try withTemporaryDirectory { directory in
      try Safetensors.write(first.state, to: directory + "/state.safetensors")
      try second.restore(Safetensors.read(directory + "/state.safetensors").tensors)
    }
    for t in 3..<6 {
      try first.step(gradients(t, through))
      try second.step(gradients(t, resumed))
    }
    for (a, b) in zip(through, resumed) { #expect(try a.value.doubles() == b.value.doubles()) }
    #expect(try second.stepCount == 6)
  }

  @Test("a state that does not fit is refused whole") func badState() throws {
    let parameters = try twoParameters()
    let optimizer = try Optimizer("adam", of: parameters)
    try optimizer.step(parameters.map { Tensor.ones($0.shape, dtype: .float64) })
    var state = optimizer.state
    #expect(
      state.names == [
        "step", "weight.first_moment", "weight.second_moment", "bias.first_moment", "bias.second_moment",
      ])
    state["bias.first_moment"] = nil
    state["velocity"] = Tensor(0)
    state["weight.second_moment"] = Tensor.zeros([7])
    let error = failure { try optimizer.restore(state) }
    #expect(
      error?.message == "optimizer: the state does not fit; missing: bias.first_moment; unexpected: velocity; "
        + "mismatched: weight.second_moment has shape (7,) where (3, 2) is expected")
    var negative = optimizer.state
    negative["step"] = Tensor(-1, dtype: .float64)
    #expect(failure { try optimizer.restore(negative) }?.message.contains("not -1.0") == true)
    #expect(try optimizer.stepCount == 1)
  }

  @Test("a bad gradient changes nothing") func badGradients() throws {
    let parameters = try twoParameters()
    let optimizer = try Optimizer("adam", of: parameters)
    let before = try parameters.map { try $0.value.doubles() }
    let good = parameters.map { Tensor.ones($0.shape, dtype: .float64) }
    #expect(
      failure { try optimizer.step([good[0]]) }?.message == "1 gradients were given for 2 parameters")
    #expect(
      failure { try optimizer.step([good[0], Tensor.zeros([5])]) }?.message
        == "the gradient of 'bias' has shape (5,), but the parameter (2,)")
    let bad = TensorError(.memory, "no memory")
    #expect(failure { try optimizer.step([good[0], .failed(bad)]) } == bad)
    #expect(try parameters.map { try $0.value.doubles() } == before)
    #expect(try optimizer.stepCount == 0)
  }

  @Test("updates can be differentiated through (unrolled GANs)", arguments: rules.map(\.specification))
  func unrolled(_ specification: JSON) throws {
    var members = specification.objectValue ?? ["name": specification]
    let name = members["name"]?.stringValue ?? ""
    if name.hasPrefix("adam") || name == "rmsprop" { members["epsilon_root"] = 1e-3 }
    let plan = try OptimizerPlan(.object(members))
    let target = Tensor.sample([3], 50)
    // The loss after two updates, as a function of the first values and of what the inner loss aims at.
    try checkGradient(at: [Tensor.sample([3], 51), target], "unrolled \(name)", tolerance: 1e-6) { leaves in
      var values = [leaves[0]]
      var state = plan.initialState(for: values)
      for _ in 0..<2 {
        let gradients = try grad(at: values) { ($0[0] - leaves[1]).square().sum() * 0.5 + $0[0].exp().sum() * 0.1 }
        (values, state) = plan.update(values, gradients: gradients, state: state)
      }
      return values[0].square().sum() + (values[0] * 10).sin().sum()
    }
  }

  @Test("what an optimiser refuses to be made of") func refusals() throws {
    #expect(failure { _ = try Optimizer("adam", of: []) }?.message == "an optimizer needs at least one parameter")
    let norm = try Network(["name": "batch_norm", "features": 1])
    #expect(failure { _ = try Optimizer("sgd", of: norm.parameters) }?.message.contains("is a buffer") == true)
    let one = try twoParameters()
    #expect(failure { _ = try Optimizer("sgd", of: one + one) }?.message.contains("listed twice") == true)
    let twice = try twoParameters() + twoParameters()
    #expect(failure { _ = try Optimizer("sgd", of: twice) }?.message.contains("two parameters are named") == true)
    let negative = failure { _ = try OptimizerPlan(SGD(), OptimizerSettings(learningRate: -0.5)) }
    #expect(negative?.message == "learning_rate must be a number of at least 0, not -0.5")
    #expect(failure { _ = try SGD(momentum: 0, nesterov: true) }?.message.contains("needs a momentum above 0") == true)
    #expect(failure { _ = try Adam(beta1: 1) }?.message == "adam: beta1 must be a number from 0 to below 1, not 1.0")
  }
}
