import SwiftGANCore
import SwiftGANNN

extension Trainer {
  /// Calls `body` while a player's networks have the weights to sample with (the moving average, where the player keeps
  /// one) and are in evaluation mode, on this thread alone and with no gradient recorded. Another thread may be training:
  /// the weights are those between two rounds.
  /// - Throws: `TensorError` (`.value`) when the game has no such player; what `body` throws.
  public func withSamplingWeights<Result>(of name: String, _ body: () throws -> Result) throws -> Result {
    let player = try game.player(name)
    let parameters = player.networks.flatMap(\.parameters)
    let values = betweenRounds { player.average?.averagedValues ?? parameters.map(\.value) }
    return try withParameters(parameters, setTo: values) {
      try evaluating(player.networks[...]) { try withoutGradient { try Network.replaying(body) } }
    }
  }

  /// Calls `body` while the networks of all players have their weights to sample with and are in evaluation mode, as
  /// ``withSamplingWeights(of:_:)`` does for one.
  func withAllSamplingWeights<Result>(_ body: () throws -> Result) throws -> Result {
    let parameters = game.players.flatMap { $0.networks.flatMap(\.parameters) }
    let values = betweenRounds {
      game.players.flatMap { player in
        player.average?.averagedValues ?? player.networks.flatMap(\.parameters).map(\.value)
      }
    }
    return try withParameters(parameters, setTo: values) {
      try evaluating(game.networks.map(\.network)[...]) { try withoutGradient { try Network.replaying(body) } }
    }
  }

  private func evaluating<Result>(_ networks: ArraySlice<Network>, _ body: () throws -> Result) rethrows -> Result {
    guard let first = networks.first else { return try body() }
    return try first.evaluating { try evaluating(networks.dropFirst(), body) }
  }
}
