import SwiftGANCore

/// Ridge regression in one pass over any number of batches: weights B and intercept a that minimise
/// sum |y - a - h B|^2 + alpha |B|^2, from sums of products alone, in float64.
///
/// Adding all rows at once or in batches gives the same sums up to rounding; rows are weighed alike, and the intercept
/// is not penalised. This is the readout of an extreme learning machine (Huang, Zhu and Siew 2006; with later data,
/// Liang et al. 2006).
///
/// ```swift
/// var sums = RidgeAccumulator(features: 1000, targets: 10)
/// try sums.add(h, y)
/// let (weights, intercept) = try sums.solve(alpha: 1)   // (1000, 10), (10)
/// ```
public struct RidgeAccumulator: Sendable {
  /// The sums by name: `gram` (features, features), `cross` (features, targets), `feature_sum`, `target_sum` and
  /// `count` (a scalar), all float64. What a checkpoint must keep.
  public private(set) var sums: [(name: String, value: Tensor)]

  /// Sums of no rows.
  public init(features: Int, targets: Int) {
    func zeros(_ shape: [Int]) -> Tensor { Tensor.zeros(shape, dtype: .float64) }
    sums = [
      ("gram", zeros([features, features])), ("cross", zeros([features, targets])), ("feature_sum", zeros([features])),
      ("target_sum", zeros([targets])), ("count", zeros([])),
    ]
  }

  /// Sums that were kept.
  /// - Parameter find: gives the sum of a name.
  public init(features: Int, targets: Int, from find: (String) -> Tensor?) {
    self.init(features: features, targets: targets)
    sums = sums.map { ($0.name, find($0.name) ?? $0.value) }
  }

  private subscript(name: String) -> Tensor {
    sums.first { $0.name == name }?.value ?? .failed(TensorError(.state, "there is no sum '\(name)'"))
  }

  /// Adds rows: features (N, features) and targets (N, targets).
  /// - Throws: `TensorError` (`.shape`) for rows of another length; nothing is then added.
  public mutating func add(_ features: Tensor, _ targets: Tensor) throws {
    let added = try withoutGradient {
      let (h, y) = (try features.cast(to: .float64).checked(), try targets.cast(to: .float64).checked())
      let expected = self["cross"].shape
      guard h.rank == 2, y.rank == 2, h.shape[0] == y.shape[0], [h.shape[1], y.shape[1]] == expected else {
        throw TensorError(
          .shape,
          "rows of shapes \(describe(shape: h.shape)) and \(describe(shape: y.shape)) were given where (N, "
            + "\(expected[0])) and (N, \(expected[1])) are expected")
      }
      let count = Tensor(Double(h.shape[0]), dtype: .float64)
      let parts = [h.transposed().matmul(h), h.transposed().matmul(y), h.sum(axes: [0]), y.sum(axes: [0]), count]
      return try zip(sums, parts).map { ($0.name, try ($0.value + $1).checked()) }
    }
    sums = added
  }

  /// The minimiser for the rows so far: weights (features, targets) and intercept (targets), float64.
  /// - Throws: `TensorError` (`.value`) before there are rows, for a negative alpha, or where the system is singular.
  public func solve(alpha: Double) throws -> (weights: Tensor, intercept: Tensor) {
    let count = try self["count"].item()
    guard count > 0 else { throw TensorError(.state, "there are no rows to solve for") }
    guard alpha >= 0 else { throw TensorError(.value, "alpha must be at least 0, not \(alpha)") }
    return try withoutGradient {
      let (featureMean, targetMean) = (self["feature_sum"] / count, self["target_sum"] / count)
      // Centred sums, so that the intercept is free: sum (h - m)(h - m)' = sum h h' - n m m'.
      let mean = featureMean.expandDims(at: 1)
      let gram = self["gram"] - mean.matmul(mean.transposed()) * count
      let cross = self["cross"] - mean.matmul(targetMean.expandDims(at: 0)) * count
      let system = gram + Tensor.eye(featureMean.count, dtype: .float64) * alpha
      let factor = system.cholesky()
      // Pivots below this share of the largest entry are rounding errors, and so would be the solution.
      let smallest = try 1e-14 * system.diagonal().max().item()
      guard factor.error == nil, try factor.diagonal().square().min().item() > smallest else {
        throw TensorError(
          .value,
          "the \(featureMean.count) features of \(Int(count)) rows are linearly dependent, so that alpha = \(alpha) "
            + "leaves no unique solution; use a larger alpha, such as 1e-3")
      }
      let half = factor.solveTriangular(cross, lower: true)
      let weights = try factor.solveTriangular(half, lower: true, transposed: true).checked()
      return (weights, try (targetMean - featureMean.matmul(weights)).checked())
    }
  }
}
