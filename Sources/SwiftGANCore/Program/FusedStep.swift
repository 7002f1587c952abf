import SwiftGANKernels

/// One or several groups of elementwise ops and reductions as one kernel call.
final class FusedStep: ProgramStep {
  let name: String
  let description: String
  private let kernels: [FusedKernel]
  private let plans: UnsafeMutablePointer<OpaquePointer?>
  private let inputs: UnsafeMutablePointer<UnsafePointer<UnsafeMutableRawPointer?>?>
  private let results: UnsafeMutablePointer<UnsafePointer<UnsafeMutableRawPointer?>?>

  /// - Parameters:
  ///   - groups: if several, without reductions, and none reads what another computes.
  ///   - keeps: whether a variable is read outside its group; the others are never written to memory.
  init(_ groups: [FusedGroup], keeps: (Int) -> Bool, _ slots: Slots) throws {
    kernels = try groups.map { try FusedKernel($0, keeps: keeps, slots) }
    name = kernels.map(\.name).joined(separator: " | ")
    description = kernels.map(\.description).joined(separator: " | ")
    plans = .allocate(capacity: kernels.count)
    inputs = .allocate(capacity: kernels.count)
    results = .allocate(capacity: kernels.count)
    for (index, kernel) in kernels.enumerated() {
      plans[index] = kernel.plan
      inputs[index] = UnsafePointer(kernel.inputs.pointers)
      results[index] = UnsafePointer(kernel.results.pointers)
    }
  }

  deinit {
    plans.deallocate()
    inputs.deallocate()
    results.deallocate()
  }

  func run() throws {
    for kernel in kernels {
      kernel.inputs.update()
      kernel.results.update()
    }
    if kernels.count == 1 {
      try CPU.check(sgk_fused_run(plans[0], inputs[0], results[0]))
    } else {
      try CPU.check(sgk_fused_run_many(Int32(kernels.count), plans, inputs, results))
    }
  }
}

/// A product and a group on its result as one kernel call.
final class ChainedStep: ProgramStep {
  let name: String
  let description: String
  private let product: KernelStep
  private let chain: FusedKernel
  private let call: UnsafeMutablePointer<sgk_fused_call>

  init(_ product: Instruction, _ group: FusedGroup, keeps: (Int) -> Bool, _ slots: Slots) throws {
    call = .allocate(capacity: 1)
    chain = try FusedKernel(group, keeps: keeps, slots)
    call.initialize(
      to: sgk_fused_call(
        plan: chain.plan, inputs: UnsafePointer(chain.inputs.pointers), results: UnsafePointer(chain.results.pointers)))
    self.product = try KernelStep(product, slots, then: UnsafePointer(call))
    name = "\(self.product.name)+\(chain.name)"
    description = "\(self.product.description), then \(chain.description)"
  }

  deinit { call.deallocate() }

  func run() throws {
    chain.inputs.update()
    chain.results.update()
    try product.run()
  }
}

/// The kernel of one group.
private final class FusedKernel {
  let name: String
  let description: String
  let plan: OpaquePointer
  let inputs: Places
  let results: Places

  /// Where the kernel's operands are: places of variables, and how many bytes into them.
  struct Places {
    let places: [(storage: Storage, offset: Int)]
    let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    init(_ places: [(storage: Storage, offset: Int)]) {
      self.places = places
      pointers = .allocate(capacity: max(places.count, 1))
    }

    func update() {
      for (index, place) in places.enumerated() { pointers[index] = place.storage.pointer + place.offset }
    }
  }

  init(_ group: FusedGroup, keeps: (Int) -> Bool, _ slots: Slots) throws {
    let parts = try FusedDescription(group, keeps: keeps, slots)
    name = group.members.map(\.primitive.name).joined(separator: "+")
    let read = parts.inputs.filter { $0.layout.count > 1 }.map { describe(shape: $0.layout.shape) }
    let kept = parts.results.map { $0.reduce < 0 ? "all" : "reduced" }
    description =
      "\(name) over \(describe(shape: group.space)) of \(read.joined(separator: " ")), keeps "
      + kept.joined(separator: ", ")
    var made: OpaquePointer?
    do {
      try CPU.check(
        sgk_fused_create(
          &made, Int32(parts.inputViews.count), parts.inputViews, Int32(parts.steps.count), parts.steps,
          Int32(parts.results.count), parts.results, parts.resultViews))
    } catch {
      throw error.prefixed(description)
    }
    guard let made else { throw TensorError(.state, "the kernel of \(name) was not made") }
    plan = made
    inputs = Places(parts.inputs.map { ($0.storage, $0.layout.offset * $0.byteSize) })
    results = Places(parts.resultPlaces)
  }

  deinit {
    sgk_fused_free(plan)
    inputs.pointers.deallocate()
    results.pointers.deallocate()
  }
}

/// A group in the words of the kernel: inputs, then steps whose operands are inputs or earlier steps, then what is kept.
private struct FusedDescription {
  struct Input {
    let storage: Storage
    let layout: Layout
    let byteSize: Int
  }

  private(set) var inputs: [Input] = []
  private(set) var inputViews: [sgk_view] = []
  private(set) var steps: [sgk_fused_step] = []
  private(set) var results: [sgk_fused_result] = []
  private(set) var resultViews: [sgk_view] = []
  private(set) var resultPlaces: [(storage: Storage, offset: Int)] = []

  private var valueOfInput: [Operand: Int] = [:]
  private var valueOfVariable: [Int: Int] = [:]

  init(_ group: FusedGroup, keeps: (Int) -> Bool, _ slots: Slots) throws {
    let own = Set(group.members.map(\.output))
    for member in group.members {
      for operand in member.inputs where !(operand.variable.map(own.contains) ?? false) {
        try addInput(operand, group.space, slots)
      }
    }
    for member in group.members { try add(member, group, isKept: keeps(member.output), slots) }
  }

  private mutating func addInput(_ operand: Operand, _ space: [Int], _ slots: Slots) throws {
    guard valueOfInput[operand] == nil else { return }
    let tensor = slots.tensor(operand)
    guard let storage = tensor.node.storage else { throw TensorError(.state, "an input has no memory") }
    valueOfInput[operand] = inputs.count
    inputs.append(Input(storage: storage, layout: tensor.node.layout, byteSize: tensor.dtype.byteSize))
    inputViews.append(CPU.view(tensor, broadcastTo: space))
  }

  private func value(_ operand: Operand) throws -> Int32 {
    let known = operand.variable.flatMap { valueOfVariable[$0] } ?? valueOfInput[operand]
    guard let known else { throw TensorError(.state, "a value is read before it is computed") }
    return Int32(known)
  }

  private mutating func add(_ member: Instruction, _ group: FusedGroup, isKept: Bool, _ slots: Slots) throws {
    guard case .kernel(let kernel) = member.primitive.execution else { return }
    let operands = try member.inputs.map(value)
    let output = slots.tensor(of: member.output)
    if let op = CPU.reductions[kernel] {
      let layout = Layout(contiguous: keptShape(group.space, reducing: group.reducedAxes ?? []))
      try keep(operands[0], reduce: Int32(op.rawValue), CPU.view(output, layout), output)
      return
    }
    guard let step = CPU.elementwise[kernel] else {
      throw TensorError(.state, "\(member.primitive.name) cannot be a part of a fused kernel")
    }
    let type = output.dtype.kernelType
    if case .cast = step, member.inputs[0].dtype == output.dtype {
      // A copy is a second name for the value.
      valueOfVariable[member.output] = Int(operands[0])
    } else {
      valueOfVariable[member.output] = inputs.count + steps.count
      var made = sgk_fused_step()
      let from: DType
      switch step {
      case .unary(let op):
        (made.kind, made.op) = (Int32(SGK_FUSED_UNARY.rawValue), Int32(op.rawValue))
        from = member.inputs[0].dtype
      case .binary(let op):
        (made.kind, made.op) = (Int32(SGK_FUSED_BINARY.rawValue), Int32(op.rawValue))
        from = member.inputs[0].dtype
      case .select:
        made.kind = Int32(SGK_FUSED_SELECT.rawValue)
        from = member.inputs[1].dtype
      case .cast:
        made.kind = Int32(SGK_FUSED_CAST.rawValue)
        from = member.inputs[0].dtype
      }
      made.from = from.kernelType
      made.to = type
      made.operands = (operands[0], operands.count > 1 ? operands[1] : 0, operands.count > 2 ? operands[2] : 0)
      steps.append(made)
    }
    if isKept { try keep(Int32(valueOfVariable[member.output] ?? 0), reduce: -1, CPU.view(output), output) }
  }

  private mutating func keep(_ value: Int32, reduce: Int32, _ view: sgk_view, _ output: Tensor) throws {
    guard let storage = output.node.storage else { throw TensorError(.state, "a result has no memory") }
    results.append(sgk_fused_result(value: value, reduce: reduce))
    resultViews.append(view)
    resultPlaces.append((storage, output.node.layout.offset * output.dtype.byteSize))
  }
}
