import SwiftGANKernels

// Draws depend on a key (an int64 [2] tensor: seed and stream) and nothing else, so a traced step takes its key as an
// input and noise is never frozen in.

@Sendable private func checkKey(_ inputs: [TensorSpec]) throws {
  guard inputs[0] == TensorSpec([2], .int64) else {
    throw TensorError(
      .type, "a random key is an int64 tensor of shape (2,), not \(inputs[0].dtype) \(describe(shape: inputs[0].shape))"
    )
  }
}

private func draw(
  _ name: String, attributes: [String] = [], result: DType? = nil,
  check: @escaping @Sendable (Attributes) throws -> Void = { _ in }
) -> Primitive {
  Primitive(
    name, arity: 1...1, attributes: ["shape", "dtype"] + attributes,
    infer: { inputs, attributes in
      try checkKey(inputs)
      try check(attributes)
      let shape = try attributes.ints("shape")
      _ = try elementCount(shape, byteSize: 8)
      let type = try attributes.dtype("dtype", default: result ?? .float32)
      guard result == nil ? type.isFloat : type == result else {
        throw TensorError(.type, "draws \(result?.name ?? "float32 or float64"), not \(type)")
      }
      return TensorSpec(shape, type)
    }, execution: .kernel(KernelName(rawValue: name)), vjp: nil)
}

let randomPrimitives: [Primitive] = [
  draw("random_uniform"),
  draw("random_normal"),
  draw("random_bernoulli", attributes: ["p"], result: .bool) { attributes in
    let p = try attributes.double("p")
    guard p >= 0 && p <= 1 else { throw TensorError(.value, "a probability lies in [0, 1], not \(p)") }
  },
  draw("random_integers", attributes: ["low", "high"], result: .int64) { attributes in
    let (low, high) = (try attributes.int("low"), try attributes.int("high"))
    guard low < high else {
      throw TensorError(.value, "no integers from \(low) up to \(high): low must be less than high")
    }
  },
  Primitive(
    "random_permutation", arity: 1...1, attributes: ["n"],
    infer: { inputs, attributes in
      try checkKey(inputs)
      let n = try attributes.int("n")
      _ = try elementCount([n], byteSize: 8)
      return TensorSpec([n], .int64)
    }, execution: .kernel("random_permutation"), vjp: nil),
  // Child keys start, start + 1, ..., start + n - 1 as an [n, 2] tensor.
  Primitive(
    "random_split", arity: 1...1, attributes: ["n", "start"],
    infer: { inputs, attributes in
      try checkKey(inputs)
      let n = try attributes.int("n")
      _ = try elementCount([n, 2], byteSize: 8)
      return TensorSpec([n, 2], .int64)
    }, execution: .kernel("random_split"), vjp: nil),
]

private func key(_ call: KernelCall) throws -> sgk_key {
  let words = try call.inputs[0].scalars(as: Int64.self)
  return sgk_key(seed: UInt64(bitPattern: words[0]), stream: UInt64(bitPattern: words[1]))
}

let randomKernels: [KernelName: CPU.Kernel] = [
  "random_uniform": { call in
    var out = CPU.view(call.output)
    sgk_random_uniform(try key(call), &out)
  },
  "random_normal": { call in
    var out = CPU.view(call.output)
    sgk_random_normal(try key(call), &out)
  },
  "random_bernoulli": { call in
    var out = CPU.view(call.output)
    sgk_random_bernoulli(try key(call), try call.attributes.double("p"), &out)
  },
  "random_integers": { call in
    var out = CPU.view(call.output)
    let (low, high) = (try call.attributes.int("low"), try call.attributes.int("high"))
    sgk_random_integers(try key(call), Int64(low), Int64(high), &out)
  },
  "random_permutation": { call in
    var out = CPU.view(call.output)
    try CPU.check(sgk_random_permutation(try key(call), &out))
  },
  "random_split": { call in
    let parent = try key(call)
    let start = try call.attributes.int("start", default: 0)
    guard let words = call.output.address?.assumingMemoryBound(to: Int64.self) else { return }
    for index in 0..<call.output.shape[0] {
      let child = sgk_key_split(parent, UInt64(bitPattern: Int64(start &+ index)))
      words[2 * index] = Int64(bitPattern: child.seed)
      words[2 * index + 1] = Int64(bitPattern: child.stream)
    }
  },
]
