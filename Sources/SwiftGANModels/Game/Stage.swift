import SwiftGANCore

/// In which part of training a player moves, in complete passes through the data: what networks are for that learn from
/// others when those are done, as encoders do from a GAN.
///
/// A stage is a function of the trainer's position alone (``Trainer/passes``): training that is stopped and goes on, also
/// through a file, changes from one stage to the next where training through does. Before and after its stage a player's
/// networks, optimizers and averages stay as they are; other players' losses may ask its networks.
///
/// ```swift
/// generating.stage = Stage(until: 80)
/// encoding.stage = Stage(from: 80)
/// ```
public struct Stage: Sendable, Equatable {
  /// So many passes are complete before the player moves.
  public let start: Int
  /// When so many passes are complete it rests; nil: never.
  public let end: Int?

  /// A stage: passes `start`, ..., `end` - 1, counted from 0.
  public init(from start: Int = 0, until end: Int? = nil) {
    self.start = start
    self.end = end
  }

  /// All of training.
  public static let whole = Stage()

  /// Whether the stage is on when so many passes are complete.
  public func contains(_ passes: Int) -> Bool { passes >= start && passes < end ?? .max }
}

extension Player: CustomStringConvertible {
  /// The name, and the stage where it is not all of training.
  public var description: String {
    guard stage != .whole else { return "'\(name)'" }
    return "'\(name)' (after \(stage.start) passes" + (stage.end.map { ", until \($0)" } ?? "") + ")"
  }
}

extension Game {
  /// The players whose stage has not come, so that they have not moved.
  public var waiting: [Player] { players.filter { $0.stage.start > 0 && (try? $0.updates) == 0 } }

  /// Who moves when so many passes through the data are complete.
  func moving(after passes: Int) -> [Player] { players.filter { $0.stage.contains(passes) } }

  /// Why nobody moves, for a round in which that is so: training would go on without end.
  func standstill(after passes: Int) -> TensorError {
    let stages = players.map(\.description).joined(separator: ", ")
    return TensorError(
      .state, "no player moves after \(passes) passes through the data; the players' stages are: \(stages)")
  }
}
