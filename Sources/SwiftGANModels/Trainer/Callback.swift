import SwiftGANCore

/// What a callback answers: go on, or stop at this step boundary.
public enum Flow: Sendable, Equatable {
  /// Training goes on.
  case proceed
  /// Training stops here; the trainer stays usable and can go on later. The text says why.
  case stop(String)
}

/// What happened in one round.
public struct RoundReport: Sendable {
  /// How many rounds have been played, this one included.
  public let step: Int
  /// How many passes through the data are complete.
  public let epoch: Int
  /// Whether this round completed a pass through the data.
  public let endsEpoch: Bool
  /// Losses, penalties and estimates by name; the mean where a player moved more than once.
  public let metrics: [(name: String, value: Double)]

  /// The value of a metric; nil when the round has none of that name.
  public subscript(name: String) -> Double? { metrics.first { $0.name == name }?.value }
}

/// Something that watches training and may stop it. Callbacks run between rounds, on the training thread, and may sample
/// from, save or change the trainer.
public protocol Callback: AnyObject {
  /// Called before the first round of a `fit`.
  func trainingBegan(_ trainer: Trainer) throws
  /// Called after every round.
  func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow
  /// Called after the round that completes a pass through the data, after ``stepEnded(_:_:)``.
  func epochEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow
  /// Called after the last round of a `fit`, however it ends, unless an error ended it.
  func trainingEnded(_ trainer: Trainer, _ outcome: FitOutcome) throws
}

extension Callback {
  /// Does nothing.
  public func trainingBegan(_ trainer: Trainer) throws {}
  /// Goes on.
  public func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow { .proceed }
  /// Goes on.
  public func epochEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow { .proceed }
  /// Does nothing.
  public func trainingEnded(_ trainer: Trainer, _ outcome: FitOutcome) throws {}
}

/// How a `fit` ended.
public struct FitOutcome: Sendable, Equatable {
  /// Why training ended.
  public enum Reason: Sendable, Equatable {
    /// The steps or epochs asked for were played.
    case completed
    /// A callback stopped it; the text is the callback's.
    case stopped(String)
    /// ``Trainer/requestStop()`` was called.
    case interrupted
  }

  /// Why training ended.
  public let reason: Reason
  /// How many rounds this `fit` played.
  public let steps: Int
  /// How long it took, in seconds.
  public let seconds: Double
}
