import SwiftGANCore

extension Tensor {
  /// softmax along the last axis over the entries that `mask` allows; the others have 0, and so has a row with none at all.
  /// - Parameter mask: bool, of a shape that broadcasts to this tensor's; nil allows all.
  func softmax(where mask: Tensor?) -> Tensor {
    // Of no keys there are no shares: an empty row has no maximum to be shifted by.
    if shape.last == 0 { return self }
    guard let mask else { return softmax() }
    // Far below any score, yet finite: in a row with an allowed entry the exponential is exactly 0, and in a row without
    // one no infinity is taken from another.
    let barred = Tensor.full(-1e30, [], dtype: dtype)
    return .select(mask, Tensor.select(mask, self, barred).softmax(), .zeros([], dtype: dtype))
  }
}

extension Tensor {
  /// This context (batch, keys, features) with zeros for the keys that no query of any head may look at: what they hold (be
  /// it NaN) would else reach the gradients of the projections, as 0 times itself.
  /// - Parameter allowed: bool, four axes that broadcast to (batch, heads, queries, keys).
  func withoutUnseenKeys(_ allowed: Tensor) -> Tensor {
    .select(allowed.any(axes: [1, 2]).expandDims(at: 2), self, .zeros([], dtype: dtype))
  }
}

/// The mask of attention that must not look ahead: (queries, keys), true where the key is not after the query. The last query
/// stands at the last key.
func causalMask(queries: Int, keys: Int) -> Tensor {
  let query = Tensor.arange(Double(keys - queries), Double(keys), dtype: .int32).expandDims(at: 1)
  return query .>= Tensor.arange(0, Double(keys), dtype: .int32)
}
