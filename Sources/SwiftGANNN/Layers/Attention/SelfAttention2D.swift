import SwiftGANCore

/// Self-attention of images (SAGAN; Zhang et al. 2018): each pixel takes a mean of all pixels' values,
///
///     beta_ji = softmax_i(f(x_i)^T g(x_j)),   o_j = v(sum_i beta_ji h(x_i)),   y = gamma o + x
///
/// Input and output (batch, height, width, channels). f and g have channels / 8, h has channels / 2 features (each at least
/// 1), all of them 1x1 convolutions: ``Dense`` layers over the channels. gamma starts at 0, so that the layer starts as the
/// identity. With `pool`, f and h are halved in height and width by their largest values, as in the authors' program, which
/// makes a quarter of the weights. Parameters: `key` f, `query` g, `value` h, `output` v, and `gamma`, a scalar.
///
/// Further output: "weights" beta (batch, height * width, keys).
public struct SelfAttention2D: Layer {
  /// The share of the attention in the output.
  public let gamma: Parameter
  private let query: Dense
  private let key: Dense
  private let value: Dense
  private let output: Dense
  private let channels: Int
  private let isPooled: Bool
  private let label: LayerLabel

  /// Attention of images of `channels` channels.
  /// - Parameters:
  ///   - keyChannels: features of f and g; nil: channels / 8.
  ///   - valueChannels: features of h; nil: channels / 2.
  ///   - pool: whether keys and values are halved in height and width; odd sizes lose their last row or column.
  ///   - bias: whether the convolutions have biases.
  /// - Throws: `.value` for a size below 1 or a taken name.
  public init(
    _ channels: Int, keyChannels: Int? = nil, valueChannels: Int? = nil, pool: Bool = false, bias: Bool = false,
    weight initializer: Initializer = .glorotUniform(), in scope: Scope
  ) throws {
    label = LayerLabel("self_attention2d", scope)
    try label.require("channels", channels)
    let keys = keyChannels ?? max(1, channels / 8)
    let values = valueChannels ?? max(1, channels / 2)
    query = try Dense(channels, keys, bias: bias, weight: initializer, in: scope["query"])
    key = try Dense(channels, keys, bias: bias, weight: initializer, in: scope["key"])
    value = try Dense(channels, values, bias: bias, weight: initializer, in: scope["value"])
    output = try Dense(values, channels, bias: bias, weight: initializer, in: scope["output"])
    gamma = try scope.parameter("gamma", [], .zeros)
    self.channels = channels
    isPooled = pool
  }

  /// "weights".
  public var outputNames: [String] { ["weights"] }

  /// `gamma o + x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// `gamma o + x` and the weights.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      try label.requireLast(channels, of: "channels (batch, height, width, channels)", in: x, rank: 4...4)
      let (keys, values) = (try pixels(pooled(key(x))), try pixels(pooled(value(x))))
      let weights = try pixels(query(x)).matmul(keys.swapAxes(1, 2)).softmax(where: nil)
      let seen = weights.matmul(values)
      let attended = output(seen.reshape(Array(x.shape.prefix(3)) + [seen.shape.last ?? 0]))
      return [attended * gamma.value + x, weights]
    }
  }

  /// (batch, height, width, features) as (batch, height * width, features).
  private func pixels(_ x: Tensor) throws -> Tensor {
    let shape = try x.checked().shape
    return x.reshape([shape[0], shape[1] * shape[2], shape[3]])
  }

  /// The largest of each 2x2 pixels, if pooling is wanted; an axis of one pixel stays.
  private func pooled(_ x: Tensor) throws -> Tensor {
    guard isPooled else { return x }
    return x.maxPool2d(window: try x.checked().shape[1...2].map { min(2, max(1, $0)) })
  }

  static let registration = LayerRegistration(
    "self_attention2d", "Self-attention of NHWC images (SAGAN; Zhang et al. 2018); starts as the identity.",
    options: [
      OptionDescription("channels", .integer(), "Channels of the images."),
      OptionDescription(
        "key_channels", .optional(.integer()), default: .null, "Features of keys and queries; null: channels / 8."),
      OptionDescription(
        "value_channels", .optional(.integer()), default: .null, "Features of values; null: channels / 2."),
      OptionDescription(
        "pool", .boolean, default: false, "Whether keys and values are halved in height and width by largest values."),
      OptionDescription("bias", .boolean, default: false, "Whether the 1x1 convolutions have biases."),
      .weightInitializer,
    ],
    outputs: [PortDescription("weights", "How much each pixel takes of each key, (batch, height * width, keys).")]
  ) { options, scope in
    try SelfAttention2D(
      options.int("channels"), keyChannels: options.json("key_channels").intValue,
      valueChannels: options.json("value_channels").intValue, pool: options.bool("pool"), bias: options.bool("bias"),
      weight: options.initializer("weight_init"), in: scope)
  }
}
