import SwiftGANKernels
import Testing

/// A convolution, its sizes as in sgk_conv.h, and sums in double precision to compare with.
private struct Convolution: CustomStringConvertible {
  var conv: sgk_conv

  /// The image is as large as the windows need, `after` pixels more (or, negative: zeros after the image), at least 1.
  init(
    batch: Int, out: (Int, Int), channels: (Int, Int), filter: (Int, Int), stride: (Int, Int) = (1, 1),
    pad: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1), after: (Int, Int) = (0, 0), groups: Int = 1
  ) {
    let height = (out.0 - 1) * stride.0 + (filter.0 - 1) * dilation.0 + 1 - pad.0 + after.0
    let width = (out.1 - 1) * stride.1 + (filter.1 - 1) * dilation.1 + 1 - pad.1 + after.1
    conv = sgk_conv(
      batch: Int64(batch), height: Int64(max(1, height)), width: Int64(max(1, width)), in_channels: Int64(channels.0),
      out_height: Int64(out.0), out_width: Int64(out.1), out_channels: Int64(channels.1),
      filter_height: Int64(filter.0), filter_width: Int64(filter.1), stride_height: Int64(stride.0),
      stride_width: Int64(stride.1), pad_top: Int64(pad.0), pad_left: Int64(pad.1),
      dilation_height: Int64(dilation.0), dilation_width: Int64(dilation.1), groups: Int64(groups))
  }

  static func random(using random: inout TestRandom) -> Convolution {
    func pick(_ values: [Int]) -> Int { values.randomElement(using: &random) ?? 1 }
    func pair(_ values: [Int]) -> (Int, Int) { (pick(values), pick(values)) }
    let plain = Bool.random(using: &random)
    let groups = pick([1, 1, 2, 3, 8])
    var channels = pair([1, 2, 3, 4, 5, 8, 17, 33])
    if groups > 1 {
      channels = pick([0, 1]) == 0 ? (groups, groups) : (groups * pick([1, 2, 5]), groups * pick([1, 2, 17]))
    }
    return Convolution(
      batch: pick([1, 2, 5]), out: pair([1, 2, 3, 5, 8]), channels: channels,
      filter: pair([1, 2, 3, 4, 5]), stride: Bool.random(using: &random) ? (1, 1) : pair([1, 2, 3, 4]),
      pad: pair([0, 1, 2, 3]), dilation: plain ? (1, 1) : pair([1, 2, 3]), after: pair([-2, -1, 0, 1, 2]),
      groups: groups)
  }

  var description: String {
    "x \([conv.batch, conv.height, conv.width, conv.in_channels]) -> "
      + "y \([conv.out_height, conv.out_width, conv.out_channels]), filter \([conv.filter_height, conv.filter_width]), "
      + "stride \([conv.stride_height, conv.stride_width]), pad \([conv.pad_top, conv.pad_left]), "
      + "dilation \([conv.dilation_height, conv.dilation_width]), groups \(conv.groups)"
  }

  var imageCount: Int { Int(conv.batch * conv.height * conv.width * conv.in_channels) }
  var resultCount: Int { Int(conv.batch * conv.out_height * conv.out_width * conv.out_channels) }
  var filterCount: Int {
    Int(conv.filter_height * conv.filter_width * conv.in_channels / conv.groups * conv.out_channels)
  }

  /// Calls body with the offsets of every (x, y, w) whose product counts, for all channels in turn.
  func forEachProduct(_ body: (_ x: Int, _ y: Int, _ w: Int) -> Void) {
    let c = conv
    let (groupIn, groupOut) = (Int(c.in_channels / c.groups), Int(c.out_channels / c.groups))
    for n in 0..<c.batch {
      for i in 0..<c.out_height {
        for j in 0..<c.out_width {
          let y = Int(((n * c.out_height + i) * c.out_width + j) * c.out_channels)
          for p in 0..<c.filter_height {
            for q in 0..<c.filter_width {
              let row = i * c.stride_height - c.pad_top + p * c.dilation_height
              let column = j * c.stride_width - c.pad_left + q * c.dilation_width
              guard row >= 0, row < c.height, column >= 0, column < c.width else { continue }
              let x = Int(((n * c.height + row) * c.width + column) * c.in_channels)
              let w = Int(p * c.filter_width + q) * groupIn * Int(c.out_channels)
              for o in 0..<Int(c.out_channels) {
                for channel in 0..<groupIn {
                  body(x + o / groupOut * groupIn + channel, y + o, w + channel * Int(c.out_channels) + o)
                }
              }
            }
          }
        }
      }
    }
  }

  func check<T: KernelElement & BinaryFloatingPoint>(_: T.Type) {
    var random = TestRandom(UInt64(imageCount &* 31 &+ filterCount))
    let x = Strided([imageCount]) { _ in T(Double.random(in: -1...1, using: &random)) }
    let y = Strided([resultCount]) { _ in T(Double.random(in: -1...1, using: &random)) }
    let w = Strided([filterCount]) { _ in T(Double.random(in: -1...1, using: &random)) }
    let (xs, ys, ws) = (x.values.map { Double($0) }, y.values.map { Double($0) }, w.values.map { Double($0) })
    var (expectedY, expectedX, expectedW) = (Sums(resultCount), Sums(imageCount), Sums(filterCount))
    forEachProduct { i, j, k in
      expectedY.add(xs[i] * ws[k], at: j)
      expectedX.add(ys[j] * ws[k], at: i)
      expectedW.add(xs[i] * ys[j], at: k)
    }
    verify(expectedY, T.self, "forward") { sgk_conv2d($0, T.dtype, x.memory.baseAddress, w.memory.baseAddress, $1) }
    verify(expectedX, T.self, "input gradient") {
      sgk_conv2d_input_grad($0, T.dtype, y.memory.baseAddress, w.memory.baseAddress, $1)
    }
    verify(expectedW, T.self, "filter gradient") {
      sgk_conv2d_filter_grad($0, T.dtype, x.memory.baseAddress, y.memory.baseAddress, $1)
    }
  }

  private func verify<T: KernelElement & BinaryFloatingPoint>(
    _ expected: Sums, _: T.Type, _ name: String,
    _ run: (UnsafePointer<sgk_conv>, UnsafeMutableRawPointer?) -> sgk_status
  ) {
    let outs = (0..<2).map { threads in
      let out = Strided([expected.values.count]) { _ in T.nan }
      sgk_set_num_threads(Int32(threads + 1))
      let status = withUnsafePointer(to: conv) { run($0, out.memory.baseAddress) }
      #expect(status == SGK_OK)
      return out.values
    }
    #expect(zip(outs[0], outs[1]).allSatisfy { isSame($0, $1) }, "\(name), bits differ on 2 threads: \(self)")
    for (i, got) in outs[0].enumerated() {
      // A sum of n rounded products is off by no more than n roundings of the sum of their magnitudes.
      let bound = Double(T.ulpOfOne) * Double(expected.terms[i] + 1) * expected.magnitudes[i]
      let error = abs(Double(got) - expected.values[i])
      if !(error <= bound) {
        Issue.record("\(T.self) \(name) \(self): element \(i) is off by \(error)")
        return
      }
    }
  }

  func checkBoth() {
    check(Float.self)
    check(Double.self)
  }
}

private struct Sums {
  var values: [Double]
  var magnitudes: [Double]
  var terms: [Int]

  init(_ count: Int) {
    values = Array(repeating: 0, count: count)
    magnitudes = values
    terms = Array(repeating: 0, count: count)
  }

  mutating func add(_ term: Double, at index: Int) {
    values[index] += term
    magnitudes[index] += abs(term)
    terms[index] += 1
  }
}

@Suite struct KernelConvTests {
  @Test(arguments: KernelSettings.levels) func everyGeometry(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      var random = TestRandom(11)
      for _ in 0..<150 { Convolution.random(using: &random).checkBoth() }
    }
  }

  /// The shapes that GANs are made of, smaller in batch and channels.
  @Test(arguments: KernelSettings.levels) func shapesOfGANs(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      let strided = (filter: (4, 4), stride: (2, 2), pad: (1, 1), after: (-1, -1))
      for (out, channels) in [(8, (3, 20)), (14, (1, 16)), (7, (16, 33)), (4, (24, 40)), (2, (40, 17)), (3, (36, 48))] {
        Convolution(
          batch: 3, out: (out, out), channels: channels, filter: strided.filter, stride: strided.stride,
          pad: strided.pad, after: strided.after
        ).checkBoth()
      }
      // The first layer of a generator (its adjoint) and the last of a discriminator: one window covers the image.
      Convolution(batch: 9, out: (1, 1), channels: (40, 10), filter: (4, 4)).checkBoth()
      Convolution(batch: 9, out: (1, 1), channels: (70, 1), filter: (4, 4)).checkBoth()
      Convolution(batch: 2, out: (8, 8), channels: (20, 20), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 2, out: (8, 8), channels: (9, 12), filter: (5, 5), pad: (2, 2), after: (-2, -2)).checkBoth()
      // To and from images, stride 1.
      Convolution(batch: 2, out: (9, 9), channels: (40, 3), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 2, out: (9, 9), channels: (3, 40), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 4, out: (6, 5), channels: (33, 18), filter: (1, 1)).checkBoth()
    }
  }

  /// One image, cut into items by rows; channels that fill more than one block along the sum.
  @Test(arguments: KernelSettings.levels) func fewImagesAndManyChannels(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      Convolution(
        batch: 1, out: (20, 20), channels: (3, 33), filter: (4, 4), stride: (2, 2), pad: (1, 1), after: (-1, -1)
      ).checkBoth()
      Convolution(batch: 1, out: (3, 3), channels: (300, 5), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 1, out: (3, 3), channels: (5, 300), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 1, out: (33, 1), channels: (2, 2), filter: (7, 1), stride: (3, 1)).checkBoth()
    }
  }

  /// No windows, no filter, no channels: results are empty or zero, and nothing else is touched.
  @Test(arguments: KernelSettings.levels) func emptyExtents(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      Convolution(batch: 0, out: (2, 2), channels: (3, 4), filter: (3, 3)).checkBoth()
      Convolution(batch: 2, out: (0, 2), channels: (3, 4), filter: (3, 3), after: (9, 0)).checkBoth()
      Convolution(batch: 2, out: (2, 2), channels: (0, 4), filter: (3, 3)).checkBoth()
      Convolution(batch: 2, out: (2, 2), channels: (3, 0), filter: (3, 3)).checkBoth()
      Convolution(batch: 2, out: (3, 3), channels: (3, 4), filter: (0, 2), after: (1, 0)).checkBoth()
    }
  }

  /// As many groups as channels go the direct way, lanes along the channels; others are blocked products, group by group.
  @Test(arguments: KernelSettings.levels) func groups(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for channels in [3, 16, 37, 130] {
        Convolution(
          batch: 2, out: (9, 11), channels: (channels, channels), filter: (3, 3), pad: (1, 1), after: (-1, -1),
          groups: channels
        ).checkBoth()
        Convolution(
          batch: 1, out: (5, 4), channels: (channels, channels), filter: (5, 6), stride: (2, 3), pad: (2, 3),
          dilation: (1, 2), after: (-1, 1), groups: channels
        ).checkBoth()
      }
      Convolution(
        batch: 2, out: (30, 30), channels: (24, 24), filter: (3, 3), stride: (2, 2), pad: (1, 1), groups: 24
      ).checkBoth()
      for channels in [(8, 16), (40, 20), (4, 4), (64, 64)] {
        Convolution(
          batch: 2, out: (8, 7), channels: channels, filter: (3, 4), pad: (1, 1), after: (-1, 0), groups: 4
        ).checkBoth()
        Convolution(batch: 3, out: (4, 5), channels: channels, filter: (1, 1), groups: 2).checkBoth()
        Convolution(batch: 3, out: (1, 1), channels: channels, filter: (3, 2), groups: 2).checkBoth()
      }
      // Groups so large that each is cut into items of its own.
      Convolution(
        batch: 2, out: (16, 16), channels: (64, 96), filter: (3, 3), pad: (1, 1), after: (-1, -1), groups: 2
      ).checkBoth()
    }
  }

  /// Pixels between and after the windows get a gradient of zero, not what the memory held.
  @Test(arguments: KernelSettings.levels) func untouchedPixelsAreZero(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for channels in [(2, 3), (40, 40)] {
        Convolution(
          batch: 2, out: (2, 3), channels: channels, filter: (1, 2), stride: (3, 4), after: (5, 7)
        ).checkBoth()
        Convolution(
          batch: 2, out: (2, 2), channels: channels, filter: (2, 2), stride: (4, 2), dilation: (2, 4), after: (0, 3)
        ).checkBoth()
      }
    }
  }
}
