import SwiftGANCore
import Testing

@testable import SwiftGANModels
@testable import SwiftGANNN

/// Training with float32 products of each precision.
@Suite struct PrecisionTests {
  private static let rounds = MatmulPrecision.medium.inEffect == .medium

  private func model(_ name: String = "dcgan", _ more: JSONObject = [:]) throws -> Model {
    var options = ModelFunctionTests.small[name] ?? [:]
    options["batch_size"] = 32
    for (key, value) in more { options[key] = value }
    return try Model.make(name, options)
  }

  private func weights(_ model: Model) throws -> [[UInt8]] {
    try model.built.trainer.game.networks.flatMap { $0.network.parameters.map(\.value) }.map { try Support.bytes($0) }
  }

  private func trained(
    _ precision: MatmulPrecision?, around: MatmulPrecision = .highest, eager: Bool = false
  ) throws -> [[UInt8]] {
    let model = try model("dcgan", ["width": 16])
    let digits = try Digits.piece(0..<96)
    _ = try around.within { try model.fit(digits.images, steps: 3, eager: eager, precision: precision) }
    #expect(try model.built.trainer.precision == nil)
    return try weights(model)
  }

  @Test func aFitHasThePrecisionThatItIsGivenOrThatIsInForce() throws {
    let (highest, medium) = (try trained(.highest), try trained(.medium))
    #expect((highest != medium) == PrecisionTests.rounds)
    #expect(try trained(nil) == highest)
    #expect(try trained(nil, around: .medium) == medium)
    #expect(try trained(.highest, around: .medium) == highest)
    #expect(try trained(.medium, eager: true) == medium)
    #expect(try trained(.high) == highest || MatmulPrecision.high.inEffect == .high)
  }

  /// What is in force may change between two rounds: each is traced for its own.
  @Test func aTrainerFollowsAChange() throws {
    func run(eager: Bool) throws -> [[UInt8]] {
      let model = try model("dcgan", ["width": 16])
      try model.fit(try Digits.piece(0..<96).images, steps: 1, eager: eager)
      let trainer = try model.built.trainer
      trainer.isEager = eager
      for precision in [MatmulPrecision.medium, .highest, .medium, .highest] {
        _ = try precision.within { try trainer.step() }
      }
      trainer.precision = .medium
      _ = try trainer.step()
      return try weights(model)
    }
    #expect(try run(eager: false) == run(eager: true))
  }
}
