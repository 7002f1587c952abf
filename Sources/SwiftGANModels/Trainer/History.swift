import SwiftGANCore
import SwiftGANNN

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
    columns = columns.mapValues { Array($0.prefix(kept)) }
  }

  // MARK: As tensors, for checkpoints

  /// `steps` (int64) and one float64 tensor per metric, `metric.<index in names>`.
  var tensors: NamedTensors {
    var named = NamedTensors()
    named["steps"] = Tensor(steps.map(Int64.init))
    for (index, name) in names.enumerated() { named["metric.\(index)"] = Tensor(columns[name] ?? []) }
    return named
  }

  /// The history that ``tensors`` gave.
  /// - Throws: `TensorError` (`.value`) when a column is missing or not as long as `steps`.
  init(_ tensors: NamedTensors, names: [String]) throws {
    guard let steps = tensors["steps"], steps.dtype == .int64, steps.rank == 1 else {
      throw TensorError(.value, "the history is missing")
    }
    self.steps = try steps.scalars(as: Int64.self).map { Int($0) }
    for (index, name) in names.enumerated() {
      guard let column = tensors["metric.\(index)"], column.dtype == .float64, column.shape == steps.shape else {
        throw TensorError(.value, "the history of '\(name)' is missing or damaged")
      }
      self.names.append(name)
      columns[name] = try column.scalars(as: Double.self)
    }
  }
}
