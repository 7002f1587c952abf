// Elements in another order or more than once, composed of slices, broadcasts and reshapes.

extension Tensor {
  /// The axes at `source` moved to the places `destination`; the rest stay in order.
  public func moveAxes(_ source: [Int], to destination: [Int]) -> Tensor {
    .catching {
      let rank = try checked().rank
      let (from, to) = (
        try source.map { try normalized(axis: $0, rank: rank) },
        try destination.map {
          try normalized(axis: $0, rank: rank)
        }
      )
      guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count else {
        throw TensorError(.value, "moveaxis: axes \(source) cannot move to \(destination): as many, none twice")
      }
      var order = (0..<rank).filter { !from.contains($0) }
      for (place, axis) in zip(to, from).sorted(by: { $0.0 < $1.0 }) { order.insert(axis, at: place) }
      return transposed(order)
    }
  }

  /// The elements moved `shift` places along `axis`, those pushed out at one end coming in at the other.
  public func roll(_ shift: Int, axis: Int) -> Tensor { roll([shift], axes: [axis]) }

  /// The elements moved along several axes; nil rolls them all as one axis.
  public func roll(_ shifts: [Int], axes: [Int]?) -> Tensor {
    .catching {
      guard let axes else {
        guard shifts.count == 1 else {
          throw TensorError(.value, "roll: \(shifts.count) shifts need as many axes, but none are given")
        }
        return try flatten().checked().roll(shifts, axes: [0]).reshape(shape)
      }
      guard axes.count == shifts.count || shifts.count == 1 else {
        throw TensorError(.value, "roll: \(shifts.count) shifts do not fit \(axes.count) axes")
      }
      var result = try checked()
      for (number, axis) in axes.enumerated() {
        let at = try normalized(axis: axis, rank: rank)
        let extent = shape[at]
        guard extent > 0 else { continue }
        let rest = shifts[shifts.count == 1 ? 0 : number] % extent
        let shift = rest < 0 ? rest + extent : rest
        if shift == 0 { continue }
        let cut = extent - shift
        result = .concatenate([result.sliced(axis: at, from: cut), result.sliced(axis: at, to: cut)], axis: at)
      }
      return result
    }
  }

  /// The whole repeated along each axis; with more counts than axes, new axes come first.
  public func tile(_ counts: [Int]) -> Tensor {
    .catching {
      let rank = Swift.max(try checked().rank, counts.count)
      guard counts.allSatisfy({ $0 >= 0 }) else {
        throw TensorError(.value, "tile: counts must not be negative, but are \(counts)")
      }
      let own = [Int](repeating: 1, count: rank - self.rank) + shape
      let times = [Int](repeating: 1, count: rank - counts.count) + counts
      // In pairs (times, extent): at most one new axis for each that is repeated.
      var (apart, spread, joined): ([Int], [Int], [Int]) = ([], [], [])
      for (extent, count) in zip(own, times) {
        let (product, overflow) = extent.multipliedReportingOverflow(by: count)
        guard !overflow else { throw TensorError(.memory, "tile: \(extent) elements \(count) times overflow") }
        if count != 1 {
          apart.append(1)
          spread.append(count)
        }
        apart.append(extent)
        spread.append(extent)
        joined.append(product)
      }
      return reshape(apart).broadcast(to: spread).reshape(joined)
    }
  }

  /// Every slice along `axis` repeated `count` times, one after the other.
  public func repeated(_ count: Int, axis: Int) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      guard count >= 0 else { throw TensorError(.value, "repeat: the count must not be negative, but is \(count)") }
      let (product, overflow) = shape[at].multipliedReportingOverflow(by: count)
      guard !overflow else { throw TensorError(.memory, "repeat: \(shape[at]) slices \(count) times overflow") }
      var (spread, joined) = (shape, shape)
      spread.insert(count, at: at + 1)
      joined[at] = product
      return expandDims(at: at + 1).broadcast(to: spread).reshape(joined)
    }
  }

  /// Every slice along `axis` repeated by a count of its own. Reads the counts, whole numbers of one axis: the result's
  /// size depends on them.
  public func repeated(_ counts: Tensor, axis: Int) -> Tensor {
    .catching {
      let at = try normalized(axis: axis, rank: try checked().rank)
      guard !(try counts.checked()).dtype.isFloat, counts.shape == [shape[at]] else {
        throw TensorError(
          .value,
          "repeat: needs one whole number for each of \(shape[at]) slices, not \(counts.dtype) of shape "
            + describe(shape: counts.shape))
      }
      let numbers = try counts.cast(to: .int64).scalars(as: Int64.self)
      var total: Int64 = 0
      for number in numbers {
        guard number >= 0, number <= Int64.max / 16 - total else {
          throw TensorError(.value, "repeat: counts must be neither negative nor overflow memory, but one is \(number)")
        }
        total += number
      }
      _ = try elementCount([Int(total)], byteSize: 8)
      // The sums of the counts tell which slice each place of the result belongs to.
      let places = Tensor.arange(0, Double(total), dtype: .int64)
      return gather(counts.cast(to: .int64).cumulativeSum(axis: 0).searchSorted(places, right: true), axis: at)
    }
  }

  /// The pieces along `axis` cut before the given positions, with the rules of slices.
  public func split(at positions: [Int], axis: Int = 0) -> [Tensor] {
    let starts: [Int?] = [nil] + positions
    let ends: [Int?] = positions + [nil]
    return zip(starts, ends).map { sliced(axis: axis, from: $0, to: $1) }
  }

  /// `sections` pieces along `axis`, as nearly equal as can be: the first ones are one longer where it does not divide.
  public func split(_ sections: Int, axis: Int = 0) -> [Tensor] {
    guard error == nil, let at = try? normalized(axis: axis, rank: rank), sections > 0 else {
      return [
        error == nil
          ? .failed(TensorError(.value, "split: \(sections) pieces of axis \(axis) of shape \(describe(shape: shape))"))
          : self
      ]
    }
    let (size, longer) = (shape[at] / sections, shape[at] % sections)
    return split(at: (1..<Swift.max(sections, 1)).map { $0 * size + Swift.min($0, longer) }, axis: at)
  }

  /// The slices along `axis`, without it.
  public func unstack(axis: Int = 0) -> [Tensor] {
    guard error == nil, let at = try? normalized(axis: axis, rank: rank) else {
      return [error == nil ? selected(axis: axis, at: 0) : self]
    }
    return (0..<shape[at]).map { selected(axis: at, at: $0) }
  }

  /// Turned by `turns` quarter turns in the plane of two axes, from the first towards the second.
  public func rotated(_ turns: Int = 1, axes: (Int, Int) = (0, 1)) -> Tensor {
    .catching {
      let rank = try checked().rank
      let (a, b) = (try normalized(axis: axes.0, rank: rank), try normalized(axis: axes.1, rank: rank))
      guard a != b else { throw TensorError(.value, "rot90: the plane needs two axes, not \(axes.0) twice") }
      switch ((turns % 4) + 4) % 4 {
      case 1: return flip(axes: [b]).swapAxes(a, b)
      case 2: return flip(axes: [a, b])
      case 3: return swapAxes(a, b).flip(axes: [b])
      default: return self
      }
    }
  }

  /// The tensors repeated to the shape that broadcasting gives them, without copies.
  public static func broadcast(_ tensors: [Tensor]) -> [Tensor] {
    do throws(TensorError) {
      for tensor in tensors { try tensor.checked() }
      let shape = try broadcastShape(tensors.map(\.shape))
      return tensors.map { $0.broadcast(to: shape) }
    } catch {
      return tensors.map { _ in .failed(error.prefixed("broadcast_arrays")) }
    }
  }

  /// Coordinates over a grid from those of its axes, each of one axis. With `matrixIndexing` the i-th tensor varies along
  /// axis i; without, as in a plot, the first two axes are exchanged.
  public static func meshGrid(_ axes: [Tensor], matrixIndexing: Bool = false) -> [Tensor] {
    for axis in axes where axis.error == nil && axis.rank > 1 {
      let error = TensorError(.shape, "meshgrid: coordinates have one axis, not shape \(describe(shape: axis.shape))")
      return axes.map { _ in .failed(error) }
    }
    let spread = axes.enumerated().map { place, axis in
      var shape = [Int](repeating: 1, count: axes.count)
      shape[!matrixIndexing && axes.count > 1 && place < 2 ? 1 - place : place] = axis.count
      return axis.reshape(shape)
    }
    return broadcast(spread)
  }

  /// The elements on and below the given diagonal of matrices (0 the main one, positive above it), zeros elsewhere.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor { triangle(diagonal, isLower: true) }

  /// The elements on and above the given diagonal of matrices (0 the main one, positive above it), zeros elsewhere.
  public func upperTriangle(diagonal: Int = 0) -> Tensor { triangle(diagonal, isLower: false) }

  private func triangle(_ diagonal: Int, isLower: Bool) -> Tensor {
    .catching {
      guard try checked().rank >= 2 else {
        throw TensorError(.shape, "a triangle needs two axes, not shape \(describe(shape: shape))")
      }
      let rows = Tensor.arange(0, Double(shape[rank - 2]), dtype: .int64).expandDims(at: 1)
      let columns = Tensor.arange(0, Double(shape[rank - 1]), dtype: .int64)
      // A diagonal beyond the matrix is as good as one just outside.
      let bound = Swift.min(Swift.max(diagonal, -shape[rank - 2] - 1), shape[rank - 1] + 1)
      let offset = columns - rows
      return .select(
        isLower ? offset .<= Double(bound) : offset .>= Double(bound), self, .zeros([], dtype: dtype))
    }
  }
}
