import SwiftGANCore
import Testing

@testable import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

private struct ScheduleSample: Sendable, CustomTestStringConvertible {
  let specification: JSON
  let rate: @Sendable (Double) -> Double
  var testDescription: String { specification.text() }

  init(_ specification: JSON, _ rate: @escaping @Sendable (Double) -> Double) {
    self.specification = specification
    self.rate = rate
  }
}

private let samples: [ScheduleSample] = [
  ScheduleSample(0.3) { _ in 0.3 },
  ScheduleSample(["name": "constant", "value": 2]) { _ in 2 },
  ScheduleSample(["name": "step", "initial": 0.4, "every": 3, "factor": 0.5]) { t in 0.4 * pow(0.5, floor(t / 3)) },
  ScheduleSample(["name": "exponential", "initial": 0.4, "every": 10, "factor": 0.1]) { t in 0.4 * pow(0.1, t / 10) },
  ScheduleSample(["name": "cosine", "initial": 1, "steps": 8, "final": 0.2]) { t in
    0.2 + 0.4 * (1 + cos(Double.pi * min(t, 8) / 8))
  },
  ScheduleSample(["name": "linear", "initial": 0.5, "final": 0.1, "steps": 4, "start": 3]) { t in
    0.5 + (0.1 - 0.5) * min(max((t - 3) / 4, 0), 1)
  },
  ScheduleSample(["name": "warmup", "steps": 4, "then": 0.8]) { t in 0.8 * min((t + 1) / 4, 1) },
  ScheduleSample(["name": "warmup", "steps": 4, "then": ["name": "linear", "initial": 1, "steps": 6]]) { t in
    min((t + 1) / 4, 1) * (1 - min(max(t - 4, 0) / 6, 1))
  },
]

@Suite("Learning-rate schedules") struct ScheduleTests {
  @Test("every registered schedule has a sample") func samplesAreComplete() {
    for name in ScheduleRegistry.shared.names {
      #expect(samples.contains { $0.specification["name"]?.stringValue == name }, "add a sample of '\(name)'")
    }
  }

  @Test("rates follow the formula, before, at and after the end", arguments: samples)
  private func formula(_ sample: ScheduleSample) throws {
    let schedule = try Schedule(sample.specification)
    let again = try Schedule(JSON.parse(schedule.specification.text()))
    for t in 0...15 {
      expectClose([try schedule.value(at: t)], [sample.rate(Double(t))], 1e-14, "step \(t)")
      #expect(try again.value(at: t) == schedule.value(at: t))
    }
  }

  @Test("bad rates are refused") func refusals() {
    #expect(
      failure { _ = try Schedule(JSON(-1)) }?.message == "a learning rate must be a number of at least 0, not -1.0")
    #expect(
      failure { _ = try Schedule(["name": "cosine", "initial": 1, "steps": 0]) }?.message
        == "cosine: option 'steps' must be a whole number from 1 to 2147483647, not 0")
    let unknown = failure { _ = try Schedule(["name": "cosin"]) }?.message
    #expect(unknown?.contains("did you mean 'cosine'? There are ") == true)
  }
}
