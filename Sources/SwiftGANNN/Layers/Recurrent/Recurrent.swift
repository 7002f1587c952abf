import SwiftGANCore

/// Runs a cell over all steps of sequences: stacked, in one direction or both, with masks and states.
///
/// Input (batch, time, input_size). Output (batch, time, directions * hidden_size), or, when only the last is returned,
/// (batch, directions * hidden_size): each direction's state after its last step, side by side. Further inputs:
///
/// - "mask" (batch, time): where it is false (0) a sequence has no step. The state is held there, the output is 0, and what
///   the input holds there (be it NaN) has no influence, on values or gradients; so sequences of different lengths are padded
///   at their ends, for both directions alike. Where the batch is not the first axis, (time, batch).
/// - the first states, named as the cell's ("hidden", and "cell" of an LSTM), of shape
///   (layers * directions, batch, hidden_size), zeros where not given; for one layer and direction also (batch, hidden_size).
///
/// The further outputs are the last states, under the same names and in the same shape: what the next part of long sequences
/// starts from. Parameters are the cells', below the layer's number where there are several, and below "forward" and
/// "backward" where there are two directions.
///
/// ```swift
/// let layer = try LSTM(8, 16, stack: RecurrentStack(layers: 2, bidirectional: true), in: scope["encoder"])
/// let outputs = layer.outputs(x, ["mask": mask])   // [(batch, time, 32), (4, batch, 16), (4, batch, 16)]
/// ```
public struct Recurrent<Cell: RecurrentCell>: Layer {
  /// The cells of each layer, from the input up: forward, and backward where there are two directions.
  public let cells: [[Cell]]
  private let stack: RecurrentStack
  private let dropout: Dropout?
  private let label: LayerLabel

  /// A layer of cells that `cell` makes for a number of inputs, in a scope.
  /// - Throws: `.value` for numbers out of range; what `cell` throws.
  public init(
    _ name: String = "recurrent", inputs: Int, hidden: Int, stack: RecurrentStack = RecurrentStack(), in scope: Scope,
    cell: (_ inputs: Int, _ scope: Scope) throws -> Cell
  ) throws {
    label = LayerLabel(name, scope)
    try label.require("num_layers", stack.layers)
    try label.require("hidden_size", hidden)
    self.stack = stack
    dropout = stack.dropout > 0 ? try Dropout(stack.dropout, in: scope) : nil
    cells = try (0..<stack.layers).map { layer in
      let place = stack.layers > 1 ? scope[layer] : scope
      return try (0..<stack.directions).map { direction in
        try cell(
          layer == 0 ? inputs : stack.directions * hidden,
          stack.isBidirectional ? place[direction == 0 ? "forward" : "backward"] : place)
      }
    }
  }

  /// The mask and the first states.
  public var inputNames: [String] { ["mask"] + Cell.stateNames }
  /// The last states.
  public var outputNames: [String] { Cell.stateNames }

  /// The outputs of sequences without a mask, from states of zeros.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// The outputs and the last states.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      guard let first = cells.first?.first else { throw TensorError(.state, "there is no cell") }
      try label.requireLast(first.inputSize, of: "features", in: x, rank: 3...3)
      let batch = x.shape[1 - stack.timeAxis]
      let mask = try further["mask"].map { try StepMask($0, batch: batch, stack, time: x.shape[stack.timeAxis]) }
      let starts = try Cell.stateNames.map { try start(further[$0], $0, batch: batch, hidden: first.hiddenSize) }
      // Steps that are none are taken out before any product: 0 times NaN would be NaN in the weights' gradients.
      var sequence = mask.map { .select($0.all, x, x.zerosScalar) } ?? x
      var last = Cell.stateNames.map { _ in [Tensor]() }
      for (level, row) in cells.enumerated() {
        if level > 0, let dropout { sequence = dropout(sequence) }
        let isWanted = stack.returnsSequences || level + 1 < cells.count
        var directions: [Tensor] = []
        for (direction, cell) in row.enumerated() {
          let state = starts.map { $0?[level * row.count + direction] }
          let run = try self.run(cell, sequence, state, mask, isBackward: direction == 1, isWanted)
          directions.append(run.sequence ?? run.state[0])
          for (index, tensor) in run.state.enumerated() { last[index].append(tensor) }
        }
        sequence = directions.count == 1 ? directions[0] : .concatenate(directions, axis: isWanted ? 2 : 1)
      }
      return [sequence] + last.map { .stack($0) }
    }
  }

  // One cell over all steps: the outputs, if they are wanted, and the state after the last step.
  private func run(
    _ cell: Cell, _ x: Tensor, _ start: [Tensor?], _ mask: StepMask?, isBackward: Bool, _ isWanted: Bool
  ) throws -> (sequence: Tensor?, state: [Tensor]) {
    if let run = try atOnce(cell, x, start, mask, isBackward: isBackward, isWanted) { return run }
    let projected = try cell.projected(x).checked()
    let shape = [x.shape[1 - stack.timeAxis], cell.hiddenSize]
    var state = start.map { $0 ?? .zeros(shape, dtype: projected.dtype) }
    let step = cell.prepared()
    let inputs = projected.unstacked(axis: stack.timeAxis)
    var outputs: [Tensor] = []
    for position in inputs.indices {
      let time = isBackward ? inputs.count - 1 - position : position
      let next = step(inputs[time], state)
      state = mask.map { mask in zip(next, state).map { .select(mask.steps[time], $0, $1) } } ?? next
      if let error = state[0].error { throw error }
      if isWanted { outputs.append(state[0]) }
    }
    guard isWanted else { return (nil, state) }
    guard !outputs.isEmpty else {
      return (.zeros(Array(x.shape.dropLast()) + [cell.hiddenSize], dtype: projected.dtype), state)
    }
    let sequence = Tensor.stack(isBackward ? outputs.reversed() : outputs, axis: stack.timeAxis)
    return (mask.map { .select($0.all, sequence, sequence.zerosScalar) } ?? sequence, state)
  }

  // The same by the cell's operation on whole sequences, where it has one.
  private func atOnce(
    _ cell: Cell, _ x: Tensor, _ start: [Tensor?], _ mask: StepMask?, isBackward: Bool, _ isWanted: Bool
  ) throws -> (sequence: Tensor?, state: [Tensor])? {
    guard x.shape[stack.timeAxis] > 0 else { return nil }
    func inOrder(_ sequence: Tensor) -> Tensor {
      let timeFirst = stack.isBatchFirst ? sequence.swapAxes(0, 1) : sequence
      return isBackward ? timeFirst.flip(axes: [0]) : timeFirst
    }
    let isStep = mask.map { inOrder($0.all.squeeze(axes: [2])) }
    guard let states = cell.states(inOrder(x), from: start, mask: isStep) else { return nil }
    let last = try states.last.map { try $0.checked() }
    guard isWanted else { return (nil, last) }
    let inTime = isBackward ? states.sequence.flip(axes: [0]) : states.sequence
    let sequence = stack.isBatchFirst ? inTime.swapAxes(0, 1) : inTime
    return (mask.map { .select($0.all, sequence, sequence.zerosScalar) } ?? sequence, last)
  }

  /// The first states of one name, one for each cell; nil for zeros.
  private func start(_ given: Tensor?, _ name: String, batch: Int, hidden: Int) throws -> [Tensor]? {
    guard let given else { return nil }
    let count = stack.layers * stack.directions
    let states = count == 1 && given.rank == 2 ? given.expandDims(at: 0) : given
    return try states.requireState([count, batch, hidden], name).unstacked(axis: 0)
  }
}

/// Which steps there are: of all times at once, to be combined with outputs, and of each time, with states.
private struct StepMask {
  let all: Tensor
  let steps: [Tensor]

  init(_ mask: Tensor, batch: Int, _ stack: RecurrentStack, time: Int) throws {
    let (expected, words) = stack.isBatchFirst ? ([batch, time], "(batch, time)") : ([time, batch], "(time, batch)")
    guard mask.shape == expected else {
      throw TensorError(
        .shape,
        "the further input 'mask' must have shape \(words), here \(describe(shape: expected)), not "
          + describe(shape: mask.shape))
    }
    let isStep = mask.dtype == .bool ? mask : mask .!= 0
    let all = isStep.expandDims(at: 2)
    self.all = all
    steps = (0..<time).map { all.selected(axis: stack.timeAxis, at: $0) }
  }
}

extension Tensor {
  /// 0 of this tensor's type.
  fileprivate var zerosScalar: Tensor { .zeros([], dtype: dtype) }
}
