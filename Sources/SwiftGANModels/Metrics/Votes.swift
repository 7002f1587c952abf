import SwiftGANCore

/// Counts how often a candidate is among the best of a ballot.
///
/// ```swift
/// var votes = Votes(voters: 2, candidates: 5)
/// try votes.add(Tensor([0.1, 0.9, 0.3, 0.2, 0.8, /* second voter */ 0, 0, 1, 0, 0] as [Float]).reshape([2, 5]), each: 2)
/// votes.counts  // [[0, 1, 0, 0, 1], [1, 0, 1, 0, 0]]
/// ```
struct Votes {
  private let voters: Int
  private let candidates: Int
  private var found: [Float]
  /// The best of a ballot so far, the worst of them first: a binary heap.
  private var best: [(score: Float, candidate: Int)] = []

  /// No votes yet.
  init(voters: Int, candidates: Int) {
    self.voters = voters
    self.candidates = candidates
    found = [Float](repeating: 0, count: voters * candidates)
  }

  /// How many votes each voter gave each candidate, float32 `[voters, candidates]`.
  var counts: Tensor { Tensor(found).reshape([voters, candidates]) }

  /// Adds ballots: one vote for each of the `each` candidates with the highest scores, of equal ones for those that come first.
  /// A score that is NaN is given no vote.
  /// - Parameter scores: float32 `[ballots, candidates]`; ballot i is that of voter i modulo their number.
  /// - Throws: `TensorError`: `.shape` for another number of candidates, `.type` for another dtype.
  mutating func add(_ scores: Tensor, each: Int) throws {
    guard try scores.checked().rank == 2, scores.shape[1] == candidates, scores.dtype == .float32 else {
      throw TensorError(
        scores.dtype == .float32 ? .shape : .type,
        "ballots of \(candidates) candidates cannot be \(scores.dtype.name) of shape \(describe(shape: scores.shape))")
    }
    try scores.withUnsafeBytes { bytes in
      let all = bytes.bindMemory(to: Float.self)
      for ballot in 0..<scores.shape[0] {
        let own = all[ballot * candidates..<(ballot + 1) * candidates]
        count(UnsafeBufferPointer(rebasing: own), ballot % voters, each)
      }
    }
  }

  private mutating func count(_ scores: UnsafeBufferPointer<Float>, _ voter: Int, _ each: Int) {
    best.removeAll(keepingCapacity: true)
    for (candidate, score) in scores.enumerated() where !score.isNaN {
      if best.count < each {
        best.append((score, candidate))
        if best.count == each { for place in (0..<each / 2).reversed() { sink(place) } }
      } else if let worst = best.first, score > worst.score {
        best[0] = (score, candidate)
        sink(0)
      }
    }
    for (_, candidate) in best { found[voter * candidates + candidate] += 1 }
  }

  /// Brings what is at a place down to where nothing below is worse. Of equal scores the later candidate is the worse.
  private mutating func sink(_ start: Int) {
    func isWorse(_ a: Int, _ b: Int) -> Bool {
      best[a].score < best[b].score || (best[a].score == best[b].score && best[a].candidate > best[b].candidate)
    }
    var place = start
    while 2 * place + 1 < best.count {
      let left = 2 * place + 1
      let below = left + 1 < best.count && isWorse(left + 1, left) ? left + 1 : left
      guard isWorse(below, place) else { return }
      best.swapAt(place, below)
      place = below
    }
  }
}
