import SwiftGANCore
import SwiftGANNN

/// A GAN of the zoo as a declaration: its options and the two networks that they give. What GANs share (the game, the
/// functions `sample`, `generate` and `discriminate`) is here, what all models share in ``Model``.
public struct AdversarialModel: Sendable {
  /// What the networks are made for.
  public struct Request {
    /// The model's checked options.
    public let options: Options
    /// The shape of one sample as the generator makes it: `[H, W, C]` or `[d]`.
    public let shape: [Int]
    /// The shape of what the discriminator judges: as `shape`, with more channels when samples are packed.
    public let judgedShape: [Int]
    /// Numbers that the generator is given: coordinates of the noise, and the classes' indicators behind them.
    public let latent: Int
    /// The shape in which it is given them: `[latent]`, or that of an image with noise as further planes.
    public let givenShape: [Int]
    /// How many of them tell the class; 0 for a generator that is told none.
    public let classes: Int
    /// The generator's last activation; nil for none.
    public let output: JSON?

    /// Whether samples are images.
    public var isImage: Bool { shape.count > 1 }
  }

  /// Specifications of layers, each a list applied in order.
  public typealias Networks = (generator: [JSON], discriminator: [JSON])

  /// What labels are to a model.
  public enum LabelUse: Sendable {
    /// It is fitted to samples alone.
    case none
    /// Each sample has one, and samples are asked for by label.
    case conditions
    /// As ``conditions``, and the discriminator is shown it beside the sample.
    case shown
    /// Some samples have one, which the discriminator learns; the generator is told nothing.
    case partly
  }

  /// Makes the functions of a model's own of its request and its game.
  public typealias FunctionMaker =
    @Sendable (
      _ request: ModelRequest, _ parts: AdversarialGame
    ) throws -> [String: ModelSystem.Function]

  /// Makes the conditioning for options, the shape of a sample and the number of classes (0 without labels).
  public typealias ConditioningMaker =
    @Sendable (
      _ options: Options, _ shape: [Int], _ classes: Int
    ) throws -> any Conditioning

  /// The general declaration, which the registry takes.
  public let declaration: ModelDeclaration
  let networks: @Sendable (Request) throws -> Networks

  /// A declaration.
  ///
  /// - Parameters:
  ///   - labels: what labels are to it.
  ///   - boundedOutput: the generator's last activation, `tanh` or `sigmoid`, for data that lie in a range.
  ///   - defaults: the model's defaults of general options, where they differ.
  ///   - options: the model's own options; one with the name of a general option stands in its place.
  ///   - functions: the model's own functions; one with the name of a general function stands in its place.
  ///   - conditioning: what the generator is told and the discriminator tells; nil for nothing.
  ///   - implement: what the model's own functions do.
  ///   - automaticPenalty: what the option `penalty` stands for where it is "auto"; only for models that allow that.
  ///   - addition: networks that learn from the GAN, and functions beside `sample`, `generate` and `discriminate`.
  ///   - networks: the networks for the options and the shape of the data.
  public init(
    _ name: String, _ summary: String, labels: LabelUse = .none, boundedOutput: String = "tanh",
    defaults: JSONObject = [:], options: [OptionDescription] = [], functions: [ModelFunction] = [],
    conditioning: ConditioningMaker? = nil, implement: @escaping FunctionMaker = { _, _ in [:] },
    automaticPenalty: @escaping @Sendable (_ isImage: Bool) -> JSON = { _ in nil },
    addition: AdversarialAddition? = nil, networks: @escaping @Sendable (Request) throws -> Networks
  ) {
    let descriptions = AdversarialOptions.descriptions(defaults: defaults, own: options)
    let builder = AdversarialBuilder(
      labels: labels, boundedOutput: boundedOutput, conditioning: conditioning, implement: implement,
      automaticPenalty: automaticPenalty, descriptions: descriptions, addition: addition, networks: networks)
    let isConditional = labels == .conditions || labels == .shown
    let general: [ModelFunction] =
      [
        .sample(conditional: isConditional), .generate(isConditional), .discriminate(isConditional),
      ] + GeneratorStudies.declarations(conditional: isConditional)
      + DiscriminatorStudies.declarations(seesLabels: labels == .shown)
    let own = functions + (addition?.functions ?? [])
    self.networks = networks
    self.declaration = ModelDeclaration(
      name, summary, target: labels == .none ? .none : .labels, allowsUnlabelled: labels == .partly,
      options: descriptions, networks: ["generator", "discriminator"] + (addition?.networks ?? []),
      functions: general.map { one in own.first { $0.name == one.name } ?? one }
        + own.filter { one in !general.contains { $0.name == one.name } },
      interval: { try AdversarialOptions.interval($0, bounded: boundedOutput) }, build: { try builder.build($0) })
  }
}

extension ModelFunction {
  static func generate(_ isConditional: Bool) -> ModelFunction {
    ModelFunction(
      "generate", "What the generator makes of noise of your own, in the range and dtype of the data.",
      inputs: [Input("noise", .vectors, "Noise, (n, latent).")] + (isConditional ? [.labels] : []))
  }

  fileprivate static func discriminate(_ isConditional: Bool) -> ModelFunction {
    ModelFunction(
      "discriminate",
      "The discriminator's raw outputs (logits; above 0: taken for real), float32 (n,); of a critic that gives features, these, "
        + "(n, features).",
      inputs: [.samples] + (isConditional ? [.labels] : []))
  }
}

/// Builds the game and the functions of a GAN.
private struct AdversarialBuilder: Sendable {
  let labels: AdversarialModel.LabelUse
  let boundedOutput: String
  let conditioning: AdversarialModel.ConditioningMaker?
  let implement: AdversarialModel.FunctionMaker
  let automaticPenalty: @Sendable (_ isImage: Bool) -> JSON
  let descriptions: [OptionDescription]
  let addition: AdversarialAddition?
  let networks: @Sendable (AdversarialModel.Request) throws -> AdversarialModel.Networks

  func build(_ request: ModelRequest) throws -> ModelSystem {
    let (options, data) = (request.options, request.data)
    let latent = try AdversarialOptions.latent(options, shape: data.networkShape)
    let pack = try options.int("pack")
    guard try options.int("batch_size") % pack == 0 else {
      throw TensorError(
        .value, "\(request.name): batch_size \(try options.int("batch_size")) is not a multiple of pack \(pack)")
    }
    guard try data.isImage || options.array("augment").isEmpty else {
      throw TensorError(.value, "\(request.name): augment is for images; these data are vectors")
    }
    let pair = try AdversarialPair(
      request,
      AdversarialPair.Wish(
        shape: data.networkShape, latent: latent,
        conditioning: conditioning?(options, data.networkShape, labels == .none ? 0 : request.classes.count),
        output: AdversarialOptions.output(options, data, bounded: boundedOutput),
        penalty: penalty(options, isImage: data.isImage)),
      descriptions: descriptions, networks)
    let (parts, objective) = (pair.parts, pair.parts.objective)
    let own = try implement(request, parts)
    let studies = GeneratorStudies(parts, owner: request.name).functions.merging(
      DiscriminatorStudies(parts, pack: pack, owner: request.name).functions
    ) { first, _ in first }
    let system = ModelSystem(
      game: pair.game, latent: latent,
      sampler: {
        try parts.samples(
          of: latent.sample($0.count, key: $0.key), parts.conditions($0.labels, $0.count, key: $0.key))
      },
      functions: [
        "generate": { call in
          try call.requireSize(latent.size)
          return try call.mapRows { data.userSamples(try parts.samples(of: $0.samples, $0.labels)) }
        },
        "discriminate": { call in
          guard let discriminator = parts.discriminator else {
            throw TensorError(.state, "\(request.name): its objective has no discriminator")
          }
          return try call.mapRows(group: pack) { rows in
            if parts.conditioning != nil { return try parts.logits(of: rows.samples, rows.labels) }
            let shown = try Packing.pack(rows.samples, pack)
            let output = discriminator(shown)
            // A number for each sample: where there are no logits, what penalties see as the critic.
            if objective.output == .features { return output }
            guard objective.output == .reconstruction else { return output.reshape([-1]) }
            return try objective.critic(output, of: shown, Judgements(real: Judgement(), fake: Judgement()))
          }
        },
      ].merging(studies) { $1 }.merging(own) { $1 })
    return try addition?.added(to: system, parts, request) ?? system
  }

  /// The penalty for data of one kind; null for none.
  private func penalty(_ options: Options, isImage: Bool) throws -> JSON {
    let given = try options.json("penalty")
    return given == "auto" ? automaticPenalty(isImage) : given
  }
}

/// What may stand between dense layers.
let perceptronActivations = ["relu", "leaky_relu", "tanh", "gelu", "softplus"]

// Options that several models have.
extension OptionDescription {
  static func hidden(_ sizes: [Int], _ summary: String = "Sizes of the generator's hidden layers.") -> OptionDescription
  {
    OptionDescription("hidden", .layerSizes, default: JSON(sizes), summary)
  }

  static let discriminatorHidden = OptionDescription(
    "discriminator_hidden", .optional(.layerSizes), default: nil,
    "Sizes of the discriminator's hidden layers; null for the generator's in reverse.")

  static let activation = OptionDescription(
    "activation", .choice(perceptronActivations), default: "relu",
    "Between dense layers.")

  static func width(_ channels: Int) -> OptionDescription {
    OptionDescription(
      "width", .integer(1...4096), default: JSON(channels),
      "Channels of the largest feature map; they double with each halving, up to 8 times as many.")
  }

  static let widths = OptionDescription(
    "widths", .optional(.integers(1...65_536, words: "a list of channels, one for each doubling")), default: nil,
    "Channels from the smallest feature map to the largest, in place of width; null to derive them.")
}

extension AdversarialModel.Request {
  /// The discriminator's hidden layers.
  func discriminatorHidden() throws -> [Int] {
    try options.json("discriminator_hidden").isNull
      ? options.ints("hidden").reversed() : options.ints("discriminator_hidden")
  }

  /// The sizes that convolutional networks pass through.
  func plan() throws -> ConvolutionalPlan {
    try ConvolutionalPlan(
      options, shape: shape,
      alternative: options.values["architecture"] == nil ? "the model 'gan' or 'wgan_gp'" : "architecture='mlp'")
  }
}
