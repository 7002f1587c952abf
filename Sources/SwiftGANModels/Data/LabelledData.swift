import SwiftGANCore

/// Samples and, where there are some, their labels.
public struct LabelledData: Sendable {
  /// The samples, rows first.
  public let data: Tensor
  /// Which class each row is of, int32 `[N]`; nil for data without classes.
  public let labels: Tensor?

  /// Samples and their labels.
  public init(_ data: Tensor, labels: Tensor? = nil) {
    self.data = data
    self.labels = labels
  }

  /// These rows, in this order.
  /// - Throws: `TensorError` (`.index`) for a row that there is not.
  public func rows(_ rows: [Int]) throws -> LabelledData {
    let index = Tensor(rows.map { Int64($0) })
    return try LabelledData(
      data.gather(index, axis: 0).checked(), labels: labels.map { try $0.gather(index, axis: 0).checked() })
  }

  /// `count` rows with the classes in proportion, chosen by the seed, in the order of the data; all rows for nil.
  /// - Throws: `TensorError` (`.value`) when there are fewer rows than that, or no labels.
  public func sample(_ count: Int?, seed: UInt64 = 0) throws -> LabelledData {
    guard let count else { return self }
    return try rows(Stratified.sample(count, of: classes(), seed: seed))
  }

  /// Rows to train on or to test on: the classes in proportion in both, no row in both.
  /// - Throws: as ``Stratified/split(_:testSize:seed:)``.
  public func part(_ part: DataPart, testSize: Double = 0.25, seed: UInt64 = 0) throws -> LabelledData {
    guard part != .all else { return self }
    let split = try Stratified.split(classes(), testSize: testSize, seed: seed)
    return try rows(part == .train ? split.train : split.test)
  }

  private func classes() throws -> [Int32] {
    guard let labels else { throw TensorError(.value, "the data have no labels to choose rows by") }
    return try labels.scalars(as: Int32.self)
  }
}

/// Which rows of a data set are wanted.
public enum DataPart: String, Sendable, CaseIterable {
  case all, train, test
}
