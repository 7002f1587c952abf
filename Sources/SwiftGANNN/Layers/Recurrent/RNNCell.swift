import SwiftGANCore

/// One step of the simple (Elman) recurrent network: `s_t = f(x_t U + s_{t-1} W + b)` (Elman 1990).
///
/// Input (batch, input_size), state "hidden" (batch, hidden_size). Parameters: `input_weight` U (input_size, hidden_size),
/// `recurrent_weight` W (hidden_size, hidden_size), `bias` (hidden_size). The output `h_t = g(s_t V)` of the textbooks is a
/// ``Dense`` layer after it.
public struct RNNCell: RecurrentCell {
  /// The function f.
  public enum Nonlinearity: String, Sendable, CaseIterable {
    case tanh, relu, linear

    func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .tanh: x.tanh()
      case .relu: x.relu()
      case .linear: x
      }
    }
  }

  /// "hidden".
  public static let stateNames = ["hidden"]
  /// Features of the input.
  public let inputSize: Int
  /// Features of the state.
  public let hiddenSize: Int
  /// What the cell and its place are called in messages.
  public let title: String
  private let weights: RecurrentWeights
  private let nonlinearity: Nonlinearity

  /// A cell from `inputs` features to a state of `hidden`.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ inputs: Int, _ hidden: Int, nonlinearity: Nonlinearity = .tanh, bias: Bool = true,
    initializers: RecurrentInitializers = RecurrentInitializers(), in scope: Scope
  ) throws {
    let label = LayerLabel("rnn_cell", scope)
    title = label.text
    inputSize = inputs
    hiddenSize = hidden
    self.nonlinearity = nonlinearity
    weights = try RecurrentWeights(inputs, hidden, gates: 1, bias: bias, initializers, label, in: scope)
  }

  /// `x U + b`.
  public func projected(_ x: Tensor) -> Tensor { weights.projected(x) }

  /// `s` to `f(projected + s W)`.
  public func prepared() -> RecurrentStep {
    let recurrent = weights.recurrent.value
    return { projected, state in [nonlinearity(projected + state[0].matmul(recurrent))] }
  }

  static let optionList: [OptionDescription] =
    [
      .inputSize, .hiddenSize,
      OptionDescription(
        "nonlinearity", .choice(Nonlinearity.allCases.map(\.rawValue)), default: "tanh", "The function of each step."),
      .bias,
    ] + RecurrentInitializers.optionList

  init(_ options: Options, inputs: Int? = nil, in scope: Scope) throws {
    try self.init(
      inputs ?? options.int("input_size"), options.int("hidden_size"),
      nonlinearity: Nonlinearity(rawValue: options.string("nonlinearity")) ?? .tanh, bias: options.bool("bias"),
      initializers: RecurrentInitializers(options), in: scope)
  }

  static let registration = LayerRegistration(
    "rnn_cell", "One step of a simple recurrent network: (batch, input_size) to (batch, hidden_size).",
    options: optionList, inputs: statePorts(stateNames, "before"), outputs: statePorts(stateNames, "after")
  ) { options, scope in try RNNCell(options, in: scope) }
}

/// The state of one step as further inputs or outputs.
func statePorts(_ names: [String], _ time: String) -> [PortDescription] {
  names.map { name in
    let fallback = time == "before" ? "; zeros where it is not given" : ""
    return PortDescription(name, "The state \(time) the step, (batch, hidden_size)\(fallback).")
  }
}

extension OptionDescription {
  static let inputSize = OptionDescription("input_size", .integer(), "Features of the input.")
  static let hiddenSize = OptionDescription("hidden_size", .integer(), "Features of the state.")
}
