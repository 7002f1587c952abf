import SwiftGANCore

/// What a look at all values of a data set tells, taken in pieces so that no copy of the whole is made.
struct DataSummary {
  /// The smallest and the largest value.
  let range: ClosedRange<Double>

  /// Looks at every value of `data`, which has at least one.
  /// - Throws: `TensorError` (`.value`) naming the first row that holds a NaN or an infinity.
  init(_ data: Tensor) throws {
    var (low, high) = (Double.infinity, -Double.infinity)
    try forEachPiece(of: data) { piece, start in
      if piece.dtype.isFloat, try piece.isFinite().all().item() == 0 {
        let row = try DataSummary.firstBadRow(piece)
        throw TensorError(
          .value,
          "the data hold NaN or infinity, first in row \(start + row); remove or replace such rows "
            + "(in NumPy: X = X[np.isfinite(X).reshape(len(X), -1).all(axis=1)])")
      }
      low = min(low, try piece.min().item())
      high = max(high, try piece.max().item())
    }
    range = low...high
  }

  /// What is known of one feature.
  struct Feature {
    let mean: Double
    /// The standard deviation: exactly 0 where all values are equal, infinite where its square overflows.
    let deviation: Double
    let range: ClosedRange<Double>
  }

  /// Every feature (last axis) of finite `[N, d]` data.
  static func features(_ data: Tensor) throws -> [Feature] {
    let count = Double(data.shape.first ?? 1)
    var sum = Tensor.zeros([data.shape.last ?? 1], dtype: .float64)
    var (low, high) = (sum + Double.infinity, sum - Double.infinity)
    try forEachPiece(of: data) { piece, _ in
      let wide = piece.cast(to: .float64)
      sum = try (sum + wide.sum(axes: [0])).checked()
      low = try Tensor.minimum(low, wide.min(axes: [0])).checked()
      high = try Tensor.maximum(high, wide.max(axes: [0])).checked()
    }
    let mean = sum / count
    var squares = sum.zerosLike
    try forEachPiece(of: data) { piece, _ in
      squares = try (squares + (piece.cast(to: .float64) - mean).square().sum(axes: [0])).checked()
    }
    let (means, deviations) = (
      try mean.scalars(as: Double.self), try (squares / count).sqrt().scalars(as: Double.self)
    )
    let ranges = zip(try low.scalars(as: Double.self), try high.scalars(as: Double.self))
    return zip(zip(means, deviations), ranges).map { moments, ends in
      // The rounded mean of equal numbers may differ from them; dividing by that difference would make noise of it.
      ends.0 < ends.1
        ? Feature(mean: moments.0, deviation: moments.1.isNaN ? .infinity : moments.1, range: ends.0...ends.1)
        : Feature(mean: ends.0, deviation: 0, range: ends.0...ends.0)
    }
  }

  private static func firstBadRow(_ piece: Tensor) throws -> Int {
    let rows = piece.reshape([piece.shape.first ?? 1, -1]).isFinite().all(axes: [1])
    return try rows.scalars(as: Bool.self).firstIndex(of: false) ?? 0
  }
}

/// Calls `body` with consecutive rows of at most about a million values, and the index of the first of them.
private func forEachPiece(of data: Tensor, _ body: (Tensor, Int) throws -> Void) throws {
  let count = data.shape.first ?? 0
  let rowSize = max(1, data.count / max(count, 1))
  let step = max(1, (1 << 20) / rowSize)
  var start = 0
  while start < count {
    let end = min(start + step, count)
    try body(data.sliced(axis: 0, from: start, to: end).checked(), start)
    start = end
  }
}
