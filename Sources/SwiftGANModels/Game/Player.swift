import SwiftGANCore
import SwiftGANNN

/// One side of a game: the networks it trains and how it trains them.
///
/// ```swift
/// let critic = try Player(
///   "discriminator", trains: [network], optimizer: adam, stepsPerRound: 5, projections: [ClipWeights(0.01)])
/// ```
public final class Player {
  /// Which data an update sees.
  public enum BatchUse: Sendable {
    /// Each update draws a fresh minibatch (the discriminator of algorithm 1).
    case fresh
    /// Updates see the minibatch drawn last in the round; a fresh one when none was (the generator of algorithm 1,
    /// whose loss does not look at the data).
    case latest
  }

  /// The name under which losses, penalties and the history know the player.
  public let name: String
  /// The networks whose parameters the player's updates change.
  public let networks: [Network]
  /// The optimizer over ``parameters``.
  public let optimizer: Optimizer
  /// How many updates the player makes in each round.
  public let stepsPerRound: Int
  /// Which data its updates see.
  public let batchUse: BatchUse
  /// What brings the parameters back into bounds after each update, in this order.
  public let projections: [any Projection]
  /// The moving average of the networks' weights; nil when none is kept.
  public let average: WeightAverage?

  /// A player.
  ///
  /// - Parameters:
  ///   - averageDecay: the decay of an exponential moving average of the weights; nil for none. See ``WeightAverage``.
  /// - Throws: `TensorError` (`.value`) when the name is empty, there is no network or no step, or the decay is not in
  ///   [0, 1).
  public init(
    _ name: String, trains networks: [Network], optimizer: Optimizer, stepsPerRound: Int = 1,
    batchUse: BatchUse = .fresh, projections: [any Projection] = [], averageDecay: Double? = nil
  ) throws {
    guard !name.isEmpty else { throw TensorError(.value, "a player needs a name") }
    guard !networks.isEmpty else { throw TensorError(.value, "player '\(name)' has no network to train") }
    guard stepsPerRound >= 1 else {
      throw TensorError(.value, "player '\(name)' must make at least 1 step per round, not \(stepsPerRound)")
    }
    self.name = name
    self.networks = networks
    self.optimizer = optimizer
    self.stepsPerRound = stepsPerRound
    self.batchUse = batchUse
    self.projections = projections
    self.average = try averageDecay.map { try WeightAverage(of: networks, decay: $0) }
  }

  /// The trainable parameters of all its networks, in order.
  public var parameters: [Parameter] { networks.flatMap { $0.parameters.filter(\.isTrainable) } }
}
