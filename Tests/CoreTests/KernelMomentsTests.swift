import SwiftGANKernels
import Testing

private func moments<T: KernelElement>(_ x: Strided<T>, axes: Set<Int>) -> (means: [T], variances: [T]) {
  let kept = x.shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
  let both = Strided([2] + kept) { _ in T(truncating: 77) }
  var first = both.view
  sgk_view_set(
    &first, both.view.data, Int32(T.dtype.rawValue), Int32(kept.count), kept.map(Int64.init),
    Layout.contiguous.strides(of: kept).map(Int64.init))
  let status = withUnsafePointer(to: x.view) { sgk_reduce(SGK_MOMENTS, $0, &first) }
  #expect(status == SGK_OK)
  #expect(both.isIntactOutside)
  let values = both.values
  return (Array(values.prefix(values.count / 2)), Array(values.suffix(values.count / 2)))
}

/// A compensated sum (Neumaier 1974).
private func total(_ numbers: some Sequence<Double>) -> Double {
  var (sum, rest) = (0.0, 0.0)
  for number in numbers {
    let next = sum + number
    rest += abs(sum) >= abs(number) ? (sum - next) + number : (number - next) + sum
    sum = next
  }
  return sum + rest
}

/// How far the worst mean and variance are from those of the groups: in units of |mean| + deviation and of the variance.
private func errors<T: BinaryFloatingPoint>(_ found: (means: [T], variances: [T]), of groups: [[Double]])
  -> (mean: Double, variance: Double)
{
  var worst = (mean: 0.0, variance: 0.0)
  for (place, group) in groups.enumerated() {
    let mean = total(group) / Double(group.count)
    let variance = total(group.lazy.map { ($0 - mean) * ($0 - mean) }) / Double(group.count)
    let scale = abs(mean) + variance.squareRoot()
    worst.mean = max(worst.mean, abs(Double(found.means[place]) - mean) / (scale == 0 ? 1 : scale))
    worst.variance = max(
      worst.variance, abs(Double(found.variances[place]) - variance) / (variance == 0 ? 1 : variance))
  }
  return worst
}

@Suite struct KernelMomentsTests {
  @Test(arguments: KernelSettings.levels) func anyAxesAndLayouts(level: sgk_isa) {
    func check<T: BinaryFloatingPoint & KernelElement>(_: T.Type, epsilon: Double) {
      for (number, shape) in KernelReduceTests.shapes.enumerated() {
        for layout in Layout.allCases {
          var random = TestRandom(UInt64(number))
          let x = Strided(shape, layout: layout) { _ in T(truncating: Int(random.next() % 2_000_001) - 700_000) / 1024 }
          let values = x.values.map { Double($0) }
          let sets = axisSets(shape.count)
          for axes in [sets[number * 5 % sets.count], sets[sets.count - 1]] {
            let worst = errors(moments(x, axes: axes), of: groups(values, shape: shape, axes: axes))
            #expect(worst.mean <= 4 * epsilon, "\(shape) \(layout) \(axes)")
            #expect(worst.variance <= 12 * epsilon, "\(shape) \(layout) \(axes)")
          }
        }
      }
    }
    KernelSettings.with(level: level) {
      check(Float.self, epsilon: 0x1p-24)
      check(Double.self, epsilon: 0x1p-53)
    }
  }

  /// Numbers far from 0 beside their spread, trends, and an outlier where the shift is taken.
  @Test(arguments: [[0], [0, 1], [0, 2], [1, 2], [2]]) func digitsOfTheSpreadAreKept(axes: [Int]) {
    let shape = [60, 70, 37]
    let count = shape.reduce(1, *)
    let kinds: [(String, (Int, Float) -> Float)] = [
      ("10,000 +- 1", { 10_000 + $1 }), ("1,000,000 +- 1", { 1_000_000 + $1 }), ("trend", { Float($0) / 64 + $1 }),
      ("outlier first", { $0 < 37 ? 10_000 : 5 + $1 }), ("outlier last", { $0 >= count - 37 ? 10_000 : 5 + $1 }),
    ]
    for (name, number) in kinds {
      var random = TestRandom(3)
      let x = Strided(shape) { number($0, Float(Int(random.next() % 20_001) - 10_000) / 10_000) }
      let found = KernelSettings.with(threads: 2) { moments(x, axes: Set(axes)) }
      let worst = errors(found, of: groups(x.values.map { Double($0) }, shape: shape, axes: Set(axes)))
      #expect(worst.mean <= 0x1p-23, "\(name)")
      #expect(worst.variance <= 0x1p-20, "\(name)")
    }
  }

  @Test func bitsDependOnNeitherThreadsNorInstructions() {
    for (shape, axes) in [
      ([300_000], [0]), ([20_000, 64], [0]), ([100_000, 3], [0]), ([30, 1000, 20], [0, 1]), ([2000, 500], [1]),
      ([100, 20, 300], [0, 2]), ([3000, 77], [0]),
    ] {
      var random = TestRandom(5)
      let x = Strided(shape) { _ in Float(Int(random.next() % 20_001) - 10_000) / 333 }
      func bits(_ level: sgk_isa, _ threads: Int32) -> [UInt32] {
        KernelSettings.with(level: level, threads: threads) {
          let found = moments(x, axes: Set(axes))
          return (found.means + found.variances).map(\.bitPattern)
        }
      }
      let expected = bits(SGK_PORTABLE, 1)
      for level in KernelSettings.levels {
        for threads: Int32 in [1, 2, 5] { #expect(bits(level, threads) == expected, "\(shape) \(axes)") }
      }
    }
  }

  @Test func equalNumbersHaveNoVariance() {
    for shape in [[7000, 3], [7000, 64], [1, 3]] {
      let (means, variances) = moments(Strided(shape) { Float($0 % shape[1]) + 0.1 }, axes: [0])
      #expect(means == (0..<shape[1]).map { Float($0) + 0.1 })
      #expect(variances.allSatisfy { $0 == 0 })
    }
  }

  @Test func whatIsNotFiniteGoesToTheMean() {
    for (rows, place) in [(100, 2), (100, 60), (5000, 4500)] {
      func column(_ special: Float) -> (mean: Float, variance: Float) {
        let found = moments(Strided([rows, 20]) { $0 == place * 20 + 3 ? special : Float($0 % 7) }, axes: [0])
        #expect(found.means[4].isFinite && found.variances[4].isFinite)
        return (found.means[3], found.variances[3])
      }
      #expect(column(.infinity).mean == .infinity && column(.infinity).variance.isNaN)
      #expect(column(-.infinity).mean == -.infinity)
      #expect(column(.nan).mean.isNaN && column(.nan).variance.isNaN)
    }
    let row = moments(Strided([5000]) { $0 == 3000 ? -Double.infinity : 1 }, axes: [0])
    #expect(row.means[0] == -.infinity && row.variances[0].isNaN)
  }

  @Test func nothing() {
    let (means, variances) = moments(Strided([0, 3]) { _ in Float(1) }, axes: [0])
    #expect((means + variances).allSatisfy(\.isNaN) && means.count == 3)
    #expect(moments(Strided([0, 3]) { _ in Float(1) }, axes: [1]).means.isEmpty)
    let single = moments(Strided([2, 3]) { Double($0) }, axes: [])
    #expect(single.means == [0, 1, 2, 3, 4, 5] && single.variances == [0, 0, 0, 0, 0, 0])
  }

  /// A chain that feeds moments, beside another reduction of it: the bits of the steps one by one.
  @Test(arguments: KernelSettings.levels) func asAPartOfAChain(level: sgk_isa) {
    for (shape, axes) in [
      ([5000, 64], [0]), ([3000, 3], [0]), ([70, 300], [1]), ([9000], [0]), ([40, 90, 17], [0, 1]), ([300, 700], [0]),
    ] {
      KernelSettings.with(level: level, threads: 2) {
        var random = TestRandom(9)
        let dtype = Int32(SGK_FLOAT32.rawValue)
        let inputs = [Layout.contiguous, .broadcastRows].map { anyStrided(dtype, shape, $0, &random) }
        let kept = shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
        let results = [
          anyStrided(dtype, [2] + kept, .contiguous, &random), anyStrided(dtype, kept, .contiguous, &random),
        ]
        var first = results[0].view
        sgk_view_set(
          &first, results[0].view.data, dtype, Int32(kept.count), kept.map(Int64.init),
          Layout.contiguous.strides(of: kept).map(Int64.init))
        let steps: [sgk_fused_step] = [.binary(SGK_ADD, 0, 1), .binary(SGK_MUL, 2, 0)]
        let both = [
          sgk_fused_result(value: 3, reduce: Int32(SGK_MOMENTS.rawValue)),
          sgk_fused_result(value: 3, reduce: Int32(SGK_SUM.rawValue)),
        ]
        let plan = FusedPlan(inputs.map(\.view), steps, both, [first, results[1].view])
        #expect(plan?.run() == SGK_OK)
        let found = results.map(\.bits)
        // The same chain, written out.
        let whole = anyStrided(dtype, shape, .contiguous, &random)
        let writes = FusedPlan(inputs.map(\.view), steps, [sgk_fused_result(value: 3, reduce: -1)], [whole.view])
        #expect(writes?.run() == SGK_OK)
        var (view, sums) = (whole.view, results[1].view)
        #expect(sgk_reduce(SGK_MOMENTS, &view, &first) == SGK_OK)
        #expect(sgk_reduce(SGK_SUM, &view, &sums) == SGK_OK)
        withExtendedLifetime((inputs, whole)) { #expect(found == results.map(\.bits), "\(shape) \(axes)") }
      }
    }
  }
}
