extension Tensor {
  /// The matrix product with NumPy's rules: a vector on the left is a row, on the right a column, and its axis is dropped
  /// from the result; leading axes broadcast.
  public func matmul(_ other: Tensor) -> Tensor {
    .catching {
      let (a, b) = (try checked(), try other.checked())
      guard a.rank > 0, b.rank > 0 else { throw TensorError(.shape, "matmul: a scalar is not a matrix; use *") }
      let left = a.rank == 1 ? a.expandDims(at: 0) : a
      let right = b.rank == 1 ? b.expandDims(at: 1) : b
      var product = apply(.batchMatmul, [left, right])
      if b.rank == 1 { product = product.squeeze(axes: [-1]) }
      if a.rank == 1 { product = product.squeeze(axes: [b.rank == 1 ? -1 : -2]) }
      return product
    }
  }

  /// 2-D convolution (cross-correlation): self NHWC, filter HWIO (height, width, input channels, output channels).
  ///
  /// - Parameter padding: zeros at the top, bottom, left and right.
  public func conv2d(
    _ filter: Tensor, stride: [Int] = [1, 1], padding: [Int] = [0, 0, 0, 0], dilation: [Int] = [1, 1]
  ) -> Tensor {
    apply(
      .conv2d, [self, filter], ["stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation)])
  }

  /// Transposed 2-D convolution: the adjoint of `conv2d` with the same filter, so the filter is HWOI seen from here
  /// (height, width, output channels, input channels).
  ///
  /// The result is `(size - 1) * stride + dilation * (filter - 1) + 1 - padding + outputPadding` high and wide.
  public func convTranspose2d(
    _ filter: Tensor, stride: [Int] = [1, 1], padding: [Int] = [0, 0, 0, 0], dilation: [Int] = [1, 1],
    outputPadding: [Int] = [0, 0]
  ) -> Tensor {
    .catching {
      let (x, w) = (try checked().shape, try filter.checked().shape)
      guard x.count == 4, w.count == 4 else {
        throw TensorError(
          .shape,
          "conv_transpose2d: image and filter need 4 axes each, not \(describe(shape: x)) and \(describe(shape: w))")
      }
      let geometry = try ConvolutionGeometry([
        "stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation),
      ])
      guard outputPadding.count == 2,
        (0..<2).allSatisfy({ (0..<geometry.stride[$0]).contains(outputPadding[$0]) })
      else {
        throw TensorError(
          .value, "conv_transpose2d: output padding \(outputPadding) must be two numbers, each less than the stride")
      }
      let size: [Int] = (0..<2).map { axis in
        let covered: Int = (x[1 + axis] - 1) * geometry.stride[axis] + geometry.dilation[axis] * (w[axis] - 1) + 1
        let cropped: Int = geometry.padding[2 * axis] + geometry.padding[2 * axis + 1]
        return covered - cropped + outputPadding[axis]
      }
      guard size.allSatisfy({ $0 > 0 }) else {
        throw TensorError(.shape, "conv_transpose2d: padding \(padding) leaves nothing of the result (\(size))")
      }
      return apply(
        .conv2dInputGradient, [self, filter],
        [
          "stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation), "input_size": .ints(size),
        ])
    }
  }
}
