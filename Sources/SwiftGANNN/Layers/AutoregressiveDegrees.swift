import SwiftGANCore

/// How the features of an autoregressive network are ordered and how its hidden units are connected: a degree for each
/// feature (its place in the order, from 1) and for each hidden unit (the last place that it sees).
struct AutoregressiveDegrees {
  /// In which order features depend on each other.
  enum Ordering: String, CaseIterable {
    /// Feature i on those before it.
    case natural
    /// As a permutation says, drawn anew for each mask.
    case random
  }

  /// How hidden units get their degrees.
  enum Connectivity: String, CaseIterable {
    /// All degrees equally often, in a fixed pattern.
    case even
    /// Drawn uniformly from those that the layer below makes possible (Germain et al. 2015, section 4.2).
    case random
  }

  /// (masks, features): a permutation of 1...features each.
  let features: [[Int]]
  /// For each hidden layer (masks, units).
  let hidden: [[[Int]]]

  init(
    features count: Int, hidden sizes: [Int], masks: Int, ordering: Ordering, connectivity: Connectivity, key: RandomKey
  ) throws {
    // The last degree that a hidden unit can use: one that sees all features could feed no output.
    let last = max(count - 1, 1)
    features = try (0..<masks).map { mask in
      guard ordering == .random else { return Array(1...count) }
      return try Tensor.randomPermutation(count, key: key.folded(2 * mask)).scalars(as: Int64.self).map { Int($0) + 1 }
    }
    var layers: [[[Int]]] = []
    var lowest = Array(repeating: 1, count: masks)
    for (layer, size) in sizes.enumerated() {
      layers.append(
        try (0..<masks).map { mask in
          guard connectivity == .random else {
            return (0..<size).map { size >= last ? 1 + $0 % last : 1 + $0 * last / size }
          }
          let key = key.folded(2 * mask + 1).folded(layer)
          return try Tensor.randomIntegers([size], low: lowest[mask], high: last + 1, key: key)
            .cast(to: .int64).scalars(as: Int64.self).map { Int($0) }
        })
      lowest = layers[layer].map { $0.min() ?? 1 }
    }
    hidden = layers
  }
}
