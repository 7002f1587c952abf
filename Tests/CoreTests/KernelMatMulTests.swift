import SwiftGANKernels
import Testing

/// A batched product of strided operands; the batch axis of b may have stride zero.
private struct Product {
  var batch = 1
  var m: Int
  var n: Int
  var k: Int
  var a = Layout.contiguous
  var b = Layout.contiguous
  var sharesB = false

  /// Runs it on 1 and 2 threads; checks the bits, the memory around, and (on `rows`, all by default) the values.
  func check<T: KernelElement & BinaryFloatingPoint>(_: T.Type, rows: Range<Int>? = nil) {
    var random = TestRandom(UInt64(m &* 31 &+ n &* 17 &+ k))
    let x = Strided([batch, m, k], layout: a) { _ in T(Double.random(in: -1...1, using: &random)) }
    let y = Strided([sharesB ? 1 : batch, k, n], layout: b) { _ in T(Double.random(in: -1...1, using: &random)) }
    let outs = (0..<2).map { _ in Strided([batch, m, n]) { _ in T.nan } }
    var yView = y.view
    if sharesB {
      sgk_view_set(
        &yView, yView.data, Int32(T.dtype.rawValue), 3, [batch, k, n].map(Int64.init),
        [0, y.strides[1], y.strides[2]].map(Int64.init))
    }
    for (threads, out) in outs.enumerated() {
      sgk_set_num_threads(Int32(threads + 1))
      let status = withUnsafePointer(to: x.view) { x in
        withUnsafePointer(to: yView) { y in withUnsafePointer(to: out.view) { sgk_matmul(x, y, $0) } }
      }
      #expect(status == SGK_OK)
      #expect(out.isIntactOutside)
    }
    let got = outs[0].values
    #expect(zip(got, outs[1].values).allSatisfy { isSame($0, $1) }, "bits differ on 2 threads: \(self)")

    let left = x.values.map { Double($0) }
    let right = y.values.map { Double($0) }
    let epsilon = Double(T.ulpOfOne)
    for q in 0..<batch {
      let rightStart = sharesB ? 0 : q * k * n
      for i in rows ?? 0..<m {
        for j in 0..<n {
          var sum = 0.0
          var magnitude = 0.0
          for p in 0..<k {
            let term = left[(q * m + i) * k + p] * right[rightStart + p * n + j]
            sum += term
            magnitude += abs(term)
          }
          let error = abs(Double(got[(q * m + i) * n + j]) - sum)
          if !(error <= epsilon * Double(k + 1) * magnitude) {
            Issue.record("\(T.self) \(self): [\(q), \(i), \(j)] is off by \(error)")
            return
          }
        }
      }
    }
  }

  func checkBoth(rows: Range<Int>? = nil) {
    check(Float.self, rows: rows)
    check(Double.self, rows: rows)
  }
}

@Suite struct KernelMatMulTests {
  /// Both sides of every tile, vector and panel, for operands that lie in memory in every way.
  @Test(arguments: KernelSettings.levels) func oddSizesAndLayouts(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      var random = TestRandom(7)
      for a in Layout.allCases {
        for b in Layout.allCases {
          for _ in 0..<6 {
            let edges = [1, 2, 3, 4, 5, 7, 13, 15, 17, 31, 33, 50]
            let sizes = (0..<3).map { _ in edges.randomElement(using: &random) ?? 1 }
            Product(
              batch: Int.random(in: 1...3, using: &random), m: sizes[0], n: sizes[1], k: sizes[2], a: a, b: b,
              sharesB: Bool.random(using: &random)
            ).checkBoth()
          }
        }
      }
    }
  }

  /// Several blocks along k, with the last one short; k split among items; few rows or columns (dot products, B in place).
  @Test(arguments: KernelSettings.levels) func longSums(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for a in [Layout.contiguous, .transposed, .gaps] {
        for b in [Layout.contiguous, .transposed, .reversed] {
          Product(m: 15, n: 33, k: 700, a: a, b: b).checkBoth()
          Product(m: 6, n: 5, k: 9001, a: a, b: b).checkBoth()
          Product(m: 1, n: 70, k: 515, a: a, b: b).checkBoth()
          Product(m: 70, n: 1, k: 515, a: a, b: b).checkBoth()
          Product(m: 3, n: 3, k: 1029, a: a, b: b).checkBoth()
          Product(m: 300, n: 2, k: 3, a: a, b: b).checkBoth()
        }
      }
    }
  }

  /// Enough work for several items, and for B to be packed in several chunks.
  @Test(arguments: KernelSettings.levels) func manyItems(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      Product(m: 150, n: 1100, k: 1030).checkBoth(rows: 70..<72)
      Product(m: 400, n: 96, k: 300, a: .transposed).checkBoth(rows: 397..<400)
      Product(m: 60, n: 2000, k: 64, b: .transposed).checkBoth(rows: 58..<60)
      Product(m: 1500, n: 40, k: 40).checkBoth(rows: 1490..<1500)
      Product(batch: 70, m: 16, n: 24, k: 20).checkBoth()
      Product(batch: 70, m: 16, n: 24, k: 20, sharesB: true).checkBoth()
      Product(batch: 3, m: 90, n: 200, k: 260).checkBoth(rows: 80..<90)
    }
  }

  @Test(arguments: KernelSettings.levels) func emptyExtents(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for (m, n, k) in [(3, 50, 0), (50, 3, 0), (1, 1, 0), (0, 5, 4), (5, 0, 4), (0, 0, 0)] {
        Product(m: m, n: n, k: k).checkBoth()
        Product(batch: 2, m: m, n: n, k: k).checkBoth()
      }
      Product(batch: 0, m: 4, n: 4, k: 4).checkBoth()
    }
  }

  /// A chain on a product, and a product with a packed side: the bits of one after the other, at sizes that are cut in rows,
  /// in columns, along k, and not at all.
  @Test(arguments: KernelSettings.levels) func chainsAndPackedSidesHaveTheSameBits(level: sgk_isa) {
    let sizes = [(150, 40, 70), (300, 600, 33), (64, 512, 160), (5, 33, 19), (20, 6, 5000), (70, 1, 40), (3, 80, 20)]
    for (m, n, k) in sizes {
      for layout in [Layout.contiguous, .transposed, .gaps] {
        for threads in [1, 2] as [Int32] {
          KernelSettings.with(level: level, threads: threads) {
            ChainedProduct(m: m, n: n, k: k, layout: layout).check(Float.self)
            ChainedProduct(m: m, n: n, k: k, layout: layout).check(Double.self)
          }
        }
      }
    }
  }

  /// A copy is planned once and made at each replay: the room for it, and the sums, are right at any instruction set.
  @Test(arguments: KernelSettings.levels + [sgk_isa_supported()], [SGK_PRECISION_HIGHEST, SGK_PRECISION_MEDIUM])
  func packedSidesPlannedAtAnotherLevel(level: sgk_isa, precision: sgk_precision) {
    for planned in KernelSettings.levels {
      for (m, n, k) in [(100, 40, 4100), (20, 100, 2100), (64, 512, 160)] {
        let count = KernelSettings.with(level: planned) {
          Int(sgk_matmul_packed_count(SGK_FLOAT32, Int64(m), Int64(n), Int64(k)))
        }
        guard count > 0 else { continue }
        var random = TestRandom(3)
        let (a, b) = (
          Strided([m, k]) { _ in Float.random(in: -1...1, using: &random) },
          Strided([k, n]) { _ in Float.random(in: -1...1, using: &random) }
        )
        let (plain, packed) = (Strided([m, n]) { _ in Float.nan }, Strided([m, n]) { _ in Float.nan })
        let copy = Strided([count]) { _ in Float.nan }
        KernelSettings.with(level: level, threads: 2) {
          var (left, right, expected, found) = (a.view, b.view, plain.view, packed.view)
          #expect(sgk_matmul_then(precision, &left, &right, &expected, nil) == SGK_OK)
          #expect(sgk_matmul_pack(precision, &right, Int64(m), copy.view.data) == SGK_OK)
          #expect(sgk_matmul_packed(precision, &left, copy.view.data, &found, nil) == SGK_OK)
        }
        #expect(copy.isIntactOutside && packed.isIntactOutside)
        #expect(zip(plain.values, packed.values).allSatisfy { abs($0 - $1) < 1e-3 }, "\(planned) \(m) \(n) \(k)")
      }
    }
  }

  /// The zeros that fill up packed blocks must not meet an infinity: 0 * inf would be NaN.
  @Test(arguments: KernelSettings.levels) func infinitiesStayWhereTheyBelong(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for (m, n, k) in [(15, 33, 19), (5, 3, 21), (3, 5, 21), (2, 37, 300), (37, 2, 300), (1, 1, 5), (40, 40, 1)] {
        for layout in [Layout.contiguous, .transposed] {
          for (left, right) in [(Float.infinity, Float(1)), (1, .infinity)] {
            let a = Strided([m, k], layout: layout) { _ in left }
            let b = Strided([k, n], layout: layout) { _ in right }
            let out = Strided([m, n]) { _ in Float(0) }
            let status = withUnsafePointer(to: a.view) { a in
              withUnsafePointer(to: b.view) { b in withUnsafePointer(to: out.view) { sgk_matmul(a, b, $0) } }
            }
            #expect(status == SGK_OK)
            #expect(out.values.allSatisfy { $0 == .infinity }, "\(m) x \(k) x \(n) \(layout) \(left) \(right)")
          }
        }
      }
    }
  }
}
