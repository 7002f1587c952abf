import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// MADE: masks, exact normalisation, samples.
@Suite struct AutoregressiveTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let hidden: [Int]
    let masks: Int
    let ordering: String
    let connectivity: String
    let direct: Bool

    var testDescription: String { "\(hidden) \(masks) \(ordering) \(connectivity) \(direct)" }
  }

  static let settings = [
    Setting(hidden: [40], masks: 1, ordering: "natural", connectivity: "even", direct: false),
    Setting(hidden: [30, 20], masks: 1, ordering: "random", connectivity: "even", direct: true),
    Setting(hidden: [30, 20, 25], masks: 1, ordering: "random", connectivity: "random", direct: false),
    Setting(hidden: [30], masks: 4, ordering: "random", connectivity: "random", direct: true),
    Setting(hidden: [5], masks: 3, ordering: "natural", connectivity: "random", direct: false),
    Setting(hidden: [], masks: 1, ordering: "random", connectivity: "even", direct: false),
  ]

  private func make(
    _ setting: Setting, features: Int, law: AutoregressiveDensity.Law = .bernoulli, dtype: DType = .float32,
    std: Double = 0.8, seed: UInt64 = 4
  ) throws -> (Network, AutoregressiveDensity) {
    let network = try Network(
      [
        "name": "made", "in_features": JSON(features), "hidden": JSON(setting.hidden), "masks": JSON(setting.masks),
        "parameters": JSON(law.parametersPerFeature), "ordering": JSON(setting.ordering),
        "connectivity": JSON(setting.connectivity), "direct": JSON(setting.direct), "activation": "tanh",
        "weight_init": ["name": "normal", "std": JSON(std)], "bias_init": ["name": "normal", "std": 0.5],
      ], seed: seed, dtype: dtype)
    return (network, try AutoregressiveDensity(try #require(network.layer as? MADE), law: law))
  }

  private let all = BoltzmannMachine.states(9, from: 0, to: 512).cast(to: .float32)

  /// The row's test, with random weights and after training.
  @Test(arguments: settings) func probabilitiesOfAllBinaryVectorsSumToOne(_ setting: Setting) throws {
    let (network, density) = try make(setting, features: 9)
    func sum() throws -> Double {
      // In float64, so that what is found is the network's error and not that of adding.
      try density.logProbability(all).cast(to: .float64).exp().sum().item()
    }
    #expect(abs(try sum() - 1) < 1e-5)
    for mask in 0..<setting.masks {
      let own = density.logProbability(all, mask: mask).cast(to: .float64).exp().sum()
      #expect(abs(try own.item() - 1) < 1e-5)
    }
    let optimizer = try Optimizer(["name": "adam", "learning_rate": 0.02], of: network.trainableParameters)
    let data = Tensor.randomBernoulli([64, 9], p: 0.2, key: RandomKey(seed: 1)).cast(to: .float32)
    let before = try density.logProbability(data).mean().item()
    for step in 0..<60 {
      let loss = try valueAndGrad(of: network.trainableParameters) {
        -density.logProbability(data, mask: step % setting.masks).mean()
      }
      try optimizer.step(loss.gradients)
    }
    #expect(try density.logProbability(data).mean().item() > before + 0.5)
    #expect(abs(try sum() - 1) < 1e-5)
  }

  /// Output d is moved by exactly the features before d in the order: the Jacobian's zeros.
  @Test(arguments: settings) func theJacobianIsTriangularInTheOrder(_ setting: Setting) throws {
    let (_, density) = try make(setting, features: 7, law: .gaussian, dtype: .float64)
    let network = density.network
    let x = Tensor.randomNormal([1, 7], key: RandomKey(seed: 2), dtype: .float64)
    for mask in 0..<setting.masks {
      var place = [Int](repeating: 0, count: 7)
      for (position, feature) in try network.order(mask: mask).enumerated() { place[feature] = position }
      #expect(place.sorted() == Array(0..<7))
      #expect(setting.ordering == "random" || place == Array(0..<7))
      for output in 0..<14 {
        let slope = try grad(at: [x]) {
          network($0[0], mask: mask).sliced(axis: 1, from: output, to: output + 1).sum()
        }[0]
        for (input, value) in try slope.scalars(as: Double.self).enumerated() {
          let sees = place[input] < place[output % 7]
          // Narrow hidden layers may pass on less than they are allowed to, never more.
          #expect(sees || value == 0, "output \(output) looks at input \(input)")
          if setting.direct || setting.hidden.isEmpty { #expect(sees == (value != 0)) }
        }
      }
    }
  }

  /// Samples of a small density are as frequent as their exact probabilities.
  @Test(arguments: [settings[0], settings[3], settings[5]]) func samplesHaveTheExactDistribution(_ setting: Setting)
    throws
  {
    let (_, density) = try make(setting, features: 4)
    let states = BoltzmannMachine.states(4, from: 0, to: 16).cast(to: .float32)
    let expected = try density.logProbability(states).cast(to: .float64).exp().scalars(as: Double.self)
    let count = 40_000
    let samples = try density.sample(count, key: RandomKey(seed: 6))
    var shares = [Double](repeating: 0, count: 16)
    let numbers = (samples * Tensor([1, 2, 4, 8] as [Float])).sum(axes: [1])
    for number in try numbers.scalars(as: Float.self) { shares[Int(number)] += 1 / Double(count) }
    for (found, wanted) in zip(shares, expected) {
      #expect(abs(found - wanted) < 5 * (wanted * (1 - wanted) / Double(count)).squareRoot() + 1e-4)
    }
    #expect(try Support.bytes(density.sample(5, key: RandomKey(seed: 6))) == Support.bytes(samples[0..<5]))
    #expect(try density.sample(0, key: RandomKey(seed: 6)).shape == [0, 4])
    #expect(Support.message { _ = try density.sample(-1, key: RandomKey(seed: 6)) }.contains("-1"))
  }

  /// A Gaussian density integrates to 1 (two features, by quadrature) and its samples have its moments.
  @Test(arguments: [settings[0], settings[3]]) func gaussianDensityIsNormalised(_ setting: Setting) throws {
    let (_, density) = try make(setting, features: 2, law: .gaussian, dtype: .float64, std: 0.3, seed: 1)
    let step = 0.05
    let axis = Tensor.arange(-20, 20, step, dtype: .float64)
    let count = axis.count
    let grid = Tensor.stack(
      [
        axis.expandDims(at: 1).broadcast(to: [count, count]).reshape([-1]),
        axis.expandDims(at: 0).broadcast(to: [count, count]).reshape([-1]),
      ], axis: 1)
    let weights = density.logProbability(grid).exp() * (step * step)
    #expect(abs(try weights.sum().item() - 1) < 1e-3)
    let mean = try (grid * weights.expandDims(at: 1)).sum(axes: [0]).scalars(as: Double.self)
    let samples = try density.sample(20_000, key: RandomKey(seed: 3))
    let (found, spread) = (
      try samples.mean(axes: [0]).scalars(as: Double.self), try samples.variance(axes: [0]).scalars(as: Double.self)
    )
    for index in 0..<2 {
      #expect(abs(found[index] - mean[index]) < 5 * (spread[index] / 20_000).squareRoot() + 2e-3)
    }
  }

  @Test func oneFeatureAndBadSettings() throws {
    let single = Setting(hidden: [3], masks: 1, ordering: "natural", connectivity: "random", direct: true)
    let (_, density) = try make(single, features: 1)
    let both = density.logProbability(Tensor([0, 1] as [Float], shape: [2, 1]))
    #expect(abs(try both.exp().sum().item() - 1) < 1e-6)
    let same = Setting(hidden: [3], masks: 2, ordering: "natural", connectivity: "even", direct: false)
    #expect(Support.message { _ = try make(same, features: 3) }.contains("all the same"))
    #expect(density.network(Tensor.zeros([1, 1]), mask: 1).error?.kind == .index)
    #expect(density.network(Tensor.zeros([1, 2])).error?.message.contains("(1, 2)") == true)
    #expect(Support.message { _ = try AutoregressiveDensity(density.network, law: .gaussian) }.contains("2 outputs"))
  }
}
