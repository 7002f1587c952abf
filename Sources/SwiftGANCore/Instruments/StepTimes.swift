/// Times the steps of one program while a profile is under way: a replay reads the clock once for each step and hands all
/// of it over at the end.
///
/// Used by one replay at a time.
final class StepTimes: @unchecked Sendable {
  /// What profiles say of a step.
  struct Step: Sendable {
    let name: String
    let cost: Cost
    /// The layers that it was traced in, outermost first.
    let layers: [String]

    init(_ name: String, _ cost: Cost, _ layers: [String]) {
      self.name = name
      self.cost = cost
      self.layers = layers
    }
  }

  /// Where a profile knows the steps.
  struct Registration {
    let profile: Int
    /// The entry of the first step; the others follow.
    let first: Int
  }

  private let steps: [Step]
  private var stamps: [UInt64] = []
  private var registration: Registration?

  init(_ steps: [Step]) { self.steps = steps }

  /// Starts with the first step.
  /// - Returns: false where no profile is under way, and nothing is to be marked.
  func begin() -> Bool {
    guard Instruments.active & Instruments.profiling != 0 else { return false }
    stamps.removeAll(keepingCapacity: true)
    stamps.append(SteadyClock.now)
    return true
  }

  /// One step has ended, the next one begins.
  func mark() { stamps.append(SteadyClock.now) }

  /// All steps have ended.
  func end() { Profiler.shared.record(steps, stamps, &registration) }
}
