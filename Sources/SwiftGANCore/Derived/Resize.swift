// Images of another size. Positions follow the half-pixel convention: pixel i of the result covers the image from
// i * scale to (i + 1) * scale and is sampled in the middle of it.

/// How the pixels of a resized image are computed.
public enum Interpolation: String, Sendable, CaseIterable {
  /// The pixel in which the sampled point lies.
  case nearest
  /// The mean of the neighbours along each axis, weighted by nearness.
  case bilinear

  /// The method of that name.
  /// - Throws: `.value`, naming all methods.
  public init(named name: String) throws(TensorError) {
    guard let method = Interpolation(rawValue: name) else {
      let names = Interpolation.allCases.map { "'\($0.rawValue)'" }.joined(separator: " and ")
      throw TensorError(.value, "there is no interpolation '\(name)'; there are \(names)")
    }
    self = method
  }
}

extension Tensor {
  /// NHWC images resized to `size` (height, width).
  ///
  /// Pixel i of a result of size m samples the point `(i + 0.5) * n / m` of an image of size n, in which pixel j covers
  /// j to j + 1: `align_corners=False`, as JAX's `image.resize` and PyTorch's `interpolate` do (whose method for `.nearest`
  /// is called "nearest-exact").
  ///
  /// - Parameters:
  ///   - method: `.bilinear` takes the edge's pixel for points beyond the outermost pixels' middles.
  ///   - antialias: whether `.bilinear` widens its triangle to cover all of an image that is made smaller (JAX's default;
  ///     PyTorch's is false).
  public func resized(to size: [Int], method: Interpolation = .bilinear, antialias: Bool = false) -> Tensor {
    .catching {
      try checked()
      guard rank == 4 else {
        throw TensorError(
          .shape, "resize: images have 4 axes (batch, height, width, channels), not shape \(describe(shape: shape))")
      }
      guard size.count == 2, size.allSatisfy((1...1 << 30).contains) else {
        throw TensorError(.value, "resize: the size must be a height and a width, both positive, not \(size)")
      }
      guard (1...1 << 30).contains(shape[1]), (1...1 << 30).contains(shape[2]) else {
        throw TensorError(
          .shape, "resize: height and width must be from 1 to 2^30, but the shape is \(describe(shape: shape))")
      }
      _ = try elementCount([shape[0], size[0], size[1], shape[3]], byteSize: dtype.byteSize)
      if method == .nearest {
        let factors = (0..<2).map { size[$0] / shape[1 + $0] }
        if (0..<2).allSatisfy({ factors[$0] * shape[1 + $0] == size[$0] }) { return repeated(factors) }
        return try nearest(axis: 1, size[0]).nearest(axis: 2, size[1])
      }
      let x = dtype.isFloat ? self : cast(to: .float32)
      return try x.linear(axis: 1, size[0], antialias).linear(axis: 2, size[1], antialias)
    }
  }

  /// NHWC images `factors` (height, width) as large: `resized(to:)` with a size rounded down.
  public func resized(by factors: [Double], method: Interpolation = .bilinear, antialias: Bool = false) -> Tensor {
    .catching {
      try checked()
      guard rank == 4, factors.count == 2 else {
        throw TensorError(
          .shape, "resize: takes images with 4 axes and two factors, not shape \(describe(shape: shape)) and \(factors)"
        )
      }
      let size = (0..<2).map { (Double(shape[1 + $0]) * factors[$0]).rounded(.down) }
      guard size.allSatisfy({ $0 >= 1 && $0 <= 0x1p30 }) else {
        throw TensorError(.value, "resize: factors \(factors) make images of \(shape[1])x\(shape[2]) \(size)")
      }
      return resized(to: size.map { Int($0) }, method: method, antialias: antialias)
    }
  }

  /// Each pixel as a block of pixels.
  private func repeated(_ factors: [Int]) -> Tensor {
    let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
    return reshape([n, h, 1, w, 1, c]).broadcast(to: [n, h, factors[0], w, factors[1], c])
      .reshape([n, h * factors[0], w * factors[1], c])
  }

  private func nearest(axis: Int, _ size: Int) throws(TensorError) -> Tensor {
    let extent = shape[axis]
    if extent == size { return self }
    // floor((i + 0.5) * extent / size), exactly.
    let sources = try Tensor.indices(size) { (2 * $0 + 1) * extent / (2 * size) }
    return gather(sources, axis: axis)
  }

  private func linear(axis: Int, _ size: Int, _ antialias: Bool) throws(TensorError) -> Tensor {
    let extent = shape[axis]
    if extent == size { return self }
    if antialias && size < extent { return try triangles(axis: axis, size) }
    // The point's distance from the first pixel's middle, in units of 1 / (2 size): all whole numbers.
    func place(_ i: Int) -> Int { Swift.min(Swift.max((2 * i + 1) * extent - size, 0), 2 * size * (extent - 1)) }
    let low = try Tensor.indices(size) { place($0) / (2 * size) }
    let high = try Tensor.indices(size) { Swift.min(place($0) / (2 * size) + 1, extent - 1) }
    let rest = try Tensor.indices(size) { place($0) % (2 * size) }
    let share = (rest.cast(to: .float64) / Double(2 * size)).cast(to: dtype)
      .reshape([size] + [Int](repeating: 1, count: rank - axis - 1))
    return gather(low, axis: axis) * (1 - share) + gather(high, axis: axis) * share
  }

  /// A product with the matrix whose rows are triangles as wide as two pixels of the result, each of sum 1.
  private func triangles(axis: Int, _ size: Int) throws(TensorError) -> Tensor {
    let extent = shape[axis]
    _ = try elementCount([size, extent], byteSize: 8)
    let scale = Double(extent) / Double(size)
    let middles = (Tensor.arange(0, Double(size), dtype: .float64) + 0.5) * scale
    let pixels = Tensor.arange(0, Double(extent), dtype: .float64) + 0.5
    let distance = (middles.expandDims(at: 1) - pixels).abs() / scale
    let weights = (1 - distance).relu()
    let matrix = (weights / weights.sum(axes: [1], keepDims: true)).cast(to: dtype)
    // Pixels keep their bits, whatever precision the network's products have.
    return MatmulPrecision.highest.within { matrix.matmul(swapAxes(axis, 2)).swapAxes(axis, 2) }
  }

  /// Blocks of channels spread over space (Shi et al. 2016): (batch, height, width, channels * factor^2) becomes
  /// (batch, height * factor, width * factor, channels).
  ///
  /// Channel `(c * factor + i) * factor + j` goes to row i and column j of the block: PyTorch's order, with channels last.
  public func pixelShuffle(_ factor: Int) -> Tensor {
    .catching {
      try checkShuffle("pixel_shuffle", factor)
      let (n, h, w) = (shape[0], shape[1], shape[2])
      guard factor <= 1 << 15, shape[3] % (factor * factor) == 0 else {
        throw TensorError(
          .value, "pixel_shuffle: \(shape[3]) channels are no multiple of the square of the factor \(factor)")
      }
      let channels = shape[3] / (factor * factor)
      return reshape([n, h, w, channels, factor, factor]).transposed([0, 1, 4, 2, 5, 3])
        .reshape([n, h * factor, w * factor, channels])
    }
  }

  /// The inverse of `pixelShuffle`: (batch, height, width, channels) becomes
  /// (batch, height / factor, width / factor, channels * factor^2).
  public func pixelUnshuffle(_ factor: Int) -> Tensor {
    .catching {
      try checkShuffle("pixel_unshuffle", factor)
      let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
      guard h % factor == 0, w % factor == 0 else {
        throw TensorError(.value, "pixel_unshuffle: the factor \(factor) does not divide images of \(h)x\(w)")
      }
      let (channels, overflow) = c.multipliedReportingOverflow(by: factor)
      let (all, overflowToo) = channels.multipliedReportingOverflow(by: factor)
      guard !overflow, !overflowToo else { throw TensorError(.memory, "pixel_unshuffle: the channels overflow") }
      return reshape([n, h / factor, factor, w / factor, factor, c]).transposed([0, 1, 3, 5, 2, 4])
        .reshape([n, h / factor, w / factor, all])
    }
  }

  private func checkShuffle(_ name: String, _ factor: Int) throws(TensorError) {
    try checked()
    guard rank == 4 else {
      throw TensorError(
        .shape, "\(name): images have 4 axes (batch, height, width, channels), not shape \(describe(shape: shape))")
    }
    guard factor > 0 else { throw TensorError(.value, "\(name): the factor must be at least 1, not \(factor)") }
  }
}

let resizeOperations: [Operation] = [
  Operation("resize", 1...1, ["size", "method", "antialias"]) { x, a in
    let size = try a.ints("size")
    return x[0].resized(
      to: size.count == 1 ? size + size : size,
      method: try Interpolation(named: a.text("method", default: "bilinear")),
      antialias: try a.bool("antialias", default: false))
  },
  Operation("pixel_shuffle", 1...1, ["factor"]) { x, a in x[0].pixelShuffle(try a.int("factor")) },
  Operation("pixel_unshuffle", 1...1, ["factor"]) { x, a in x[0].pixelUnshuffle(try a.int("factor")) },
]

/// All operations on images that are composed of others.
let imageOperations = paddingOperations + poolingOperations + resizeOperations + pyramidOperations
