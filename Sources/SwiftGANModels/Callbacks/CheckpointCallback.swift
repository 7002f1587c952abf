import SwiftGANCore

/// Saves every so many rounds or epochs, atomically: whenever training is cut short, the last file is whole.
///
/// ```swift
/// let checkpoint = try CheckpointCallback(every: .epochs(5)) { report in try model.save(to: "last.safetensors") }
/// let many = try CheckpointCallback("state-{step}.safetensors", every: .steps(1_000))
/// ```
public final class CheckpointCallback: PeriodicCallback {
  /// Saves the trainer's state; `{step}` and `{epoch}` in the path are replaced by their numbers, six digits wide.
  /// - Throws: `TensorError` (`.value`) when the interval is not positive.
  public init(_ path: String, every period: Every) throws {
    try super.init(period) { trainer, report in
      try trainer.save(to: expand(path, step: report.step, epoch: report.epoch))
    }
  }

  /// Saves with a function, such as a model's.
  /// - Throws: `TensorError` (`.value`) when the interval is not positive.
  public init(every period: Every, _ save: @escaping (RoundReport) throws -> Void) throws {
    try super.init(period) { _, report in try save(report) }
  }
}
