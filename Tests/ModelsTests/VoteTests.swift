import SwiftGANCore
import Testing

@testable import SwiftGANModels

@Suite struct VoteTests {
  @Test func votesAreForTheBestOfEachBallot() throws {
    var votes = Votes(voters: 2, candidates: 5)
    try votes.add(Tensor([0.1, 0.9, 0.3, 0.2, 0.8, 0, 0, 1, 0, 0] as [Float]).reshape([2, 5]), each: 2)
    #expect(try votes.counts.scalars(as: Float.self) == [0, 1, 0, 0, 1, 1, 0, 1, 0, 0])
    // Four ballots: the voters in turn.
    let more = [[5, 4, 3, 2, 1], [0, 0, 0, 0, 0], [1, 2, 3, 4, 5], [Float.nan, 1, .nan, .nan, .nan]].flatMap { $0 }
    try votes.add(Tensor(more as [Float]).reshape([4, 5]), each: 3)
    #expect(try votes.counts.scalars(as: Float.self) == [1, 2, 2, 1, 2, 2, 2, 2, 0, 0])
  }

  /// As a sort has it, for numbers of which many are equal.
  @Test(arguments: [1, 2, 7, 36, 37]) func asBySorting(_ each: Int) throws {
    let scores = Tensor.randomIntegers([50, 37], low: 0, high: 9, key: RandomKey(seed: 3)).cast(to: .float32)
    var votes = Votes(voters: 50, candidates: 37)
    try votes.add(scores, each: each)
    let best = scores.topK(each, axis: 1).indices
    let expected = (0..<each).reduce(Tensor.zeros([50, 37])) { sum, place in
      sum + indicators(best.selected(axis: 1, at: place), classes: 37)
    }
    #expect(try Support.bytes(votes.counts) == Support.bytes(expected))
  }

  @Test func otherBallotsAreRefused() throws {
    var votes = Votes(voters: 2, candidates: 5)
    #expect(Support.message { try votes.add(Tensor.zeros([2, 4]), each: 1) }.contains("5 candidates"))
    #expect(Support.message { try votes.add(Tensor.zeros([2, 5], dtype: .float64), each: 1) }.contains("float64"))
  }
}
