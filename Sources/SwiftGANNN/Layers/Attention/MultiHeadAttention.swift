import SwiftGANCore

/// Multi-head attention (Vaswani et al. 2017, section 3.2): each position of the input looks at all positions of a context,
/// and takes a mean of their values:
///
///     head_i = softmax(Q W_i^Q (K W_i^K)^T / sqrt(d)) V W_i^V,   output = [head_1, ..., head_h] W^O
///
/// Input (batch, queries, features), output of that shape. Further inputs:
///
/// - "context" (batch, keys, context_features): what is looked at; the input itself where not given (self-attention).
/// - "mask": true (not 0) where a query may look at a key: (batch, keys) for all queries alike, (queries, keys) for all
///   examples alike, (batch, queries, keys), or (batch, heads, queries, keys); axes but the keys may be 1. Two axes of which
///   the first could be either are (batch, keys); (1, queries, keys) always says the other. A query that may look at
///   nothing gets the output of no values: 0 before W^O. A key that no query may look at has no influence whatever it
///   holds, on values or gradients.
///
/// Further output: "weights" (batch, heads, queries, keys), how much each query takes of each key. Parameters: `query`, `key`,
/// `value` and `output`, a ``Dense`` layer each, in which the heads are side by side.
///
/// ```swift
/// let attention = try MultiHeadAttention(64, heads: 4, in: scope["attention"])
/// let y = attention(x, ["mask": isWord])
/// ```
public struct MultiHeadAttention: Layer {
  private let query: Dense
  private let key: Dense
  private let value: Dense
  private let output: Dense
  private let dropout: Dropout
  private let features: Int
  private let contextFeatures: Int
  private let heads: Int
  private let isCausal: Bool
  private let label: LayerLabel

  /// Attention of `features` features in `heads` heads.
  /// - Parameters:
  ///   - contextFeatures: features of the context; nil: as many as the input's.
  ///   - dropout: probability of a weight to be dropped in training.
  ///   - bias: whether the projections have biases.
  ///   - causal: whether a query may only look at keys up to its own place (the last query stands at the last key).
  /// - Throws: `.value` for features that do not divide into the heads, numbers out of range or a taken name.
  public init(
    _ features: Int, heads: Int, contextFeatures: Int? = nil, dropout: Double = 0, bias: Bool = true,
    causal: Bool = false, weight initializer: Initializer = .glorotUniform(), in scope: Scope
  ) throws {
    label = LayerLabel("multi_head_attention", scope)
    try label.require("features", features)
    try label.require("num_heads", heads)
    guard features % heads == 0 else {
      throw label.error("features (\(features)) must be a multiple of num_heads (\(heads))")
    }
    let context = contextFeatures ?? features
    query = try Dense(features, features, bias: bias, weight: initializer, in: scope["query"])
    key = try Dense(context, features, bias: bias, weight: initializer, in: scope["key"])
    value = try Dense(context, features, bias: bias, weight: initializer, in: scope["value"])
    output = try Dense(features, features, bias: bias, weight: initializer, in: scope["output"])
    self.dropout = try Dropout(dropout, in: scope)
    self.features = features
    self.contextFeatures = context
    self.heads = heads
    isCausal = causal
  }

  /// "context" and "mask".
  public var inputNames: [String] { ["context", "mask"] }
  /// "weights".
  public var outputNames: [String] { ["weights"] }

  /// Self-attention without a mask.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// The output and the weights.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      try label.requireLast(features, of: "features", in: x, rank: 3...3)
      let context = further["context"] ?? x
      guard context.rank == 3, context.shape[0] == x.shape[0], context.shape[2] == contextFeatures else {
        throw TensorError(
          .shape,
          "the further input 'context' must have shape (batch, keys, context_features), here (\(x.shape[0]), keys, "
            + "\(contextFeatures)), not \(describe(shape: context.shape))")
      }
      let mask = try mask(further["mask"], x.shape[0], x.shape[1], context.shape[1])
      let seen = further["mask"] == nil ? context : mask.map(context.withoutUnseenKeys) ?? context
      let scale = 1 / Double(features / heads).squareRoot()
      let scores = inHeads(query(x) * scale, [0, 2, 1, 3]).matmul(inHeads(key(seen), [0, 2, 3, 1]))
      let weights = scores.softmax(where: mask)
      let values = dropout(weights).matmul(inHeads(value(seen), [0, 2, 1, 3]))
      return [output(values.transposed([0, 2, 1, 3]).reshape(x.shape)), weights]
    }
  }

  /// (batch, positions, features) with the axes batch, positions, heads, features of a head in another order.
  private func inHeads(_ x: Tensor, _ axes: [Int]) -> Tensor {
    x.reshape(Array(x.shape.prefix(2)) + [heads, features / heads]).transposed(axes)
  }

  /// All masks as one that broadcasts to (batch, heads, queries, keys).
  private func mask(_ given: Tensor?, _ batch: Int, _ queries: Int, _ keys: Int) throws -> Tensor? {
    let causal = isCausal ? causalMask(queries: queries, keys: keys) : nil
    guard let given else { return causal }
    let shape = given.shape
    let full: [Int]
    switch shape.count {
    case 2 where shape[0] != 1 && shape[0] != batch: full = [1, 1, shape[0], shape[1]]
    case 2: full = [shape[0], 1, 1, shape[1]]
    case 3: full = [shape[0], 1, shape[1], shape[2]]
    default: full = shape
    }
    guard full.count == 4, full[3] == keys, zip(full, [batch, heads, queries]).allSatisfy({ $0 == 1 || $0 == $1 })
    else {
      throw TensorError(
        .shape,
        "the further input 'mask' must have shape (batch, keys), (queries, keys), (batch, queries, keys) or "
          + "(batch, heads, queries, keys), here of \(describe(shape: [batch, heads, queries, keys])), not "
          + describe(shape: shape))
    }
    let allowed = (given.dtype == .bool ? given : given .!= 0).reshape(full)
    return causal.map { allowed .& $0 } ?? allowed
  }

  static let registration = LayerRegistration(
    "multi_head_attention",
    "Multi-head attention (Vaswani et al. 2017): (batch, queries, features) to the same shape.",
    options: optionList + [.weightInitializer],
    inputs: [
      PortDescription(
        "context", "(batch, keys, context_features): what is looked at; the input itself where it is not given."),
      maskPort,
    ],
    outputs: [weightsPort]
  ) { options, scope in
    try MultiHeadAttention(
      options.int("features"), heads: options.int("num_heads"),
      contextFeatures: options.json("context_features").intValue, dropout: options.double("dropout"),
      bias: options.bool("bias"), causal: options.bool("causal"), weight: options.initializer("weight_init"), in: scope)
  }

  private static let optionList: [OptionDescription] = [
    .features, .heads,
    OptionDescription(
      "context_features", .optional(.integer()), default: .null, "Features of the context; null: as the input's."),
    OptionDescription(
      "dropout", .number(.unit), default: 0, "Probability of an attention weight to be dropped in training."),
    .bias, .causal,
  ]

  static let maskPort = PortDescription(
    "mask",
    "True where a query may look at a key: (batch, keys), (queries, keys), (batch, queries, keys) or "
      + "(batch, heads, queries, keys). Two axes of which the first could be either are (batch, keys).")

  static let weightsPort = PortDescription(
    "weights", "How much each query takes of each key, (batch, heads, queries, keys).")
}

extension OptionDescription {
  static let features = OptionDescription("features", .integer(), "Extent of the input's last axis.")
  static let heads = OptionDescription("num_heads", .integer(1...65536), "Heads; they divide the features among them.")
  static let causal = OptionDescription(
    "causal", .boolean, default: false, "Whether a query may only look at keys up to its own place.")
}
