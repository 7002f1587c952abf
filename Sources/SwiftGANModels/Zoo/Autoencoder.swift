import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// An autoencoder (Rumelhart et al. 1986), and with the option `noise` a denoising one (Vincent et al. 2008): the encoder
  /// makes a short code of a sample, spoiled or not, from which the decoder makes the sample again.
  ///
  /// Data in a range are brought to [0, 1] and leave the decoder through a sigmoid, with the cross-entropy as loss; others
  /// are standardized, with the squared error.
  public static let autoencoder = ModelDeclaration(
    "autoencoder", "An autoencoder, plain or denoising (Vincent et al. 2008), of dense or convolutional layers.",
    epochs: 50,
    options: TrainingOptions.descriptions(
      own: [OptionDescription("code", .integer(1...1_000_000), default: 32, "Numbers in a code.")]
        + OptionDescription.autoencoding(hidden: [256])
        + [.codeActivation("linear")] + Corruption.options(.none, level: 0.3) + [.reconstructionLoss, .dropout]),
    networks: ["encoder", "decoder"],
    functions: [.transform, .inverseTransform, .reconstruct, .negativeError], interval: 0...1
  ) { request in
    let system = try AutoencoderSystem(request)
    return ModelSystem(game: try system.game(), functions: system.functions, evaluation: system.evaluation)
  }
}

extension ModelFunction {
  /// An encoder's answer.
  static let transform = ModelFunction("transform", "The code of each row, float32 (N, code).", inputs: [.samples])
  /// A decoder's answer.
  static let inverseTransform = ModelFunction(
    "inverse_transform", "What the decoder makes of codes, in the shape, range and dtype of the data.",
    inputs: [Input("codes", .vectors, "Codes, (N, code).")])
  /// Both.
  static let reconstruct = ModelFunction(
    "reconstruct", "Each row as it comes back through its code, in the shape, range and dtype of the data.",
    inputs: [.samples])
  fileprivate static let negativeError = ModelFunction(
    "score_samples",
    "Minus the mean squared error with which each row comes back, in the networks' range, float32 (N,); higher: more like "
      + "the training data.", inputs: [.samples])
}

extension OptionDescription {
  static func codeActivation(_ name: String) -> OptionDescription {
    OptionDescription(
      "code_activation", .choice(["linear", "relu", "sigmoid", "tanh"]), default: JSON(name), "On the code.")
  }

  static let reconstructionLoss = OptionDescription(
    "loss", .choice(["auto", "mse", "cross_entropy"]), default: "auto",
    "What is minimised, summed over a sample; auto: cross_entropy for data in a range, else mse.")
}

/// The networks and losses of autoencoders.
struct AutoencoderSystem {
  let encoder: Network
  let decoder: Network
  let data: DataDescription
  private let request: ModelRequest
  private let corruption: Corruption
  private let level: Double
  private let usesCrossEntropy: Bool
  private let activation: String

  /// - Parameters:
  ///   - activation: on the code, for models without that option.
  ///   - normsCode: whether the code units' inputs are batch-normalized, to mean 0 and variance 1.
  init(_ request: ModelRequest, activation fixed: String = "linear", normsCode: Bool = false) throws {
    let options = request.options
    let name = request.name
    let isBounded = request.data.scaling.bounds != nil
    self.request = request
    data = request.data
    corruption = Corruption(rawValue: try options.string("noise")) ?? .none
    level = try options.double("noise_level")
    let loss = try options.string("loss")
    usesCrossEntropy = loss == "auto" ? isBounded : loss == "cross_entropy"
    activation = options.values["code_activation"]?.stringValue ?? fixed
    guard !usesCrossEntropy || isBounded else {
      throw TensorError(
        .value, "\(name): cross_entropy is for data in a range, such as images; use mse, or give the range")
    }
    guard corruption != .saltAndPepper || isBounded else {
      throw TensorError(.value, "\(name): salt_and_pepper is for data in a range, such as images; use gaussian")
    }
    guard corruption == .gaussian || level <= 1 else {
      throw TensorError(
        .value, "\(name): noise_level is a share of the values, from 0 to 1, not \(JSON(level).text())")
    }
    let code = try options.int("code")
    // Cross-entropy is computed from logits, and the sigmoid applied outside the network.
    let layers = try AutoencodingLayers(
      request, codes: code, latent: code, activation: isBounded && !usesCrossEntropy ? "sigmoid" : nil,
      dropout: options.double("dropout"))
    let norm: [JSON] = normsCode ? [["name": "batch_norm", "features": JSON(code), "affine": false]] : []
    encoder = try request.network("encoder", layers.encoder + norm)
    decoder = try request.network("decoder", layers.decoder)
  }

  /// The game of one player.
  /// - Parameter spoil: what becomes of codes in training.
  func game(spoil: @escaping (_ codes: Tensor, _ key: RandomKey) -> Tensor = { codes, _ in codes }) throws -> Game {
    try request.soloGame([("encoder", encoder), ("decoder", decoder)]) { context in
      let real = context.batch.real
      let input = corruption(real, level: level, bounds: 0...1, key: context.key("noise"))
      return loss(decoder(activated(spoil(encoder(input), context.key("code")))), real)
    }
  }

  /// The loss of what the decoder gives: a sum over each sample, a mean over the batch.
  func loss(_ output: Tensor, _ real: Tensor) -> Tensor {
    usesCrossEntropy
      ? Losses.binaryCrossEntropy(logits: output, targets: real, reduction: .batchMean)
      : Losses.meanSquaredError(output, real, reduction: .batchMean)
  }

  /// The code's activation.
  func activated(_ codes: Tensor) -> Tensor {
    switch activation {
    case "relu": codes.relu()
    case "sigmoid": codes.sigmoid()
    case "tanh": codes.tanh()
    default: codes
    }
  }

  /// The code of samples.
  func encoded(_ samples: Tensor) -> Tensor { activated(encoder(samples)) }

  /// The samples of codes, in the networks' range.
  func decoded(_ codes: Tensor) -> Tensor { usesCrossEntropy ? decoder(codes).sigmoid() : decoder(codes) }

  /// What an autoencoder can do.
  var functions: [String: ModelSystem.Function] {
    let size = request.options.values["code"]?.intValue ?? 0
    return [
      "transform": { call in try call.mapRows { encoded($0.samples) } },
      "inverse_transform": { call in
        try call.requireSize(size)
        return try call.mapRows { data.userSamples(decoded($0.samples)) }
      },
      "reconstruct": { call in try call.mapRows { data.userSamples(decoded(encoded($0.samples))) } },
      "score_samples": { call in
        try call.mapRows { rows in
          let error = (decoded(encoded(rows.samples)) - rows.samples).square()
          return -error.reshape([rows.count, -1]).mean(axes: [1])
        }
      },
    ]
  }

  /// The loss on rows that are not spoiled.
  var evaluation: ModelSystem.Evaluation {
    { batch, _ in [("loss", loss(decoder(encoded(batch.real)), batch.real))] }
  }
}
