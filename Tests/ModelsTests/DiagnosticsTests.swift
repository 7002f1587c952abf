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

  /// An untrained generator has little diversity: that is where it starts, not where it fell to.
  @Test func aStartIsNoCollapse() throws {
    let alarms = try Alarms(["patience": 2, "long": 6])
    func raised(_ name: String, _ values: [Double], apart: Int = 300) -> [Int] {
      let all = values.enumerated().map { DiagnosticRecord(step: apart * ($0 + 1), figures: [(name, $1)]) }
      return all.indices.flatMap { alarms.warnings(Array(all[...$0])) }.map(\.step)
    }
    #expect(raised("diversity", [0.1, 0.1, 0.12, 0.13, 0.14, 0.15, 0.2, 0.4]).isEmpty)
    // What sways about the limit has not fallen.
    #expect(raised("diversity", [0.19, 0.21, 0.19, 0.18]).isEmpty)
    #expect(raised("diversity", [0.15, 0.45, 0.19, 0.18], apart: 10) == [40])
    // What does not get going for long has not begun, and samples that are one and the same never were a start.
    #expect(raised("diversity", [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]) == [1800])
    #expect(raised("diversity", [0.001, 0.001]) == [600])
    #expect(raised("coverage", [0.1, 0.3, 0.2, 0.3, 0.1, 0.2, 0.3]) == [1800])
    // However often it is looked at.
    #expect(raised("coverage", [0.1, 0.3, 0.2, 0.3, 0.1, 0.2, 0.3, 0.2], apart: 250) == [1750])
    #expect(raised("coverage", [0.1, 0.3, 0.2, 0.3, 0.1, 0.2, 0.3, 0.2], apart: 100).isEmpty)
    #expect(raised("coverage", [0.1, 0.1, 0.2, 0.2, 0.3, 0.4, 0.5]).isEmpty)
    #expect(raised("coverage", [0.1, 0.3, 0.2, 0.6, 0.1, 0.2, 0.3]).isEmpty)
  }

  @Test func lostModesAreToldByTheCoverageThatThereWas() throws {
    let alarms = try Alarms(["patience": 2])
    let falling = records("coverage", [0.2, 0.8, 0.8, 0.3, 0.3])
    #expect(alarms.warnings(falling).map(\.figure) == ["coverage"])
    #expect(alarms.warnings(records("coverage", [0.2, 0.4, 0.4, 0.1, 0.1])).isEmpty)
    // One look that happens to fall well says nothing of what there was.
    #expect(alarms.warnings(records("coverage", [0.4, 0.9, 0.4, 0.3, 0.3])).isEmpty)
    #expect(Alarms.held([0.1, 0.7, 0.6, 0.2, 0.9], at: 2) == 0.6)
    #expect(Alarms.held([0.7], at: 2) == 0)
  }

  @Test func aChaseIsBothPlayersSwings() throws {
    func raised(_ figures: [String: [Double]]) throws -> [String] {
      let alarms = try Alarms(["patience": 1, "swings": 2, "window": 5])
      let records = (0..<6).map { look in
        DiagnosticRecord(step: look, figures: figures.map { ($0.key, $0.value[look % $0.value.count]) })
      }
      return records.indices.flatMap { alarms.warnings(Array(records[...$0])) }.map(\.figure)
    }
    let (swinging, steady, slow) = ([-2.0, 2], [2.0], [-2.0, -2, 2, 2, -2, -2])
    // A circle, in which both go round.
    #expect(try raised(["drift": swinging, "separation": slow]) == ["separation"])
    // Samples that sway before a discriminator that follows them.
    #expect(try raised(["drift": swinging, "separation": steady]).isEmpty)
    #expect(try raised(["drift": steady, "separation": swinging]).isEmpty)
    // Where there is one figure alone it has to go on for longer.
    #expect(try raised(["drift": swinging]) == ["drift"])
    #expect(try raised(["drift": slow]).isEmpty)
  }

  @Test func aDeadGeneratorIsToldWhateverTheDiscriminatorSays() throws {
    let alarms = try Alarms(["patience": 3])
    let dead = records("generator_gradient", [0.5, 0, 0, 0], ["real_accuracy": 0.5, "fake_accuracy": 0.5])
    #expect(alarms.warnings(dead).map(\.kind) == [.vanishedGradient])
    #expect(alarms.warnings(Array(dead.dropLast())).isEmpty)
    #expect(alarms.warnings(records("generator_gradient", [0.5, 1e-9, 1e-9, 1e-9])).isEmpty)
  }

  /// What augmentation makes of equal samples differs; the samples do not.
  @Test(arguments: [[:], ["augment": "color,translation,cutout"], ["pack": 2]] as [JSONObject])
  func aConstantGeneratorHasNoDiversity(_ view: JSONObject) throws {
    let images = Tensor.randomUniform([64, 8, 8, 1], key: RandomKey(seed: 1))
    var options: JSONObject = ["hidden": [8], "batch_size": 16]
    for (name, value) in view { options[name] = value }
    let model = try Model.make("gan", options)
    try model.fit(images, steps: 1)
    for parameter in try model.built.trainer.game.networks[0].network.parameters {
      parameter.value = parameter.value.zerosLike
    }
    let record = try model.built.trainer.diagnose(["gap_steps": 0])
    #expect(try #require(record["diversity"]) < 1e-6)
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
    // One that had won by the first look, by what its loss would be if it could not tell.
    let least = records("discriminator_loss", [1e-4, 1e-4, 1e-4], right.merging(["undecided_loss": 0.5]) { $1 })
    #expect(alarms.warnings(Array(least.dropLast())).map(\.figure) == ["discriminator_loss"])
    #expect(alarms.warnings(records("discriminator_loss", [1e-4, 1e-4], right)).isEmpty)
    // Where it answers with no number.
    #expect(alarms.warnings(records("discriminator_loss", [1e-4, 1e-4], ["undecided_loss": 1])).map(\.step) == [20])
    #expect(alarms.warnings(records("discriminator_loss", [0.1, 0.1], ["undecided_loss": 1])).isEmpty)
    // A critic's loss is no distance from anything.
    #expect(alarms.warnings(records("discriminator_loss", [1, -3, -3], right)).isEmpty)
  }

  @Test func alarmsDoNotLookBackAtAnotherGame() throws {
    let points = Tensor.randomNormal([64, 2], key: RandomKey(seed: 4))
    let alarms = try Alarms(["patience": 2])
    let diagnostics = try Diagnostics(every: 1, measure: GameMeasure(gapSteps: 0), alarms: alarms)
    let models = try (0..<2).map { _ in try Model.make("gan", ["hidden": [4], "batch_size": 32]) }
    for model in models {
      try model.fit(points, steps: 1)
      // Samples that are all the same give the sign, which must show at two looks.
      for parameter in try model.built.trainer.game.networks[0].network.parameters {
        parameter.value = parameter.value.zerosLike
      }
      try model.fit(points, steps: 1, callbacks: [diagnostics])
    }
    #expect(diagnostics.records.allSatisfy { ($0["diversity"] ?? 1) < 1e-3 })
    #expect(diagnostics.warnings.isEmpty)
    try models[1].fit(points, steps: 1, callbacks: [diagnostics])
    #expect(diagnostics.warnings.map(\.kind) == [.modeCollapse])
    #expect(diagnostics.records.map(\.step) == [2, 2, 3])
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
