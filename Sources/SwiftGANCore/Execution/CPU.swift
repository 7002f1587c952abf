import SwiftGANKernels

/// One application of a kernel: checked inputs, and an output of new contiguous memory to fill.
struct KernelCall {
  let inputs: [Tensor]
  let output: Tensor
  let attributes: Attributes
  /// What a chainable kernel does with parts of its result as they are done.
  var then: UnsafePointer<sgk_fused_call>?
}

/// The CPU backend: finds kernels by name and calls the C kernels on views of tensors.
enum CPU {
  typealias Kernel = @Sendable (KernelCall) throws -> Void

  /// The kernels that compute each element of the output from the same element of the inputs.
  static let elementwise: [KernelName: ElementwiseStep] =
    [functionSteps, integerSteps].reduce(into: elementwiseSteps) { table, family in
      table.merge(family) { first, _ in first }
    }

  /// Whether a primitive computes each element of its output from the same element of its inputs.
  static func isElementwise(_ primitive: Primitive) -> Bool {
    guard case .kernel(let name) = primitive.execution else { return false }
    return elementwise[name] != nil
  }

  /// Whether a primitive's kernel can run a chain on its result.
  static func isChainable(_ primitive: Primitive) -> Bool {
    guard case .kernel(let name) = primitive.execution else { return false }
    return ["batch_matmul", "matmul_packed", "conv2d", "conv2d_input_gradient"].contains(name)
  }

  /// The kernels that fold elements into one.
  static var reductions: [KernelName: sgk_reduce_op] { reductionOps }

  private static let table: [KernelName: Kernel] = {
    let families = [
      creationKernels, reduceKernels, movementKernels, indexKernels, matmulKernels, convolutionKernels, poolingKernels,
      randomKernels, alongAxisKernels, scanKernels, sortKernels, linearKernels,
      packedKernels, recurrentKernels,
    ]
    var table = elementwise.mapValues(\.kernel)
    for family in families { table.merge(family) { first, _ in first } }
    return table
  }()

  static func kernel(_ name: KernelName) throws(TensorError) -> Kernel {
    guard let kernel = table[name] else { throw TensorError(.state, "the CPU has no kernel '\(name.rawValue)'") }
    return kernel
  }

  /// A view of the tensor's memory with its own layout, or with `layout`.
  static func view(_ tensor: Tensor, _ layout: Layout? = nil) -> sgk_view {
    let layout = layout ?? tensor.node.layout
    var view = sgk_view()
    let base = tensor.node.storage?.pointer
    layout.shape.withUnsafeBufferPointer { shape in
      layout.strides.withUnsafeBufferPointer { strides in
        shape.withMemoryRebound(to: Int64.self) { shape in
          strides.withMemoryRebound(to: Int64.self) { strides in
            sgk_view_set(
              &view, base.map { $0 + layout.offset * tensor.dtype.byteSize }, tensor.dtype.kernelType,
              Int32(layout.rank),
              shape.baseAddress, strides.baseAddress)
          }
        }
      }
    }
    return view
  }

  /// A view of the tensor broadcast to `shape`.
  static func view(_ tensor: Tensor, broadcastTo shape: [Int]) -> sgk_view {
    tensor.shape == shape ? view(tensor) : view(tensor, tensor.node.layout.broadcast(to: shape))
  }

  /// Copies the elements in row-major order to memory with room for them.
  static func copy(_ tensor: Tensor, to target: UnsafeMutableRawPointer) {
    var source = view(tensor)
    var output = source
    let strides = Layout.contiguousStrides(tensor.shape).map(Int64.init)
    tensor.shape.map(Int64.init).withUnsafeBufferPointer { shape in
      strides.withUnsafeBufferPointer { strides in
        sgk_view_set(
          &output, target, tensor.dtype.kernelType, Int32(tensor.rank), shape.baseAddress, strides.baseAddress)
      }
    }
    withExtendedLifetime(tensor) { sgk_cast(&source, &output) }
  }

  static func check(_ status: sgk_status) throws(TensorError) {
    switch status {
    case SGK_OK: return
    case SGK_OUT_OF_MEMORY: throw TensorError(.memory, "no memory for scratch space")
    case SGK_BAD_INDEX: throw TensorError(.index, "an index is out of range")
    default: throw TensorError(.state, "the kernel failed with status \(status.rawValue)")
    }
  }
}
