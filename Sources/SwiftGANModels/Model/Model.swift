import SwiftGANCore
import SwiftGANNN

/// A model of the zoo: a name and options at first, networks and a trainer once it has seen data.
///
/// ```swift
/// let model = try Model.make("dcgan", ["width": 32, "batch_size": 64])
/// try model.fit(images, epochs: 100)                       // uint8 [N, 28, 28]
/// let samples = try model.sample(64, seed: 1)              // uint8 [64, 28, 28]
/// try model.save(to: "dcgan.safetensors")
/// let again = try Model.load("dcgan.safetensors")
///
/// let classifier = try Model.make("cnn_classifier")
/// try classifier.fit(images, targets: labels, epochs: 20)
/// let predicted = try classifier.call("predict", [unseen])
/// ```
///
/// Safe to use from several threads: one trains at a time, and others sample or save between two rounds.
public final class Model {
  /// What data give a model: networks for their shape, a trainer of the game that they play, and functions.
  public struct Built {
    /// The shape and range of the samples.
    public let data: DataDescription
    /// The classes or the scale of the targets; nil for models that take none.
    public let target: TargetDescription?
    /// Plays the game.
    public let trainer: Trainer
    let system: ModelSystem

    /// The network of this name, such as `generator`.
    /// - Throws: `TensorError` (`.value`) naming those that there are.
    public func network(_ name: String) throws -> Network { try trainer.game.network(name) }

    /// Where the noise comes from; nil for models that make no samples from noise.
    public var latent: Latent? { system.latent }
  }

  /// What the model is made by.
  public let declaration: ModelDeclaration
  /// Its options, with defaults filled in.
  public let options: Options

  private let lock = FairLock()
  private var content: Built?
  /// What ended a first fit that left the model without networks.
  private var forgotten: NotFinite?

  /// A model by name and options.
  /// - Throws: `TensorError`: `.value` for an unknown name (naming the known ones) or a value out of range, `.type` for an
  ///   unknown option (naming the known ones) or a value of the wrong type.
  public static func make(_ name: String, _ options: JSONObject = [:]) throws -> Model {
    var specification = options
    specification["name"] = JSON(name)
    return try ModelRegistry.shared.make(.object(specification))
  }

  /// A model of this declaration; the options have been checked against it.
  init(_ declaration: ModelDeclaration, _ options: Options) {
    self.declaration = declaration
    self.options = options
  }

  /// The name in the registry.
  public var name: String { declaration.name }

  /// Whether the model has networks: after ``prepare(_:targets:classNames:)``,
  /// ``fit(_:targets:classNames:steps:epochs:callbacks:)`` or ``load(_:)``.
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

  /// What ended the last fit, where that was a loss or parameter that was no longer finite; else nil. Also of a first fit
  /// that left the model without networks, as it was.
  public var notFinite: NotFinite? { lock.withLock { forgotten ?? content?.trainer.notFinite } }

  // MARK: Training

  /// Looks at data and gets ready to train on them: the first time networks are made for their shape; later the data must
  /// be of that shape and type, and training goes on from the weights there are.
  ///
  /// - Parameters:
  ///   - data: `[N, H, W, C]`, `[N, H, W]` or `[N, d]`; read where they are, in every epoch, so leave them unchanged.
  ///   - targets: what the model's declaration wants beside them: labels `[N]` (integers), or numbers `[N]` or `[N, k]`.
  ///   - classNames: names of the classes 0, 1, ... where the labels number them; only looked at the first time.
  /// - Throws: `TensorError` for data that do not do (see ``DataDescription``, ``ClassLabels``), targets that are missing or
  ///   that the model does not take, or a batch size larger than the data.
  @discardableResult
  public func prepare(_ data: Tensor, targets: Tensor? = nil, classNames: [JSON]? = nil) throws -> Built {
    try preparing(data, targets, classNames).built
  }

  /// ``prepare(_:targets:classNames:)``, and whether the networks are new.
  private func preparing(
    _ data: Tensor, _ targets: Tensor?, _ classNames: [JSON]?
  ) throws -> (built: Built, isNew: Bool) {
    try lock.withLock {
      let (description, target) = try descriptions(of: data, targets, classNames)
      if let targets, targets.shape.first != data.shape.first {
        throw TensorError(
          .shape,
          "there are \(data.shape.first ?? 0) samples but \(targets.shape.first ?? 0) "
            + "\(declaration.target.rawValue == "labels" ? "labels" : "targets"); there must be as many")
      }
      let split = try ValidationSplit(count: data.shape.first ?? 0, options: options)
      var extras: [(name: String, value: Tensor)] = []
      if let targets, let target, !declaration.allowsUnlabelled {
        extras = [("y", try target.internalTargets(targets))]
      }
      let dataset = try Dataset(
        data, extras: extras, rows: split?.training, batchSize: options.int("batch_size"),
        seed: options.seed(for: "data"), lastBatch: Dataset.LastBatch(rawValue: options.string("last_batch")) ?? .drop,
        transform: description.internalSamples)
      let source =
        try declaration.allowsUnlabelled ? partlyLabelled(dataset, data, targets, description, target) : dataset
      let isNew = content == nil
      let built = try content ?? build(description, target)
      let validation = try split?.validation(
        of: built, data, extras, key: RandomKey(seed: options.seed(for: "validation")))
      built.trainer.use(source, validation: validation)
      (content, forgotten) = (built, nil)
      return (built, isNew)
    }
  }

  /// Batches of all samples with labelled ones beside them, where there are some.
  private func partlyLabelled(
    _ dataset: Dataset, _ data: Tensor, _ labels: Tensor?, _ description: DataDescription, _ target: TargetDescription?
  ) throws -> any BatchSource {
    guard let labels, let target else { return dataset }
    let rows = try ClassLabels.labelledRows(labels)
    guard rows.count > 0 else { return dataset }
    return try PartlyLabelled(
      dataset, samples: data.gather(rows, axis: 0), labels: target.internalTargets(labels.gather(rows, axis: 0)),
      seed: options.seed(for: "labelled data"), transform: description.internalSamples)
  }

  /// What the data are like: found out, or what the model was made for when the data fit that.
  private func descriptions(
    of data: Tensor, _ targets: Tensor?, _ classNames: [JSON]?
  ) throws -> (DataDescription, TargetDescription?) {
    if let targets, declaration.target == .none {
      throw TensorError(
        .value,
        "\(name) is fitted to samples alone; it takes no labels (given: shape \(describe(shape: targets.shape)))")
    }
    guard declaration.target == .none || targets != nil else {
      let what = declaration.target == .labels ? "labels, one integer for each sample" : "targets, one for each sample"
      throw TensorError(.value, "\(name) is fitted to samples and \(what); they are missing")
    }
    if let content {
      try content.data.check(data)
      try content.data.checkValues(data)
      try declaration.check(options, content.data, data)
      return (content.data, content.target)
    }
    let description = try DataDescription(
      of: data, range: declaration.range(options, data), output: declaration.interval(options))
    try declaration.check(options, description, data)
    switch declaration.target {
    case .none: return (description, nil)
    case .labels:
      let fewest = declaration.fewestClasses
      let classes = try targets.map { labels in
        try declaration.allowsUnlabelled
          ? ClassLabels.partly(labels, names: classNames, minimum: fewest)
          : ClassLabels(of: labels, names: classNames, minimum: fewest)
      }
      return (description, classes.map { .classes($0) })
    case .values: return (description, try targets.map { .values(try TargetValues(of: $0)) })
    }
  }

  /// Prepares for the data and trains: so many rounds, or epochs, or whichever comes first, and without either as many
  /// epochs as the model's declaration says. Fitting again goes on.
  ///
  /// A first fit that fails at step 0 leaves the model as it was, without networks: before its first round is complete, or
  /// with a number that is not finite before the first look at the weights, at step 20, so that nothing good is known.
  /// - Parameters:
  ///   - eager: whether updates run op by op in place of being traced; see ``Trainer/isEager``.
  ///   - precision: of the updates' float32 products; see ``Trainer/precision``.
  /// - Throws: `TensorError` (`.value`) for several epochs of a model that is solved in one; as
  ///   ``prepare(_:targets:classNames:)`` and ``Trainer/fit(steps:epochs:callbacks:)``.
  @discardableResult
  public func fit(
    _ data: Tensor, targets: Tensor? = nil, classNames: [JSON]? = nil, steps: Int? = nil, epochs: Int? = nil,
    callbacks: [any Callback] = [], eager: Bool? = nil, precision: MatmulPrecision? = nil
  ) throws -> FitOutcome {
    if declaration.isOnePass, let epochs, epochs > 1 {
      throw TensorError(
        .value,
        "\(name) is solved by one pass over the data; \(epochs) epochs would count every row \(epochs) times: use "
          + "epochs=1, and fit again to add further data")
    }
    let (built, isNew) = try preparing(data, targets, classNames)
    do {
      let outcome = try built.trainer.fit(
        steps: steps, epochs: epochs ?? (steps == nil ? declaration.epochs : nil), callbacks: callbacks, eager: eager,
        precision: precision)
      try settle(built, data)
      return outcome
    } catch {
      if isNew { discard(built) }
      throw error
    }
  }

  /// Finds out of the training data what the trained model is to keep of them.
  private func settle(_ built: Built, _ data: Tensor) throws {
    guard let settlement = built.system.settlement else { return }
    let function = ModelFunction("fit", "What a fit does when training is done.", inputs: [.samples])
    let call = try ModelCall(
      function, [data], options: Options([:], for: [], owner: name), data: built.data, target: built.target)
    try built.trainer.withAllSamplingWeights { try settlement.afterFit(call) }
  }

  /// Forgets networks that were never trained, unless another thread has begun to train them.
  private func discard(_ built: Built) {
    lock.withLock {
      guard content?.trainer === built.trainer, !built.trainer.isTraining, built.trainer.stepCount == 0 else { return }
      (content, forgotten) = (nil, built.trainer.notFinite)
    }
  }

  private func build(_ data: DataDescription, _ target: TargetDescription?) throws -> Built {
    var system = try declaration.build(ModelRequest(name: name, options: options, data: data, target: target))
    let common: [String: ModelSystem.Function] = [
      "to_network": { call in try call.mapRows { $0.samples } },
      "from_network": { call in try call.mapRows { data.userSamples($0.samples) } },
    ]
    system.functions.merge(common) { own, _ in own }
    return Built(
      data: data, target: target, trainer: Trainer(system.game, seed: try options.seed(for: "training")),
      system: system)
  }

  // MARK: Files

  /// What the model was fitted to: `data` (shape and scaling of the samples) and `target` (null for none).
  /// - Throws: `TensorError` (`.state`) before it has been fitted.
  public var description: JSON {
    get throws {
      let built = try built
      return ["data": built.data.json, "target": built.target?.json ?? .null]
    }
  }

  /// Writes the model and all that training needs to go on with the same bits to one safetensors file, atomically; also
  /// while another thread trains.
  /// - Throws: `TensorError`: `.state` before there is anything to save, `.io` when the file cannot be written.
  public func save(to path: String) throws {
    if let settlement = try built.system.settlement {
      try built.trainer.withAllSamplingWeights { try settlement.beforeSaving() }
    }
    var content: JSONObject = ["model": JSON(name), "options": .object(options.values)]
    for (key, value) in try description.objectValue ?? [:] { content[key] = value }
    try built.trainer.save(to: path, content: .object(content))
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
      let target = try content["target"].flatMap { $0.isNull ? nil : try TargetDescription(json: $0) }
      guard (target == nil) == (model.declaration.target == .none) else {
        throw TensorError(.io, "what it says of labels does not fit \(name)")
      }
      let built = try model.build(DataDescription(json: data), target)
      try state.restore(to: built.trainer)
      model.content = built
      return model
    } catch let error as TensorError {
      throw TensorError(error.kind == .memory ? .memory : .io, "cannot load \(JSON.quoted(path)): \(error.message)")
    }
  }
}
