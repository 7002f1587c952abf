import SwiftGANKernels
import Testing

/// The shape as (before, at, after) the axis, for reference loops over row-major values.
private func split(_ shape: [Int], at axis: Int) -> (Int, Int, Int) {
  (shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *))
}

@Suite struct KernelIndexTests {
  static let shapes: [[Int]] = [
    [9], [10, 1], [10, 64], [64, 10], [7, 3, 5], [3, 40, 50], [2, 3, 4, 5], [6, 0, 2],
  ]

  private func gather<T: KernelElement, I: KernelElement>(
    _ x: Strided<T>, _ index: Strided<I>, axis: Int, _ out: Strided<T>
  ) -> sgk_status {
    withUnsafePointer(to: x.view) { x in
      withUnsafePointer(to: index.view) { index in
        withUnsafePointer(to: out.view) { sgk_gather(x, index, Int32(axis), $0) }
      }
    }
  }

  private func scatterAdd<T: KernelElement, I: KernelElement>(
    _ updates: Strided<T>, _ index: Strided<I>, axis: Int, _ out: Strided<T>, op: sgk_scatter_op = SGK_SCATTER_ADD
  ) -> sgk_status {
    withUnsafePointer(to: updates.view) { updates in
      withUnsafePointer(to: index.view) { index in
        withUnsafePointer(to: out.view) { sgk_scatter(op, updates, index, Int32(axis), $0) }
      }
    }
  }

  @Test(arguments: shapes) func gathersAlongEveryAxis(shape: [Int]) {
    func check<T: KernelElement, I: FixedWidthInteger & KernelElement>(_: T.Type, _: I.Type, count: Int) {
      for axis in shape.indices where shape[axis] > 0 {
        for (turn, layout) in Layout.allCases.enumerated() {
          var random = TestRandom(UInt64(axis))
          let extent = shape[axis]
          let x = Strided(shape, layout: layout) { T(truncating: $0) }
          let index = Strided([count], layout: turn % 2 == 0 ? .contiguous : .gaps) { _ in
            I(Int.random(in: -extent..<extent, using: &random))
          }
          var outShape = shape
          outShape[axis] = count
          let out = Strided(outShape, layout: Layout.ofOutputs[turn % 4]) { _ in T(truncating: 77) }
          #expect(gather(x, index, axis: axis, out) == SGK_OK)
          let (before, _, after) = split(shape, at: axis)
          let values = x.values
          let positions = index.values.map { Int($0) < 0 ? Int($0) + extent : Int($0) }
          let expected = (0..<before).flatMap { i in
            positions.flatMap { j in (0..<after).map { values[(i * extent + j) * after + $0] } }
          }
          #expect(out.values == expected, "\(shape) axis \(axis) \(layout)")
          #expect(out.isIntactOutside)
        }
      }
    }
    KernelSettings.with(threads: 2) {
      check(Float.self, Int32.self, count: 13)
      check(Double.self, Int64.self, count: 1)
      check(UInt8.self, Int64.self, count: 200)
      check(Int64.self, Int32.self, count: 0)
    }
  }

  @Test(arguments: shapes) func scattersAlongEveryAxis(shape: [Int]) {
    func check<T: KernelElement & Numeric, I: FixedWidthInteger & KernelElement>(_: T.Type, _: I.Type, count: Int) {
      for axis in shape.indices where shape[axis] > 0 {
        for (turn, layout) in Layout.allCases.enumerated() {
          var random = TestRandom(UInt64(axis + 31))
          let extent = shape[axis]
          let index = Strided([count]) { _ in I(Int.random(in: -extent..<extent, using: &random)) }
          var updateShape = shape
          updateShape[axis] = count
          let updates = Strided(updateShape, layout: layout) { T(truncating: $0 % 11) }
          let out = Strided(shape, layout: Layout.ofOutputs[turn % 4]) { T(truncating: $0 % 5) }
          let (before, _, after) = split(shape, at: axis)
          var expected = out.values
          var replaced = expected
          let values = updates.values
          for i in 0..<before {
            for (j, target) in index.values.enumerated() {
              let position = Int(target) < 0 ? Int(target) + extent : Int(target)
              for k in 0..<after {
                let value = values[(i * count + j) * after + k]
                expected[(i * extent + position) * after + k] += value
                replaced[(i * extent + position) * after + k] = value
              }
            }
          }
          #expect(scatterAdd(updates, index, axis: axis, out) == SGK_OK)
          #expect(out.values == expected, "\(shape) axis \(axis) \(layout)")
          #expect(scatterAdd(updates, index, axis: axis, out, op: SGK_SCATTER_SET) == SGK_OK)
          if count >= extent * 10 || count == 0 { #expect(out.values == replaced, "set \(shape) axis \(axis)") }
          #expect(out.isIntactOutside)
        }
      }
    }
    KernelSettings.with(threads: 2) {
      check(Float.self, Int32.self, count: 40)
      check(Double.self, Int64.self, count: 7)
      check(Int32.self, Int32.self, count: 100)
      check(Int64.self, Int64.self, count: 0)
    }
  }

  @Test func badIndicesWriteNothing() {
    let x = Strided([3, 2]) { Float($0) }
    for bad: Int64 in [3, -4, .max, .min] {
      let index = Strided([3]) { $0 == 2 ? bad : 0 }
      let out = Strided([3, 2]) { _ in Float(77) }
      #expect(gather(x, index, axis: 0, out) == SGK_BAD_INDEX)
      #expect(scatterAdd(x, index, axis: 0, out) == SGK_BAD_INDEX)
      #expect(out.values.allSatisfy { $0 == 77 })
    }
    let empty = Strided([0, 2]) { _ in Float(0) }
    let first = Strided([1]) { _ in Int32(0) }
    #expect(gather(empty, first, axis: 0, Strided([1, 2]) { _ in Float(77) }) == SGK_BAD_INDEX)
  }

  @Test func sumsOfScatterDependOnNoThreads() {
    var random = TestRandom(3)
    let updates = Strided([5000, 600]) { _ in Float(Int(random.next() % 2001) - 1000) / 777 }
    let index = Strided([5000]) { _ in Int32(random.next() % 7) }
    func sums(threads: Int32) -> [Float] {
      KernelSettings.with(threads: threads) {
        let out = Strided([7, 600]) { _ in Float(0) }
        #expect(scatterAdd(updates, index, axis: 0, out) == SGK_OK)
        return out.values
      }
    }
    #expect(sums(threads: 1) == sums(threads: 4))
  }
}
