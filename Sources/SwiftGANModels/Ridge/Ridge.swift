import SwiftGANCore

/// Systems of linear equations with a symmetric positive definite matrix.
enum Ridge {
  /// The solution X of A X = B by Cholesky's factors of A, for float64 A (n, n) and B (n, m); a failed tensor where A is not
  /// positive definite.
  static func solve(_ a: Tensor, _ b: Tensor) -> Tensor {
    do throws(TensorError) {
      var factor = try a.scalars(as: Double.self)
      var solution = try b.scalars(as: Double.self)
      let (size, width) = (b.shape[0], b.shape[1])
      guard decompose(&factor, size) else {
        return .failed(TensorError(.value, "the matrix is not positive definite"))
      }
      substitute(factor, size, &solution, width)
      return Tensor(solution, shape: b.shape)
    } catch {
      return .failed(error)
    }
  }

  /// Puts L with L L' = A into the lower triangle; false when A is not positive definite to working precision.
  private static func decompose(_ a: inout [Double], _ n: Int) -> Bool {
    // Pivots below this share of the diagonal are rounding errors.
    let smallest = 1e-14 * (0..<n).reduce(0) { max($0, a[$1 * n + $1]) }
    return a.withUnsafeMutableBufferPointer { a in
      for row in 0..<n {
        for column in 0...row {
          var sum = a[row * n + column]
          for k in 0..<column { sum -= a[row * n + k] * a[column * n + k] }
          if column < row {
            a[row * n + column] = sum / a[column * n + column]
          } else {
            guard sum > smallest else { return false }
            a[row * n + row] = sum.squareRoot()
          }
        }
      }
      return true
    }
  }

  /// Replaces B by the solution of L L' X = B.
  private static func substitute(_ l: [Double], _ n: Int, _ b: inout [Double], _ m: Int) {
    l.withUnsafeBufferPointer { l in
      b.withUnsafeMutableBufferPointer { b in
        for row in 0..<n {
          for k in 0..<row {
            let factor = l[row * n + k]
            for column in 0..<m { b[row * m + column] -= factor * b[k * m + column] }
          }
          for column in 0..<m { b[row * m + column] /= l[row * n + row] }
        }
        for row in (0..<n).reversed() {
          for k in (row + 1)..<max(n, row + 1) {
            let factor = l[k * n + row]
            for column in 0..<m { b[row * m + column] -= factor * b[k * m + column] }
          }
          for column in 0..<m { b[row * m + column] /= l[row * n + row] }
        }
      }
    }
  }
}
