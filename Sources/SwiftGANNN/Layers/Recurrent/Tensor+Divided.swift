import SwiftGANCore

extension Tensor {
  /// Parts of the given sizes along an axis, in order; they must add up to its extent.
  func divided(_ sizes: [Int], axis: Int) -> [Tensor] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return sliced(axis: axis, from: start, to: start + size)
    }
  }

  /// The entries along an axis one by one, without the axis.
  func unstacked(axis: Int) -> [Tensor] {
    guard error == nil, shape.indices.contains(axis) else { return [] }
    return divided([Int](repeating: 1, count: shape[axis]), axis: axis).map { $0.squeeze(axes: [axis]) }
  }

  /// `count` parts of equal size along the last axis.
  func divided(into count: Int) -> [Tensor] {
    guard error == nil, let extent = shape.last else { return [Tensor](repeating: self, count: count) }
    return divided([Int](repeating: extent / count, count: count), axis: rank - 1)
  }
}
