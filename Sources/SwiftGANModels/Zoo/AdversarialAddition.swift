import SwiftGANCore
import SwiftGANNN

/// What a model of the zoo makes of a GAN beside its samples: further networks that learn from it, in a stage of their own or
/// side by side with it, and functions that use them all. AnoGAN's search and the encoders of f-AnoGAN and IcGAN are ones.
///
/// ```swift
/// AdversarialAddition(networks: ["encoder"], functions: [.transform]) { gan, request in
///   let encoder = try request.encoder("encoder", outputs: gan.parts.latent.size)
///   ...
///   return AdversarialAddition.Parts(game) { _ in (["transform": { ... }], nil) }
/// }
/// ```
public struct AdversarialAddition: Sendable {
  /// The GAN that is added to.
  public struct Base {
    /// Its networks and what they are put together to.
    public let parts: AdversarialGame
    /// Its game.
    public let game: Game

    /// The player of this name.
    /// - Throws: `TensorError` (`.value`) naming the known ones.
    public func player(_ name: String) throws -> Player { try game.player(name) }

    /// Calls `body` while the GAN's networks are as they are used, not as they are trained; see ``Player/inUse(_:)``.
    func inUse<Result>(_ body: () throws -> Result) throws -> Result {
      func within(_ rest: ArraySlice<Player>) throws -> Result {
        guard let first = rest.first else { return try body() }
        return try first.inUse { try within(rest.dropFirst()) }
      }
      return try within(game.players[...])
    }
  }

  /// What is added.
  public struct Parts {
    /// The players that learn from the GAN, with their networks; nil where there are none.
    public let game: Game?
    /// Makes the functions that the addition declares, and what is done at the end of each fit (nil for nothing), for the game
    /// of all players.
    public let complete: Completion

    /// - Parameter game: of networks with the names that the addition declares.
    public init(_ game: Game? = nil, complete: @escaping Completion) {
      self.game = game
      self.complete = complete
    }
  }

  /// See ``Parts/complete``.
  public typealias Completion =
    (_ game: Game) throws -> (functions: [String: ModelSystem.Function], settlement: ModelSystem.Settlement?)

  /// The names of the further networks.
  public let networks: [String]
  /// The further functions.
  public let functions: [ModelFunction]
  let build: @Sendable (Base, ModelRequest) throws -> Parts

  /// An addition.
  public init(
    networks: [String] = [], functions: [ModelFunction],
    build: @escaping @Sendable (Base, ModelRequest) throws -> Parts
  ) {
    self.networks = networks
    self.functions = functions
    self.build = build
  }

  /// The system with all of it.
  func added(to system: ModelSystem, _ parts: AdversarialGame, _ request: ModelRequest) throws -> ModelSystem {
    let added = try build(Base(parts: parts, game: system.game), request)
    let game = try added.game.map { try Game.joined([system.game, $0]) } ?? system.game
    let (functions, settlement) = try added.complete(game)
    return ModelSystem(
      game: game, latent: system.latent, sampler: system.sampler,
      functions: system.functions.merging(functions) { _, further in further }, evaluation: system.evaluation,
      settlement: settlement)
  }
}
