// How near the members of a set are to each other, by a kernel of the distance in the sum of absolute differences.

let nearnessPrimitives: [Primitive] = [
  // y[b, j] = sum_i exp(-sum_c |x[b, c, i] - x[b, c, j]|) for x [groups, dimension, members]. A distance is a chain over
  // the dimension's few coordinates, so no difference of all pairs in all coordinates is ever in memory, and sums run over
  // the axis before the last, where the rows of a group lie. Distances are symmetric, so the gradient of x[b, c, j] gathers
  // both of the places where j stands, sum_i (g_i + g_j) k_ij sign(x_i - x_j), in one sum in place of two.
  Primitive(
    "l1_nearness", arity: 1...1, promotion: .float,
    infer: { inputs, _ in
      guard inputs[0].shape.count == 3, inputs[0].shape[1] > 0 else {
        throw TensorError(
          .shape,
          "takes (groups, dimension, members) with a dimension of at least 1, not "
            + describe(shape: inputs[0].shape))
      }
      return TensorSpec([inputs[0].shape[0], inputs[0].shape[2]], inputs[0].dtype)
    },
    execution: .composite { inputs, _ in Coordinates(of: inputs[0]).nearness().sum(axes: [1]) },
    vjp: { p in
      let coordinates = Coordinates(of: p.inputs[0])
      let g = p.cotangent.reshape([p.output.shape[0], 1, p.output.shape[1]])
      let weights = (g.transposed([0, 2, 1]) + g) * coordinates.nearness()
      let gradients = coordinates.all.map { ($0.difference.sign() * weights).sum(axes: [1], keepDims: true) }
      return [.concatenate(gradients, axis: 1)]
    })
]

/// The coordinates of all members, one by one.
private struct Coordinates {
  struct Coordinate {
    /// `[groups, 1, members]`.
    let columns: Tensor
    /// The same upright, `[groups, members, 1]`.
    var rows: Tensor { columns.transposed([0, 2, 1]) }
    /// x_i - x_j at (i, j).
    var difference: Tensor { rows - columns }
  }

  let all: [Coordinate]

  init(of x: Tensor) {
    all = (0..<x.shape[1]).map { Coordinate(columns: x.sliced(axis: 1, from: $0, to: $0 + 1)) }
  }

  /// exp(-L1) for all pairs, `[groups, members, members]`.
  func nearness() -> Tensor {
    let distances = all.dropFirst().reduce(all[0].difference.abs()) { $0 + $1.difference.abs() }
    return (-distances).exp()
  }
}

extension Tensor {
  /// How near the members of each group are to each other: `sum_i exp(-sum_c |x[b, c, i] - x[b, c, j]|)` for every member
  /// j, itself among them, of a tensor `[groups, dimension, members]`.
  ///
  /// Returns `[groups, members]`, between 1 and the number of members. Where two members agree in a coordinate its slope is
  /// taken as 0. Integers become float32. The error is `.shape` for another rank or a dimension of 0.
  public func l1Nearness() -> Tensor { apply(.named("l1_nearness"), [self]) }
}
