// Convolution as users call it. Only the 2-D primitives exist: a sequence is an image one pixel high.

extension Tensor {
  /// 2-D convolution (cross-correlation): self NHWC, filter HWIO (height, width, input channels, output channels).
  ///
  /// - Parameters:
  ///   - stride: steps between windows along height and width.
  ///   - padding: zeros at the top, bottom, left and right.
  ///   - dilation: steps between the filter's taps.
  ///   - groups: the channels of image and result are cut into so many equal runs, and each run of the result sees its run
  ///     of the image alone; the filter's input channels are then those of one group. As many groups as channels are a
  ///     depthwise convolution.
  public func conv2d(
    _ filter: Tensor, stride: [Int] = [1, 1], padding: [Int] = [0, 0, 0, 0], dilation: [Int] = [1, 1], groups: Int = 1
  ) -> Tensor {
    apply(.conv2d, [self, filter], geometry(stride, padding, dilation, groups))
  }

  /// Transposed 2-D convolution: the adjoint of `conv2d` with the same filter, so the filter is HWOI seen from here
  /// (height, width, output channels of a group, input channels).
  ///
  /// The result is `(size - 1) * stride + dilation * (filter - 1) + 1 - padding + outputPadding` high and wide. The other
  /// parameters are those of the convolution whose adjoint this is.
  public func convTranspose2d(
    _ filter: Tensor, stride: [Int] = [1, 1], padding: [Int] = [0, 0, 0, 0], dilation: [Int] = [1, 1],
    outputPadding: [Int] = [0, 0], groups: Int = 1
  ) -> Tensor {
    .catching {
      let (x, w) = (try checked().shape, try filter.checked().shape)
      guard x.count == 4, w.count == 4 else {
        throw TensorError(
          .shape,
          "conv_transpose2d: image and filter need 4 axes each, not \(describe(shape: x)) and \(describe(shape: w))")
      }
      let attributes = geometry(stride, padding, dilation, groups)
      let geometry = try ConvolutionGeometry(attributes)
      guard outputPadding.count == 2,
        (0..<2).allSatisfy({ (0..<geometry.stride[$0]).contains(outputPadding[$0]) })
      else {
        throw TensorError(
          .value, "conv_transpose2d: output padding \(outputPadding) must be two numbers, each less than the stride")
      }
      let size: [Int] = try (0..<2).map { axis in
        let (steps, overflow) = (x[1 + axis] - 1).multipliedReportingOverflow(by: geometry.stride[axis])
        let (reach, overflowToo) = geometry.dilation[axis].multipliedReportingOverflow(by: w[axis] - 1)
        guard !overflow, !overflowToo, steps < Int.max / 4, reach < Int.max / 4 else {
          throw TensorError(.memory, "conv_transpose2d: the result does not fit in memory")
        }
        let cropped: Int = geometry.padding[2 * axis] + geometry.padding[2 * axis + 1]
        return steps + reach + 1 - cropped + outputPadding[axis]
      }
      guard size.allSatisfy({ $0 > 0 }) else {
        throw TensorError(.shape, "conv_transpose2d: padding \(padding) leaves nothing of the result (\(size))")
      }
      return apply(.conv2dInputGradient, [self, filter], attributes.setting("input_size", .ints(size)))
    }
  }

  /// 1-D convolution (cross-correlation): self (batch, width, channels), filter (width, input channels, output channels).
  ///
  /// - Parameters:
  ///   - padding: zeros before and after.
  ///   - groups: as for `conv2d`.
  public func conv1d(
    _ filter: Tensor, stride: Int = 1, padding: [Int] = [0, 0], dilation: Int = 1, groups: Int = 1
  ) -> Tensor {
    sequences("conv1d", filter, padding) { x, w, sides in
      x.conv2d(w, stride: [1, stride], padding: sides, dilation: [1, dilation], groups: groups)
    }
  }

  /// Transposed 1-D convolution: the adjoint of `conv1d` with the same filter (width, output channels of a group, input
  /// channels). The result is `(width - 1) * stride + dilation * (filter - 1) + 1 - padding + outputPadding` long.
  public func convTranspose1d(
    _ filter: Tensor, stride: Int = 1, padding: [Int] = [0, 0], dilation: Int = 1, outputPadding: Int = 0,
    groups: Int = 1
  ) -> Tensor {
    sequences("conv_transpose1d", filter, padding) { x, w, sides in
      x.convTranspose2d(
        w, stride: [1, stride], padding: sides, dilation: [1, dilation], outputPadding: [0, outputPadding],
        groups: groups)
    }
  }

  /// Runs `body` on images one pixel high; its errors speak of the width.
  private func sequences(
    _ name: String, _ filter: Tensor, _ padding: [Int], _ body: (Tensor, Tensor, [Int]) -> Tensor
  ) -> Tensor {
    .catching {
      let (x, w) = (try checked(), try filter.checked())
      guard x.rank == 3, w.rank == 3 else {
        throw TensorError(
          .shape,
          "\(name): sequences (batch, width, channels) and filter (width, input channels, output channels) need 3 axes "
            + "each, not \(describe(shape: x.shape)) and \(describe(shape: w.shape))")
      }
      guard padding.count == 2 else {
        throw TensorError(.value, "\(name): padding must be two numbers (before, after), not \(padding)")
      }
      let result = body(x.expandDims(at: 1), w.expandDims(at: 0), [0, 0] + padding)
      return try result.checked().squeeze(axes: [1])
    }
  }
}

private func geometry(_ stride: [Int], _ padding: [Int], _ dilation: [Int], _ groups: Int) -> Attributes {
  let attributes: Attributes = ["stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation)]
  return groups == 1 ? attributes : attributes.setting("groups", .int(groups))
}

let convolutionOperations: [Operation] = [
  Operation("conv_transpose2d", 2...2, ConvolutionGeometry.attributeNames + ["output_padding"]) { x, a in
    let geometry = try ConvolutionGeometry(a)
    return x[0].convTranspose2d(
      x[1], stride: geometry.stride, padding: geometry.padding, dilation: geometry.dilation,
      outputPadding: try a.ints("output_padding", default: [0, 0]), groups: geometry.groups)
  },
  Operation("conv1d", 2...2, ConvolutionGeometry.attributeNames) { x, a in
    x[0].conv1d(
      x[1], stride: try a.int("stride", default: 1), padding: try a.ints("padding", default: [0, 0]),
      dilation: try a.int("dilation", default: 1), groups: try a.int("groups", default: 1))
  },
  Operation("conv_transpose1d", 2...2, ConvolutionGeometry.attributeNames + ["output_padding"]) { x, a in
    x[0].convTranspose1d(
      x[1], stride: try a.int("stride", default: 1), padding: try a.ints("padding", default: [0, 0]),
      dilation: try a.int("dilation", default: 1), outputPadding: try a.int("output_padding", default: 0),
      groups: try a.int("groups", default: 1))
  },
]
