import SwiftGANCore

/// Minibatches of data of which few are labelled: beside a batch of all samples, as many labelled ones with their labels.
///
/// Labelled samples go round in an order of their own, shuffled anew each time: the same few are in many batches, as
/// semi-supervised training wants it.
public final class PartlyLabelled: BatchSource {
  /// The column of the labelled samples; their labels are `y`.
  public static let column = "labelled"

  private let all: Dataset
  private let samples: Tensor
  private let labels: Tensor
  private let transform: (Tensor) -> Tensor
  private var order: RowOrder

  /// A source.
  /// - Parameters:
  ///   - all: batches of all samples.
  ///   - samples: the labelled ones, `[n, ...]`.
  ///   - labels: their classes, int32 `[n]`.
  ///   - transform: makes of gathered rows what the networks see.
  /// - Throws: `TensorError`: `.value` when none is labelled, `.shape` when there are not as many labels.
  public init(
    _ all: Dataset, samples: Tensor, labels: Tensor, seed: UInt64, transform: @escaping (Tensor) -> Tensor
  ) throws {
    let count = try Batch([("labelled samples", samples), ("labels", labels)]).count
    guard count > 0 else { throw TensorError(.value, "no sample has a label") }
    self.all = all
    self.samples = samples
    self.labels = labels
    self.transform = transform
    order = RowOrder(count: count, seed: seed, isShuffled: true)
  }

  /// How many samples a batch holds, and how many labelled ones beside them.
  public var batchSize: Int { all.batchSize }
  /// How many passes through all samples are complete.
  public var epoch: Int { all.epoch }

  /// The next batch: `x`, then ``column`` and `y`.
  public func next() throws -> Batch {
    let batch = try all.next()
    var pieces: [Tensor] = []
    var missing = batch.count
    while missing > 0 {
      let piece = try order.take(min(missing, order.remaining))
      missing -= piece.count
      pieces.append(piece)
    }
    let rows = Tensor.concatenate(pieces, axis: 0)
    return try Batch(
      batch.columns + [
        (PartlyLabelled.column, transform(samples.gather(rows, axis: 0))), ("y", labels.gather(rows, axis: 0)),
      ])
  }

  /// Where both orders stand.
  public var state: JSON {
    [
      "kind": "partly_labelled", "all": all.state, "count": JSON(order.count), "seed": JSON(String(order.seed)),
      "epoch": JSON(order.epoch), "position": JSON(order.position),
    ]
  }

  /// Both at their start.
  public func beginning(seed: UInt64) -> JSON {
    [
      "kind": "partly_labelled", "all": all.beginning(seed: seed), "count": JSON(order.count),
      "seed": JSON(String(seed)), "epoch": 0, "position": 0,
    ]
  }

  /// Batches of other rows beside the same labelled ones.
  public func heldOut(_ tensors: [Tensor]) throws -> any BatchSource {
    try PartlyLabelled(all.with(tensors), samples: samples, labels: labels, seed: order.seed, transform: transform)
  }

  /// Goes to where a state says.
  /// - Throws: `TensorError` (`.state`) when the state is not one of so many samples and labels.
  public func restore(_ state: JSON) throws {
    guard state["kind"] == "partly_labelled", let inner = state["all"], let epoch = state["epoch"]?.intValue,
      let position = state["position"]?.intValue, let seed = state["seed"]?.stringValue.flatMap({ UInt64($0) }),
      epoch >= 0, position >= 0, position < order.count, state["count"]?.intValue == order.count
    else {
      throw TensorError(.state, "this is no position among \(order.count) labelled samples: \(state.text())")
    }
    try all.restore(inner)
    order.move(epoch: epoch, position: position, seed: seed)
  }
}
