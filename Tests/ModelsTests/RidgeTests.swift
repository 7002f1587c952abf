import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Ridge regression in one pass.
@Suite struct RidgeTests {
  private let h = Tensor.randomNormal([50, 6], key: RandomKey(seed: 1), mean: 3, dtype: .float64)
  private let y = Tensor.randomNormal([50, 2], key: RandomKey(seed: 2), mean: -1, dtype: .float64)

  /// At the minimum the gradient of the objective is 0, in the weights and in the intercept.
  @Test(arguments: [0, 1e-3, 10]) func theSolutionIsStationary(_ alpha: Double) throws {
    var sums = RidgeAccumulator(features: 6, targets: 2)
    try sums.add(h, y)
    let (weights, intercept) = try sums.solve(alpha: alpha)
    #expect(weights.shape == [6, 2] && intercept.shape == [2] && weights.dtype == .float64)
    let slopes = try grad(at: [weights, intercept]) { x in
      (y - x[1] - h.matmul(x[0])).square().sum() + x[0].square().sum() * alpha
    }
    for slope in slopes { #expect(try slope.abs().max().item() < 1e-9) }
  }

  @Test func batchesGiveWhatAllRowsGive() throws {
    var (whole, parts) = (RidgeAccumulator(features: 6, targets: 2), RidgeAccumulator(features: 6, targets: 2))
    try whole.add(h, y)
    for start in stride(from: 0, to: 50, by: 7) {
      let end = min(50, start + 7)
      try parts.add(h[start..<end], y[start..<end])
    }
    // As a checkpoint keeps them.
    let kept = parts.sums
    let again = RidgeAccumulator(features: 6, targets: 2) { name in kept.first { $0.name == name }?.value }
    let (a, b) = (try whole.solve(alpha: 0.5), try again.solve(alpha: 0.5))
    #expect(Support.isClose(try a.weights.scalars(as: Double.self), try b.weights.scalars(as: Double.self), 1e-11))
    #expect(Support.isClose(try a.intercept.scalars(as: Double.self), try b.intercept.scalars(as: Double.self), 1e-11))
  }

  /// Features far from 0 and nearly alike: sums in float32 would lose the answer.
  @Test func float32RowsAreSummedInFloat64() throws {
    let base = Tensor.randomNormal([400, 1], key: RandomKey(seed: 3), mean: 100).cast(to: .float32)
    let small = Tensor.randomNormal([400, 1], key: RandomKey(seed: 4), std: 0.05).cast(to: .float32)
    let features = Tensor.concatenate([base, base + small], axis: 1)
    let exact = features.cast(to: .float64)
    let target = exact.matmul(Tensor([2, -1] as [Double], shape: [2, 1])) + 5
    var sums = RidgeAccumulator(features: 2, targets: 1)
    for start in stride(from: 0, to: 400, by: 100) {
      try sums.add(features[start..<(start + 100)], target[start..<(start + 100)])
    }
    let (weights, intercept) = try sums.solve(alpha: 1e-9)
    #expect(Support.isClose(try weights.scalars(as: Double.self), [2, -1], 1e-5))
    #expect(abs(try intercept.item() - 5) < 1e-3)
  }

  @Test func whatCannotBeSolvedIsSaid() throws {
    var sums = RidgeAccumulator(features: 6, targets: 2)
    #expect(Support.message { _ = try sums.solve(alpha: 1) }.contains("no rows"))
    #expect(Support.message { try sums.add(h, y[0..<3]) }.contains("(3, 2)"))
    #expect(Support.message { try sums.add(y, y) }.contains("(N, 6)"))
    // Three rows for six features.
    try sums.add(h[0..<3], y[0..<3])
    #expect(Support.message { _ = try sums.solve(alpha: 0) }.contains("larger alpha"))
    #expect(Support.message { _ = try sums.solve(alpha: -1) }.contains("-1"))
    #expect(try sums.solve(alpha: 1e-3).weights.shape == [6, 2])
    let constant = Tensor.ones([9, 6], dtype: .float64)
    var flat = RidgeAccumulator(features: 6, targets: 2)
    try flat.add(constant, y[0..<9])
    #expect(Support.message { _ = try flat.solve(alpha: 0) }.contains("dependent"))
  }
}
