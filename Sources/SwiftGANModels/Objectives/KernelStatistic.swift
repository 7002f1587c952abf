import SwiftGANCore

/// A sum of kernels on vectors, and the two-sample statistic that it gives: the maximum mean discrepancy (Gretton et al.
/// 2012).
///
/// ```swift
/// let distance = try KernelStatistic(.gaussian).unbiased(x, y)   // of x [N, d] and y [M, d]
/// ```
public struct KernelStatistic: Sendable {
  /// The family of the kernels.
  public enum Family: String, Sendable, CaseIterable {
    /// exp(-|x - y|^2 / (2 s^2)), for each scale s (Li et al. 2015).
    case gaussian
    /// (1 + |x - y|^2 / (2 a))^-a, for each scale a (Binkowski et al. 2018).
    case rationalQuadratic = "rational_quadratic"
  }

  /// The family.
  public let family: Family
  /// The bandwidths s, or the exponents a.
  public let scales: [Double]

  /// Kernels of a family with these scales, by default the literature's: 1, 2, 4, 8, 16, or 0.2, 0.5, 1, 2, 5.
  public init(_ family: Family, scales: [Double]? = nil) {
    self.family = family
    self.scales = scales ?? (family == .gaussian ? [1, 2, 4, 8, 16] : [0.2, 0.5, 1, 2, 5])
  }

  /// The sum of the kernels between the rows of `x` `[N, d]` and `y` `[M, d]`: `[N, M]`.
  public func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor {
    // What is left of large squares, so the product is as exact as they are.
    let product = MatmulPrecision.highest.within { x.matmul(y.transposed()) }
    let squares = (x.square().sum(axes: [1]).expandDims(at: 1) + y.square().sum(axes: [1])) - 2 * product
    // Rounding may leave less than nothing.
    return kernel(squares.relu())
  }

  private func kernel(_ squares: Tensor) -> Tensor {
    let terms = scales.map { scale in
      switch family {
      case .gaussian: (squares * (-1 / (2 * scale * scale))).exp()
      case .rationalQuadratic: ((squares * (1 / (2 * scale))).log1p() * -scale).exp()
      }
    }
    return terms.dropFirst().reduce(terms.first ?? squares.zerosLike, +)
  }

  /// The unbiased estimate of MMD^2 from rows `x` `[N, d]` and `y` `[M, d]`, a scalar that may be below 0: the mean kernel
  /// among different rows of x, and of y, less twice that between x and y (Gretton et al. 2012, equation 3).
  /// - Throws: `TensorError` (`.shape`) unless both are matrices of equal width with at least two rows.
  public func unbiased(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    for rows in [x, y] {
      guard try rows.checked().rank == 2, rows.shape[0] > 1, rows.shape[1] == x.shape[1] else {
        throw TensorError(
          .shape,
          "the kernel statistic compares two sets of at least two vectors of one size, not "
            + "\(describe(shape: x.shape)) and \(describe(shape: y.shape))")
      }
    }
    // Distances do not change, and sums of large squares that nearly cancel are avoided.
    let centre = y.stopGradient().mean(axes: [0])
    let (x, y) = (x - centre, y - centre)
    return among(x) + among(y) - 2 * self(x, y).mean()
  }

  /// The mean kernel among different rows.
  private func among(_ rows: Tensor) -> Tensor {
    let count = rows.shape[0]
    let others = 1 - Tensor.eye(count, dtype: rows.dtype)
    return (self(rows, rows) * others).sum() / Double(count * (count - 1))
  }
}
