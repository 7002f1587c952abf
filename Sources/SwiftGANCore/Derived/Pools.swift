// Pooling as users call it. A sequence is an image one pixel high; the average of a window is a depthwise convolution.

extension Tensor {
  /// The largest element of each window of NHWC images. The first of equal ones takes the gradient; NaN wins.
  ///
  /// - Parameters:
  ///   - window: height and width.
  ///   - stride: steps between windows; nil for the window's size.
  ///   - padding: rows and columns at the top, bottom, left and right that belong to no window's elements.
  ///   - dilation: steps between a window's elements.
  /// - Returns: (batch, height', width', channels) with
  ///   `height' = (height + padding - dilation * (window - 1) - 1) / stride + 1`, rounded down.
  public func maxPool2d(
    window: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0, 0, 0], dilation: [Int] = [1, 1]
  ) -> Tensor {
    apply(
      .maxPool2d, [self],
      [
        "window": .ints(window), "stride": .ints(stride ?? window), "padding": .ints(padding),
        "dilation": .ints(dilation),
      ])
  }

  /// The mean of each window of NHWC images; sizes as for `maxPool2d`.
  ///
  /// - Parameter countIncludePad: whether the padding counts as zeros (as in PyTorch), or the mean is that of the elements
  ///   inside the image.
  public func avgPool2d(
    window: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0, 0, 0], countIncludePad: Bool = true
  ) -> Tensor {
    averaged(
      "avg_pool2d",
      ["window": .ints(window), "stride": .ints(stride ?? window), "padding": .ints(padding)], countIncludePad)
  }

  fileprivate func averaged(_ name: String, _ attributes: Attributes, _ countIncludePad: Bool) -> Tensor {
    .catching {
      do {
        let image = try checked().shape
        guard image.count == 4 else {
          throw TensorError(
            .shape, "the image must have 4 axes (batch, height, width, channels), not shape \(describe(shape: image))")
        }
        let geometry = try PoolingGeometry(attributes)
        let size = try geometry.outputSize(image: Array(image[1...2]))
        let x = dtype.isFloat ? self : cast(to: .float32)
        let ones = Tensor.ones(geometry.window + [1, image[3]], dtype: x.dtype)
        let sums = x.conv2d(ones, stride: geometry.stride, padding: geometry.padding, groups: Swift.max(1, image[3]))
        if countIncludePad || geometry.padding == [0, 0, 0, 0] {
          return sums / Double(geometry.window[0] * geometry.window[1])
        }
        let rows = try geometry.counts(image: image[1], output: size[0], 0).reshape([size[0], 1, 1])
        let columns = try geometry.counts(image: image[2], output: size[1], 1).reshape([size[1], 1])
        return sums / (rows.cast(to: x.dtype) * columns.cast(to: x.dtype))
      } catch let error as TensorError {
        throw error.prefixed(name)
      }
    }
  }

  /// The largest element of each of height' x width' windows that cover NHWC images evenly: window i begins at
  /// `floor(i * height / height')` and ends before `ceil((i + 1) * height / height')` (PyTorch's rule).
  public func adaptiveMaxPool2d(_ size: [Int]) -> Tensor { apply(.maxPool2d, [self], ["output_size": .ints(size)]) }

  /// The mean of each of the windows of `adaptiveMaxPool2d`.
  public func adaptiveAvgPool2d(_ size: [Int]) -> Tensor {
    .catching {
      do {
        let image = try checked().shape
        guard image.count == 4 else {
          throw TensorError(
            .shape, "the image must have 4 axes (batch, height, width, channels), not shape \(describe(shape: image))")
        }
        let target = try PoolingGeometry(["output_size": .ints(size)]).outputSize(image: Array(image[1...2]))
        let windows = (0..<2).map { image[1 + $0] / target[$0] }
        if (0..<2).allSatisfy({ image[1 + $0] == target[$0] * windows[$0] }) { return avgPool2d(window: windows) }
        let x = dtype.isFloat ? self : cast(to: .float32)
        return try x.adaptiveMean(axis: 1, windows: target[0]).adaptiveMean(axis: 2, windows: target[1])
      } catch let error as TensorError {
        throw error.prefixed("adaptive_avg_pool2d")
      }
    }
  }

  /// Means over windows along one axis that differ in length by one at most: they are read as windows of the greatest
  /// length, of which the shorter ones leave their last element out.
  private func adaptiveMean(axis: Int, windows: Int) throws(TensorError) -> Tensor {
    let extent = shape[axis]
    if extent == windows { return self }
    func first(_ i: Int) -> Int { i * extent / windows }
    func end(_ i: Int) -> Int { ((i + 1) * extent + windows - 1) / windows }
    let longest = try Tensor.indices(windows) { end($0) - first($0) }
    let length = extent % windows == 0 ? extent / windows : Int(try longest.max().item())
    let index = try Tensor.indices(windows * length) { i in
      Swift.min(first(i / length) + i % length, extent - 1)
    }
    var spread = shape
    spread.replaceSubrange(axis...axis, with: [windows, length])
    let isInside = try Tensor.indices(windows * length) { i in i % length < end(i / length) - first(i / length) ? 1 : 0
    }
    let mask = (isInside .!= 0).reshape([windows, length] + [Int](repeating: 1, count: rank - axis - 1))
    let counts = longest.cast(to: dtype).reshape([windows] + [Int](repeating: 1, count: rank - axis - 1))
    return Tensor.select(mask, gather(index, axis: axis).reshape(spread), scalar(0)).sum(axes: [axis + 1]) / counts
  }

  /// The largest element of each channel of each NHWC image: (batch, channels).
  public func globalMaxPool2d() -> Tensor {
    .catching {
      let x = try images("global_max_pool2d", rank: 4)
      return x.adaptiveMaxPool2d([1, 1]).squeeze(axes: [1, 2])
    }
  }

  /// The mean of each channel of each NHWC image: (batch, channels).
  public func globalAvgPool2d() -> Tensor { .catching { try images("global_avg_pool2d", rank: 4).mean(axes: [1, 2]) } }

  /// The largest element of each window of sequences (batch, width, channels); as `maxPool2d`, `padding` being the numbers
  /// of elements before and after.
  public func maxPool1d(window: Int, stride: Int? = nil, padding: [Int] = [0, 0], dilation: Int = 1) -> Tensor {
    sequences("max_pool1d", padding) { x, sides in
      x.maxPool2d(window: [1, window], stride: [1, stride ?? window], padding: sides, dilation: [1, dilation])
    }
  }

  /// The mean of each window of sequences (batch, width, channels); as `avgPool2d`.
  public func avgPool1d(
    window: Int, stride: Int? = nil, padding: [Int] = [0, 0], countIncludePad: Bool = true
  ) -> Tensor {
    sequences("avg_pool1d", padding) { x, sides in
      x.avgPool2d(
        window: [1, window], stride: [1, stride ?? window], padding: sides, countIncludePad: countIncludePad)
    }
  }

  /// The largest element of each of so many windows that cover sequences (batch, width, channels) evenly.
  public func adaptiveMaxPool1d(_ size: Int) -> Tensor {
    sequences("adaptive_max_pool1d", [0, 0]) { x, _ in x.adaptiveMaxPool2d([1, size]) }
  }

  /// The mean of each of so many windows that cover sequences (batch, width, channels) evenly.
  public func adaptiveAvgPool1d(_ size: Int) -> Tensor {
    sequences("adaptive_avg_pool1d", [0, 0]) { x, _ in x.adaptiveAvgPool2d([1, size]) }
  }

  private func images(_ name: String, rank expected: Int) throws(TensorError) -> Tensor {
    try checked()
    guard rank == expected else {
      let axes = expected == 4 ? "(batch, height, width, channels)" : "(batch, width, channels)"
      throw TensorError(.shape, "\(name): the input must have \(expected) axes \(axes), not \(describe(shape: shape))")
    }
    return self
  }

  private func sequences(_ name: String, _ padding: [Int], _ body: (Tensor, [Int]) -> Tensor) -> Tensor {
    .catching {
      let x = try images(name, rank: 3)
      guard padding.count == 2 else {
        throw TensorError(.value, "\(name): padding must be two numbers (before, after), not \(padding)")
      }
      return try body(x.expandDims(at: 1), [0, 0] + padding).checked().squeeze(axes: [1])
    }
  }

  /// int64 numbers along one axis, computed from their positions.
  static func indices(_ count: Int, _ body: (Int) -> Int) throws(TensorError) -> Tensor {
    let count = try elementCount([count], byteSize: 8)
    let storage = try Storage(byteCount: count * 8)
    let pointer = storage.pointer.assumingMemoryBound(to: Int64.self)
    for i in 0..<count { pointer[i] = Int64(body(i)) }
    return Tensor(node: Node(storage: storage, layout: Layout(contiguous: [count]), dtype: .int64))
  }
}

let poolingOperations: [Operation] = [
  Operation("avg_pool2d", 1...1, ["window", "stride", "padding", "count_include_pad"]) { x, a in
    x[0].averaged(
      "avg_pool2d", Attributes(a.pairs.filter { $0.key != "count_include_pad" }),
      try a.bool("count_include_pad", default: true))
  },
  Operation("adaptive_avg_pool2d", 1...1, ["output_size"]) { x, a in
    let size = try a.ints("output_size")
    return x[0].adaptiveAvgPool2d(size.count == 1 ? size + size : size)
  },
  Operation("global_max_pool2d") { x, _ in x[0].globalMaxPool2d() },
  Operation("global_avg_pool2d") { x, _ in x[0].globalAvgPool2d() },
  Operation("max_pool1d", 1...1, ["window", "stride", "padding", "dilation"]) { x, a in
    let window = try a.int("window")
    return x[0].maxPool1d(
      window: window, stride: try a.int("stride", default: window), padding: try a.ints("padding", default: [0, 0]),
      dilation: try a.int("dilation", default: 1))
  },
  Operation("avg_pool1d", 1...1, ["window", "stride", "padding", "count_include_pad"]) { x, a in
    let window = try a.int("window")
    return x[0].avgPool1d(
      window: window, stride: try a.int("stride", default: window), padding: try a.ints("padding", default: [0, 0]),
      countIncludePad: try a.bool("count_include_pad", default: true))
  },
  Operation("adaptive_max_pool1d", 1...1, ["output_size"]) { x, a in x[0].adaptiveMaxPool1d(try a.int("output_size")) },
  Operation("adaptive_avg_pool1d", 1...1, ["output_size"]) { x, a in x[0].adaptiveAvgPool1d(try a.int("output_size")) },
]
