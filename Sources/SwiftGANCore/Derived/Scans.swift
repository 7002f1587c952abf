// Running sums and products, and what is made of them.

extension Tensor {
  /// h[t] = a[t] h[t-1] + b[t] along `axis`, beginning with h[0] = b[0]; with `reverse` from the last element on. The
  /// shapes broadcast. float32 runs in float64 inside.
  public static func linearScan(_ a: Tensor, _ b: Tensor, axis: Int, reverse: Bool = false) -> Tensor {
    apply(.linearScan, [a, b], ["axis": .int(axis), "reverse": .bool(reverse)])
  }

  /// The sums of all elements up to and with each along `axis`; with `reverse` from it to the last. Integers and
  /// bools add up to int64.
  public func cumulativeSum(axis: Int, reverse: Bool = false) -> Tensor {
    if error != nil { return self }
    let x = dtype.isFloat ? self : cast(to: .int64)
    return .linearScan(.ones([], dtype: x.dtype), x, axis: axis, reverse: reverse)
  }

  /// The products of all elements up to and with each along `axis`; with `reverse` from it to the last. Gradients are
  /// exact also where elements are 0.
  public func cumulativeProduct(axis: Int, reverse: Bool = false) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      let x = dtype.isFloat ? self : cast(to: .int64)
      guard shape[at] > 0 else { return x }
      // b is x where the recurrence begins and 0 after it.
      let first = reverse ? x.sliced(axis: at, from: -1) : x.sliced(axis: at, to: 1)
      var widths = [(Int, Int)](repeating: (0, 0), count: rank)
      widths[at] = reverse ? (shape[at] - 1, 0) : (0, shape[at] - 1)
      return .linearScan(x, first.pad(widths), axis: at, reverse: reverse)
    }
  }

  /// The product of all elements before each along `axis` (after it with `reverse`), without itself; 1 for the first.
  func productBefore(axis: Int, reverse: Bool = false) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      guard shape[at] > 0 else { return self }
      var edge = shape
      edge[at] = 1
      let one = Tensor.ones(edge, dtype: dtype)
      if reverse {
        return .concatenate([sliced(axis: at, from: 1).cumulativeProduct(axis: at, reverse: true), one], axis: at)
      }
      return .concatenate([one, sliced(axis: at, to: -1).cumulativeProduct(axis: at)], axis: at)
    }
  }

  /// The differences of neighbours along `axis`, taken `order` times; the extent shrinks by one each time.
  public func diff(order: Int = 1, axis: Int = -1) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      guard order >= 0 else { throw TensorError(.value, "diff: the order must not be negative, but is \(order)") }
      var result = self
      for _ in 0..<Swift.min(order, shape[at]) {
        let (low, high) = (result.sliced(axis: at, to: -1), result.sliced(axis: at, from: 1))
        result = dtype == .bool ? low .!= high : high - low
      }
      return result
    }
  }
}
