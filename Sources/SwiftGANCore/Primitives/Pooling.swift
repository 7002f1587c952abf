import SwiftGANKernels

// Max pooling is a primitive with a fast kernel for values. Its gradient asks a second one where the largest elements lie
// and adds the cotangent there, along an axis: a pair that is closed under differentiation.

/// The windows of pooling: images NHWC.
struct PoolingGeometry {
  /// Height and width of a window, in taps; empty when the windows follow from `outputSize`.
  var window: [Int] = []
  var stride: [Int] = []
  /// Rows and columns around the image that belong to no window: top, bottom, left, right.
  var padding: [Int] = [0, 0, 0, 0]
  var dilation: [Int] = [1, 1]
  /// Adaptive pooling: so many windows, which cover the image evenly; nil otherwise.
  var outputSize: [Int]?

  static let attributeNames = ["window", "stride", "padding", "dilation", "output_size"]

  init(_ attributes: Attributes) throws(TensorError) {
    if attributes["output_size"] != nil {
      for name in ["window", "stride", "padding", "dilation"] where attributes[name] != nil {
        throw TensorError(.type, "output_size settles the windows; leave '\(name)' out")
      }
      outputSize = try Self.pair(attributes, "output_size", default: nil)
      return
    }
    window = try Self.pair(attributes, "window", default: nil)
    stride = try Self.pair(attributes, "stride", default: window)
    dilation = try Self.pair(attributes, "dilation", default: [1, 1])
    let given = try attributes.ints("padding", default: [0])
    switch given.count {
    case 1: padding = [given[0], given[0], given[0], given[0]]
    case 2: padding = [given[0], given[0], given[1], given[1]]
    default: padding = given
    }
    guard padding.count == 4, padding.allSatisfy({ (0...(1 << 30)).contains($0) }) else {
      throw TensorError(
        .value, "padding must be 1, 2 or 4 numbers (top, bottom, left, right), none negative or over 2^30, not \(given)"
      )
    }
  }

  private static func pair(_ attributes: Attributes, _ key: String, default value: [Int]?) throws(TensorError) -> [Int]
  {
    if let value, attributes[key] == nil { return value }
    let values = try attributes.ints(key)
    let both = values.count == 1 ? [values[0], values[0]] : values
    guard both.count == 2, both.allSatisfy({ (1...(1 << 20)).contains($0) }) else {
      throw TensorError(.value, "\(key) must be one or two numbers from 1 to \(1 << 20), not \(values)")
    }
    return both
  }

  /// Height and width of the result; an error when a window would hold no element of the image.
  func outputSize(image: [Int]) throws(TensorError) -> [Int] {
    var size: [Int] = []
    for axis in 0..<2 {
      let along = axis == 0 ? "the height" : "the width"
      guard image[axis] > 0 else { throw TensorError(.shape, "there is nothing to pool along \(along): it is 0") }
      guard image[axis] < 1 << 40 else {
        throw TensorError(.memory, "\(image[axis]) along \(along) do not fit in memory")
      }
      if let outputSize {
        size.append(outputSize[axis])
        continue
      }
      let reach = (window[axis] - 1) * dilation[axis] + 1
      let padded = image[axis] + padding[2 * axis] + padding[2 * axis + 1]
      guard padded >= reach else {
        throw TensorError(
          .shape,
          "a window of \(window[axis]) (dilation \(dilation[axis])) does not fit the padded image's \(padded) along "
            + along)
      }
      let count = (padded - reach) / stride[axis] + 1
      guard holdsElements(image[axis], axis, windows: count) else {
        throw TensorError(
          .value,
          "padding \(padding[2 * axis]) and \(padding[2 * axis + 1]) leave a window of \(window[axis]) (dilation "
            + "\(dilation[axis])) along \(along) without an element of the image")
      }
      size.append(count)
    }
    return size
  }

  /// Whether each window along the axis has a tap inside the image.
  private func holdsElements(_ extent: Int, _ axis: Int, windows: Int) -> Bool {
    let (step, pad) = (stride[axis], padding[2 * axis])
    if (windows - 1) * step - pad >= extent { return false }
    if pad >= (window[axis] - 1) * dilation[axis] + 1 { return false }
    // A window that starts before the image and steps over all of it: what it meets repeats with the dilation.
    var index = 0
    while index < windows, index < dilation[axis], index * step < pad, extent < dilation[axis] {
      let before = pad - index * step
      let taps = (before + dilation[axis] - 1) / dilation[axis]
      if taps >= window[axis] || taps * dilation[axis] - before >= extent { return false }
      index += 1
    }
    return true
  }

  private func windows(image: Int, output: Int, _ axis: Int) -> sgk_windows {
    let isAdaptive = outputSize != nil
    return sgk_windows(
      extent: Int64(image), windows: Int64(output), taps: isAdaptive ? 0 : Int64(window[axis]),
      stride: isAdaptive ? 1 : Int64(stride[axis]), pad: Int64(padding[2 * axis]), dilation: Int64(dilation[axis]),
      adaptive: isAdaptive ? 1 : 0)
  }

  func kernelValue(image: [Int], output: [Int]) -> sgk_pooling {
    sgk_pooling(
      batch: Int64(image[0]), channels: Int64(image[3]), y: windows(image: image[1], output: output[1], 0),
      x: windows(image: image[2], output: output[2], 1))
  }

  /// How many elements of the image each window along an axis holds.
  func counts(image: Int, output: Int, _ axis: Int) throws(TensorError) -> Tensor {
    try Tensor.indices(output) { i in
      let start = i * stride[axis] - padding[2 * axis]
      let low = start >= 0 ? 0 : (-start + dilation[axis] - 1) / dilation[axis]
      let high = start >= image ? 0 : (image - start + dilation[axis] - 1) / dilation[axis]
      return max(0, min(high, window[axis]) - low)
    }
  }
}

@Sendable private func pooledShape(_ inputs: [TensorSpec], _ attributes: Attributes) throws -> [Int] {
  let image = inputs[0].shape
  guard image.count == 4 else {
    throw TensorError(
      .shape, "the image must have 4 axes (batch, height, width, channels), not shape \(describe(shape: image))")
  }
  if inputs[0].dtype == .bool { throw TensorError(.type, "takes numbers, not bool; cast first") }
  let size = try PoolingGeometry(attributes).outputSize(image: Array(image[1...2]))
  return [image[0], size[0], size[1], image[3]]
}

let poolingPrimitives: [Primitive] = [
  Primitive(
    "max_pool2d", arity: 1...1, attributes: PoolingGeometry.attributeNames,
    infer: { inputs, attributes in TensorSpec(try pooledShape(inputs, attributes), inputs[0].dtype) },
    execution: .kernel("max_pool2d"),
    vjp: { p in
      let (image, result) = (p.inputs[0].shape, p.output.shape)
      let pixels = [image[0], image[1] * image[2], image[3]]
      let windows = [result[0], result[1] * result[2], result[3]]
      let index = apply(.maxPool2dIndex, [p.inputs[0].stopGradient()], p.attributes)
      return [
        Tensor.zeros(pixels, dtype: p.cotangent.dtype).scatterAddAlongAxis(
          p.cotangent.reshape(windows), at: index.reshape(windows), axis: 1
        ).reshape(image)
      ]
    }),
  // Where in its image (row * width + column) each window's first largest element lies.
  Primitive(
    "max_pool2d_index", arity: 1...1, attributes: PoolingGeometry.attributeNames,
    infer: { inputs, attributes in TensorSpec(try pooledShape(inputs, attributes), .int64) },
    execution: .kernel("max_pool2d_index"), vjp: nil),
]

extension Primitive {
  static let maxPool2d = named("max_pool2d")
  static let maxPool2dIndex = named("max_pool2d_index")
}

private typealias PoolingKernel =
  @Sendable (UnsafePointer<sgk_pooling>, sgk_dtype, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> sgk_status

private func poolingKernel(_ function: @escaping PoolingKernel) -> CPU.Kernel {
  { call in
    guard call.output.count > 0 else { return }
    let image = try call.inputs[0].contiguousCopyIfNeeded()
    var pooling = try PoolingGeometry(call.attributes).kernelValue(image: image.shape, output: call.output.shape)
    let type = sgk_dtype(UInt32(image.dtype.rawValue))
    try CPU.check(withExtendedLifetime(image) { function(&pooling, type, image.address, call.output.address) })
  }
}

let poolingKernels: [KernelName: CPU.Kernel] = [
  "max_pool2d": poolingKernel { sgk_max_pool($0, $1, $2, $3) },
  "max_pool2d_index": poolingKernel { pooling, type, image, out in
    sgk_max_pool_index(pooling, type, image, out?.assumingMemoryBound(to: Int64.self))
  },
]
