import SwiftGANKernels
import Testing

@Suite struct KernelAlongTests {
  static let shapes: [[Int]] = [
    [9], [10, 1], [10, 64], [64, 10], [7, 3, 5], [3, 40, 50], [2, 3, 4, 5], [6, 0, 2],
  ]

  /// Calls `body` for every axis and layout with an index of `count` along the axis, and the positions in x (row-major)
  /// that it names.
  private func forEachCase<I: FixedWidthInteger & KernelElement>(
    _ shape: [Int], count: Int, _: I.Type,
    _ body: (_ axis: Int, _ layouts: (Layout, Layout), _ index: Strided<I>, _ positions: [Int]) -> Void
  ) {
    for axis in shape.indices where shape[axis] > 0 {
      for (turn, layout) in Layout.allCases.enumerated() {
        var random = TestRandom(UInt64(axis * 10 + turn))
        let extent = shape[axis]
        var indexShape = shape
        indexShape[axis] = count
        let index = Strided(indexShape, layout: Layout.allCases[(turn + 1) % Layout.allCases.count]) { _ in
          I(Int.random(in: -extent..<extent, using: &random))
        }
        let after = shape[(axis + 1)...].reduce(1, *)
        let positions = index.values.enumerated().map { at, value in
          let position = Int(value) < 0 ? Int(value) + extent : Int(value)
          return (at / (count * after) * extent + position) * after + at % after
        }
        body(axis, (layout, Layout.ofOutputs[turn % 4]), index, positions)
      }
    }
  }

  private func take<T: KernelElement, I: KernelElement>(
    _ x: Strided<T>, _ index: Strided<I>, _ axis: Int, _ out: Strided<T>
  ) -> sgk_status {
    withUnsafePointer(to: x.view) { x in
      withUnsafePointer(to: index.view) { index in
        withUnsafePointer(to: out.view) { sgk_take_along(x, index, Int32(axis), $0) }
      }
    }
  }

  private func scatter<T: KernelElement, I: KernelElement>(
    _ op: sgk_scatter_op, _ updates: Strided<T>, _ index: Strided<I>, _ axis: Int, _ out: Strided<T>
  ) -> sgk_status {
    withUnsafePointer(to: updates.view) { updates in
      withUnsafePointer(to: index.view) { index in
        withUnsafePointer(to: out.view) { sgk_scatter_along(op, updates, index, Int32(axis), $0) }
      }
    }
  }

  @Test(arguments: shapes) func takes(shape: [Int]) {
    func check<T: KernelElement, I: FixedWidthInteger & KernelElement>(_: T.Type, _: I.Type, count: Int) {
      forEachCase(shape, count: count, I.self) { axis, layouts, index, positions in
        let x = Strided(shape, layout: layouts.0) { T(truncating: $0) }
        let out = Strided(index.shape, layout: layouts.1) { _ in T(truncating: 77) }
        #expect(take(x, index, axis, out) == SGK_OK)
        let values = x.values
        #expect(out.values == positions.map { values[$0] }, "\(shape) axis \(axis) \(layouts)")
        #expect(out.isIntactOutside)
      }
    }
    KernelSettings.with(threads: 2) {
      check(Float.self, Int32.self, count: 13)
      check(Double.self, Int64.self, count: 1)
      check(UInt8.self, Int64.self, count: 40)
      check(Int64.self, Int32.self, count: 0)
    }
  }

  @Test(arguments: shapes) func scatters(shape: [Int]) {
    func check<T: KernelElement & Numeric, I: FixedWidthInteger & KernelElement>(_: T.Type, _: I.Type, count: Int) {
      forEachCase(shape, count: count, I.self) { axis, layouts, index, positions in
        let updates = Strided(index.shape, layout: layouts.0) { T(truncating: $0 % 11) }
        let out = Strided(shape, layout: layouts.1) { T(truncating: $0 % 5) }
        var (added, replaced) = (out.values, out.values)
        // The index' own order: for one place of the output, that of the axis.
        for (position, value) in zip(positions, updates.values) {
          added[position] += value
          replaced[position] = value
        }
        #expect(scatter(SGK_SCATTER_ADD, updates, index, axis, out) == SGK_OK)
        #expect(out.values == added, "\(shape) axis \(axis) \(layouts)")
        let other = Strided(shape, layout: layouts.1) { T(truncating: $0 % 5) }
        #expect(scatter(SGK_SCATTER_SET, updates, index, axis, other) == SGK_OK)
        #expect(other.values == replaced, "set \(shape) axis \(axis) \(layouts)")
        #expect(out.isIntactOutside && other.isIntactOutside)
      }
    }
    KernelSettings.with(threads: 2) {
      check(Float.self, Int32.self, count: 40)
      check(Double.self, Int64.self, count: 7)
      check(Int32.self, Int32.self, count: 100)
      check(Int64.self, Int64.self, count: 0)
    }
  }

  @Test func badIndicesAreReported() {
    let x = Strided([3, 2]) { Float($0) }
    for bad: Int64 in [3, -4, .max, .min] {
      let index = Strided([3, 2]) { $0 == 5 ? bad : 0 }
      #expect(take(x, index, 0, Strided([3, 2]) { _ in Float(0) }) == SGK_BAD_INDEX)
      #expect(scatter(SGK_SCATTER_ADD, x, index, 0, Strided([3, 2]) { _ in Float(0) }) == SGK_BAD_INDEX)
      #expect(scatter(SGK_SCATTER_SET, x, index, 0, Strided([3, 2]) { _ in Float(0) }) == SGK_BAD_INDEX)
    }
    let empty = Strided([2, 0]) { _ in Float(0) }
    #expect(take(empty, Strided([2, 1]) { _ in Int32(0) }, 1, Strided([2, 1]) { _ in Float(0) }) == SGK_BAD_INDEX)
  }

  @Test func resultsDependOnNoThreads() {
    var random = TestRandom(3)
    let updates = Strided([500, 600]) { _ in Float(Int(random.next() % 2001) - 1000) / 777 }
    let index = Strided([500, 600]) { _ in Int32(random.next() % 7) }
    func sums(_ axis: Int, threads: Int32) -> [Float] {
      KernelSettings.with(threads: threads) {
        let out = Strided(axis == 0 ? [7, 600] : [500, 7]) { _ in Float(0) }
        #expect(scatter(SGK_SCATTER_ADD, updates, index, axis, out) == SGK_OK)
        return out.values
      }
    }
    for axis in 0...1 { #expect(sums(axis, threads: 1) == sums(axis, threads: 4)) }
  }
}
