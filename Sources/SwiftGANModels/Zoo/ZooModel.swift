import SwiftGANCore
import SwiftGANNN

/// A model of the zoo as a declaration: its options and the two networks that they give. What all models share (the game,
/// training, sampling, files) is in ``Model``.
public struct ZooModel: Sendable {
  /// What the networks are made for.
  public struct Request {
    /// The model's checked options.
    public let options: Options
    /// The shape of one sample as the generator makes it: `[H, W, C]` or `[d]`.
    public let shape: [Int]
    /// The shape of what the discriminator judges: as `shape`, with more channels when samples are packed.
    public let judgedShape: [Int]
    /// Coordinates of the noise.
    public let latent: Int
    /// The generator's last activation; nil for none.
    public let output: JSON?

    /// Whether samples are images.
    public var isImage: Bool { shape.count > 1 }
  }

  /// Specifications of layers, each a list applied in order.
  public typealias Networks = (generator: [JSON], discriminator: [JSON])

  /// The name by which C, Python and files find it.
  public let name: String
  /// One sentence for documentation.
  public let summary: String
  /// The options, with defaults.
  public let options: [OptionDescription]
  /// The generator's last activation for data in a range.
  let boundedOutput: String
  let networks: @Sendable (Request) throws -> Networks
  private let automaticPenalty: @Sendable (_ isImage: Bool) -> JSON

  /// A declaration.
  ///
  /// - Parameters:
  ///   - boundedOutput: the generator's last activation, `tanh` or `sigmoid`, for data that lie in a range.
  ///   - defaults: the model's defaults of general options, where they differ.
  ///   - options: the model's own options; one with the name of a general option stands in its place.
  ///   - automaticPenalty: what the option `penalty` stands for where it is "auto"; only for models that allow that.
  ///   - networks: the networks for the options and the shape of the data.
  public init(
    _ name: String, _ summary: String, boundedOutput: String = "tanh", defaults: JSONObject = [:],
    options: [OptionDescription] = [],
    automaticPenalty: @escaping @Sendable (_ isImage: Bool) -> JSON = { _ in nil },
    networks: @escaping @Sendable (Request) throws -> Networks
  ) {
    self.name = name
    self.summary = summary
    self.boundedOutput = boundedOutput
    self.options = AdversarialOptions.descriptions(defaults: defaults, own: options)
    self.automaticPenalty = automaticPenalty
    self.networks = networks
  }

  /// The penalty for data of one kind; null for none.
  func penalty(_ options: Options, isImage: Bool) throws -> JSON {
    let given = try options.json("penalty")
    return given == "auto" ? automaticPenalty(isImage) : given
  }

  var registration: ModelRegistration {
    let declaration = self
    return ModelRegistration(name, summary, options: options) { options, _ in Model(declaration, options) }
  }
}

/// How a model is made by name.
public typealias ModelRegistration = Registration<Void, Model>

/// The zoo by name: what C, Python and files find models by.
///
/// ```swift
/// let model = try ModelRegistry.shared.make(["name": "dcgan", "width": 32])
/// ```
public enum ModelRegistry {
  /// All models. A new one adds its line here; users add theirs with `register`.
  public static let shared = Registry<Void, Model>(
    "model",
    [
      ZooModel.gan.registration,
      ZooModel.dcgan.registration,
      ZooModel.wganGP.registration,
    ])
}

// Options that several models have.
extension OptionDescription {
  static func hidden(_ sizes: [Int]) -> OptionDescription {
    OptionDescription("hidden", .layerSizes, default: JSON(sizes), "Sizes of the generator's hidden layers.")
  }

  static let discriminatorHidden = OptionDescription(
    "discriminator_hidden", .optional(.layerSizes), default: nil,
    "Sizes of the discriminator's hidden layers; null for the generator's in reverse.")

  static let activation = OptionDescription(
    "activation", .choice(["relu", "leaky_relu", "tanh", "gelu", "softplus"]), default: "relu",
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

extension OptionKind {
  static let layerSizes = integers(1...1_000_000, words: "a list of layer sizes, which may be empty")
}

extension ZooModel.Request {
  /// The discriminator's hidden layers.
  func discriminatorHidden() throws -> [Int] {
    try options.json("discriminator_hidden").isNull
      ? options.ints("hidden").reversed() : options.ints("discriminator_hidden")
  }

  /// The sizes that convolutional networks pass through.
  func plan() throws -> ConvolutionalPlan {
    let widths = try options.json("widths").isNull ? nil : options.ints("widths")
    return try ConvolutionalPlan(shape: shape, width: options.int("width"), widths: widths)
  }
}
