// Order along an axis, and what is found by it. Equal elements keep their order and NaN comes last, in both directions.

extension Tensor {
  /// The positions (int64) that put the elements along `axis` in order. Stable.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Tensor {
    apply(.argsort, [self], ["axis": .int(axis), "descending": .bool(descending)])
  }

  /// The elements in order along `axis`. Gradients flow back to where they came from.
  public func sort(axis: Int = -1, descending: Bool = false) -> Tensor {
    takeAlongAxis(argsort(axis: axis, descending: descending), axis: axis)
  }

  /// The `k` largest (or smallest) elements along `axis` in order, and their positions (int64).
  public func topK(_ k: Int, axis: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor) {
    let indices = topKIndices(k, axis: axis, largest: largest)
    return (takeAlongAxis(indices, axis: axis), indices)
  }

  func topKIndices(_ k: Int, axis: Int, largest: Bool) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      guard (0...shape[at]).contains(k) else {
        throw TensorError(.value, "top_k_indices: k is \(k), but axis \(at) has \(shape[at]) elements")
      }
      return argsort(axis: at, descending: largest).sliced(axis: at, to: k)
    }
  }

  /// Where values belong in this tensor, which has one axis and is sorted ascending: how many elements come before each
  /// (int64).
  ///
  /// - Parameter right: behind equal elements, not before them.
  public func searchSorted(_ values: Tensor, right: Bool = false) -> Tensor {
    apply(.searchSorted, [self, values], ["side": .string(right ? "right" : "left")])
  }

  /// The different elements in ascending order, NaN last and each NaN for itself. Reads the elements: the result's size
  /// depends on them.
  public func unique() -> Tensor { uniqueParts().values }

  /// The different elements, and for each of them the position of its first occurrence, and how often it occurs (int64);
  /// and for each element of this tensor the number of its like among the values (int64, of this tensor's shape).
  public func uniqueParts() -> (values: Tensor, firstIndices: Tensor, inverse: Tensor, counts: Tensor) {
    let flat = flatten()
    let order = flat.argsort()
    let sorted = flat.gather(order)
    let first = Tensor.full(1, [Swift.min(flat.count, 1)], dtype: .bool)
    let begins = Tensor.concatenate([first, sorted.sliced(axis: 0, from: 1) .!= sorted.sliced(axis: 0, to: -1)])
    let starts = begins.flatNonzero()
    let ends = Tensor.concatenate([starts.sliced(axis: 0, from: 1), Tensor([Int64(flat.count)])])
    let numbers = begins.cumulativeSum(axis: 0) - 1
    return (
      sorted.gather(starts), order.gather(starts),
      order.zerosLike.scatter(numbers, at: order).reshape(shape), starts.count == 0 ? starts : ends - starts
    )
  }

  /// How often each of 0, 1, ... occurs in this tensor of non-negative integers (int64), or the sums of `weights` there.
  ///
  /// - Parameter minLength: the least number of counts; there are more when a number is larger.
  public func binCount(weights: Tensor? = nil, minLength: Int = 0) -> Tensor {
    .catching {
      guard !(try checked()).dtype.isFloat else { throw TensorError(.type, "bincount: counts integers, not \(dtype)") }
      guard minLength >= 0 else { throw TensorError(.value, "bincount: the least length is \(minLength)") }
      let flat = cast(to: .int64).flatten()
      var length = minLength
      if count > 0 {
        let low = try flat.min().scalars(as: Int64.self)[0]
        guard low >= 0 else { throw TensorError(.value, "bincount: \(low) is negative") }
        let high = try flat.max().scalars(as: Int64.self)[0]
        guard high < Int64.max / 16 else { throw TensorError(.memory, "bincount: no memory holds \(high) counts") }
        length = Swift.max(length, Int(high) + 1)
      }
      if let weights {
        guard try weights.checked().shape == shape else {
          throw TensorError(
            .shape,
            "bincount: weights of shape \(describe(shape: weights.shape)) for numbers of \(describe(shape: shape))")
        }
        let floats = weights.dtype.isFloat ? weights : weights.cast(to: .float32)
        return Tensor.zeros([length], dtype: floats.dtype).scatterAdd(floats.flatten(), at: flat)
      }
      return Tensor.zeros([length], dtype: .int64).scatterAdd(flat.onesLike, at: flat)
    }
  }

  /// How many elements fall between neighbours of `edges` (int64), which ascend; the last edge belongs to the last bin.
  /// With `weights`, of this tensor's shape, their sums.
  public func histogram(edges: Tensor, weights: Tensor? = nil) -> Tensor {
    .catching {
      let bins = try edges.checked().count - 1
      guard edges.rank == 1, bins > 0 else {
        throw TensorError(.value, "histogram: needs at least two edges, not shape \(describe(shape: edges.shape))")
      }
      let values = flatten()
      let type = DType.promoted(values.dtype, edges.dtype)
      let (x, bounds) = (values.cast(to: type), edges.cast(to: type))
      let isLast = (x .== bounds.selected(axis: 0, at: -1)).cast(to: .int64)
      // 0 is before the first edge, bins + 1 after the last.
      let places = bounds.searchSorted(x, right: true) - isLast
      return places.binCount(weights: weights?.flatten(), minLength: bins + 2).sliced(axis: 0, from: 1, to: bins + 1)
    }
  }
}
