// Gradients of Swift functions. All nest: the gradient of a function that takes gradients is exact, to any order.

/// The value of `f` at `xs`, a scalar, and its gradients with respect to each of them.
///
/// ```swift
/// let (value, gradients) = try valueAndGrad(at: [x]) { xs in (xs[0] * xs[0]).sum() }
/// ```
/// - Throws: what `f` throws, and the error that its result carries.
public func valueAndGrad(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws
  -> (value: Tensor, gradients: [Tensor])
{
  try Gradient.scope {
    let leaves = try xs.map { try $0.tracked().checked() }
    let value = try f(leaves).checked()
    let gradients = try gradient(of: value, withRespectTo: leaves).map { try $0.checked() }
    return (Gradient.depth > 1 ? value : value.detached(), gradients)
  }
}

/// The gradients of `f` at `xs`.
public func grad(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws -> [Tensor] {
  try valueAndGrad(at: xs, f).gradients
}

/// The value of `f` at `xs`, of any shape, and the function that takes a cotangent of that shape to the gradients.
public func vjp(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws
  -> (value: Tensor, pullback: (Tensor) throws -> [Tensor])
{
  let leaves = try xs.map { try $0.tracked().checked() }
  let value = try Gradient.scope { try f(leaves).checked() }
  let isInner = Gradient.depth > 0
  return (
    isInner ? value : value.detached(),
    { cotangent in
      let createGraph = isInner || Gradient.depth > 0
      return try gradient(of: value, withRespectTo: leaves, cotangent: cotangent, createGraph: createGraph)
        .map { try $0.checked() }
    }
  )
}
