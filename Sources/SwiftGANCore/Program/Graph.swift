/// A traced function as a list of instructions in an order in which they can be done.
struct Graph {
  var instructions: [Instruction]
  /// Shape and type of every variable, by its index.
  var specs: [TensorSpec]
  /// What every variable is, for messages.
  var origins: [String]
  /// The layer of every variable that the traced function computes, by its index; later ones have none.
  private let layers: [Int]
  private let layerPaths: LayerPaths
  /// The variables 0..<argumentCount are the arguments.
  let argumentCount: Int
  /// The variables that hold the states' values at the start.
  let stateInputs: [Int]
  /// What the caller gets.
  var outputs: [Operand]
  /// What states become, by their place in the list of states.
  var writes: [(state: Int, value: Operand)]

  init(_ trace: Trace, outputs: [Tensor]) throws {
    instructions = trace.instructions
    specs = trace.specs
    origins = trace.origins
    layers = trace.layers
    layerPaths = trace.layerPaths
    argumentCount = trace.argumentCount
    stateInputs = trace.states.map(\.input)
    self.outputs = []
    writes = []
    for output in outputs { self.outputs.append(try trace.operand(output)) }
    for (index, place) in trace.states.enumerated() where place.isWritten {
      try place.current.checked()
      let value = try trace.operand(place.current)
      let held = specs[place.input]
      guard place.current.shape == held.shape, place.current.dtype == held.dtype else {
        throw TensorError(
          .state,
          "'\(place.state.stateName)' was \(held.dtype) \(describe(shape: held.shape)) and becomes "
            + "\(place.current.dtype) \(describe(shape: place.current.shape)): what a traced function changes must keep "
            + "shape and type")
      }
      if value.variable != place.input { writes.append((index, value)) }
    }
  }

  /// Everything that is wanted at the end.
  var results: [Operand] { outputs + writes.map(\.value) }

  /// The layers, outermost first, that all of these instructions are in.
  func layerPath(_ instructions: [Instruction]) -> [String] {
    layerPaths.shared(instructions.lazy.map { $0.output < layers.count ? layers[$0.output] : 0 })
  }

  /// Drops what is computed twice and what nobody wants.
  mutating func simplify() {
    mergeEqualInstructions()
    dropUnused()
  }

  // Primitives are pure (a random draw is a function of its key), so equal inputs give equal results.
  private mutating func mergeEqualInstructions() {
    struct Key: Hashable {
      let name: String
      let attributes: Attributes
      let inputs: [Operand]
    }
    var known: [Key: Int] = [:]
    var replaced: [Int: Int] = [:]
    func follow(_ operand: Operand) -> Operand {
      guard case .variable(let index, let layout, let dtype) = operand, let other = replaced[index] else {
        return operand
      }
      return .variable(other, layout, dtype)
    }
    var kept: [Instruction] = []
    for var instruction in instructions {
      instruction.inputs = instruction.inputs.map(follow)
      let key = Key(
        name: instruction.primitive.name, attributes: instruction.attributes, inputs: instruction.inputs)
      if let first = known[key] {
        replaced[instruction.output] = first
      } else {
        known[key] = instruction.output
        kept.append(instruction)
      }
    }
    instructions = kept
    outputs = outputs.map(follow)
    writes = writes.map { ($0.state, follow($0.value)) }
  }

  /// Drops what nobody wants.
  mutating func dropUnused() {
    var wanted = Set(results.compactMap(\.variable))
    var kept: [Instruction] = []
    for instruction in instructions.reversed() where wanted.contains(instruction.output) {
      for input in instruction.inputs { if let variable = input.variable { wanted.insert(variable) } }
      kept.append(instruction)
    }
    instructions = kept.reversed()
  }
}
