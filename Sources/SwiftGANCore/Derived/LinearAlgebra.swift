extension Tensor {
  /// The matrix product with NumPy's rules: a vector on the left is a row, on the right a column, and its axis is dropped
  /// from the result; leading axes broadcast.
  public func matmul(_ other: Tensor) -> Tensor {
    .catching {
      let (a, b) = (try checked(), try other.checked())
      guard a.rank > 0, b.rank > 0 else { throw TensorError(.shape, "matmul: a scalar is not a matrix; use *") }
      let left = a.rank == 1 ? a.expandDims(at: 0) : a
      let right = b.rank == 1 ? b.expandDims(at: 1) : b
      var product = apply(.batchMatmul, [left, right])
      if b.rank == 1 { product = product.squeeze(axes: [-1]) }
      if a.rank == 1 { product = product.squeeze(axes: [b.rank == 1 ? -1 : -2]) }
      return product
    }
  }
}
