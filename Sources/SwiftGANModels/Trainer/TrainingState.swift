import SwiftGANCore
import SwiftGANNN

/// Everything that training changes, as a value: weights, averages, optimizers, the game's own state, random numbers, the
/// position in the data and the history. What is restored from it goes on with the same bits.
///
/// Taking one copies nothing: tensors are values, and training replaces them.
struct TrainingState {
  /// All tensors by name: `network.<name>.`, `average.<player>.`, `optimizer.<player>.<index>.`, `state.` and `history.`.
  let tensors: NamedTensors
  /// All else: the trainer's position, and the random numbers of the networks (initial values, dropout).
  let position: JSON

  /// How many rounds had been played.
  var step: Int { position["step"]?.intValue ?? 0 }

  /// The state of a trainer between two rounds.
  /// - Parameter withHistory: without it, restoring keeps the history up to this round; a snapshot taken every few rounds
  ///   would otherwise copy all that was recorded each time.
  init(of trainer: Trainer, withHistory: Bool = true) {
    self = trainer.betweenRounds { TrainingState(locked: trainer, withHistory: withHistory) }
  }

  private init(locked trainer: Trainer, withHistory: Bool) {
    var (tensors, position) = (NamedTensors(), trainer.position.objectValue ?? [:])
    var (draws, updates) = (JSONObject(), JSONObject())
    for (name, network) in trainer.game.networks {
      tensors.merge(network.state, prefix: "network.\(name).")
      let random = network.store.random.state
      draws[name] = [JSON(String(random.seed)), JSON(String(random.counter))]
    }
    for player in trainer.game.players {
      if let average = player.average {
        tensors.merge(average.state, prefix: "average.\(player.name).")
        updates[player.name] = JSON(average.updates)
      }
      for (index, optimizer) in player.optimizers.enumerated() {
        tensors.merge(optimizer.state, prefix: "optimizer.\(player.name).\(index).")
      }
    }
    for (name, value) in trainer.game.state.entries { tensors["state.\(name)"] = value }
    if withHistory {
      tensors.merge(trainer.history.tensors, prefix: "history.")
      position["history"] = JSON(trainer.history.names)
    }
    position["network_random"] = .object(draws)
    position["average_updates"] = .object(updates)
    self.tensors = tensors
    self.position = .object(position)
  }

  /// The state that a file holds.
  init(tensors: NamedTensors, position: JSON) {
    self.tensors = tensors
    self.position = position
  }

  /// Puts the state into a trainer of the same game; on an error the trainer is as it was.
  /// - Throws: `TensorError` naming what is missing, unexpected or of another shape.
  func restore(to trainer: Trainer) throws {
    try trainer.betweenRounds {
      let before = TrainingState(of: trainer)
      do {
        try apply(to: trainer)
      } catch {
        // What the trainer held fits it, so this cannot fail.
        try? before.apply(to: trainer)
        throw error
      }
    }
  }

  private func apply(to trainer: Trainer) throws {
    let game = trainer.game
    for (name, network) in game.networks {
      try named("network '\(name)'") { try network.restore(tensors.under("network.\(name).")) }
      network.store.random.state = try randomState(of: name)
    }
    for player in game.players {
      if let average = player.average {
        guard let updates = position["average_updates"]?[player.name]?.intValue, updates >= 0 else {
          throw TensorError(.value, "the state holds no average of player '\(player.name)'")
        }
        try named("average of '\(player.name)'") {
          try average.restore(tensors.under("average.\(player.name)."), updates: updates)
        }
      }
      for (index, optimizer) in player.optimizers.enumerated() {
        try named("optimizer of '\(player.name)'") {
          try optimizer.restore(tensors.under("optimizer.\(player.name).\(index)."))
        }
      }
    }
    try restore(game.state)
    try trainer.move(to: position, history: history(for: trainer))
  }

  private func history(for trainer: Trainer) throws -> History {
    guard let names = position["history"]?.arrayValue?.compactMap(\.stringValue) else {
      var history = trainer.history
      history.truncate(after: step)
      return history
    }
    return try History(tensors.under("history."), names: names)
  }

  private func restore(_ state: GameState) throws {
    let saved = tensors.under("state.")
    for (name, value) in state.entries {
      guard let tensor = saved[name], tensor.shape == value.shape, tensor.dtype == value.dtype else {
        throw TensorError(.value, "the state holds no '\(name)' of shape \(describe(shape: value.shape))")
      }
      state[name] = tensor
    }
  }

  private func randomState(of network: String) throws -> RandomGenerator.State {
    let numbers = position["network_random"]?[network]?.arrayValue?.map { $0.stringValue.flatMap { UInt64($0) } } ?? []
    guard numbers.count == 2, let seed = numbers[0], let counter = numbers[1] else {
      throw TensorError(.value, "the state holds no random numbers of network '\(network)'")
    }
    return RandomGenerator.State(seed: seed, counter: counter)
  }

  private func named(_ owner: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as TensorError {
      throw error.prefixed(owner)
    }
  }
}
