import SwiftGANKernels
import Testing

@Suite struct KernelSortTests {
  static let shapes: [[Int]] = [
    [9], [10, 1], [1, 40], [4, 1000], [1000, 3], [7, 3, 5], [13, 2, 12], [2, 3, 4, 5], [6, 0, 2], [400],
  ]

  /// The positions along the axis in order, row-major; `precedes` compares elements of which none is NaN.
  private func reference<T: Equatable>(
    _ values: [T], _ shape: [Int], _ axis: Int, precedes: (T, T) -> Bool
  ) -> [Int64] {
    let (count, after) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
    var result = [Int64](repeating: 0, count: values.count)
    for row in 0..<(values.isEmpty ? 0 : values.count / count) {
      let start = row / after * count * after + row % after
      let sorted = (0..<count).sorted { a, b in
        let (x, y) = (values[start + a * after], values[start + b * after])
        if x != x || y != y { return (x != x) == (y != y) ? a < b : y != y }
        return precedes(x, y) || (!precedes(y, x) && a < b)
      }
      for (place, position) in sorted.enumerated() { result[start + place * after] = Int64(position) }
    }
    return result
  }

  private func argsort<T: KernelElement>(
    _ x: Strided<T>, _ axis: Int, descending: Bool, _ out: Strided<Int64>
  ) -> sgk_status {
    withUnsafePointer(to: x.view) { x in
      withUnsafePointer(to: out.view) { sgk_argsort(x, Int32(axis), descending ? 1 : 0, $0) }
    }
  }

  @Test(arguments: shapes) func sortsEveryAxis(shape: [Int]) {
    func check<T: KernelElement & Comparable>(_: T.Type, value: (Int) -> T) {
      for axis in shape.indices where shape[axis] > 0 {
        for (turn, layout) in Layout.allCases.enumerated() {
          let x = Strided(shape, layout: layout, fill: value)
          let out = Strided(shape, layout: Layout.ofOutputs[turn % 4]) { _ in Int64(77) }
          let isDescending = turn % 2 == 1
          #expect(argsort(x, axis, descending: isDescending, out) == SGK_OK)
          let expected = reference(x.values, shape, axis, precedes: { isDescending ? $0 > $1 : $0 < $1 })
          #expect(out.values == expected, "\(T.self) \(shape) axis \(axis) \(layout)")
          #expect(out.isIntactOutside)
        }
      }
    }
    func floats<T: BinaryFloatingPoint & KernelElement>(_ type: T.Type) {
      var random = TestRandom(5)
      // Ties, zeros of both signs, infinities and NaN of both signs.
      let special: [T] = [0, -0.0, .infinity, -.infinity, .nan, -(.nan), .leastNonzeroMagnitude, 1]
      check(type) { _ in
        let bits = random.next()
        return bits % 4 == 0 ? special[Int(bits >> 8) % 8] : T(truncating: Int(bits >> 8) % 201 - 100) / 8
      }
    }
    KernelSettings.with(threads: 2) {
      floats(Float.self)
      floats(Double.self)
      var random = TestRandom(6)
      check(Int32.self) { _ in Int32(truncatingIfNeeded: random.next()) >> (random.next() % 28) }
      check(Int64.self) { _ in Int64(bitPattern: random.next()) >> (random.next() % 60) }
      check(UInt8.self) { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
  }

  @Test func searchesAsCounting() {
    func check<T: KernelElement & Comparable>(_: T.Type, _ sorted: [T], _ values: [T]) {
      for (turn, layout) in Layout.allCases.enumerated() {
        for right in [false, true] {
          let list = Strided([sorted.count], layout: turn % 2 == 0 ? .gaps : .reversed) { _ in T(truncating: 0) }
          let places = (0..<sorted.count).map { turn % 2 == 0 ? 2 * $0 : sorted.count - 1 - $0 }
          for (place, value) in zip(places, sorted) { list.memory[place] = value }
          let x = Strided([4, values.count / 4], layout: layout) { values[$0 % values.count] }
          let out = Strided(x.shape, layout: Layout.ofOutputs[turn % 4]) { _ in Int64(77) }
          withUnsafePointer(to: list.view) { list in
            withUnsafePointer(to: x.view) { x in
              withUnsafePointer(to: out.view) { sgk_search_sorted(list, x, right ? 1 : 0, $0) }
            }
          }
          // NaN (which equals nothing) is above all and equal to itself.
          func isBelow(_ a: T, _ b: T) -> Bool { a < b || (b != b && a == a) }
          let expected = x.values.map { value in
            Int64(sorted.count { isBelow($0, value) || (right && !isBelow(value, $0)) })
          }
          #expect(out.values == expected)
          #expect(out.isIntactOutside)
        }
      }
    }
    check(
      Float.self, [-.infinity, -2, -0.0, 0, 0, 1, 7, .infinity, .nan, .nan],
      [
        -3, -2, 0, -0.0, 0.5, 1, 6, 7, 8, .infinity, .nan, -.infinity,
      ])
    check(Double.self, [1, 2, 2, 3], [0, 1, 1.5, 2, 2.5, 3, 4, .nan])
    check(Int32.self, [.min, -5, 7, .max], [.min, -6, -5, 0, 7, 8, .max, 1])
    check(Int64.self, [3], [2, 3, 4, 5])
    check(UInt8.self, [0, 0, 200, 255], [0, 1, 200, 255])
    check(Float.self, [], [1, 2, 3, 4])
  }
}
