import SwiftGANCore

extension Initializer {
  /// A random orthogonal matrix times `gain`: signals keep their length through depth (Saxe et al. 2014).
  ///
  /// The weight is seen as a matrix of its last axis against all others. The longer side's vectors are cut off, so that
  /// the columns (or, when there are more columns than rows, the rows) are orthonormal.
  public static func orthogonal(gain: Double = 1) -> Initializer {
    Initializer(["name": "orthogonal", "gain": JSON(gain)]) { request in
      guard request.shape.count >= 2, let columns = request.shape.last else {
        throw TensorError(
          .shape,
          "orthogonal needs a weight of at least two axes, not one of shape \(describe(shape: request.shape))")
      }
      let rows = request.shape.dropLast().reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      // The shape is checked here, by the op that draws the numbers, before any of them is used.
      let normal = Tensor.randomNormal(request.shape, key: request.key, mean: 0, std: 1, dtype: .float64)
      let draws = try normal.scalars(as: Double.self)
      guard rows > 0, columns > 0 else { return normal.cast(to: request.dtype) }
      let long = max(rows, columns)
      let short = min(rows, columns)
      let basis = try orthonormalRows(draws, rows: short, columns: long)
      let matrix = rows >= columns ? basis.transposed() : basis
      return (matrix * gain).reshape(request.shape).cast(to: request.dtype)
    }
  }
}

let orthogonalRegistration = Registration<Void, Initializer>(
  "orthogonal", "A random orthogonal matrix (Saxe et al. 2014).",
  options: [OptionDescription("gain", .number(.positive), default: 1, "Factor on the matrix.")]
) { options, _ in .orthogonal(gain: try options.double("gain")) }

/// Makes the rows of a matrix orthonormal (Gram-Schmidt), a block of rows at a time.
///
/// Each row loses its parts along the earlier ones twice: once leaves a remainder when rows are nearly dependent, twice is
/// enough (Giraud, Langou and Rozloznik 2005). Rows of earlier blocks are taken off by matrix products, which do nearly
/// all of the work; those of the same block one by one. Of normal draws this gives the uniform (Haar) distribution,
/// because the diagonal of the implied triangular factor is positive.
/// - Parameter values: `rows` times `columns` numbers in row-major order, no more rows than columns.
func orthonormalRows(_ values: [Double], rows: Int, columns: Int) throws -> Tensor {
  let blockSize = 32
  let given = Tensor(values, shape: [rows, columns])
  var done: Tensor?
  for start in stride(from: 0, to: rows, by: blockSize) {
    let count = min(blockSize, rows - start)
    var block = given[start..<(start + count)]
    for _ in 0..<2 {
      if let done { block = block - block.matmul(done.transposed()).matmul(done) }
      let own = orthonormalised(try block.scalars(as: Double.self), rows: count, columns: columns)
      block = Tensor(own, shape: [count, columns])
    }
    done = done.map { Tensor.concatenate([$0, block], axis: 0) } ?? block
  }
  return try (done ?? given).checked()
}

/// The rows of one block made orthonormal one after the other, each against the earlier ones twice.
private func orthonormalised(_ values: [Double], rows: Int, columns: Int) -> [Double] {
  var q = values
  q.withUnsafeMutableBufferPointer { q in
    for j in 0..<rows {
      let row = UnsafeMutableBufferPointer(rebasing: q[(j * columns)..<((j + 1) * columns)])
      for _ in 0..<2 {
        for i in 0..<j {
          let earlier = UnsafeMutableBufferPointer(rebasing: q[(i * columns)..<((i + 1) * columns)])
          let share = dot(earlier, row)
          for k in 0..<columns { row[k] -= share * earlier[k] }
        }
      }
      let length = dot(row, row).squareRoot()
      let scale = length > 0 ? 1 / length : 0
      for k in 0..<columns { row[k] *= scale }
    }
  }
  return q
}

/// Four running sums, so that additions need not wait for one another.
private func dot(_ a: UnsafeMutableBufferPointer<Double>, _ b: UnsafeMutableBufferPointer<Double>) -> Double {
  var sums = SIMD4<Double>.zero
  let whole = a.count & ~3
  for k in stride(from: 0, to: whole, by: 4) {
    let x = SIMD4<Double>(a[k], a[k + 1], a[k + 2], a[k + 3])
    let y = SIMD4<Double>(b[k], b[k + 1], b[k + 2], b[k + 3])
    sums += x * y
  }
  var sum = sums.sum()
  for k in whole..<a.count { sum += a[k] * b[k] }
  return sum
}
