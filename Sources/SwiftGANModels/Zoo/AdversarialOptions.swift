import SwiftGANCore
import SwiftGANNN

/// The options that every generator-discriminator model of the zoo has, and what they build.
enum AdversarialOptions {
  /// The descriptions, with a model's own options and defaults in place of the general ones.
  static func descriptions(defaults: JSONObject, own: [OptionDescription]) -> [OptionDescription] {
    let names = own.map(\.name)
    return own
      + general.filter { !names.contains($0.name) }.map { option in
        defaults[option.name].map { OptionDescription(option.name, option.kind, default: $0, option.summary) } ?? option
      }
  }

  private static let general: [OptionDescription] = [
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
    OptionDescription("batch_size", .integer(), default: 64, "Samples in a minibatch."),
    OptionDescription(
      "last_batch", .choice(Dataset.LastBatch.allCases.map(\.rawValue)), default: "drop",
      "Rows that do not fill a batch: dropped from the epoch, or filled up from the next."),
    OptionDescription(
      "optimizer", .choice(OptimizerRegistry.shared.names), default: "adam", "The rule of both players' updates."),
    OptionDescription("learning_rate", .schedule, default: 2e-4, "A number or a schedule."),
    OptionDescription(
      "discriminator_learning_rate", .optional(.schedule), default: nil,
      "The discriminator's own rate (two time-scales); null for learning_rate."),
    OptionDescription("beta1", .number(.decay), default: 0.5, "Decay of the first moment; only for adam and adamw."),
    OptionDescription("beta2", .number(.decay), default: 0.999, "Decay of the second moment; only for adam and adamw."),
    OptionDescription(
      "optimizer_options", .object, default: [:], "Further options of the optimizer, such as {\"momentum\": 0.9}."),
    OptionDescription(
      "ema", .number(.decay), default: 0,
      "Decay of the moving average of the generator's weights, from which samples are then made; 0 for none."),
    OptionDescription(
      "output", .choice(["auto", "tanh", "sigmoid", "linear"]), default: "auto",
      "The generator's last activation; auto: linear for data without a range, else the model's own."),
    OptionDescription(
      "range", .dataRange, default: "auto",
      "The range of the data: 'auto', 'standardize', 'raw' or [low, high]."),
    OptionDescription(
      "seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0, "Seed of weights, noise and shuffling."),
  ]

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
    let name = try options.string("optimizer")
    let known = try OptimizerRegistry.shared.find(name).options.map(\.name)
    var members: JSONObject = ["name": JSON(name), "learning_rate": rate]
    for beta in ["beta1", "beta2"] where known.contains(beta) { members[beta] = try options.json(beta) }
    // Differentiating through updates, the root of a second moment of 0 has no slope; this is far below any other.
    if known.contains("epsilon_root"), try options.int("unroll") > 0 { members["epsilon_root"] = 1e-16 }
    for (key, value) in try options.json("optimizer_options").objectValue ?? [:] { members[key] = value }
    return .object(members)
  }
}

extension OptionKind {
  /// An object whose members are checked by what it is handed to.
  static let object = OptionKind("object", allowed: "an object") { value in
    value.objectValue == nil ? .wrongType : .good(value)
  }

  /// A list of names of ``Augmentation``.
  static let augmentations = OptionKind(
    "choices", allowed: "a list of any of \(list(Augmentation.allCases.map(\.rawValue)))"
  ) { value in
    guard let names = value.arrayValue, names.allSatisfy({ $0.stringValue != nil }) else { return .wrongType }
    return names.allSatisfy { $0.stringValue.flatMap(Augmentation.init) != nil } ? .good(value) : .outOfRange
  }

  /// The range that data lie in; see ``DataRange``.
  public static let dataRange = OptionKind(
    "range", allowed: "'auto', 'standardize', 'raw' or a list of two numbers [low, high] with low < high"
  ) { value in
    guard value.stringValue != nil || value.arrayValue != nil else { return .wrongType }
    return (try? DataRange(json: value)) == nil ? .outOfRange : .good(value)
  }
}
