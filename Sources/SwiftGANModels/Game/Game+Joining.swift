extension Game {
  /// Several games as one: all their players move in each round, game after game. What each minimises is its own.
  ///
  /// Players that are to see the same minibatches ask for that: ``Player/BatchUse/again``.
  /// - Throws: `TensorError` (`.value`) where names of networks, players or states repeat.
  public static func joined(_ games: [Game]) throws -> Game {
    let state = games.flatMap(\.state.entries)
    try requireUnique(state.map(\.name), "state")
    return try Game(
      networks: games.flatMap(\.networks), players: games.flatMap(\.players),
      losses: try union(games.map(\.losses)), moves: try union(games.map(\.moves)),
      penalties: games.flatMap(\.penalties), metrics: games.flatMap(\.metrics), state: GameState(state))
  }

  private static func union<Value>(_ parts: [[String: Value]]) throws -> [String: Value] {
    try requireUnique(parts.flatMap(\.keys), "player")
    return parts.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
  }
}
