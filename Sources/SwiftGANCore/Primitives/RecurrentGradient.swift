// Gradients of a gated cell's sequence, op by op: sums over all steps as products, and all of it for gradients of the
// gradient, since ops have gradients of every order.

/// What `lstm_gradient` and `gru_gradient` compute.
/// - Parameter inputs: the sequence's own (x, input weights, recurrent weights, ..., mask), planes, cotangents of h in
///   the last steps, and of the other planes.
func gradientStepByStep(_ cell: GatedCell, _ inputs: [Tensor], wanted: [Int]) throws -> Tensor {
  let (weights, planes) = (inputs[2], inputs[7])
  let (steps, batch, hidden) = (planes.shape[0], planes.shape[1], weights.shape[0])
  let turned = weights.transposed()
  let zeros = Tensor.zeros([batch, hidden], dtype: planes.dtype)
  // An LSTM's c, a GRU's h.
  let first = inputs[5].count > 0 ? inputs[5] : zeros

  /// The parts of a step of some planes; of cotangents, zeros before those that there are.
  func parts(_ tensor: Tensor, _ time: Int, _ count: Int) -> [Tensor] {
    let at = time - (steps - tensor.shape[0])
    guard at >= 0 else { return [Tensor](repeating: zeros, count: count) }
    let step = tensor.selected(axis: 0, at: at)
    return (0..<count).map { step.sliced(axis: 1, from: $0 * hidden, to: ($0 + 1) * hidden) }
  }

  var rows: [Tensor] = []
  var (toHidden, carry) = (zeros, zeros)
  for time in (0..<steps).reversed() {
    let values = parts(planes, time, cell.planes)
    let before = time > 0 ? parts(planes, time - 1, cell.planes)[cell == .lstm ? 1 : 0] : first
    toHidden = toHidden + parts(inputs[8], time, 1)[0]
    let others = parts(inputs[9], time, cell.planes - 1)
    let mask = inputs[GatedCell.mask]
    let isStep = mask.count > 0 ? (mask.selected(axis: 0, at: time) .!= 0).expandDims(at: 1) : nil
    let flowed: [Tensor]
    switch cell {
    case .lstm: flowed = lstmStepBack(values, before, others, &toHidden, &carry, isStep)
    case .gru: flowed = gruStepBack(values, before, others, toHidden + carry, &carry, isStep)
    }
    rows.append(try Tensor.concatenate(flowed, axis: 1).checked())
    // The product with W_n takes what flows to q, not what flows to n.
    let kept = cell == .lstm ? rows[rows.count - 1] : Tensor.concatenate([flowed[0], flowed[1], flowed[3]], axis: 1)
    let product = kept.matmul(turned)
    toHidden = cell == .lstm && isStep != nil ? product + toHidden : product
  }
  let flow = rows.isEmpty ? Tensor.zeros([0, batch, 4 * hidden], dtype: planes.dtype) : .stack(rows.reversed())
  let products = wanted.filter { $0 < cell.hidden }
  let made = try gradientProducts(cell, inputs, planes, flow, products)
  var found = Dictionary(uniqueKeysWithValues: zip(products, made))
  found[cell.hidden] = cell == .lstm ? toHidden : toHidden + carry
  if cell == .lstm { found[5] = carry }
  found[GatedCell.flow] = flow
  let pieces = wanted.compactMap { index in
    // A first state that was not given has no gradient.
    index < GatedCell.flow && inputs[index].count == 0 ? inputs[index].flatten() : found[index]?.flatten()
  }
  return try (pieces.isEmpty ? .zeros([0], dtype: planes.dtype) : Tensor.concatenate(pieces)).checked()
}

/// The gradients of x, weights and biases, where what flows to the gates is known: products over all steps at once.
func gradientProducts(
  _ cell: GatedCell, _ inputs: [Tensor], _ planes: Tensor, _ flow: Tensor, _ wanted: [Int]
) throws -> [Tensor] {
  let (steps, hidden) = (planes.shape[0], inputs[2].shape[0])
  let given = cell == .lstm ? flow : flow.sliced(axis: 2, to: 3 * hidden)
  let candidate = flow.sliced(axis: 2, from: 3 * hidden)

  /// h before each step, transposed, times what flowed to some gates.
  func ofState(_ flow: Tensor) -> Tensor {
    let before = planes.sliced(axis: 0, to: max(steps - 1, 0)).sliced(axis: 2, to: hidden)
    let sum = summedProduct(before, flow.sliced(axis: 0, from: 1))
    let first = inputs[cell.hidden]
    guard first.count > 0, steps > 0 else { return sum }
    return sum + first.transposed().matmul(flow.selected(axis: 0, at: 0))
  }

  return try wanted.map { index in
    let gradient: Tensor
    switch index {
    case 0: gradient = given.matmul(inputs[1].transposed())
    case 1: gradient = summedProduct(inputs[0], given)
    case 2 where cell == .lstm: gradient = ofState(flow)
    case 2: gradient = .concatenate([ofState(flow.sliced(axis: 2, to: 2 * hidden)), ofState(candidate)], axis: 1)
    case 3: gradient = inputs[3].count > 0 ? given.sum(axes: [0, 1]) : inputs[3]
    default: gradient = inputs[4].count > 0 ? candidate.sum(axes: [0, 1]) : inputs[4]
    }
    return try gradient.checked()
  }
}

/// a^T g over all rows of both, (..., m)^T (..., n); zeros where there are no rows.
private func summedProduct(_ a: Tensor, _ g: Tensor) -> Tensor {
  guard a.error == nil else { return a }
  guard g.error == nil else { return g }
  let rows = a.shape.dropLast().reduce(1, *)
  let (m, n) = (a.shape[a.rank - 1], g.shape[g.rank - 1])
  return rows == 0 ? .zeros([m, n], dtype: g.dtype) : a.reshape([rows, m]).transposed().matmul(g.reshape([rows, n]))
}

/// - Parameters:
///   - toHidden: what flows to h; then what of it passes a held state by.
///   - carry: the same of c.
///   - isStep: (batch, 1), false where the state is held; nil where all rows have a step.
private func lstmStepBack(
  _ planes: [Tensor], _ before: Tensor, _ others: [Tensor], _ toHidden: inout Tensor, _ carry: inout Tensor,
  _ isStep: Tensor?
) -> [Tensor] {
  let (bent, i, f, g, o) = (planes[1].tanh(), planes[2], planes[3], planes[4], planes[5])
  let arrived = carry + others[0]
  let throughGates = masked(toHidden, isStep)
  let toCell = masked(arrived, isStep) + throughGates * o * (1 - bent.square())
  carry = isStep.map { .select($0, toCell * f, arrived) } ?? toCell * f
  let flowed = [
    (others[1] + toCell * g) * i * (1 - i), (others[2] + toCell * before) * f * (1 - f),
    (others[3] + toCell * i) * (1 - g.square()), (others[4] + throughGates * bent) * o * (1 - o),
  ]
  toHidden = toHidden - throughGates
  return flowed
}

private func gruStepBack(
  _ planes: [Tensor], _ before: Tensor, _ others: [Tensor], _ toHidden: Tensor, _ carry: inout Tensor,
  _ isStep: Tensor?
) -> [Tensor] {
  let (r, z, n, q) = (planes[1], planes[2], planes[3], planes[4])
  let throughGates = masked(toHidden, isStep)
  let toCandidate = (others[2] + throughGates * (1 - z)) * (1 - n.square())
  carry = isStep.map { .select($0, throughGates * z, toHidden) } ?? throughGates * z
  return [
    (others[0] + toCandidate * q) * r * (1 - r), (others[1] + throughGates * (before - n)) * z * (1 - z), toCandidate,
    others[3] + toCandidate * r,
  ]
}

/// Zeros where there is no step.
private func masked(_ x: Tensor, _ isStep: Tensor?) -> Tensor {
  isStep.map { .select($0, x, .zeros([], dtype: x.dtype)) } ?? x
}

extension Pullback {
  /// The gradients of this row as those of another function of its inputs with the same values, made of ops.
  func pulledBack(_ body: ([Tensor]) throws -> Tensor) throws -> [Tensor?] {
    // The function's own ops are recorded also where this gradient is the last one, for the walk back through them.
    let thread = ThreadState.current
    let pauses = thread.pauseDepth
    thread.pauseDepth = 0
    defer { thread.pauseDepth = pauses }
    let leaves = zip(inputs, needed).map { input, isNeeded in
      let known = pauses > 0 ? input.detached() : input
      return isNeeded ? known.tracked() : known
    }
    let value = try body(leaves).checked()
    let targets = leaves.indices.filter { needed[$0] }
    let found = gradient(
      of: value, withRespectTo: targets.map { leaves[$0] }, cotangent: cotangent, createGraph: pauses == 0)
    var result = [Tensor?](repeating: nil, count: inputs.count)
    for (index, gradient) in zip(targets, found) { result[index] = try gradient.checked() }
    return result
  }
}
