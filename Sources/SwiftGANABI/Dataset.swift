import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

/// Samples, rows first, and their labels where they have some.
typealias LabelledData = (data: Tensor, labels: Tensor?)

/// The data sets by name.
let datasets = Registry<Void, LabelledData>(
  "dataset",
  [
    Registration(
      "digits", "1,797 handwritten digits, uint8 (1797, 8, 8, 1) from 0 to 16, with int32 labels 0 to 9."
    ) { _, _ in
      let shape = [Digits.count, Digits.side, Digits.side, 1]
      return (Tensor(Digits.images(), shape: shape), Tensor(Digits.labels().map { Int32($0) }))
    },
    mixture("ring8", "Points of 8 Gaussians on a circle of radius 1, standard deviation 0.01.", .ring8),
    mixture("grid25", "Points of 25 Gaussians at {-4, -2, 0, 2, 4} squared, standard deviation 0.05.", .grid25),
  ])

private func mixture(_ name: String, _ summary: String, _ law: GaussianMixture2D) -> Registration<Void, LabelledData> {
  let options = [
    OptionDescription("count", .integer(1...100_000_000), default: 2_500, "How many points."),
    OptionDescription("seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0, "Which points."),
  ]
  return Registration(name, summary, options: options) { options, _ in
    let key = RandomKey(seed: UInt64(try options.int("seed")))
    return (law.sample(try options.int("count"), key: key), nil)
  }
}

@_cdecl("sg_dataset_load") @implementation
public func sg_dataset_load(
  _ data: UnsafeMutablePointer<OpaquePointer?>?, _ labels: UnsafeMutablePointer<OpaquePointer?>?,
  _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    labels?.pointee = nil
    let data = try output(clearing: data, "data")
    let loaded = try datasets.make(specification(text(name, "name"), SwiftGANABI.options(options)))
    let samples = try TensorHandle(loaded.data)
    if let labels { labels.pointee = try loaded.labels.map { try TensorHandle($0).passedToC() } }
    data.pointee = samples.passedToC()
  }
}
