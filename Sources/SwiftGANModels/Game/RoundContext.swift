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
  /// How many rounds were played before this one. A loss that reads it is not traced: it could not be replayed. See
  /// ``turn(of:)``.
  public var step: Int {
    Tracing.refuse("the number of the step decides what is computed")
    return moment.now.step
  }
  /// Whether the batch is the last of a pass through the data: closed forms that gather over batches solve then.
  public var endsEpoch: Bool {
    let ends = moment.now.endsEpoch
    Tracing.require { [moment] in moment.now.endsEpoch == ends }
    return ends
  }

  private let moment: Moment
  private let randomKey: RandomKey
  private var values: [String: Tensor] = [:]
  private(set) var records: [(name: String, value: Tensor)] = []

  /// A context for one update; the trainer makes them, tests and own training loops may.
  public convenience init(
    player: Player, batch: Batch, state: GameState, step: Int, endsEpoch: Bool = false, key: RandomKey
  ) {
    let moment = Moment()
    moment.now = Moment.Now(step: step, endsEpoch: endsEpoch)
    self.init(player: player, batch: batch, state: state, moment: moment, key: key)
  }

  init(player: Player, batch: Batch, state: GameState, moment: Moment, key: RandomKey) {
    self.player = player
    self.batch = batch
    self.state = state
    self.moment = moment
    self.randomKey = key
  }

  /// Whose turn it is of `count` that take turns, round by round: 0, 1, ..., count - 1, 0, ...
  public func turn(of count: Int) -> Int {
    let turn = moment.now.step % max(count, 1)
    Tracing.require { [moment] in moment.now.step % max(count, 1) == turn }
    return turn
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

  /// The tensor of this name, when it has been computed.
  func known(_ name: String) -> Tensor? { values[name] }

  /// Notes a scalar for the history under this name; no gradient flows from it.
  public func record(_ name: String, _ value: Tensor) { records.append((name, value.stopGradient())) }
}

/// FNV-1a: the same in every process, as Swift's own `hashValue` is not.
func stableHash(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// Where in training an update stands. One object for all updates of a trainer, so that a traced update can ask whether it
/// still holds.
final class Moment: Sendable {
  struct Now: Sendable {
    var step = 0
    var endsEpoch = false
  }

  private let stored = Mutex(Now())

  var now: Now {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }
}

/// Named tensors that a game carries from update to update and that checkpoints keep. Safe to use from several threads.
public final class GameState: Sendable {
  private let cells = Mutex<[(name: String, cell: TensorCell)]>([])

  /// A state with these entries; their shapes and types stay as they are here.
  public init(_ entries: [(name: String, value: Tensor)] = []) {
    for (name, value) in entries { self[name] = value }
  }

  private func cell(_ name: String) -> TensorCell? {
    cells.withLock { $0.first { $0.name == name }?.cell }
  }

  /// The tensor of this name; nil when the game has none.
  public subscript(name: String) -> Tensor? {
    get {
      let cell = cell(name)
      if cell == nil { Tracing.require { [weak self] in self?.cell(name) == nil } }
      return cell?.value
    }
    set {
      if let value = newValue?.stopGradient(), let cell = cell(name) {
        cell.value = value
        return
      }
      Tracing.refuse("'\(name)' is added to the game's state, or taken out of it")
      cells.withLock { cells in
        cells.removeAll { $0.name == name }
        if let value = newValue?.stopGradient(), !value.isTraced { cells.append((name, TensorCell(value, name: name))) }
      }
    }
  }

  /// All entries in the order in which they were added.
  public var entries: [(name: String, value: Tensor)] {
    cells.withLock { $0 }.map { ($0.name, $0.cell.value) }
  }
}
