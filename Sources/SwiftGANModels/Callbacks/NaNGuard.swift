import SwiftGANCore
import SwiftGANNN

/// Ends training when a loss or a parameter is no longer finite, with the last good state put back: that of the last look
/// at the parameters before, so at most `interval` rounds old.
///
/// Losses are looked at after every round, parameters every `interval` rounds (and when a loss has gone bad, to say where
/// it began). Each look at finite parameters keeps a snapshot, which costs no copy: tensors are values, and the snapshot
/// holds the old ones alive, once the size of the training state. `fit` runs one by default.
public final class NaNGuard: Callback {
  /// How many rounds lie between two looks at the parameters.
  public let interval: Int
  private var lastGood: TrainingState?

  /// A guard that looks at the parameters every `interval` rounds (at least 1).
  public init(every interval: Int = 20) { self.interval = max(1, interval) }

  /// Keeps the state at the start.
  public func trainingBegan(_ trainer: Trainer) throws { lastGood = TrainingState(of: trainer, withHistory: false) }

  /// Looks at the losses and, every so often, at the parameters.
  /// - Throws: `TensorError` (`.state`) naming the step and what is not finite, after restoring the last good state.
  public func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
    if let bad = report.metrics.first(where: { !$0.value.isFinite }) {
      let value = bad.value.isNaN ? "nan" : "\(bad.value)"
      try fail(trainer, report, "\(bad.name) is \(value)", figure: bad.name, value: bad.value)
    }
    if report.step % interval == 0 { try look(trainer, report) }
    return .proceed
  }

  /// Looks once more, so that what is left behind is known to be finite.
  public func trainingEnded(_ trainer: Trainer, _ outcome: FitOutcome) throws {
    guard let step = trainer.history.steps.last else { return }
    try look(trainer, RoundReport(step: step, epoch: trainer.epoch, endsEpoch: false, metrics: []))
    lastGood = nil
  }

  private func look(_ trainer: Trainer, _ report: RoundReport) throws {
    if let name = try firstBadParameter(trainer.game) {
      try fail(trainer, report, "parameter '\(name)' is not finite", figure: name)
    }
    lastGood = TrainingState(of: trainer, withHistory: false)
  }

  private func fail(
    _ trainer: Trainer, _ report: RoundReport, _ what: String, figure: String, value: Double = .nan
  ) throws -> Never {
    var message = "training stopped at step \(report.step): \(what)"
    if let lastGood {
      try lastGood.restore(to: trainer)
      let beginning = lastGood.step == 0 ? ", before any training," : ""
      message += "; the state of step \(lastGood.step)\(beginning) was restored"
    }
    let isAdversarial = trainer.game.players.contains { $0.name.hasPrefix("discriminator") }
    let advice =
      isAdversarial
      ? "Lower the learning rates, clip gradients, or add a penalty on the discriminator's slope."
      : "Lower the learning rate or clip gradients."
    let found = NotFinite(
      step: report.step, figure: figure, value: value, restoredStep: lastGood?.step, message: "\(message). \(advice)")
    trainer.note(found)
    throw TensorError(.state, found.message)
  }

  private func firstBadParameter(_ game: Game) throws -> String? {
    for (network, parameter) in game.networks.flatMap({ entry in entry.network.parameters.map { (entry.name, $0) } })
    where parameter.dtype.isFloat {
      if try parameter.value.isFinite().all().item() == 0 { return "\(network).\(parameter.name)" }
    }
    return nil
  }
}

/// What ended a fit: a loss or a parameter that was no longer finite.
public struct NotFinite: Sendable {
  /// The round in which it was found.
  public let step: Int
  /// A figure of the history, or a parameter with its network before it (`generator.0.weight`).
  public let figure: String
  /// The figure's value; NaN for a parameter.
  public let value: Double
  /// The round whose state was put back; nil where there was none.
  public let restoredStep: Int?
  /// The error's text.
  public let message: String

  /// All of it as a JSON object; the value as text, "nan", "inf" or "-inf".
  public var json: JSON {
    [
      "step": JSON(step), "figure": .string(figure), "value": .string(value.isNaN ? "nan" : "\(value)"),
      "restored_step": restoredStep.map { JSON($0) } ?? .null, "message": .string(message),
    ]
  }
}
