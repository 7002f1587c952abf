import SwiftGANCore
import SwiftGANNN

/// Ends training when a loss or a parameter is no longer finite, with the last good state put back.
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
      try fail(trainer, report, "\(bad.name) is \(bad.value)")
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
    if let name = try firstBadParameter(trainer.game) { try fail(trainer, report, "parameter '\(name)' is not finite") }
    lastGood = TrainingState(of: trainer, withHistory: false)
  }

  private func fail(_ trainer: Trainer, _ report: RoundReport, _ what: String) throws -> Never {
    var message = "training stopped at step \(report.step): \(what)"
    if let lastGood {
      try lastGood.restore(to: trainer)
      message += "; the state of step \(lastGood.step) was restored"
    }
    let isAdversarial = trainer.game.players.contains { $0.name == "discriminator" }
    let advice =
      isAdversarial
      ? "Lower the learning rates, clip gradients, or add a penalty on the discriminator's slope."
      : "Lower the learning rate or clip gradients."
    throw TensorError(.state, "\(message). \(advice)")
  }

  private func firstBadParameter(_ game: Game) throws -> String? {
    for (network, parameter) in game.networks.flatMap({ entry in entry.network.parameters.map { (entry.name, $0) } })
    where parameter.dtype.isFloat {
      if try parameter.value.isFinite().all().item() == 0 { return "\(network).\(parameter.name)" }
    }
    return nil
  }
}
