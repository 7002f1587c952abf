import SwiftGANKernels

/// One step of a program, ready to run: all that can be prepared is prepared.
protocol ProgramStep: AnyObject {
  /// The ops that it does, for messages and profiles.
  var name: String { get }
  /// The op with its operands' shapes.
  var description: String { get }
  func run() throws
}

/// A kernel by itself.
final class KernelStep: ProgramStep {
  let name: String
  let call: KernelCall
  private let kernel: CPU.Kernel

  /// - Parameter then: a chain on the result, if the kernel is chainable.
  init(_ instruction: Instruction, _ slots: Slots, then: UnsafePointer<sgk_fused_call>? = nil) throws {
    name = instruction.primitive.name
    guard case .kernel(let kernelName) = instruction.primitive.execution else {
      throw TensorError(.state, "\(name) has no kernel")
    }
    kernel = try CPU.kernel(kernelName)
    call = KernelCall(
      inputs: instruction.inputs.map(slots.tensor), output: slots.tensor(of: instruction.output),
      attributes: instruction.attributes, then: then)
  }

  func run() throws { try kernel(call) }

  var description: String {
    let inputs = call.inputs.map { describe(shape: $0.shape) + ($0.isContiguous ? "" : "*") }
    return "\(name) \(inputs.joined(separator: " ")) -> \(describe(shape: call.output.shape))"
  }
}
