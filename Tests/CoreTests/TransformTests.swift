import SwiftGANCore
import Testing

/// Two inputs, (2, 3) and (3), to an output of shape (2, 2); neither linear nor symmetric.
private func function(_ xs: [Tensor]) -> Tensor {
  let y = (xs[0] * xs[1]).tanh() + xs[0].square()
  return .stack([y.sum(axes: [1]), (y * xs[1].exp()).sum(axes: [1])], axis: 1)
}

private func sample(_ shape: [Int], _ seed: UInt64) -> Tensor {
  Tensor.randomNormal(shape, key: RandomKey(seed: seed), dtype: .float64)
}

@Suite struct TransformTests {
  let xs = [sample([2, 3], 1), sample([3], 2)]
  let vs = [sample([2, 3], 3), sample([3], 4)]

  @Test func jvpIsTheDirectionalDerivative() throws {
    let (value, tangent) = try jvp(at: xs, along: vs, function)
    let h = 1e-5
    func moved(_ step: Double) -> Tensor { function(zip(xs, vs).map { $0 + $1 * step }) }
    let numeric = (moved(h) - moved(-h)) * (1 / (2 * h))
    #expect(try (value - function(xs)).abs().max().item() == 0)
    #expect(try (tangent - numeric).abs().max().item() < 1e-8)
    #expect(!value.isTracked && !tangent.isTracked)
  }

  @Test func jacobianRowsAndColumnsAgreeWithJvp() throws {
    // 4 rows against 9 columns, and (of the flattened sum of one x) the other way round.
    let parts = try jacobian(at: xs, function)
    #expect(parts.map(\.shape) == [[2, 2, 2, 3], [2, 2, 3]])
    let product = (parts[0] * vs[0]).sum(axes: [2, 3]) + (parts[1] * vs[1]).sum(axes: [2])
    #expect(try (product - jvp(at: xs, along: vs, function).tangent).abs().max().item() < 1e-12)
    let tall = try jacobian(at: [xs[1]]) { function([xs[0], $0[0]]) }[0]
    #expect(try (tall - parts[1]).abs().max().item() < 1e-12)
  }

  @Test func hessianAndItsProduct() throws {
    func scalar(_ xs: [Tensor]) -> Tensor { function(xs).square().sum() }
    let blocks = try hessian(at: xs, scalar)
    #expect(blocks.map { $0.map(\.shape) } == [[[2, 3, 2, 3], [2, 3, 3]], [[3, 2, 3], [3, 3]]])
    #expect(try (blocks[0][1].transposed([2, 0, 1]) - blocks[1][0]).abs().max().item() < 1e-11)
    let product = try hvp(at: xs, along: vs, scalar)
    let first = (blocks[0][0] * vs[0]).sum(axes: [2, 3]) + (blocks[0][1] * vs[1]).sum(axes: [2])
    #expect(try (product[0] - first).abs().max().item() < 1e-10)
    // The Hessian of a linear function is 0.
    #expect(try hvp(at: xs, along: vs) { $0[0].sum() + $0[1].sum() }[1].doubles() == [0, 0, 0])
  }

  @Test func transformsAreDifferentiable() throws {
    try checkGradient(at: xs, { try jvp(at: $0, along: vs, function).tangent.square().sum() }, "jvp")
    try checkGradient(at: [xs[1]], { try jacobian(at: $0) { $0[0].exp() * $0[0].sum() }[0].square().sum() }, "jacobian")
  }

  @Test func perExampleGradientsAddUpToTheBatchs() throws {
    let (x, w) = (sample([5, 3], 7), sample([3, 2], 8))
    func loss(_ ws: [Tensor], _ batch: [Tensor]) -> Tensor { batch[0].matmul(ws[0]).tanh().square().sum() }
    let each = try perExampleGradients(at: [w], batch: [x], loss)[0]
    #expect(each.shape == [5, 3, 2])
    let whole = try grad(at: [w]) { loss($0, [x]) }[0]
    #expect(try (each.sum(axes: [0]) - whole).abs().max().item() < 1e-12)
    let second = try grad(at: [w]) { loss($0, [x[1..<2]]) }[0]
    #expect(try (each[1] - second).abs().max().item() == 0)
    #expect(try perExampleGradients(at: [w], batch: [x[0..<0]], loss)[0].shape == [0, 3, 2])
  }

  @Test func emptyAndScalarCases() throws {
    #expect(try jacobian(at: [Tensor.zeros([0])]) { $0[0] * 2 }[0].shape == [0, 0])
    #expect(try jacobian(at: [Tensor(3, dtype: .float64)]) { $0[0].square() }[0].item() == 6)
    #expect(try hessian(at: [Tensor(3, dtype: .float64)]) { $0[0] * $0[0] * $0[0] }[0][0].item() == 18)
  }

  @Test func mistakesAreSaid() {
    let short = #expect(throws: TensorError.self) { try jvp(at: xs, along: [vs[0]], function) }
    #expect(short?.message.contains("(2, 3), (3,)") == true)
    #expect(throws: TensorError.self) { try hvp(at: xs, along: vs, function) }
    let uneven = #expect(throws: TensorError.self) {
      try perExampleGradients(at: [xs[1]], batch: [xs[0], xs[1]]) { $0[0].sum() + $1[0].sum() }
    }
    #expect(uneven?.message.contains("(2, 3), (3,)") == true)
    #expect(Gradient.depth == 0)
  }
}
