import SwiftGANKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

private let integerOps: [(sgk_binary_op, @Sendable (Int, Int) -> Int)] = [
  (SGK_ADD, { $0 &+ $1 }), (SGK_SUB, { $0 &- $1 }), (SGK_MUL, { $0 &* $1 }),
  (SGK_DIV, { $1 == 0 ? 0 : Int(floor(Double($0) / Double($1))) }),
  (SGK_MAXIMUM, { max($0, $1) }), (SGK_MINIMUM, { min($0, $1) }),
  (SGK_FLOOR_DIVIDE, { $1 == 0 ? 0 : Int(floor(Double($0) / Double($1))) }),
  (SGK_REMAINDER, { $1 == 0 ? 0 : ($0 % $1 + $1) % $1 }), (SGK_FMOD, { $1 == 0 ? 0 : $0 % $1 }),
  (SGK_AND, { $0 & $1 }), (SGK_OR, { $0 | $1 }), (SGK_XOR, { $0 ^ $1 }),
  (
    SGK_POW,
    { base, exponent in
      if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
      return (0..<exponent).reduce(1) { result, _ in result &* base }
    }
  ),
]

private func floatOps<T: BinaryFloatingPoint>(_: T.Type) -> [(sgk_binary_op, (T, T) -> T)] {
  [
    (SGK_ADD, { $0 + $1 }), (SGK_SUB, { $0 - $1 }), (SGK_MUL, { $0 * $1 }), (SGK_DIV, { $0 / $1 }),
    (SGK_MAXIMUM, { $0.isNaN || $1.isNaN ? .nan : $0 > $1 ? $0 : $1 }),
    (SGK_MINIMUM, { $0.isNaN || $1.isNaN ? .nan : $0 < $1 ? $0 : $1 }),
    (SGK_FMOD, { $0.truncatingRemainder(dividingBy: $1) }),
    (SGK_COPYSIGN, { $0.isNaN ? .nan : T(signOf: $1, magnitudeOf: $0) }),
  ]
}

private func comparisons<T: Comparable>(_: T.Type) -> [(sgk_binary_op, (T, T) -> Bool)] {
  [
    (SGK_EQ, { $0 == $1 }), (SGK_NE, { $0 != $1 }), (SGK_LT, { $0 < $1 }), (SGK_LE, { $0 <= $1 }),
    (SGK_GT, { $0 > $1 }), (SGK_GE, { $0 >= $1 }),
  ]
}

private func floatValues<T: BinaryFloatingPoint & KernelElement>(_: T.Type, seed: UInt64) -> (Int) -> T {
  var random = TestRandom(seed)
  let special: [T] = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
  return { _ in
    let bits = random.next()
    return bits % 8 == 0 ? special[Int(bits >> 8) % special.count] : T(truncating: Int(bits >> 8) % 2001 - 1000) / 64
  }
}

private func integerValues<T: KernelElement>(_: T.Type, seed: UInt64, of range: ClosedRange<Int>) -> (Int) -> T {
  var random = TestRandom(seed)
  return { _ in T(truncating: Int.random(in: range, using: &random)) }
}

@Suite struct KernelElementwiseTests {
  /// Runs a binary operation over every shape with changing layouts.
  private func forEveryShape<T: KernelElement, U: KernelElement>(
    _ op: sgk_binary_op, _: T.Type, result: U.Type, dtype: sgk_dtype, values: (UInt64) -> (Int) -> T,
    expected: (T, T) -> U, same: (U, U) -> Bool
  ) {
    for (number, shape) in kernelShapes.enumerated() {
      for turn in 0..<4 {
        let layouts = Layout.allCases
        let a = Strided(shape, layout: layouts[(number + turn) % 6], fill: values(UInt64(number)))
        let b = Strided(shape, layout: layouts[(number / 2 + turn * 5 + Int(op.rawValue)) % 6], fill: values(99))
        let out = Strided(shape, layout: Layout.ofOutputs[(turn + number) % 4], dtype: dtype) { _ in U(truncating: 77) }
        withUnsafePointer(to: a.view) { a in
          withUnsafePointer(to: b.view) { b in withUnsafePointer(to: out.view) { sgk_binary(op, a, b, $0) } }
        }
        let correct = zip(zip(a.values, b.values), out.values).allSatisfy { same(expected($0.0, $0.1), $1) }
        #expect(correct, "operation \(op.rawValue), shape \(shape), turn \(turn)")
        #expect(out.isIntactOutside, "operation \(op.rawValue), shape \(shape), turn \(turn)")
      }
    }
  }

  @Test(arguments: KernelSettings.levels) func binaryOnFloats(level: sgk_isa) {
    func check<T: BinaryFloatingPoint & KernelElement>(_ type: T.Type) {
      for (op, expected) in floatOps(type) {
        forEveryShape(
          op, type, result: type, dtype: T.dtype, values: { floatValues(type, seed: $0) },
          expected: expected, same: { isSame($0, $1) || ($0 == 0 && $1 == 0) })
      }
      for (op, expected) in comparisons(type) {
        forEveryShape(
          op, type, result: UInt8.self, dtype: SGK_BOOL, values: { floatValues(type, seed: $0) },
          expected: { expected($0, $1) ? 1 : 0 }, same: ==)
      }
    }
    KernelSettings.with(level: level) {
      check(Float.self)
      check(Double.self)
    }
  }

  @Test(arguments: KernelSettings.levels) func binaryOnIntegers(level: sgk_isa) {
    func check<T: FixedWidthInteger & KernelElement>(_ type: T.Type, _ range: ClosedRange<Int>) {
      for (op, expected) in integerOps {
        let range = op == SGK_POW ? max(range.lowerBound, -9)...9 : range
        forEveryShape(
          op, type, result: type, dtype: T.dtype, values: { integerValues(type, seed: $0, of: range) },
          expected: { T(truncating: expected(Int($0), Int($1))) }, same: ==)
      }
      for (op, expected) in comparisons(type) {
        forEveryShape(
          op, type, result: UInt8.self, dtype: SGK_BOOL,
          values: { integerValues(type, seed: $0, of: max(range.lowerBound, -2)...2) },
          expected: { expected($0, $1) ? 1 : 0 }, same: ==)
      }
    }
    KernelSettings.with(level: level) {
      check(Int32.self, -2_000_000_000...2_000_000_000)
      check(Int64.self, -1_000_000_000...1_000_000_000)
      check(UInt8.self, 0...255)
    }
  }

  @Test(arguments: KernelSettings.levels) func integerDivisionNeverTraps(level: sgk_isa) {
    KernelSettings.with(level: level) {
      let a: [Int32] = [.min, .min, .min, 7, -7, 7, -7, 0]
      let b: [Int32] = [-1, 0, 1, -2, 2, 0, 0, 0]
      let left = Strided([8]) { a[$0] }
      let right = Strided([8]) { b[$0] }
      let out = Strided([8]) { _ in Int32(5) }
      run(SGK_DIV, left, right, out)
      #expect(out.values == [.min, 0, .min, -4, -4, 0, 0, 0])
    }
  }

  @Test(arguments: KernelSettings.levels) func logic(level: sgk_isa) {
    KernelSettings.with(level: level) {
      let truth: [(sgk_binary_op, (Bool, Bool) -> Bool)] = [
        (SGK_AND, { $0 && $1 }), (SGK_OR, { $0 || $1 }), (SGK_XOR, { $0 != $1 }),
      ]
      let a = Strided([100], dtype: SGK_BOOL) { UInt8($0 & 1) }
      let b = Strided([100], dtype: SGK_BOOL) { UInt8($0 >> 1 & 1) }
      let out = Strided([100], dtype: SGK_BOOL) { _ in UInt8(9) }
      for (op, expected) in truth {
        run(op, a, b, out)
        #expect(out.values == (0..<100).map { expected($0 & 1 != 0, $0 >> 1 & 1 != 0) ? 1 : 0 })
      }
      withUnsafePointer(to: a.view) { a in withUnsafePointer(to: out.view) { sgk_unary(SGK_NOT, a, $0) } }
      #expect(out.values == (0..<100).map { UInt8(1 - $0 & 1) })
    }
  }

  private func run<T: KernelElement, U: KernelElement>(
    _ op: sgk_binary_op, _ a: Strided<T>, _ b: Strided<T>, _ out: Strided<U>
  ) {
    withUnsafePointer(to: a.view) { a in
      withUnsafePointer(to: b.view) { b in withUnsafePointer(to: out.view) { sgk_binary(op, a, b, $0) } }
    }
  }

  @Test(arguments: KernelSettings.levels) func powerIsTheLibrarysButForSimpleExponents(level: sgk_isa) {
    KernelSettings.with(level: level) {
      let bases: [Float] = [0, -0.0, 1, -1, 2.5, -2.5, .infinity, -.infinity, .nan, 0x1p-130, 3e38, 0.1, 7]
      for exponent: Float in [2, 3, 0.5, -0.5, -1, 0, 1, 1.7, -3, .infinity, .nan] {
        let a = Strided([13]) { bases[$0] }
        let one = Strided([13], layout: .broadcastColumns) { _ in exponent }
        let many = Strided([13]) { _ in exponent }
        let first = Strided([13]) { _ in Float(0) }
        let second = Strided([13]) { _ in Float(0) }
        run(SGK_POW, a, one, first)
        run(SGK_POW, a, many, second)
        for i in 0..<13 {
          let expected = pow(Double(bases[i]), Double(exponent))
          #expect(ulps(first.values[i], expected) <= 1.5, "\(bases[i]) to the power \(exponent)")
          #expect(isSame(first.values[i], second.values[i]), "a broadcast exponent gives the same bits")
        }
      }
    }
  }

  @Test(arguments: KernelSettings.levels) func simpleUnaryOnFloats(level: sgk_isa) {
    func check<T: BinaryFloatingPoint & KernelElement>(_ type: T.Type) {
      let ops: [(sgk_unary_op, (T) -> T)] = [
        (SGK_NEG, { -$0 }), (SGK_ABS, { $0.magnitude }), (SGK_SQUARE, { $0 * $0 }),
        (SGK_SIGN, { $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
        (SGK_FLOOR, { $0.rounded(.down) }), (SGK_CEIL, { $0.rounded(.up) }),
        (SGK_ROUND, { $0.rounded(.toNearestOrEven) }),
        (SGK_SQRT, { $0.squareRoot() }), (SGK_RSQRT, { 1 / $0.squareRoot() }), (SGK_RECIPROCAL, { 1 / $0 }),
      ]
      let halves: [T] = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 8388607.5, 8_388_608, 4503599627370495.5, 1e30]
      let values = floatValues(type, seed: 3)
      for (op, expected) in ops {
        for shape in kernelShapes {
          let x = Strided(shape, layout: .gaps) { $0 < halves.count ? halves[$0] : values($0) }
          let out = Strided(shape, layout: .transposed) { _ in T(truncating: 77) }
          withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_unary(op, x, $0) } }
          #expect(zip(x.values, out.values).allSatisfy { isSame(expected($0), $1) }, "operation \(op.rawValue)")
        }
      }
      let x = Strided([50], fill: floatValues(type, seed: 8))
      let finite = Strided([50], dtype: SGK_BOOL) { _ in UInt8(7) }
      withUnsafePointer(to: x.view) { x in withUnsafePointer(to: finite.view) { sgk_unary(SGK_IS_FINITE, x, $0) } }
      #expect(finite.values == x.values.map { $0.isFinite ? 1 : 0 })
    }
    KernelSettings.with(level: level) {
      check(Float.self)
      check(Double.self)
    }
  }

  @Test(arguments: KernelSettings.levels) func simpleUnaryOnIntegers(level: sgk_isa) {
    func check<T: FixedWidthInteger & KernelElement>(_ type: T.Type) {
      let ops: [(sgk_unary_op, (T) -> T)] = [
        (SGK_NEG, { 0 &- $0 }), (SGK_ABS, { $0 < 0 ? 0 &- $0 : $0 }), (SGK_SQUARE, { $0 &* $0 }),
        (SGK_SIGN, { $0.signum() }), (SGK_FLOOR, { $0 }), (SGK_CEIL, { $0 }), (SGK_ROUND, { $0 }),
      ]
      for (op, expected) in ops {
        let x = Strided([200]) { $0 == 0 ? T.min : $0 == 1 ? T.max : T(truncating: $0 * 12_345_678 - 1_000_000_000) }
        let out = Strided([200]) { _ in T(truncating: 77) }
        withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_unary(op, x, $0) } }
        #expect(out.values == x.values.map(expected), "operation \(op.rawValue)")
      }
    }
    KernelSettings.with(level: level) {
      check(Int32.self)
      check(Int64.self)
      check(UInt8.self)
    }
  }

  @Test(arguments: KernelSettings.levels) func outputMayBeTheInput(level: sgk_isa) {
    KernelSettings.with(level: level) {
      for layout in Layout.ofOutputs {
        for shape in [[5], [1000], [40, 3, 30], [130, 70]] {
          let x = Strided(shape, layout: layout) { Float($0) }
          let b = Strided(shape, layout: .broadcastRows) { Float($0) }
          let expected = zip(x.values, b.values).map { $0 - $1 }
          run(SGK_SUB, x, b, x)
          #expect(x.values == expected, "\(layout) \(shape)")
          withUnsafePointer(to: x.view) { sgk_unary(SGK_NEG, $0, $0) }
          #expect(x.values == expected.map { -$0 })
          withUnsafePointer(to: x.view) { sgk_cast($0, $0) }
          #expect(x.values == expected.map { -$0 })
        }
      }
    }
  }

  @Test(arguments: KernelSettings.levels) func selects(level: sgk_isa) {
    func check<T: KernelElement>(_ type: T.Type) {
      for (number, shape) in kernelShapes.enumerated() {
        for turn in 0..<6 {
          let layouts = Layout.allCases
          var random = TestRandom(UInt64(turn))
          let condition = Strided(shape, layout: layouts[turn], dtype: SGK_BOOL) { _ in UInt8(random.next() & 1) }
          let a = Strided(shape, layout: layouts[(number + turn * 5) % 6]) { T(truncating: $0) }
          let b = Strided(shape, layout: layouts[(number / 3 + turn) % 6]) { T(truncating: -$0) }
          let out = Strided(shape, layout: Layout.ofOutputs[turn % 4]) { _ in T(truncating: 77) }
          withUnsafePointer(to: condition.view) { condition in
            withUnsafePointer(to: a.view) { a in
              withUnsafePointer(to: b.view) { b in
                withUnsafePointer(to: out.view) { sgk_select(condition, a, b, $0) }
              }
            }
          }
          let expected = zip(condition.values, zip(a.values, b.values)).map { $0 != 0 ? $1.0 : $1.1 }
          #expect(out.values == expected, "shape \(shape), turn \(turn)")
          #expect(out.isIntactOutside)
        }
      }
    }
    KernelSettings.with(level: level) {
      check(Float.self)
      check(Double.self)
      check(UInt8.self)
    }
  }

  @Test(arguments: KernelSettings.levels, [10, 20_000, 300_000]) func bitsDependOnNoThreads(level: sgk_isa, count: Int)
  {
    let x = Strided([count]) { Float($0 % 1999) / 200 - 5 }
    func tanh(threads: Int32) -> [Float] {
      KernelSettings.with(level: level, threads: threads) {
        let out = Strided([count]) { _ in Float(0) }
        withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_unary(SGK_TANH, x, $0) } }
        return out.values
      }
    }
    let one = tanh(threads: 1)
    #expect(tanh(threads: 2) == one)
    #expect(tanh(threads: 5) == one)
  }
}
