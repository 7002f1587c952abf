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

/// The value of `f` at `xs`, of any shape, and its derivative along the directions `vs` (one for each x, of its shape): the
/// Jacobian times a vector, of the value's shape.
///
/// The pullback is linear in its cotangent, so its own gradient by that cotangent is the Jacobian again: two reverse passes,
/// whatever the number of inputs and outputs, and derivatives of any order.
///
/// ```swift
/// let (y, dy) = try jvp(at: [x], along: [v]) { $0[0].sin() }   // dy = cos(x) v
/// ```
/// - Throws: `.shape` for directions that do not fit; what `f` throws, and the error that its result carries.
public func jvp(at xs: [Tensor], along vs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws
  -> (value: Tensor, tangent: Tensor)
{
  try checkDirections(vs, xs)
  return try Gradient.scope {
    let recorded = try PullbackOfUnknown(at: xs, f)
    let alongs = zip(recorded.gradients, vs).map { ($0 * $1).sum() }
    let along = try alongs.dropFirst().reduce(alongs.first ?? .zeros([]), +).checked()
    let tangent = try gradient(of: along, withRespectTo: [recorded.cotangent])[0].checked()
    return (Gradient.depth > 1 ? recorded.value : recorded.value.detached(), tangent)
  }
}

/// The Hessian of a scalar `f` at `xs`, times the vector `vs` (one part for each x, of its shape): one part for each x.
///
/// It is the gradient of the gradient along `vs`, so it costs a few evaluations of `f`, and no Hessian is made.
/// - Throws: `.shape` for directions that do not fit, or a value that is no scalar; what `f` throws, and the error that its
///   result carries.
public func hvp(at xs: [Tensor], along vs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws -> [Tensor] {
  try checkDirections(vs, xs)
  return try grad(at: xs) { xs in
    let alongs = zip(try grad(at: xs, f), vs).map { ($0 * $1).sum() }
    return alongs.dropFirst().reduce(alongs.first ?? .zeros([]), +)
  }
}

/// The Jacobians of `f` at `xs`: for each x a tensor of the value's shape followed by the x's.
///
/// `f` runs once; then there is one reverse pass for each element of the value, or for each element of the xs, whichever are
/// fewer.
/// - Throws: what `f` throws, and the error that its result carries.
public func jacobian(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws -> [Tensor] {
  try Gradient.scope {
    let leaves = try xs.map { try $0.tracked().checked() }
    let value = try f(leaves).checked()
    let columns = xs.reduce(0) { $0 + $1.count }
    if value.count <= columns {
      var rows = xs.map { _ in [Tensor]() }
      for index in 0..<value.count {
        let row = gradient(of: value, withRespectTo: leaves, cotangent: unit(index, like: value))
        for (x, part) in row.enumerated() { rows[x].append(try part.checked()) }
      }
      return try zip(rows, xs).map { try assembled($0, axis: 0, value.shape + $1.shape, value.dtype) }
    }
    let recorded = try PullbackOfUnknown(value, leaves)
    return try zip(recorded.gradients, xs).map { pulled, x in
      let parts = try (0..<x.count).map { index in
        try gradient(of: pulled, withRespectTo: [recorded.cotangent], cotangent: unit(index, like: pulled))[0].checked()
      }
      return try assembled(parts, axis: value.rank, value.shape + x.shape, value.dtype)
    }
  }
}

/// The Hessian of a scalar `f` at `xs`: entry [i][j] has the shape of x i followed by that of x j.
///
/// There is one reverse pass over the gradient for each element of the xs; where a product with vectors is enough,
/// ``hvp(at:along:_:)`` is much cheaper.
/// - Throws: `.shape` for a value that is no scalar; what `f` throws, and the error that its result carries.
public func hessian(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws -> [[Tensor]] {
  try xs.indices.map { index in try jacobian(at: xs) { try grad(at: $0, f)[index] } }
}

/// The gradients of `f` for each example of a batch by itself: for each x a tensor with the batch as an axis before its own.
///
/// `f` gets the xs and one example at a time, as a batch of one, so layers and losses work as they are: this is a loop, with
/// one evaluation of `f` and one reverse pass per example.
///
/// ```swift
/// let gradients = try perExampleGradients(at: [w], batch: [x, y]) { xs, batch in
///   (batch[0].matmul(xs[0]) - batch[1]).square().sum()
/// }
/// ```
/// - Parameter batch: tensors whose first axis is the batch, of one extent.
/// - Throws: `.shape` for a batch of different extents; what `f` throws, and the error that its result carries.
public func perExampleGradients(
  at xs: [Tensor], batch: [Tensor], _ f: (_ xs: [Tensor], _ example: [Tensor]) throws -> Tensor
) throws -> [Tensor] {
  for tensor in batch { try tensor.checked() }
  guard let count = batch.first?.shape.first, batch.allSatisfy({ $0.shape.first == count }) else {
    let shapes = batch.map { describe(shape: $0.shape) }.joined(separator: ", ")
    throw TensorError(
      .shape,
      "all tensors of a batch must have the same first extent, its number of examples; their shapes are \(shapes)")
  }
  var parts = xs.map { _ in [Tensor]() }
  for index in 0..<count {
    let example = batch.map { $0[index..<(index + 1)] }
    for (x, part) in try grad(at: xs, { try f($0, example) }).enumerated() { parts[x].append(part) }
  }
  return try zip(parts, xs).map { try assembled($0, axis: 0, [count] + $1.shape, $1.dtype) }
}

/// A function recorded together with its pullback, at a cotangent that gradients can be taken by.
private struct PullbackOfUnknown {
  let value: Tensor
  let cotangent: Tensor
  let gradients: [Tensor]

  init(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor) throws {
    let leaves = try xs.map { try $0.tracked().checked() }
    try self.init(f(leaves).checked(), leaves)
  }

  init(_ value: Tensor, _ leaves: [Tensor]) throws {
    self.value = value
    cotangent = try value.zerosLike.tracked().checked()
    gradients = try gradient(of: value, withRespectTo: leaves, cotangent: cotangent, createGraph: true)
      .map { try $0.checked() }
  }
}

private func checkDirections(_ vs: [Tensor], _ xs: [Tensor]) throws(TensorError) {
  for tensor in xs + vs { try tensor.checked() }
  guard xs.map(\.shape) == vs.map(\.shape) else {
    func list(_ tensors: [Tensor]) -> String { tensors.map { describe(shape: $0.shape) }.joined(separator: ", ") }
    throw TensorError(
      .shape, "each x needs a direction of its shape: the xs have shapes \(list(xs)), the directions \(list(vs))")
  }
}

/// 1 at one element in row-major order, 0 elsewhere.
private func unit(_ index: Int, like tensor: Tensor) -> Tensor {
  let positions = Tensor.arange(0, Double(tensor.count), dtype: .int64)
  return (positions .== Double(index)).cast(to: tensor.dtype).reshape(tensor.shape)
}

private func assembled(_ parts: [Tensor], axis: Int, _ shape: [Int], _ dtype: DType) throws -> Tensor {
  try (parts.isEmpty ? .zeros(shape, dtype: dtype) : Tensor.stack(parts, axis: axis).reshape(shape)).checked()
}
