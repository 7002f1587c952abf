import SwiftGANKernels

// Gated recurrent cells over whole sequences: one kernel does every step, with the weights packed and the gates
// computed while their products are in the cache, and one does every step of the gradient. What a step leaves for its
// gradient comes out beside its state, as planes side by side along the last axis.

/// A gated recurrent cell.
enum GatedCell: Sendable {
  /// Planes h, c, i, f, g, o (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
  case lstm
  /// Planes h, r, z, n, q with q = h W_n + b_n (Cho et al. 2014, the reset gate after the product).
  case gru

  var gates: Int { self == .lstm ? 4 : 3 }
  var planes: Int { self == .lstm ? 6 : 5 }
  var name: String { self == .lstm ? "lstm" : "gru" }
  /// Where h before the first step is among the inputs.
  var hidden: Int { self == .lstm ? 4 : 5 }
  /// Which inputs are weights and biases, whose gradients are sums over all rows and steps.
  var summed: Set<Int> { self == .lstm ? [1, 2, 3] : [1, 2, 3, 4] }
  /// The mask's place among the inputs; it has no gradient.
  static let mask = 6
  /// A gradient's result that is none of an input: what flows to the gates before their functions.
  static let flow = 7
  fileprivate var kernelCell: sgk_cell { self == .lstm ? SGK_LSTM : SGK_GRU }

  /// Checks the inputs of a sequence: x, input weights, recurrent weights, bias; of an LSTM the first h and c, of a GRU the
  /// bias of q and the first h; and a mask. (0) stands for no bias, states of zeros, no mask.
  fileprivate func check(_ inputs: [TensorSpec]) throws -> (steps: Int, batch: Int, hidden: Int) {
    guard inputs[0].shape.count == 3 else {
      throw TensorError(.shape, "x must be (time, batch, features), not \(describe(shape: inputs[0].shape))")
    }
    let weights = inputs[2].shape
    let (width, overflow) = gates.multipliedReportingOverflow(by: weights.first ?? 0)
    guard weights.count == 2, !overflow, weights[1] == width else {
      throw TensorError(
        .shape, "recurrent weights must be (hidden, \(gates) * hidden), not \(describe(shape: weights))")
    }
    let (steps, batch, hidden) = (inputs[0].shape[0], inputs[0].shape[1], weights[0])
    try require(inputs[1], [inputs[0].shape[2], width], "input weights")
    try require(inputs[3], [width], "the bias", orNone: true)
    if self == .gru { try require(inputs[4], [hidden], "the bias of the candidate's product", orNone: true) }
    for index in self.hidden...5 { try require(inputs[index], [batch, hidden], "a first state", orNone: true) }
    try require(inputs[Self.mask], [steps, batch], "the mask", orNone: true)
    return (steps, batch, hidden)
  }
}

private func require(_ spec: TensorSpec, _ shape: [Int], _ title: String, orNone: Bool = false) throws {
  if orNone, spec.shape == [0] { return }
  guard spec.shape == shape else {
    let expected = describe(shape: shape) + (orNone ? ", or (0,) for none" : "")
    throw TensorError(.shape, "\(title) must have shape \(expected), not \(describe(shape: spec.shape))")
  }
}

private func row(_ cell: GatedCell) -> Primitive {
  Primitive(
    cell.name, arity: 7...7, promotion: .float,
    infer: { inputs, _ in
      let (steps, batch, hidden) = try cell.check(inputs)
      return TensorSpec([steps, batch, cell.planes * hidden], inputs[0].dtype)
    },
    execution: .kernel(KernelName(rawValue: cell.name)), takesParts: true,
    vjp: { p in try gradients(cell, p) })
}

private func gradientRow(_ cell: GatedCell) -> Primitive {
  // The inputs, planes, cotangents of h in the last steps, and of the other planes. Out come, end to end, the gradients of
  // the inputs that are wanted, in order, and last (7) what flows to the gates.
  Primitive(
    cell.name + "_gradient", arity: 10...10, attributes: ["wanted"], promotion: .float,
    infer: { inputs, attributes in
      let (steps, batch, hidden) = try cell.check(inputs)
      try require(inputs[7], [steps, batch, cell.planes * hidden], "planes")
      for (index, width) in [(8, hidden), (9, (cell.planes - 1) * hidden)] {
        try require(inputs[index], [min(inputs[index].shape.first ?? 0, steps), batch, width], "a cotangent")
      }
      let wanted = try attributes.ints("wanted")
      guard wanted == Set(wanted).sorted(), Set(wanted).isSubset(of: [0, 1, 2, 3, 4, 5, GatedCell.flow]) else {
        throw TensorError(.value, "wanted must be rising numbers from 0 to 5, or 7, not \(wanted)")
      }
      var count = 0
      for shape in gradientShapes(inputs.map(\.shape), wanted) { count += try elementCount(shape) }
      return TensorSpec([count], inputs[0].dtype)
    },
    execution: .kernel(KernelName(rawValue: cell.name + "_gradient")),
    vjp: { p in
      let wanted = try p.attributes.ints("wanted")
      return try p.pulledBack { try gradientStepByStep(cell, $0, wanted: wanted) }
    })
}

/// Shapes of the gradients that are wanted.
private func gradientShapes(_ inputs: [[Int]], _ wanted: [Int]) -> [[Int]] {
  wanted.map { $0 == GatedCell.flow ? [inputs[0][0], inputs[0][1], 4 * inputs[2][0]] : inputs[$0] }
}

let recurrentPrimitives: [Primitive] = [row(.lstm), gradientRow(.lstm), row(.gru), gradientRow(.gru)]

/// The gradients of a sequence's inputs, by one kernel. Those of weights are summed in it while they fit the second-level
/// cache beside the weights; else they are products over all steps at once.
private func gradients(_ cell: GatedCell, _ p: Pullback) throws -> [Tensor?] {
  let planes = p.output
  guard planes.count > 0 else { return p.inputs.map(\.zerosLike) }
  let (batch, hidden, features) = (planes.shape[1], p.inputs[2].shape[0], p.inputs[0].shape[2])
  let needed = p.inputs.indices.filter { $0 != GatedCell.mask && p.needed[$0] && p.inputs[$0].count > 0 }
  let bytes = (features + hidden + 1) * 4 * hidden * planes.dtype.byteSize
  let isFused = batch >= 16 && bytes <= 1 << 19
  var wanted = needed
  if !isFused, needed.contains(where: { $0 == 0 || cell.summed.contains($0) }) {
    wanted = needed.filter { $0 >= cell.hidden } + [GatedCell.flow]
  }
  let all = apply(
    .named(cell.name + "_gradient"),
    p.inputs + [
      planes, try p.cotangents.lastSteps(planes.shape, columns: 0..<hidden, dtype: planes.dtype),
      try p.cotangents.lastSteps(planes.shape, columns: hidden..<planes.shape[2], dtype: planes.dtype),
    ], ["wanted": .ints(wanted)])
  var found = p.inputs.enumerated().map { p.needed[$0] && $1.count == 0 ? $1.zerosLike : nil }
  var start = 0
  for (index, shape) in zip(wanted, gradientShapes(p.inputs.map(\.shape), wanted)) {
    let count = shape.reduce(1, *)
    let part = all.sliced(axis: 0, from: start, to: start + count).reshape(shape)
    start += count
    if index < GatedCell.flow {
      found[index] = part
    } else {
      let rest = needed.filter { $0 < cell.hidden }
      for (index, gradient) in zip(rest, try gradientProducts(cell, p.inputs, planes, part, rest)) {
        found[index] = gradient
      }
    }
  }
  return found
}

let recurrentKernels: [KernelName: CPU.Kernel] = [
  "lstm": { try runSequence(.lstm, $0) }, "gru": { try runSequence(.gru, $0) },
  "lstm_gradient": { try runBack(.lstm, $0) }, "gru_gradient": { try runBack(.gru, $0) },
]

/// A sequence as the kernel sees it: x and weights as they lie, what else there is with rows side by side.
private func sequence(_ cell: GatedCell, _ views: [sgk_view], out: sgk_view) -> sgk_recurrent {
  var run = sgk_recurrent()
  run.cell = cell.kernelCell
  (run.x, run.input_weights, run.weights, run.bias) = (views[0], views[1], views[2], views[3])
  if cell == .lstm {
    (run.hidden, run.cell_state) = (views[4], views[5])
  } else {
    (run.candidate_bias, run.hidden) = (views[4], views[5])
  }
  (run.mask, run.out) = (views[GatedCell.mask], out)
  return run
}

private func runSequence(_ cell: GatedCell, _ call: KernelCall) throws {
  let even = try call.inputs.enumerated().map { try $0 < 3 ? $1 : $1.withEvenRows() }
  var run = sequence(cell, even.map { CPU.view($0) }, out: CPU.view(call.output))
  try withExtendedLifetime(even) { try CPU.check(sgk_recurrent_run(&run)) }
}

private func runBack(_ cell: GatedCell, _ call: KernelCall) throws {
  guard call.inputs[7].count > 0 else {
    // No step, no row or no unit: nothing flows.
    call.output.address?.initializeMemory(
      as: UInt8.self, repeating: 0, count: call.output.count * call.output.dtype.byteSize)
    return
  }
  let even = try call.inputs.enumerated().map { try $0 < 3 ? $1 : $1.withEvenRows() }
  let wanted = try call.attributes.ints("wanted")
  var targets = [sgk_view](repeating: sgk_view(), count: GatedCell.flow + 1)
  var offset = 0
  for (index, shape) in zip(wanted, gradientShapes(call.inputs.map(\.shape), wanted)) {
    var layout = Layout(contiguous: shape)
    layout = Layout(shape: shape, strides: layout.strides, offset: offset)
    targets[index] = CPU.view(call.output, layout)
    offset += shape.reduce(1, *)
  }
  var run = sgk_recurrent_gradient()
  run.of = sequence(cell, even.prefix(7).map { CPU.view($0) }, out: CPU.view(even[7]))
  (run.hidden, run.others) = (CPU.view(even[8]), CPU.view(even[9]))
  run.to = sequence(cell, targets, out: targets[GatedCell.flow])
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
