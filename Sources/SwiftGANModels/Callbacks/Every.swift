import SwiftGANCore

/// How often a callback acts.
public enum Every: Sendable, Equatable {
  /// After every so many rounds.
  case steps(Int)
  /// After every so many passes through the data.
  case epochs(Int)

  func isDue(afterStep step: Int) -> Bool {
    if case .steps(let interval) = self { return step % interval == 0 }
    return false
  }

  func isDue(afterEpoch epoch: Int) -> Bool {
    if case .epochs(let interval) = self { return epoch % interval == 0 }
    return false
  }

  /// This, when the interval is positive.
  func checked(_ owner: String) throws -> Every {
    switch self {
    case .steps(let interval), .epochs(let interval):
      guard interval >= 1 else {
        throw TensorError(.value, "\(owner): the interval must be at least 1, not \(interval)")
      }
      return self
    }
  }
}

/// Calls a function every so many rounds or epochs: the base of callbacks that only act now and then.
public class PeriodicCallback: Callback {
  /// How often it acts.
  public let period: Every
  private let action: (Trainer, RoundReport) throws -> Void

  /// A callback that calls `action`.
  /// - Throws: `TensorError` (`.value`) when the interval is not positive.
  public init(_ period: Every, _ action: @escaping (Trainer, RoundReport) throws -> Void) throws {
    self.period = try period.checked("callback")
    self.action = action
  }

  /// Acts when a round makes it due.
  public func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
    if period.isDue(afterStep: report.step) { try action(trainer, report) }
    return .proceed
  }

  /// Acts when an epoch makes it due.
  public func epochEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
    if period.isDue(afterEpoch: report.epoch) { try action(trainer, report) }
    return .proceed
  }
}
