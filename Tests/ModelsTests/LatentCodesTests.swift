import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// InfoGAN's codes, against the paper's formulas.
@Suite struct LatentCodesTests {
  private let codes = LatentCodes(categorical: [3, 2], continuous: 2, categoricalWeight: 0.5, continuousWeight: 0.25)

  private func rows(_ tensor: Tensor) throws -> [[Double]] {
    let all = try tensor.cast(to: .float64).scalars(as: Double.self)
    let width = tensor.shape[1]
    return stride(from: 0, to: all.count, by: width).map { Array(all[$0..<($0 + width)]) }
  }

  @Test func drawnCodesAreIndicatorsAndUniformNumbers() throws {
    let drawn = codes.draw(3000, key: RandomKey(seed: 1))
    #expect(drawn.shape == [3000, 7])
    let rows = try rows(drawn)
    for place in codes.places {
      #expect(rows.allSatisfy { row in row[place].reduce(0, +) == 1 && row[place].allSatisfy { $0 == 0 || $0 == 1 } })
      for column in place {
        let share = rows.reduce(0) { $0 + $1[column] } / 3000
        #expect(abs(share - 1 / Double(place.count)) < 0.04)
      }
    }
    let numbers = rows.flatMap { $0[5...] }
    #expect(numbers.allSatisfy { $0 >= -1 && $0 < 1 })
    #expect(abs(numbers.reduce(0, +) / 6000) < 0.04)
    let squares: Double = numbers.reduce(0) { $0 + $1 * $1 }
    #expect(abs(squares / 6000 - 1.0 / 3.0) < 0.02)
    // Row i does not depend on how many there are.
    let few = codes.draw(5, key: RandomKey(seed: 1))
    #expect(try Support.bytes(few) == Support.bytes(drawn.sliced(axis: 0, from: 0, to: 5)))
  }

  /// -L_I: the mean negative log-probability of the codes under Q, but for the entropies and the Gaussian's constant.
  @Test func theLossIsTheNegativeLogLikelihoodOfTheCodes() throws {
    let drawn = codes.draw(6, key: RandomKey(seed: 2))
    let numbers = Tensor.randomNormal([6, codes.outputs], key: RandomKey(seed: 3))
    var (categorical, continuous) = (0.0, 0.0)
    for (said, code) in zip(try rows(numbers), try rows(drawn)) {
      for place in codes.places {
        let scores = place.map { said[1 + $0] }
        let total: Double = log(scores.reduce(0) { $0 + exp($1) })
        for (index, score) in zip(place, scores) { categorical += code[index] * (total - score) / 6 }
      }
      // -log of a normal density of deviation 1, without its constant.
      for index in 5..<7 {
        let difference: Double = code[index] - said[1 + index]
        continuous += difference * difference / 2 / 6
      }
    }
    #expect(Support.isClose(try codes.loss(numbers, drawn).item(), 0.5 * categorical + 0.25 * continuous, 1e-5))
    let figures = codes.figures(numbers, drawn)
    #expect(figures.map(\.name) == ["mutual_information", "code_error"])
    // The bound H(c) - E[-log Q(c | x)], and the mean squared error of each number.
    #expect(Support.isClose(try figures[0].value.item(), log(3) + log(2) - categorical, 1e-5))
    #expect(Support.isClose(try figures[1].value.item(), continuous, 1e-5))
  }

  /// Both players minimise it on generated samples alone, beside the objective.
  @Test func bothPlayersMinimiseItOnGeneratedSamples() throws {
    let (latent, real) = (Latent(size: 2), Tensor.randomNormal([4, 3], key: RandomKey(seed: 5)))
    let generator = try Network(dense(2 + codes.size, 3, initializer: "glorot_uniform"), seed: 1)
    let discriminator = try Network(dense(3, codes.outputs, initializer: "glorot_uniform"), seed: 2)
    let game = try AdversarialGame(
      generator: generator, discriminator: discriminator, latent: latent, objective: NonSaturating(),
      conditioning: codes
    ).game(
      generator: Player("generator", trains: [generator], optimizer: "sgd", batchUse: .latest),
      discriminator: Player("discriminator", trains: [discriminator], optimizer: "sgd"))
    func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
    for (player, names) in [
      ("discriminator", ["code_loss"]), ("generator", ["generator_code_loss", "mutual_information", "code_error"]),
    ] {
      let context = RoundContext(
        player: try game.player(player), batch: try Batch([("x", real)]), state: game.state, step: 0,
        key: RandomKey(seed: 7))
      let loss = try game.losses[player]?(context).item() ?? .nan
      let drawn = codes.draw(4, key: context.key("noise").folded(1))
      let made = generator(codes.told(latent.sample(4, key: context.key("noise")), drawn))
      let (said, of) = (try rows(discriminator(made)), try rows(discriminator(real)))
      let real: Double = of.reduce(0) { $0 + softplus(-$1[0]) / 4 }
      let fake: Double = said.reduce(0) { $0 + softplus($1[0]) / 4 }
      let own: Double = said.reduce(0) { $0 + softplus(-$1[0]) / 4 }
      let game = player == "generator" ? own : real + fake
      let told = try codes.loss(discriminator(made), drawn).item()
      #expect(Support.isClose(loss, game + told, 1e-5), "\(player)")
      #expect(names.allSatisfy { name in context.records.contains { $0.name == name } }, "\(player)")
    }
  }

  // MARK: As users see them

  @Test func usersCodesAreNumbersOfCategories() throws {
    let told = try codes.internalCodes(Tensor([2, 0, 0.5, -1, 0, 1, 2, 3] as [Float]).reshape([2, 4]))
    #expect(try told.scalars(as: Float.self) == [0, 0, 1, 1, 0, 0.5, -1, 1, 0, 0, 0, 1, 2, 3])
    // A head that says the codes themselves is read as them.
    let numbers = Tensor.concatenate([Tensor.zeros([2, 1]), told], axis: 1)
    #expect(try codes.userCodes(numbers).scalars(as: Float.self) == [2, 0, 0.5, -1, 0, 1, 2, 3])
    for (bad, words) in [
      ([3, 0, 0, 0], "categorical code 0 is 3"), ([0, 0.5, 0, 0], "categorical code 1 is 0.5"),
      ([-1, 0, 0, 0], "from 0 to 2"), ([.nan, 0, 0, 0], "categorical code 0"),
      ([0, 0, .infinity, 0], "NaN or infinite"),
    ] as [([Float], String)] {
      let found = Support.message { _ = try codes.internalCodes(Tensor(bad).reshape([1, 4])) }
      #expect(found.contains(words), "\(found)")
    }
  }

  @Test func traversalsChangeOneCodeAlone() throws {
    let drawn = codes.draw(2, key: RandomKey(seed: 4))
    let classes = try rows(codes.traversed(drawn, code: 0, steps: 9, from: 0, to: 1))
    #expect(classes.count == 6 && classes.prefix(3).map { Array($0[0..<3]) } == [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    let own = try rows(drawn)
    #expect(classes.enumerated().allSatisfy { Array($1[3...]) == Array(own[$0 / 3][3...]) })
    let numbers = try rows(codes.traversed(drawn, code: 3, steps: 5, from: -2, to: 2))
    #expect(numbers.prefix(5).map { $0[6] } == [-2, -1, 0, 1, 2])
    #expect(numbers.enumerated().allSatisfy { Array($1[..<6]) == Array(own[$0 / 5][..<6]) })
    let found = Support.message { _ = try codes.traversed(drawn, code: 4, steps: 5, from: 0, to: 1) }
    #expect(found.contains("4 codes are numbered from 0"), "\(found)")
  }
}
