import SwiftGANCore
import SwiftGANNN

/// The options that every model has that is trained by gradients, with one description for all, and what they build.
enum TrainingOptions {
  /// Batches.
  static let batches: [OptionDescription] = [
    OptionDescription("batch_size", .integer(), default: 64, "Samples in a minibatch."),
    lastBatch,
  ]

  /// Rows that do not fill a batch.
  static let lastBatch = OptionDescription(
    "last_batch", .choice(Dataset.LastBatch.allCases.map(\.rawValue)), default: "keep",
    "Rows that do not fill a batch: dropped from the epoch, filled up from the next (wrap), or a smaller batch (keep; "
      + "a single row goes with the batch before it)."
  )

  /// The rule of the updates.
  static let optimizer: [OptionDescription] = [
    OptionDescription(
      "optimizer", .choice(OptimizerRegistry.shared.names), default: "adam", "The rule of the updates."),
    OptionDescription("learning_rate", .schedule, default: 1e-3, "A number or a schedule."),
    OptionDescription("beta1", .number(.decay), default: 0.9, "Decay of the first moment; only for adam and adamw."),
    OptionDescription("beta2", .number(.decay), default: 0.999, "Decay of the second moment; only for adam and adamw."),
    OptionDescription(
      "optimizer_options", .object, default: [:], "Further options of the optimizer, such as {\"momentum\": 0.9}."),
  ]

  /// Decay of the weights, for models of one network.
  static let weightDecay = OptionDescription(
    "weight_decay", .number(.nonNegative), default: 0, "Decay of the weights; with adamw apart from the gradient.")

  /// The moving average.
  static let average = OptionDescription(
    "ema", .number(.decay), default: 0,
    "Decay of the moving average of the weights, which is then used when training is done; 0 for none.")

  /// Rows to judge by.
  static let validation = OptionDescription(
    "validation", .number(.decay), default: 0,
    "Share of the rows held out from training, on which figures are measured after each epoch; 0 for none.")

  /// The range of the data and the seed.
  static let data: [OptionDescription] = [
    OptionDescription(
      "range", .dataRange, default: "auto",
      "The range of the data: 'auto', 'standardize', 'raw' or [low, high]."),
    .seed("Seed of weights, noise and shuffling."),
  ]

  /// All of them, for models with one player.
  static let all = batches + optimizer + [weightDecay, average, validation] + data

  /// A model's own options and the general ones, with its defaults of those in place of theirs.
  static func descriptions(
    own: [OptionDescription], general: [OptionDescription] = all, defaults: JSONObject = [:]
  ) -> [OptionDescription] {
    let names = own.map(\.name)
    return own
      + general.filter { !names.contains($0.name) }.map { option in
        defaults[option.name].map { OptionDescription(option.name, option.kind, default: $0, option.summary) } ?? option
      }
  }

  /// The optimizer that the options ask for.
  /// - Parameters:
  ///   - rate: the learning rate or its schedule.
  ///   - differentiated: whether gradients will run through its updates.
  static func optimizer(_ options: Options, rate: JSON, differentiated: Bool = false) throws -> JSON {
    let name = try options.string("optimizer")
    let known = try OptimizerRegistry.shared.find(name).options.map(\.name)
    var members: JSONObject = ["name": JSON(name), "learning_rate": rate]
    for shared in ["beta1", "beta2", "weight_decay"] where known.contains(shared) {
      if let value = options.values[shared] { members[shared] = value }
    }
    // Differentiating through updates, the root of a second moment of 0 has no slope; this is far below any other.
    if known.contains("epsilon_root"), differentiated { members["epsilon_root"] = 1e-16 }
    for (key, value) in try options.json("optimizer_options").objectValue ?? [:] { members[key] = value }
    return .object(members)
  }
}

extension Options {
  /// The decay of the moving average; nil for none.
  func averageDecay() throws -> Double? {
    let decay = try double("ema")
    return decay > 0 ? decay : nil
  }
}

extension ModelRequest {
  /// The one player of a model that all its networks are trained by, with the options of ``TrainingOptions``.
  func player(_ name: String, trains networks: [Network]) throws -> Player {
    try Player(
      name, trains: networks, optimizer: TrainingOptions.optimizer(options, rate: options.json("learning_rate")),
      averageDecay: options.averageDecay())
  }
}

extension OptionKind {
  /// An object whose members are checked by what it is handed to.
  static let object = OptionKind("object", allowed: "an object") { value in
    value.objectValue == nil ? .wrongType : .good(value)
  }

  /// The range that data lie in; see ``DataRange``.
  public static let dataRange = OptionKind(
    "range", allowed: "'auto', 'standardize', 'raw' or a list of two numbers [low, high] with low < high"
  ) { value in
    guard value.stringValue != nil || value.arrayValue != nil else { return .wrongType }
    return (try? DataRange(json: value)) == nil ? .outOfRange : .good(value)
  }

  static let layerSizes = integers(1...1_000_000, words: "a list of layer sizes, which may be empty")
}
