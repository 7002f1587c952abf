extension Tensor {
  /// The same elements in another shape; one extent may be -1 and is then worked out.
  public func reshape(_ shape: [Int]) -> Tensor {
    shape == self.shape && error == nil ? self : apply(.reshape, [self], ["shape": .ints(shape)])
  }

  /// Axes in another order; reversed when nil.
  public func transposed(_ axes: [Int]? = nil) -> Tensor {
    apply(.transpose, [self], axes.map { ["axes": .ints($0)] } ?? [:])
  }

  /// Two axes swapped; negative axes count from the end.
  public func swapAxes(_ a: Int, _ b: Int) -> Tensor {
    .catching {
      let (a, b) = (try normalized(axis: a, rank: rank), try normalized(axis: b, rank: rank))
      var axes = Array(0..<rank)
      axes.swapAt(a, b)
      return transposed(axes)
    }
  }

  /// Repeated along new or unit axes to `shape`, without a copy.
  public func broadcast(to shape: [Int]) -> Tensor {
    shape == self.shape && error == nil ? self : apply(.broadcastTo, [self], ["shape": .ints(shape)])
  }

  /// Summed over what broadcasting from `shape` to this tensor's shape would repeat: broadcasting's adjoint.
  func summed(to target: [Int]) -> Tensor {
    if shape == target || error != nil { return self }
    let lead = rank - target.count
    let axes = (0..<rank).filter { $0 < lead || (target[$0 - lead] == 1 && shape[$0] != 1) }
    return sum(axes: axes, keepDims: true).reshape(target)
  }

  /// A new axis of extent 1 at position `axis`; negative counts from the end of the result.
  public func expandDims(at axis: Int) -> Tensor {
    .catching {
      var shape = try checked().shape
      shape.insert(1, at: try normalized(axis: axis, rank: rank + 1))
      return reshape(shape)
    }
  }

  /// Without the given axes, which have extent 1; without all such axes when nil.
  public func squeeze(axes: [Int]? = nil) -> Tensor {
    .catching {
      try checked()
      let dropped = try axes.map { try normalized(axes: $0, rank: rank) } ?? shape.indices.filter { shape[$0] == 1 }
      for axis in dropped where shape[axis] != 1 {
        throw TensorError(.shape, "squeeze: axis \(axis) of shape \(describe(shape: shape)) is not 1")
      }
      return reshape(shape.indices.filter { !dropped.contains($0) }.map { shape[$0] })
    }
  }

  /// The axes from `axis` on as one.
  public func flatten(fromAxis axis: Int = 0) -> Tensor {
    .catching {
      let from = try checked().rank == 0 ? 0 : normalized(axis: axis, rank: rank)
      return reshape(Array(shape[..<from]) + [shape[from...].reduce(1, *)])
    }
  }

  /// Indices `from`, `from + step`, ... before `to` along one axis, with the rules of a Python slice: negative bounds count
  /// from the end, bounds outside are clamped, the step may be negative.
  public func sliced(axis: Int, from: Int? = nil, to: Int? = nil, step: Int = 1) -> Tensor {
    .catching {
      let axis = try normalized(axis: axis, rank: try checked().rank)
      let part = try pythonSlice(from: from, to: to, step: step, extent: shape[axis])
      var start = [Int](repeating: 0, count: rank)
      var sizes = shape
      var steps = [Int](repeating: 1, count: rank)
      (start[axis], sizes[axis], steps[axis]) = part
      return apply(.slice, [self], ["start": .ints(start), "size": .ints(sizes), "step": .ints(steps)])
    }
  }

  /// One index along an axis, the axis dropped.
  public func selected(axis: Int, at index: Int) -> Tensor {
    .catching {
      let axis = try normalized(axis: axis, rank: try checked().rank)
      let at = index < 0 ? index + shape[axis] : index
      guard (0..<shape[axis]).contains(at) else {
        throw TensorError(.index, "index \(index) is out of range for axis \(axis) of size \(shape[axis])")
      }
      return sliced(axis: axis, from: at, to: at + 1).squeeze(axes: [axis])
    }
  }

  /// Rows of the first axis.
  public subscript(rows: Range<Int>) -> Tensor {
    rows.lowerBound >= 0 && rows.upperBound <= (shape.first ?? 0)
      ? sliced(axis: 0, from: rows.lowerBound, to: rows.upperBound)
      : .failed(TensorError(.index, "rows \(rows) are out of range for shape \(describe(shape: shape))"))
  }

  /// One row of the first axis, the axis dropped; negative counts from the end.
  public subscript(row: Int) -> Tensor { selected(axis: 0, at: row) }

  /// The elements in reverse order along the given axes.
  public func flip(axes: [Int]) -> Tensor { axes.reduce(self) { $0.sliced(axis: $1, step: -1) } }

  /// The tensors joined along an existing axis.
  public static func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    apply(.concatenate, tensors, ["axis": .int(axis)])
  }

  /// Tensors of one shape joined along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    for tensor in tensors where tensor.error != nil { return tensor }
    for tensor in tensors where tensor.shape != tensors[0].shape {
      return .failed(
        TensorError(
          .shape,
          "stack: the shapes \(describe(shape: tensors[0].shape)) and \(describe(shape: tensor.shape)) differ; they must "
            + "be equal"))
    }
    return concatenate(tensors.map { $0.expandDims(at: axis) }, axis: axis)
  }
}

/// The first index, number of indices and step that a Python slice names on an axis.
func pythonSlice(from: Int?, to: Int?, step: Int, extent: Int) throws(TensorError) -> (start: Int, size: Int, step: Int)
{
  guard step != 0 else { throw TensorError(.value, "a slice's step must not be 0") }
  func clamped(_ bound: Int?, _ missing: Int) -> Int {
    guard let bound else { return missing }
    let absolute = bound < 0 ? bound + extent : bound
    return step > 0 ? Swift.min(Swift.max(absolute, 0), extent) : Swift.min(Swift.max(absolute, -1), extent - 1)
  }
  let first = clamped(from, step > 0 ? 0 : extent - 1)
  let end = clamped(to, step > 0 ? extent : -1)
  let span = step > 0 ? end - first : first - end
  let size = span <= 0 ? 0 : (span - 1) / Int(Swift.min(step.magnitude, UInt(Int.max))) + 1
  return (size == 0 ? 0 : first, size, size <= 1 ? 1 : step)
}

extension Primitive {
  static let reshape = named("reshape")
  static let transpose = named("transpose")
  static let broadcastTo = named("broadcast_to")
  static let concatenate = named("concatenate")
}
