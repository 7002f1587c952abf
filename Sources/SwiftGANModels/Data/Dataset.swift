import SwiftGANCore

/// Minibatches from tensors in memory, drawn without replacement in an order shuffled anew each epoch.
///
/// The tensors stay as they are (borrowed memory is not copied, integers are not widened): a batch gathers its rows, and
/// only those are converted and scaled.
///
/// ```swift
/// let data = try Dataset(pixels, batchSize: 64, seed: 1, transform: description.internalSamples)
/// let batch = try data.next()   // batch.real: [64, 28, 28, 1] float32
/// ```
public final class Dataset: BatchSource {
  /// What becomes of the rows at the end of an epoch that do not fill a batch.
  public enum LastBatch: String, Sendable, CaseIterable {
    /// They are left out of this epoch (the next shuffles them in again). Every batch then lies within one epoch.
    case drop
    /// The batch is filled up with the first rows of the next epoch: every row is seen equally often, exactly.
    case wrap
    /// They make a smaller batch of their own: every row is seen once in each epoch. A batch size above the number of rows
    /// then stands for all of them. A single row left over goes with the batch before it, which then holds one more:
    /// statistics over a batch, such as batch norm's, need two rows. (A batch size of 1 stays 1.)
    case keep
  }

  /// How many samples an epoch has.
  public let count: Int
  /// How many samples a batch holds.
  public let batchSize: Int
  /// What becomes of the rows that do not fill a batch.
  public let lastBatch: LastBatch

  let columns: [(name: String, value: Tensor)]
  private let rows: Tensor?
  private let transform: (Tensor) -> Tensor
  private var order: RowOrder

  /// A data set.
  ///
  /// - Parameters:
  ///   - samples: `[N, ...]` of any number type; becomes the column `x` as float32.
  ///   - extras: further columns with the same first axis, such as labels; they are gathered and left as they are.
  ///   - rows: int64 `[n]`, the rows that take part; nil for all.
  ///   - transform: makes of gathered rows what the networks see; by default only converts them to float32.
  ///   - shuffle: whether each epoch has an order of its own.
  /// - Throws: `TensorError`: `.value` when there is no sample, the batch size is not positive or exceeds the number of
  ///   samples; `.shape` when first axes differ; `.type` for samples that are no numbers.
  public init(
    _ samples: Tensor, extras: [(name: String, value: Tensor)] = [], rows: Tensor? = nil, batchSize: Int,
    seed: UInt64 = 0,
    shuffle: Bool = true, lastBatch: LastBatch = .drop,
    transform: @escaping (Tensor) -> Tensor = { $0.cast(to: .float32) }
  ) throws {
    let columns = [("x", samples)] + extras
    let all = try Batch(columns).count
    let count = rows?.count ?? all
    guard samples.dtype != .bool else {
      throw TensorError(.type, "the samples are booleans; cast them to a number type, as in samples.cast(to: .uint8)")
    }
    guard count > 0 else {
      throw TensorError(.value, "the data are empty: their shape is \(describe(shape: samples.shape))")
    }
    guard batchSize >= 1 else { throw TensorError(.value, "batch_size must be at least 1, not \(batchSize)") }
    guard batchSize <= count || lastBatch == .keep else {
      throw TensorError(
        .value,
        "batch_size is \(batchSize) but the data have only \(count) samples; use a batch_size of at most \(count)")
    }
    self.columns = columns
    self.count = count
    self.rows = rows
    self.batchSize = min(batchSize, count)
    self.transform = transform
    self.lastBatch = lastBatch
    self.order = RowOrder(count: count, seed: seed, isShuffled: shuffle)
  }

  /// Other rows of the same columns, brought to what the networks see in the same way: held-out ones, for one.
  /// - Parameter tensors: the samples and the extras, in order and of this data set's types and row shapes.
  /// - Throws: `TensorError`: `.value` for another number of tensors, or fewer rows than a batch; `.shape` and `.type` for
  ///   others than this data set's.
  public func with(_ tensors: [Tensor]) throws -> Dataset {
    guard tensors.count == columns.count else {
      let names = list(columns.map(\.name))
      throw TensorError(.value, "\(tensors.count) tensors were given where the data have \(columns.count): \(names)")
    }
    for (tensor, column) in zip(tensors, columns) {
      guard try tensor.checked().shape.dropFirst() == column.value.shape.dropFirst(), tensor.rank == column.value.rank
      else {
        throw TensorError(
          .shape,
          "'\(column.name)' has rows of shape \(describe(shape: Array(column.value.shape.dropFirst()))), but the given ones "
            + "are of shape \(describe(shape: Array(tensor.shape.dropFirst())))")
      }
      guard tensor.dtype == column.value.dtype else {
        throw TensorError(.type, "'\(column.name)' is \(column.value.dtype), but the given rows are \(tensor.dtype)")
      }
    }
    return try Dataset(
      tensors[0], extras: zip(columns, tensors).dropFirst().map { ($0.name, $1) }, batchSize: batchSize,
      seed: order.seed, shuffle: false, transform: transform)
  }

  /// How many passes through the data are complete.
  public var epoch: Int { order.epoch }

  /// How many batches make an epoch, rounded up unless the last rows are dropped or join the batch before.
  public var batchesPerEpoch: Int {
    let (whole, rest) = count.quotientAndRemainder(dividingBy: batchSize)
    return lastBatch == .drop || rest == 0 || (lastBatch == .keep && rest == 1) ? whole : whole + 1
  }

  /// The next batch: `x` transformed, then the extras.
  public func next() throws -> Batch {
    let rows = try nextRows()
    return try Batch(
      columns.enumerated().map { index, column in
        let gathered = column.value.gather(rows, axis: 0)
        return (column.name, index == 0 ? transform(gathered) : gathered)
      })
  }

  private func nextRows() throws -> Tensor {
    // A function of the position alone, so that training that is resumed draws the same batches.
    let takesOneMore = lastBatch == .keep && batchSize > 1 && order.remaining - batchSize == 1
    let first = try order.take(takesOneMore ? order.remaining : min(batchSize, order.remaining))
    let missing = lastBatch == .keep ? 0 : batchSize - (first.shape.first ?? 0)
    let rows = missing == 0 ? first : Tensor.concatenate([first, try order.take(missing)], axis: 0)
    if lastBatch == .drop, order.remaining < batchSize { order.endEpoch() }
    return try (self.rows?.gather(rows, axis: 0) ?? rows).checked()
  }

  /// Number of samples, seed, epoch and position.
  public var state: JSON {
    [
      "kind": "dataset", "count": JSON(count), "seed": JSON(String(order.seed)), "epoch": JSON(order.epoch),
      "position": JSON(order.position),
    ]
  }

  /// The first row of the first epoch in the seed's order.
  public func beginning(seed: UInt64) -> JSON {
    ["kind": "dataset", "count": JSON(count), "seed": JSON(String(seed)), "epoch": 0, "position": 0]
  }

  /// Batches of other rows of the same columns; see ``with(_:)``.
  public func heldOut(_ tensors: [Tensor]) throws -> any BatchSource {
    for (tensor, column) in zip(tensors, columns) where tensor.dtype != column.value.dtype {
      throw TensorError(
        .type,
        "the held-out rows of '\(column.name)' are \(tensor.dtype), but the data are \(column.value.dtype): give "
          + "held_out in that type, as the data were given")
    }
    return try with(tensors)
  }

  /// Goes to where a state says.
  /// - Throws: `TensorError` (`.state`) when the state is not one of a data set of this many samples.
  public func restore(_ state: JSON) throws {
    guard state["kind"] == "dataset", let epoch = state["epoch"]?.intValue, let position = state["position"]?.intValue,
      let seed = state["seed"]?.stringValue.flatMap({ UInt64($0) }), epoch >= 0, position >= 0, position < max(count, 1)
    else { throw TensorError(.state, "this is no position in a data set: \(state.text())") }
    guard state["count"]?.intValue == count else {
      throw TensorError(
        .state, "the position is one among \(state["count"]?.text() ?? "unknown") samples, but the data have \(count)")
    }
    order.move(epoch: epoch, position: position, seed: seed)
  }
}
