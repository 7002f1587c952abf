import SwiftGANCore

/// A table of vectors, one per class or word: `y = weight[x]`.
///
/// Input: integers (int32, int64 or uint8) of any shape, each from 0 to num_embeddings - 1. Output: that shape with an axis of embedding_dim
/// added at the end. Parameter: `weight` (num_embeddings, embedding_dim), starting as N(0, 1).
///
/// ```swift
/// let layer = try Embedding(10, 64, in: scope["label"])
/// let y = layer(labels)   // (batch) -> (batch, 64)
/// ```
public struct Embedding: Layer {
  /// The table, of shape (num_embeddings, embedding_dim).
  public let weight: Parameter
  private let dimension: Int
  private let label: LayerLabel

  /// A table of `count` vectors of `dimension` numbers.
  /// - Throws: `.value` for a size below 1 or a taken name, `.memory` for sizes too large.
  public init(
    _ count: Int, _ dimension: Int, weight initializer: Initializer = .normal(std: 1), in scope: Scope
  ) throws {
    try self.init(count, dimension, weight: initializer, isLinearMap: true, in: scope)
  }

  /// - Parameter isLinearMap: whether the table maps one-hot vectors to features; scales and shifts are none.
  init(_ count: Int, _ dimension: Int, weight initializer: Initializer, isLinearMap: Bool, in scope: Scope) throws {
    label = LayerLabel("embedding", scope)
    try label.require("num_embeddings", count)
    try label.require("embedding_dim", dimension)
    self.dimension = dimension
    weight = try scope.parameter("weight", [count, dimension], initializer, outputAxis: isLinearMap ? -1 : nil)
  }

  /// The vectors of the integers in `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard !x.dtype.isFloat, x.dtype != .bool else {
        throw TensorError(.type, "expected integers as input, not \(x.dtype); cast labels to int32 first")
      }
      let indices = x.dtype == .uint8 ? x.cast(to: .int64) : x
      return weight.value.gather(indices.reshape([x.count]), axis: 0).reshape(x.shape + [dimension])
    }
  }

  static let registration = LayerRegistration(
    "embedding", "A table of vectors, looked up by integers.",
    options: [
      OptionDescription("num_embeddings", .integer(), "Number of vectors."),
      OptionDescription("embedding_dim", .integer(), "Length of each vector."),
      OptionDescription(
        "weight_init", .initializer, default: ["name": "normal", "std": 1], "First value of the table."),
    ]
  ) { options, scope in
    try Embedding(
      options.int("num_embeddings"), options.int("embedding_dim"), weight: options.initializer("weight_init"), in: scope
    )
  }
}
