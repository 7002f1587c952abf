import SwiftGANCore
import SwiftGANKernels
import Testing

/// Samples of the linear systems.
let linearSamples: [String: [Sample]] = {
  var samples: [String: [Sample]] = [:]
  samples["cholesky"] = [Sample(.definite(3, 3)), Sample(.definite(2, 4, 4)), Sample(.definite(0, 3, 3))]
  samples["slogdet"] = [Sample(.invertible(3, 3)), Sample(.invertible(2, 2, 2)), Sample(.invertible(1, 0, 0))]
  samples["solve"] = [
    Sample(.invertible(3, 3), .normal(3, 2)), Sample(.invertible(2, 3, 3), .normal(3, 1)),
    Sample(.invertible(3, 3), .normal(2, 3, 2)), Sample(.invertible(3, 3), .normal(3, 0)),
  ]
  for lower in [true, false] {
    for transposed in [true, false] {
      let attributes: Attributes = ["lower": .bool(lower), "transposed": .bool(transposed)]
      samples["solve_triangular", default: []] += [
        Sample(.invertible(3, 3), .normal(3, 2), attributes: attributes),
        Sample(
          .invertible(2, 3, 3), .normal(1, 3, 2), attributes: attributes.setting("unit_diagonal", .bool(lower))),
      ]
    }
  }
  return samples
}()

@Suite struct LinearTests {
  /// Sizes on both sides of those that the blocks are cut at; the residual is as small as the type allows.
  @Test(arguments: [1, 2, 15, 16, 17, 31, 33, 64, 100, 193, 257])
  func sizes(n: Int) throws {
    for level in KernelSettings.levels {
      for (dtype, bound) in [(DType.float32, 1e-5), (.float64, 1e-13)] {
        let found = try KernelSettings.with(level: level, threads: 2) {
          let noise = Tensor.randomNormal([n, n], key: RandomKey(seed: UInt64(n)), dtype: dtype)
          let b = Tensor.randomNormal([n, 5], key: RandomKey(seed: 1), dtype: dtype)
          let definite = noise.matmul(noise.swapAxes(0, 1)) / Double(n) + Tensor.eye(n, dtype: dtype)
          let factor = definite.cholesky()
          let x = noise.solve(b)
          let lower = factor.solveTriangular(b, lower: true)
          let upper = factor.solveTriangular(b, lower: true, transposed: true)
          let scale = noise.abs().matmul(x.abs()).max()
          return try [
            (factor.matmul(factor.swapAxes(0, 1)) - definite).abs().max().item(),
            ((noise.matmul(x) - b).abs().max() / scale).item(),
            (factor.matmul(lower) - b).abs().max().item(),
            (factor.swapAxes(0, 1).matmul(upper) - b).abs().max().item(),
            factor.upperTriangle(diagonal: 1).abs().max().item(),
          ]
        }
        #expect(found.allSatisfy { $0 <= bound * Double(n + 10) }, "\(n), \(dtype): \(found)")
      }
    }
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    let a = Tensor.randomNormal([300, 300], key: RandomKey(seed: 3))
    let many = Tensor.randomNormal([40, 20, 20], key: RandomKey(seed: 4))
    let results = try [Int32(1), 2].map { threads in
      try KernelSettings.with(threads: threads) {
        try a.solve(a.swapAxes(0, 1)).scalars(as: Float.self) + many.inverse().scalars(as: Float.self)
      }
    }
    #expect(results[0] == results[1])
  }

  @Test func determinants() throws {
    let a = Tensor([0, 2, 3, 0] as [Double], shape: [2, 2])
    #expect(try abs(a.determinant().item() + 6) < 1e-12)
    let (sign, logarithm) = Tensor([1, 2, 2, 4] as [Double], shape: [2, 2]).signAndLogDeterminant()
    #expect(try sign.item() == 0 && logarithm.item() == -.infinity)
    #expect(try Tensor.zeros([0, 0]).determinant().item() == 1)
  }

  @Test func derivedOpsToOrderTwo() throws {
    let a =
      Tensor.randomNormal([3, 3], key: RandomKey(seed: 1), dtype: .float64) * 0.3 + Tensor.eye(3, dtype: .float64) * 2
    let b = Tensor.randomNormal([2, 3, 3], key: RandomKey(seed: 2), dtype: .float64)
    let functions: [(String, @Sendable (Tensor, Tensor) -> Tensor)] = [
      ("cholesky", { a, _ in a.cholesky(upper: true) }), ("inverse", { a, _ in a.inverse() }),
      ("determinant", { a, _ in a.determinant() }), ("tril", { a, _ in a.lowerTriangle(diagonal: 1) }),
      ("triu", { a, _ in a.upperTriangle() }), ("diagonal", { _, b in b.diagonal(offset: -1, axis1: 2, axis2: 0) }),
      ("trace", { _, b in b.trace(offset: 1, axis1: 1, axis2: 2) }), ("kron", { a, b in a.kron(b) }),
      ("outer", { a, b in a[0].outer(b[1][2]) }), ("vecdot", { a, b in a.vecdot(b, axis: -2) }),
      ("tensordot", { a, b in a.tensordot(b, axes: [1, 0], otherAxes: [2, 1]) }),
      ("einsum chain", { a, b in .einsum("ij,bjk,bkl->il", a, b, b) }),
      ("einsum trace", { a, b in .einsum("ii,bjj->b", a, b) }), ("einsum dots", { a, b in .einsum("...ij,kj", b, a) }),
    ]
    for (name, function) in functions {
      let weights = Tensor.randomNormal(function(a, b).shape, key: RandomKey(seed: 5), dtype: .float64)
      try checkGradient(at: [a, b], { (function($0[0], $0[1]).square() * weights).sum() + ($0[1] * 0).sum() }, name)
    }
  }

  @Test(arguments: [
    (Tensor.ones([2, 3]).cholesky(), "square"), (Tensor.ones([2, 2]).inverse(), "singular: pivot 1"),
    (
      Tensor.stack([.eye(2), Tensor.eye(2) * -1]).cholesky(), "matrix 1 of the batch is not positive definite: pivot 0"
    ),
    (Tensor.zeros([2, 2]).solveTriangular(.ones([2])), "element 0 of its diagonal"),
    (Tensor.eye(2).solve(.ones([3, 1])), "2 rows"), (Tensor.eye(2).solve(Tensor(1)), "scalar"),
    (Tensor.einsum("ij,jk", .ones([2, 3]), .ones([4, 2])), "'j' stands for 3 in one place and for 4"),
    (Tensor.einsum("ij->k", .ones([2, 3])), "'k', which no operand has"),
    (Tensor.einsum("ii", .ones([2, 3])), "in one operand"), (Tensor.einsum("i", .ones([2, 3])), "2 axes"),
    (Tensor.einsum("i,j", .ones([2])), "2 operands"), (Tensor.einsum("i..", .ones([2, 3])), "one '...'"),
    (
      // Each vector fits in memory, but no product of two does: the rest of the plan must not look at its axes.
      Tensor.einsum("a,b,c->abc", .zeros([1 << 20]), .zeros([1 << 20]), .zeros([1 << 20])), "einsum: \"a,b,c->abc\": "
    ),
    (Tensor.full(.nan, [2, 2]).cholesky(), "holds NaN or infinity"),
    (Tensor.einsum("i->i->i", .ones([2])), "more than one"), (Tensor.einsum("i->ii", .ones([2])), "twice"),
  ])
  func refusals(tensor: Tensor, words: String) {
    #expect(tensor.error?.message.contains(words) == true, "\(tensor.error?.message ?? "no error")")
  }
}
