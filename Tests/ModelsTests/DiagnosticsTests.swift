import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// What diagnostics measure and when they give alarm, from Swift.
@Suite struct DiagnosticsTests {
  private func records(_ name: String, _ values: [Double], _ more: [String: Double] = [:]) -> [DiagnosticRecord] {
    values.enumerated().map { index, value in
      DiagnosticRecord(step: 10 * (index + 1), figures: [(name, value)] + more.map { ($0.key, $0.value) })
    }
  }

  @Test func aCollapseIsToldOnceAndAgainAfterItWasGone() throws {
    let alarms = try Alarms(["patience": 2])
    var (seen, raised) = ([DiagnosticRecord](), [Int]())
    for record in records("diversity", [0.1, 0.9, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1]) {
      seen.append(record)
      raised += alarms.warnings(seen).map(\.step)
    }
    #expect(raised == [40, 80])
  }

  @Test func lostModesAreToldByTheCoverageThatThereWas() throws {
    let alarms = try Alarms(["patience": 2])
    let falling = records("coverage", [0.2, 0.8, 0.8, 0.3, 0.3])
    #expect(alarms.warnings(falling).map(\.figure) == ["coverage"])
    #expect(alarms.warnings(records("coverage", [0.2, 0.4, 0.4, 0.1, 0.1])).isEmpty)
  }

  @Test func swingsAreTurnsOfTheLeastAmplitude() {
    #expect(Alarms.swings([0, 1, 2, 3, 4], by: 1) == 1)
    #expect(Alarms.swings([0, 2, 0, 2, 0], by: 1) == 4)
    #expect(Alarms.swings([0, 0.6, 1.2, 0.5, 0.1, 1.4], by: 1) == 3)
    #expect(Alarms.swings([0, 0.5, 0, 0.5], by: 1) == 0)
    #expect(Alarms.swings([], by: 1) == 0)
    #expect(Alarms.crossings([2, 0.5, -2, -3, 0, 2], beyond: 1) == 2)
  }

  @Test func aVanishedGradientNeedsADiscriminatorThatIsRight() throws {
    let alarms = try Alarms(["patience": 2])
    let right = ["real_accuracy": 1.0, "fake_accuracy": 1.0]
    #expect(alarms.warnings(records("generator_gradient", [1, 1e-5, 1e-5], right)).map(\.kind) == [.vanishedGradient])
    #expect(alarms.warnings(records("generator_gradient", [1, 1e-5, 1e-5], ["real_accuracy": 0.5])).isEmpty)
    #expect(alarms.warnings(records("jsd_bound", [0.1, 0.69, 0.69], right)).map(\.figure) == ["jsd_bound"])
    #expect(alarms.warnings(records("discriminator_loss", [1, 0, 0], right)).map(\.figure) == ["discriminator_loss"])
    // A critic's loss is no distance from anything.
    #expect(alarms.warnings(records("discriminator_loss", [1, -3, -3], right)).isEmpty)
  }

  @Test func theCallbackByNameWritesRecordsAndKeepsBits() throws {
    let points = Tensor.randomNormal([256, 2], key: RandomKey(seed: 4))
    let path = Support.temporaryPath("records.jsonl")
    let options: JSONObject = ["hidden": [16], "batch_size": 32]
    let (watched, alone) = (try Model.make("gan", options), try Model.make("gan", options))
    let callback = try CallbackRegistry.shared.make(
      ["name": "diagnostics", "every_steps": 2, "path": JSON(path)], in: watched)
    try watched.fit(points, steps: 6, callbacks: [callback])
    try alone.fit(points, steps: 6)
    #expect(try Support.bits(of: watched) == Support.bits(of: alone))
    let lines = String(decoding: try File.read(path), as: UTF8.self).split(separator: "\n")
    #expect(try lines.map { try DiagnosticRecord(json: JSON.parse(String($0))).step } == [2, 4, 6])
    let held = try Diagnostics(every: 2, heldOut: [points.sliced(axis: 0, from: 0, to: 40)])
    #expect(Support.message { try watched.fit(points, steps: 2, callbacks: [held]) }.contains("hold out at least 64"))
    #expect(Support.message { _ = try Diagnostics(every: 0) }.contains("at least 1"))
    #expect(Support.message { _ = try DiagnosticRecord(json: ["step": 1]) }.contains("no record"))
  }
}
