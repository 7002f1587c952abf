import SwiftGANCore
import Testing

@Suite struct GradientTests {
  @Test func polynomialToOrderFour() throws {
    // d^n/dx^n of x^5 at 2.
    func derivative(_ order: Int, _ x: Tensor) throws -> Tensor {
      if order == 0 { return x * x * x * x * x }
      return try grad(at: [x]) { try derivative(order - 1, $0[0]) }[0]
    }
    let x = Tensor(2, dtype: .float64)
    for (order, expected) in [32.0, 80, 160, 240, 240].enumerated() {
      #expect(try derivative(order, x).item() == expected)
    }
  }

  @Test func innerGradientInsideOuterLoss() throws {
    // The form of a gradient penalty: d/dw of (|d/dx (w . x^2)| - 1)^2.
    let w = Tensor([0.3, -0.7, 1.1] as [Double])
    let x = Tensor([0.5, 1.5, -2.0] as [Double])
    try checkGradient(
      at: [w, x],
      { parts in
        let slope = try grad(at: [parts[1]]) { (parts[0] * $0[0].square()).sum() }[0]
        return (slope.square().sum().sqrt() - 1).square()
      }, "penalty")
  }

  @Test func independentOutputsHaveZeroGradient() throws {
    let gradients = try grad(at: [Tensor([1, 2] as [Float]), Tensor([3, 4] as [Float])]) { $0[0].sum() }
    #expect(try gradients[1].scalars(as: Float.self) == [0, 0])
  }

  @Test func stopGradientAndPauseBlock() throws {
    let x = Tensor(3, dtype: .float64)
    #expect(try grad(at: [x]) { $0[0] * $0[0].stopGradient() }[0].item() == 3)
    #expect(try grad(at: [x]) { xs in xs[0] * withoutGradient { xs[0] * 2 } }[0].item() == 6)
  }

  @Test func nothingIsRecordedOutsideAGradient() throws {
    let x = Tensor([1, 2] as [Float])
    #expect(!(x * x).isTracked)
    let (value, gradients) = try valueAndGrad(at: [x]) { ($0[0] * $0[0]).sum() }
    #expect(!value.isTracked && !gradients[0].isTracked)
  }

  @Test func pullbackOfAnyShape() throws {
    let x = Tensor([1, 2, 3] as [Double])
    let (value, pullback) = try vjp(at: [x]) { $0[0].square() }
    #expect(try value.doubles() == [1, 4, 9])
    #expect(try pullback(Tensor([1, 10, 100] as [Double]))[0].doubles() == [2, 40, 600])
  }

  @Test func nonScalarOutputIsAClearError() {
    let error = #expect(throws: TensorError.self) { try grad(at: [Tensor([1, 2] as [Float])]) { $0[0] * 2 } }
    #expect(error?.message.contains("(2,)") == true)
  }

  @Test func integersHaveNoGradient() {
    #expect(throws: TensorError.self) { try grad(at: [Tensor([1, 2] as [Int32])]) { $0[0].sum().cast(to: .float32) } }
  }

  @Test func errorsInsideReachTheCaller() {
    let error = #expect(throws: TensorError.self) {
      try grad(at: [Tensor.zeros([2, 3])]) { $0[0].matmul(.zeros([4, 5])).sum() }
    }
    #expect(error?.message.contains("(2, 3)") == true && error?.message.contains("(4, 5)") == true)
  }

  @Test func deepGraphsAreDifferentiatedAndReleased() throws {
    let gradients = try grad(at: [Tensor(1, dtype: .float64)]) { xs in
      (0..<200_000).reduce(xs[0]) { sum, _ in sum + xs[0] }
    }
    #expect(try gradients[0].item() == 200_001)
  }

  @Test func derivedOpsToOrderTwo() throws {
    let x = Tensor.randomNormal([3, 4], key: RandomKey(seed: 1), dtype: .float64)
    let image = Tensor.randomNormal([1, 3, 4, 2], key: RandomKey(seed: 2), dtype: .float64)
    let filter = Tensor.randomNormal([4, 4, 3, 2], key: RandomKey(seed: 3), dtype: .float64)
    let functions: [(String, @Sendable (Tensor) -> Tensor)] = [
      ("leaky_relu", { $0.leakyReLU(0.2) }), ("gelu", { $0.gelu() }), ("gelu tanh", { $0.gelu(approximate: true) }),
      ("silu", { $0.silu() }), ("softmax", { $0.softmax() }), ("log_softmax", { $0.logSoftmax(axis: 0) }),
      ("logsumexp", { $0.logSumExp(axes: [1]) }), ("clip", { $0.clip(min: -0.5, max: 0.5) }),
      ("mean", { $0.mean(axes: [0]) }), ("variance", { $0.variance(axes: [1], correction: 1) }),
      ("norm", { $0.norm(axes: [1]) }), ("pad", { $0.pad([(1, 2), (0, 1)], value: 3) }),
      ("matmul", { $0.matmul(Tensor([1, -2, 0.5, 3] as [Double])) }), ("flip", { $0.flip(axes: [0, 1]).square() }),
    ]
    for (name, function) in functions {
      let weights = Tensor.randomNormal(function(x).shape, key: RandomKey(seed: 5), dtype: .float64)
      try checkGradient(at: [x], { (function($0[0]) * weights).sum() }, name)
    }
    try checkGradient(
      at: [image, filter],
      { $0[0].convTranspose2d($0[1], stride: [2, 2], padding: [1, 1, 1, 1], outputPadding: [1, 0]).square().sum() },
      "conv_transpose2d")
  }

  @Test func threadsHaveTheirOwnState() throws {
    Gradient.pause()
    defer { Gradient.resume() }
    #expect(try slopeOfSquare() == 0)
    #expect(try onAnotherThread { try slopeOfSquare() }.get() == 6)
  }
}

@Sendable private func slopeOfSquare() throws -> Double {
  try grad(at: [Tensor(3, dtype: .float64)]) { $0[0].square() }[0].item()
}
