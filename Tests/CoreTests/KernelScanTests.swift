import SwiftGANKernels
import Testing

@Suite struct KernelScanTests {
  static let shapes: [[Int]] = [[9], [10, 1], [1, 10], [300, 5], [5, 300], [7, 3, 5], [3, 40, 300], [6, 0, 2]]

  private func scan<T: KernelElement>(
    _ a: Strided<T>, _ b: Strided<T>, _ axis: Int, reverse: Bool, _ out: Strided<T>
  ) {
    withUnsafePointer(to: a.view) { a in
      withUnsafePointer(to: b.view) { b in
        withUnsafePointer(to: out.view) { sgk_linear_scan(a, b, Int32(axis), reverse ? 1 : 0, $0) }
      }
    }
  }

  @Test(arguments: shapes) func runsAlongEveryAxis(shape: [Int]) {
    func check<T: KernelElement, R>(
      _: T.Type, value: (Int) -> T, start: (T) -> R, step: (R, T, T) -> R, end: (R) -> T
    ) {
      for axis in shape.indices where shape[axis] > 0 {
        for (turn, layout) in Layout.allCases.enumerated() {
          let a = Strided(shape, layout: layout, fill: value)
          let b = Strided(shape, layout: Layout.allCases[(turn + 2) % 6]) { value($0 + 7) }
          let out = Strided(shape, layout: Layout.ofOutputs[turn % 4]) { _ in T(truncating: 77) }
          let reverse = turn % 2 == 1
          scan(a, b, axis, reverse: reverse, out)
          let (count, after) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
          let (factors, terms) = (a.values, b.values)
          var expected = terms
          for row in 0..<(terms.count / count) {
            let first = row / after * count * after + row % after
            let places = (0..<count).map { first + (reverse ? count - 1 - $0 : $0) * after }
            var running = start(terms[places[0]])
            for place in places.dropFirst() {
              running = step(running, factors[place], terms[place])
              expected[place] = end(running)
            }
          }
          #expect(out.values == expected, "\(shape) axis \(axis) \(layout)")
          #expect(out.isIntactOutside)
        }
      }
    }
    // Factors of 0, 1/2 and 1: every step is exact, whatever the order of rounding.
    func number(_ i: Int) -> Double { Double((i * 7) % 3) / 2 }
    KernelSettings.with(threads: 2) {
      check(
        Float.self, value: { Float(number($0)) }, start: { Double($0) },
        step: { $0 * Double($1) + Double($2) }, end: { Float($0) })
      check(Double.self, value: number, start: { $0 }, step: { $0 * $1 + $2 }, end: { $0 })
      check(Int32.self, value: { Int32($0 % 7) - 3 }, start: { $0 }, step: { $0 &* $1 &+ $2 }, end: { $0 })
      check(Int64.self, value: { Int64($0 % 9) - 4 }, start: { $0 }, step: { $0 &* $1 &+ $2 }, end: { $0 })
    }
  }

  @Test func theFirstFactorIsNotUsed() {
    let a = Strided([3]) { $0 == 0 ? Float.nan : 2 }
    let b = Strided([3]) { Float($0) }
    let out = Strided([3]) { _ in Float(77) }
    scan(a, b, 0, reverse: false, out)
    #expect(out.values == [0, 1, 4])
  }
}
