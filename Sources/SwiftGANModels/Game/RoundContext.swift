import SwiftGANCore
import SwiftGANNN
import Synchronization

/// What a loss, a penalty or a metric sees when it is asked for: the batch, the random numbers and the state of the game,
/// during one update of one player.
///
/// A context lives for one update. What several terms need (the generated samples, the discriminator's answers) is computed
/// once and shared through ``shared(_:_:)``.
///
/// ```swift
/// let loss: Game.Loss = { context in
///   let noise = Tensor.randomNormal([context.batch.count, 64], key: context.key("noise"))
///   return (-discriminator(generator(noise))).softplus().mean()
/// }
/// ```
public final class RoundContext {
  /// The player whose update this is.
  public let player: Player
  /// The real samples and whatever comes with them.
  public let batch: Batch
  /// What the game remembers from update to update (BEGAN's balance, for one).
  public let state: GameState
  /// How many rounds were played before this one.
  public let step: Int
  /// Whether the batch is the last of a pass through the data: closed forms that gather over batches solve then.
  public let endsEpoch: Bool

  private let randomKey: RandomKey
  private var values: [String: Tensor] = [:]
  private(set) var records: [(name: String, value: Tensor)] = []

  /// A context for one update; the trainer makes them, tests and own training loops may.
  public init(
    player: Player, batch: Batch, state: GameState, step: Int, endsEpoch: Bool = false, key: RandomKey
  ) {
    self.player = player
    self.batch = batch
    self.state = state
    self.step = step
    self.endsEpoch = endsEpoch
    self.randomKey = key
  }

  /// The random key for a purpose: the same name gives the same key within an update and a fresh one in the next.
  ///
  /// Keys depend on their name alone, so that adding a penalty or a metric leaves the noise as it was.
  public func key(_ name: String) -> RandomKey { randomKey.folded(Int(stableHash(name) >> 1)) }

  /// The tensor of this name, computed by the first that asks.
  public func shared(_ name: String, _ compute: () throws -> Tensor) throws -> Tensor {
    if let value = values[name] { return value }
    let value = try compute()
    values[name] = value
    return value
  }

  /// Notes a scalar for the history under this name; no gradient flows from it.
  public func record(_ name: String, _ value: Tensor) { records.append((name, value.stopGradient())) }
}

/// FNV-1a: the same in every process, as Swift's own `hashValue` is not.
func stableHash(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// Named tensors that a game carries from update to update and that checkpoints keep. Safe to use from several threads.
public final class GameState: Sendable {
  private let tensors = Mutex(NamedTensors())

  /// A state with these entries; their shapes and types stay as they are here.
  public init(_ entries: [(name: String, value: Tensor)] = []) {
    for (name, value) in entries { self[name] = value }
  }

  /// The tensor of this name; nil when the game has none.
  public subscript(name: String) -> Tensor? {
    get { tensors.withLock { $0[name] } }
    set {
      let value = newValue?.stopGradient()
      tensors.withLock { $0[name] = value }
    }
  }

  /// All entries in the order in which they were added.
  public var entries: [(name: String, value: Tensor)] { tensors.withLock { $0.map { ($0.name, $0.tensor) } } }
}
