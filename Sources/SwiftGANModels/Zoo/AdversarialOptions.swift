import SwiftGANCore
import SwiftGANNN

/// The options that every generator-discriminator model of the zoo has, and what they build.
enum AdversarialOptions {
  /// The descriptions, with a model's own options and defaults in place of the general ones.
  /// - Parameter without: the general options that the model does not have.
  static func descriptions(
    defaults: JSONObject, own: [OptionDescription], without: Set<String> = []
  ) -> [OptionDescription] {
    TrainingOptions.descriptions(own: own, general: general.filter { !without.contains($0.name) }, defaults: defaults)
  }

  /// The interval of the generator's output for data in a range.
  /// - Parameter bounded: the last activation where the options leave it to the model.
  static func interval(_ options: Options, bounded: String) throws -> ClosedRange<Double> {
    let given = try options.string("output")
    return (given == "auto" ? bounded : given) == "sigmoid" ? 0...1 : -1...1
  }

  /// The generator's last activation; nil for none.
  static func output(_ options: Options, _ data: DataDescription, bounded: String) throws -> JSON? {
    let given = try options.string("output")
    let automatic = data.scaling.bounds == nil ? "linear" : bounded
    let name = given == "auto" ? automatic : given
    // Not a conditional expression: its nil would be JSON's null.
    if name == "linear" { return Optional.none }
    return JSON(name)
  }

  private static let general: [OptionDescription] =
    game + TrainingOptions.descriptions(own: [lastBatch], general: TrainingOptions.batches, defaults: [:])
    + TrainingOptions.descriptions(
      own: [], general: TrainingOptions.optimizer, defaults: ["learning_rate": 2e-4, "beta1": 0.5])
    + [discriminatorRate, timeScales, average, output] + TrainingOptions.data

  private static let game: [OptionDescription] = own + AdversarialGame.options

  private static let own: [OptionDescription] = [
    OptionDescription(
      "latent", .optional(.integer(1...1_000_000)), default: 100,
      "Coordinates of the noise; null for 100, or as many as features for vectors of 2 to 100."),
    OptionDescription(
      "latent_distribution", .choice(Latent.Distribution.allCases.map(\.rawValue)), default: "normal",
      "Standard normal noise, or uniform on [-1, 1)."),
    OptionDescription("objective", .objective, default: "non_saturating", "What the two players minimise."),
    OptionDescription(
      "penalty", .optional(.penalties), default: nil,
      "Added to the discriminator's loss: a name, [name, weight], an object, or a list of them; null for none."),
    OptionDescription(
      "clip_weights", .optional(.number(.positive)), default: nil,
      "Largest magnitude of the discriminator's weights, kept after each update; null for no clipping."),
    OptionDescription("critic_steps", .integer(1...1000), default: 1, "Discriminator updates in each step."),
    OptionDescription(
      "spectral_norm", .boolean, default: false,
      "Divides all weights of the discriminator by their largest singular values (Miyato et al. 2018)."),
    OptionDescription(
      "minibatch_discrimination", .integer(0...4096), default: 0,
      "Features of how near the batch's other samples are, before the discriminator's last layer (Salimans et al. 2016); "
        + "0 for none."),
    OptionDescription(
      "critic_features", .integer(1...65_536), default: 16,
      "Where the objective needs features or reconstructions: how many, or the size of the autoencoder's code."),
    OptionDescription(
      "virtual_batch_norm", .choice(["none", "generator", "both"]), default: "none",
      "Where batch norm takes its statistics from a fixed batch instead (Salimans et al. 2016)."),
  ]

  // A smaller last batch would make a noisier round of the game, and may be no multiple of pack.
  private static let lastBatch = OptionDescription(
    "last_batch", .choice(["drop", "wrap"]), default: "drop",
    "Rows that do not fill a batch: dropped from the epoch, or filled up from the next.")
  private static let discriminatorRate = OptionDescription(
    "discriminator_learning_rate", .optional(.schedule), default: nil,
    "The discriminator's own rate (two time-scales); null for learning_rate.")
  private static let timeScales = OptionDescription(
    "ttur", .optional(.tuple(of: .schedule, count: 2, words: "two rates [discriminator, generator]")), default: nil,
    "Two time-scales (Heusel et al. 2017): the rates of discriminator and generator, such as [4e-4, 1e-4]; null for "
      + "learning_rate.")
  private static let average = OptionDescription(
    "ema", .number(.decay), default: 0,
    "Decay of the moving average of the generator's weights, from which samples are then made; 0 for none.")
  private static let output = OptionDescription(
    "output", .choice(["auto", "tanh", "sigmoid", "linear"]), default: "auto",
    "The generator's last activation; auto: linear for data without a range, else the model's own.")

  /// Options that say something of a discriminator alone.
  private static let ofDiscriminator = [
    "penalty", "clip_weights", "critic_steps", "spectral_norm", "minibatch_discrimination", "critic_features", "unroll",
    "discriminator_learning_rate", "ttur", "discriminator_hidden", "discriminator_activation", "discriminator_dropout",
    "discriminator_norm", "critic_norm",
  ]

  /// - Throws: `TensorError` (`.value`) when an option is given that says something of a discriminator, for an objective
  ///   that has none.
  static func requireNoDiscriminator(_ options: Options, like descriptions: [OptionDescription]) throws {
    let standard = try Options([:], for: descriptions, owner: options.owner)
    let idle = ofDiscriminator.filter { options.values[$0] != standard.values[$0] }
    guard !idle.isEmpty else { return }
    let given = idle.map { "\($0) \((options.values[$0] ?? .null).text())" }.joined(separator: ", ")
    let objective = try options.json("objective")["name"]?.stringValue ?? ""
    throw TensorError(
      .value,
      "\(options.owner): the objective '\(objective)' has no discriminator, so \(given) would do nothing; leave out "
        + idle.joined(separator: ", "))
  }

  /// - Parameter penalty: the name of a penalty that is on the critic's slope at single samples; nil for none.
  /// - Throws: `TensorError` (`.value`) when there is one and the discriminator looks at the whole batch.
  static func requireSingleSamples(_ options: Options, _ penalty: String?) throws {
    guard let penalty else { return }
    func refuse(_ option: String, _ advice: String) throws {
      throw TensorError(
        .value,
        "\(options.owner): penalty '\(penalty)' is on the slope at single samples, but with \(option) what the "
          + "discriminator says of one sample depends on the whole batch; \(advice)")
    }
    let kernels = try options.int("minibatch_discrimination")
    if kernels > 0 { try refuse("minibatch_discrimination \(kernels)", "leave out one of them, or use pack instead") }
    if options.values["discriminator_norm"] == "batch" {
      try refuse("discriminator_norm 'batch'", "use 'layer', 'none' or 'auto'")
    }
  }

  /// The noise for samples of this shape.
  static func latent(_ options: Options, shape: [Int]) throws -> Latent {
    let given = try options.json("latent").intValue
    let automatic = shape.count == 1 ? min(max(shape[0], 2), 100) : 100
    let law = Latent.Distribution(rawValue: try options.string("latent_distribution")) ?? .normal
    return Latent(size: given ?? automatic, distribution: law)
  }

  /// The learning rates of the two players.
  static func rates(_ options: Options) throws -> (discriminator: JSON, generator: JSON) {
    let (rate, own) = (try options.json("learning_rate"), try options.json("discriminator_learning_rate"))
    guard let scales = try options.json("ttur").arrayValue, scales.count == 2 else {
      return (own.isNull ? rate : own, rate)
    }
    guard own.isNull else {
      throw TensorError(
        .value,
        "\(options.owner): ttur \(JSON.array(scales).text()) gives the discriminator's rate, and "
          + "discriminator_learning_rate \(own.text()) gives another; leave out one of them")
    }
    return (scales[0], scales[1])
  }

  /// The optimizer of a player.
  static func optimizer(_ options: Options, rate: JSON) throws -> JSON {
    let unrolled = options.values["unroll"]?.intValue ?? 0
    return try TrainingOptions.optimizer(options, rate: rate, differentiated: unrolled > 0)
  }
}
