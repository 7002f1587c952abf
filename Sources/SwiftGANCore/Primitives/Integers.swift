import SwiftGANKernels

// Bit by bit, on integers; the bitwise and, or, xor and not of bool are the logical ones.

@Sendable private func wholeSpec(_ inputs: [TensorSpec], allowsBool: Bool) throws -> TensorSpec {
  let type = inputs[0].dtype
  if type.isFloat || (type == .bool && !allowsBool) {
    throw TensorError(.type, "takes integers\(allowsBool ? " or bool" : ""), not \(type)")
  }
  return TensorSpec(try broadcastShape(inputs.map(\.shape)), type)
}

let integerPrimitives: [Primitive] =
  ["bitwise_and", "bitwise_or", "bitwise_xor"].map {
    Primitive(
      $0, arity: 2...2, promotion: .common, infer: { inputs, _ in try wholeSpec(inputs, allowsBool: true) },
      execution: .kernel(KernelName(rawValue: $0)), vjp: nil)
  }
  + ["bitwise_left_shift", "bitwise_right_shift"].map {
    Primitive(
      $0, arity: 2...2, promotion: .common, infer: { inputs, _ in try wholeSpec(inputs, allowsBool: false) },
      execution: .kernel(KernelName(rawValue: $0)), vjp: nil)
  }
  + [
    Primitive(
      "bitwise_invert", arity: 1...1, infer: { inputs, _ in try wholeSpec(inputs, allowsBool: true) },
      execution: .kernel("bitwise_invert"), vjp: nil)
  ]

let integerSteps: [KernelName: ElementwiseStep] = [
  "bitwise_and": .binary(SGK_AND), "bitwise_or": .binary(SGK_OR), "bitwise_xor": .binary(SGK_XOR),
  "bitwise_left_shift": .binary(SGK_LEFT_SHIFT), "bitwise_right_shift": .binary(SGK_RIGHT_SHIFT),
  "bitwise_invert": .unary(SGK_NOT),
]
