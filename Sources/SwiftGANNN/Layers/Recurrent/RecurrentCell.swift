import SwiftGANCore

/// The part of a recurrent step that is left when the input has been projected: from the projected input (batch, any) and
/// the state's tensors (batch, hidden_size) to the state's next tensors.
public typealias RecurrentStep = (_ projected: Tensor, _ state: [Tensor]) -> [Tensor]

/// One step of a recurrent layer: from an input and the state before it to the state after it.
///
/// A cell is a layer to be called step by step, as in the generation of sequences: input (batch, input_size), further inputs
/// named as the state's tensors, (batch, hidden_size) each and zeros where not given, output the new "hidden", and as further
/// outputs the whole new state under the same names. ``Recurrent`` runs a cell over all steps of sequences.
///
/// ```swift
/// let cell = try LSTMCell(8, 16, in: scope["cell"])
/// var state: [String: Tensor] = [:]
/// for x in steps {
///   let outputs = cell.outputs(x, state)
///   state = ["hidden": outputs[1], "cell": outputs[2]]
/// }
/// ```
public protocol RecurrentCell: Layer {
  /// What the state's tensors are called; the first is the cell's output.
  static var stateNames: [String] { get }
  /// Features of the input.
  var inputSize: Int { get }
  /// Features of each of the state's tensors.
  var hiddenSize: Int { get }
  /// What the cell and its place are called in messages.
  var title: String { get }
  /// What a step makes of the input alone, (..., input_size) to (..., any): computed for all steps of a sequence at once.
  func projected(_ x: Tensor) -> Tensor
  /// The rest of a step, with the weights as they are now: made once for all steps of a sequence.
  func prepared() -> RecurrentStep
  /// All steps of sequences (time, batch, input_size) at once, from states (nil for zeros), which are held where a mask
  /// (time, batch) is false; nil where there is no operation for that and the cell goes step by step.
  func states(_ x: Tensor, from start: [Tensor?], mask: Tensor?) -> RecurrentStates?
}

extension RecurrentCell {
  /// nil: step by step.
  public func states(_ x: Tensor, from start: [Tensor?], mask: Tensor?) -> RecurrentStates? { nil }

  /// The state's names: what is left out starts from zeros.
  public var inputNames: [String] { Self.stateNames }
  /// The state's names.
  public var outputNames: [String] { Self.stateNames }

  /// The new hidden state (batch, hidden_size) after one step from a state of zeros.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// The new hidden state, and the whole new state, after one step.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    let label = LayerLabel(text: title)
    return label.run(self, x, further) { x in
      try label.requireLast(inputSize, of: "features", in: x, rank: 2...2)
      let shape = [x.shape[0], hiddenSize]
      let projected = try projected(x).checked()
      let state = try Self.stateNames.map { name in
        guard let given = further[name] else { return Tensor.zeros(shape, dtype: projected.dtype) }
        return try given.requireState(shape, name)
      }
      let next = prepared()(projected, state)
      return next.prefix(1) + next
    }
  }
}

extension Tensor {
  /// This tensor if it is a state of the shape.
  func requireState(_ expected: [Int], _ name: String) throws(TensorError) -> Tensor {
    guard shape == expected else {
      throw TensorError(
        .shape,
        "the further input '\(name)' must have shape \(describe(shape: expected)), not \(describe(shape: shape))")
    }
    return self
  }
}
