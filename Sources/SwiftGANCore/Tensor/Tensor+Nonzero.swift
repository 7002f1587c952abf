// Operations whose result's size depends on elements, which they read.

extension Tensor {
  /// The positions (int64, one axis) in row-major order of the elements that are true or not 0.
  public func flatNonzero() -> Tensor {
    .catching {
      let truth = try (try checked()).dtype == .bool ? self : (self .!= 0).checked()
      let found: [Int64] = try truth.withUnsafeBytes { bytes in
        var total = 0
        for byte in bytes where byte != 0 { total += 1 }
        return [Int64](unsafeUninitializedCapacity: total) { positions, count in
          for (at, byte) in bytes.enumerated() where byte != 0 {
            positions[count] = Int64(at)
            count += 1
          }
        }
      }
      return Tensor(found)
    }
  }

  /// The indices of the elements that are true or not 0 in row-major order, one tensor (int64) for each axis.
  public func nonzero() -> [Tensor] {
    if error != nil { return [self] }
    return flatNonzero().unraveled(in: shape)
  }

  /// The index along each axis of `shape` that positions in row-major order stand for.
  public func unraveled(in shape: [Int]) -> [Tensor] {
    var rest = self
    var indices: [Tensor] = []
    for extent in shape.reversed() {
      let size = Tensor([Int64(extent)]).reshape([])
      indices.insert(.remainder(rest, size), at: 0)
      rest = .floorDivide(rest, size)
    }
    return indices
  }
}
