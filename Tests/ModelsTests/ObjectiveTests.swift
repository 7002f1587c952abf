import SwiftGANCore
import SwiftGANModels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Every objective against its paper's formula, written out in Doubles.
@Suite struct ObjectiveTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let objective: any LogitObjective
    /// The discriminator's loss of one real and one fake logit, as the mean over pairs gives it.
    let discriminator: @Sendable (_ real: Double, _ fake: Double) -> Double
    let generator: @Sendable (_ fake: Double) -> Double
    var testDescription: String { name }
  }

  /// log(1 + exp(x)) without overflow: log D = -softplus(-d) and log(1 - D) = -softplus(d).
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  static let cases = [
    Case(
      name: "minimax", objective: Minimax(), discriminator: { softplus(-$0) + softplus($1) },
      generator: { -softplus($0) }),
    Case(
      name: "non_saturating", objective: NonSaturating(), discriminator: { softplus(-$0) + softplus($1) },
      generator: { softplus(-$0) }),
    Case(
      name: "least_squares", objective: LeastSquares(),
      discriminator: { 0.5 * ($0 - 1) * ($0 - 1) + 0.5 * $1 * $1 }, generator: { 0.5 * ($0 - 1) * ($0 - 1) }),
    Case(
      name: "least_squares(-1, 1, 0)", objective: LeastSquares(a: -1, b: 1, c: 0),
      discriminator: { 0.5 * ($0 - 1) * ($0 - 1) + 0.5 * ($1 + 1) * ($1 + 1) }, generator: { 0.5 * $0 * $0 }),
    Case(
      name: "non_saturating(0.9)", objective: NonSaturating(realLabel: 0.9),
      discriminator: { 0.9 * softplus(-$0) + 0.1 * softplus($0) + softplus($1) }, generator: { softplus(-$0) }),
    Case(
      name: "minimax(0.9)", objective: Minimax(realLabel: 0.9),
      discriminator: { 0.9 * softplus(-$0) + 0.1 * softplus($0) + softplus($1) }, generator: { -softplus($0) }),
    Case(name: "wasserstein", objective: Wasserstein(), discriminator: { $1 - $0 }, generator: { -$0 }),
    Case(
      name: "hinge", objective: Hinge(), discriminator: { max(0, 1 - $0) + max(0, 1 + $1) }, generator: { -$0 }),
  ]

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test(arguments: cases) func valuesAreThePapers(_ one: Case) throws {
    for scale in [0.1, 1, 30] {
      let (real, fake) = (try Support.numbers(7, seed: 1, scale: scale), try Support.numbers(7, seed: 2, scale: scale))
      let loss = try one.objective.discriminatorLoss(real: Tensor(real), fake: Tensor(fake)).item()
      #expect(Support.isClose(loss, mean(zip(real, fake).map { one.discriminator($0, $1) }), 1e-12))
      let generatorLoss = try one.objective.generatorLoss(fake: Tensor(fake)).item()
      #expect(Support.isClose(generatorLoss, mean(fake.map(one.generator)), 1e-12))
    }
  }

  @Test(arguments: cases) func gradientsAreTheFormulas(_ one: Case) throws {
    let (real, fake) = (try Support.numbers(5, seed: 3), try Support.numbers(5, seed: 4))
    let gradients = try valueAndGrad(at: [Tensor(real), Tensor(fake)]) {
      one.objective.discriminatorLoss(real: $0[0], fake: $0[1])
    }.gradients
    let byReal = Support.numericGradient(real) { x in mean(zip(x, fake).map { one.discriminator($0, $1) }) }
    let byFake = Support.numericGradient(fake) { x in mean(zip(real, x).map { one.discriminator($0, $1) }) }
    #expect(Support.isClose(try gradients[0].scalars(), byReal, 1e-8))
    #expect(Support.isClose(try gradients[1].scalars(), byFake, 1e-8))
    let generator = try grad(at: [Tensor(fake)]) { one.objective.generatorLoss(fake: $0[0]) }[0]
    #expect(
      Support.isClose(try generator.scalars(), Support.numericGradient(fake) { mean($0.map(one.generator)) }, 1e-8))
  }

  @Test(arguments: cases) func extremeLogitsGiveFiniteLossesAndGradients(_ one: Case) throws {
    for dtype in [DType.float32, .float64] {
      let logits = Tensor([-1e4, 1e4, -88, 88, 0] as [Double]).cast(to: dtype)
      let result = try valueAndGrad(at: [logits, -logits]) {
        one.objective.discriminatorLoss(real: $0[0], fake: $0[1]) + one.objective.generatorLoss(fake: $0[1])
      }
      #expect(try result.value.item().isFinite)
      for gradient in result.gradients { #expect(try gradient.isFinite().all().item() == 1) }
      let exact = mean(
        [-1e4, 1e4, -88, 88, 0].map { one.discriminator($0, -$0) + one.generator(-$0) })
      #expect(Support.isClose(try result.value.item(), exact, dtype == .float32 ? 1e-5 : 1e-12))
    }
  }

  @Test func theCriticsLossIsTheNegativeWassersteinEstimate() throws {
    let (real, fake) = (Tensor([1, 2, 4] as [Double]), Tensor([0, -1, 1] as [Double]))
    let estimates = Wasserstein().estimates(real: real, fake: fake)
    #expect(estimates.map(\.name) == ["wasserstein"])
    #expect(Support.isClose(try estimates[0].value.item(), 7.0 / 3))
    #expect(Support.isClose(try Wasserstein().discriminatorLoss(real: real, fake: fake).item(), -7.0 / 3))
  }

  @Test func theDivergenceBoundIsZeroWithoutKnowledgeAndLogTwoAtBest() throws {
    let blind = NonSaturating().estimates(real: Tensor([0.0]), fake: Tensor([0.0]))
    #expect(abs(try blind[0].value.item()) < 1e-15)
    let perfect = NonSaturating().estimates(real: Tensor([50.0]), fake: Tensor([-50.0]))
    #expect(Support.isClose(try perfect[0].value.item(), log(2)))
  }

  @Test func theRegistryMakesAllOfThemAndNamesTheKnownOnes() throws {
    #expect(
      ObjectiveRegistry.shared.names.starts(with: [
        "minimax", "non_saturating", "least_squares", "wasserstein", "hinge", "relativistic", "relativistic_average",
        "feature_matching", "ebgan", "began", "gmmn", "mmd_gan",
      ]))
    let made = try #require(
      ObjectiveRegistry.shared.make(["name": "least_squares", "a": -1, "c": 0]) as? LeastSquares)
    #expect(Support.isClose(try made.generatorLoss(fake: Tensor([3.0])).item(), 4.5))
    let unknown = Support.message { _ = try ObjectiveRegistry.shared.make("least_square") }
    #expect(unknown.contains("least_squares") && unknown.contains("hinge"))
    let option = Support.message { _ = try ObjectiveRegistry.shared.make(["name": "least_squares", "d": 1]) }
    #expect(option.contains("'d'") && option.contains("a, b, c"))
    // Papers' names find them too, and files keep the full ones.
    #expect(try ObjectiveRegistry.shared.resolve("lsgan")["name"] == "least_squares")
    #expect(try ObjectiveRegistry.shared.resolve("wgan")["name"] == "wasserstein")
    #expect(Support.message { _ = try ObjectiveRegistry.shared.make("lsgn") }.contains("lsgan"))
  }
}
