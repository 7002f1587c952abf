import SwiftGANCore

/// What was measured at each round: one column per metric, one row per round.
///
/// A metric that starts late or is missing from a round has NaN there, so that all columns stay equally long.
public struct History: Sendable {
  /// The number of each recorded round, from 1.
  public private(set) var steps: [Int] = []
  /// The names of the columns in the order in which they first appeared.
  public private(set) var names: [String] = []
  private var columns: [String: [Double]] = [:]

  /// An empty history.
  public init() {}

  /// How many rounds are recorded.
  public var count: Int { steps.count }

  /// The values of a metric, one per recorded round; nil when there is no such metric.
  public subscript(name: String) -> [Double]? { columns[name] }

  /// The last value of a metric.
  public func last(_ name: String) -> Double? { columns[name]?.last }

  /// Adds a row.
  public mutating func append(step: Int, _ values: [(name: String, value: Double)]) {
    steps.append(step)
    for (name, value) in values {
      if columns[name] == nil {
        names.append(name)
        columns[name] = Array(repeating: .nan, count: steps.count - 1)
      }
      // A name given twice in a round keeps its first value.
      if columns[name, default: []].count < steps.count { columns[name, default: []].append(value) }
    }
    for name in names where columns[name, default: []].count < steps.count { columns[name, default: []].append(.nan) }
  }

  /// Drops the rows of rounds after `step`.
  public mutating func truncate(after step: Int) {
    let kept = steps.prefix { $0 <= step }.count
    steps.removeLast(steps.count - kept)
    for name in names { columns[name]?.removeLast(max(0, (columns[name]?.count ?? 0) - kept)) }
  }

  /// A history with these columns, as a checkpoint keeps them.
  /// - Throws: `TensorError` (`.value`) when columns are not as long as `steps`.
  init(steps: [Int], columns: [(name: String, values: [Double])]) throws {
    self.steps = steps
    for (name, values) in columns {
      guard values.count == steps.count else {
        throw TensorError(.value, "history: column '\(name)' has \(values.count) values for \(steps.count) steps")
      }
      names.append(name)
      self.columns[name] = values
    }
  }
}
