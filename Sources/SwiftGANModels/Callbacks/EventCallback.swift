/// What happens during a `fit`, for listeners in other languages.
public struct TrainingEvent {
  /// The kind of event.
  public enum Kind: Int, Sendable {
    /// Before the first round.
    case began = 0
    /// After a round.
    case step = 1
    /// After the round that completed a pass through the data.
    case epoch = 2
    /// After the last round.
    case ended = 3
  }

  /// The kind of event.
  public let kind: Kind
  /// How many rounds have been played in all.
  public let step: Int
  /// How many passes through the data are complete.
  public let epoch: Int
  /// The round's losses, penalties and estimates; empty when training begins or ends.
  public let metrics: [(name: String, value: Double)]
  /// The trainer.
  public let trainer: Trainer
}

/// Hands every event of a `fit` to one function, which may stop training by answering true.
public final class EventCallback: Callback {
  private let handle: (TrainingEvent) throws -> Bool

  /// A callback around a function; its answer at the beginning and the end counts for nothing.
  public init(_ handle: @escaping (TrainingEvent) throws -> Bool) { self.handle = handle }

  /// Hands on the beginning.
  public func trainingBegan(_ trainer: Trainer) throws { try edge(.began, trainer) }

  /// Hands on a round.
  public func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow { try send(.step, trainer, report) }

  /// Hands on an epoch.
  public func epochEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow { try send(.epoch, trainer, report) }

  /// Hands on the end.
  public func trainingEnded(_ trainer: Trainer, _ outcome: FitOutcome) throws { try edge(.ended, trainer) }

  private func edge(_ kind: TrainingEvent.Kind, _ trainer: Trainer) throws {
    _ = try handle(
      TrainingEvent(kind: kind, step: trainer.stepCount, epoch: trainer.epoch, metrics: [], trainer: trainer))
  }

  private func send(_ kind: TrainingEvent.Kind, _ trainer: Trainer, _ report: RoundReport) throws -> Flow {
    let event = TrainingEvent(
      kind: kind, step: report.step, epoch: report.epoch, metrics: report.metrics, trainer: trainer)
    return try handle(event) ? .stop("a listener asked to stop") : .proceed
  }
}
