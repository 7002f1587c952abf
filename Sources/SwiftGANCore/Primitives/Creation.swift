import SwiftGANKernels

let creationPrimitives: [Primitive] = [
  Primitive(
    "full", arity: 0...0, attributes: ["shape", "value", "dtype"],
    infer: { _, attributes in
      let shape = try attributes.ints("shape")
      _ = try elementCount(shape, byteSize: 8)
      let type = try attributes.dtype("dtype", default: .float32)
      let value = try attributes.double("value")
      if type != .bool && !type.holds(value) {
        throw TensorError(.value, "\(value) is not a whole number that fits \(type)")
      }
      return TensorSpec(shape, type)
    },
    execution: .kernel("full"), vjp: nil),
  Primitive(
    "arange", arity: 0...0, attributes: ["start", "end", "step", "dtype"],
    infer: { _, attributes in
      let start = try attributes.double("start", default: 0)
      let (end, step) = (try attributes.double("end"), try attributes.double("step", default: 1))
      let type = try attributes.dtype("dtype", default: .float32)
      if type == .bool { throw TensorError(.type, "there is no range of bool") }
      let count = ((end - start) / step).rounded(.up)
      guard step != 0, count.isFinite else {
        throw TensorError(.value, "a range from \(start) to \(end) cannot have step \(step)")
      }
      guard count < 0x1p48 else { throw TensorError(.memory, "a range of \(count) elements does not fit in memory") }
      return TensorSpec([Int(max(0, count))], type)
    },
    execution: .kernel("arange"), vjp: nil),
]

extension Primitive {
  // Rows that other rows and derived ops apply by name.
  static let full = named("full")
  static let arange = named("arange")
  static let copy = named("copy")
  static let identity = named("identity")
  static let stopGradient = named("stop_gradient")
  static let place = named("place")
  static let slice = named("slice")

  /// A row that is known to be in the table; a missing one gives an op whose every application carries that error.
  static func named(_ name: String) -> Primitive {
    find(name)
      ?? Primitive(
        name, arity: 0...Int.max, infer: { _, _ in throw TensorError(.state, "there is no primitive '\(name)'") },
        execution: .kernel(KernelName(rawValue: name)), vjp: nil)
  }
}

let creationKernels: [KernelName: CPU.Kernel] = [
  "full": { call in
    let value = try call.attributes.double("value")
    var out = CPU.view(call.output)
    func fill<T>(_ element: T) { withUnsafeBytes(of: element) { sgk_fill($0.baseAddress, &out) } }
    switch call.output.dtype {
    case .float32: fill(Float(value))
    case .float64: fill(value)
    case .int32: fill(Int32(clamping: Int64(clamping(value))))
    case .int64: fill(clamping(value))
    case .uint8: fill(UInt8(clamping: clamping(value)))
    case .bool: fill(UInt8(value != 0 ? 1 : 0))
    }
  },
  "arange": { call in
    var out = CPU.view(call.output)
    sgk_arange(try call.attributes.double("start", default: 0), try call.attributes.double("step", default: 1), &out)
  },
]

extension DType {
  /// Whether a number can be an element of this type without becoming another: floats hold all, if rounded.
  func holds(_ value: Double) -> Bool {
    switch self {
    case .float32, .float64: true
    case .int64: value.rounded() == value && abs(value) <= 0x1p63
    case .int32: Int32(exactly: value) != nil
    case .uint8: UInt8(exactly: value) != nil
    case .bool: value == 0 || value == 1
    }
  }
}

private func clamping(_ value: Double) -> Int64 {
  value >= 0x1p63 ? .max : value <= -0x1p63 ? .min : Int64(value)
}
