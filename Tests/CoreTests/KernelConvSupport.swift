import SwiftGANKernels
import Testing

/// A convolution, its sizes as in sgk_conv.h, and sums in double precision to compare with.
struct Convolution: CustomStringConvertible {
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
      dilation_height: Int64(dilation.0), dilation_width: Int64(dilation.1), groups: Int64(groups),
      precision: SGK_PRECISION_HIGHEST)
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

  /// What forward, input gradient and filter gradient are.
  func exact<T: BinaryFloatingPoint>(_ x: [T], _ y: [T], _ w: [T]) -> [Sums] {
    let (xs, ys, ws) = (x.map { Double($0) }, y.map { Double($0) }, w.map { Double($0) })
    var (forward, image, filter) = (Sums(resultCount), Sums(imageCount), Sums(filterCount))
    forEachProduct { i, j, k in
      forward.add(xs[i] * ws[k], at: j)
      image.add(ys[j] * ws[k], at: i)
      filter.add(xs[i] * ys[j], at: k)
    }
    return [forward, image, filter]
  }

  func check<T: KernelElement & BinaryFloatingPoint>(_: T.Type) {
    var random = TestRandom(UInt64(imageCount &* 31 &+ filterCount))
    let x = Strided([imageCount]) { _ in T(Double.random(in: -1...1, using: &random)) }
    let y = Strided([resultCount]) { _ in T(Double.random(in: -1...1, using: &random)) }
    let w = Strided([filterCount]) { _ in T(Double.random(in: -1...1, using: &random)) }
    let expected = exact(x.values, y.values, w.values)
    verify(expected[0], T.self, "forward") { sgk_conv2d($0, T.dtype, x.memory.baseAddress, w.memory.baseAddress, $1) }
    verify(expected[1], T.self, "input gradient") {
      sgk_conv2d_input_grad($0, T.dtype, y.memory.baseAddress, w.memory.baseAddress, $1)
    }
    verify(expected[2], T.self, "filter gradient") {
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
    if conv.precision == SGK_PRECISION_MEDIUM && T.self == Float.self {
      // In bfloat16 operands are off by half a unit in the eighth bit each, and by Winograd's way a result has a share of its
      // neighbours' roundings.
      let off = zip(outs[0], expected.values).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      let all = expected.magnitudes.reduce(0) { $0 + $1 * $1 }
      #expect(off.squareRoot() <= 0x1p-7 * all.squareRoot(), "\(name): \(self)")
      return
    }
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

struct Sums {
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
