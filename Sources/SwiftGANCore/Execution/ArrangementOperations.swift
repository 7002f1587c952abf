// Derived operations on the order of elements that C and Python find by name.

let orderOperations: [Operation] = [
  Operation("sort", 1...1, ["axis", "descending"]) { x, a in
    x[0].sort(axis: try a.int("axis", default: -1), descending: try a.bool("descending", default: false))
  },
  // The values are taken along the axis by these.
  Operation("top_k_indices", 1...1, ["k", "axis", "largest"]) { x, a in
    x[0].topKIndices(
      try a.int("k"), axis: try a.int("axis", default: -1), largest: try a.bool("largest", default: true))
  },
  Operation("unique") { x, _ in x[0].unique() },
  Operation("unique_first_indices") { x, _ in x[0].uniqueParts().firstIndices },
  Operation("unique_inverse") { x, _ in x[0].uniqueParts().inverse },
  Operation("unique_counts") { x, _ in x[0].uniqueParts().counts },
  // The second input, if any, holds weights.
  Operation("bincount", 1...2, ["min_length"]) { x, a in
    x[0].binCount(weights: x.count > 1 ? x[1] : nil, minLength: try a.int("min_length", default: 0))
  },
  // x, edges and, if any, weights.
  Operation("histogram", 2...3) { x, _ in x[0].histogram(edges: x[1], weights: x.count > 2 ? x[2] : nil) },
]

let arrangementOperations: [Operation] = [
  Operation("move_axes", 1...1, ["source", "destination"]) { x, a in
    x[0].moveAxes(try a.ints("source"), to: try a.ints("destination"))
  },
  Operation("roll", 1...1, ["shifts", "axes"]) { x, a in x[0].roll(try a.ints("shifts"), axes: try a.axes) },
  Operation("tile", 1...1, ["counts"]) { x, a in x[0].tile(try a.ints("counts")) },
  // The same count for all slices, or a tensor with one for each.
  Operation("repeat", 1...2, ["count", "axis"]) { x, a in
    let axis = try a.int("axis")
    return x.count > 1 ? x[0].repeated(x[1], axis: axis) : x[0].repeated(try a.int("count"), axis: axis)
  },
  Operation("rot90", 1...1, ["turns", "axes"]) { x, a in
    let axes = try a.ints("axes", default: [0, 1])
    guard axes.count == 2 else { throw TensorError(.value, "rot90: the plane needs two axes, not \(axes)") }
    return x[0].rotated(try a.int("turns", default: 1), axes: (axes[0], axes[1]))
  },
  Operation("tril", 1...1, ["diagonal"]) { x, a in x[0].lowerTriangle(diagonal: try a.int("diagonal", default: 0)) },
  Operation("triu", 1...1, ["diagonal"]) { x, a in x[0].upperTriangle(diagonal: try a.int("diagonal", default: 0)) },
  Operation("linspace", 0...0, ["start", "end", "count", "includes_end", "dtype"]) { _, a in
    .linspace(
      try a.double("start"), try a.double("end"), count: try a.int("count"),
      includesEnd: try a.bool("includes_end", default: true), dtype: try a.dtype("dtype", default: .float32))
  },
]
