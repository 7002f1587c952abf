import SwiftGANCore
import SwiftGANNN

/// The options of a two-player game beside its players, objective and penalties: what the discriminator is shown, and how
/// far the generator looks ahead. Models of the zoo have them, and games that are put together by hand.
extension AdversarialGame {
  /// The descriptions.
  public static let options: [OptionDescription] = [
    OptionDescription(
      "pack", .integer(1...64), default: 1, "How many samples the discriminator judges at once (PacGAN)."),
    OptionDescription(
      "unroll", .integer(0...100), default: 0,
      "Discriminator updates that the generator looks ahead, and differentiates through (unrolled GAN)."),
    OptionDescription(
      "augment", .augmentations, default: [],
      "Differentiable augmentation of what the discriminator sees: any of 'color', 'translation', 'cutout', as a list "
        + "or a text with commas."),
    OptionDescription(
      "historical_averaging", .number(.nonNegative), default: 0,
      "Weight of the squared distance of both players' weights from the mean of all that they have been; 0 for none."),
  ]

  /// The parts of a game, with these options.
  public init(
    generator: Network, discriminator: Network?, latent: Latent, objective: any Objective,
    penalties: [(name: String, penalty: any Penalty)] = [], conditioning: (any Conditioning)? = nil,
    source: Source = .batch, suffix: String = "", options: Options
  ) throws {
    self.init(
      generator: generator, discriminator: discriminator, latent: latent, objective: objective, penalties: penalties,
      unrolledSteps: try options.int("unroll"), historicalWeight: try options.double("historical_averaging"),
      conditioning: conditioning, source: source, suffix: suffix, view: try AdversarialGame.view(options))
  }

  /// What the discriminator is shown: samples augmented, then packed.
  private static func view(_ options: Options) throws -> View {
    let pack = try options.int("pack")
    let augmentations = try options.array("augment").compactMap { $0.stringValue.flatMap(Augmentation.init) }
    return { samples, key in
      let changed = augmentations.enumerated().reduce(samples) { $1.element($0, key: key.folded($1.offset)) }
      return try Packing.pack(changed, pack)
    }
  }
}

extension OptionKind {
  /// Names of ``Augmentation``, as a list or as a text with commas between them. The normal form is the list.
  static let augmentations = OptionKind(
    "choices",
    allowed: "any of \(list(Augmentation.allCases.map(\.rawValue))), as a list or as a text with commas between"
  ) { value in
    let given = value.stringValue.map { text in
      text.split(separator: ",").map { JSON(String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())) }
    }
    guard let names = given ?? value.arrayValue, names.allSatisfy({ $0.stringValue != nil }) else { return .wrongType }
    return names.allSatisfy { $0.stringValue.flatMap(Augmentation.init) != nil } ? .good(.array(names)) : .outOfRange
  }
}
