import SwiftGANCore

/// One step of the gated recurrent unit (Cho et al. 2014):
///
///     r = sigmoid(x U_r + h W_r + b_r)    z = sigmoid(x U_z + h W_z + b_z)
///     n = tanh(x U_n + b_n + r (h W_n + b_h))            h' = (1 - z) n + z h
///
/// This is the form of PyTorch and cuDNN, in which the reset gate comes after the product with W_n. With `reset_after` false
/// it comes before, as in the paper's first version: `n = tanh(x U_n + b_n + (r h) W_n)`.
///
/// Input (batch, input_size), state "hidden" h (batch, hidden_size). Parameters, the gates r, z, n side by side:
/// `input_weight` U (input_size, 3 hidden_size), `recurrent_weight` W (hidden_size, 3 hidden_size), `bias` (3 hidden_size),
/// and with `reset_after` `recurrent_bias` b_h (hidden_size). (PyTorch's two biases of r and z are one here: their sum.)
public struct GRUCell: RecurrentCell {
  /// "hidden".
  public static let stateNames = ["hidden"]
  /// Features of the input.
  public let inputSize: Int
  /// Features of the state.
  public let hiddenSize: Int
  /// What the cell and its place are called in messages.
  public let title: String
  private let weights: RecurrentWeights
  private let recurrentBias: Parameter?
  private let isResetAfter: Bool

  /// A cell from `inputs` features to a state of `hidden`.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true, resetAfter: Bool = true,
    initializers: RecurrentInitializers = RecurrentInitializers(), in scope: Scope
  ) throws {
    let label = LayerLabel("gru_cell", scope)
    title = label.text
    inputSize = inputs
    hiddenSize = hidden
    isResetAfter = resetAfter
    weights = try RecurrentWeights(inputs, hidden, gates: 3, bias: bias, initializers, label, in: scope)
    recurrentBias =
      bias && resetAfter
      ? try scope.parameter("recurrent_bias", [hidden], initializers.bias ?? RecurrentWeights.common(hidden)) : nil
  }

  /// `x U + b`, of all gates.
  public func projected(_ x: Tensor) -> Tensor { weights.projected(x) }

  /// `h` to `h'`.
  public func prepared() -> RecurrentStep {
    let recurrent = weights.recurrent.value
    let sizes = [2 * hiddenSize, hiddenSize]
    if isResetAfter {
      let bias = recurrentBias?.value
      return { projected, state in
        let (given, kept) = (projected.divided(sizes, axis: 1), state[0].matmul(recurrent).divided(sizes, axis: 1))
        let gates = (given[0] + kept[0]).sigmoid().divided(into: 2)
        let candidate = (given[1] + gates[0] * (bias.map { kept[1] + $0 } ?? kept[1])).tanh()
        return [candidate + gates[1] * (state[0] - candidate)]
      }
    }
    let ofGates = recurrent.sliced(axis: 1, to: 2 * hiddenSize)
    let ofCandidate = recurrent.sliced(axis: 1, from: 2 * hiddenSize)
    return { projected, state in
      let given = projected.divided(sizes, axis: 1)
      let gates = (given[0] + state[0].matmul(ofGates)).sigmoid().divided(into: 2)
      let candidate = (given[1] + (gates[0] * state[0]).matmul(ofCandidate)).tanh()
      return [candidate + gates[1] * (state[0] - candidate)]
    }
  }

  /// All steps by one operation, where the reset gate comes after the product.
  public func states(_ x: Tensor, from start: [Tensor?], mask: Tensor?) -> RecurrentStates? {
    guard isResetAfter else { return nil }
    return x.gru(
      inputWeight: weights.input.value, recurrentWeight: weights.recurrent.value, bias: weights.bias?.value,
      candidateBias: recurrentBias?.value, hidden: start[0], mask: mask)
  }

  static let optionList: [OptionDescription] =
    [
      .inputSize, .hiddenSize, .bias,
      OptionDescription(
        "reset_after", .boolean, default: true,
        "Whether the reset gate comes after the product with the recurrent weights (PyTorch's form) or before it."),
    ] + RecurrentInitializers.optionList

  init(_ options: Options, inputs: Int? = nil, in scope: Scope) throws {
    try self.init(
      inputs ?? options.int("input_size"), options.int("hidden_size"), bias: options.bool("bias"),
      resetAfter: options.bool("reset_after"), initializers: RecurrentInitializers(options), in: scope)
  }

  static let registration = LayerRegistration(
    "gru_cell", "One step of a gated recurrent unit: (batch, input_size) to (batch, hidden_size).",
    options: optionList, inputs: statePorts(stateNames, "before"), outputs: statePorts(stateNames, "after")
  ) { options, scope in try GRUCell(options, in: scope) }
}
