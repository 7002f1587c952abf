// Parts and products of matrices that are composed of reshapes, slices, masks and the matrix product.

extension Tensor {
  /// Diagonal `offset` of the matrices of two axes, as a last axis: element i is at (i, i + offset).
  public func diagonal(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Tensor {
    .catching {
      let rank = try checked().rank
      let (a, b) = (try normalized(axis: axis1, rank: rank), try normalized(axis: axis2, rank: rank))
      guard a != b else { throw TensorError(.value, "diagonal: the two axes are both \(a)") }
      let others = (0..<rank).filter { $0 != a && $0 != b }
      let (n, m) = (shape[a], shape[b])
      let offset = Swift.min(Swift.max(offset, -n), m)  // beyond, diagonals are empty
      let count = Swift.max(0, offset >= 0 ? Swift.min(n, m - offset) : Swift.min(n + offset, m))
      // Neighbours on a diagonal lie a row and a column apart.
      let flat = transposed(others + [a, b]).reshape(others.map { shape[$0] } + [n * m])
      let first = offset >= 0 ? offset : -offset * m
      return count == 0
        ? flat.sliced(axis: -1, from: 0, to: 0)
        : flat.sliced(axis: -1, from: first, to: first + (count - 1) * (m + 1) + 1, step: m + 1)
    }
  }

  /// The sum of `diagonal`.
  public func trace(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Tensor {
    diagonal(offset: offset, axis1: axis1, axis2: axis2).sum(axes: [-1])
  }

  /// All products of an element of this vector and one of the other: (n) and (m) give (n, m).
  public func outer(_ other: Tensor) -> Tensor {
    .catching {
      guard try checked().rank == 1, try other.checked().rank == 1 else {
        throw TensorError(
          .shape, "outer: takes two vectors, not shapes \(describe(shape: shape)) and \(describe(shape: other.shape))")
      }
      return expandDims(at: 1) * other
    }
  }

  /// Products summed along one axis of each; other axes broadcast.
  public func vecdot(_ other: Tensor, axis: Int = -1) -> Tensor {
    .catching {
      let (a, b) = (try checked(), try other.checked())
      let (at, bt) = (try normalized(axis: axis, rank: a.rank), try normalized(axis: axis, rank: b.rank))
      guard a.shape[at] == b.shape[bt] else {
        throw TensorError(
          .shape,
          "vecdot: shapes \(describe(shape: a.shape)) and \(describe(shape: b.shape)) differ along axis \(axis)")
      }
      return (a.moved(at, to: a.rank - 1) * b.moved(bt, to: b.rank - 1)).sum(axes: [-1])
    }
  }

  private func moved(_ axis: Int, to last: Int) -> Tensor {
    axis == last ? self : transposed((0..<rank).filter { $0 != axis } + [axis])
  }

  /// The sum of products over `axes` of this tensor and `otherAxes` of the other, in pairs; what remains of the shapes
  /// follows one another.
  public func tensordot(_ other: Tensor, axes: [Int], otherAxes: [Int]) -> Tensor {
    .catching {
      let (a, b) = (try checked(), try other.checked())
      let (left, right) = (
        try axes.map { try normalized(axis: $0, rank: a.rank) },
        try otherAxes.map { try normalized(axis: $0, rank: b.rank) }
      )
      guard left.count == right.count, Set(left).count == left.count, Set(right).count == right.count,
        zip(left, right).allSatisfy({ a.shape[$0] == b.shape[$1] })
      else {
        throw TensorError(
          .shape,
          "tensordot: axes \(axes) of shape \(describe(shape: a.shape)) do not pair with axes \(otherAxes) of shape "
            + describe(shape: b.shape))
      }
      let keptLeft = (0..<a.rank).filter { !left.contains($0) }
      let keptRight = (0..<b.rank).filter { !right.contains($0) }
      let (rows, columns) = (keptLeft.map { a.shape[$0] }, keptRight.map { b.shape[$0] })
      let inner = left.reduce(1) { $0 * a.shape[$1] }
      let x = a.transposed(keptLeft + left).reshape([rows.reduce(1, *), inner])
      let y = b.transposed(right + keptRight).reshape([inner, columns.reduce(1, *)])
      return x.matmul(y).reshape(rows + columns)
    }
  }

  /// The Kronecker product: blocks of `other`, each times an element of this tensor; missing leading axes count as 1.
  public func kron(_ other: Tensor) -> Tensor {
    .catching {
      let rank = Swift.max(try checked().rank, try other.checked().rank)
      let (a, b) = (
        [Int](repeating: 1, count: rank - self.rank) + shape,
        [Int](repeating: 1, count: rank - other.rank) + other.shape
      )
      let target = try zip(a, b).map { a, b throws(TensorError) in
        let (extent, overflow) = a.multipliedReportingOverflow(by: b)
        guard !overflow else { throw TensorError(.memory, "kron: the result does not fit in memory") }
        return extent
      }
      let left = reshape(a.flatMap { [$0, 1] })
      let right = other.reshape(b.flatMap { [1, $0] })
      return (left * right).reshape(target)
    }
  }
}
