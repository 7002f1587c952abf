// Linear systems as users call them. Leading axes are a batch and broadcast; integers are computed as float32.

extension Tensor {
  /// The lower triangular L with `L L^T` equal to this symmetric positive definite matrix (its transpose when `upper`).
  ///
  /// The matrix is made symmetric first, so that its gradient is.
  /// - Note: A value error, naming matrix and pivot, where it is not positive definite, or holds NaN or infinity.
  public func cholesky(upper: Bool = false) -> Tensor {
    .catching {
      guard try checked().rank >= 2, shape[rank - 1] == shape[rank - 2] else {
        throw TensorError(.shape, "cholesky: the matrix must be square, but its shape is \(describe(shape: shape))")
      }
      let factor = apply(.cholesky, [(self + swapAxes(-1, -2)) * 0.5])
      return upper ? try factor.checked().swapAxes(-1, -2) : factor
    }
  }

  /// x with `A x = b`, where A is this matrix' upper (or `lower`) triangle, or its transpose.
  ///
  /// - Parameters:
  ///   - b: (..., n, k), or a vector (n).
  ///   - unitDiagonal: whether the diagonal is taken as ones, whatever it holds.
  /// - Note: A value error for a zero on the diagonal, naming matrix and place.
  public func solveTriangular(
    _ b: Tensor, lower: Bool = false, transposed: Bool = false, unitDiagonal: Bool = false
  ) -> Tensor {
    solving("solve_triangular", b) {
      apply(
        .solveTriangular, [self, $0],
        ["lower": .bool(lower), "transposed": .bool(transposed), "unit_diagonal": .bool(unitDiagonal)])
    }
  }

  /// x with `self x = b`, by LU with partial pivoting.
  ///
  /// - Parameter b: (..., n, k), or a vector (n).
  /// - Note: A value error for a singular matrix, naming it and the pivot that is 0.
  public func solve(_ b: Tensor) -> Tensor { solving("solve", b) { apply(.solve, [self, $0]) } }

  private func solving(_ name: String, _ b: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
    .catching {
      guard try b.checked().rank > 0 else {
        throw TensorError(.shape, "\(name): the right-hand side is a scalar; it must have the matrix' rows")
      }
      try checked()
      guard b.rank == 1 else { return body(b) }
      return try body(b.expandDims(at: 1)).checked().squeeze(axes: [-1])
    }
  }

  /// The inverse matrix. To solve a system, `solve` is faster and more accurate.
  public func inverse() -> Tensor {
    .catching {
      guard try checked().rank >= 2, shape[rank - 1] == shape[rank - 2] else {
        throw TensorError(.shape, "inv: the matrix must be square, but its shape is \(describe(shape: shape))")
      }
      return solve(.eye(shape[rank - 1], dtype: dtype.isFloat ? dtype : .float32))
    }
  }

  /// The determinant's sign (-1, 0 or 1) and the logarithm of its magnitude (-infinity for 0), each (...).
  public func signAndLogDeterminant() -> (sign: Tensor, logarithm: Tensor) {
    let both = apply(.slogdet, [self])
    return (both.selected(axis: -1, at: 0), both.selected(axis: -1, at: 1))
  }

  /// The determinant. Its gradient asks for the inverse, so there is none at a singular matrix.
  public func determinant() -> Tensor {
    let (sign, logarithm) = signAndLogDeterminant()
    return sign * logarithm.exp()
  }
}

let linearOperations: [Operation] = [
  Operation("cholesky", 1...1, ["upper"]) { x, a in x[0].cholesky(upper: try a.bool("upper", default: false)) },
  Operation("solve_triangular", 2...2, ["lower", "transposed", "unit_diagonal"]) { x, a in
    x[0].solveTriangular(
      x[1], lower: try a.bool("lower", default: false), transposed: try a.bool("transposed", default: false),
      unitDiagonal: try a.bool("unit_diagonal", default: false))
  },
  Operation("solve", 2...2) { x, _ in x[0].solve(x[1]) },
  Operation("inv") { x, _ in x[0].inverse() },
  Operation("det") { x, _ in x[0].determinant() },
  Operation("diagonal", 1...1, ["offset", "axis1", "axis2"]) { x, a in
    x[0].diagonal(
      offset: try a.int("offset", default: 0), axis1: try a.int("axis1", default: 0),
      axis2: try a.int("axis2", default: 1))
  },
  Operation("trace", 1...1, ["offset", "axis1", "axis2"]) { x, a in
    x[0].trace(
      offset: try a.int("offset", default: 0), axis1: try a.int("axis1", default: 0),
      axis2: try a.int("axis2", default: 1))
  },
  Operation("outer", 2...2) { x, _ in x[0].outer(x[1]) },
  Operation("vecdot", 2...2, ["axis"]) { x, a in x[0].vecdot(x[1], axis: try a.int("axis", default: -1)) },
  Operation("tensordot", 2...2, ["axes1", "axes2"]) { x, a in
    x[0].tensordot(x[1], axes: try a.ints("axes1"), otherAxes: try a.ints("axes2"))
  },
  Operation("kron", 2...2) { x, _ in x[0].kron(x[1]) },
  Operation("einsum", 1...Int.max, ["equation"]) { x, a in .einsum(try a.text("equation"), x) },
]
