import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN
import Synchronization

/// A game while it is put together: what the core's own, which is complete from the start, is made from.
struct GameParts {
  var latent: Latent
  var options: Options
  var players: [(name: String, network: Network, options: Options)] = []
  var objective: (any Objective)?
  var penalties: [(name: String, penalty: any Penalty)] = []
  var loss: CallbackLoss?
}

final class GameHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.game
  private let parts: Mutex<GameParts>

  init(_ latent: Latent, _ options: Options) {
    parts = Mutex(GameParts(latent: latent, options: options))
    super.init(.game)
  }

  func change(_ body: (inout GameParts) throws -> Void) throws { try parts.withLock { try body(&$0) } }

  /// The parts as they are now.
  var snapshot: GameParts { parts.withLock { $0 } }
}

private let gameOptions =
  [
    OptionDescription("latent", .integer(1...1_000_000), default: 100, "Coordinates of the noise."),
    OptionDescription(
      "latent_distribution", .choice(Latent.Distribution.allCases.map(\.rawValue)), default: "normal",
      "Standard normal noise, or uniform on [-1, 1)."),
  ] + AdversarialGame.options

private let optimizerKind = OptionKind.made("optimizer", like: #"{"name": "adam", "learning_rate": 2e-4}"#) {
  try OptimizerRegistry.shared.resolve($0)
}

/// The options of a player; a generator sees the batch that the discriminator saw last.
private func playerOptions(_ name: String) -> [OptionDescription] {
  [
    OptionDescription("optimizer", optimizerKind, default: "adam", "The optimizer, by name or with its options."),
    OptionDescription("steps", .integer(1...1_000_000), default: 1, "Updates in each round."),
    OptionDescription(
      "batch", .choice(Player.BatchUse.allCases.map(\.rawValue)), default: name == "generator" ? "latest" : "fresh",
      "Whether an update draws a batch or sees the one drawn last."),
    OptionDescription(
      "clip_weights", .optional(.number(.positive)), default: nil,
      "Largest magnitude of the weights; null for no limit."),
    OptionDescription("ema", .number(.decay), default: 0, "Decay of the moving average of the weights; 0 for none."),
    OptionDescription(
      "from_epoch", .integer(0...1_000_000_000), default: 0, "After how many passes over the data it begins to move."),
    OptionDescription(
      "until_epoch", .optional(.integer(1...1_000_000_000)), default: nil,
      "After how many passes it rests; null for never."),
  ]
}

@_cdecl("sg_game_create") @implementation
public func sg_game_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let given = try SwiftGANABI.options(options).objectValue ?? [:]
    let checked = try Options(given, for: gameOptions, owner: "game")
    let law = Latent.Distribution(rawValue: try checked.string("latent_distribution")) ?? .normal
    out.pointee = GameHandle(Latent(size: try checked.int("latent"), distribution: law), checked).passedToC()
  }
}

@_cdecl("sg_game_add_player") @implementation
public func sg_game_add_player(
  _ game: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ network: OpaquePointer?, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let game = try GameHandle.from(game, "game")
    let name = try text(name, "name")
    let network = try LayerHandle.from(network, "network").network
    guard !name.isEmpty else { throw TensorError(.value, "sg_game_add_player: a player needs a name") }
    let given = try SwiftGANABI.options(options).objectValue ?? [:]
    let checked = try Options(given, for: playerOptions(name), owner: "player '\(name)'")
    try game.change { parts in
      guard !parts.players.contains(where: { $0.name == name }) else {
        throw TensorError(.value, "sg_game_add_player: there is already a player '\(name)'")
      }
      parts.players.append((name, network, checked))
    }
  }
}

@_cdecl("sg_game_set_objective") @implementation
public func sg_game_set_objective(
  _ game: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let game = try GameHandle.from(game, "game")
    let objective = try ObjectiveRegistry.shared.make(
      specification(text(name, "name"), SwiftGANABI.options(options)))
    try game.change { parts in
      parts.objective = objective
      parts.loss = nil
    }
  }
}

@_cdecl("sg_game_add_penalty") @implementation
public func sg_game_add_penalty(
  _ game: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let game = try GameHandle.from(game, "game")
    let name = try text(name, "name")
    let penalty = try PenaltyRegistry.shared.make(specification(name, SwiftGANABI.options(options)))
    // Under its full name in the history, each of several with a name of its own.
    let full = try PenaltyRegistry.shared.find(name).name
    try game.change { parts in
      parts.penalties.append((PenaltyRegistry.historyName(of: full, after: parts.penalties.map(\.name)), penalty))
    }
  }
}

@_cdecl("sg_game_set_loss") @implementation
public func sg_game_set_loss(
  _ game: OpaquePointer?, _ function: sg_loss_function?, _ context: UnsafeMutableRawPointer?, _ deleter: sg_deleter?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let game = try GameHandle.from(game, "game")
    guard let function else { throw TensorError(.value, "sg_game_set_loss: the function is NULL") }
    let owner = CallbackOwner(deleter: deleter, context: context)
    // What was there before is let go of only after the lock: its deleter may call the library.
    var previous: CallbackLoss?
    try game.change { parts in
      previous = parts.loss
      parts.loss = CallbackLoss(function: function, owner: owner)
      parts.objective = nil
    }
    owner.arm()
    _ = previous
  }
}

@_cdecl("sg_game_retain") @implementation
public func sg_game_retain(_ game: OpaquePointer?) -> OpaquePointer? { GameHandle.retain(game) }

@_cdecl("sg_game_free") @implementation
public func sg_game_free(_ game: OpaquePointer?) { GameHandle.release(game) }
