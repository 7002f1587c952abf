/// One part of an index between brackets, with NumPy's meaning.
public enum TensorIndex: Sendable, ExpressibleByIntegerLiteral {
  /// One position, negative from the end; the axis is dropped.
  case at(Int)
  /// `from`, `from + step`, ... before `to`, with the rules of a Python slice.
  case range(from: Int? = nil, to: Int? = nil, step: Int = 1)
  /// Every position of as many axes as the other parts leave over.
  case ellipsis
  /// A new axis of extent 1.
  case newAxis
  /// Positions (int32 or int64, any shape), or a mask (bool) over as many axes as it has.
  case tensor(Tensor)

  /// Every position of one axis.
  public static let all = TensorIndex.range()

  /// One position.
  public init(integerLiteral value: Int) { self = .at(value) }
}

extension Tensor {
  /// The elements at an index of any mix of parts, with NumPy's rules: index tensors broadcast together; their axes take
  /// the place of the first of them, or come first when other parts stand between them; a mask counts as the positions
  /// where it is true. Slices share the memory; gradients flow through all of it.
  ///
  /// ```swift
  /// let corners = x[.ellipsis, .tensor(rows), .tensor(columns)]
  /// ```
  public subscript(index: TensorIndex...) -> Tensor { elements(at: index) }

  /// As the subscript.
  public func elements(at index: [TensorIndex]) -> Tensor {
    .catching {
      let plan = try IndexPlan(index, shape: try checked().shape)
      var result = self
      if plan.window.size != shape || plan.window.step.contains(where: { $0 != 1 }) {
        let window = plan.window
        result = apply(
          .slice, [self], ["start": .ints(window.start), "size": .ints(window.size), "step": .ints(window.step)])
      }
      result = result.reshape(plan.basicShape)
      return plan.indices.isEmpty
        ? result : result.indexed(plan.indices, axes: plan.axes, at: plan.place, named: plan.names)
    }
  }

  /// This tensor with the elements at an index replaced by `updates`, which broadcast to their shape; the last of repeated
  /// positions stays.
  public func replacing(_ index: [TensorIndex], with updates: Tensor) -> Tensor {
    updating(index, updates) { $0.scatter($1, at: $2) }
  }

  /// This tensor with `updates` added to the elements at an index; repeated positions add up.
  public func adding(_ updates: Tensor, at index: [TensorIndex]) -> Tensor {
    updating(index, updates) { $0.scatterAdd($1, at: $2) }
  }

  private func updating(_ index: [TensorIndex], _ updates: Tensor, _ body: (Tensor, Tensor, Tensor) -> Tensor) -> Tensor
  {
    .catching {
      let positions = try Tensor.arange(0, Double(try checked().count), dtype: .int64).reshape(shape)
        .elements(at: index).checked()
      let values = DType.promoted(dtype, updates.dtype) == dtype ? updates.cast(to: dtype) : updates
      return body(flatten(), values.broadcast(to: positions.shape), positions).reshape(shape)
    }
  }

  /// Elements by indices along several axes at once, broadcast together.
  ///
  /// - Parameters:
  ///   - axes: the axis that each tensor of indices points into, ascending.
  ///   - place: where the axes of the indices go among those that are left; that of the first axis when nil.
  ///   - names: the axes as errors shall name them; `axes` when nil.
  func indexed(_ indices: [Tensor], axes: [Int], at place: Int? = nil, named names: [Int]? = nil) -> Tensor {
    .catching {
      try checked()
      let axes = try axes.map { try normalized(axis: $0, rank: rank) }
      guard let first = axes.first, axes.count == indices.count, zip(axes, axes.dropFirst()).allSatisfy(<) else {
        throw TensorError(.value, "index: needs one axis, in ascending order, for each of \(indices.count) tensors")
      }
      let rest = (0..<rank).filter { !axes.contains($0) }
      let at = place ?? first
      guard (0...rest.count).contains(at) else {
        throw TensorError(.value, "index: there is no place \(at) among \(rest.count) axes")
      }
      let order = Array(rest[..<at]) + axes + Array(rest[at...])
      let ordered = order == Array(0..<rank) ? self : transposed(order)
      let extents = axes.map { shape[$0] }
      let positions = apply(.ravelMultiIndex, indices, ["shape": .ints(extents), "axes": .ints(names ?? axes)])
      let merged = rest[..<at].map { shape[$0] } + [extents.reduce(1, *)] + rest[at...].map { shape[$0] }
      return ordered.reshape(merged).gather(positions, axis: at)
    }
  }
}

/// An index taken apart: a window on the axes, the shape with new and without dropped axes, and the tensors of indices that
/// remain, with the axes of that shape which they point into.
private struct IndexPlan {
  var window = Window(start: [], size: [], step: [])
  var basicShape: [Int] = []
  var indices: [Tensor] = []
  var axes: [Int] = []
  var names: [Int] = []
  var place = 0

  init(_ index: [TensorIndex], shape: [Int]) throws {
    let parts = try Self.expanded(index, rank: shape.count)
    // Integers count as index tensors where there are any: they belong to the same group, but need no gather.
    let hasTensors = parts.contains { if case .tensor = $0 { true } else { false } }
    var groups: [(part: Int, place: Int)] = []
    var axis = 0
    for (number, part) in parts.enumerated() {
      switch part {
      case .newAxis: basicShape.append(1)
      case .at(let position):
        let extent = shape[axis]
        guard (-extent..<extent).contains(position) else {
          throw TensorError(.index, "index \(position) is out of range for axis \(axis) of size \(extent)")
        }
        append(position < 0 ? position + extent : position, 1, 1)
        if hasTensors { groups.append((number, axes.isEmpty ? basicShape.count : -1)) }
        axis += 1
      case .range(let from, let to, let step):
        let (start, size, step) = try pythonSlice(from: from, to: to, step: step, extent: shape[axis])
        append(start, size, step)
        basicShape.append(size)
        axis += 1
      case .tensor(let tensor):
        try tensor.checked()
        let used = tensor.dtype == .bool ? Array(shape[axis..<axis + tensor.rank]) : [shape[axis]]
        if tensor.dtype == .bool && tensor.shape != used {
          throw TensorError(
            .index,
            "a mask of shape \(describe(shape: tensor.shape)) does not fit axes of shape \(describe(shape: used))")
        }
        groups.append((number, axes.isEmpty ? basicShape.count : -1))
        indices += tensor.dtype == .bool ? (tensor.rank == 0 ? [tensor.flatNonzero()] : tensor.nonzero()) : [tensor]
        if tensor.dtype == .bool && tensor.rank == 0 {  // a new axis, of which the mask leaves all or nothing
          axes.append(basicShape.count)
          names.append(axis)
          basicShape.append(1)
        }
        for extent in used {
          append(0, extent, 1)
          axes.append(basicShape.count)
          names.append(axis)
          basicShape.append(extent)
          axis += 1
        }
      case .ellipsis: throw TensorError(.index, "an index can have only one ellipsis")
      }
    }
    guard hasTensors else { return }
    let isTogether = groups.last.map { $0.part - groups[0].part == groups.count - 1 } ?? true
    place = isTogether ? groups[0].place : 0
  }

  private mutating func append(_ start: Int, _ size: Int, _ step: Int) {
    window.start.append(size == 0 ? 0 : start)
    window.size.append(size)
    window.step.append(size <= 1 ? 1 : step)
  }

  /// One part for every axis: the ellipsis written out.
  private static func expanded(_ index: [TensorIndex], rank: Int) throws(TensorError) -> [TensorIndex] {
    var used = 0
    var ellipses: [Int] = []
    for (number, part) in index.enumerated() {
      switch part {
      case .ellipsis: ellipses.append(number)
      case .newAxis: break
      case .tensor(let tensor): used += tensor.dtype == .bool ? tensor.rank : 1
      case .at, .range: used += 1
      }
    }
    guard ellipses.count <= 1 else { throw TensorError(.index, "an index can have only one ellipsis") }
    guard used <= rank else {
      throw TensorError(.index, "too many indices: \(used) axes are indexed, but the tensor has \(rank)")
    }
    let rest = [TensorIndex](repeating: .all, count: rank - used)
    guard let at = ellipses.first else { return index + rest }
    return Array(index[..<at]) + rest + Array(index[(at + 1)...])
  }
}
