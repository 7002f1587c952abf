import SwiftGANKernels
import Testing

/// Groups the elements of a row-major array by the result that they belong to, in order.
func groups<T>(_ values: [T], shape: [Int], axes: Set<Int>) -> [[T]] {
  let kept = shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
  var groups = [[T]](repeating: [], count: kept.reduce(1, *))
  for (number, value) in values.enumerated() {
    var rest = number
    var place = 0
    var step = 1
    for axis in shape.indices.reversed() {
      if !axes.contains(axis) {
        place += rest % shape[axis] * step
        step *= shape[axis]
      }
      rest /= shape[axis]
    }
    groups[place].append(value)
  }
  return groups
}

func axisSets(_ rank: Int) -> [Set<Int>] {
  (0..<1 << rank).map { bits in Set((0..<rank).filter { bits >> $0 & 1 == 1 }) }
}

@discardableResult
private func reduce<T: KernelElement>(
  _ op: sgk_reduce_op, _ x: Strided<T>, axes: Set<Int>, layout: Layout = .contiguous
) -> Strided<T> {
  let shape = x.shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
  let out = Strided(shape, layout: layout, dtype: x.dtype) { _ in T(truncating: 77) }
  let status = withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_reduce(op, x, $0) } }
  #expect(status == SGK_OK)
  return out
}

@Suite struct KernelReduceTests {
  static let shapes: [[Int]] = [
    [], [1], [31], [9000], [5, 3], [3000, 3], [3, 3000], [700, 40], [40, 700], [200, 130], [6, 50, 40], [50, 2, 45],
    [4, 3, 5, 6], [2, 40, 1, 33], [2, 3, 2, 2, 3], [2, 3, 2, 2, 2, 3], [600, 300],
  ]

  @Test(arguments: KernelSettings.levels) func integersExactly(level: sgk_isa) {
    func check<T: FixedWidthInteger & KernelElement>(_: T.Type) {
      let ops: [(sgk_reduce_op, (T, T) -> T, T)] = [
        (SGK_SUM, { $0 &+ $1 }, 0), (SGK_PROD, { $0 &* $1 }, 1), (SGK_MAX, { max($0, $1) }, .min),
        (SGK_MIN, { min($0, $1) }, .max),
      ]
      for (number, shape) in Self.shapes.enumerated() {
        var random = TestRandom(UInt64(number))
        let layout = Layout.allCases[number % 6]
        let x = Strided(shape, layout: layout) { _ in T(truncating: Int(truncatingIfNeeded: random.next()) | 1) }
        let values = x.values
        for (turn, axes) in axisSets(shape.count).enumerated() {
          let grouped = groups(values, shape: shape, axes: axes)
          for (op, combine, start) in ops {
            let out = reduce(op, x, axes: axes, layout: Layout.ofOutputs[turn % 4])
            #expect(
              out.values == grouped.map { $0.reduce(start, combine) }, "\(op.rawValue) \(shape) \(layout) \(axes)")
            #expect(out.isIntactOutside)
          }
        }
      }
    }
    KernelSettings.with(level: level) {
      check(Int32.self)
      check(Int64.self)
      check(UInt8.self)
    }
  }

  @Test(arguments: KernelSettings.levels) func floatsClosely(level: sgk_isa) {
    func check<T: BinaryFloatingPoint & KernelElement>(_: T.Type, epsilon: Double) {
      for (number, shape) in Self.shapes.enumerated() {
        for layout in Layout.allCases {
          var random = TestRandom(UInt64(number))
          let x = Strided(shape, layout: layout) { _ in T(truncating: Int(random.next() % 2_000_001) - 1_000_000) / 1024
          }
          let values = x.values
          let axes = axisSets(shape.count)[number * 5 % (1 << shape.count)]
          let grouped = groups(values, shape: shape, axes: axes)
          let sums = reduce(SGK_SUM, x, axes: axes).values
          for (group, sum) in zip(grouped, sums) {
            let exact = group.reduce(0.0) { $0 + Double($1) }
            let scale = group.reduce(0.0) { $0 + abs(Double($1)) }
            #expect(abs(Double(sum) - exact) <= 4 * epsilon * scale, "\(shape) \(layout) \(axes)")
          }
          #expect(reduce(SGK_MAX, x, axes: axes).values == grouped.map { $0.max() ?? 0 })
          #expect(reduce(SGK_MIN, x, axes: axes).values == grouped.map { $0.min() ?? 0 })
        }
      }
    }
    KernelSettings.with(level: level) {
      check(Float.self, epsilon: 0x1p-24)
      check(Double.self, epsilon: 0)  // its sums of these numbers are exact
    }
  }

  @Test func longSumsStayExact() {
    KernelSettings.with(threads: 2) {
      // One after another, float32 would be off by a tenth of a percent here.
      let count = 3_000_000
      let x = Strided([count]) { _ in Float(0.1) }
      let exact = Double(Float(0.1)) * Double(count)
      #expect(abs(Double(reduce(SGK_SUM, x, axes: [0]).values[0]) - exact) / exact < 3e-7)
      let columns = Strided([count / 3, 3]) { _ in Float(0.1) }
      for sum in reduce(SGK_SUM, columns, axes: [0]).values { #expect(abs(Double(sum) * 3 - exact) / exact < 3e-7) }
      let wide = Strided([count / 100, 100]) { _ in Float(0.1) }
      for sum in reduce(SGK_SUM, wide, axes: [0]).values { #expect(abs(Double(sum) * 100 - exact) / exact < 3e-7) }
    }
  }

  @Test func bitsDependOnNeitherThreadsNorInstructions() {
    for (shape, axes) in [
      ([300_000], [0]), ([20_000, 64], [0]), ([100_000, 3], [0]), ([30, 1000, 20], [0, 1]), ([2000, 500], [1]),
      ([100, 20, 300], [0, 2]),
    ] {
      var random = TestRandom(5)
      let x = Strided(shape) { _ in Float(Int(random.next() % 20_001) - 10_000) / 333 }
      func sums(_ level: sgk_isa, _ threads: Int32) -> [UInt32] {
        KernelSettings.with(level: level, threads: threads) {
          reduce(SGK_SUM, x, axes: Set(axes)).values.map(\.bitPattern)
        }
      }
      let expected = sums(SGK_PORTABLE, 1)
      for level in KernelSettings.levels {
        for threads: Int32 in [1, 2, 5] { #expect(sums(level, threads) == expected, "\(shape) \(axes)") }
      }
    }
  }

  @Test(arguments: KernelSettings.levels) func extremesOfNaNAreNaN(level: sgk_isa) {
    KernelSettings.with(level: level) {
      for place in [0, 5, 63, 64, 98, 99] {
        let rows = Strided([100, 3]) { $0 == place * 3 + 1 ? Float.nan : Float($0) }
        for op in [SGK_MAX, SGK_MIN] {
          #expect(reduce(op, rows, axes: [0]).values.map(\.isNaN) == [false, true, false])
          let long = Strided([100]) { $0 == place ? Double.nan : Double($0) }
          #expect(reduce(op, long, axes: [0]).values[0].isNaN)
        }
      }
      let infinite = Strided([70]) { _ in -Float.infinity }
      #expect(reduce(SGK_MAX, infinite, axes: [0]).values == [-.infinity])
    }
  }

  @Test func emptyAxes() {
    let nothing = Strided([0, 3]) { _ in Float(1) }
    #expect(reduce(SGK_SUM, nothing, axes: [0]).values == [0, 0, 0])
    #expect(reduce(SGK_PROD, nothing, axes: [0]).values == [1, 1, 1])
    #expect(reduce(SGK_SUM, nothing, axes: [1]).values.isEmpty)
    let truth = Strided([0], dtype: SGK_BOOL) { _ in UInt8(1) }
    #expect(reduce(SGK_ANY, truth, axes: [0]).values == [0])
    #expect(reduce(SGK_ALL, truth, axes: [0]).values == [1])
  }

  @Test(arguments: KernelSettings.levels) func anyAndAll(level: sgk_isa) {
    KernelSettings.with(level: level) {
      for (shape, axes) in [([300], [0]), ([3, 200], [1]), ([200, 3], [0]), ([4, 5, 6], [0, 2])] {
        for layout in Layout.allCases {
          for sparse in [true, false] {
            var random = TestRandom(7)
            let x = Strided(shape, layout: layout, dtype: SGK_BOOL) { _ in
              UInt8(random.next() % 100 == 0 ? 1 : 0) ^ (sparse ? 0 : 1)
            }
            let grouped = groups(x.values, shape: shape, axes: Set(axes))
            #expect(reduce(SGK_ANY, x, axes: Set(axes)).values == grouped.map { $0.contains(1) ? 1 : 0 })
            #expect(reduce(SGK_ALL, x, axes: Set(axes)).values == grouped.map { $0.contains(0) ? 0 : 1 })
          }
        }
      }
    }
  }

  @Test func positionsOfExtremes() {
    func check<T: KernelElement & Comparable>(_: T.Type, isNaN: (T) -> Bool, values: (Int, UInt64) -> T) {
      for (number, shape) in Self.shapes.enumerated() where !shape.isEmpty {
        for axis in shape.indices {
          var random = TestRandom(UInt64(number + axis))
          let layout = Layout.allCases[(number + axis) % 6]
          let x = Strided(shape, layout: layout) { values($0, random.next()) }
          let grouped = groups(x.values, shape: shape, axes: [axis])
          let kept = shape.enumerated().map { $0.offset == axis ? 1 : $0.element }
          for greatest in [true, false] {
            let out = Strided(kept, layout: Layout.ofOutputs[(number + axis) % 4]) { _ in Int64(77) }
            let status = withUnsafePointer(to: x.view) { x in
              withUnsafePointer(to: out.view) {
                greatest ? sgk_argmax(x, Int32(axis), $0) : sgk_argmin(x, Int32(axis), $0)
              }
            }
            #expect(status == SGK_OK)
            let expected = grouped.map { group -> Int64 in
              if let first = group.firstIndex(where: isNaN) { return Int64(first) }
              let extreme = greatest ? group.max() : group.min()
              return Int64(group.firstIndex { $0 == extreme } ?? -1)
            }
            #expect(out.values == expected, "\(shape) \(layout) axis \(axis)")
            #expect(out.isIntactOutside)
          }
        }
      }
    }
    KernelSettings.with(threads: 2) {
      check(Float.self, isNaN: \.isNaN) { place, bits in bits % 50 == 0 ? .nan : Float(bits % 17) }
      check(Double.self, isNaN: \.isNaN) { place, bits in bits % 5000 == 0 ? .nan : -Double(bits % 1700) }
      check(Int32.self, isNaN: { _ in false }) { place, bits in Int32(truncatingIfNeeded: bits % 9) - 4 }
      check(Int64.self, isNaN: { _ in false }) { place, bits in Int64(truncatingIfNeeded: bits) }
      check(UInt8.self, isNaN: { _ in false }) { place, bits in UInt8(bits % 3) }
    }
  }
}
