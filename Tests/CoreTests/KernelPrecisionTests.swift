import SwiftGANKernels
import Testing

/// Products of float32 in lesser precisions: how far they are off, and that they are the same on any number of threads.
@Suite struct KernelPrecisionTests {
  private static let precisions = [SGK_PRECISION_HIGHEST, SGK_PRECISION_HIGH, SGK_PRECISION_MEDIUM]
  /// Every level of the CPU, with what adds instructions for single kernels.
  private static let levels = (0...sgk_isa_supported().rawValue).map { sgk_isa($0) }

  /// Inputs that are hard on roundings.
  enum Inputs: CaseIterable {
    /// Uniform in -1 to 1.
    case plain
    /// Magnitudes from 2^-20 to 2^20.
    case wide
    /// Rows of +c and -c around a large c: sums far below their terms.
    case cancelling
    /// All as far from the next bfloat16 as can be, to the same side: errors add up.
    case halfway

    func value(_ index: Int, using random: inout TestRandom) -> Float {
      let plain = Float.random(in: -1...1, using: &random)
      switch self {
      case .plain: return plain
      case .wide: return plain * Float(sign: .plus, exponent: Int.random(in: -20...20, using: &random), significand: 1)
      case .cancelling: return (index % 2 == 0 ? 1000 : -1000) + plain
      case .halfway: return 1 + 0x1p-8
      }
    }
  }

  private struct Product {
    let a: Strided<Float>
    let b: Strided<Float>

    init(_ m: Int, _ n: Int, _ k: Int, _ inputs: Inputs, _ layouts: (Layout, Layout) = (.contiguous, .contiguous)) {
      var random = TestRandom(UInt64(m &* 31 &+ n &* 17 &+ k))
      a = Strided([m, k], layout: layouts.0) { inputs.value($0, using: &random) }
      b = Strided([k, n], layout: layouts.1) { inputs.value($0, using: &random) }
    }

    func callAsFunction(_ precision: sgk_precision) -> [Float] {
      let out = Strided([a.shape[0], b.shape[1]]) { _ in Float.nan }
      var (left, right, result) = (a.view, b.view, out.view)
      #expect(sgk_matmul_then(precision, &left, &right, &result, nil) == SGK_OK)
      #expect(out.isIntactOutside)
      return out.values
    }

    /// The norms of what is off, as shares of the norm of the sums of all terms' magnitudes: of the result's own where
    /// nothing cancels.
    func errors(of results: [[Float]]) -> [Double] {
      let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
      let (x, y) = (a.values.map { Double($0) }, b.values.map { Double($0) })
      var (off, all) = ([Double](repeating: 0, count: results.count), 0.0)
      for i in 0..<m {
        for j in 0..<n {
          var (sum, magnitude) = (0.0, 0.0)
          for p in 0..<k {
            let term = x[i * k + p] * y[p * n + j]
            sum += term
            magnitude += abs(term)
          }
          for (index, result) in results.enumerated() {
            let difference = Double(result[i * n + j]) - sum
            off[index] += difference * difference
          }
          all += magnitude * magnitude
        }
      }
      return off.map { ($0 / all).squareRoot() }
    }
  }

  private static let sizes = [
    (16, 16, 16), (17, 33, 31), (64, 65, 513), (100, 70, 1025), (150, 40, 70), (33, 40, 3000), (300, 129, 20),
    (31, 16, 17),
  ]

  @Test(arguments: levels, Inputs.allCases) func errorsAreBelowTheirBounds(level: sgk_isa, inputs: Inputs) {
    KernelSettings.with(level: level, threads: 2) {
      for (m, n, k) in KernelPrecisionTests.sizes {
        for layouts in [(Layout.contiguous, Layout.contiguous), (.transposed, .gaps), (.reversed, .transposed)] {
          let product = Product(m, n, k, inputs, layouts)
          let errors = product.errors(of: KernelPrecisionTests.precisions.map { product($0) })
          for (error, bound) in zip(errors, [0x1p-20, 0x1p-15, 0x1p-7]) {
            #expect(error < bound, "\(m) x \(k) x \(n) \(layouts): off by \(errors)")
          }
        }
      }
    }
  }

  /// Where the CPU rounds, it shows; where it cannot, and in small products, the bits are float32's.
  @Test(arguments: levels) func lesserPrecisionsRunWhereTheyPay(level: sgk_isa) {
    KernelSettings.with(level: level) {
      let isRounded = level.rawValue >= SGK_AVX512_BF16.rawValue
      #expect(
        sgk_precision_in_effect(SGK_PRECISION_MEDIUM) == (isRounded ? SGK_PRECISION_MEDIUM : SGK_PRECISION_HIGHEST))
      let isSplit = level.rawValue >= SGK_AVX512_AMX.rawValue
      #expect(sgk_precision_in_effect(SGK_PRECISION_HIGH) == (isSplit ? SGK_PRECISION_HIGH : SGK_PRECISION_HIGHEST))
      #expect(sgk_precision_in_effect(SGK_PRECISION_HIGHEST) == SGK_PRECISION_HIGHEST)
      let large = Product(64, 64, 64, .plain)
      #expect((large(SGK_PRECISION_HIGH) == large(SGK_PRECISION_HIGHEST)) == !isSplit)
      #expect((large(SGK_PRECISION_MEDIUM) == large(SGK_PRECISION_HIGHEST)) == !isRounded)
      for (m, n, k) in [(1, 300, 300), (300, 1, 300), (300, 300, 1), (4, 4, 4), (9, 300, 300), (300, 9, 300)] {
        let small = Product(m, n, k, .plain)
        for precision in [SGK_PRECISION_HIGH, SGK_PRECISION_MEDIUM] {
          #expect(small(precision) == small(SGK_PRECISION_HIGHEST), "\(m) x \(k) x \(n)")
        }
      }
    }
  }

  @Test func bitsAreTheSameOnAnyNumberOfThreads() {
    for (m, n, k) in KernelPrecisionTests.sizes + [(600, 300, 300), (64, 48, 9000)] {
      let product = Product(m, n, k, .plain, (.transposed, .contiguous))
      let one = KernelSettings.with(threads: 1) { product(SGK_PRECISION_MEDIUM).map(\.bitPattern) }
      for threads in [2, 3, 5] as [Int32] {
        let some = KernelSettings.with(threads: threads) { product(SGK_PRECISION_MEDIUM).map(\.bitPattern) }
        let isSame = one == some
        #expect(isSame, "\(m) x \(k) x \(n) on \(threads) threads")
      }
    }
  }

  /// A packed side, and a chain on the product: the bits of one after the other, in this precision, too.
  @Test(arguments: precisions) func chainsAndPackedSidesHaveTheSameBits(precision: sgk_precision) {
    for (m, n, k) in [(150, 40, 70), (300, 600, 33), (64, 512, 160), (100, 40, 4100), (20, 18, 1), (70, 33, 515)] {
      for layout in [Layout.contiguous, .transposed, .gaps] {
        KernelSettings.with(threads: 2) {
          ChainedProduct(m: m, n: n, k: k, layout: layout, precision: precision).check(Float.self)
          ChainedProduct(m: m, n: n, k: k, layout: layout, precision: precision).check(Double.self)
        }
      }
    }
  }

  /// A product with a row that has a single 1 shows how the other side was rounded.
  @Test func roundingIsToTheNearestAndEven() {
    guard sgk_isa_supported().rawValue >= SGK_AVX512_BF16.rawValue else { return }
    KernelSettings.with(level: SGK_AVX512_BF16) {
      let given: [(Float, Float)] = [
        (1 + 0x1p-8, 1), (1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7), (1 + 3 * 0x1p-8, 1 + 0x1p-6), (-1 - 0x1p-8, -1),
        (0x1p-126, 0x1p-126), (0x1p-127, 0), (-0x1p-140, 0), (.greatestFiniteMagnitude, .infinity),
        (0x1.fep127, 0x1.fep127), (.infinity, .infinity), (-.infinity, -.infinity), (0, 0),
        (Float(bitPattern: 0x7f80_0001), .nan), (Float(bitPattern: 0xffff_ffff), .nan), (3.1415927, 3.140625),
      ]
      // In every lane, at the end of a row and on both sides of the product.
      for width in 16...40 {
        for isLeft in [false, true] {
          let n = 24
          func one(_ row: Int) -> Float { row == 0 ? 1 : 0 }
          let side = { (i: Int) in given[i % given.count].0 }
          let a = Strided([isLeft ? width : n, 17]) { i in
            isLeft ? (i % 17 == 0 ? side(i / 17) : 0) : one(i % 17)
          }
          let b = Strided([17, isLeft ? n : width]) { i in
            isLeft ? one(i / n) : (i < width ? side(i) : 0)
          }
          let out = Strided([a.shape[0], b.shape[1]]) { _ in Float(-1) }
          var (left, right, result) = (a.view, b.view, out.view)
          #expect(sgk_matmul_then(SGK_PRECISION_MEDIUM, &left, &right, &result, nil) == SGK_OK)
          let columns = b.shape[1]
          for (place, value) in out.values.enumerated() {
            let index = (isLeft ? place / columns : place % columns) % given.count
            let expected = given[index].1
            #expect(
              expected.isNaN ? value.isNaN : value == expected, "\(given[index].0) became \(value), not \(expected)")
          }
        }
      }
    }
  }

  /// The zeros that fill up a pair must not meet an infinity: 0 * inf would be NaN.
  @Test func infinitiesStayWhereTheyBelong() {
    KernelSettings.with(threads: 2) {
      for (m, n, k) in [(16, 33, 19), (37, 18, 301), (40, 40, 17)] {
        for layout in [Layout.contiguous, .transposed] {
          let a = Strided([m, k], layout: layout) { _ in Float.infinity }
          let b = Strided([k, n], layout: layout) { _ in Float(1) }
          let out = Strided([m, n]) { _ in Float(0) }
          var (left, right, result) = (a.view, b.view, out.view)
          #expect(sgk_matmul_then(SGK_PRECISION_MEDIUM, &left, &right, &result, nil) == SGK_OK)
          #expect(out.values.allSatisfy { $0 == .infinity }, "\(m) x \(k) x \(n) \(layout)")
        }
      }
    }
  }

  /// Matrices of a batch, and float64, which no precision is about.
  @Test func batchesAndDoubles() {
    KernelSettings.with(threads: 2) {
      var random = TestRandom(5)
      let a = Strided([3, 20, 40]) { _ in Float.random(in: -1...1, using: &random) }
      let b = Strided([3, 40, 24]) { _ in Float.random(in: -1...1, using: &random) }
      let out = Strided([3, 20, 24]) { _ in Float.nan }
      var (left, right, result) = (a.view, b.view, out.view)
      #expect(sgk_matmul_then(SGK_PRECISION_MEDIUM, &left, &right, &result, nil) == SGK_OK)
      for matrix in 0..<3 {
        let single = Strided([20, 24]) { _ in Float.nan }
        var (x, y, z) = (a.view, b.view, single.view)
        x.data += matrix * 20 * 40 * 4
        y.data += matrix * 40 * 24 * 4
        for view in [0, 1] {
          withUnsafeMutablePointer(to: &x) { x in
            withUnsafeMutablePointer(to: &y) { y in
              let pointer = view == 0 ? x : y
              let extents = view == 0 ? (20, 40) : (40, 24)
              sgk_view_set(
                pointer, pointer.pointee.data, Int32(SGK_FLOAT32.rawValue), 2, [Int64(extents.0), Int64(extents.1)],
                [Int64(extents.1), 1])
            }
          }
        }
        #expect(sgk_matmul_then(SGK_PRECISION_MEDIUM, &x, &y, &z, nil) == SGK_OK)
        #expect(Array(out.values[(matrix * 480)..<((matrix + 1) * 480)]) == single.values)
      }
      let doubles = (Strided([20, 40]) { Double($0 % 7) / 3 }, Strided([40, 24]) { Double($0 % 5) / 3 })
      let results = KernelPrecisionTests.precisions.map { precision in
        let out = Strided([20, 24]) { _ in Double.nan }
        var (left, right, result) = (doubles.0.view, doubles.1.view, out.view)
        #expect(sgk_matmul_then(precision, &left, &right, &result, nil) == SGK_OK)
        return out.values
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }
}
