import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Restricted Boltzmann machines against sums over all their states.
@Suite struct BoltzmannTests {
  /// A machine whose parameters are of order 1, so that every term matters.
  static func machine(
    _ visible: Int, _ hidden: Int, _ law: BoltzmannMachine.Visible = .bernoulli, seed: UInt64 = 3, scale: Double = 1
  ) -> BoltzmannMachine {
    func numbers(_ shape: [Int], _ stream: UInt64) -> Tensor {
      Tensor.randomNormal(shape, key: RandomKey(seed: seed, stream: stream), std: scale, dtype: .float64)
    }
    return BoltzmannMachine(
      weight: numbers([visible, hidden], 1), visibleBias: numbers([visible], 2), hiddenBias: numbers([hidden], 3),
      visible: law)
  }

  /// exp(-E(v, h)) by the definition, term by term.
  private func weight(_ machine: BoltzmannMachine, _ v: [Double], _ h: [Double]) throws -> Double {
    let w = try machine.weight.scalars(as: Double.self)
    let (b, c) = (try machine.visibleBias.scalars(as: Double.self), try machine.hiddenBias.scalars(as: Double.self))
    var exponent = 0.0
    for (i, x) in v.enumerated() {
      exponent += b[i] * x
      for (j, y) in h.enumerated() { exponent += x * w[i * h.count + j] * y }
    }
    for (j, y) in h.enumerated() { exponent += c[j] * y }
    return exp(exponent)
  }

  private func bits(_ number: Int, _ count: Int) -> [Double] { (0..<count).map { Double(number >> $0 & 1) } }

  // MARK: Free energy and partition function

  /// The row's test: a 4 by 3 machine, its 16 times 8 states one by one.
  @Test func freeEnergyAndPartitionAreTheSumOverAllStates() throws {
    let machine = BoltzmannTests.machine(4, 3)
    var total = 0.0
    for number in 0..<16 {
      let v = bits(number, 4)
      let sum = try (0..<8).reduce(0.0) { try $0 + weight(machine, v, bits($1, 3)) }
      let energy = try machine.freeEnergy(Tensor(v, shape: [1, 4])).item()
      #expect(Support.isClose(energy, -log(sum), 1e-12))
      total += sum
    }
    #expect(Support.isClose(try machine.exactLogPartition(), log(total), 1e-12))
    let all = BoltzmannMachine.states(4, from: 0, to: 16)
    #expect(Support.isClose(try (-machine.freeEnergy(all)).logSumExp().item(), log(total), 1e-12))
    for number in 0..<8 {
      let h = bits(number, 3)
      let sum = try (0..<16).reduce(0.0) { try $0 + weight(machine, bits($1, 4), h) }
      #expect(Support.isClose(try machine.hiddenFreeEnergy(Tensor(h, shape: [1, 3])).item(), -log(sum), 1e-12))
    }
  }

  @Test(arguments: [(5, 2), (2, 5), (3, 3), (1, 1), (12, 9)]) func eitherLayerIsEnumerated(_ sizes: (Int, Int)) throws {
    let machine = BoltzmannTests.machine(sizes.0, sizes.1, seed: 9)
    let all = BoltzmannMachine.states(sizes.0, from: 0, to: 1 << sizes.0)
    #expect(Support.isClose(try machine.exactLogPartition(), try (-machine.freeEnergy(all)).logSumExp().item(), 1e-12))
  }

  /// Gaussian visible units: the integral over v by quadrature, for one visible unit.
  @Test func gaussianPartitionIsTheIntegral() throws {
    let machine = BoltzmannTests.machine(1, 3, .gaussian)
    let step = 1e-3
    let grid = Tensor.arange(-30, 30, step, dtype: .float64).expandDims(at: 1)
    let integral = try (-machine.freeEnergy(grid)).logSumExp().item() + log(step)
    #expect(Support.isClose(try machine.exactLogPartition(), integral, 1e-9))
  }

  @Test func tooManyStatesAreRefusedInWords() throws {
    let large = BoltzmannTests.machine(21, 22)
    #expect(Support.message { _ = try large.exactLogPartition() }.contains("2^21"))
    #expect(!large.isEnumerable && BoltzmannTests.machine(300, 20).isEnumerable)
    #expect(BoltzmannTests.machine(300, 20, .gaussian).isEnumerable)
    #expect(!BoltzmannTests.machine(20, 300, .gaussian).isEnumerable)
    #expect(
      Support.message { _ = try large.estimatedLogPartition(chains: 1, key: RandomKey(seed: 1)) }.contains("2 chains"))
    #expect(
      Support.message { _ = try large.estimatedLogPartition(steps: 0, key: RandomKey(seed: 1)) }.contains("1 step"))
    let base = Tensor.zeros([3])
    #expect(
      Support.message { _ = try large.estimatedLogPartition(base: base, key: RandomKey(seed: 1)) }.contains("(21,)"))
  }

  @Test(arguments: BoltzmannMachine.Visible.allCases) func annealedImportanceSamplingFindsThePartition(
    _ law: BoltzmannMachine.Visible
  ) throws {
    let machine = BoltzmannTests.machine(12, 8, law, scale: law == .gaussian ? 0.3 : 0.7)
    let exact = try machine.exactLogPartition()
    let base = Tensor.randomNormal([12], key: RandomKey(seed: 8), dtype: .float64)
    for base in [nil, base] {
      let estimate = try machine.estimatedLogPartition(chains: 200, steps: 400, base: base, key: RandomKey(seed: 5))
      #expect(!estimate.isExact && estimate.standardError > 0 && estimate.standardError < 0.1)
      #expect(abs(estimate.value - exact) < 4 * estimate.standardError + 1e-3, "\(estimate) against \(exact)")
    }
    #expect(
      try machine.logPartition(key: RandomKey(seed: 1)) == LogPartition(value: exact, standardError: 0, isExact: true))
  }

  // MARK: Sampling

  @Test func gibbsSamplesHaveTheExactDistribution() throws {
    let machine = BoltzmannTests.machine(4, 3)
    let all = BoltzmannMachine.states(4, from: 0, to: 16)
    let expected = try (-machine.freeEnergy(all) - machine.exactLogPartition()).exp().scalars(as: Double.self)
    let count = 20_000
    let v = machine.gibbs(from: Tensor.zeros([count, 4], dtype: .float64), steps: 60, key: RandomKey(seed: 2))
    let powers = Tensor([1, 2, 4, 8] as [Double])
    var shares = [Double](repeating: 0, count: 16)
    for number in try (v * powers).sum(axes: [1]).scalars(as: Double.self) { shares[Int(number)] += 1 / Double(count) }
    for (found, wanted) in zip(shares, expected) {
      // Five standard errors of a share.
      #expect(abs(found - wanted) < 5 * (wanted * (1 - wanted) / Double(count)).squareRoot() + 1e-4)
    }
  }

  @Test func aRowsChainDependsOnItsRowAlone() throws {
    let machine = BoltzmannTests.machine(6, 4).cast(to: .float32)
    let start = Tensor.randomBernoulli([9, 6], key: RandomKey(seed: 1)).cast(to: .float32)
    let many = machine.gibbs(from: start, steps: 5, key: RandomKey(seed: 4))
    let few = machine.gibbs(from: start[0..<3], steps: 5, key: RandomKey(seed: 4))
    #expect(try Support.bytes(many[0..<3]) == Support.bytes(few))
    #expect(try Support.bytes(machine.gibbs(from: start, steps: 0, key: RandomKey(seed: 4))) == Support.bytes(start))
  }

  // MARK: Pseudo-likelihood

  @Test func pseudoLikelihoodIsTheSumOfExactConditionals() throws {
    let machine = BoltzmannTests.machine(5, 3, seed: 6)
    let all = BoltzmannMachine.states(5, from: 0, to: 32)
    let energies = try machine.freeEnergy(all).scalars(as: Double.self)
    let expected = (0..<32).map { number in
      (0..<5).reduce(0.0) { sum, bit in
        let (own, other) = (exp(-energies[number]), exp(-energies[number ^ (1 << bit)]))
        return sum + log(own / (own + other))
      }
    }
    #expect(Support.isClose(try machine.pseudoLikelihood(all).scalars(as: Double.self), expected, 1e-10))
    // Many draws of the random flip average to it.
    let repeated = all.sliced(axis: 0, from: 7, to: 8).broadcast(to: [20_000, 5])
    let mean = try machine.stochasticPseudoLikelihood(repeated, key: RandomKey(seed: 1)).mean().item()
    #expect(abs(mean - expected[7]) < 0.1)
    let gaussian = BoltzmannTests.machine(5, 3, .gaussian)
    #expect(Support.message { _ = try gaussian.pseudoLikelihood(all) }.contains("binary"))
    #expect(try machine.pseudoLikelihood(Tensor.zeros([0, 5])).shape == [0])
  }

  // MARK: Contrastive divergence

  private func game(_ network: Network, _ rbm: RBM, steps: Int, persistent: Bool, chains: Int, rate: Double) throws
    -> Game
  {
    let rule = ContrastiveDivergence(rbm, steps: steps, isPersistent: persistent)
    let player = try Player("rbm", trains: [network], optimizer: ["name": "sgd", "learning_rate": JSON(rate)])
    return try Game(
      networks: [("rbm", network)], players: [player], losses: ["rbm": rule.loss],
      state: rule.initialState(chains: chains, key: RandomKey(seed: 77)))
  }

  private func network(_ visible: Int, _ hidden: Int, std: Double, dtype: DType) throws -> (Network, RBM) {
    let network = try Network(
      [
        "name": "rbm", "in_features": JSON(visible), "out_features": JSON(hidden),
        "weight_init": ["name": "normal", "std": JSON(std)],
      ],
      seed: 5, dtype: dtype)
    return (network, try #require(network.layer as? RBM))
  }

  /// With k large the rule's gradient is that of the mean negative log-likelihood, up to the chains' sampling error.
  @Test(arguments: [false, true]) func manyStepsGiveTheExactGradient(_ persistent: Bool) throws {
    let (network, rbm) = try network(4, 3, std: 0.8, dtype: .float64)
    let rows = 40_000
    let x = BoltzmannMachine.states(4, from: 0, to: 16).gather(
      Tensor.randomIntegers([rows], low: 0, high: 16, key: RandomKey(seed: 3)), axis: 0)
    let all = BoltzmannMachine.states(4, from: 0, to: 16)
    let exact = try valueAndGrad(of: network.trainableParameters) {
      rbm.machine.freeEnergy(x).mean() + (-rbm.machine.freeEnergy(all)).logSumExp()
    }.gradients
    let rule = ContrastiveDivergence(rbm, steps: 40, isPersistent: persistent)
    let game = try game(network, rbm, steps: 40, persistent: persistent, chains: rows, rate: 0.1)
    let context = RoundContext(
      player: try game.player("rbm"), batch: try Batch([("x", x)]), state: game.state, step: 0, key: RandomKey(seed: 9))
    let found = try valueAndGrad(of: network.trainableParameters) { try rule.loss(context) }.gradients
    for (a, b) in zip(found, exact) {
      let distance = try (a - b).abs().max().item()
      #expect(distance < 5 * 0.5 / Double(rows).squareRoot(), "\(distance)")
      #expect(try b.abs().max().item() > 0.02)
    }
    // One step starts at the data and is biased: it must differ, or the test would see nothing.
    guard !persistent else { return }
    let short = try valueAndGrad(of: network.trainableParameters) {
      try ContrastiveDivergence(rbm, steps: 1).loss(context)
    }.gradients
    #expect(try zip(short, exact).contains { try ($0 - $1).abs().max().item() > 0.05 })
  }

  @Test func persistentChainsAreKeptByCheckpoints() throws {
    let data = Tensor.randomBernoulli([60, 6], p: 0.3, key: RandomKey(seed: 1)).cast(to: .float32)
    func trainer() throws -> Trainer {
      let (network, rbm) = try network(6, 4, std: 0.1, dtype: .float32)
      return Trainer(
        try game(network, rbm, steps: 2, persistent: true, chains: 7, rate: 0.1),
        data: try Dataset(data, batchSize: 20, seed: 2), seed: 3)
    }
    let (straight, stopped, resumed) = (try trainer(), try trainer(), try trainer())
    try straight.fit(steps: 12)
    try stopped.fit(steps: 5)
    let path = Support.temporaryPath("rbm.safetensors")
    defer { unlink(path) }
    try stopped.save(to: path)
    try resumed.load(from: path)
    let chains = try #require(resumed.game.state["chains"])
    #expect(chains.shape == [7, 6])
    #expect(try Support.bytes(chains) == Support.bytes(try #require(stopped.game.state["chains"])))
    try resumed.fit(steps: 7)
    for (a, b) in zip(straight.game.networks[0].network.parameters, resumed.game.networks[0].network.parameters) {
      #expect(try Support.bytes(a.value) == Support.bytes(b.value))
    }
    #expect(straight.history.names == ["free_energy", "reconstruction_error", "pseudo_likelihood", "rbm_loss"])
  }
}
