import SwiftGANCore
import SwiftGANNN

/// The options that every generator-discriminator model of the zoo has, and what they build.
enum AdversarialOptions {
  /// The descriptions, with a model's own options and defaults in place of the general ones.
  static func descriptions(defaults: JSONObject, own: [OptionDescription]) -> [OptionDescription] {
    TrainingOptions.descriptions(own: own, general: general, defaults: defaults)
  }

  private static let general: [OptionDescription] =
    game + TrainingOptions.descriptions(own: [lastBatch], general: TrainingOptions.batches, defaults: [:])
    + TrainingOptions.descriptions(
      own: [], general: TrainingOptions.optimizer, defaults: ["learning_rate": 2e-4, "beta1": 0.5])
    + [discriminatorRate, average, output] + TrainingOptions.data

  private static let game: [OptionDescription] = [
    OptionDescription(
      "latent", .optional(.integer(1...1_000_000)), default: 100,
      "Coordinates of the noise; null for 100, or as many as features for vectors of 2 to 100."),
    OptionDescription(
      "latent_distribution", .choice(Latent.Distribution.allCases.map(\.rawValue)), default: "normal",
      "Standard normal noise, or uniform on [-1, 1)."),
    OptionDescription("objective", .objective, default: "non_saturating", "What the two players minimise."),
    OptionDescription(
      "penalty", .optional(.penalty), default: nil, "Added to the discriminator's loss; null for none."),
    OptionDescription(
      "clip_weights", .optional(.number(.positive)), default: nil,
      "Largest magnitude of the discriminator's weights, kept after each update; null for no clipping."),
    OptionDescription("critic_steps", .integer(1...1000), default: 1, "Discriminator updates in each step."),
    OptionDescription(
      "pack", .integer(1...64), default: 1, "How many samples the discriminator judges at once (PacGAN)."),
    OptionDescription(
      "unroll", .integer(0...100), default: 0,
      "Discriminator updates that the generator looks ahead, and differentiates through (unrolled GAN)."),
    OptionDescription(
      "augment", .augmentations, default: [],
      "Differentiable augmentation of what the discriminator sees: any of 'color', 'translation', 'cutout'."),
  ]

  // A smaller last batch would make a noisier round of the game, and may be no multiple of pack.
  private static let lastBatch = OptionDescription(
    "last_batch", .choice(["drop", "wrap"]), default: "drop",
    "Rows that do not fill a batch: dropped from the epoch, or filled up from the next.")
  private static let discriminatorRate = OptionDescription(
    "discriminator_learning_rate", .optional(.schedule), default: nil,
    "The discriminator's own rate (two time-scales); null for learning_rate.")
  private static let average = OptionDescription(
    "ema", .number(.decay), default: 0,
    "Decay of the moving average of the generator's weights, from which samples are then made; 0 for none.")
  private static let output = OptionDescription(
    "output", .choice(["auto", "tanh", "sigmoid", "linear"]), default: "auto",
    "The generator's last activation; auto: linear for data without a range, else the model's own.")

  /// The noise for samples of this shape.
  static func latent(_ options: Options, shape: [Int]) throws -> Latent {
    let given = try options.json("latent").intValue
    let automatic = shape.count == 1 ? min(max(shape[0], 2), 100) : 100
    let law = Latent.Distribution(rawValue: try options.string("latent_distribution")) ?? .normal
    return Latent(size: given ?? automatic, distribution: law)
  }

  /// What the discriminator is shown: samples augmented, then packed.
  static func view(_ options: Options) throws -> AdversarialGame.View {
    let pack = try options.int("pack")
    let augmentations = try options.array("augment").compactMap { $0.stringValue.flatMap(Augmentation.init) }
    return { samples, key in
      let changed = augmentations.enumerated().reduce(samples) { $1.element($0, key: key.folded($1.offset)) }
      return Packing.pack(changed, pack)
    }
  }

  /// The optimizer of a player.
  static func optimizer(_ options: Options, rate: JSON) throws -> JSON {
    try TrainingOptions.optimizer(options, rate: rate, differentiated: options.int("unroll") > 0)
  }
}

extension OptionKind {
  /// A list of names of ``Augmentation``.
  static let augmentations = OptionKind(
    "choices", allowed: "a list of any of \(list(Augmentation.allCases.map(\.rawValue)))"
  ) { value in
    guard let names = value.arrayValue, names.allSatisfy({ $0.stringValue != nil }) else { return .wrongType }
    return names.allSatisfy { $0.stringValue.flatMap(Augmentation.init) != nil } ? .good(value) : .outOfRange
  }
}
