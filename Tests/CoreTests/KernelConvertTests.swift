import SwiftGANKernels
import Testing

private func cast<T: KernelElement, U: KernelElement>(_ x: Strided<T>, to out: Strided<U>) {
  withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_cast(x, $0) } }
}

@Suite struct KernelConvertTests {
  @Test(arguments: KernelSettings.levels) func floatsToIntegersTruncateAndSaturate(level: sgk_isa) {
    func check<T: BinaryFloatingPoint & KernelElement>(_: T.Type) {
      let values: [T] = [
        0, -0.0, 0.9, -0.9, 1.5, -1.5, 254.9, 255, 255.9, 256, -1, 2_147_483_520, 2_147_483_648, -2_147_483_648, 3e9,
        -3e9,
        9.2e18, 1e19, -1e19, 1e30, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
      ]
      func check<U: FixedWidthInteger & KernelElement>(_: U.Type) {
        let x = Strided([values.count]) { values[$0] }
        let out = Strided([values.count]) { _ in U(truncating: 77) }
        cast(x, to: out)
        let expected = values.map { value -> U in
          value.isNaN
            ? 0
            : value >= T(sign: .plus, exponent: T.Exponent(U.bitWidth - (U.isSigned ? 1 : 0)), significand: 1)
              ? .max : U(exactly: value.rounded(.towardZero)) ?? .min
        }
        #expect(out.values == expected, "\(T.self) to \(U.self)")
      }
      check(Int32.self)
      check(Int64.self)
      check(UInt8.self)
      let x = Strided([values.count]) { values[$0] }
      let out = Strided([values.count], dtype: SGK_BOOL) { _ in UInt8(77) }
      cast(x, to: out)
      #expect(out.values == values.map { $0 != 0 ? 1 : 0 })
    }
    KernelSettings.with(level: level) {
      check(Float.self)
      check(Double.self)
    }
  }

  @Test(arguments: KernelSettings.levels) func otherCasts(level: sgk_isa) {
    let wide: [Int64] = [0, 1, -1, 255, 256, 300, -300, .max, .min, 1 << 40, 16_777_217]
    func check<T: FixedWidthInteger & KernelElement>(_: T.Type) {
      let x = Strided([wide.count], layout: .gaps) { T(truncatingIfNeeded: wide[$0 / 2]) }
      let f32 = Strided([wide.count]) { _ in Float(7) }
      let f64 = Strided([wide.count]) { _ in 7.0 }
      let i32 = Strided([wide.count]) { _ in Int32(7) }
      let i64 = Strided([wide.count]) { _ in Int64(7) }
      let u8 = Strided([wide.count]) { _ in UInt8(7) }
      let bool = Strided([wide.count], dtype: SGK_BOOL) { _ in UInt8(7) }
      cast(x, to: f32)
      cast(x, to: f64)
      cast(x, to: i32)
      cast(x, to: i64)
      cast(x, to: u8)
      cast(x, to: bool)
      #expect(f32.values == x.values.map { Float($0) })
      #expect(f64.values == x.values.map { Double($0) })
      #expect(i32.values == x.values.map { Int32(truncatingIfNeeded: $0) })
      #expect(i64.values == x.values.map { Int64(truncatingIfNeeded: $0) })
      #expect(u8.values == x.values.map { UInt8(truncatingIfNeeded: $0) })
      #expect(bool.values == x.values.map { $0 != 0 ? 1 : 0 })
    }
    KernelSettings.with(level: level) {
      check(Int32.self)
      check(Int64.self)
      check(UInt8.self)
      let truth = Strided([9], dtype: SGK_BOOL) { UInt8($0 & 1) }
      let f32 = Strided([9]) { _ in Float(7) }
      cast(truth, to: f32)
      #expect(f32.values == (0..<9).map { Float($0 & 1) })
      let doubles: [Double] = [0.1, 1e300, -1e300, .infinity, 1e-46, 16_777_217]
      let x = Strided([6]) { doubles[$0] }
      let out = Strided([6]) { _ in Float(7) }
      let back = Strided([6]) { _ in 7.0 }
      cast(x, to: out)
      #expect(out.values == doubles.map { Float($0) })
      cast(out, to: back)
      #expect(back.values == doubles.map { Double(Float($0)) })
    }
  }

  @Test func copiesEveryLayout() {
    func check<T: KernelElement>(_: T.Type) {
      for shape in kernelShapes + [[65, 129], [129, 65], [2, 64, 64], [31, 7, 33]] {
        for from in Layout.allCases {
          for to in Layout.ofOutputs {
            let x = Strided(shape, layout: from) { T(truncating: $0 * 7) }
            let out = Strided(shape, layout: to) { _ in T(truncating: 77) }
            cast(x, to: out)
            #expect(out.values == x.values, "\(T.self) \(shape) from \(from) to \(to)")
            #expect(out.isIntactOutside, "\(T.self) \(shape) from \(from) to \(to)")
          }
        }
      }
    }
    KernelSettings.with(threads: 2) {
      check(UInt8.self)
      check(Float.self)
      check(Double.self)
    }
  }

  @Test func fills() {
    for shape in kernelShapes {
      for layout in Layout.ofOutputs {
        let out = Strided(shape, layout: layout) { Float($0) }
        withUnsafePointer(to: Float(2.5)) { value in withUnsafePointer(to: out.view) { sgk_fill(value, $0) } }
        #expect(out.values.allSatisfy { $0 == 2.5 })
        #expect(out.isIntactOutside)
      }
    }
  }

  @Test func ranges() {
    func range<T: KernelElement>(_: T.Type, _ start: Double, _ step: Double, _ count: Int, _ layout: Layout) -> [T] {
      let out = Strided([count], layout: layout) { _ in T(truncating: 77) }
      withUnsafePointer(to: out.view) { sgk_arange(start, step, $0) }
      #expect(out.isIntactOutside)
      return out.values
    }
    for layout in Layout.ofOutputs {
      #expect(range(Float.self, 1, 0.1, 70_000, layout) == (0..<70_000).map { Float(1 + Double($0) * 0.1) })
      #expect(range(Double.self, -3, 0.7, 10, layout) == (0..<10).map { -3 + Double($0) * 0.7 })
      #expect(range(Int32.self, 5, -3, 1000, layout) == (0..<1000).map { 5 - 3 * Int32($0) })
      #expect(range(Int64.self, 9_007_199_254_740_992, 1, 5, layout) == (0..<5).map { 9_007_199_254_740_992 + $0 })
      #expect(range(Int32.self, 0, 0.5, 600, layout) == (0..<600).map { Int32($0 / 2) })
      #expect(range(UInt8.self, 0, 1, 256, layout) == (0..<256).map { UInt8($0) })
      #expect(range(Float.self, 0, 1, 0, layout).isEmpty)
    }
  }
}
