import SwiftGANCore
import SwiftGANNN

/// The logarithm of a machine's normaliser Z, and how sure it is.
public struct LogPartition: Sendable, Equatable {
  /// log Z, exact or estimated.
  public let value: Double
  /// The standard error of the estimate of Z, relative to Z: about that of `value`. 0 when `value` is exact. Above 0.5 a
  /// few chains carry the estimate, and it must not be relied on: more steps help.
  public let standardError: Double
  /// Whether `value` is a sum over all states.
  public let isExact: Bool

  /// Whether a good share of the chains carries the estimate.
  var isReliable: Bool { standardError <= 0.5 }
}

extension BoltzmannMachine {
  /// Up to how many units of one layer ``exactLogPartition()`` enumerates: 2^20 states.
  public static let largestEnumeration = 20

  /// The layer that enumeration sums over: the smaller one; hidden for Gaussian visible units, which cannot be counted.
  private var sumsOverHidden: Bool { visible == .gaussian || hiddenCount <= visibleCount }

  /// Whether log Z can be had by enumeration: one layer of countable units has at most 20.
  public var isEnumerable: Bool {
    (sumsOverHidden ? hiddenCount : visibleCount) <= BoltzmannMachine.largestEnumeration
  }

  /// log Z by a sum over all states of the smaller layer, the other one being summed out by its free energy; in
  /// float64.
  ///
  /// 20 units with 500 opposite take some seconds, 16 an instant.
  /// - Throws: `TensorError` (`.value`) when both layers have more than 20 units: see
  ///   ``estimatedLogPartition(chains:steps:base:key:)``.
  public func exactLogPartition() throws -> Double {
    let units = sumsOverHidden ? hiddenCount : visibleCount
    guard isEnumerable else {
      throw TensorError(
        .value,
        "log Z is a sum over 2^\(units) states; at most 2^\(BoltzmannMachine.largestEnumeration) are enumerated: "
          + "estimate it by annealed importance sampling")
    }
    return try withoutGradient {
      let machine = cast(to: .float64)
      let total = 1 << units
      // So many states at a time that the other layer's inputs stay in the cache.
      let chunk = max(16, min(total, 1 << 20 / max(1, visibleCount + hiddenCount)))
      var sums: [Tensor] = []
      for start in stride(from: 0, to: total, by: chunk) {
        let states = BoltzmannMachine.states(units, from: start, to: min(start + chunk, total))
        let energies = sumsOverHidden ? machine.hiddenFreeEnergy(states) : machine.freeEnergy(states)
        sums.append(try (-energies).logSumExp().checked())
      }
      return try Tensor.stack(sums).logSumExp().item()
    }
  }

  /// The binary vectors number `start` to `end` - 1 of `units` bits, the first bit the lowest: float64 (end - start,
  /// units).
  static func states(_ units: Int, from start: Int, to end: Int) -> Tensor {
    let numbers = Tensor.arange(Double(start), Double(end), dtype: .float64).expandDims(at: 1)
    let powers = Tensor((0..<units).map { Double(1 << $0) }, shape: [1, units])
    let halves = (numbers / powers).floor() * 0.5
    return (halves - halves.floor()) * 2
  }

  /// log Z by annealed importance sampling (Salakhutdinov and Murray 2008): chains go from a machine whose Z is known
  /// to this one through machines in between, a Gibbs step at each, and are weighed by the ratios that they pass.
  ///
  /// The estimate of Z is unbiased. Its standard error is the larger of what the weights' spread gives and what that of
  /// their logarithms does, were these normal: few chains seldom hold the large weights that make up the mean. It is
  /// honest when chains reached all modes; more `steps` serve better than more chains.
  ///
  /// - Parameters:
  ///   - chains: independent runs, at least 2.
  ///   - steps: machines between the first and this one, at least 1.
  ///   - base: visible biases (visible) of the first machine, best the data's log odds (means, for Gaussian units); nil
  ///     for this machine's own.
  /// - Throws: `TensorError`: `.value` for too few chains or steps, `.shape` for a base of another size.
  public func estimatedLogPartition(
    chains: Int = 100, steps: Int = 1000, base: Tensor? = nil, key: RandomKey
  ) throws -> LogPartition {
    guard chains >= 2 else {
      throw TensorError(.value, "annealed importance sampling needs at least 2 chains, not \(chains)")
    }
    guard steps >= 1 else {
      throw TensorError(.value, "annealed importance sampling needs at least 1 step, not \(steps)")
    }
    let base = base ?? visibleBias
    guard try base.checked().shape == [visibleCount] else {
      throw TensorError(
        .shape, "the base biases have shape \(describe(shape: base.shape)), not \(describe(shape: [visibleCount]))")
    }
    return try withoutGradient {
      let first = annealed(0, base: base)
      let idle = Tensor.zeros([chains, hiddenCount], dtype: weight.dtype)
      var v = first.sampleVisible(idle, key: key.folded(0))
      var weights = Tensor.zeros([chains], dtype: .float64)
      for step in 1...steps {
        let (last, next) = (Double(step - 1) / Double(steps), Double(step) / Double(steps))
        let energies = annealedFreeEnergies(v, betas: [last, next], base: base)
        weights = try (weights + (energies[0] - energies[1]).cast(to: .float64)).checked()
        v = annealed(next, base: base).gibbs(from: v, steps: 1, key: key.folded(step))
      }
      let shift = try weights.max().item()
      let ratios = (weights - shift).exp()
      let mean = try ratios.mean().item()
      let deviation = try ratios.variance(correction: 1).sqrt().item()
      // Log weights of variance s^2: the mean of N weights varies by ((e^(s^2) - 1) / N)^(1/2), and while N is too small
      // to tell, their logarithm falls short by up to s^2 / 2.
      let spread = weights.variance(correction: 1)
      let normal = Tensor.minimum((spread.expm1() / Double(chains)).sqrt(), spread / 2)
      let start = try first.cast(to: .float64).uncoupledLogPartition().item()
      return LogPartition(
        value: start + shift + (try Tensor(mean, dtype: .float64).log().item()),
        standardError: max(deviation / mean / Double(chains).squareRoot(), try normal.item()), isExact: false)
    }
  }

  /// log Z where W is 0: all units are independent.
  private func uncoupledLogPartition() -> Tensor {
    let hidden = hiddenBias.softplus().sum()
    switch visible {
    case .bernoulli: return hidden + visibleBias.softplus().sum()
    case .gaussian: return hidden + Double(visibleCount) * 0.5 * logTwoPi
    }
  }

  /// log Z by enumeration where that is possible, else by annealed importance sampling from two sides: half the chains
  /// start at `base`, half where all visible units are even.
  ///
  /// A machine may have two kinds of states, those like the data and others, between which chains hardly ever go, and the
  /// first machine decides which they see. Either estimate may then miss most of Z, but being unbiased and positive it
  /// exceeds Z e-fold with a probability of at most 1/e: so the larger of two sure ones stands. An unsure one above it
  /// adds the difference to the standard error.
  /// - Throws: as ``estimatedLogPartition(chains:steps:base:key:)``.
  public func logPartition(
    chains: Int = 100, steps: Int = 1000, base: Tensor? = nil, key: RandomKey
  ) throws -> LogPartition {
    guard !isEnumerable else { return LogPartition(value: try exactLogPartition(), standardError: 0, isExact: true) }
    let half = max(2, chains / 2)
    let found = try [base, visibleBias.zerosLike].enumerated().map { index, base in
      try estimatedLogPartition(chains: half, steps: steps, base: base, key: key.folded(index))
    }.sorted { $0.value > $1.value }
    guard let highest = found.first else { throw TensorError(.state, "there is no estimate of log Z") }
    guard let best = found.first(where: \.isReliable) else { return highest }
    let doubt = highest.isReliable ? best.standardError : max(best.standardError, highest.value - best.value)
    return LogPartition(value: best.value, standardError: doubt, isExact: false)
  }
}
