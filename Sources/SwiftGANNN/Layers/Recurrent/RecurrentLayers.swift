import SwiftGANCore

/// The simple recurrent network over sequences: see ``RNNCell`` and ``Recurrent``.
public typealias RNN = Recurrent<RNNCell>
/// The long short-term memory over sequences: see ``LSTMCell`` and ``Recurrent``.
public typealias LSTM = Recurrent<LSTMCell>
/// The gated recurrent unit over sequences: see ``GRUCell`` and ``Recurrent``.
public typealias GRU = Recurrent<GRUCell>

extension Recurrent where Cell == RNNCell {
  /// A simple recurrent network from `inputs` features to states of `hidden`.
  /// - Throws: `.value` for a number out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ hidden: Int, nonlinearity: RNNCell.Nonlinearity = .tanh, bias: Bool = true,
    initializers: RecurrentInitializers = RecurrentInitializers(), stack: RecurrentStack = RecurrentStack(),
    in scope: Scope
  ) throws {
    try self.init("rnn", inputs: inputs, hidden: hidden, stack: stack, in: scope) { inputs, scope in
      try RNNCell(inputs, hidden, nonlinearity: nonlinearity, bias: bias, initializers: initializers, in: scope)
    }
  }
}

extension Recurrent where Cell == LSTMCell {
  /// A long short-term memory from `inputs` features to states of `hidden`.
  /// - Throws: `.value` for a number out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true, forgetBias: Double? = nil,
    initializers: RecurrentInitializers = RecurrentInitializers(), stack: RecurrentStack = RecurrentStack(),
    in scope: Scope
  ) throws {
    try self.init("lstm", inputs: inputs, hidden: hidden, stack: stack, in: scope) { inputs, scope in
      try LSTMCell(inputs, hidden, bias: bias, forgetBias: forgetBias, initializers: initializers, in: scope)
    }
  }
}

extension Recurrent where Cell == GRUCell {
  /// A gated recurrent unit from `inputs` features to states of `hidden`.
  /// - Throws: `.value` for a number out of range or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true, resetAfter: Bool = true,
    initializers: RecurrentInitializers = RecurrentInitializers(), stack: RecurrentStack = RecurrentStack(),
    in scope: Scope
  ) throws {
    try self.init("gru", inputs: inputs, hidden: hidden, stack: stack, in: scope) { inputs, scope in
      try GRUCell(inputs, hidden, bias: bias, resetAfter: resetAfter, initializers: initializers, in: scope)
    }
  }
}

/// All recurrent layers and their cells.
let recurrentLayers: [LayerRegistration] = [
  registration(
    "rnn", "Simple (Elman) recurrent network over sequences: s_t = f(x_t U + s_{t-1} W + b) (Elman 1990).",
    RNNCell.optionList, RNNCell.init),
  registration(
    "lstm", "Long short-term memory over sequences (Hochreiter and Schmidhuber 1997; Gers et al. 2000).",
    LSTMCell.optionList, LSTMCell.init),
  registration(
    "gru", "Gated recurrent unit over sequences (Cho et al. 2014).", GRUCell.optionList, GRUCell.init),
  RNNCell.registration, LSTMCell.registration, GRUCell.registration,
]

/// The registration of a cell run over sequences: the cell's options and those of the stack.
private func registration<Cell: RecurrentCell>(
  _ name: String, _ summary: String, _ cellOptions: [OptionDescription],
  _ cell: @escaping @Sendable (Options, Int?, Scope) throws -> Cell
) -> LayerRegistration {
  let states = { (time: String) in
    Cell.stateNames.map { PortDescription($0, "The \(time) state, (num_layers * directions, batch, hidden_size).") }
  }
  // The sizes first, then what is asked for most often.
  let options = Array(cellOptions.prefix(2)) + RecurrentStack.optionList + Array(cellOptions.dropFirst(2))
  return LayerRegistration(
    name, summary + " (batch, time, input_size) to (batch, time, directions * hidden_size).", options: options,
    inputs: [
      PortDescription(
        "mask",
        "(batch, time), or (time, batch) as the sequences are: where it is false the state is held and the output is "
          + "0.")
    ]
      + states("first"), outputs: states("last")
  ) { options, scope in
    try Recurrent(
      name, inputs: options.int("input_size"), hidden: options.int("hidden_size"), stack: RecurrentStack(options),
      in: scope
    ) { inputs, scope in try cell(options, inputs, scope) }
  }
}
