let normalizationPrimitives: [Primitive] = [
  // (x - mean) / sqrt(variance + epsilon) over axes, with the biased variance. Its gradient, for y = the output and
  // s = 1 / sqrt(variance + epsilon), is s (g - mean(g) - y mean(g y)) (Ioffe and Szegedy 2015, section 3): both means are
  // taken in one pass and the rest in another, where the gradients of the parts would need more.
  Primitive(
    "standardize", arity: 1...1, attributes: ["axes", "epsilon"], promotion: .float,
    infer: { inputs, attributes in
      let shape = inputs[0].shape
      for axis in try normalized(axes: attributes.ints("axes"), rank: shape.count) where shape[axis] == 0 {
        throw TensorError(.value, "no mean over axis \(axis) of shape \(describe(shape: shape)): it is empty")
      }
      let epsilon = try attributes.double("epsilon")
      guard epsilon >= 0 else { throw TensorError(.value, "epsilon must be at least 0, not \(epsilon)") }
      return inputs[0]
    },
    execution: .composite { inputs, attributes in
      let moments = try Moments(of: inputs[0], attributes)
      return moments.centred * moments.scale
    },
    vjp: { p in
      let moments = try Moments(of: p.inputs[0], p.attributes)
      let (g, y, axes) = (p.cotangent, p.output, moments.axes)
      // Both sums before either is used: they are taken in one pass.
      let sums = [g, g * y].map { $0.sum(axes: axes, keepDims: true) }
      let share = 1 / Double(max(axes.reduce(1) { $0 * y.shape[$1] }, 1))
      return [moments.scale * (g - sums[0] * share - y * (sums[1] * share))]
    })
]

/// Mean and variance, and what is made of them.
private struct Moments {
  let axes: [Int]
  let centred: Tensor
  /// 1 / sqrt(variance + epsilon), with the reduced axes kept.
  let scale: Tensor

  init(of x: Tensor, _ attributes: Attributes) throws {
    axes = try normalized(axes: attributes.ints("axes"), rank: x.rank)
    let moments = x.moments(axes: axes, keepDims: true)
    centred = x - moments.mean
    scale = (moments.variance + (try attributes.double("epsilon"))).rsqrt()
  }
}

extension Tensor {
  /// The tensor with mean 0 and (biased) variance 1 over `axes`: `(x - mean) / sqrt(variance + epsilon)`.
  public func standardized(axes: [Int], epsilon: Double) -> Tensor {
    apply(.named("standardize"), [self], ["axes": .ints(axes), "epsilon": .double(epsilon)])
  }
}
