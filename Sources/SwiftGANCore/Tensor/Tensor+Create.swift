extension Tensor {
  /// A scalar.
  public init(_ value: Double, dtype: DType = .float32) {
    self = .full(value, [], dtype: dtype)
  }

  /// A tensor holding a copy of `values` in row-major order; one axis when `shape` is nil. An error when their number is
  /// not the shape's.
  public init<T: Scalar>(_ values: [T], shape: [Int]? = nil) {
    let shape = shape ?? [values.count]
    self = .catching {
      let count = try elementCount(shape, byteSize: T.dtype.byteSize)
      guard count == values.count else {
        throw TensorError(
          .shape, "\(values.count) values do not fill shape \(describe(shape: shape)), which has \(count)")
      }
      let storage = try Storage(byteCount: count * T.dtype.byteSize)
      values.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress { storage.pointer.copyMemory(from: source, byteCount: bytes.count) }
      }
      return Tensor(node: Node(storage: storage, layout: Layout(contiguous: shape), dtype: T.dtype))
    }
  }

  /// A tensor holding a copy of `byteCount` contiguous bytes.
  public init(copying bytes: UnsafeRawPointer?, byteCount: Int, shape: [Int], dtype: DType) {
    self = .catching {
      let count = try elementCount(shape, byteSize: dtype.byteSize)
      guard count * dtype.byteSize == byteCount else {
        throw TensorError(
          .shape,
          "\(byteCount) bytes do not fill shape \(describe(shape: shape)) of \(dtype), which has \(count * dtype.byteSize)"
        )
      }
      let storage = try Storage(byteCount: byteCount)
      if let bytes, byteCount > 0 { storage.pointer.copyMemory(from: bytes, byteCount: byteCount) }
      return Tensor(node: Node(storage: storage, layout: Layout(contiguous: shape), dtype: dtype))
    }
  }

  /// A tensor on the caller's memory, with no copy: writes on either side are seen on the other.
  ///
  /// - Parameters:
  ///   - pointer: the element (0, ..., 0), aligned for `dtype`.
  ///   - strides: steps between neighbours in elements; nil for row-major. May be zero or negative.
  ///   - isReadOnly: the memory is never handed out as writable.
  ///   - release: called once, on any thread, when the last tensor on the memory is gone; also when this fails.
  public init(
    borrowing pointer: UnsafeMutableRawPointer, shape: [Int], strides: [Int]? = nil, dtype: DType,
    isReadOnly: Bool = false, release: @escaping @Sendable () -> Void
  ) {
    do throws(TensorError) {
      let count = try elementCount(shape, byteSize: dtype.byteSize)
      if let strides, strides.count != shape.count {
        throw TensorError(.shape, "\(strides.count) strides do not fit shape \(describe(shape: shape))")
      }
      if UInt(bitPattern: pointer) % UInt(dtype.byteSize) != 0 {
        throw TensorError(.value, "memory of \(dtype) must be aligned to \(dtype.byteSize) bytes; make a copy first")
      }
      let storage = Storage(
        borrowing: pointer, byteCount: count * dtype.byteSize, isReadOnly: isReadOnly, release: release)
      let layout = Layout(shape: shape, strides: strides ?? Layout.contiguousStrides(shape))
      self.init(node: Node(storage: storage, layout: layout, dtype: dtype))
    } catch {
      release()
      self = .failed(error)
    }
  }

  /// A tensor whose elements are what its memory held before: for who writes all of them before anybody reads one.
  package static func uninitialized(_ shape: [Int], dtype: DType) -> Tensor {
    .catching {
      let storage = try Storage(byteCount: elementCount(shape, byteSize: dtype.byteSize) * dtype.byteSize)
      return Tensor(node: Node(storage: storage, layout: Layout(contiguous: shape), dtype: dtype))
    }
  }

  /// Every element `value`, converted to `dtype`.
  public static func full(_ value: Double, _ shape: [Int], dtype: DType = .float32) -> Tensor {
    apply(.full, [], ["shape": .ints(shape), "value": .double(value), "dtype": .dtype(dtype)])
  }

  /// All zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32) -> Tensor { full(0, shape, dtype: dtype) }

  /// All ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32) -> Tensor { full(1, shape, dtype: dtype) }

  /// `start, start + step, ...` up to but not including `end`.
  public static func arange(_ start: Double, _ end: Double, _ step: Double = 1, dtype: DType = .float32) -> Tensor {
    apply(
      .arange, [],
      ["start": .double(start), "end": .double(end), "step": .double(step), "dtype": .dtype(dtype)])
  }

  /// `count` evenly spaced numbers from `start` to `end`, which is the last of them or, without `includesEnd`, would be
  /// the next.
  public static func linspace(
    _ start: Double, _ end: Double, count: Int, includesEnd: Bool = true, dtype: DType = .float32
  ) -> Tensor {
    .catching {
      guard count >= 0 else { throw TensorError(.value, "linspace: the count must not be negative, but is \(count)") }
      let places = arange(0, Double(count), dtype: .float64)
      let steps = Double(includesEnd ? count - 1 : count)
      let numbers = steps > 0 ? places * ((end - start) / steps) + start : places + start
      // Rounding must not miss the end.
      let exact = includesEnd && count > 1 ? Tensor.select(places .== steps, numbers.scalar(end), numbers) : numbers
      return exact.cast(to: dtype)
    }
  }

  /// The identity matrix of `n` rows; with `columns` not square, with `diagonal` not 0 the ones above (or below) the main
  /// diagonal.
  public static func eye(_ n: Int, columns: Int? = nil, diagonal: Int = 0, dtype: DType = .float32) -> Tensor {
    .catching {
      let width = columns ?? n
      guard n >= 0, width >= 0 else {
        throw TensorError(.value, "eye: \(n) rows and \(width) columns must not be negative")
      }
      _ = try elementCount([n, width], byteSize: 8)
      let bound = Swift.min(Swift.max(diagonal, -n - 1), width + 1)
      let offset = arange(0, Double(width), dtype: .int64) - arange(0, Double(n), dtype: .int64).expandDims(at: 1)
      return (offset .== Double(bound)).cast(to: dtype)
    }
  }

  /// Rows of `classes` numbers that are 1 at the label and 0 elsewhere, as a new last axis. Labels outside 0..<classes give
  /// rows of zeros.
  ///
  /// - Parameter labels: integers of any shape.
  public static func oneHot(_ labels: Tensor, classes: Int, dtype: DType = .float32) -> Tensor {
    .catching {
      let type = try labels.checked().dtype
      guard !type.isFloat, type != .bool else {
        throw TensorError(.type, "one_hot: labels are integers, not \(type); cast first")
      }
      guard classes >= 0 else { throw TensorError(.value, "one_hot: there cannot be \(classes) classes") }
      return (labels.expandDims(at: labels.rank) .== arange(0, Double(classes), dtype: .int64)).cast(to: dtype)
    }
  }

  /// Zeros of this tensor's shape and type.
  public var zerosLike: Tensor { error == nil ? .zeros(shape, dtype: dtype) : self }

  /// Ones of this tensor's shape and type.
  public var onesLike: Tensor { error == nil ? .ones(shape, dtype: dtype) : self }
}
