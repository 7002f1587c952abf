import SwiftGANCore

/// Stops training when a metric has not improved for a while.
///
/// GAN losses do not fall as training goes well; sensible metrics are a Wasserstein estimate or a distance that a callback
/// of one's own records. The mean over each window of `window` rounds counts, because single rounds are noise.
///
/// ```swift
/// let stop = EarlyStop("wasserstein", patience: 10, window: 100)
/// ```
public final class EarlyStop: Callback {
  /// Which way a metric improves.
  public enum Direction: String, Sendable, CaseIterable {
    /// Smaller is better.
    case decreasing
    /// Larger is better.
    case increasing
  }

  /// The metric watched.
  public let metric: String
  /// How many windows without improvement are allowed.
  public let patience: Int
  /// How many rounds make a window.
  public let window: Int
  /// The least change that counts as improvement.
  public let minimumChange: Double
  /// Which way the metric improves.
  public let direction: Direction
  /// The best window's mean so far.
  public private(set) var best: Double?

  private var sum = 0.0
  private var rounds = 0
  private var misses = 0

  /// An early stop.
  /// - Throws: `TensorError` (`.value`) when patience or window is not positive.
  public init(
    _ metric: String, patience: Int = 10, window: Int = 100, minimumChange: Double = 0,
    direction: Direction = .decreasing
  ) throws {
    guard patience >= 1, window >= 1 else {
      throw TensorError(.value, "early stop: patience and window must be at least 1, not \(patience) and \(window)")
    }
    self.metric = metric
    self.patience = patience
    self.window = window
    self.minimumChange = max(0, minimumChange)
    self.direction = direction
  }

  /// Begins afresh.
  public func trainingBegan(_ trainer: Trainer) throws {
    (best, sum, rounds, misses) = (nil, 0, 0, 0)
  }

  /// Adds the round to its window.
  /// - Throws: `TensorError` (`.value`) naming the known metrics when the round has none of this name.
  public func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
    guard let value = report[metric] else {
      throw TensorError(
        .value, "early stop: there is no metric '\(metric)'; there are \(list(report.metrics.map(\.name)))")
    }
    sum += value
    rounds += 1
    guard rounds == window else { return .proceed }
    let mean = sum / Double(rounds)
    (sum, rounds) = (0, 0)
    let change = best.map { direction == .decreasing ? $0 - mean : mean - $0 } ?? .infinity
    if change > minimumChange {
      best = mean
      misses = 0
      return .proceed
    }
    misses += 1
    guard misses >= patience else { return .proceed }
    return .stop("\(metric) has not improved for \(misses * window) steps; its best mean was \(best ?? .nan)")
  }
}
