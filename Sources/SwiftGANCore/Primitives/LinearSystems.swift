import SwiftGANKernels

// Factors and solutions of linear systems. Their gradients are solves again, so any order works.

@Sendable private func checkSquare(_ shape: [Int]) throws(TensorError) -> Int {
  guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2] else {
    throw TensorError(.shape, "the matrix must be square, but its shape is \(describe(shape: shape))")
  }
  return shape[shape.count - 1]
}

/// The shape of the solution: leading axes broadcast.
@Sendable private func solutionShape(_ a: [Int], _ b: [Int]) throws(TensorError) -> [Int] {
  let n = try checkSquare(a)
  guard b.count >= 2, b[b.count - 2] == n else {
    throw TensorError(
      .shape,
      "the right-hand side must have \(n) rows as the matrix of shape \(describe(shape: a)) has, but its shape is "
        + describe(shape: b))
  }
  return try broadcastShape([Array(a.dropLast(2)), Array(b.dropLast(2))]) + b.suffix(2)
}

private struct Triangle {
  let lower, transposed, unit: Bool
  static let names = ["lower", "transposed", "unit_diagonal"]

  init(_ attributes: Attributes) throws {
    lower = try attributes.bool("lower", default: false)
    transposed = try attributes.bool("transposed", default: false)
    unit = try attributes.bool("unit_diagonal", default: false)
  }

  /// The part of a gradient that lies in the triangle.
  func masked(_ gradient: Tensor) -> Tensor {
    let inside = unit ? 1 : 0
    return lower ? gradient.lowerTriangle(diagonal: -inside) : gradient.upperTriangle(diagonal: inside)
  }
}

let linearPrimitives: [Primitive] = [
  // L with L L^T = a, of the lower triangle of a.
  Primitive(
    "cholesky", arity: 1...1, promotion: .float,
    infer: { inputs, _ in
      _ = try checkSquare(inputs[0].shape)
      return inputs[0]
    },
    execution: .kernel("cholesky"),
    // Murray 2016, arXiv:1602.07527, equation 10: L^-T phi(L^T L') L^-1, where phi halves the diagonal and drops what is
    // above it. Made symmetric, as the matrix is; elements below the diagonal then stand for two.
    vjp: { p in
      let factor = p.output
      let inner = factor.swapAxes(-1, -2).matmul(p.cotangent)
      let half = (inner.lowerTriangle() + inner.lowerTriangle(diagonal: -1)) * 0.5
      let left = factor.solveTriangular(half, lower: true, transposed: true)
      let full = factor.solveTriangular(left.swapAxes(-1, -2), lower: true, transposed: true)
      let symmetric = (full + full.swapAxes(-1, -2)) * 0.5
      return [symmetric.lowerTriangle() + symmetric.lowerTriangle(diagonal: -1)]
    }),

  // x with A x = b, where A is a triangle of a, or its transpose.
  Primitive(
    "solve_triangular", arity: 2...2, attributes: Triangle.names, promotion: .float,
    infer: { inputs, _ in TensorSpec(try solutionShape(inputs[0].shape, inputs[1].shape), inputs[0].dtype) },
    execution: .kernel("solve_triangular"),
    vjp: { p in
      let (a, b) = (p.inputs[0], p.inputs[1])
      let triangle = try Triangle(p.attributes)
      let back = apply(
        .solveTriangular, [a, p.cotangent], p.attributes.setting("transposed", .bool(!triangle.transposed)))
      let outer = triangle.transposed ? p.output.matmul(back.swapAxes(-1, -2)) : back.matmul(p.output.swapAxes(-1, -2))
      return [p.needed[0] ? triangle.masked(-outer).summed(to: a.shape) : nil, back.summed(to: b.shape)]
    }),

  // x with a x = b.
  Primitive(
    "solve", arity: 2...2, promotion: .float,
    infer: { inputs, _ in TensorSpec(try solutionShape(inputs[0].shape, inputs[1].shape), inputs[0].dtype) },
    execution: .kernel("solve"),
    vjp: { p in
      let (a, b) = (p.inputs[0], p.inputs[1])
      let back = apply(.solve, [a.swapAxes(-1, -2), p.cotangent])
      return [
        p.needed[0] ? (-back.matmul(p.output.swapAxes(-1, -2))).summed(to: a.shape) : nil, back.summed(to: b.shape),
      ]
    }),

  // The sign of the determinant and the logarithm of its magnitude, along a last axis of extent 2.
  Primitive(
    "slogdet", arity: 1...1, promotion: .float,
    infer: { inputs, _ in
      _ = try checkSquare(inputs[0].shape)
      return TensorSpec(inputs[0].shape.dropLast(2) + [2], inputs[0].dtype)
    },
    execution: .kernel("slogdet"),
    vjp: { p in
      let slope = p.cotangent.sliced(axis: -1, from: 1).expandDims(at: -1)
      return [slope * p.inputs[0].swapAxes(-1, -2).inverse()]
    }),
]

extension Primitive {
  static let cholesky = named("cholesky")
  static let solveTriangular = named("solve_triangular")
  static let solve = named("solve")
  static let slogdet = named("slogdet")
}

/// Which matrix and which pivot, counted from 0, as an error says it.
private func describe(_ pivot: sgk_pivot, batch: ArraySlice<Int>) -> String {
  guard batch.reduce(1, *) > 1 else { return "the matrix" }
  var (index, rest) = ([Int](), Int(pivot.matrix))
  for extent in batch.reversed() {
    index.insert(rest % extent, at: 0)
    rest /= extent
  }
  return "matrix " + index.map(String.init).joined(separator: ", ") + " of the batch"
}

/// Whether all elements of matrix `number` of a batch are finite.
private func isFinite(_ batch: Tensor, _ number: Int) throws -> Bool {
  let all = withoutGradient {
    batch.reshape([-1] + batch.shape.suffix(2)).selected(axis: 0, at: number).isFinite().all()
  }
  return try all.item() != 0
}

/// Copies `source` into the output's memory, where the kernel works in place.
private func fillOutput(_ call: KernelCall, with source: Tensor) {
  var (from, to) = (CPU.view(source, broadcastTo: call.output.shape), CPU.view(call.output))
  sgk_cast(&from, &to)
}

let linearKernels: [KernelName: CPU.Kernel] = [
  "cholesky": { call in
    fillOutput(call, with: call.inputs[0])
    guard call.output.count > 0 else { return }
    var (a, failed) = (CPU.view(call.output), sgk_pivot())
    try CPU.check(sgk_cholesky(&a, &failed))
    if failed.matrix >= 0 {
      let which = describe(failed, batch: call.output.shape.dropLast(2))
      guard try isFinite(call.inputs[0], Int(failed.matrix)) else {
        throw TensorError(.value, "\(which) holds NaN or infinity; look at how it was computed")
      }
      throw TensorError(
        .value,
        "\(which) is not positive definite: pivot \(failed.pivot) is not "
          + "positive; add a small multiple of the identity")
    }
  },
  "solve_triangular": { call in
    let triangle = try Triangle(call.attributes)
    let batch = call.output.shape.dropLast(2)
    fillOutput(call, with: call.inputs[1])
    guard call.output.count > 0 else { return }
    // A transposed triangle is the other one with its strides exchanged.
    let matrix = withoutGradient { triangle.transposed ? call.inputs[0].swapAxes(-1, -2) : call.inputs[0] }
    var a = CPU.view(matrix, broadcastTo: batch + matrix.shape.suffix(2))
    var (x, failed) = (CPU.view(call.output), sgk_pivot())
    let isLower = triangle.lower != triangle.transposed
    try CPU.check(sgk_solve_triangular(&a, isLower ? 1 : 0, triangle.unit ? 1 : 0, &x, &failed))
    if failed.matrix >= 0 {
      throw TensorError(
        .value, "\(describe(failed, batch: batch)) is singular: element \(failed.pivot) of its diagonal is 0")
    }
  },
  "solve": { call in
    let (matrix, batch) = (call.inputs[0], call.output.shape.dropLast(2))
    fillOutput(call, with: call.inputs[1])
    guard call.output.count > 0 else { return }
    var a = CPU.view(matrix, broadcastTo: batch + matrix.shape.suffix(2))
    var (x, failed) = (CPU.view(call.output), sgk_pivot())
    try CPU.check(sgk_solve(&a, &x, &failed))
    if failed.matrix >= 0 {
      throw TensorError(.value, "\(describe(failed, batch: batch)) is singular: pivot \(failed.pivot) is 0")
    }
  },
  "slogdet": { call in
    guard call.output.count > 0 else { return }
    var (a, out) = (CPU.view(call.inputs[0]), CPU.view(call.output))
    try CPU.check(sgk_slogdet(&a, &out))
  },
]
