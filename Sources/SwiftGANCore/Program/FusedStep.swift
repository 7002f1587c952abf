import SwiftGANKernels

/// A group of elementwise ops and reductions as one kernel call.
final class FusedStep: ProgramStep {
  let name: String
  private let plan: OpaquePointer
  private let inputs: Places
  private let results: Places

  /// Where the kernel's operands are: places of variables, and how many bytes into them.
  private struct Places {
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

  /// - Parameter keeps: whether a variable is read outside the group; the others are never written to memory.
  init(_ group: FusedGroup, keeps: (Int) -> Bool, _ slots: Slots) throws {
    let description = try FusedDescription(group, keeps: keeps, slots)
    name = group.members.map(\.primitive.name).joined(separator: "+")
    var made: OpaquePointer?
    try CPU.check(
      sgk_fused_create(
        &made, Int32(description.inputViews.count), description.inputViews, Int32(description.steps.count),
        description.steps, Int32(description.results.count), description.results, description.resultViews))
    guard let made else { throw TensorError(.state, "the kernel of \(name) was not made") }
    plan = made
    inputs = Places(description.inputs.map { ($0.storage, $0.layout.offset * $0.byteSize) })
    results = Places(description.resultVariables.map { (slots.storage($0), 0) })
  }

  deinit {
    sgk_fused_free(plan)
    inputs.pointers.deallocate()
    results.pointers.deallocate()
  }

  func run() throws {
    inputs.update()
    results.update()
    try CPU.check(sgk_fused_run(plan, inputs.pointers, results.pointers))
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
  private(set) var resultVariables: [Int] = []

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
      keep(operands[0], reduce: Int32(op.rawValue), CPU.view(output, layout), member.output)
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
    if isKept { keep(Int32(valueOfVariable[member.output] ?? 0), reduce: -1, CPU.view(output), member.output) }
  }

  private mutating func keep(_ value: Int32, reduce: Int32, _ view: sgk_view, _ variable: Int) {
    results.append(sgk_fused_result(value: value, reduce: reduce))
    resultViews.append(view)
    resultVariables.append(variable)
  }
}
