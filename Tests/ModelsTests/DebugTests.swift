import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Checks look on in the whole process, so each test has one of its own.
@Suite struct DebugTests {
  @Test func aTrainerNamesStepPlayerAndLayer() async {
    await #expect(processExitsWith: .success) {
      Debug.checksFinite = true
      let data = try Dataset(Tensor.randomNormal([64, 2], key: RandomKey(seed: 1)), batchSize: 8, seed: 1)
      let network = try Network(
        ["name": "sequential", "layers": [["name": "dense", "in_features": 2, "out_features": 1], "relu"]], seed: 1)
      let player = try Player("net", trains: [network], optimizer: ["name": "sgd", "learning_rate": 1e30])
      let game = try Game(
        networks: [("net", network)], players: [player],
        losses: ["net": { context in (network(context.batch.real) - 1).square().mean() }])
      let trainer = Trainer(game, data: data, seed: 1)
      do {
        try trainer.fit(steps: 20)
        Issue.record("nothing was found")
      } catch let error as TensorError {
        #expect(error.message.contains("of finite inputs"), "\(error.message)")
        #expect(error.message.contains(", net"), "\(error.message)")
        #expect(error.message.components(of: "step") == 1, "\(error.message)")
      }
      #expect(trainer.reasonForEager("net") == nil)
    }
  }
}

extension String {
  /// How often a word occurs.
  fileprivate func components(of word: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: word) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
