import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Players that follow no gradient.
@Suite struct MoveTests {
  @Test func aMoveGathersOverBatchesAndSolvesAtTheEndOfTheEpoch() throws {
    let points = Tensor((0..<20).map { Float($0) }, shape: [10, 2])
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1, "bias": false], seed: 1)
    let before = try network.parameters[0].value.scalars(as: Float.self)
    let trainer = Trainer(try game(network), data: try Dataset(points, batchSize: 4, lastBatch: .keep))
    let report = try trainer.step()
    #expect(try network.parameters[0].value.scalars(as: Float.self) == before)
    #expect(report["rows"] == 4 && report["square"] != nil)
    try trainer.fit(epochs: 1)
    #expect(try network.parameters[0].value.scalars(as: Float.self) == [9, 10])
    #expect(trainer.history["rows"] == [4, 8, 10])
  }

  /// The mean of the data, gathered over batches and set at the end of an epoch.
  private func game(_ network: Network) throws -> Game {
    let player = try Player("solver", moves: [network])
    return try Game(
      networks: [("network", network)], players: [player],
      moves: [
        "solver": { context in
          let sum = (context.state["sum"] ?? Tensor.zeros([2])) + context.batch.real.sum(axes: [0])
          let count = (context.state["count"] ?? Tensor.zeros([])) + Double(context.batch.count)
          (context.state["sum"], context.state["count"]) = (sum, count)
          context.record("rows", count)
          guard context.endsEpoch else { return }
          for parameter in context.player.parameters { parameter.value = (sum / count).reshape([2, 1]) }
        }
      ],
      metrics: [Game.Term("square", player: "solver") { $0.batch.real.square().mean() }],
      state: GameState([("sum", Tensor.zeros([2])), ("count", Tensor.zeros([]))]))
  }

  @Test func aPlayerHasALossOrAMove() throws {
    let network = try Network(["name": "dense", "in_features": 2, "out_features": 1], seed: 1)
    let mover = try Player("a", moves: [network])
    let climber = try Player("a", trains: [network], optimizer: "sgd")
    let loss: Game.Loss = { $0.batch.real.mean() }
    func message(_ player: Player, _ losses: [String: Game.Loss], _ moves: [String: Game.Move]) -> String {
      Support.message {
        _ = try Game(networks: [("n", network)], players: [player], losses: losses, moves: moves)
      }
    }
    #expect(message(mover, [:], [:]).contains("no loss"))
    #expect(message(mover, ["a": loss], [:]).contains("no optimizer"))
    #expect(message(climber, [:], ["a": { _ in }]).contains("no optimizer"))
    #expect(message(climber, ["a": loss], ["a": { _ in }]).contains("no optimizer"))
    #expect(message(climber, ["a": loss], ["b": { _ in }]).contains("'b'"))
  }
}
