import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// |theta - 1/t sum_i theta[i]|^2, and what it does to an orbit.
@Suite struct HistoricalAveragingTests {
  private func game(weight: Double) throws -> (game: Game, parameter: Parameter) {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1, "bias": false], seed: 1)
    let player = try Player("one", trains: [network], optimizer: ["name": "sgd", "learning_rate": 0.1])
    let history = HistoricalAveraging(weight: weight, of: player)
    let parameter = network.parameters[0]
    let game = try Game(
      networks: [("net", network)], players: [player], losses: ["one": { _ in parameter.value.square().sum() }],
      penalties: [history.term], state: GameState(history.initialState))
    return (game, parameter)
  }

  @Test(arguments: [false, true]) func theTermIsThePapers(_ isEager: Bool) throws {
    let (game, parameter) = try game(weight: 0.7)
    let trainer = Trainer(game, data: try Dataset(Tensor.zeros([4, 2]), batchSize: 2))
    trainer.isEager = isEager
    var seen: [[Double]] = []
    for _ in 0..<6 {
      let value = try parameter.value.cast(to: .float64).scalars(as: Double.self)
      seen.append(value)
      let mean = (0..<2).map { j in seen.map { $0[j] }.reduce(0, +) / Double(seen.count) }
      let distance = zip(value, mean).map { $0 - $1 }
      let report = try trainer.step()
      let expected = 0.7 * distance.reduce(0) { $0 + $1 * $1 }
      #expect(abs(try #require(report["one_historical"]) - expected) < 1e-6)
      let after = try parameter.value.cast(to: .float64).scalars(as: Double.self)
      for j in 0..<2 {
        #expect(abs(after[j] - (value[j] - 0.1 * (2 * value[j] + 2 * 0.7 * distance[j]))) < 1e-6)
      }
    }
    #expect(trainer.reasonForEager("one") == nil)
  }
}
