import SwiftGANCore

/// One block of a transformer's encoder (Vaswani et al. 2017): self-attention, then a feed-forward network at each position,
/// each with a way around it and layer normalisation.
///
/// Input and output (batch, time, features). With `norm_first` the block is `x + attention(norm(x))`, then
/// `x + feedforward(norm(x))`, which trains without a slow start (Xiong et al. 2020); else, as first published,
/// `norm(x + attention(x))`, then `norm(x + feedforward(x))`. Further input "mask", further output "weights": see
/// ``MultiHeadAttention``. Parameters: `attention`, `norm1`, `expand`, `contract` (the feed-forward network) and `norm2`.
public struct TransformerEncoderBlock: Layer {
  private let attention: MultiHeadAttention
  private let attentionNorm: LayerNorm
  private let feedForward: Sequential
  private let feedForwardNorm: LayerNorm
  private let dropout: Dropout
  private let isNormFirst: Bool
  private let label: LayerLabel

  /// A block of `features` features and `heads` heads.
  /// - Parameters:
  ///   - hidden: features between the two layers of the feed-forward network; nil: four times `features`.
  ///   - activation: between the two layers.
  ///   - dropout: probability in training, of what each half adds and of what is between the two layers.
  ///   - attentionDropout: probability in training, of the weights of attention.
  ///   - causal: whether a position may only look at those up to itself.
  ///   - normFirst: whether normalisation comes before each half, and not after it.
  /// - Throws: `.value` for features that do not divide into the heads, numbers out of range or a taken name.
  public init(
    _ features: Int, heads: Int, hidden: Int? = nil, activation: any Layer = GELU(), dropout: Double = 0,
    attentionDropout: Double = 0, causal: Bool = false, normFirst: Bool = true, in scope: Scope
  ) throws {
    label = LayerLabel("transformer_encoder_block", scope)
    try label.require("features", features, atLeast: 1)
    let width = hidden ?? features.multipliedReportingOverflow(by: 4).partialValue
    attention = try MultiHeadAttention(
      features, heads: heads, dropout: attentionDropout, causal: causal, in: scope["attention"])
    attentionNorm = try LayerNorm([features], in: scope["norm1"])
    self.dropout = try Dropout(dropout, in: scope)
    feedForward = Sequential(
      try Dense(features, width, in: scope["expand"]), activation, self.dropout,
      try Dense(width, features, in: scope["contract"]))
    feedForwardNorm = try LayerNorm([features], in: scope["norm2"])
    isNormFirst = normFirst
  }

  /// "mask".
  public var inputNames: [String] { ["mask"] }
  /// "weights".
  public var outputNames: [String] { attention.outputNames }

  /// The block's output without a mask.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// The block's output and the weights of its attention.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      let attended = attention.outputs(isNormFirst ? attentionNorm(x) : x, further)
      let seen = x + dropout(try attended[0].checked())
      let middle = isNormFirst ? seen : attentionNorm(seen)
      let made = middle + dropout(feedForward(isNormFirst ? feedForwardNorm(middle) : middle))
      return [isNormFirst ? made : feedForwardNorm(made)] + attended.dropFirst()
    }
  }

  static let registration = LayerRegistration(
    "transformer_encoder_block",
    "Self-attention and a feed-forward network, each with a way around it and layer normalisation (Vaswani et al. 2017).",
    options: [
      .features, .heads,
      OptionDescription(
        "hidden_features", .optional(.integer()), default: .null,
        "Features inside the feed-forward network; null: four times the features."),
      OptionDescription(
        "activation", .layer, default: "gelu", "The layer inside the feed-forward network."),
      OptionDescription(
        "dropout", .number(.unit), default: 0, "Probability in training, of what each half adds and inside the second."),
      OptionDescription(
        "attention_dropout", .number(.unit), default: 0,
        "Probability of an attention weight to be dropped in training."),
      .causal,
      OptionDescription(
        "norm_first", .boolean, default: true, "Whether normalisation comes before each half, and not after it."),
    ],
    inputs: [MultiHeadAttention.maskPort], outputs: [MultiHeadAttention.weightsPort]
  ) { options, scope in
    try TransformerEncoderBlock(
      options.int("features"), heads: options.int("num_heads"), hidden: options.json("hidden_features").intValue,
      activation: LayerRegistry.shared.make(options.json("activation"), in: scope["activation"]),
      dropout: options.double("dropout"), attentionDropout: options.double("attention_dropout"),
      causal: options.bool("causal"), normFirst: options.bool("norm_first"), in: scope)
  }
}

/// All layers of attention.
let attentionLayers: [LayerRegistration] = [
  MultiHeadAttention.registration, SelfAttention2D.registration, TransformerEncoderBlock.registration,
  PositionalEncoding.registration, LearnedPositionalEncoding.registration,
]
