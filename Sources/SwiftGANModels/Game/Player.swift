import SwiftGANCore
import SwiftGANNN

/// One side of a game: the networks it trains and how it trains them.
///
/// ```swift
/// let critic = try Player(
///   "discriminator", trains: [network], optimizer: ["name": "rmsprop", "learning_rate": 5e-5], stepsPerRound: 5,
///   projections: [ClipWeights(0.01)])
/// ```
public final class Player {
  /// Which data an update sees.
  public enum BatchUse: String, Sendable, CaseIterable {
    /// Each update draws a fresh minibatch (the discriminator of algorithm 1).
    case fresh
    /// Updates see the minibatch drawn last in the round; a fresh one when none was (the generator of algorithm 1,
    /// whose loss does not look at the data).
    case latest
    /// Step i sees the minibatch of the round's step i, a fresh one where there were fewer: what players that do not hear of
    /// each other learn from the same data.
    case again
  }

  /// The name under which losses, penalties and the history know the player.
  public let name: String
  /// Under which name the history has its loss: `<name>_loss` unless it is set to another.
  public var lossName: String
  /// The networks that the player trains.
  public let networks: [Network]
  /// The optimizers of ``parameters``; each updates its own. Empty for a player with a move of its own.
  public let optimizers: [Optimizer]
  /// The parameters that the player's updates change: its optimizers', in order, or its networks' where it has none.
  public let parameters: [Parameter]
  /// How many updates the player makes in each round.
  public let stepsPerRound: Int
  /// Which data its updates see.
  public let batchUse: BatchUse
  /// In which part of training the player moves; all of it unless it is set. Set it before training.
  public var stage = Stage.whole
  /// What brings the parameters back into bounds after each update, in this order.
  public let projections: [any Projection]
  /// The moving average of the networks' weights; nil when none is kept.
  public let average: WeightAverage?

  /// A player with optimizers of its own making, for instance one that leaves some layers frozen.
  ///
  /// - Parameters:
  ///   - averageDecay: the decay of an exponential moving average of the weights; nil for none. See ``WeightAverage``.
  /// - Throws: `TensorError` (`.value`) when the name is empty, there is no network, optimizer or step, an optimizer
  ///   changes a parameter of no listed network or of another optimizer, or the decay is not in [0, 1).
  public convenience init(
    _ name: String, trains networks: [Network], optimizers: [Optimizer], stepsPerRound: Int = 1,
    batchUse: BatchUse = .fresh, projections: [any Projection] = [], averageDecay: Double? = nil
  ) throws {
    guard !optimizers.isEmpty else { throw TensorError(.value, "player '\(name)' has no optimizer") }
    try self.init(
      name, networks, optimizers, parameters: optimizers.flatMap(\.parameters), stepsPerRound: stepsPerRound,
      batchUse: batchUse, projections: projections, averageDecay: averageDecay)
  }

  /// A player that follows no gradient: the game has a ``Game/Move`` for it, which changes its networks' trainable
  /// parameters.
  /// - Throws: as ``init(_:trains:optimizers:stepsPerRound:batchUse:projections:averageDecay:)``.
  public convenience init(
    _ name: String, moves networks: [Network], stepsPerRound: Int = 1, batchUse: BatchUse = .fresh,
    projections: [any Projection] = [], averageDecay: Double? = nil
  ) throws {
    try self.init(
      name, networks, [], parameters: networks.flatMap(\.trainableParameters), stepsPerRound: stepsPerRound,
      batchUse: batchUse, projections: projections, averageDecay: averageDecay)
  }

  private init(
    _ name: String, _ networks: [Network], _ optimizers: [Optimizer], parameters: [Parameter], stepsPerRound: Int,
    batchUse: BatchUse, projections: [any Projection], averageDecay: Double?
  ) throws {
    guard !name.isEmpty else { throw TensorError(.value, "a player needs a name") }
    guard !networks.isEmpty else { throw TensorError(.value, "player '\(name)' has no network to train") }
    guard stepsPerRound >= 1 else {
      throw TensorError(.value, "player '\(name)' must make at least 1 step per round, not \(stepsPerRound)")
    }
    guard !parameters.isEmpty else { throw TensorError(.value, "player '\(name)' has no parameter to change") }
    let owned = Set(networks.flatMap(\.parameters).map(\.identity))
    var seen: Set<ObjectIdentifier> = []
    for parameter in parameters {
      guard owned.contains(parameter.identity) else {
        throw TensorError(
          .value, "player '\(name)': its optimizer changes '\(parameter.name)', which is in none of its networks")
      }
      guard seen.insert(parameter.identity).inserted else {
        throw TensorError(.value, "player '\(name)': two of its optimizers change '\(parameter.name)'")
      }
    }
    self.name = name
    self.lossName = "\(name)_loss"
    self.networks = networks
    self.optimizers = optimizers
    self.parameters = parameters
    self.stepsPerRound = stepsPerRound
    self.batchUse = batchUse
    self.projections = projections
    self.average = try averageDecay.map { try WeightAverage(of: networks, decay: $0) }
  }

  /// A player that trains all parameters of its networks with optimizers of one kind, each network with its own.
  /// - Parameter optimizer: name and options, such as `["name": "adam", "learning_rate": 2e-4, "beta1": 0.5]`.
  /// - Throws: as ``init(_:trains:optimizers:stepsPerRound:batchUse:projections:averageDecay:)``, and for an unknown
  ///   optimizer or option.
  public convenience init(
    _ name: String, trains networks: [Network], optimizer: JSON, stepsPerRound: Int = 1, batchUse: BatchUse = .fresh,
    projections: [any Projection] = [], averageDecay: Double? = nil
  ) throws {
    try self.init(
      name, trains: networks, optimizers: networks.map { try Optimizer(optimizer, of: $0.trainableParameters) },
      stepsPerRound: stepsPerRound, batchUse: batchUse, projections: projections, averageDecay: averageDecay)
  }

  /// Applies the gradients of ``parameters``, in their order, and ends the update.
  func apply(_ gradients: [Tensor]) throws {
    var rest = gradients[...]
    for optimizer in optimizers {
      try optimizer.step(Array(rest.prefix(optimizer.parameters.count)))
      rest = rest.dropFirst(optimizer.parameters.count)
    }
    try endUpdate()
  }

  /// Applies the projections and takes the weights into the average.
  func endUpdate() throws {
    for projection in projections { try projection.project(parameters) }
    try average?.update()
  }
}
