import SwiftGANCore
import SwiftGANNN

/// A GAN of the zoo: a name and options at first, networks and a trainer once it has seen data.
///
/// ```swift
/// let model = try Model.make("dcgan", ["width": 32, "batch_size": 64])
/// try model.fit(images, epochs: 100)                       // uint8 [N, 28, 28]
/// let samples = try model.sample(64, seed: 1)              // uint8 [64, 28, 28]
/// try model.save(to: "dcgan.safetensors")
/// let again = try Model.load("dcgan.safetensors")
/// ```
///
/// Safe to use from several threads: one trains at a time, and others sample or save between two rounds.
public final class Model {
  /// What data give a model: networks for their shape, and a trainer of the game between them.
  public struct Built {
    /// The shape and range of the data.
    public let data: DataDescription
    /// Makes samples from noise.
    public let generator: Network
    /// Tells samples from data.
    public let discriminator: Network
    /// Where the noise comes from.
    public let latent: Latent
    /// Plays the game between the two.
    public let trainer: Trainer
  }

  /// What the model is made by.
  public let declaration: ZooModel
  /// Its options, with defaults filled in.
  public let options: Options

  private let lock = FairLock()
  private var content: Built?

  /// A model by name and options.
  /// - Throws: `TensorError`: `.value` for an unknown name (naming the known ones) or a value out of range, `.type` for an
  ///   unknown option (naming the known ones) or a value of the wrong type.
  public static func make(_ name: String, _ options: JSONObject = [:]) throws -> Model {
    var specification = options
    specification["name"] = JSON(name)
    return try ModelRegistry.shared.make(.object(specification))
  }

  /// A model of this declaration; the options have been checked against it.
  init(_ declaration: ZooModel, _ options: Options) {
    self.declaration = declaration
    self.options = options
  }

  /// The name in the registry.
  public var name: String { declaration.name }

  /// Whether the model has networks: after ``prepare(_:)``, ``fit(_:steps:epochs:callbacks:)`` or ``load(_:)``.
  public var isBuilt: Bool { lock.withLock { content != nil } }

  /// The networks and the trainer.
  /// - Throws: `TensorError` (`.state`) before there are any.
  public var built: Built {
    get throws {
      guard let content = lock.withLock({ content }) else {
        throw TensorError(.state, "this \(name) has not been trained: fit it to data, or load a saved one")
      }
      return content
    }
  }

  // MARK: Training

  /// Looks at data and gets ready to train on them: the first time networks are made for their shape; later the data must
  /// be of that shape and type, and training goes on from the weights there are.
  ///
  /// - Parameter data: `[N, H, W, C]`, `[N, H, W]` or `[N, d]`; read where they are, in every epoch, so leave them unchanged.
  /// - Throws: `TensorError` for data that do not do (see ``DataDescription``) or a batch size larger than the data.
  @discardableResult
  public func prepare(_ data: Tensor) throws -> Built {
    try lock.withLock {
      let description: DataDescription
      if let content {
        try content.data.check(data)
        try content.data.checkValues(data)
        description = content.data
      } else {
        description = try DataDescription(
          of: data, range: DataRange(json: options.json("range")), output: outputInterval())
      }
      let dataset = try Dataset(
        data, batchSize: options.int("batch_size"), seed: seed(for: "data"),
        lastBatch: Dataset.LastBatch(rawValue: options.string("last_batch")) ?? .drop,
        transform: description.internalSamples)
      let built = try content ?? build(description)
      built.trainer.use(dataset)
      content = built
      return built
    }
  }

  /// Prepares for the data and trains: so many rounds, or epochs, or whichever comes first. Fitting again goes on.
  /// - Throws: as ``prepare(_:)`` and ``Trainer/fit(steps:epochs:callbacks:)``.
  @discardableResult
  public func fit(
    _ data: Tensor, steps: Int? = nil, epochs: Int? = nil, callbacks: [any Callback] = []
  ) throws -> FitOutcome {
    try prepare(data).trainer.fit(steps: steps, epochs: epochs, callbacks: callbacks)
  }

  // MARK: Building

  /// The interval of the generator's output for data in a range.
  private func outputInterval() throws -> ClosedRange<Double> {
    let given = try options.string("output")
    return (given == "auto" ? declaration.boundedOutput : given) == "sigmoid" ? 0...1 : -1...1
  }

  /// The generator's last activation; nil for none.
  private func outputActivation(_ data: DataDescription) throws -> JSON? {
    let given = try options.string("output")
    let automatic = data.scaling.bounds == nil ? "linear" : declaration.boundedOutput
    let name = given == "auto" ? automatic : given
    // Not a conditional expression: its nil would be JSON's null.
    if name == "linear" { return Optional.none }
    return JSON(name)
  }

  private func build(_ data: DataDescription) throws -> Built {
    let latent = try AdversarialOptions.latent(options, shape: data.networkShape)
    let pack = try options.int("pack")
    guard try options.int("batch_size") % pack == 0 else {
      throw TensorError(
        .value, "\(name): batch_size \(try options.int("batch_size")) is not a multiple of pack \(pack)")
    }
    guard try data.isImage || options.array("augment").isEmpty else {
      throw TensorError(.value, "\(name): augment is for images; these data are vectors")
    }
    let networks = try declaration.networks(
      ZooModel.Request(
        options: options, shape: data.networkShape, judgedShape: Packing.packedShape(data.networkShape, pack),
        latent: latent.size, output: outputActivation(data)))
    let generator = try Network(sequential(networks.generator), seed: seed(for: "generator"))
    let discriminator = try Network(sequential(networks.discriminator), seed: seed(for: "discriminator"))
    let penalty = try declaration.penalty(options, isImage: data.isImage)
    let parts = AdversarialGame(
      generator: generator, discriminator: discriminator, latent: latent,
      objective: try ObjectiveRegistry.shared.make(options.json("objective")),
      penalties: penalty.isNull
        ? [] : [(penalty["name"]?.stringValue ?? "penalty", try PenaltyRegistry.shared.make(penalty))],
      unrolledSteps: try options.int("unroll"), view: try AdversarialOptions.view(options))
    let game = try parts.game(
      generator: generatingPlayer(generator), discriminator: judgingPlayer(discriminator))
    return Built(
      data: data, generator: generator, discriminator: discriminator, latent: latent,
      trainer: Trainer(game, seed: try seed(for: "training")))
  }

  private func generatingPlayer(_ network: Network) throws -> Player {
    let decay = try options.double("ema")
    return try Player(
      "generator", trains: [network],
      optimizer: AdversarialOptions.optimizer(options, rate: options.json("learning_rate")), batchUse: .latest,
      averageDecay: decay > 0 ? decay : nil)
  }

  private func judgingPlayer(_ network: Network) throws -> Player {
    let ownRate = try options.json("discriminator_learning_rate")
    return try Player(
      "discriminator", trains: [network],
      optimizer: AdversarialOptions.optimizer(
        options, rate: ownRate.isNull ? options.json("learning_rate") : ownRate),
      stepsPerRound: options.int("critic_steps"),
      projections: options.optionalDouble("clip_weights").map { [try ClipWeights($0)] } ?? [])
  }

  /// A seed for one purpose, so that no two draw the same numbers.
  private func seed(for purpose: String) throws -> UInt64 {
    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    var mixed = UInt64(try options.int("seed")) &+ stableHash(purpose)
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  // MARK: Files

  /// Writes the model and all that training needs to go on with the same bits to one safetensors file, atomically; also
  /// while another thread trains.
  /// - Throws: `TensorError`: `.state` before there is anything to save, `.io` when the file cannot be written.
  public func save(to path: String) throws {
    let built = try built
    try built.trainer.save(
      to: path, content: ["model": JSON(name), "options": .object(options.values), "data": built.data.json])
  }

  /// The model that a file holds. It samples at once; fitted to the same data, it goes on as if it had never stopped.
  /// - Throws: `TensorError` (`.io`) for a file that cannot be read, is foreign, of a later version, or damaged.
  public static func load(_ path: String) throws -> Model {
    let (state, content) = try Checkpoint.read(path)
    do {
      guard let name = content["model"]?.stringValue, let options = content["options"]?.objectValue,
        let data = content["data"]
      else {
        throw TensorError(.io, "it holds a game made by hand; build the same game and load the file into its trainer")
      }
      let model = try make(name, options)
      let built = try model.build(DataDescription(json: data))
      try state.restore(to: built.trainer)
      model.content = built
      return model
    } catch let error as TensorError {
      throw TensorError(error.kind == .memory ? .memory : .io, "cannot load \(JSON.quoted(path)): \(error.message)")
    }
  }
}
