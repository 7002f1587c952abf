import SwiftGANCore

/// How cells make up a recurrent layer: how many on top of each other, in which directions, and what of it is returned.
public struct RecurrentStack: Sendable {
  /// Cells on top of each other: each takes the whole sequence of outputs of the one below.
  public var layers: Int
  /// Whether a second cell of each layer reads the sequence from its end; the outputs of the two are side by side
  /// (Schuster and Paliwal 1997).
  public var isBidirectional: Bool
  /// Probability of an output to be dropped on its way from one layer to the next, in training.
  public var dropout: Double
  /// Whether sequences are (batch, time, features), and not (time, batch, features).
  public var isBatchFirst: Bool
  /// Whether the output is that of every step, and not the last one alone.
  public var returnsSequences: Bool

  /// - Parameters:
  ///   - layers: cells on top of each other.
  ///   - bidirectional: whether there is a second cell that reads from the end.
  ///   - dropout: probability between layers.
  ///   - batchFirst: whether the batch is the first axis of sequences.
  ///   - returnSequences: whether all steps are returned.
  public init(
    layers: Int = 1, bidirectional: Bool = false, dropout: Double = 0, batchFirst: Bool = true,
    returnSequences: Bool = true
  ) {
    self.layers = layers
    isBidirectional = bidirectional
    self.dropout = dropout
    isBatchFirst = batchFirst
    returnsSequences = returnSequences
  }

  /// Cells of each layer.
  var directions: Int { isBidirectional ? 2 : 1 }
  /// The axis of sequences along which time runs.
  var timeAxis: Int { isBatchFirst ? 1 : 0 }

  static let optionList: [OptionDescription] = [
    OptionDescription("num_layers", .integer(1...1024), default: 1, "Cells on top of each other."),
    OptionDescription(
      "bidirectional", .boolean, default: false,
      "Whether a second cell of each layer reads from the end; outputs are side by side."),
    OptionDescription(
      "dropout", .number(.unit), default: 0, "Probability of an output to be dropped between layers, in training."),
    OptionDescription(
      "batch_first", .boolean, default: true, "Whether sequences are (batch, time, features), not (time, batch, ...)."),
    OptionDescription(
      "return_sequences", .boolean, default: true, "Whether every step's output is returned, not the last one alone."),
  ]

  init(_ options: Options) throws {
    self.init(
      layers: try options.int("num_layers"), bidirectional: try options.bool("bidirectional"),
      dropout: try options.double("dropout"), batchFirst: try options.bool("batch_first"),
      returnSequences: try options.bool("return_sequences"))
  }
}
