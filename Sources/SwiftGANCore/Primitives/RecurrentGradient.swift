// Gradients of the gradient of a gated cell: its steps written as ops, which have gradients of every order.

/// What `lstm_gradient` and `gru_gradient` compute, op by op.
/// - Parameter inputs: planes, recurrent weights, the first c or h, cotangents of h in the last steps, and of the other
///   planes.
func gradientStepByStep(_ cell: GatedCell, _ inputs: [Tensor], start: Bool) throws -> Tensor {
  let (planes, hidden) = (inputs[0], inputs[1].shape[0])
  let (steps, batch) = (planes.shape[0], planes.shape[1])
  let turned = inputs[1].transposed()
  let zeros = Tensor.zeros([batch, hidden], dtype: planes.dtype)
  let first = inputs[2].count > 0 ? inputs[2] : zeros

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
    toHidden = toHidden + parts(inputs[3], time, 1)[0]
    let others = parts(inputs[4], time, cell.planes - 1)
    let flowed: [Tensor]
    switch cell {
    case .lstm: flowed = lstmStepBack(values, before, toHidden, others, &carry)
    case .gru: flowed = gruStepBack(values, before, toHidden + carry, others, &carry)
    }
    rows.append(try Tensor.concatenate(flowed, axis: 1).checked())
    // The product with W_n takes what flows to q, not what flows to n.
    let kept = cell == .lstm ? rows[rows.count - 1] : Tensor.concatenate([flowed[0], flowed[1], flowed[3]], axis: 1)
    toHidden = kept.matmul(turned)
  }
  rows.reverse()
  if start {
    let states = cell == .lstm ? [toHidden, carry] : [toHidden + carry, zeros]
    rows.append(.concatenate(states + [zeros, zeros], axis: 1))
  }
  return try (rows.isEmpty ? .zeros([0, batch, 4 * hidden], dtype: planes.dtype) : Tensor.stack(rows)).checked()
}

private func lstmStepBack(
  _ planes: [Tensor], _ before: Tensor, _ toHidden: Tensor, _ others: [Tensor], _ carry: inout Tensor
) -> [Tensor] {
  let (bent, i, f, g, o) = (planes[1].tanh(), planes[2], planes[3], planes[4], planes[5])
  let toCell = carry + toHidden * o * (1 - bent.square()) + others[0]
  carry = toCell * f
  return [
    (others[1] + toCell * g) * i * (1 - i), (others[2] + toCell * before) * f * (1 - f),
    (others[3] + toCell * i) * (1 - g.square()), (others[4] + toHidden * bent) * o * (1 - o),
  ]
}

private func gruStepBack(
  _ planes: [Tensor], _ before: Tensor, _ toHidden: Tensor, _ others: [Tensor], _ carry: inout Tensor
) -> [Tensor] {
  let (r, z, n, q) = (planes[1], planes[2], planes[3], planes[4])
  let toCandidate = (others[2] + toHidden * (1 - z)) * (1 - n.square())
  carry = toHidden * z
  return [
    (others[0] + toCandidate * q) * r * (1 - r), (others[1] + toHidden * (before - n)) * z * (1 - z), toCandidate,
    others[3] + toCandidate * r,
  ]
}

extension Pullback {
  /// The gradients of this row as those of another function of its inputs with the same values, made of ops.
  func pulledBack(_ body: ([Tensor]) throws -> Tensor) throws -> [Tensor?] {
    // The function's own ops are recorded also where this gradient is the last one, for the walk back through them alone.
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
