extension Tensor {
  /// The elements in row-major order; throws the tensor's error, or a type error when `T` is not its element type.
  public func scalars<T: Scalar>(as type: T.Type = T.self) throws(TensorError) -> [T] {
    try checked()
    guard T.dtype == dtype else {
      throw TensorError(.type, "cannot read elements of \(dtype) as \(T.dtype); cast first")
    }
    let source = try known().contiguousCopyIfNeeded()
    guard count > 0, let address = source.address else { return [] }
    return withExtendedLifetime(source) {
      Array(UnsafeBufferPointer(start: address.assumingMemoryBound(to: T.self), count: count))
    }
  }

  /// The one element of a tensor that has one, as a Double.
  public func item() throws(TensorError) -> Double {
    try checked().known()
    guard count == 1 else {
      throw TensorError(.value, "item() needs a tensor with one element, not one of shape \(describe(shape: shape))")
    }
    return try cast(to: .float64).scalars(as: Double.self)[0]
  }

  /// Copies the elements in row-major order to `target`, which has room for `count * dtype.byteSize` bytes.
  public func copyBytes(to target: UnsafeMutableRawPointer) throws(TensorError) {
    try checked().known()
    guard count > 0 else { return }
    CPU.copy(self, to: target)
  }

  /// Calls `body` with the elements in row-major order (in place when they lie so already).
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let source = try checked().known().contiguousCopyIfNeeded()
    return try withExtendedLifetime(source) {
      try body(UnsafeRawBufferPointer(start: source.address, count: count * dtype.byteSize))
    }
  }

  /// This tensor if its elements lie in row-major order without gaps, else such a copy.
  public func contiguous() -> Tensor {
    if error != nil || isContiguous { return self }
    return apply(.copy, [self])
  }

  /// As `contiguous()`, outside any gradient: for kernels and readers of bytes.
  func contiguousCopyIfNeeded() throws(TensorError) -> Tensor {
    if isContiguous { return self }
    try known()
    let storage = try Storage(byteCount: count * dtype.byteSize)
    CPU.copy(self, to: storage.pointer)
    storage.isComputed = node.storage?.isComputed ?? false
    return Tensor(node: Node(storage: storage, layout: Layout(contiguous: shape), dtype: dtype))
  }
}

extension Tensor: CustomStringConvertible {
  /// Type, shape and, for few elements, the values.
  public var description: String {
    if let error { return "Tensor(failed: \(error.message))" }
    var text = "Tensor(shape: \(describe(shape: shape)), dtype: \(dtype)"
    if count <= 16, let values = try? dtype.isFloat ? texts(as: Double.self, .float64) : texts(as: Int64.self, .int64) {
      text += ", values: \(values.joined(separator: " "))"
    }
    return text + ")"
  }

  private func texts<T: Scalar>(as type: T.Type, _ dtype: DType) throws(TensorError) -> [String] {
    try known().cast(to: dtype).scalars(as: T.self).map { "\($0)" }
  }
}
