import SwiftGANCore

/// In which order the rows of a data set are visited: a fresh permutation every epoch, or as they lie.
///
/// The permutation of epoch e is a function of (seed, e), so a seed, an epoch and a position say everything: to resume
/// there is nothing to replay and nothing long to store.
struct RowOrder {
  let count: Int
  private(set) var seed: UInt64
  let isShuffled: Bool
  private(set) var epoch = 0
  private(set) var position = 0
  private var order: Tensor?

  init(count: Int, seed: UInt64, isShuffled: Bool) {
    self.count = count
    self.seed = seed
    self.isShuffled = isShuffled
  }

  /// How many rows of this epoch are still to come.
  var remaining: Int { count - position }

  /// The next `length` rows (int64), at most ``remaining``; the epoch ends with its last row.
  mutating func take(_ length: Int) throws -> Tensor {
    let order = try self.order ?? permutation()
    self.order = order
    let rows = try order.sliced(axis: 0, from: position, to: position + length).checked()
    position += length
    if remaining == 0 { endEpoch() }
    return rows
  }

  /// Goes to the start of the next epoch.
  mutating func endEpoch() { move(epoch: epoch + 1, position: 0) }

  mutating func move(epoch: Int, position: Int, seed: UInt64? = nil) {
    if epoch != self.epoch || (seed ?? self.seed) != self.seed { order = nil }
    self.seed = seed ?? self.seed
    self.epoch = epoch
    self.position = position
  }

  private func permutation() throws -> Tensor {
    guard isShuffled else { return try Tensor.arange(0, Double(count), dtype: .int64).checked() }
    return try Tensor.randomPermutation(count, key: RandomKey(seed: seed).folded(epoch)).checked()
  }
}
