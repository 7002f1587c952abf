import SwiftGANCore
import SwiftGANNN

/// A GAN as a value: players, what each of them minimises, and what is watched. One ``Trainer`` plays any game.
///
/// A round lets the players move in their order, each ``Player/stepsPerRound`` times. An update computes the player's loss
/// and penalties with gradients for that player's own parameters alone: other networks in the loss are evaluated, never
/// differentiated with respect to their weights.
///
/// ```swift
/// let game = try Game(
///   networks: [("generator", generator), ("discriminator", discriminator)],
///   players: [
///     Player("discriminator", trains: [discriminator], optimizer: "adam"),
///     Player("generator", trains: [generator], optimizer: "adam", batchUse: .latest),
///   ],
///   losses: ["discriminator": discriminatorLoss, "generator": generatorLoss])
/// ```
public struct Game {
  /// A scalar to be minimised, from what the context offers. Networks are captured by the closure.
  public typealias Loss = (RoundContext) throws -> Tensor

  /// An update that is no step down a gradient, such as a closed form: changes the values of the player's parameters, and
  /// what the game remembers, by itself. It runs with no gradient recorded.
  public typealias Move = (RoundContext) throws -> Void

  /// A named term: a penalty added to a player's loss, or a metric recorded at a player's updates.
  public struct Term {
    /// The name in the history.
    public let name: String
    /// The player at whose updates the term is evaluated.
    public let player: String
    /// The scalar.
    public let value: Loss

    /// A term.
    public init(_ name: String, player: String, value: @escaping Loss) {
      self.name = name
      self.player = player
      self.value = value
    }
  }

  /// All networks by name, also those that no player trains.
  public let networks: [(name: String, network: Network)]
  /// The players in the order in which they move.
  public let players: [Player]
  /// The loss of each player that follows a gradient, by the player's name.
  public let losses: [String: Loss]
  /// The updates of players that move in a way of their own, by the player's name.
  public let moves: [String: Move]
  /// Terms added to the losses.
  public let penalties: [Term]
  /// Terms that are recorded and take no part in training. They see what the loss shared.
  public let metrics: [Term]
  /// What the game remembers from update to update.
  public let state: GameState

  /// A game.
  /// - Throws: `TensorError` (`.value`) when names repeat, a player has neither loss nor move or both, a loss, move or term
  ///   has no player, or a player trains a network that the game does not name.
  public init(
    networks: [(name: String, network: Network)], players: [Player], losses: [String: Loss] = [:],
    moves: [String: Move] = [:], penalties: [Term] = [], metrics: [Term] = [], state: GameState = GameState()
  ) throws {
    self.networks = networks
    self.players = players
    self.losses = losses
    self.moves = moves
    self.penalties = penalties
    self.metrics = metrics
    self.state = state
    try check()
    for (name, network) in networks where network.store.label == nil { network.store.label = name }
  }

  private func check() throws {
    guard !players.isEmpty else { throw TensorError(.value, "a game needs at least one player") }
    try Game.requireUnique(networks.map(\.name), "network")
    try Game.requireUnique(players.map(\.name), "player")
    let names = players.map(\.name)
    for player in players {
      guard losses[player.name] != nil || moves[player.name] != nil else {
        throw TensorError(
          .value, "player '\(player.name)' has no loss; losses are given for \(list(losses.keys.sorted()))")
      }
      guard (losses[player.name] == nil) == player.optimizers.isEmpty,
        losses[player.name] == nil || moves[player.name] == nil
      else {
        throw TensorError(
          .value, "player '\(player.name)' needs either a loss and an optimizer, or a move of its own and no optimizer")
      }
      for network in player.networks where !networks.contains(where: { $0.network === network }) {
        throw TensorError(
          .value, "player '\(player.name)' trains a network that is not among the game's: \(list(networks.map(\.name)))"
        )
      }
    }
    let users = losses.keys.sorted() + moves.keys.sorted() + (penalties + metrics).map(\.player)
    if let stranger = users.first(where: { !names.contains($0) }) {
      throw TensorError(.value, "there is no player '\(stranger)'; the players are \(list(names))")
    }
  }

  static func requireUnique(_ names: [String], _ noun: String) throws {
    var seen = Set<String>()
    for name in names where !seen.insert(name).inserted {
      throw TensorError(.value, "two \(noun)s are called '\(name)'; names must differ")
    }
  }

  /// The network of this name.
  /// - Throws: `TensorError` (`.value`) naming the known ones.
  public func network(_ name: String) throws -> Network {
    guard let found = networks.first(where: { $0.name == name }) else {
      throw TensorError(.value, "the game has no network '\(name)'; it has \(list(networks.map(\.name)))")
    }
    return found.network
  }

  /// The player of this name.
  /// - Throws: `TensorError` (`.value`) naming the known ones.
  public func player(_ name: String) throws -> Player {
    guard let found = players.first(where: { $0.name == name }) else {
      throw TensorError(.value, "the game has no player '\(name)'; it has \(list(players.map(\.name)))")
    }
    return found
  }
}

/// Names in words for messages: 'a', 'b', 'c', or "none".
func list(_ names: some Sequence<String>) -> String {
  let quoted = names.map { "'\($0)'" }
  return quoted.isEmpty ? "none" : quoted.joined(separator: ", ")
}
