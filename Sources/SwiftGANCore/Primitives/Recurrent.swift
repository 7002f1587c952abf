import SwiftGANKernels

// Gated recurrent cells over whole sequences: one kernel does every step, with the weights packed and the gates computed
// while their products are in the cache, and one does every step of the gradient. What a step leaves for its gradient comes
// out beside its state, as planes side by side along the last axis.

/// A gated recurrent cell.
enum GatedCell: Sendable {
  /// Planes h, c, i, f, g, o (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
  case lstm
  /// Planes h, r, z, n, q with q = h W_n + b_n (Cho et al. 2014, the reset gate after the product).
  case gru

  var gates: Int { self == .lstm ? 4 : 3 }
  var planes: Int { self == .lstm ? 6 : 5 }
  var name: String { self == .lstm ? "lstm" : "gru" }
  fileprivate var kernelCell: sgk_cell { self == .lstm ? SGK_LSTM : SGK_GRU }
  /// Where h before the first step is among the inputs.
  fileprivate var hidden: Int { self == .lstm ? 4 : 5 }
}

/// Sizes of a sequence: time first.
private struct SequenceShape {
  let steps: Int
  let batch: Int
  let hidden: Int

  /// Of the weights (hidden, gates * hidden) and a tensor (time, batch, ...).
  init(_ cell: GatedCell, _ sequence: TensorSpec, weights: TensorSpec, _ title: String) throws {
    guard sequence.shape.count == 3 else {
      throw TensorError(.shape, "\(title) must be (time, batch, features), not \(describe(shape: sequence.shape))")
    }
    guard weights.shape.count == 2, weights.shape[1] == cell.gates * weights.shape[0] else {
      throw TensorError(
        .shape,
        "recurrent weights must be (hidden, \(cell.gates) * hidden), not \(describe(shape: weights.shape))")
    }
    (steps, batch, hidden) = (sequence.shape[0], sequence.shape[1], weights.shape[0])
  }

  func require(_ spec: TensorSpec, _ shape: [Int], _ title: String, orNone: Bool = false) throws {
    if orNone, spec.shape == [0] { return }
    guard spec.shape == shape else {
      let expected = describe(shape: shape) + (orNone ? ", or (0,) for none" : "")
      throw TensorError(.shape, "\(title) must have shape \(expected), not \(describe(shape: spec.shape))")
    }
  }
}

private func row(_ cell: GatedCell) -> Primitive {
  // x, input weights, recurrent weights, bias; of an LSTM the first h and c, of a GRU the bias of q and the first h.
  Primitive(
    cell.name, arity: 6...6, promotion: .float,
    infer: { inputs, _ in
      let sizes = try SequenceShape(cell, inputs[0], weights: inputs[2], "x")
      let (hidden, width) = (sizes.hidden, cell.gates * sizes.hidden)
      try sizes.require(inputs[1], [inputs[0].shape[2], width], "input weights")
      try sizes.require(inputs[3], [width], "the bias", orNone: true)
      if cell == .gru { try sizes.require(inputs[4], [hidden], "the bias of the candidate's product", orNone: true) }
      for index in cell.hidden...5 { try sizes.require(inputs[index], [sizes.batch, hidden], "a first state", orNone: true) }
      return TensorSpec([sizes.steps, sizes.batch, cell.planes * hidden], inputs[0].dtype)
    },
    execution: .kernel(KernelName(rawValue: cell.name)), takesParts: true,
    vjp: { p in try gradients(cell, p) })
}

private func gradientRow(_ cell: GatedCell) -> Primitive {
  // Planes, recurrent weights, the first c (LSTM) or h (GRU), cotangents of h in the last steps, and of the other planes.
  Primitive(
    cell.name + "_gradient", arity: 5...5, attributes: ["start"], promotion: .float,
    infer: { inputs, attributes in
      let sizes = try SequenceShape(cell, inputs[0], weights: inputs[1], "planes")
      let hidden = sizes.hidden
      try sizes.require(inputs[0], [sizes.steps, sizes.batch, cell.planes * hidden], "planes")
      try sizes.require(inputs[2], [sizes.batch, hidden], "the first state", orNone: true)
      for (index, width) in [(3, hidden), (4, (cell.planes - 1) * hidden)] {
        let steps = inputs[index].shape.first ?? 0
        try sizes.require(inputs[index], [min(steps, sizes.steps), sizes.batch, width], "a cotangent")
      }
      let start = try attributes.bool("start", default: false)
      return TensorSpec([sizes.steps + (start ? 1 : 0), sizes.batch, 4 * hidden], inputs[0].dtype)
    },
    execution: .kernel(KernelName(rawValue: cell.name + "_gradient")),
    vjp: { p in
      let start = try p.attributes.bool("start", default: false)
      return try p.pulledBack { try gradientStepByStep(cell, $0, start: start) }
    })
}

let recurrentPrimitives: [Primitive] = [row(.lstm), gradientRow(.lstm), row(.gru), gradientRow(.gru)]

/// The gradients of a sequence's inputs: those of what goes into the gates' functions by one kernel, then products over all
/// steps at once.
private func gradients(_ cell: GatedCell, _ p: Pullback) throws -> [Tensor?] {
  let (planes, weights) = (p.output, p.inputs[2])
  let (steps, batch, hidden) = (planes.shape[0], planes.shape[1], weights.shape[0])
  guard planes.count > 0 else { return p.inputs.map(\.zerosLike) }
  let toHidden = try p.cotangents.lastSteps(planes.shape, columns: 0..<hidden, dtype: planes.dtype)
  let toOthers = try p.cotangents.lastSteps(planes.shape, columns: hidden..<planes.shape[2], dtype: planes.dtype)
  let start = (cell.hidden...5).contains { p.needed[$0] && p.inputs[$0].count > 0 }
  let all = apply(
    .named(cell.name + "_gradient"), [planes, weights, p.inputs[5], toHidden, toOthers],
    ["start": .bool(start)])
  let flowed = start ? all.sliced(axis: 0, to: steps) : all
  let given = cell == .lstm ? flowed : flowed.sliced(axis: 2, to: 3 * hidden)
  let candidate = flowed.sliced(axis: 2, from: 3 * hidden)

  /// h before each step, transposed, times what flowed to some gates.
  func weightGradient(_ flowed: Tensor) -> Tensor {
    let before = planes.window(0..<(steps - 1), 0..<hidden)
    let sum = rightGradient(before, flowed.sliced(axis: 0, from: 1), columns: flowed.shape[2])
    let first = p.inputs[cell.hidden]
    return first.count == 0 ? sum : sum + first.transposed().matmul(flowed.selected(axis: 0, at: 0))
  }
  func firstState(_ columns: Range<Int>) -> Tensor {
    all.window(steps..<(steps + 1), columns).reshape([batch, hidden])
  }

  var found = [Tensor?](repeating: nil, count: 6)
  if p.needed[0] { found[0] = given.matmul(p.inputs[1].transposed()) }
  if p.needed[1] { found[1] = rightGradient(p.inputs[0], given, columns: given.shape[2]) }
  if p.needed[2] {
    found[2] =
      cell == .lstm
      ? weightGradient(flowed)
      : .concatenate([weightGradient(flowed.sliced(axis: 2, to: 2 * hidden)), weightGradient(candidate)], axis: 1)
  }
  if p.needed[3] { found[3] = given.sum(axes: [0, 1]) }
  if cell == .lstm {
    if p.needed[4] { found[4] = start ? firstState(0..<hidden) : nil }
    if p.needed[5] { found[5] = start ? firstState(hidden..<(2 * hidden)) : nil }
  } else {
    if p.needed[4] { found[4] = candidate.sum(axes: [0, 1]) }
    if p.needed[5] { found[5] = start ? firstState(0..<hidden) : nil }
  }
  return found.enumerated().map { p.needed[$0] && p.inputs[$0].count == 0 ? p.inputs[$0].zerosLike : $1 }
}

/// a^T g over all rows of both, (..., m)^T (..., n); zeros where there are no rows.
private func rightGradient(_ a: Tensor, _ g: Tensor, columns: Int) -> Tensor {
  guard a.error == nil, g.error == nil, a.count > 0 else { return .zeros([a.shape.last ?? 0, columns], dtype: g.dtype) }
  let rows = a.shape.dropLast().reduce(1, *)
  return a.reshape([rows, a.shape[a.rank - 1]]).transposed().matmul(g.reshape([rows, columns]))
}

extension Tensor {
  /// Steps of the first axis, columns of the last, in one slice.
  fileprivate func window(_ steps: Range<Int>, _ columns: Range<Int>) -> Tensor {
    guard error == nil else { return self }
    return apply(
      .slice, [self],
      [
        "start": .ints([steps.lowerBound, 0, columns.lowerBound]),
        "size": .ints([steps.count, shape[1], columns.count]), "step": .ints([1, 1, 1]),
      ])
  }
}

let recurrentKernels: [KernelName: CPU.Kernel] = [
  "lstm": { try runSequence(.lstm, $0) }, "gru": { try runSequence(.gru, $0) },
  "lstm_gradient": { try runBack(.lstm, $0) }, "gru_gradient": { try runBack(.gru, $0) },
]

private func runSequence(_ cell: GatedCell, _ call: KernelCall) throws {
  // The kernel takes the large operands as they lie, and vectors and states with their elements side by side.
  let small = try call.inputs[3...].map { try $0.withEvenRows() }
  var run = sgk_recurrent()
  run.cell = cell.kernelCell
  run.x = CPU.view(call.inputs[0])
  run.input_weights = CPU.view(call.inputs[1])
  run.weights = CPU.view(call.inputs[2])
  run.bias = CPU.view(small[0])
  if cell == .lstm {
    (run.hidden, run.cell_state) = (CPU.view(small[1]), CPU.view(small[2]))
  } else {
    (run.candidate_bias, run.hidden) = (CPU.view(small[1]), CPU.view(small[2]))
  }
  run.out = CPU.view(call.output)
  try withExtendedLifetime(small) { try CPU.check(sgk_recurrent_run(&run)) }
}

private func runBack(_ cell: GatedCell, _ call: KernelCall) throws {
  let even = try call.inputs.enumerated().map { try $0 == 1 ? $1 : $1.withEvenRows() }
  var run = sgk_recurrent_gradient()
  run.cell = cell.kernelCell
  run.planes = CPU.view(even[0])
  run.weights = CPU.view(even[1])
  run.first = CPU.view(even[2])
  run.hidden = CPU.view(even[3])
  run.others = CPU.view(even[4])
  run.out = CPU.view(call.output)
  try withExtendedLifetime(even) { try CPU.check(sgk_recurrent_run_back(&run)) }
}

extension Tensor {
  /// This tensor, or a copy whose last axis lies side by side.
  fileprivate func withEvenRows() throws -> Tensor {
    let layout = node.layout
    return layout.rank == 0 || layout.count == 0 || layout.strides[layout.rank - 1] == 1
      ? self : try contiguousCopyIfNeeded()
  }
}
