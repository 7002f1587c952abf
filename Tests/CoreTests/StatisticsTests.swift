import SwiftGANCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct StatisticsTests {
  @Test func productsWithZerosToAnyOrder() throws {
    // x y z w with two zeros: of its derivatives only those over both zeros differ from 0.
    let x = Tensor([2, 0, 3, 0] as [Double])
    func slope(_ at: Int, _ f: @escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor {
      { x in try grad(at: [x]) { try f($0[0]) }[0][at] }
    }
    let product: (Tensor) throws -> Tensor = { $0.prod() }
    let last: (Tensor) throws -> Tensor = { $0.cumulativeProduct(axis: 0)[-1] }
    for f in [product, last] {
      #expect(try slope(1, f)(x).item() == 0)
      #expect(try slope(3, slope(1, f))(x).item() == 6)
      #expect(try slope(0, slope(3, slope(1, f)))(x).item() == 3)
      #expect(try slope(2, slope(0, slope(3, slope(1, f))))(x).item() == 1)
    }
    try checkGradient(
      at: [Tensor([1.5, 0, -2] as [Double])], { $0[0].cumulativeProduct(axis: 0).square().sum() }, "one")
    try checkGradient(
      at: [Tensor([1.5, 0, -2] as [Double])], { $0[0].cumulativeProduct(axis: 0, reverse: true).square().sum() }, "back"
    )
  }

  @Test func emptyAndInfinite() throws {
    let none = Tensor.zeros([0, 3])
    #expect(try none.logSumExp(axes: [0]).doubles() == [-.infinity, -.infinity, -.infinity])
    #expect(none.sort(axis: 0).shape == [0, 3] && none.cumulativeProduct(axis: 0).shape == [0, 3])
    #expect(try none.prod().item() == 1 && none.countNonzero().item() == 0)
    #expect(none.unique().shape == [0] && none.uniqueParts().counts.shape == [0])
    let hidden = Tensor([-Double.infinity, -.infinity, 0, 1], shape: [2, 2])
    let (value, gradients) = try valueAndGrad(at: [hidden]) { $0[0].logSumExp(axes: [1])[1] + 0 * $0[0][1, 0] }
    #expect(value.error == nil)
    #expect(try gradients[0].doubles().allSatisfy { $0.isFinite })
    let masked = try grad(at: [hidden]) { $0[0].logSumExp(axes: [1]).exp().sum() }[0].doubles()
    #expect(masked[0] == 0 && masked[1] == 0 && abs(masked[3] - exp(1)) < 1e-12)
  }

  @Test func quantilesLieBetweenElements() throws {
    let x = Tensor([3, 1, 2, 10] as [Float])
    #expect(try x.median().item() == 2.5)
    #expect(try x.quantile(0.25).item() == 1.75)
    let found = try QuantileMethod.allCases.map { try x.quantile(0.4, method: $0).item() }
    #expect(zip(found, [2.2, 2, 3, 2, 2.5]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try Tensor([1, .nan, 2] as [Float]).median().item().isNaN)
    #expect(x.reshape([2, 2]).quantiles([0, 0.5, 1], axes: [1], keepDims: true).shape == [3, 2, 1])
    try checkGradient(at: [x.cast(to: .float64)], { $0[0].quantile(0.3).square() }, "quantile")
    #expect(x.quantile(1.5).error?.message.contains("1.5") == true)
    #expect(Tensor.zeros([0]).median().error != nil)
  }

  @Test func countsOfValues() throws {
    let x = Tensor([3, 1, 3, 3, 0, 1] as [Int32], shape: [2, 3])
    let parts = x.uniqueParts()
    #expect(try parts.values.scalars(as: Int32.self) == [0, 1, 3])
    #expect(try parts.counts.scalars(as: Int64.self) == [1, 2, 3])
    #expect(try parts.firstIndices.scalars(as: Int64.self) == [4, 1, 0])
    #expect(try parts.inverse.scalars(as: Int64.self) == [2, 1, 2, 2, 0, 1] && parts.inverse.shape == [2, 3])
    #expect(try x.binCount(minLength: 6).scalars(as: Int64.self) == [1, 2, 0, 3, 0, 0])
    #expect(x.binCount(minLength: -1).error != nil && (0 - x).binCount().error?.message.contains("-3") == true)
    #expect(Tensor([Int64.max]).binCount().error?.kind == .memory)
    let edges = Tensor([0, 1, 2.5, 3] as [Float])
    #expect(
      try Tensor([-1, 0, 0.5, 1, 3, 3, 4, .nan] as [Float]).histogram(edges: edges).scalars(as: Int64.self) == [
        2, 1, 2,
      ])
  }

  /// The root's slope is infinite at 0; the norm's gradient there is 0, also that of the gradient.
  @Test(arguments: [1.0, 2, 3]) func normsHaveGradientsAtZero(_ order: Double) throws {
    let x = Tensor([0, 0, 3, 4] as [Double], shape: [2, 2])
    let slope = try grad(at: [x]) { $0[0].norm(order: order, axes: [1]).sum() }[0]
    #expect(try slope[0].abs().max().item() == 0)
    #expect(try slope[1].isFinite().all().item() == 1 && slope[1].min().item() > 0)
  }

  @Test func norms() throws {
    let x = Tensor([3, -4, 0] as [Double])
    let found = try [2, 1, 0, .infinity, -.infinity, 3].map { try x.norm(order: $0).item() }
    #expect(found[..<5] == [5, 7, 2, 4, 0] && abs(found[5] - pow(91, 1.0 / 3)) < 1e-12)
  }

  @Test func derivedFunctionsToOrderTwo() throws {
    let x = Tensor.randomNormal([4, 4], key: RandomKey(seed: 4), dtype: .float64)
    let functions: [(String, @Sendable (Tensor) -> Tensor)] = [
      ("log_sigmoid", { $0.logSigmoid() }), ("elu", { $0.elu(alpha: 0.7) }), ("celu", { $0.celu(alpha: 0.7) }),
      ("selu", { $0.selu() }), ("softsign", { $0.softsign() }), ("mish", { $0.mish() }),
      ("hard_swish", { $0.hardSwish() }), ("glu", { $0.glu(axis: 0) }), ("logit", { $0.sigmoid().logit() }),
      ("std", { $0.standardDeviation(axes: [1]) }), ("norm3", { $0.norm(order: 3, axes: [0]) }),
      ("sort", { $0.sort(axis: 0, descending: true) }), ("topk", { $0.topK(2).values }),
      ("average", { $0.average(weights: Tensor([1.0, 2, 3, 4])) }), ("cumsum", { $0.cumulativeSum(axis: 1).square() }),
      ("diff", { $0.diff(order: 2) }), ("roll", { $0.roll([1, -6], axes: [0, 1]).square() }),
      ("tile", { $0.tile([2, 1, 3]).square() }), ("repeat", { $0.repeated(Tensor([0, 2, 1, 1] as [Int64]), axis: 1) }),
      ("rot90", { $0.rotated().square() }), ("tril", { $0.lowerTriangle(diagonal: -1).square() }),
      ("nan_to_num", { $0.nanToNum().square() }), ("move", { $0.moveAxes([0], to: [1]).square() }),
      ("split", { $0.split(3, axis: 1)[0].square() }), ("unstack", { $0.unstack(axis: 1)[2] }),
    ]
    for (name, function) in functions {
      let weights = Tensor.randomNormal(function(x).shape, key: RandomKey(seed: 5), dtype: .float64)
      try checkGradient(at: [x], { (function($0[0]) * weights).sum() }, name)
    }
  }
}
