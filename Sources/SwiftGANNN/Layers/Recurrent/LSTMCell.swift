import SwiftGANCore

/// One step of the long short-term memory (Hochreiter and Schmidhuber 1997) with a forget gate (Gers et al. 2000):
///
///     i = sigmoid(x U_i + h W_i + b_i)    f = sigmoid(x U_f + h W_f + b_f)
///     g = tanh(x U_g + h W_g + b_g)       o = sigmoid(x U_o + h W_o + b_o)
///     c' = f c + i g                      h' = o tanh(c')
///
/// Input (batch, input_size), states "hidden" h and "cell" c (batch, hidden_size). Parameters, the gates i, f, g, o side by
/// side as in PyTorch and Keras: `input_weight` U (input_size, 4 hidden_size), `recurrent_weight` W
/// (hidden_size, 4 hidden_size), `bias` (4 hidden_size).
public struct LSTMCell: RecurrentCell {
  /// "hidden" and "cell".
  public static let stateNames = ["hidden", "cell"]
  /// Features of the input.
  public let inputSize: Int
  /// Features of each of the state's tensors.
  public let hiddenSize: Int
  /// What the cell and its place are called in messages.
  public let title: String
  private let weights: RecurrentWeights

  /// A cell from `inputs` features to states of `hidden`.
  /// - Parameter forgetBias: where the bias of the forget gate starts, such as 1, so that at first much is remembered
  ///   (Jozefowicz et al. 2015); nil: as the other biases.
  /// - Throws: `.value` for a size below 1, a taken name, or a forget bias without biases; `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true, forgetBias: Double? = nil,
    initializers: RecurrentInitializers = RecurrentInitializers(), in scope: Scope
  ) throws {
    let label = LayerLabel("lstm_cell", scope)
    guard bias || forgetBias == nil else {
      throw label.error("forget_bias needs biases; leave it out, or leave bias as true")
    }
    title = label.text
    inputSize = inputs
    hiddenSize = hidden
    weights = try RecurrentWeights(
      inputs, hidden, gates: 4, bias: bias, initializers, biases: forgetBias.map { [1: .constant($0)] } ?? [:], label,
      in: scope)
  }

  /// `x U + b`, of all gates.
  public func projected(_ x: Tensor) -> Tensor { weights.projected(x) }

  /// `h` and `c` to `h'` and `c'`.
  public func prepared() -> RecurrentStep {
    let recurrent = weights.recurrent.value
    return { projected, state in
      let gates = (projected + state[0].matmul(recurrent)).divided(into: 4)
      let cell = gates[1].sigmoid() * state[1] + gates[0].sigmoid() * gates[2].tanh()
      return [gates[3].sigmoid() * cell.tanh(), cell]
    }
  }

  /// All steps by one operation.
  public func states(_ x: Tensor, from start: [Tensor?], mask: Tensor?) -> RecurrentStates? {
    x.lstm(
      inputWeight: weights.input.value, recurrentWeight: weights.recurrent.value, bias: weights.bias?.value,
      hidden: start[0], cell: start[1], mask: mask)
  }

  static let optionList: [OptionDescription] =
    [
      .inputSize, .hiddenSize, .bias,
      OptionDescription(
        "forget_bias", .optional(.number()), default: .null,
        "Where the bias of the forget gate starts, such as 1 (Jozefowicz et al. 2015); null: as the other biases."),
    ] + RecurrentInitializers.optionList

  init(_ options: Options, inputs: Int? = nil, in scope: Scope) throws {
    try self.init(
      inputs ?? options.int("input_size"), options.int("hidden_size"), bias: options.bool("bias"),
      forgetBias: options.optionalDouble("forget_bias"), initializers: RecurrentInitializers(options), in: scope)
  }

  static let registration = LayerRegistration(
    "lstm_cell", "One step of a long short-term memory: (batch, input_size) to (batch, hidden_size).",
    options: optionList, inputs: statePorts(stateNames, "before"), outputs: statePorts(stateNames, "after")
  ) { options, scope in try LSTMCell(options, in: scope) }
}
