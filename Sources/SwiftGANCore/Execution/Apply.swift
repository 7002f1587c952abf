/// Applies a primitive: the one place through which every operation passes.
///
/// Inputs that carry an error pass it on; whatever does not fit gives a tensor that carries a new one, naming the op.
public func apply(_ primitive: Primitive, _ inputs: [Tensor], _ attributes: Attributes = Attributes()) -> Tensor {
  for input in inputs where input.node.error != nil { return input }
  do {
    try checkCall(inputs.count, attributes, arity: primitive.arity, attributes: primitive.attributes)
    let inputs = primitive.promoted(inputs)
    let spec = try primitive.infer(inputs.map { TensorSpec($0.shape, $0.dtype) }, attributes)
    let thread = ThreadState.current
    let isRecorded =
      primitive.isDifferentiable && thread.isRecording && inputs.contains { $0.isTracked } && spec.dtype.isFloat
    let precision =
      primitive.hasPrecision && spec.dtype == .float32 ? MatmulPrecision.inForce(on: thread) : nil
    let record = isRecorded ? Record(primitive, attributes, inputs, precision) : nil
    switch primitive.execution {
    case .view(let layout):
      var source = inputs[0]
      var target = try layout(source.node.layout, attributes, spec)
      if target == nil {
        source =
          try source.isTraced ? withoutGradient { source.contiguous() }.checked() : source.contiguousCopyIfNeeded()
        target = try layout(source.node.layout, attributes, spec)
      }
      guard let target, let storage = source.node.storage else {
        throw TensorError(.state, "the input has no memory")
      }
      return Tensor(node: Node(storage: storage, layout: target, dtype: spec.dtype, record: record))
    case .composite(let body):
      let output = try withoutGradient { try body(inputs, attributes).checked() }
      guard let storage = output.node.storage else { throw TensorError(.state, "the result has no memory") }
      return Tensor(node: Node(storage: storage, layout: output.node.layout, dtype: output.dtype, record: record))
    case .kernel(let name):
      var attributes = attributes
      if let precision {
        attributes = attributes.setting(precision)
        thread.trace?.requirePrecision()
      }
      if inputs.contains(where: \.isTraced) {
        let storage = try Trace.stage(primitive, attributes, inputs, spec, on: thread)
        return Tensor(
          node: Node(storage: storage, layout: Layout(contiguous: spec.shape), dtype: spec.dtype, record: record))
      }
      if thread.trace != nil, primitive.name == Primitive.full.name, !spec.shape.isEmpty {
        // A trace keeps what is constant: one element is enough for as many equal ones as there are.
        return apply(primitive, [], attributes.setting("shape", .ints([]))).broadcast(to: spec.shape)
      }
      let count = try elementCount(spec.shape, byteSize: spec.dtype.byteSize)
      let storage = try Storage(byteCount: count * spec.dtype.byteSize)
      let node = Node(storage: storage, layout: Layout(contiguous: spec.shape), dtype: spec.dtype, record: record)
      let output = Tensor(node: node)
      // What has no inputs is what the caller asked for, also where it is not finite.
      if inputs.isEmpty { storage.isComputed = true }
      let kernel = try CPU.kernel(name)
      let call = KernelCall(inputs: inputs, output: output, attributes: attributes)
      if Instruments.active == 0 { try kernel(call) } else { try Instruments.run(primitive, call, kernel) }
      return output
    }
  } catch let error as TensorError {
    return .failed(error.prefixed(primitive.name))
  } catch {
    return .failed(TensorError(.state, "\(primitive.name): \(error)"))
  }
}

extension Primitive {
  fileprivate func promoted(_ inputs: [Tensor]) -> [Tensor] {
    guard promotion != .none, let first = inputs.first else { return inputs }
    var type = first.dtype
    for input in inputs { type = DType.promoted(type, input.dtype) }
    if promotion == .float && !type.isFloat { type = .float32 }
    if inputs.allSatisfy({ $0.dtype == type }) { return inputs }
    return inputs.map { $0.dtype == type ? $0 : $0.cast(to: type) }
  }
}
