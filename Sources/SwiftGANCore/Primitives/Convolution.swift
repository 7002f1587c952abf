import SwiftGANKernels

// Convolution and its two adjoints: three bilinear maps, each the others' gradient, so the family is closed under
// differentiation. Transposed convolution is `conv2d_input_gradient` used as a layer.

/// The geometry of one 2-D convolution: images NHWC, filters HWIO, where I counts the input channels of one group.
struct ConvolutionGeometry {
  var stride: [Int]
  /// Zeros around the image: top, bottom, left, right.
  var padding: [Int]
  var dilation: [Int]
  /// The channels of image and result are cut into so many runs; each run of the result sees its run of the image alone.
  var groups: Int

  static let attributeNames = ["stride", "padding", "dilation", "groups"]

  init(_ attributes: Attributes) throws(TensorError) {
    func pair(_ key: String) throws(TensorError) -> [Int] {
      let values = try attributes.ints(key, default: [1, 1])
      let both = values.count == 1 ? [values[0], values[0]] : values
      guard both.count == 2, both.allSatisfy({ (1...(1 << 20)).contains($0) }) else {
        throw TensorError(.value, "\(key) must be one or two numbers from 1 to \(1 << 20), not \(values)")
      }
      return both
    }
    stride = try pair("stride")
    dilation = try pair("dilation")
    groups = try attributes.int("groups", default: 1)
    guard groups > 0 else { throw TensorError(.value, "groups must be at least 1, not \(groups)") }
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

  /// Height and width of the result for an image and filter of the given heights and widths.
  func outputSize(image: [Int], filter: [Int]) throws(TensorError) -> [Int] {
    var size: [Int] = []
    for axis in 0..<2 {
      let (span, overflow) = (filter[axis] - 1).multipliedReportingOverflow(by: dilation[axis])
      let room = image[axis] + padding[2 * axis] + padding[2 * axis + 1] - (overflow ? Int.max / 2 : span) - 1
      guard filter[axis] > 0, room >= 0 else {
        let padded = image[axis] + padding[2 * axis] + padding[2 * axis + 1]
        throw TensorError(
          .shape,
          "a filter of \(filter[axis]) (dilation \(dilation[axis])) does not fit the padded image's \(padded) along "
            + (axis == 0 ? "the height" : "the width"))
      }
      size.append(room / stride[axis] + 1)
    }
    return size
  }

  func kernelValue(image: [Int], filter: [Int], output: [Int]) -> sgk_conv {
    sgk_conv(
      batch: Int64(image[0]), height: Int64(image[1]), width: Int64(image[2]), in_channels: Int64(image[3]),
      out_height: Int64(output[1]), out_width: Int64(output[2]), out_channels: Int64(output[3]),
      filter_height: Int64(filter[0]), filter_width: Int64(filter[1]), stride_height: Int64(stride[0]),
      stride_width: Int64(stride[1]), pad_top: Int64(padding[0]), pad_left: Int64(padding[2]),
      dilation_height: Int64(dilation[0]), dilation_width: Int64(dilation[1]), groups: Int64(groups),
      precision: SGK_PRECISION_HIGHEST)
  }

  /// The channels of one group, or an error that says whose channels the groups do not divide.
  func groupChannels(_ channels: Int, of what: String) throws(TensorError) -> Int {
    guard channels % groups == 0 else {
      throw TensorError(
        .value, "the \(what) has \(channels) channels, which \(groups) groups do not divide into equal runs")
    }
    return channels / groups
  }
}

private func checkRank4(_ specs: [(name: String, shape: [Int])]) throws {
  for spec in specs where spec.shape.count != 4 {
    let axes =
      spec.name == "filter" ? "height, width, input channels, output channels" : "batch, height, width, channels"
    throw TensorError(.shape, "the \(spec.name) must have 4 axes (\(axes)), not shape \(describe(shape: spec.shape))")
  }
}

private func checkEqual(_ what: String, _ a: (name: String, value: Int), _ b: (name: String, value: Int)) throws {
  if a.value != b.value {
    throw TensorError(.shape, "the \(a.name) has \(a.value) \(what), but the \(b.name) has \(b.value)")
  }
}

let convolutionPrimitives: [Primitive] = [
  // (image NHWC, filter HWIO) -> result NHWO
  Primitive(
    "conv2d", arity: 2...2, attributes: ConvolutionGeometry.attributeNames, promotion: .float, hasPrecision: true,
    infer: { inputs, attributes in
      let (image, filter) = (inputs[0].shape, inputs[1].shape)
      try checkRank4([("image", image), ("filter", filter)])
      let geometry = try ConvolutionGeometry(attributes)
      let channels = try geometry.groupChannels(image[3], of: "image")
      try checkEqual(geometry.groups == 1 ? "channels" : "channels a group", ("image", channels), ("filter", filter[2]))
      _ = try geometry.groupChannels(filter[3], of: "result")
      let size = try geometry.outputSize(
        image: Array(image[1...2]), filter: Array(filter[0...1]))
      return TensorSpec([image[0], size[0], size[1], filter[3]], inputs[0].dtype)
    },
    execution: .kernel("conv2d"),
    vjp: { p in
      let (x, w) = (p.inputs[0], p.inputs[1])
      return [
        p.needed[0] ? inputGradient(p.cotangent, w, size: Array(x.shape[1...2]), p.attributes) : nil,
        p.needed[1] ? filterGradient(x, p.cotangent, size: Array(w.shape[0...1]), p.attributes) : nil,
      ]
    }),

  // (result's cotangent NHWO, filter HWIO) -> image NHWC
  Primitive(
    "conv2d_input_gradient", arity: 2...2, attributes: ConvolutionGeometry.attributeNames + ["input_size"],
    promotion: .float, hasPrecision: true,
    infer: { inputs, attributes in
      let (result, filter) = (inputs[0].shape, inputs[1].shape)
      try checkRank4([("input", result), ("filter", filter)])
      try checkEqual("channels", ("input", result[3]), ("filter", filter[3]))
      let geometry = try ConvolutionGeometry(attributes)
      _ = try geometry.groupChannels(filter[3], of: "input")
      let size = try attributes.ints("input_size")
      guard size.count == 2, size.allSatisfy({ $0 >= 0 }) else {
        throw TensorError(.value, "input_size must be a height and a width, not \(size)")
      }
      let expected = try geometry.outputSize(image: size, filter: Array(filter[0...1]))
      guard expected == Array(result[1...2]) else {
        throw TensorError(
          .shape,
          "an image of \(size[0])x\(size[1]) would give \(expected[0])x\(expected[1]), but the input is "
            + "\(result[1])x\(result[2])")
      }
      let (channels, overflow) = filter[2].multipliedReportingOverflow(by: geometry.groups)
      guard !overflow else {
        throw TensorError(.memory, "\(geometry.groups) groups of \(filter[2]) channels do not fit in memory")
      }
      return TensorSpec([result[0], size[0], size[1], channels], inputs[0].dtype)
    },
    execution: .kernel("conv2d_input_gradient"),
    vjp: { p in
      let (y, w) = (p.inputs[0], p.inputs[1])
      let geometry = p.attributes.removing("input_size")
      return [
        p.needed[0] ? apply(.conv2d, [p.cotangent, w], geometry) : nil,
        p.needed[1] ? filterGradient(p.cotangent, y, size: Array(w.shape[0...1]), geometry) : nil,
      ]
    }),

  // (image NHWC, result's cotangent NHWO) -> filter HWIO
  Primitive(
    "conv2d_filter_gradient", arity: 2...2, attributes: ConvolutionGeometry.attributeNames + ["filter_size"],
    promotion: .float, hasPrecision: true,
    infer: { inputs, attributes in
      let (image, result) = (inputs[0].shape, inputs[1].shape)
      try checkRank4([("image", image), ("result", result)])
      try checkEqual("images", ("first input", image[0]), ("second", result[0]))
      let size = try attributes.ints("filter_size")
      guard size.count == 2 else { throw TensorError(.value, "filter_size must be a height and a width, not \(size)") }
      let geometry = try ConvolutionGeometry(attributes)
      let channels = try geometry.groupChannels(image[3], of: "image")
      _ = try geometry.groupChannels(result[3], of: "result")
      let expected = try geometry.outputSize(image: Array(image[1...2]), filter: size)
      guard expected == Array(result[1...2]) else {
        throw TensorError(
          .shape,
          "a filter of \(size[0])x\(size[1]) would give \(expected[0])x\(expected[1]), but the second input is "
            + "\(result[1])x\(result[2])")
      }
      return TensorSpec([size[0], size[1], channels, result[3]], inputs[0].dtype)
    },
    execution: .kernel("conv2d_filter_gradient"),
    vjp: { p in
      let (x, y) = (p.inputs[0], p.inputs[1])
      let geometry = p.attributes.removing("filter_size")
      return [
        p.needed[0] ? inputGradient(y, p.cotangent, size: Array(x.shape[1...2]), geometry) : nil,
        p.needed[1] ? apply(.conv2d, [x, p.cotangent], geometry) : nil,
      ]
    }),
]

extension Primitive {
  static let conv2d = named("conv2d")
  static let conv2dInputGradient = named("conv2d_input_gradient")
  static let conv2dFilterGradient = named("conv2d_filter_gradient")
}

extension Attributes {
  fileprivate func removing(_ key: String) -> Attributes { Attributes(pairs.filter { $0.key != key }) }
}

private func inputGradient(_ y: Tensor, _ w: Tensor, size: [Int], _ geometry: Attributes) -> Tensor {
  apply(.conv2dInputGradient, [y, w], geometry.setting("input_size", .ints(size)))
}

private func filterGradient(_ x: Tensor, _ y: Tensor, size: [Int], _ geometry: Attributes) -> Tensor {
  apply(.conv2dFilterGradient, [x, y], geometry.setting("filter_size", .ints(size)))
}

private typealias ConvolutionKernel =
  @Sendable (
    UnsafePointer<sgk_conv>, sgk_dtype, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeMutableRawPointer?,
    UnsafePointer<sgk_fused_call>?
  ) -> sgk_status

private func convolutionKernel(
  _ function: @escaping ConvolutionKernel,
  shapes: @escaping @Sendable (KernelCall) -> (image: [Int], filter: [Int], output: [Int])
) -> CPU.Kernel {
  { call in
    let (image, filter, output) = shapes(call)
    var conv = try ConvolutionGeometry(call.attributes).kernelValue(image: image, filter: filter, output: output)
    conv.precision = call.attributes.precision
    let first = try call.inputs[0].contiguousCopyIfNeeded()
    let second = try call.inputs[1].contiguousCopyIfNeeded()
    let type = sgk_dtype(UInt32(call.output.dtype.rawValue))
    let status = withExtendedLifetime((first, second)) {
      function(&conv, type, first.address, second.address, call.output.address, call.then)
    }
    try CPU.check(status)
  }
}

let convolutionKernels: [KernelName: CPU.Kernel] = [
  "conv2d": convolutionKernel(
    { sgk_conv2d_then($0, $1, $2, $3, $4, $5) }, shapes: { ($0.inputs[0].shape, $0.inputs[1].shape, $0.output.shape) }),
  "conv2d_input_gradient": convolutionKernel(
    { sgk_conv2d_input_grad_then($0, $1, $2, $3, $4, $5) },
    shapes: { ($0.output.shape, $0.inputs[1].shape, $0.inputs[0].shape) }),
  "conv2d_filter_gradient": convolutionKernel(
    { conv, type, x, y, w, _ in sgk_conv2d_filter_grad(conv, type, x, y, w) },
    shapes: { ($0.inputs[0].shape, $0.output.shape, $0.inputs[1].shape) }),
]
