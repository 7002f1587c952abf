import SwiftGANCore

/// A learning rate as a function of the number of updates done so far.
///
/// Written in ops on a scalar, so that a recorded step goes on following the schedule when it is replayed.
///
/// ```swift
/// let rate = try Schedule(["name": "warmup", "steps": 1000, "then": ["name": "cosine", "initial": 2e-4, "steps": 50000]])
/// try rate.value(at: 500)   // 1e-4
/// ```
public struct Schedule: Sendable {
  /// JSON that makes the same schedule again; a plain number for a constant.
  public let specification: JSON
  private let rate: @Sendable (Tensor) -> Tensor

  init(_ specification: JSON, rate: @escaping @Sendable (Tensor) -> Tensor) {
    self.specification = specification
    self.rate = rate
  }

  /// The schedule of that name and options; a number is a constant rate.
  /// - Throws: `.value` or `.type`, naming what is wrong.
  public init(_ specification: JSON) throws {
    if let value = specification.doubleValue {
      guard NumberRange.nonNegative.contains(value) else {
        throw TensorError(.value, "a learning rate must be a number\(NumberRange.nonNegative.words), not \(value)")
      }
      self = .constant(value)
    } else {
      self = try ScheduleRegistry.shared.make(specification)
    }
  }

  /// The rate of the update that follows `step` earlier ones.
  /// - Parameter step: a float64 scalar: 0 at the first update.
  /// - Returns: a float64 scalar.
  public func callAsFunction(_ step: Tensor) -> Tensor { rate(step) }

  /// The rate of the update that follows `step` earlier ones.
  public func value(at step: Int) throws -> Double {
    try rate(Tensor(Double(step), dtype: .float64)).item()
  }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A constant rate.
  public init(floatLiteral value: Double) { self = .constant(value) }
  /// A constant rate.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

/// The learning-rate schedules by name.
public enum ScheduleRegistry {
  /// All schedules. A new one adds its line here; users add theirs with `register`.
  public static let shared: Registry<Void, Schedule> = Registry(
    "schedule",
    [
      constantScheduleRegistration, stepScheduleRegistration, exponentialScheduleRegistration,
      cosineScheduleRegistration, linearScheduleRegistration, warmupScheduleRegistration,
    ])
}

extension OptionKind {
  /// A learning rate: a number, or a schedule by name with options.
  public static let schedule: OptionKind = OptionKind(
    "schedule",
    allowed: #"a number of at least 0 or a schedule such as {"name": "cosine", "initial": 0.001, "steps": 10000}"#
  ) { value in
    switch value {
    case .number(let number): return number >= 0 ? .good(value) : .outOfRange
    case .string, .object: return .good(try ScheduleRegistry.shared.resolve(value))
    default: return .wrongType
    }
  }
}
