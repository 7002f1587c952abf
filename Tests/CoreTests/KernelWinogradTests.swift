import SwiftGANKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// 4 x 4 taps with stride 2 and 3 x 3 taps with stride 1, in float32: what goes Winograd's way. The tests of KernelConvTests hold for these as for others.
@Suite struct KernelWinogradTests {
  /// Enough images for the way to be taken, for each number of results along an axis.
  private static func strided(
    out: (Int, Int), channels: (Int, Int), pad: (Int, Int) = (1, 1), after: (Int, Int) = (-1, -1), batch: Int? = nil
  ) -> Convolution {
    Convolution(
      batch: batch ?? 1 + 256 / (out.0 * out.1), out: out, channels: channels, filter: (4, 4), stride: (2, 2), pad: pad,
      after: after)
  }

  /// The same with 3 x 3 taps and stride 1.
  private static func plain(
    out: (Int, Int), channels: (Int, Int), pad: (Int, Int) = (1, 1), after: (Int, Int) = (-1, -1), batch: Int? = nil
  ) -> Convolution {
    Convolution(
      batch: batch ?? 1 + 256 / (out.0 * out.1), out: out, channels: channels, filter: (3, 3), pad: pad, after: after)
  }

  @Test(arguments: KernelSettings.levels) func everyTile(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for height in 2...8 {
        Self.strided(out: (height, 10 - height), channels: (16, 32)).check(Float.self)
        Self.plain(out: (height, 10 - height), channels: (16, 32)).check(Float.self)
      }
      Self.strided(out: (7, 7), channels: (48, 16)).check(Float.self)
      Self.strided(out: (14, 11), channels: (32, 16)).check(Float.self)
      Self.plain(out: (11, 6), channels: (48, 16)).check(Float.self)
    }
  }

  /// The products of the tiles in bfloat16: every kind of tile, channels in several steps, columns in several chunks.
  @Test func mediumPrecision() {
    KernelSettings.with(level: sgk_isa_supported(), threads: 2) {
      var all = (2...8).map { Self.strided(out: ($0, 10 - $0), channels: (16, 32)) }
      all += [
        Self.strided(out: (7, 7), channels: (48, 16)), Self.strided(out: (5, 4), channels: (80, 48), after: (-2, -1)),
        Self.strided(out: (2, 3), channels: (272, 144), batch: 30),
        Self.strided(out: (30, 31), channels: (16, 16), batch: 1),
      ]
      for var convolution in all {
        convolution.conv.precision = SGK_PRECISION_MEDIUM
        convolution.check(Float.self)
      }
    }
  }

  /// Padding of 0 to 2, odd images, windows that end before the image does or after it.
  @Test(arguments: KernelSettings.levels) func everyEdge(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for pad in 0...2 {
        for after in -2...0 {
          Self.strided(out: (5, 4), channels: (16, 16), pad: (pad, 2 - pad), after: (after, -1 - after))
            .check(Float.self)
        }
      }
      for pad in 0...1 {
        for after in -1...0 {
          Self.plain(out: (5, 4), channels: (16, 16), pad: (pad, 1 - pad), after: (after, -1 - after)).check(Float.self)
        }
      }
    }
  }

  /// Channels that take several steps along the sum, columns in several chunks, images that are cut into items.
  @Test(arguments: KernelSettings.levels) func largeExtents(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      Self.strided(out: (4, 4), channels: (80, 48)).check(Float.self)
      Self.strided(out: (2, 3), channels: (272, 144), batch: 30).check(Float.self)
      Self.strided(out: (30, 31), channels: (16, 16), batch: 1).check(Float.self)
      Self.plain(out: (3, 2), channels: (272, 144), batch: 40).check(Float.self)
      Self.plain(out: (30, 31), channels: (16, 32), batch: 1).check(Float.self)
    }
  }

  /// The three results of a convolution, for what `x`, `y` and `w` hold at each place.
  private static func results(
    _ convolution: Convolution, _ x: Strided<Float>, _ y: Strided<Float>, _ w: Strided<Float>
  ) -> [[Float]] {
    let outs = [convolution.resultCount, convolution.imageCount, convolution.filterCount]
      .map { count in Strided<Float>([count]) { _ in .nan } }
    withUnsafePointer(to: convolution.conv) { conv in
      let (x, y, w) = (x.view.data, y.view.data, w.view.data)
      #expect(sgk_conv2d(conv, SGK_FLOAT32, x, w, outs[0].view.data) == SGK_OK)
      #expect(sgk_conv2d_input_grad(conv, SGK_FLOAT32, y, w, outs[1].view.data) == SGK_OK)
      #expect(sgk_conv2d_filter_grad(conv, SGK_FLOAT32, x, y, outs[2].view.data) == SGK_OK)
    }
    return outs.map(\.values)
  }

  private static func random(_ count: Int, _ seed: UInt64, _ value: (inout TestRandom) -> Float) -> Strided<Float> {
    var random = TestRandom(seed)
    return Strided([count]) { _ in value(&random) }
  }

  /// The relative error, over all elements together, against sums in double precision.
  private static func errors(
    _ convolution: Convolution, _ x: Strided<Float>, _ y: Strided<Float>, _ w: Strided<Float>, isFast: Bool
  ) -> [Double] {
    let before = sgk_winograd_enable(isFast)
    defer { _ = sgk_winograd_enable(before) }
    let exact = convolution.exact(x.values, y.values, w.values)
    return zip(results(convolution, x, y, w), exact).map { got, sums in
      let wrong = zip(got, sums.values).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      return (wrong / sums.values.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }
  }

  /// Beside the direct sums: a small factor more, on numbers alike, far apart, and that cancel.
  @Test(arguments: KernelSettings.levels) func rounding(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      let convolutions = [
        Self.strided(out: (7, 7), channels: (32, 32)), Self.plain(out: (7, 7), channels: (32, 32)),
      ]
      let cases: [(String, (inout TestRandom) -> Float, (inout TestRandom) -> Float)] = [
        ("alike", { .random(in: -1...1, using: &$0) }, { .random(in: -1...1, using: &$0) }),
        (
          "far apart", { .random(in: -1...1, using: &$0) * (Bool.random(using: &$0) ? 1e6 : 1e-6) },
          { .random(in: -1...1, using: &$0) * (Bool.random(using: &$0) ? 1e3 : 1e-3) }
        ),
        ("cancelling", { 1000 + .random(in: -1...1, using: &$0) }, { Bool.random(using: &$0) ? 1 : -1 }),
      ]
      for (convolution, (name, image, filter)) in convolutions.flatMap({ each in cases.map { (each, $0) } }) {
        let x = Self.random(convolution.imageCount, 1, image)
        let y = Self.random(convolution.resultCount, 2, image)
        let w = Self.random(convolution.filterCount, 3, filter)
        let fast = Self.errors(convolution, x, y, w, isFast: true)
        let direct = Self.errors(convolution, x, y, w, isFast: false)
        for (fast, direct) in zip(fast, direct) {
          #expect(fast != direct, "\(name): not Winograd's way")
          #expect(fast < 4 * direct && fast < 1e-5, "\(name): \(fast) against \(direct)")
        }
      }
    }
  }

  /// The largest error of the three passes: its norm over that of the sums of magnitudes.
  private static func worst(_ convolution: Convolution, _ x: [Float], _ y: [Float], _ w: [Float]) -> Double {
    let sides = [x, y, w].map { side in Strided<Float>([side.count]) { side[$0] } }
    let exact = convolution.exact(x, y, w)
    return zip(results(convolution, sides[0], sides[1], sides[2]), exact).map { got, sums in
      let wrong = zip(got, sums.values).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      return (wrong / sums.magnitudes.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }.max() ?? .nan
  }

  /// A large pixel and a large factor in one tile that no result and no tap multiplies: a column of the image with a column
  /// of the results, and columns beside an edge with the taps of its other side. What is left of them must be small.
  @Test(arguments: KernelSettings.levels, [SGK_PRECISION_HIGHEST, SGK_PRECISION_MEDIUM])
  func contrast(level: sgk_isa, precision: sgk_precision) {
    KernelSettings.with(level: level, threads: 2) {
      for var convolution in [
        Self.strided(out: (8, 8), channels: (16, 32)), Self.plain(out: (8, 8), channels: (32, 16)),
      ] {
        convolution.conv.precision = precision
        let c = convolution.conv
        func side(_ count: Int, _ seed: UInt64, _ channels: Int64, _ columns: Int64, _ large: Int64, _ factor: Float)
          -> [Float]
        {
          var random = TestRandom(seed)
          return (0..<count).map {
            Float.random(in: -1...1, using: &random) * (Int64($0) / channels % columns == large ? factor : 1)
          }
        }
        for factor in [10, 30, 100, 1000, 1e6] as [Float] {
          let w = side(convolution.filterCount, 3, c.in_channels * c.out_channels, c.filter_width, -1, 1)
          for (column, result) in [(2, 2), (4, 0), (3, 0), (c.width - 1, c.out_width - 4)] {
            let x = side(convolution.imageCount, 1, c.in_channels, c.width, column, factor)
            let y = side(convolution.resultCount, 2, c.out_channels, c.out_width, result, factor)
            let error = Self.worst(convolution, x, y, w)
            #expect(error < (precision == SGK_PRECISION_MEDIUM ? 0x1p-7 : 0x1p-20), "\(factor), \(column), \(error)")
          }
          for (edge, tap) in [(Int64(0), c.filter_width - 1), (-1, 0)] {
            let x = side(convolution.imageCount, 1, c.in_channels, c.width, (edge + c.width) % c.width, factor)
            let y = side(
              convolution.resultCount, 2, c.out_channels, c.out_width, (edge + c.out_width) % c.out_width, factor)
            for large in [tap, c.filter_width - 1 - tap] {
              let w = side(convolution.filterCount, 3, c.in_channels * c.out_channels, c.filter_width, large, factor)
              let error = Self.worst(convolution, x, y, w)
              #expect(
                error < (precision == SGK_PRECISION_MEDIUM ? 0x1p-7 : 0x1p-20), "\(factor), \(edge), \(large), \(error)"
              )
            }
          }
        }
      }
    }
  }

  /// Numbers as they come in training, with many zeros, of one sign, and of several magnitudes, are not taken for hard ones.
  @Test func ordinaryNumbersGoWinogradsWay() {
    KernelSettings.with(threads: 2) {
      let kinds: [(String, (inout TestRandom) -> Float)] = [
        ("relu", { max(0, .random(in: -1...1, using: &$0)) }), ("positive", { .random(in: 0...1, using: &$0) }),
        ("sparse", { Int.random(in: 0..<20, using: &$0) == 0 ? .random(in: -1...1, using: &$0) : 0 }),
        (
          "of ten magnitudes",
          { .random(in: -1...1, using: &$0) * Float(pow(10, Double.random(in: -5...5, using: &$0))) }
        ),
        ("tiny", { .random(in: -1...1, using: &$0) * 1e-12 }), ("huge", { .random(in: -1...1, using: &$0) * 1e12 }),
      ]
      for convolution in [
        Self.strided(out: (7, 7), channels: (32, 32)), Self.plain(out: (7, 7), channels: (32, 32)),
      ] {
        for (name, value) in kinds {
          let x = Self.random(convolution.imageCount, 1, value)
          let y = Self.random(convolution.resultCount, 2, value)
          let w = Self.random(convolution.filterCount, 3) { .random(in: -1...1, using: &$0) }
          let fast = Self.results(convolution, x, y, w)
          let before = sgk_winograd_enable(false)
          defer { _ = sgk_winograd_enable(before) }
          for (fast, direct) in zip(fast, Self.results(convolution, x, y, w)) { #expect(fast != direct, "\(name)") }
        }
      }
    }
  }

  /// One large pixel among small ones: no result is off by more than roundings of that pixel.
  @Test func errorsAreRelativeToTheLargestPixel() {
    for convolution in [
      Self.strided(out: (8, 8), channels: (16, 16)), Self.plain(out: (8, 8), channels: (16, 16)),
    ] {
      let x = Self.random(convolution.imageCount, 1) { .random(in: -1...1, using: &$0) }
      x.memory[convolution.imageCount / 2] = 1e6
      let y = Self.random(convolution.resultCount, 2) { .random(in: -1...1, using: &$0) }
      let w = Self.random(convolution.filterCount, 3) { .random(in: -1...1, using: &$0) }
      let exact = convolution.exact(x.values, y.values, w.values)[0]
      let got = Self.results(convolution, x, y, w)[0]
      let worst = zip(got, exact.values).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst < 16 * Double(Float.ulpOfOne) * 1e6, "\(convolution): \(worst)")
    }
  }

  /// Few images, channels that are no multiple of 16, other filters: the direct way, bit for bit.
  @Test func otherConvolutionsStayDirect() {
    KernelSettings.with(threads: 2) {
      for convolution in [
        Self.strided(out: (4, 4), channels: (16, 16), batch: 2), Self.strided(out: (7, 7), channels: (16, 24)),
        Self.strided(out: (7, 7), channels: (8, 16)), Self.plain(out: (7, 7), channels: (16, 24)),
        Self.plain(out: (4, 4), channels: (16, 16), batch: 3),
        // A line of tiles that no cache holds; filters of so many kinds that they want more images.
        Self.plain(out: (2, 1600), channels: (16, 16), batch: 1),
        Self.strided(out: (2, 2), channels: (256, 144), batch: 30),
        Convolution(batch: 9, out: (7, 7), channels: (16, 16), filter: (3, 3), stride: (2, 2)),
      ] {
        let sides = [convolution.imageCount, convolution.resultCount, convolution.filterCount].enumerated()
          .map { Self.random($1, UInt64($0)) { .random(in: -1...1, using: &$0) } }
        let fast = Self.results(convolution, sides[0], sides[1], sides[2])
        let before = sgk_winograd_enable(false)
        defer { _ = sgk_winograd_enable(before) }
        #expect(fast == Self.results(convolution, sides[0], sides[1], sides[2]), "\(convolution)")
      }
    }
  }

  /// More threads than items of the usual size: smaller items, the same bits.
  @Test func sameBitsOnAnyThreads() {
    for convolution in [
      Self.strided(out: (7, 6), channels: (64, 144)), Self.plain(out: (7, 6), channels: (64, 144)),
    ] {
      let sides = [convolution.imageCount, convolution.resultCount, convolution.filterCount].enumerated()
        .map { Self.random($1, UInt64($0)) { .random(in: -1...1, using: &$0) } }
      let results = [Int32(1), 2, 3, 9].map { threads in
        KernelSettings.with(threads: threads) { Self.results(convolution, sides[0], sides[1], sides[2]) }
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(convolution)")
    }
  }

  /// relu(convolution + bias) part by part, forward and as an adjoint.
  @Test(arguments: KernelSettings.levels) func chains(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for convolution in [
        Self.strided(out: (7, 7), channels: (32, 16)), Self.strided(out: (4, 5), channels: (16, 48), after: (0, -1)),
        Self.plain(out: (7, 8), channels: (32, 16)),
      ] {
        var conv = convolution.conv
        let x = Self.random(convolution.imageCount, 1) { .random(in: -1...1, using: &$0) }
        let y = Self.random(convolution.resultCount, 2) { .random(in: -1...1, using: &$0) }
        let w = Self.random(convolution.filterCount, 3) { .random(in: -1...1, using: &$0) }
        checkChain(Int(conv.out_channels), convolution.resultCount) { out, then in
          sgk_conv2d_then(&conv, SGK_FLOAT32, x.view.data, w.view.data, out, then)
        }
        checkChain(Int(conv.in_channels), convolution.imageCount) { out, then in
          sgk_conv2d_input_grad_then(&conv, SGK_FLOAT32, y.view.data, w.view.data, out, then)
        }
      }
    }
  }

  private func checkChain(
    _ columns: Int, _ count: Int,
    _ run: (UnsafeMutableRawPointer?, UnsafePointer<sgk_fused_call>?) -> sgk_status
  ) {
    let rows = count / columns
    func empty() -> Strided<Float> { Strided([rows, columns]) { _ in .nan } }
    let bias = Self.random(columns, 4) { .random(in: -1...1, using: &$0) }
    var row = sgk_view()
    sgk_view_set(&row, bias.view.data, Int32(SGK_FLOAT32.rawValue), 2, [Int64(rows), Int64(columns)], [0, 1])
    let (alone, sum, expected) = (empty(), empty(), empty())
    #expect(run(alone.view.data, nil) == SGK_OK)
    var (aloneView, sumView, expectedView) = (alone.view, sum.view, expected.view)
    sgk_binary(SGK_ADD, &aloneView, &row, &sumView)
    sgk_unary(SGK_RELU, &sumView, &expectedView)
    let (made, chained) = (empty(), empty())
    withBiasAndRelu(on: made, bias, row, to: chained) { #expect(run(made.view.data, $0) == SGK_OK) }
    #expect(made.bits == alone.bits && chained.bits == expected.bits && chained.isIntactOutside)
  }
}
