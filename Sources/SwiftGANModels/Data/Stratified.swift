import SwiftGANCore

/// Chooses rows at random such that every class keeps its share of them: the split of train and test rows, and small
/// parts of a data set. The same seed chooses the same rows.
///
/// ```swift
/// let (train, test) = try Stratified.split(labels, testSize: 0.25, seed: 0)
/// ```
public enum Stratified {
  /// `count` of the rows, ascending. Each class gives its share, rounded down; the rows still missing come one each from
  /// the classes with the largest remainders, the lower class first.
  /// - Throws: `TensorError` (`.value`) when there are fewer rows than that.
  public static func sample(_ count: Int, of labels: [Int32], seed: UInt64 = 0) throws -> [Int] {
    guard count >= 0, count <= labels.count else {
      throw TensorError(.value, "cannot choose \(count) of \(labels.count) rows")
    }
    guard count > 0 else { return [] }
    var members: [Int32: [Int]] = [:]
    for (row, label) in labels.enumerated() { members[label, default: []].append(row) }
    var quotas = members.sorted { $0.key < $1.key }.enumerated().map { place, one in
      let (whole, remainder) = labels.count.dividingFullWidth(one.value.count.multipliedFullWidth(by: count))
      return (place: place, rows: one.value, whole: whole, remainder: remainder)
    }
    quotas.sort { ($1.remainder, $0.place) < ($0.remainder, $1.place) }
    let missing = count - quotas.reduce(0) { $0 + $1.whole }
    var chosen: [Int] = []
    for (rank, quota) in quotas.enumerated() {
      let key = RandomKey(seed: seed).folded(quota.place)
      let order = try Tensor.randomPermutation(quota.rows.count, key: key).scalars(as: Int64.self)
      chosen += order.prefix(quota.whole + (rank < missing ? 1 : 0)).map { quota.rows[Int($0)] }
    }
    return chosen.sorted()
  }

  /// All rows in two parts, ascending: `testSize` of them to test on (rounded up, as scikit-learn's `train_test_split`
  /// does), the others to train on.
  /// - Throws: `TensorError` (`.value`) unless `testSize` lies between 0 and 1 and leaves rows in both parts.
  public static func split(
    _ labels: [Int32], testSize: Double = 0.25, seed: UInt64 = 0
  ) throws -> (train: [Int], test: [Int]) {
    guard testSize > 0, testSize < 1 else {
      throw TensorError(.value, "test_size must be between 0 and 1, not \(testSize)")
    }
    let count = Int((Double(labels.count) * testSize).rounded(.up))
    guard count < labels.count else {
      throw TensorError(.value, "test_size \(testSize) of \(labels.count) rows leaves none to train on")
    }
    let test = try sample(count, of: labels, seed: seed)
    let isTest = Set(test)
    return (labels.indices.filter { !isTest.contains($0) }, test)
  }
}
