import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

/// A loss that C or Python computes.
struct CallbackLoss: Sendable {
  let function: sg_loss_function
  let owner: CallbackOwner

  /// The loss of one player, for the core.
  func loss(of player: String) -> Game.Loss {
    let name = CText(player)
    return { context in
      let columns = try context.batch.columns.map { try TensorHandle($0.value) }
      let key = try TensorHandle(context.key("loss").tensor)
      return try withExtendedLifetime((columns, key, name)) {
        let batch: [OpaquePointer?] = columns.map { $0.borrowedByC() }
        return try batch.withUnsafeBufferPointer { batch in
          try returnedTensor("the loss of '\(player)'") { out, error in
            function(owner.context, out, name.pointer, batch.baseAddress, batch.count, key.borrowedByC(), error)
          }
        }
      }
    }
  }
}

extension HandleType {
  /// The pointer for a callback, good as long as this object is held here. C may retain it.
  func borrowedByC() -> OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }
}

extension GameParts {
  /// The game, with optimizers and averages that start anew; the networks are those that were given.
  func game() throws -> Game {
    guard !players.isEmpty else {
      throw TensorError(.state, "the game has no player; add some with sg_game_add_player")
    }
    if let loss { return try game(loss) }
    guard let objective else {
      throw TensorError(.state, "the game has no losses; set an objective, or a loss of your own")
    }
    let isAlone = objective.output == .nothing
    let generating = try player("generator")
    let judging = isAlone ? nil : try player("discriminator")
    guard players.count == (isAlone ? 1 : 2) else {
      throw TensorError(
        .state,
        "this objective is for \(isAlone ? "the player 'generator' alone" : "two players"), but there are "
          + "\(players.count); set a loss of your own for more")
    }
    let pair = try AdversarialGame(
      generator: network("generator"), discriminator: isAlone ? nil : network("discriminator"), latent: latent,
      objective: objective, penalties: penalties, options: options)
    return try pair.game(generator: generating, discriminator: judging)
  }

  private func game(_ loss: CallbackLoss) throws -> Game {
    guard penalties.isEmpty else {
      throw TensorError(.state, "a penalty goes with an objective; add it to the loss that your own function computes")
    }
    for (name, standard) in AdversarialGame.options.map({ ($0.name, $0.defaultValue) })
    where try options.json(name) != standard {
      throw TensorError(
        .value, "the option '\(name)' goes with an objective; a loss of your own does that by itself, or not at all")
    }
    return try Game(
      networks: players.map { ($0.name, $0.network) }, players: players.map { try player($0.name) },
      losses: Dictionary(players.map { ($0.name, loss.loss(of: $0.name)) }, uniquingKeysWith: { first, _ in first }))
  }

  private func entry(_ name: String) throws -> (name: String, network: Network, options: Options) {
    guard let found = players.first(where: { $0.name == name }) else {
      let known = players.map { "'\($0.name)'" }.joined(separator: ", ")
      throw TensorError(.state, "an objective needs a player '\(name)'; the players are \(known)")
    }
    return found
  }

  private func network(_ name: String) throws -> Network { try entry(name).network }

  private func player(_ name: String) throws -> Player {
    let (_, network, options) = try entry(name)
    let decay = try options.double("ema")
    let stage = Stage(from: try options.int("from_epoch"), until: try options.json("until_epoch").intValue)
    guard stage.end.map({ $0 > stage.start }) ?? true else {
      throw TensorError(
        .value,
        "player '\(name)' would never move: from_epoch \(stage.start) is not before until_epoch \(stage.end ?? 0)")
    }
    let player = try Player(
      name, trains: [network], optimizer: options.json("optimizer"), stepsPerRound: options.int("steps"),
      batchUse: Player.BatchUse(rawValue: options.string("batch")) ?? .fresh,
      projections: options.optionalDouble("clip_weights").map { [try ClipWeights($0)] } ?? [],
      averageDecay: decay > 0 ? decay : nil)
    player.stage = stage
    return player
  }
}
