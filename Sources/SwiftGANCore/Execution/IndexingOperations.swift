// The operations of indexing that C and Python find by name and that do more than their primitive.

let indexingOperations: [Operation] = [
  Operation("take_along_axis", 2...2, ["axis"]) { x, a in x[0].takeAlongAxis(x[1], axis: try a.int("axis")) },
  Operation("scatter_add_along_axis", 3...3, ["axis"]) { x, a in
    x[0].scatterAddAlongAxis(x[1], at: x[2], axis: try a.int("axis"))
  },
  Operation("put_along_axis", 3...3, ["axis"]) { x, a in
    x[0].putAlongAxis(x[1], at: x[2], axis: try a.int("axis"))
  },
  // x, then one tensor of indices for each of the axes.
  Operation("index", 2...Int.max, ["axes", "place", "names"]) { x, a in
    let axes = try a.ints("axes")
    let names = try a.ints("names", default: axes)
    guard names.count == axes.count else {
      throw TensorError(.value, "index: \(axes.count) axes have \(names.count) names")
    }
    return x[0].indexed(Array(x[1...]), axes: axes, at: try a.optionalInt("place"), named: names)
  },
  Operation("flat_nonzero") { x, _ in x[0].flatNonzero() },
  Operation("one_hot", 1...1, ["classes", "dtype"]) { x, a in
    .oneHot(x[0], classes: try a.int("classes"), dtype: try a.dtype("dtype", default: .float32))
  },
]
