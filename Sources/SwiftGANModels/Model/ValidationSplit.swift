import SwiftGANCore
import SwiftGANNN

/// Which rows train and which are held out to judge by: a share of them, drawn by the model's seed, so that a resumed
/// training holds out the same.
struct ValidationSplit {
  /// Rows that train, int64.
  let training: Tensor
  /// Rows held out, int64.
  let held: Tensor

  /// The split that the option `validation` asks for; nil for none.
  /// - Throws: `TensorError` (`.value`) when it would leave no row on one side.
  init?(count: Int, options: Options) throws {
    guard let share = options.values["validation"]?.doubleValue, share > 0 else { return nil }
    let heldCount = Int((Double(count) * share).rounded())
    guard heldCount >= 1, heldCount < count else {
      throw TensorError(
        .value,
        "\(options.owner): validation \(JSON(share).text()) of \(count) samples leaves "
          + "\(heldCount < 1 ? "none to validate with" : "none to train on")")
    }
    let order = Tensor.randomPermutation(count, key: RandomKey(seed: try options.seed(for: "validation")))
    held = try order.sliced(axis: 0, from: 0, to: heldCount).checked()
    training = try order.sliced(axis: 0, from: heldCount, to: count).checked()
  }

  /// The figures of the held-out rows, means over all of them; nil for a model that has none.
  func validation(
    of built: Model.Built, _ data: Tensor, _ extras: [(name: String, value: Tensor)], key: RandomKey
  ) -> Trainer.Validation? {
    guard let evaluate = built.system.evaluation else { return nil }
    // The trainer keeps this, so this must not keep the trainer.
    return { [unowned trainer = built.trainer, description = built.data, held] in
      try trainer.withAllSamplingWeights {
        var (names, sums) = ([String](), [String: Double]())
        for (index, start) in stride(from: 0, to: held.count, by: ModelCall.chunk).enumerated() {
          let end = min(start + ModelCall.chunk, held.count)
          let rows = held.sliced(axis: 0, from: start, to: end)
          let samples = description.internalSamples(data.gather(rows, axis: 0))
          let batch = try Batch([("x", samples)] + extras.map { ($0.name, $0.value.gather(rows, axis: 0)) })
          for (name, value) in try evaluate(batch, key.folded(index)) {
            if sums[name] == nil { names.append(name) }
            sums[name, default: 0] += try value.item() * Double(end - start)
          }
        }
        return names.map { ("validation_\($0)", (sums[$0] ?? 0) / Double(held.count)) }
      }
    }
  }
}
