import SwiftGANCore
import SwiftGANNN

/// An encoder and a decoder as lists of layers: what autoencoders and variational autoencoders are made of.
struct AutoencodingLayers {
  /// How the two are built.
  enum Architecture: String, CaseIterable {
    /// Dense layers, for data of any shape.
    case perceptron = "mlp"
    /// Strided convolutions, for images whose sides are a base size times 2^n.
    case convolutional = "conv"
  }

  /// From samples (or what ``input(_:_:)`` makes of them) to `[N, codes]`.
  let encoder: [JSON]
  /// From `[N, latent]` to samples, with `outputs` numbers in place of each along the last axis.
  let decoder: [JSON]
  private let architecture: Architecture
  private let classes: Int

  /// - Parameters:
  ///   - codes: how many numbers the encoder gives.
  ///   - latent: how many the decoder takes.
  ///   - classes: how many classes both are told of beside that; 0 for none.
  ///   - outputs: how many numbers the decoder gives for each value of a sample.
  ///   - activation: the decoder's last; nil for none.
  ///   - dropout: the probability of a hidden unit of a perceptron to be dropped.
  init(
    _ request: ModelRequest, codes: Int, latent: Int, classes: Int = 0, outputs: Int = 1, activation: JSON?,
    dropout: Double = 0
  ) throws {
    let shape = request.data.networkShape
    let (options, last) = (request.options, shape.count - 1)
    var made = shape
    made[last] = try elementCount(of: [shape[last], outputs])
    architecture = Architecture(rawValue: try options.string("architecture")) ?? .perceptron
    self.classes = classes
    switch architecture {
    case .perceptron:
      let hidden = try options.ints("hidden")
      let size = try elementCount(of: shape)
      let between = try options.json("activation")
      encoder =
        (shape.count > 1 && classes == 0 ? ["flatten"] : [])
        + perceptron(
          [size + classes] + hidden + [codes], activation: between, initializer: "glorot_uniform", dropout: dropout)
      decoder =
        perceptron(
          [latent + classes] + hidden.reversed() + [try elementCount(of: made)], activation: between,
          initializer: "glorot_uniform", dropout: dropout)
        + (activation.map { [$0] } ?? []) + (shape.count > 1 ? [reshape(to: made)] : [])
    case .convolutional:
      let plan = try ConvolutionalPlan(
        shape: made, width: options.int("width"), widths: nil, alternative: "architecture='mlp'")
      encoder = try plan.discriminator(
        channels: shape[2] + classes, outputs: codes, norm: { _ in Optional.none }, initializer: "he_normal")
      decoder = try plan.generator(
        latent: latent + classes, output: activation, initializer: "he_normal", isNormed: false)
    }
  }

  /// What the encoder is given for samples and, for a conditional model, the classes' indicators `[N, classes]`: joined as
  /// further numbers, or as planes of an image.
  func input(_ samples: Tensor, _ indicators: Tensor?) -> Tensor {
    guard let indicators, classes > 0 else { return samples }
    let count = samples.shape.first ?? 0
    guard architecture == .convolutional, samples.rank == 4 else {
      return Tensor.concatenate([samples.reshape([count, -1]), indicators], axis: 1)
    }
    let planes = indicators.reshape([count, 1, 1, classes])
      .broadcast(to: [count, samples.shape[1], samples.shape[2], classes])
    return Tensor.concatenate([samples, planes], axis: 3)
  }

  /// What the decoder is given for codes and indicators.
  func code(_ codes: Tensor, _ indicators: Tensor?) -> Tensor {
    guard let indicators, classes > 0 else { return codes }
    return Tensor.concatenate([codes, indicators], axis: 1)
  }
}

/// A row of zeros and a one for each label: float32 `[N, classes]`.
func indicators(_ labels: Tensor, classes: Int) -> Tensor {
  let places = Tensor.arange(0, Double(classes), dtype: .int64)
  return (labels.cast(to: .int64).expandDims(at: 1) .== places).cast(to: .float32)
}

extension OptionDescription {
  /// The options of ``AutoencodingLayers``.
  static func autoencoding(hidden: [Int], activation: String = "relu") -> [OptionDescription] {
    [
      OptionDescription(
        "architecture", .choice(AutoencodingLayers.Architecture.allCases.map(\.rawValue)), default: "mlp",
        "Dense layers (mlp), for any data, or convolutions (conv), for images."),
      .hidden(hidden, "Sizes of the encoder's hidden layers (mlp); the decoder has them in reverse."),
      OptionDescription(
        "activation", .choice(["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "softplus"]),
        default: JSON(activation), "Between dense layers (mlp)."),
      OptionDescription(
        "width", .integer(1...4096), default: 32,
        "Channels of the largest feature map (conv); they double with each halving, up to 8 times as many."),
    ]
  }
}
