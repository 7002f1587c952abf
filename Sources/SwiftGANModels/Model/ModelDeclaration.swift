import SwiftGANCore
import SwiftGANNN

/// A model of the zoo as a value: its options, what `fit` takes, what it can do when trained, and how data give its
/// networks and its game. All else (training, checkpoints, calls, files) is in ``Model``.
///
/// ```swift
/// static let declaration = ModelDeclaration(
///   "mlp_classifier", "A multilayer perceptron that tells classes.", target: .labels,
///   options: [...], networks: ["network"], functions: [.predict, .predictProba]
/// ) { request in ... }
/// ```
public struct ModelDeclaration: Sendable {
  /// What `fit` takes beside the samples.
  public enum Target: String, Sendable {
    /// Nothing.
    case none
    /// One class label for each sample: `[N]`, integers.
    case labels
    /// One number, or as many as you like, for each sample: `[N]` or `[N, k]`.
    case values
  }

  /// The name by which C, Python and files find it.
  public let name: String
  /// One sentence for documentation.
  public let summary: String
  /// What `fit` takes beside the samples.
  public let target: Target
  /// Whether samples without a label take part too: their label is -1, scikit-learn's convention.
  public let allowsUnlabelled: Bool
  /// The fewest classes that make sense, for models that take labels.
  public let fewestClasses: Int
  /// The options, with defaults.
  public let options: [OptionDescription]
  /// The names of its networks; none where the data decide how many there are (``Model/Built/trainer`` has them all).
  public let networks: [String]
  /// What a trained model can do.
  public let functions: [ModelFunction]
  /// How many passes over the data do for common data sets: what Python's `fit` makes when it is not told otherwise.
  public let epochs: Int
  /// Whether one pass over the data solves it, so that a further one would only count rows twice.
  public let isOnePass: Bool
  let interval: @Sendable (Options) throws -> ClosedRange<Double>
  let range: @Sendable (Options, Tensor) throws -> DataRange
  let check: @Sendable (Options, DataDescription, Tensor) throws -> Void
  let build: @Sendable (ModelRequest) throws -> ModelSystem

  /// A declaration.
  ///
  /// - Parameters:
  ///   - allowsUnlabelled: whether a label may be -1, for a sample without; batches then come from ``PartlyLabelled``.
  ///   - isOnePass: whether one pass over the data solves it.
  ///   - interval: to which interval data in a range are brought for the networks.
  ///   - range: what range data are taken to lie in; by default as the option `range` says.
  ///   - check: throws for data, of the described kind, that the model cannot be fitted to; it sees those of every fit.
  ///   - build: the networks, the game and the functions for the options and the data.
  public init(
    _ name: String, _ summary: String, target: Target = .none, allowsUnlabelled: Bool = false, fewestClasses: Int = 2,
    epochs: Int = 100, isOnePass: Bool = false, options: [OptionDescription], networks: [String],
    functions: [ModelFunction],
    interval: @escaping @Sendable (Options) throws -> ClosedRange<Double> = { _ in -1...1 },
    range: @escaping @Sendable (Options, Tensor) throws -> DataRange = { options, _ in
      try DataRange(json: options.json("range"))
    },
    check: @escaping @Sendable (Options, DataDescription, Tensor) throws -> Void = { _, _, _ in },
    build: @escaping @Sendable (ModelRequest) throws -> ModelSystem
  ) {
    self.name = name
    self.summary = summary
    self.target = target
    self.allowsUnlabelled = allowsUnlabelled
    self.fewestClasses = fewestClasses
    self.epochs = epochs
    self.isOnePass = isOnePass
    self.options = options
    self.networks = networks
    // Last, so that a model's own come first in lists.
    self.functions =
      functions + [.toNetwork, .fromNetwork].filter { common in !functions.contains { $0.name == common.name } }
    self.interval = interval
    self.range = range
    self.check = check
    self.build = build
  }

  /// A declaration whose networks see data in a range always in the same interval.
  public init(
    _ name: String, _ summary: String, target: Target = .none, fewestClasses: Int = 2, epochs: Int = 100,
    options: [OptionDescription], networks: [String], functions: [ModelFunction], interval: ClosedRange<Double>,
    build: @escaping @Sendable (ModelRequest) throws -> ModelSystem
  ) {
    self.init(
      name, summary, target: target, fewestClasses: fewestClasses, epochs: epochs, options: options,
      networks: networks, functions: functions, interval: { _ in interval }, build: build)
  }

  /// The function of this name.
  /// - Throws: `TensorError` (`.value`) naming those that there are.
  public func function(_ name: String) throws -> ModelFunction {
    guard let found = functions.first(where: { $0.name == name }) else {
      throw TensorError(
        .value,
        "\(self.name) has no function '\(name)'; it has \(list(functions.map(\.name)))"
          + suggestion(for: name, among: functions.map(\.name)))
    }
    return found
  }

  /// How the registry makes models of this declaration.
  public var registration: ModelRegistration {
    let declaration = self
    return ModelRegistration(
      name, summary, options: options,
      details: [
        "target": JSON(target.rawValue), "unlabelled": JSON(allowsUnlabelled), "epochs": JSON(epochs),
        "networks": JSON(networks),
        "functions": .array(functions.map(\.json)),
      ]
    ) { options, _ in Model(declaration, options) }
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
      AdversarialModel.gan.declaration.registration,
      AdversarialModel.dcgan.declaration.registration,
      AdversarialModel.wganGP.declaration.registration,
      AdversarialModel.lsgan.declaration.registration,
      AdversarialModel.wgan.declaration.registration,
      AdversarialModel.mmdGAN.declaration.registration,
      AdversarialModel.cgan.declaration.registration,
      AdversarialModel.acgan.declaration.registration,
      AdversarialModel.projectionGAN.declaration.registration,
      AdversarialModel.infoGAN.declaration.registration,
      AdversarialModel.semiSupervisedGAN.declaration.registration,
      AdversarialModel.anogan.declaration.registration,
      AdversarialModel.fAnoGAN.declaration.registration,
      AdversarialModel.icgan.declaration.registration,
      ModelDeclaration.bigan.registration,
      ModelDeclaration.lapgan.registration,
      ModelDeclaration.tagGAN.registration,
      ModelDeclaration.mlpClassifier.registration,
      ModelDeclaration.mlpRegressor.registration,
      ModelDeclaration.cnnClassifier.registration,
      ModelDeclaration.autoencoder.registration,
      ModelDeclaration.semanticHashing.registration,
      ModelDeclaration.vae.registration,
      ModelDeclaration.cvae.registration,
      ModelDeclaration.rbm.registration,
      ModelDeclaration.elmClassifier.registration,
      ModelDeclaration.elmRegressor.registration,
      ModelDeclaration.made.registration,
    ])
}
