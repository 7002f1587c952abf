import SwiftGANCore

extension Tensor {
  /// Parts of the given sizes along an axis, in order; they must add up to its extent.
  ///
  /// The axis is cut in halves, and these again. A slice's gradient is as large as what it was cut from, so cutting n parts
  /// one by one would cost n times the whole; so it costs log n times.
  func divided(_ sizes: [Int], axis: Int) -> [Tensor] {
    guard sizes.count > 1 else { return sizes.isEmpty ? [] : [self] }
    let (first, last) = (Array(sizes[..<(sizes.count / 2)]), Array(sizes[(sizes.count / 2)...]))
    let middle = first.reduce(0, +)
    return sliced(axis: axis, from: 0, to: middle).divided(first, axis: axis)
      + sliced(axis: axis, from: middle).divided(last, axis: axis)
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
