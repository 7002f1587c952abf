// Image pyramids (Burt and Adelson 1983). Images are blurred by the binomial filter (1, 4, 6, 4, 1) / 16 along each axis;
// edges and sizes are those of OpenCV's pyrDown and pyrUp: borders mirror the image without repeating its edge.

extension Tensor {
  /// NHWC images blurred and of half the height and width, rounded up: REDUCE.
  ///
  /// Integers and booleans become float32.
  public func pyramidDown() -> Tensor {
    .catching {
      let x = try pyramidImages("pyramid_down")
      return x.halved(axis: 1).halved(axis: 2)
    }
  }

  /// NHWC images of twice the height and width, smoothly: EXPAND.
  ///
  /// - Parameter size: height and width, each twice that of these images or one less (what `pyramidDown` has halved may
  ///   have been odd); nil for twice.
  public func pyramidUp(to size: [Int]? = nil) -> Tensor {
    .catching {
      let x = try pyramidImages("pyramid_up")
      let size = size ?? [2 * x.shape[1], 2 * x.shape[2]]
      guard size.count == 2, (0..<2).allSatisfy({ (2 * x.shape[1 + $0] - 1...2 * x.shape[1 + $0]).contains(size[$0]) })
      else {
        throw TensorError(
          .value,
          "pyramid_up: images of \(x.shape[1])x\(x.shape[2]) become twice as large, or one less on a side, not \(size)")
      }
      _ = try elementCount([x.shape[0], size[0], size[1], x.shape[3]], byteSize: x.dtype.byteSize)
      return x.doubled(axis: 1, to: size[0]).doubled(axis: 2, to: size[1])
    }
  }

  /// The Gaussian pyramid: `levels` images, these first, each of the others half as large as the one before.
  /// - Throws: `.shape` unless these are images, `.value` for no level, or more than there are sizes down to 1x1.
  public func gaussianPyramid(levels: Int) throws -> [Tensor] {
    let x = try pyramidImages("gaussian_pyramid")
    let sizes = try Tensor.pyramidSizes(height: x.shape[1], width: x.shape[2], levels: levels)
    return try sizes.dropFirst().reduce(into: [x]) { pyramid, _ in
      pyramid.append(try pyramid[pyramid.count - 1].pyramidDown().checked())
    }
  }

  /// The Laplacian pyramid: what each level of the Gaussian pyramid has beyond the next one expanded, and the last level
  /// itself. ``reconstructed(fromLaplacian:)`` is its inverse.
  /// - Throws: as ``gaussianPyramid(levels:)``.
  public func laplacianPyramid(levels: Int) throws -> [Tensor] {
    let images = try gaussianPyramid(levels: levels)
    let details = try zip(images, images.dropFirst()).map { image, coarse in
      try (image - coarse.pyramidUp(to: Array(image.shape[1...2]))).checked()
    }
    return details + images.suffix(1)
  }

  /// The images of a Laplacian pyramid, exact but for the rounding of one difference and one sum at each level.
  /// - Throws: `.value` for an empty list; `.shape` or `.value` for levels that do not fit.
  public static func reconstructed(fromLaplacian pyramid: [Tensor]) throws -> Tensor {
    guard let coarsest = pyramid.last else {
      throw TensorError(.value, "reconstruct_pyramid: there must be at least one level")
    }
    return try pyramid.dropLast().reversed().reduce(try coarsest.pyramidImages("reconstruct_pyramid")) {
      image, detail in
      let detail = try detail.pyramidImages("reconstruct_pyramid")
      let expanded = try image.pyramidUp(to: Array(detail.shape[1...2])).checked()
      guard expanded.shape == detail.shape else {
        throw TensorError(
          .shape,
          "reconstruct_pyramid: a level of shape \(describe(shape: detail.shape)) does not fit the next one, of shape "
            + describe(shape: image.shape))
      }
      return try (expanded + detail).checked()
    }
  }

  /// Height and width of each level, largest first.
  /// - Throws: `.value` for no level, or more than there are sizes down to 1x1.
  public static func pyramidSizes(height: Int, width: Int, levels: Int) throws -> [[Int]] {
    var sizes = [[height, width]]
    while let last = sizes.last, sizes.count < levels, last != [1, 1] { sizes.append(last.map { ($0 + 1) / 2 }) }
    guard levels >= 1, sizes.count == levels else {
      throw TensorError(
        .value, "images of \(height)x\(width) have pyramids of 1 to \(sizes.count) levels, not \(levels)")
    }
    return sizes
  }

  private func pyramidImages(_ name: String) throws(TensorError) -> Tensor {
    try checked()
    guard rank == 4, shape[1] > 0, shape[2] > 0 else {
      throw TensorError(
        .shape,
        "\(name): images have 4 axes (batch, height, width, channels) and at least one pixel, not shape "
          + describe(shape: shape))
    }
    guard shape[1] <= 1 << 30, shape[2] <= 1 << 30 else {
      throw TensorError(.shape, "\(name): height and width are at most 2^30, not those of \(describe(shape: shape))")
    }
    return dtype.isFloat ? self : cast(to: .float32)
  }

  private func halved(axis: Int) -> Tensor {
    let size = (shape[axis] + 1) / 2
    var widths = [(Int, Int)](repeating: (0, 0), count: rank)
    widths[axis] = (2, 2)
    let padded = pad(widths, mode: .reflect)
    func tap(_ place: Int) -> Tensor { padded.sliced(axis: axis, from: place, to: place + 2 * size - 1, step: 2) }
    return 0.375 * tap(2) + 0.25 * (tap(1) + tap(3)) + 0.0625 * (tap(0) + tap(4))
  }

  private func doubled(axis: Int, to size: Int) -> Tensor {
    let extent = shape[axis]
    guard let places = try? Tensor.indices(extent + 2, { Swift.min(Swift.abs($0 - 1), extent - 1) }) else {
      return self
    }
    // The image between its neighbours: before the first pixel stands the second, after the last one itself again.
    let padded = gather(places, axis: axis)
    func tap(_ place: Int) -> Tensor { padded.sliced(axis: axis, from: place, to: place + extent) }
    let even = 0.75 * tap(1) + 0.125 * (tap(0) + tap(2))
    let odd = 0.5 * (tap(1) + tap(2))
    var target = shape
    target[axis] = 2 * extent
    return Tensor.stack([even, odd], axis: axis + 1).reshape(target).sliced(axis: axis, from: 0, to: size)
  }
}

let pyramidOperations: [Operation] = [
  Operation("pyramid_down") { x, _ in x[0].pyramidDown() },
  Operation("pyramid_up", 1...1, ["size"]) { x, a in
    let size = try a["size"] == nil ? nil : a.ints("size")
    return x[0].pyramidUp(to: size.map { $0.count == 1 ? $0 + $0 : $0 })
  },
]
