import SwiftGANCore
import SwiftGANNN

/// The density that a ``MADE`` network stands for: p(x) = prod_d p(x_d | x_<d), exactly normalised (Germain et al.
/// 2015).
///
/// With several masks it is the mean of theirs, p(x) = 1/M sum_m p_m(x), which is normalised as well.
///
/// ```swift
/// let density = AutoregressiveDensity(made, law: .bernoulli)
/// let scores = density.logProbability(x)               // (N)
/// let samples = try density.sample(64, key: key)       // (64, features)
/// ```
public struct AutoregressiveDensity: Sendable {
  /// The law of a feature given those before it.
  public enum Law: String, Sendable, CaseIterable {
    /// 0 or 1, by a logit.
    case bernoulli
    /// A real number, by a mean and the logarithm of a standard deviation.
    case gaussian

    /// How many outputs the network has for each feature.
    public var parametersPerFeature: Int { self == .bernoulli ? 1 : 2 }
  }

  /// The network.
  public let network: MADE
  /// The law of each feature.
  public let law: Law

  /// Standard deviations stay between exp(-7) and exp(7), so that a feature that never varies gives no infinite
  /// density.
  private static let largestLogDeviation = 7.0

  /// A density of a network with as many outputs per feature as the law has parameters.
  /// - Throws: `TensorError` (`.value`) for another number of outputs.
  public init(_ network: MADE, law: Law) throws {
    guard network.parametersPerFeature == law.parametersPerFeature else {
      throw TensorError(
        .value,
        "a \(law.rawValue) density needs \(law.parametersPerFeature) outputs per feature; the network has "
          + "\(network.parametersPerFeature)")
    }
    self.network = network
    self.law = law
  }

  // MARK: Likelihood

  /// log p_m(x) under mask number `index`, (N).
  public func logProbability(_ x: Tensor, mask index: Int) -> Tensor {
    let output = network(x, mask: index)
    switch law {
    case .bernoulli: return (x * output - output.softplus()).sum(axes: [-1])
    case .gaussian:
      let (mean, logDeviation) = split(output)
      let distance = (x - mean) * (-logDeviation).exp()
      return (distance.square() * -0.5 - logDeviation - 0.5 * logTwoPi).sum(axes: [-1])
    }
  }

  /// log p(x), (N): over all masks.
  public func logProbability(_ x: Tensor) -> Tensor {
    guard network.maskCount > 1 else { return logProbability(x, mask: 0) }
    let each = (0..<network.maskCount).map { logProbability(x, mask: $0) }
    // The masks' mean: subtracting log M as the log-sum-exp of M zeros keeps the arithmetic in the tensors' own type.
    let all = Tensor.stack(each, axis: 0)
    return all.logSumExp(axes: [0]) - Tensor.zeros([network.maskCount], dtype: all.dtype).logSumExp()
  }

  private func split(_ output: Tensor) -> (mean: Tensor, logDeviation: Tensor) {
    let limit = AutoregressiveDensity.largestLogDeviation
    let raw = output.sliced(axis: -1, from: network.features, to: 2 * network.features)
    return (output.sliced(axis: -1, from: 0, to: network.features), (raw * (1 / limit)).tanh() * limit)
  }

  // MARK: Samples

  /// Samples, feature by feature in the masks' order, (count, features): exact, one pass through the network for each
  /// feature. Sample i depends on the key and i alone; with several masks each sample is of one of them.
  /// - Throws: `TensorError` (`.value`) for a negative count, or the network's error.
  public func sample(_ count: Int, key: RandomKey) throws -> Tensor {
    guard count >= 0 else { throw TensorError(.value, "the number of samples must not be negative, but is \(count)") }
    return try withoutGradient {
      let dtype = network.degrees.dtype
      let shape = [count, network.features]
      let noise =
        law == .bernoulli
        ? Tensor.randomUniform(shape, key: key.folded(0), dtype: dtype)
        : Tensor.randomNormal(shape, key: key.folded(0), dtype: dtype)
      guard network.maskCount > 1 else { return try sample(noise, mask: 0) }
      let masks = try Tensor.randomIntegers([count], low: 0, high: network.maskCount, key: key.folded(1))
        .cast(to: .int64).scalars(as: Int64.self)
      var result = Tensor.zeros(shape, dtype: dtype)
      for mask in 0..<network.maskCount {
        let rows = masks.indices.filter { masks[$0] == mask }
        guard !rows.isEmpty else { continue }
        let places = Tensor(rows.map(Int64.init))
        result = result.scatterAdd(try sample(noise.gather(places, axis: 0), mask: mask), at: places, axis: 0)
      }
      return try result.checked()
    }
  }

  private func sample(_ noise: Tensor, mask: Int) throws -> Tensor {
    let count = network.features
    var x = try noise.checked().zerosLike
    for feature in try network.order(mask: mask) {
      let output = network(x, mask: mask)
      let own = noise.sliced(axis: 1, from: feature, to: feature + 1)
      let value: Tensor
      switch law {
      case .bernoulli:
        let logit = output.sliced(axis: 1, from: feature, to: feature + 1)
        value = (own .< logit.sigmoid()).cast(to: x.dtype)
      case .gaussian:
        let (mean, logDeviation) = split(output)
        value =
          mean.sliced(axis: 1, from: feature, to: feature + 1)
          + own * logDeviation.sliced(axis: 1, from: feature, to: feature + 1).exp()
      }
      // The feature's own place is still 0.
      x = try (x + value.pad([(0, 0), (feature, count - feature - 1)])).checked()
    }
    return x
  }
}
