import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Penalties in closed form, their gradients by differences, and the point where the root has no slope.
@Suite struct PenaltyTests {
  private let key = RandomKey(seed: 5)

  private func samples(_ shape: [Int], seed: UInt64) throws -> Tensor {
    Tensor.randomNormal(shape, key: RandomKey(seed: seed), dtype: .float64)
  }

  /// For d(x) = w . x the gradient is w everywhere: the penalty is 10 (|w| - 1)^2, whatever the points.
  @Test(arguments: [[0.3, 0.4], [3, 4], [0, 1]] as [[Double]]) func linearCritic(_ w: [Double]) throws {
    let weight = Tensor(w, shape: [2, 1])
    let norm = (w[0] * w[0] + w[1] * w[1]).squareRoot()
    let (real, fake) = (try samples([6, 2], seed: 1), try samples([6, 2], seed: 2))
    func value(_ penalty: any Penalty) throws -> Double {
      try penalty(critic: { $0.matmul(weight) }, real: real, fake: fake, key: key).item()
    }
    #expect(Support.isClose(try value(GradientPenalty()), 10 * (norm - 1) * (norm - 1), 1e-10))
    #expect(
      Support.isClose(try value(GradientPenalty(isOneSided: true)), norm > 1 ? 10 * (norm - 1) * (norm - 1) : 0, 1e-10))
    #expect(Support.isClose(try value(GradientPenalty(weight: 2, target: 0)), 2 * norm * norm, 1e-10))
    #expect(Support.isClose(try value(Dragan()), 10 * (norm - 1) * (norm - 1), 1e-10))
    #expect(Support.isClose(try value(ZeroCentered(weight: 10)), 5 * norm * norm, 1e-10))
    #expect(Support.isClose(try value(ZeroCentered(weight: 10, at: .fake)), 5 * norm * norm, 1e-10))
  }

  /// For d(x) = |x|^2 / 2 the gradient is x itself, so the penalties show at which points they look.
  @Test func pointsLieWhereThePapersSay() throws {
    let (real, fake) = (try samples([64, 3], seed: 3), try samples([64, 3], seed: 4))
    let critic: (Tensor) throws -> Tensor = { 0.5 * $0.square().sum(axes: [1]) }
    let meanSquare = { (x: Tensor) in try x.square().sum(axes: [1]).mean().item() }
    let r1 = try ZeroCentered(weight: 2)(critic: critic, real: real, fake: fake, key: key).item()
    #expect(Support.isClose(r1, try meanSquare(real), 1e-10))
    let r2 = try ZeroCentered(weight: 2, at: .fake)(critic: critic, real: real, fake: fake, key: key).item()
    #expect(Support.isClose(r2, try meanSquare(fake), 1e-10))
    // One number per sample mixes all its coordinates: the points lie on the segments between the pairs.
    let mix = uniformPerSample(real, key: key)
    #expect(mix.shape == [64, 1])
    let expected = try meanSquare(mix * real + (1 - mix) * fake)
    let mixed = try GradientPenalty(weight: 1, target: 0)(critic: critic, real: real, fake: fake, key: key).item()
    #expect(Support.isClose(mixed, expected, 1e-10))
    #expect(try mix.min().item() >= 0 && mix.max().item() < 1 && abs(mix.mean().item() - 0.5) < 0.15)
  }

  @Test func mixingNumbersFitImages() throws {
    #expect(uniformPerSample(Tensor.zeros([4, 8, 8, 1]), key: key).shape == [4, 1, 1, 1])
  }

  /// The derivative of the penalty with respect to the critic's parameters, a gradient of a gradient.
  @Test(
    arguments: [
      GradientPenalty(), GradientPenalty(isOneSided: true), Dragan(), ZeroCentered(), ZeroCentered(at: .fake),
    ] as [any Penalty])
  func gradientsWithRespectToTheParameters(_ penalty: any Penalty) throws {
    let network = try Network(
      sequential([dense(2, 5, initializer: "glorot_uniform"), "tanh", dense(5, 1, initializer: "glorot_uniform")]),
      seed: 3, dtype: .float64)
    for parameter in network.parameters { parameter.value = parameter.value * 3 + 0.1 }
    let (real, fake) = (try samples([4, 2], seed: 6), try samples([4, 2], seed: 7))
    let parameters = network.trainableParameters
    func value() throws -> Tensor { try penalty(critic: { network($0) }, real: real, fake: fake, key: key) }
    let gradients = try SwiftGANNN.valueAndGrad(of: parameters, value).gradients
    #expect(try gradients.contains { try $0.square().sum().item() > 1e-6 })
    for (parameter, gradient) in zip(parameters, gradients) {
      let start = try parameter.value.scalars(as: Double.self)
      let numeric = try Support.numericGradient(start) { x in
        try withParameters([parameter], setTo: [Tensor(x, shape: parameter.shape)]) { try value().item() }
      }
      #expect(Support.isClose(try gradient.scalars(), numeric, 1e-6), "\(parameter.name)")
    }
  }

  /// Where the critic is flat the norm is 0, its root has no slope, and a careless penalty gives NaN.
  @Test(arguments: [DType.float32, .float64]) func flatCriticGivesNoNaN(_ dtype: DType) throws {
    let weight = Tensor.zeros([2, 1], dtype: dtype)
    let points = Tensor.randomNormal([4, 2], key: key, dtype: dtype)
    let result = try valueAndGrad(at: [weight]) { leaves in
      try GradientPenalty()(critic: { $0.matmul(leaves[0]) }, real: points, fake: points, key: key)
    }
    #expect(try result.value.item() == 10)
    #expect(try result.gradients[0].isFinite().all().item() == 1)
  }

  @Test func normsAreExactBesideZero() throws {
    let norms = safeNorms(Tensor([0, 0, 3, 4, 1e-12, 0] as [Double], shape: [3, 2]))
    #expect(try norms.scalars(as: Double.self) == [0, 5, 1e-12])
  }

  @Test func penaltiesAreGivenInManyForms() throws {
    let full = try PenaltyRegistry.resolve(["name": "r1", "weight": 3])
    #expect(try PenaltyRegistry.resolve(["r1", 3]) == full)
    #expect(try PenaltyRegistry.resolve(["r1", ["weight": 3]]) == full)
    #expect(try PenaltyRegistry.resolve([["r1", 3]]) == full)
    #expect(try PenaltyRegistry.resolve(nil).isEmpty)
    #expect(try PenaltyRegistry.resolve(["r1", "r2"]).map { $0["name"] } == ["r1", "r2"])
    #expect(try PenaltyRegistry.resolve("gp")[0]["name"] == "gradient_penalty")
    let twice = try PenaltyRegistry.make(PenaltyRegistry.resolve([["r1", 1], "r2", ["r1", 2]]))
    #expect(twice.map(\.name) == ["r1", "r2", "r1_2"])
    for wrong in [3, ["r1", nil], ["r1", -1], ["r3", 1], ["r1", ["factor": 1]]] as [JSON] {
      #expect(throws: TensorError.self) { try PenaltyRegistry.resolve(wrong) }
    }
  }

  @Test func theRegistryMakesAllOfThem() throws {
    #expect(PenaltyRegistry.shared.names.prefix(4) == ["gradient_penalty", "dragan", "r1", "r2"])
    let made = try PenaltyRegistry.shared.make(["name": "gradient_penalty", "weight": 3, "one_sided": true])
    let penalty = try #require(made as? GradientPenalty)
    #expect(penalty.weight == 3 && penalty.isOneSided && penalty.target == 1)
    #expect(Support.message { _ = try PenaltyRegistry.shared.make(["name": "r1", "weight": -1]) }.contains("weight"))
  }
}
