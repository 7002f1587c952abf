// The operations of indexing that C and Python find by name and that do more than their primitive.

let indexingOperations: [Operation] = [
  Operation("take_along_axis", 2...2, ["axis"]) { x, a in x[0].takeAlongAxis(x[1], axis: try a.int("axis")) },
  Operation("scatter_add_along_axis", 3...3, ["axis"]) { x, a in
    x[0].scatterAddAlongAxis(x[1], at: x[2], axis: try a.int("axis"))
  },
  Operation("put_along_axis", 3...3, ["axis"]) { x, a in
    x[0].putAlongAxis(x[1], at: x[2], axis: try a.int("axis"))
  },
]
