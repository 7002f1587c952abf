import SwiftGANCore

/// The classes that labels name: between the user's integers and the indices 0, 1, ... that networks see.
///
/// ```swift
/// let classes = try ClassLabels(of: labels)        // [3, 8, 8, 5] int32
/// classes.values                                   // [3, 5, 8]
/// try classes.indices(labels)                      // [0, 2, 2, 1]
/// ```
public struct ClassLabels: Sendable, Equatable {
  /// The labels in ascending order; their places are the indices of the classes.
  public let values: [Int]
  /// How many training samples each class had.
  public let counts: [Int]
  /// What the caller calls the classes, where labels that are no integers were numbered; nil: by ``values``.
  public let names: [JSON]?
  /// The type in which labels were given and are handed back.
  public let dtype: DType

  /// How many classes there are.
  public var count: Int { values.count }

  /// More classes than this are a mistake, such as row numbers given for labels.
  private static let limit = 65_536

  /// The classes in labels.
  ///
  /// - Parameters:
  ///   - labels: `[N]`, integers or booleans.
  ///   - names: names of the classes 0, 1, ..., which the labels then are; not each class needs to have one.
  ///   - minimum: the fewest classes that make sense.
  /// - Throws: `TensorError`: `.shape` for another shape, `.type` for floats, `.value` for no labels, too few classes, too
  ///   many, or a label that is no index of a name.
  public init(of labels: Tensor, names: [JSON]? = nil, minimum: Int = 2) throws {
    try ClassLabels.checkForm(labels)
    var found: [Int: Int] = [:]
    for label in try labels.cast(to: .int64).scalars(as: Int64.self) { found[Int(label), default: 0] += 1 }
    guard !found.isEmpty || names != nil else { throw TensorError(.value, "there are no labels") }
    let seen = found.keys.sorted()
    if let far = seen.first(where: { $0.magnitude > UInt(JSON.maximumExactInteger) }) {
      throw TensorError(.value, "label \(far) is too large in magnitude; labels go up to 2^53")
    }
    if let names, let low = seen.first, let high = seen.last {
      guard low >= 0, high < names.count else {
        throw TensorError(.value, "labels go from \(low) to \(high), but there are \(names.count) names of classes")
      }
    }
    guard names?.count ?? seen.count >= minimum else {
      let only = names?.first?.text() ?? seen.first.map { "\($0)" } ?? "none"
      throw TensorError(.value, "all labels are of one class (\(only)); at least \(minimum) classes are needed")
    }
    values = names.map { Array($0.indices) } ?? seen
    guard values.count <= ClassLabels.limit else {
      throw TensorError(
        .value, "the labels are of \(values.count) classes; at most \(ClassLabels.limit) can be told apart")
    }
    counts = values.map { found[$0] ?? 0 }
    self.names = names
    dtype = labels.dtype
  }

  private static func checkForm(_ labels: Tensor) throws {
    guard try labels.checked().rank == 1 else {
      throw TensorError(
        .shape, "labels must have shape (N,), one for each sample, not \(describe(shape: labels.shape))")
    }
    guard !labels.dtype.isFloat else {
      throw TensorError(.type, "labels must be integers, not \(labels.dtype); number the classes 0, 1, ...")
    }
  }

  /// The label of a sample without one.
  public static let unlabelled = -1

  /// Which rows have a label, int64 `[n]`.
  /// - Throws: `TensorError`: as ``init(of:names:minimum:)`` for what are no labels.
  static func labelledRows(_ labels: Tensor) throws -> Tensor {
    try checkForm(labels)
    let values = try labels.cast(to: .int64).scalars(as: Int64.self)
    return Tensor(values.indices.filter { values[$0] != Int64(unlabelled) }.map { Int64($0) })
  }

  /// The classes in labels of which some may be ``unlabelled``.
  /// - Throws: `TensorError`: as ``init(of:names:minimum:)``, and `.value` when no row has a label and there are no names.
  static func partly(_ labels: Tensor, names: [JSON]?, minimum: Int) throws -> ClassLabels {
    let rows = try labelledRows(labels)
    guard rows.count > 0 || names != nil else {
      throw TensorError(
        .value,
        "no sample has a label: all \(labels.count) are \(unlabelled), which stands for none; the first data must have "
          + "labels, or the classes be given")
    }
    return try ClassLabels(of: labels.gather(rows, axis: 0), names: names, minimum: minimum)
  }

  /// Throws unless all labels are of these classes.
  public func check(_ labels: Tensor) throws { _ = try indices(labels) }

  /// The index of each label's class, int32 `[N]`.
  /// - Throws: `TensorError`: as ``init(of:names:minimum:)``, and `.value` naming a label of no class.
  public func indices(_ labels: Tensor) throws -> Tensor {
    try ClassLabels.checkForm(labels)
    let places = Dictionary(values.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let found = try labels.cast(to: .int64).scalars(as: Int64.self).map { label in
      guard let place = places[Int(label)] else {
        throw TensorError(.value, "label \(label) is of no class that the model was made for: \(text)")
      }
      return place
    }
    return Tensor(found)
  }

  /// The labels of classes given by index, in the type of the labels seen.
  public func labels(_ indices: Tensor) -> Tensor {
    Tensor(values.map { Int64($0) }).gather(indices, axis: 0).cast(to: dtype)
  }

  /// Classes drawn as often as they were in the training data, int32 `[count]` indices.
  public func draw(_ count: Int, key: RandomKey) throws -> Tensor {
    let total = Double(max(1, counts.reduce(0, +)))
    var sum = 0.0
    let bounds = counts.map { own in
      sum += Double(own) / total
      return sum
    }
    let last = counts.lastIndex { $0 > 0 } ?? 0
    let numbers = try Tensor.randomUniform([count], key: key, dtype: .float64).scalars(as: Double.self)
    return Tensor(numbers.map { number in Int32(bounds.firstIndex { number < $0 } ?? last) })
  }

  private var text: String {
    let shown = values.prefix(12).map { "\($0)" }.joined(separator: ", ")
    return values.count > 12 ? "\(shown), ..." : shown
  }

  /// The classes as JSON, for checkpoints.
  public var json: JSON {
    [
      "values": JSON(values), "counts": JSON(counts), "names": names.map { .array($0) } ?? .null,
      "dtype": JSON(dtype.name),
    ]
  }

  /// The classes that ``json`` describes.
  /// - Throws: `TensorError` (`.io`) when the JSON describes none.
  public init(json: JSON) throws {
    func integers(_ name: String) -> [Int]? {
      guard let list = json[name]?.arrayValue?.map(\.intValue), !list.contains(nil) else { return nil }
      return list.compactMap { $0 }
    }
    guard let values = integers("values"), let counts = integers("counts"), values.count == counts.count,
      zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }), !values.isEmpty, counts.allSatisfy({ $0 >= 0 }),
      let dtype = json["dtype"]?.stringValue.flatMap(DType.init(name:)), !dtype.isFloat
    else { throw TensorError(.io, "this is no list of classes: \(json.text())") }
    let names = json["names"]?.arrayValue
    guard names == nil || names?.count == values.count else {
      throw TensorError(.io, "there are not as many names as classes: \(json.text())")
    }
    (self.values, self.counts, self.names, self.dtype) = (values, counts, names, dtype)
  }
}
